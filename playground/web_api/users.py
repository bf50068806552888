"""`users.*` and `dnd.*`: who people are."""

from playground.api_error import ApiError
from playground.state.objects import user_object
from playground.state.state import BOT_USER_ID, Person
from playground.state.store import Json
from playground.web_api.call import Call, Method

# Larger workspaces are listed page by page only.
MOST_AT_ONCE = 1_000


def info(call: Call) -> Json:
    """Tell about one person."""
    return {"ok": True, "user": _shown(call, call.person(call.text("user")))}


def list_all(call: Call) -> Json:
    """List everybody, deactivated people and bots included, page by page."""
    people = list(call.workspace.state.people.values())
    if len(people) > MOST_AT_ONCE and not call.optional("limit"):
        raise ApiError("limit_required")
    page = call.page(people, "members", default_limit=len(people))
    page["members"] = [_shown(call, person) for person in page["members"]]
    return page | {"cache_ts": int(call.workspace.clock.timestamp())}


def dnd_info(call: Call) -> Json:
    """Tell when somebody is not to be disturbed."""
    return {"ok": True, **_dnd(call.person(call.optional("user") or BOT_USER_ID))}


def dnd_team_info(call: Call) -> Json:
    """Tell the same about several people."""
    people = call.workspace.state.people
    return {"ok": True, "users": {user: _dnd(people[user]) for user in call.ids("users") if user in people}}


def _dnd(person: Person) -> Json:
    is_set = person.dnd_end > 0
    return {
        "dnd_enabled": is_set,
        "next_dnd_start_ts": person.dnd_start if is_set else 1,
        "next_dnd_end_ts": person.dnd_end if is_set else 1,
    }


def lookup_by_email(call: Call) -> Json:
    """Find a person by their address."""
    wanted = call.text("email").casefold()
    for person in call.workspace.state.people.values():
        if person.email.casefold() == wanted and not person.deleted:
            return {"ok": True, "user": _shown(call, person)}
    raise ApiError("users_not_found")


def profile(call: Call) -> Json:
    """Tell the profile of one person."""
    return {"ok": True, "profile": _shown(call, call.person(call.optional("user") or BOT_USER_ID))["profile"]}


def presence(call: Call) -> Json:
    """Tell whether somebody is there; all who are not deactivated are."""
    person = call.person(call.text("user"))
    return {"ok": True, "presence": "away" if person.deleted else "active"}


def _shown(call: Call, person: Person) -> Json:
    with_email = "users:read.email" in call.workspace.grants.scopes
    stranger = call.workspace.rooms.is_stranger(person)
    return user_object(
        person,
        call.workspace.clock.now(),
        with_email=with_email,
        with_locale=call.flag("include_locale"),
        is_stranger=stranger,
    )


METHODS = (
    Method("users.info", info, ("users:read",)),
    Method("users.list", list_all, ("users:read",)),
    Method("users.lookupByEmail", lookup_by_email, ("users:read.email",)),
    Method("users.profile.get", profile, ("users.profile:read",)),
    Method("users.getPresence", presence, ("users:read",)),
    Method("dnd.info", dnd_info, ("dnd:read",)),
    Method("dnd.teamInfo", dnd_team_info, ("dnd:read",)),
)
