"""The one way from a request of the app to its answer: past outage, faults and rate limits to what it does."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from playground.delivery.faults import CALL, Rule
from playground.delivery.limits import POST
from playground.delivery.outage import FROZEN, REFUSED, UNAVAILABLE
from playground.state.state import BOT_USER_ID
from playground.state.store import Json
from playground.workspace import Workspace

# Closing a connection with this makes the kernel send a reset instead of a goodbye.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
OUT_OF_ORDER = "<!DOCTYPE html><html><head><title>Slack</title></head><body>We'll be right back.</body></html>"
NO_ANSWER: Json = {}


@dataclass(frozen=True)
class Asked:
    """What the app asks for: a Web API method, or `response_url` or `upload`, and the arguments."""

    method: str
    arguments: Json


# Does what was asked for: the answer for the record, and the response.
Effect = Callable[[], tuple[Json, Response]]


class Wire(H11Protocol):
    """An HTTP connection that tells requests their transport, so that it can be reset under them."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn narrows it too
        """Remember the transport where requests find it: in their scope's `state`."""
        super().connection_made(transport)
        self.app_state = self.app_state | {"transport": transport}


class Exchange:
    """Answers what the app asks for, and notes it in the record together with the fault it met.

    Args:
        workspace: where it is asked.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def answer(self, request: Request, asked: Asked, effect: Effect) -> Response:
        """Answer one request, whose body was read; `effect` is called once, or not at all."""
        response = await self._while_away(request, asked)
        if response is not None:
            return response
        rule = self._workspace.faults.meet(CALL, asked.method, asked.arguments)
        response = None if rule is None else await self._instead(request, asked, rule)
        response = response or self._over_limit(asked)
        if response is not None:
            return response
        answer, response = effect()
        self._note(asked, answer, response.status_code, None if rule is None else rule.noted())
        if rule is not None and rule.what == "slow_after":
            await asyncio.sleep(rule.delay)
        if rule is not None and rule.what == "reset_after":
            await reset(request)
        return response

    async def _while_away(self, request: Request, asked: Asked) -> Response | None:
        """Do what a Slack does that is away; None when it is there, or there again and somebody still waits."""
        outage = self._workspace.outage
        away = {"rule": None, "what": outage.mode}
        if outage.mode == UNAVAILABLE:
            self._note(asked, {"ok": False, "error": UNAVAILABLE}, 503, away)
            return PlainTextResponse("Service Unavailable", 503)
        if outage.mode == REFUSED:
            self._note(asked, NO_ANSWER, 0, away)
            return await reset(request)
        if outage.mode == FROZEN:
            await outage.wait_until_over()
            if await request.is_disconnected():
                self._note(asked, NO_ANSWER, 0, away)
                return Response()
        return None

    async def _instead(self, request: Request, asked: Asked, rule: Rule) -> Response | None:
        """Do what a fault does before anything else happens; gives its answer when nothing else is to happen."""
        if rule.what == "slow_before":
            await asyncio.sleep(rule.delay)
        if rule.what == "reset_before":
            self._note(asked, NO_ANSWER, 0, rule.noted())
            return await reset(request)
        if rule.what == "rate_limited":
            return self._refuse(asked, {"ok": False, "error": "ratelimited"}, rule, too_many(rule.retry_after))
        if rule.what == "error":
            refusal = {"ok": False, "error": rule.error}
            return self._refuse(asked, refusal, rule, JSONResponse(refusal))
        if rule.what == "status":
            response: Response = PlainTextResponse("Something went wrong", rule.status)
            return self._refuse(asked, {"ok": False, "error": f"HTTP {rule.status}"}, rule, response)
        if rule.what == "html":
            response = HTMLResponse(OUT_OF_ORDER, rule.status)
            return self._refuse(asked, {"ok": False, "error": "HTML"}, rule, response)
        return None

    def _refuse(self, asked: Asked, answer: Json, rule: Rule, response: Response) -> Response:
        self._note(asked, answer, response.status_code, rule.noted())
        return response

    def _over_limit(self, asked: Asked) -> Response | None:
        """Refuse what is asked too often; None when it is not."""
        wait = self._workspace.limits.refuse(asked.method, self._conversation(asked))
        if wait is None:
            return None
        self._note(asked, {"ok": False, "error": "ratelimited"}, 429, None)
        return too_many(wait)

    def _conversation(self, asked: Asked) -> str:
        """Name the conversation of a message for the limits: one name, however the app named it."""
        if asked.method != POST:
            return ""
        state = self._workspace.state
        channel = str(asked.arguments.get("channel") or "")
        known = state.conversations.get(channel)
        if known is None and channel not in state.people:
            named = (one for one in state.named() if one.name == channel.removeprefix("#"))
            known = next(named, None)
        if known is None:
            return channel
        # A direct message can be written to by the person's id, even before it is there.
        return next((one for one in known.members if one != BOT_USER_ID), known.id) if known.with_app else known.id

    def _note(self, asked: Asked, answer: Json, status: int, fault: Json | None) -> None:
        workspace = self._workspace
        workspace.record.add_call(workspace.now_text(), asked.method, asked.arguments, answer, status, fault)
        workspace.changes.ring()


def too_many(retry_after: int | None) -> Response:
    """Say that a method was called too often, and how many seconds to wait, unless Slack forgot to."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)


async def reset(request: Request) -> Response:
    """Reset the connection of a request; what is given back reaches nobody."""
    transport = (request.scope.get("state") or {}).get("transport")
    if transport is not None:
        with contextlib.suppress(OSError):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        transport.abort()
        # The connection is lost in the loop's next turn; only then is nothing sent over it any more.
        await asyncio.sleep(0)
    return Response()
