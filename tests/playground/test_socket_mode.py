import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from slack_sdk import WebClient
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK
from websockets.sync.client import ClientConnection, connect

from playground.client import RunningWorkspace, WorkspaceClient
from tests.effort import PATIENCE

AMARA, APP = "U0AMARA", "U0BOT"
Json = dict[str, Any]


@pytest.fixture
def lonely(running: RunningWorkspace, manifest_path: Any, tmp_path: Any) -> Iterator[RunningWorkspace]:  # noqa: ANN401
    """A workspace that nothing else is connected to."""
    del running
    workspace = RunningWorkspace(manifest_path, tmp_path)
    yield workspace
    workspace.stop()


@contextmanager
def a_socket(workspace: RunningWorkspace) -> Iterator[ClientConnection]:
    client = WebClient("xapp-local-workspace", base_url=f"{workspace.base_url}api/")
    url = client.apps_connections_open(app_token="xapp-local-workspace")["url"]
    with connect(url, proxy=None) as socket:
        assert receive(socket)["type"] == "hello"
        yield socket


def receive(socket: ClientConnection, timeout: float = 5) -> Json:
    message: Json = json.loads(socket.recv(timeout))
    return message


def acknowledge(socket: ClientConnection, envelope: Json) -> None:
    socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))


def test_an_app_has_ten_sockets_at_most(lonely: RunningWorkspace) -> None:
    client = WebClient("xapp-local-workspace", base_url=f"{lonely.base_url}api/")
    with ExitStack() as nine, a_socket(lonely) as tenth:
        for _ in range(9):
            nine.enter_context(a_socket(lonely))
        with connect(client.apps_connections_open(app_token="xapp-local-workspace")["url"], proxy=None) as eleventh:
            refusal = receive(eleventh)
            with pytest.raises(ConnectionClosedOK):
                receive(eleventh)
        assert (refusal["type"], refusal["reason"]) == ("disconnect", "too_many_websockets")

        tenth.close()
        lonely.client.wait_for(lambda: lonely.client.state()["app"]["connected"] == 9)
        with a_socket(lonely):
            assert lonely.client.state()["app"]["connected"] == 10


def test_an_unacknowledged_event_comes_again_at_once(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as socket:
        lonely.client.open_home(AMARA)

        first = receive(socket)
        second = receive(socket)
        acknowledge(socket, second)

        assert first["payload"] == second["payload"]
        assert first["envelope_id"] != second["envelope_id"]
        assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
        assert second["retry_reason"] == "http_timeout"
        assert first["payload"]["authorizations"][0]["user_id"] == APP


def test_an_acknowledgement_with_something_odd_in_it_is_a_plain_one(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as socket, ThreadPoolExecutor(1) as person:
        said = person.submit(lonely.client.command, AMARA, "C0GENERAL", "/learn")
        envelope = receive(socket)
        socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": "hello"}))

        assert said.result(PATIENCE) == {"ok": True}
        assert lonely.client.messages(AMARA, "C0GENERAL") == []


def test_a_client_that_sends_no_object_is_hung_up_on(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as socket:
        socket.send("[1]")

        with pytest.raises(ConnectionClosedError):
            receive(socket)


def test_connections_take_turns(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as one, a_socket(lonely) as other:
        for _ in range(4):
            lonely.client.open_home(AMARA)

        envelopes = [(socket, receive(socket)) for socket in (one, other, one, other)]

        assert len({envelope["payload"]["event_id"] for _, envelope in envelopes}) == 4
        for socket, envelope in envelopes:
            acknowledge(socket, envelope)


def test_an_event_that_died_with_its_connection_comes_again(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as socket:
        lonely.client.open_home(AMARA)
        lost = receive(socket)

    with a_socket(lonely) as socket:
        again = receive(socket)
        acknowledge(socket, again)

    assert lost["payload"]["event_id"] == again["payload"]["event_id"]
    assert again["retry_attempt"] >= 1


def test_a_connection_can_be_cut_without_a_goodbye(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as socket:
        assert lonely.client.cut() == 1

        with pytest.raises(ConnectionClosedError):
            socket.recv(5)
        assert socket.protocol.close_rcvd is None


def test_a_refresh_says_so_and_sends_nothing_more(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as socket:
        assert lonely.client.disconnect() == 1

        assert receive(socket)["reason"] == "refresh_requested"
        assert lonely.client.state()["app"]["connected"] == 0
        with pytest.raises(ConnectionClosedOK):
            socket.recv(5)


def test_a_ticket_opens_one_socket(lonely: RunningWorkspace) -> None:
    client = WebClient("xapp-local-workspace", base_url=f"{lonely.base_url}api/")
    url = client.apps_connections_open(app_token="xapp-local-workspace")["url"]

    with connect(url, proxy=None) as socket:
        assert receive(socket)["type"] == "hello"
        with pytest.raises(Exception, match="HTTP 403"), connect(url, proxy=None):
            pass


def test_another_website_is_refused(workspace: WorkspaceClient) -> None:
    answer = workspace.ask("POST", "/_/reset", origin="https://evil.example")

    assert answer.status_code == 403
