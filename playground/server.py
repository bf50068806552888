"""Joins everything into one web application, and runs it."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Generator
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from playground import page
from playground.bodies import read_json
from playground.control import Control
from playground.delivery.exchange import Asked, Exchange, Wire
from playground.delivery.responses import ResponseRefusedError
from playground.state.store import Json
from playground.web_api import answer_call
from playground.workspace import Workspace


def build_app(workspace: Workspace) -> Starlette:
    """Build the web application: Web API, sockets, control API and the page."""
    endpoints = Endpoints(workspace)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = [asyncio.ensure_future(work) for work in (workspace.scheduled.run(), workspace.link.knock())]
        yield
        for task in running:
            task.cancel()
        workspace.close()

    return Starlette(
        routes=[
            Route("/api/{method}", endpoints.call, methods=["GET", "POST"]),
            Route("/respond/{key}", endpoints.respond, methods=["POST"]),
            Route("/upload/{id}", endpoints.upload, methods=["POST"]),
            Route("/files/{id}/{name:path}", endpoints.download),
            Route("/clock", endpoints.clock),
            Route("/agenda", endpoints.agenda, methods=["PUT"]),
            WebSocketRoute("/link", workspace.link.serve),
            *Control(workspace).routes(),
            *page.routes(workspace),
        ],
        lifespan=lifespan,
        middleware=[Middleware(OwnPageOnly)],
        exception_handlers={ClientDisconnect: gone},
    )


async def gone(_request: Request, _error: Exception) -> Response:
    """Answer into the void: the person who asked hung up before the question was at its end, so nothing was done."""
    return Response(status_code=400)


class OwnPageOnly:
    """Refuses requests that other websites make a browser send: this server asks nobody who they are.

    Args:
        app: answers everything else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on unless its `Origin` is another one than its `Host`."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != headers.get("host"):
                refusal = PlainTextResponse("This workspace only answers its own page.", 403)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


class Endpoints:
    """What the app talks to over HTTP.

    Args:
        workspace: answers.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._exchange = Exchange(workspace)

    async def call(self, request: Request) -> Response:
        """Answer a Web API call. Slack refuses with status 200 too."""
        body, trouble = await _body(request)
        arguments = dict(request.query_params) | body
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = str(arguments.get("token") or "")
        method = request.path_params["method"]

        def effect() -> tuple[Json, Response]:
            answer: Json = {"ok": False, "error": trouble}
            if trouble is None:
                answer = answer_call(self._workspace, method, arguments, token.strip() or None)
            scopes = ",".join(sorted(self._workspace.grants.scopes))
            return answer, JSONResponse(answer, headers={"x-oauth-scopes": scopes})

        return await self._exchange.answer(request, Asked(method, arguments), effect)

    async def respond(self, request: Request) -> Response:
        """Take what an app posts to a response URL."""
        body, trouble = await _body(request)

        def effect() -> tuple[Json, Response]:
            try:
                self._workspace.responses.answer(request.path_params["key"], body)
            except ResponseRefusedError as refusal:
                answer = {"ok": False, "error": str(refusal)}
                return answer, JSONResponse(answer, 404)
            return {"ok": True}, PlainTextResponse("ok")

        if trouble is not None:
            return PlainTextResponse(trouble, 400)
        return await self._exchange.answer(request, Asked("response_url", body), effect)

    async def upload(self, request: Request) -> Response:
        """Take the bytes of a file."""
        file_id = request.path_params["id"]
        if file_id not in self._workspace.state.files:
            return PlainTextResponse("not found", 404)
        content = await request.body()
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            async with request.form() as form:
                uploads = [value for value in form.values() if not isinstance(value, str)]
                content = await uploads[0].read() if uploads else b""

        def effect() -> tuple[Json, Response]:
            self._workspace.state.save_upload(file_id, content)
            return {"ok": True}, PlainTextResponse(f"OK - {len(content)}")

        return await self._exchange.answer(request, Asked("upload", {"file": file_id}), effect)

    async def download(self, request: Request) -> Response:
        """Give the bytes of a file."""
        file = self._workspace.state.files.get(request.path_params["id"])
        content = self._workspace.state.find_upload(request.path_params["id"])
        if file is None or content is None:
            return PlainTextResponse("not found", 404)
        return Response(content, media_type=file["mimetype"])

    async def clock(self, request: Request) -> Response:
        """Tell the workspace's time; an app may live by it."""
        del request
        return JSONResponse({"now": self._workspace.now_text()})

    async def agenda(self, request: Request) -> Response:
        """Take what the app says it will do and when."""
        try:
            self._workspace.agenda.tell(_items(read_json(await request.body())))
        except (LookupError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"That is no agenda: {error!r}."}, 400)
        return JSONResponse({})


class Server(uvicorn.Server):
    """Serves one workspace; SIGINT and SIGTERM stop it cleanly, with exit status 0.

    Args:
        workspace: what is served.
        listening: a bound socket.
    """

    def __init__(self, workspace: Workspace, listening: socket.socket) -> None:
        host, port = listening.getsockname()[:2]
        self.workspace = workspace
        self._host, self._port = host, port
        self._listening = listening
        # A second address on the same machine, for the person who controls the workspace while the first is closed.
        self._control = bind("127.0.0.1", 0)
        workspace.outage.control_url = f"http://127.0.0.1:{self._control.getsockname()[1]}/"
        workspace.outage.door = self._move_door
        self._ready: Callable[[], None] | None = None
        workspace.base_url = f"http://{host}:{port}/"
        config = uvicorn.Config(
            build_app(workspace),
            http=Wire,
            ws="websockets-sansio",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)

    async def run_until_stopped(self, ready: Callable[[], None]) -> None:
        """Serve until `stop` or a signal; `ready` is called once connections are accepted."""
        self._ready = ready
        await self.serve([self._listening, self._control])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals alone: uvicorn would end with the signal's status instead of 0."""
        yield

    async def _move_door(self, is_open: bool) -> None:  # noqa: FBT001 - a door is open or it is not
        """Refuse new connections at the first address, or take them again."""
        if is_open:
            loop = asyncio.get_running_loop()
            self.servers[0] = await loop.create_server(
                self._new_connection, sock=self._listening, backlog=self.config.backlog
            )
        else:
            self.servers[0].close()
            # Bound but not listening: nobody else takes the port, and the person who connects is refused.
            self._listening = bind(self._host, self._port)

    def _new_connection(self) -> Wire:
        return Wire(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    def stop(self) -> None:
        """End the streams and sockets that would hold up the end, then stop."""
        self.workspace.outage.close()
        self.workspace.changes.close()
        self.workspace.link.close()
        self.should_exit = True

    def stop_on_signals(self) -> None:
        """Stop on SIGINT and SIGTERM; only for the main thread's loop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)


def bind(host: str, port: int) -> socket.socket:
    """Bind a listening socket; port 0 takes a free one.

    Raises OSError when the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


def _items(told: object) -> list[Json]:
    """Find the items of an agenda; raises TypeError or LookupError."""
    if not isinstance(told, dict):
        raise TypeError("it is no object")
    items: list[Json] = told["items"]
    return items


async def _body(request: Request) -> tuple[Json, str | None]:
    """Read a JSON or form body, with Slack's error code when it is neither."""
    content = await request.body()
    if not content:
        return {}, None
    if request.headers.get("content-type", "").startswith(("application/x-www-form-urlencoded", "multipart/")):
        async with request.form() as form:
            fields: Json = {key: value for key, value in form.items() if isinstance(value, str)}
        if set(fields) != {"payload"}:
            return fields, None
        content = fields["payload"].encode()
    try:
        body = read_json(content)
    except ValueError:
        return {}, "invalid_json"
    return (body, None) if isinstance(body, dict) else ({}, "json_not_object")
