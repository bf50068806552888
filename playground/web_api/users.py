"""`users.*`, `dnd.*` and `usergroups.*`: who people are."""

from playground.objects import user_object
from playground.state import BOT_USER_ID, Person
from playground.store import Json
from playground.web_api.call import Call, Method

NOT_DISTURBED: Json = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}


def info(call: Call) -> Json:
    """Tell about one person."""
    return {"ok": True, "user": _shown(call, call.person(call.text("user")))}


def list_all(call: Call) -> Json:
    """List everybody, deactivated people and bots included, page by page."""
    people = [_shown(call, person) for person in call.workspace.state.people.values()]
    page = call.page(people, "members", default_limit=len(people))
    return page | {"cache_ts": int(call.workspace.clock.timestamp())}


def dnd_info(call: Call) -> Json:
    """Tell whether somebody is not to be disturbed; nobody is, so far."""
    call.person(call.optional("user") or BOT_USER_ID)
    return {"ok": True, **NOT_DISTURBED}


def dnd_team_info(call: Call) -> Json:
    """Tell the same about several people."""
    people = call.workspace.state.people
    return {"ok": True, "users": {user: NOT_DISTURBED for user in call.ids("users") if user in people}}


def usergroups(call: Call) -> Json:
    """List the user groups; there are none."""
    del call
    return {"ok": True, "usergroups": []}


def usergroup_users(call: Call) -> Json:
    """List the members of a user group; there are none."""
    call.text("usergroup")
    return {"ok": True, "users": []}


def _shown(call: Call, person: Person) -> Json:
    with_email = "users:read.email" in call.workspace.grants.scopes
    return user_object(person, call.workspace.clock.now(), with_email=with_email)


METHODS = (
    Method("users.info", info, ("users:read",)),
    Method("users.list", list_all, ("users:read",)),
    Method("dnd.info", dnd_info, ("dnd:read",)),
    Method("dnd.teamInfo", dnd_team_info, ("dnd:read",)),
    Method("usergroups.list", usergroups, ("usergroups:read",)),
    Method("usergroups.users.list", usergroup_users, ("usergroups:read",)),
)
