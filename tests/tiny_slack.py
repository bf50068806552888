"""A real HTTP server that answers Slack's methods as a test needs, and remembers what it was asked."""

import json
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk import WebClient

from bot.gateway import SlackGateway

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What comes back for one call; `cut` ends the connection before it or in the middle of it."""

    body: Json | str | bytes = field(default_factory=lambda: {"ok": True})
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: str = ""


def refusal(error: str, **more: str) -> Answer:
    return Answer({"ok": False, "error": error, **more})


RESET = Answer(cut="before")
HALF = Answer(cut="middle")


class TinySlack:
    """Answers every call well, unless told otherwise for the next calls of a method."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.before_reply: Callable[[], object] = bool
        self.histories: dict[str, list[Json]] = defaultdict(list)
        self.planned: dict[str, deque[Answer]] = defaultdict(deque)
        slack = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
                is_json = (self.headers.get("Content-Type") or "").startswith("application/json")
                path, _, query = self.path.partition("?")
                given = json.loads(text) if is_json and text else dict(parse_qsl(text) + parse_qsl(query))
                slack.reply(self, path.removeprefix("/api/"), given)

            do_GET = do_POST  # noqa: N815 - what the base class looks for

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"

    def plan(self, method: str, *answers: Answer) -> None:
        """Give these answers to the next calls of a method."""
        self.planned[method].extend(answers)

    def asked(self, method: str) -> list[Json]:
        """Return what came with each call of a method."""
        return [given for name, given in self.calls if name == method]

    def gateway(self) -> SlackGateway:
        return SlackGateway(WebClient(token="xoxb-test", base_url=self.url, timeout=5, retry_handlers=[]))

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reply(self, handler: BaseHTTPRequestHandler, method: str, given: Json) -> None:
        """Answer one call."""
        self.before_reply()
        self.calls.append((method, given))
        planned = self.planned[method]
        answer = planned.popleft() if planned else Answer(self._fine(method, given))
        handler.close_connection = True
        if answer.cut == "before":
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        body = _bytes(answer.body)
        handler.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body) + (100 if answer.cut else 0)))
        handler.end_headers()
        handler.wfile.write(body)

    def _fine(self, method: str, given: Json) -> Json:
        number = f"{len(self.calls)}.000"
        more: dict[str, Json] = {
            "auth.test": {"team_id": "T1", "user_id": "UBOT", "bot_id": "B1"},
            "chat.postMessage": {"channel": f"D{given.get('channel')}".replace("DC", "C"), "ts": number},
            "chat.postEphemeral": {"message_ts": number},
            "conversations.open": {"channel": {"id": _conversation(given.get("users", ""))}},
            "files.getUploadURLExternal": {"upload_url": f"{self.url}upload", "file_id": f"F{len(self.calls)}"},
            "users.list": {"members": []},
            "conversations.members": {"members": []},
            "users.info": {"user": {"id": given.get("user", "")}},
            "conversations.history": {"messages": self.histories[given.get("channel", "")]},
        }
        return {"ok": True, **more.get(method, {})}


def _bytes(body: Json | str | bytes) -> bytes:
    if isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def _conversation(users: str) -> str:
    return f"G{users}" if "," in users else f"D{users}"
