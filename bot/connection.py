"""The socket that Slack delivers through: kept open, with growing waits while Slack is away, and closed at once."""

import contextlib
import logging
import socket
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from slack_bolt import App
from slack_bolt.adapter.socket_mode.base_handler import BaseSocketModeHandler
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import ConnectionState
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.addresses import keeps_secrets
from bot.outages import Outage

PING_SECONDS: Final = 3
# People wait for an answer as soon as Slack is back.
LONGEST_WAIT_SECONDS: Final = 30.0
_WORK: Final = "socket"


def wait_after(failures: int) -> float:
    """Return how many seconds to wait after so many failures in a row: longer each time, and at most half a minute."""
    return min(LONGEST_WAIT_SECONDS, 2.0 ** min(failures, 10))


class UnencryptedError(OSError):
    """Slack named an address for the socket that leads over the network without encryption."""


class _State(ConnectionState):
    """Whether a connection is over, which it is when its client is closed, whatever the SDK says afterwards."""

    def __init__(self, client: "SocketClient") -> None:
        self._client = client
        super().__init__()  # type: ignore[no-untyped-call]  # the SDK's own

    @property
    def terminated(self) -> bool:
        return self._is_over or self._client.closed

    @terminated.setter
    def terminated(self, is_over: bool) -> None:
        self._is_over = is_over


class SocketClient(SocketModeClient):
    """The SDK's client, which tells of trouble once and asks less and less often.

    Args:
        app: The app whose client and token it uses.
        app_token: The token that opens a connection.
        threads: How many deliveries are taken at once.
        outage: Told when there is no connection, and when there is one again.
        seconds: A stopwatch.
    """

    def __init__(
        self, app: App, app_token: str, threads: int, outage: Outage, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        log = logging.getLogger("slack_sdk.socket_mode")
        # Each failure would be two lines; what it comes to is told by `outage`.
        log.setLevel(logging.CRITICAL)
        super().__init__(
            app_token,
            logger=log,
            web_client=app.client,
            # A connection that dies without a word is noticed after five pings.
            ping_interval=PING_SECONDS,
            concurrency=threads,
            proxy=app.client.proxy,
        )
        self._usual_proxy = self.proxy
        self._outage = outage
        self._seconds = seconds
        self._failures = 0
        self._not_before = 0.0

    def connect(self) -> None:
        """Open a connection, through the proxy unless its host is one of those that NO_PROXY names.

        Raises:
            UnencryptedError: Everybody on the way could read what people type; nothing was opened.
        """
        if self.wss_uri is None:
            self.wss_uri = self.issue_new_wss_url()
        if not keeps_secrets(self.wss_uri):
            raise UnencryptedError
        host = urlsplit(self.wss_uri).netloc
        self.proxy = None if proxy_bypass(host) else self._usual_proxy
        super().connect()

    def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - the SDK's own
        """Open another connection, unless that failed a moment ago; the SDK asks for it every few seconds."""
        if not force and self._seconds() < self._not_before:
            return
        try:
            super().connect_to_new_endpoint(force)
        except (SlackApiError, SlackClientError, OSError, HTTPException, ValueError) as error:
            self._note_failure(_word_for(error))
            return
        if self.is_connected():
            self._failures, self._not_before = 0, 0.0
            self._outage.works(_WORK)
        else:
            self._note_failure("no connection")

    @property
    def current_session_state(self) -> ConnectionState:
        """Whether the current connection is over."""
        return self._state

    @current_session_state.setter
    def current_session_state(self, _: ConnectionState) -> None:
        # The SDK takes the end back when a connection begins while the client is closed, and then waits for good.
        self._state = _State(self)

    def close(self) -> None:
        """Close everything; the threads that wait for something are woken, and not waited for."""
        self.closed = True
        self.auto_reconnect_enabled = False
        self.current_session_state.terminated = True
        self.message_queue.put(None)
        session = self.current_session
        if session is not None and session.sock is not None:
            with contextlib.suppress(OSError):
                # The socket's own, since that of an encrypted one takes the encryption away first.
                socket.socket.shutdown(session.sock, socket.SHUT_RDWR)
        # Shortly after a reconnect the SDK closes a connection that it no longer has.
        with contextlib.suppress(AttributeError):
            super().close()

    def _note_failure(self, word: str) -> None:
        self._failures += 1
        self._not_before = self._seconds() + wait_after(self._failures)
        self._outage.failed(_WORK, f"{word}. It is tried again after longer and longer waits.")


class SocketHandler(BaseSocketModeHandler):
    """Hands what the socket delivers to the app."""

    client: SocketClient

    def __init__(self, app: App, client: SocketClient) -> None:
        self.app = app
        self.client = client
        self.client.socket_mode_request_listeners.append(self.handle)

    @property
    def is_open(self) -> bool:
        """Tell whether there is a connection."""
        return self.client.is_connected()

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        """Have a delivery handled, and send the answer."""
        began = time.time()
        send_response(client, req, run_bolt_app(self.app, req), began)


def _word_for(error: Exception) -> str:
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
