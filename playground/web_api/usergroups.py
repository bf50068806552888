"""`usergroups.*`: groups of people that can be mentioned together."""

from playground.api_error import ApiError
from playground.state import BOT_USER_ID, TEAM_ID
from playground.store import Json
from playground.web_api.call import Call, Method

KIND = "usergroup"


def list_all(call: Call) -> Json:
    """List the groups, with their members when asked."""
    shown = [
        _shown(group, with_users=call.flag("include_users"), with_count=call.flag("include_count"))
        for group in call.workspace.state.facts(KIND).values()
        if call.flag("include_disabled") or not group["date_delete"]
    ]
    return {"ok": True, "usergroups": shown}


def users(call: Call) -> Json:
    """List the members of a group."""
    return {"ok": True, "users": _group(call)["users"]}


def create(call: Call) -> Json:
    """Make a group without members."""
    name = call.text("name")
    handle = call.optional("handle") or name.lower().replace(" ", "-")
    _check_free(call, name, handle, "")
    now = int(call.workspace.clock.timestamp())
    group: Json = {"id": call.workspace.state.new_id("S"), "team_id": TEAM_ID, "is_usergroup": True}
    group |= {"name": name, "handle": handle, "description": call.optional("description") or "", "users": []}
    group |= {"date_create": now, "date_update": now, "date_delete": 0, "created_by": BOT_USER_ID}
    return _saved(call, group)


def update(call: Call) -> Json:
    """Change a group's name, handle or description."""
    group = _group(call)
    changes = {name: value for name in ("name", "handle", "description") if (value := call.optional(name)) is not None}
    changed = group | changes
    _check_free(call, changed["name"], changed["handle"], group["id"])
    return _saved(call, changed)


def disable(call: Call) -> Json:
    """Switch a group off."""
    return _saved(call, _group(call) | {"date_delete": int(call.workspace.clock.timestamp())})


def enable(call: Call) -> Json:
    """Switch a group on again."""
    return _saved(call, _group(call) | {"date_delete": 0})


def update_users(call: Call) -> Json:
    """Say who is in a group."""
    wanted = call.ids("users")
    if not wanted:
        raise ApiError("no_users_provided")
    people = call.workspace.state.people
    if any(user not in people or people[user].deleted for user in wanted):
        raise ApiError("invalid_users")
    return _saved(call, _group(call) | {"users": list(dict.fromkeys(wanted))})


def _group(call: Call) -> Json:
    group = call.workspace.state.facts(KIND).get(call.text("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return group


def _check_free(call: Call, name: str, handle: str, own: str) -> None:
    others = [group for group in call.workspace.state.facts(KIND).values() if group["id"] != own]
    if any(group["name"] == name for group in others):
        raise ApiError("name_already_exists")
    if any(group["handle"] == handle for group in others):
        raise ApiError("handle_already_exists")


def _saved(call: Call, group: Json) -> Json:
    group = group | {"date_update": int(call.workspace.clock.timestamp())}
    call.workspace.state.save_fact(KIND, group["id"], group)
    return {"ok": True, "usergroup": _shown(group, with_users=True, with_count=True)}


def _shown(group: Json, *, with_users: bool, with_count: bool) -> Json:
    shown = {name: value for name, value in group.items() if name != "users" or with_users}
    return shown | ({"user_count": len(group["users"])} if with_count else {})


METHODS = (
    Method("usergroups.list", list_all, ("usergroups:read",)),
    Method("usergroups.users.list", users, ("usergroups:read",)),
    Method("usergroups.create", create, ("usergroups:write",)),
    Method("usergroups.update", update, ("usergroups:write",)),
    Method("usergroups.disable", disable, ("usergroups:write",)),
    Method("usergroups.enable", enable, ("usergroups:write",)),
    Method("usergroups.users.update", update_users, ("usergroups:write",)),
)
