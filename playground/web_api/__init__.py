"""Slack's Web API: finds the method, checks token and scope, answers.

Source: https://docs.slack.dev/apis/web-api
"""

from playground.api_error import ApiError
from playground.state.store import Json
from playground.web_api import (
    blocks,
    channels,
    chat,
    conversations,
    files,
    reactions,
    schedule,
    team,
    usergroups,
    users,
    views,
)
from playground.web_api.call import APP_TOKEN, BOT_TOKEN, Call, Method
from playground.workspace import Workspace

__all__ = ["APP_TOKEN", "BOT_TOKEN", "METHODS", "answer_call"]

FAMILIES = (blocks, channels, chat, conversations, files, reactions, schedule, team, usergroups, users, views)
METHODS: dict[str, Method] = {method.name: method for family in FAMILIES for method in family.METHODS}


def answer_call(workspace: Workspace, name: str, arguments: Json, token: str | None) -> Json:
    """Answer one call of the app, refusals included.

    Args:
        workspace: where it is made.
        name: such as `chat.postMessage`.
        arguments: as they came, JSON or form fields.
        token: from the header or the arguments, None when there was none.
    """
    try:
        with workspace.state.together():
            return _answer(Call(workspace, arguments), name, token)
    except ApiError as refusal:
        return {"ok": False, "error": refusal.code, **refusal.more}
    except RecursionError:
        # Nothing that Slack takes is nested so deeply that it cannot be walked through.
        return {"ok": False, "error": "invalid_arguments"}


def _answer(call: Call, name: str, token: str | None) -> Json:
    method = METHODS.get(name)
    if method is None:
        raise ApiError("unknown_method", req_method=name)
    _check_token(method, token)
    if method.token == BOT_TOKEN and not call.workspace.grants.installed:
        raise ApiError("account_inactive")
    if method.scopes:
        call.need_scope(*method.scopes)
    return method.answer(call)


def _check_token(method: Method, token: str | None) -> None:
    if method.token is None:
        return
    if not token:
        raise ApiError("not_authed")
    if token not in (BOT_TOKEN, APP_TOKEN):
        raise ApiError("invalid_auth")
    if token != method.token:
        raise ApiError("not_allowed_token_type")
