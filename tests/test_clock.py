"""The clock of a test bench, served over HTTP."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.clock import ClockError, RemoteClock, SystemClock


@contextmanager
def serving(body: str, status: int = 200) -> Iterator[str]:
    """Serve one text to the person who asks; return the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/clock"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "text", ["2026-11-23T08:00:00+00:00", "2026-11-23T09:00:00+01:00", "2026-11-23T08:00:00Z", "2026-11-22T21:00-11:00"]
)
def test_the_benchs_time_is_taken_in_utc(text: str) -> None:
    with serving(json.dumps({"now": text})) as url:
        now = RemoteClock(url).now()

    assert (now, now.tzinfo) == (datetime(2026, 11, 23, 8, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    "body",
    [
        *("", "nonsense", "[]", "null", "{}", '{"now": null}', '{"now": 5}', '{"now": "soon"}'),
        *('{"now": "2026-11-23T08:00:00"}', '{"now": "2026-11-23"}'),
    ],
)
def test_an_answer_that_is_no_time_is_an_error_of_the_clock(body: str) -> None:
    with serving(body) as url, pytest.raises(ClockError):
        RemoteClock(url).now()


def test_a_clock_that_fails_or_is_not_there_is_an_error_of_the_clock() -> None:
    with serving('{"now": "2026-11-23T08:00:00Z"}', status=500) as url, pytest.raises(ClockError, match="HTTPError"):
        RemoteClock(url).now()
    # The server has gone.
    with pytest.raises(ClockError, match="URLError"):
        RemoteClock(url).now()


def test_a_clock_that_speaks_another_language_or_none_is_an_error_of_the_clock() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"

        def answer() -> None:
            connection, _ = silent.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"SSH-2.0-hello\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ClockError):
            RemoteClock(address).now()
        thread.join()

        quick = RemoteClock(address)
        quick.TIMEOUT_SECONDS = 0.2
        with pytest.raises(ClockError):
            quick.now()


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    with serving('{"now": "2026-11-23T08:00:00Z"}') as url:
        assert RemoteClock(url).now() == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
