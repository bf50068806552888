"""`auth.test`, `apps.connections.open`, `team.*`: the workspace itself."""

from playground.api_error import ApiError
from playground.state.state import APP_ID, BOT_ID, BOT_USER_ID, TEAM_DOMAIN, TEAM_ID, TEAM_NAME
from playground.state.store import Json
from playground.web_api.call import APP_TOKEN, Call, Method


def auth_test(call: Call) -> Json:
    """Say whose token it is."""
    return {
        "ok": True,
        "url": call.workspace.base_url,
        "team": TEAM_NAME,
        "user": call.workspace.manifest.bot_name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> Json:
    """Echo; with `error` it fails as asked."""
    error = call.optional("error")
    if error:
        raise ApiError(error)
    return {"ok": True, "args": {key: value for key, value in call.arguments.items() if key != "token"}}


def open_connection(call: Call) -> Json:
    """Give the address of a socket, good for one connection."""
    base = call.workspace.base_url.replace("http://", "ws://", 1)
    return {"ok": True, "url": f"{base}link?ticket={call.workspace.link.new_ticket()}&app_id={APP_ID}"}


def team_info(call: Call) -> Json:
    """Tell about the workspace."""
    team = {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN, "email_domain": "", "icon": {}}
    return {"ok": True, "team": team | {"url": call.workspace.base_url}}


def bot_info(call: Call) -> Json:
    """Tell about the app's bot."""
    if call.optional("bot") not in (None, BOT_ID):
        raise ApiError("bot_not_found")
    name = call.workspace.manifest.bot_name
    bot = {"id": BOT_ID, "deleted": False, "name": name, "app_id": APP_ID, "user_id": BOT_USER_ID}
    return {"ok": True, "bot": bot}


def team_profile(call: Call) -> Json:
    """List the workspace's own profile fields; there are none."""
    del call
    return {"ok": True, "profile": {"fields": [], "sections": []}}


def emoji(call: Call) -> Json:
    """List the workspace's own emoji; there are none."""
    del call
    return {"ok": True, "emoji": {}, "cache_ts": "0"}


def remind(call: Call) -> Json:
    """Refuse: only people can set reminders, with a token of their own, which nobody has here."""
    del call
    raise ApiError("not_allowed_token_type")


METHODS = (
    Method("auth.test", auth_test),
    Method("api.test", api_test, token=None),
    Method("apps.connections.open", open_connection, token=APP_TOKEN),
    Method("team.info", team_info, ("team:read",)),
    Method("bots.info", bot_info, ("users:read",)),
    Method("team.profile.get", team_profile, ("users.profile:read",)),
    Method("emoji.list", emoji, ("emoji:read",)),
    Method("reminders.add", remind),
)
