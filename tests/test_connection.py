"""The socket: closed at once, tried again with growing waits, and by the proxy's exceptions."""

import base64
import hashlib
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin.connection import Connection

from bot.connection import SocketClient, wait_after
from bot.outages import Outage
from tests.effort import PATIENCE
from tests.tiny_slack import Answer, TinySlack


@pytest.fixture
def slack() -> Iterator[TinySlack]:
    slack = TinySlack()
    yield slack
    slack.stop()


def client_of(slack: TinySlack, seconds: list[float]) -> SocketClient:
    app = App(
        client=WebClient(base_url=slack.url, retry_handlers=[]),
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
        signing_secret="",
        listener_executor=ThreadPoolExecutor(1),
    )
    return SocketClient(app, "xapp-1", 2, Outage("Slack", lambda: seconds[0]), lambda: seconds[0])


def test_while_slack_is_away_it_is_asked_less_and_less_often_and_told_once_a_minute(
    slack: TinySlack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    now = [0.0]
    client = client_of(slack, now)
    refusal = Answer({"ok": False, "error": "internal_error"})
    slack.plan("apps.connections.open", *[refusal] * 20)

    tries = []
    for second in range(130):
        now[0] = float(second)
        before = len(slack.asked("apps.connections.open"))
        client.connect_to_new_endpoint()
        if len(slack.asked("apps.connections.open")) > before:
            tries.append(second)
    client.close()

    assert tries == [0, 2, 6, 14, 30, 60, 90, 120]
    assert [line.partition(":")[0] for line in caplog.messages if "Slack" in line] == [
        "Slack is away",
        "Slack is still away after 60 seconds",
        "Slack is still away after 120 seconds",
    ]


def test_a_connection_that_begins_while_the_client_is_closed_is_over(slack: TinySlack) -> None:
    client = client_of(slack, [0.0])
    client.close()
    connection = Connection("ws://127.0.0.1:9", logging.getLogger("test"))

    # As the SDK's own thread does, which has seen just before that the connection is there.
    client.current_session_state.terminated = False
    running = threading.Thread(
        target=connection.run_until_completion, args=(client.current_session_state,), daemon=True
    )
    running.start()
    running.join(PATIENCE)

    assert not running.is_alive()


def test_waits_grow_to_half_a_minute() -> None:
    assert [wait_after(failures) for failures in (0, 1, 2, 5, 60, 10_000)] == [1, 2, 4, 30, 30, 30]


@pytest.mark.parametrize(
    ("exceptions", "proxy"),
    [("", "http://127.0.0.1:9"), ("127.0.0.1", None), ("*", None), ("other.example", "http://127.0.0.1:9")],
)
def test_the_socket_goes_by_the_proxy_unless_its_host_is_an_exception(
    slack: TinySlack, monkeypatch: pytest.MonkeyPatch, exceptions: str, proxy: str | None
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, exceptions)
    client = client_of(slack, [0.0])
    client.wss_uri = "ws://127.0.0.1:1/link"

    client.connect()

    assert client.proxy == proxy
    assert not client.is_connected()
    client.close()


def test_an_address_that_leads_over_the_network_without_encryption_is_not_used(
    slack: TinySlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.plan("apps.connections.open", Answer({"ok": True, "url": "ws://192.0.2.1/link?ticket=very-secret"}))
    client = client_of(slack, [0.0])

    client.connect_to_new_endpoint()

    assert client.current_session is None
    assert "Slack is away: UnencryptedError" in caplog.text
    assert "very-secret" not in caplog.text
    client.close()


def test_a_connection_on_which_nothing_comes_is_closed_at_once(slack: TinySlack) -> None:
    client = client_of(slack, [0.0])
    with silent_server() as port:
        client.wss_uri = f"ws://127.0.0.1:{port}/link"
        client.connect()
        give_up = time.monotonic() + 20
        while not client.is_connected():
            assert time.monotonic() < give_up
        # The thread that listens is waiting by now.
        time.sleep(0.3)

        began = time.monotonic()
        client.close()
        took = time.monotonic() - began

    # Left to itself the library waits for three seconds.
    assert took < 2


class silent_server:  # noqa: N801 - used like a function
    """A server that takes a connection, agrees to everything, and says nothing more."""

    def __enter__(self) -> int:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._taken: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()
        return int(self._server.getsockname()[1])

    def __exit__(self, *_exc: object) -> None:
        self._server.close()
        for one in self._taken:
            one.close()

    def _serve(self) -> None:

        connection, _ = self._server.accept()
        self._taken.append(connection)
        asked = connection.recv(4_096).decode()
        key = next(line.partition(": ")[2] for line in asked.splitlines() if line.startswith("Sec-WebSocket-Key"))
        digest = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()  # noqa: S324 - RFC 6455
        accept = base64.b64encode(digest).decode()
        connection.sendall(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
