"""`usergroups.*`: groups of people that can be mentioned together."""

from collections.abc import Callable

from playground.api_error import ApiError
from playground.people.user_groups import shown_group
from playground.state.state import WorkspaceError
from playground.state.store import Json
from playground.web_api.call import Call, Method


def list_all(call: Call) -> Json:
    """List the groups, with their members when asked."""
    shown = [
        shown_group(group, with_users=call.flag("include_users"), with_count=call.flag("include_count"))
        for group in call.workspace.groups.all()
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
    return _answer(lambda: call.workspace.groups.create(name, handle, call.optional("description") or ""))


def update(call: Call) -> Json:
    """Change a group's name, handle or description."""
    group = _group(call)
    changes = {name: value for name in ("name", "handle", "description") if (value := call.optional(name)) is not None}
    return _answer(lambda: call.workspace.groups.change(group, **changes))


def disable(call: Call) -> Json:
    """Switch a group off."""
    group, now = _group(call), int(call.workspace.clock.timestamp())
    return _answer(lambda: call.workspace.groups.change(group, date_delete=now))


def enable(call: Call) -> Json:
    """Switch a group on again."""
    group = _group(call)
    return _answer(lambda: call.workspace.groups.change(group, date_delete=0))


def update_users(call: Call) -> Json:
    """Say who is in a group."""
    wanted = call.ids("users")
    if not wanted:
        raise ApiError("no_users_provided")
    group = _group(call)
    return _answer(lambda: call.workspace.groups.fill(group, wanted))


def _group(call: Call) -> Json:
    group = call.workspace.groups.find(call.text("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return group


def _answer(act: Callable[[], Json]) -> Json:
    """Change a group; what the workspace refuses carries Slack's code."""
    try:
        return {"ok": True, "usergroup": shown_group(act())}
    except WorkspaceError as refusal:
        raise ApiError(str(refusal)) from None


METHODS = (
    Method("usergroups.list", list_all, ("usergroups:read",)),
    Method("usergroups.users.list", users, ("usergroups:read",)),
    Method("usergroups.create", create, ("usergroups:write",)),
    Method("usergroups.update", update, ("usergroups:write",)),
    Method("usergroups.disable", disable, ("usergroups:write",)),
    Method("usergroups.enable", enable, ("usergroups:write",)),
    Method("usergroups.users.update", update_users, ("usergroups:write",)),
)
