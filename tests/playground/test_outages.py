"""A Slack that is away, and sockets and events that go wrong, seen by the unmodified Bolt."""

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.client import RefusedError, RunningWorkspace, WorkspaceClient
from tests.effort import PATIENCE
from tests.playground.demo_app import DemoApp
from tests.playground.test_socket_mode import a_socket, acknowledge, receive

AMARA, TOMASZ, MEI, APP = "U0AMARA", "U0TOMASZ", "U0MEI", "U0BOT"
DESIGN = "C0DESIGN"
Json = dict[str, Any]


@pytest.fixture
def lonely(manifest_path: Path, tmp_path: Path) -> Iterator[RunningWorkspace]:
    """A workspace that nothing else is connected to."""
    workspace = RunningWorkspace(manifest_path, tmp_path)
    yield workspace
    assert workspace.stop() == 0


def impatient(workspace: RunningWorkspace, timeout: int = 2) -> WebClient:
    return WebClient("xoxb-local-workspace", base_url=f"{workspace.base_url}api/", retry_handlers=[], timeout=timeout)


def texts(workspace: RunningWorkspace) -> list[str]:
    return [one["text"] for one in workspace.client.posted()]


# A Slack that is away


def test_connections_are_refused_until_slack_is_back(lonely: RunningWorkspace) -> None:
    web = impatient(lonely)
    lonely.client.outage("refused")

    with pytest.raises(OSError, match="refused"):
        web.chat_postMessage(channel=AMARA, text="hi")
    assert lonely.client.now().tzinfo
    with closing(WorkspaceClient(lonely.client.control_url)) as control:
        assert control.people()

    lonely.client.end_outage()
    web.chat_postMessage(channel=AMARA, text="back")
    assert texts(lonely) == ["back"]
    with closing(WorkspaceClient(lonely.base_url)) as control:
        assert control.people()


def test_an_outage_can_come_twice_and_end_by_itself(lonely: RunningWorkspace) -> None:
    web = impatient(lonely)
    for _ in range(2):
        lonely.client.outage("refused", seconds=0.5)
        with pytest.raises(OSError, match="refused"):
            web.auth_test()
        lonely.client.wait_for(lambda: not lonely.client.ask("GET", "/_/outage").json()["mode"])
        assert web.auth_test()["ok"]


def test_an_unavailable_slack_answers_503_to_everything(lonely: RunningWorkspace) -> None:
    web = impatient(lonely)
    lonely.client.outage("unavailable")

    for method in ("auth.test", "apps.connections.open"):
        with pytest.raises(SlackApiError) as failed:
            web.api_call(method)
        assert failed.value.response.status_code == 503
    assert [one["fault"] for one in lonely.client.record("auth.test")] == [{"rule": None, "what": "unavailable"}]
    assert lonely.client.ask("GET", "/clock").status_code == 200


def test_a_frozen_slack_answers_nothing_and_then_those_who_still_wait(lonely: RunningWorkspace) -> None:
    lonely.client.outage("frozen", seconds=2.5)

    with ThreadPoolExecutor(2) as pool:
        patient = pool.submit(impatient(lonely, 10).chat_postMessage, channel=AMARA, text="patient")
        with pytest.raises(TimeoutError):
            impatient(lonely, 1).chat_postMessage(channel=AMARA, text="impatient")
        assert patient.result()["ok"]
    assert texts(lonely) == ["patient"]


def test_a_frozen_slack_leaves_its_sockets_unread(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as socket:
        lonely.client.outage("frozen")
        pong = socket.ping()
        lonely.client.open_home(AMARA)
        assert lonely.client.command(AMARA, DESIGN, "/learn", "x")["ok"] is False
        assert not pong.wait(0.5)

        lonely.client.end_outage()

        assert pong.wait(PATIENCE)
        envelope = receive(socket)
        acknowledge(socket, envelope)
        assert (envelope["type"], envelope["retry_attempt"]) == ("events_api", 1)


def test_the_app_comes_back_after_an_outage(app: DemoApp, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)
    workspace.outage("unavailable")
    assert workspace.state()["app"]["connected"] == 0
    workspace.say(AMARA, channel, "Are you there?")
    assert workspace.command(AMARA, channel, "/learn", "x")["ok"] is False

    workspace.end_outage()

    workspace.wait_for_message(AMARA, channel, "Echo: Are you there?", timeout=PATIENCE)
    assert len(app.events("message")) == 1


def test_an_unknown_outage_is_refused(workspace: WorkspaceClient) -> None:
    with pytest.raises(RefusedError, match="can be refused, unavailable, frozen"):
        workspace.outage("hungover")


# Sockets


# slack_sdk leaves the socket of a refused handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_new_connections_for_a_while(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.fault("socket_refused", seconds=1.5)
    began = time.monotonic()
    workspace.disconnect()

    workspace.wait_until_connected(timeout=PATIENCE)
    assert time.monotonic() - began >= 1.5
    assert workspace.faults()[0]["met"] >= 1
    assert workspace.command(AMARA, DESIGN, "/learn", "again") == {"ok": True}
    assert app.bodies
    gc.collect()


def test_a_withheld_hello_holds_back_the_events(lonely: RunningWorkspace) -> None:
    lonely.client.fault("hello_withheld", delay=1)
    lonely.client.open_home(AMARA)
    began = time.monotonic()

    with a_socket(lonely) as socket:
        assert time.monotonic() - began >= 1
        acknowledge(socket, receive(socket))


def test_a_warning_leaves_the_connection_working(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as socket:
        assert lonely.client.disconnect("warning") == 1

        assert receive(socket)["reason"] == "warning"
        assert lonely.client.state()["app"]["connected"] == 1
        lonely.client.open_home(AMARA)
        acknowledge(socket, receive(socket))
    with pytest.raises(RefusedError, match="no reason"):
        lonely.client.disconnect("boredom")


# Events and interactions


def test_an_event_comes_twice_with_one_id(app: DemoApp, workspace: WorkspaceClient) -> None:
    rule = workspace.fault("event_repeated", "member_joined_channel")
    workspace.invite(AMARA, DESIGN)

    first, second = workspace.wait_for(lambda: two(app, "member_joined_channel"))
    assert first["event_id"] == second["event_id"]
    deliveries = [one for one in workspace.record() if one["kind"] == "delivery" and one["fault"]]
    assert [one["fault"]["rule"] for one in deliveries] == [rule, rule]


def test_an_event_comes_twice_with_two_ids(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.fault("event_repeated_as_new")
    workspace.invite(AMARA, DESIGN)

    first, second = workspace.wait_for(lambda: two(app, "member_joined_channel"))
    assert first["event_id"] != second["event_id"]
    assert first["event"] == second["event"]


def two(app: DemoApp, kind: str) -> list[Json] | None:
    found = app.events(kind)
    return found if len(found) == 2 else None


def test_the_next_events_come_in_the_wrong_order(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as socket:
        lonely.client.fault("events_shuffled", "app_home_opened", times=4, seed=3)
        people = [AMARA, TOMASZ, MEI, "U0ANA"]
        for person in people:
            lonely.client.open_home(person)

        arrived = []
        for _ in people:
            envelope = receive(socket)
            acknowledge(socket, envelope)
            arrived.append(envelope["payload"]["event"]["user"])

    assert sorted(arrived) == sorted(people)
    assert arrived != people


def test_shuffled_events_wait_no_longer_than_told(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.fault("events_shuffled", times=5, delay=0.5)
    workspace.open_home(AMARA)
    workspace.open_home(TOMASZ)

    first, second = workspace.wait_for(lambda: two(app, "app_home_opened"))
    assert [first["event"]["user"], second["event"]["user"]] == [TOMASZ, AMARA]


def test_clearing_the_faults_sends_what_was_held_back(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.fault("events_shuffled", times=5, delay=60)
    workspace.open_home(AMARA)
    workspace.clear_faults()

    workspace.wait_for(lambda: app.events("app_home_opened"))


def test_an_event_is_late(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.fault("event_delayed", "app_home_opened", delay=1)
    began = time.monotonic()
    workspace.open_home(AMARA)

    workspace.wait_for(lambda: app.events("app_home_opened"))
    assert time.monotonic() - began >= 1


def test_an_event_comes_only_as_a_retry(lonely: RunningWorkspace) -> None:
    with a_socket(lonely) as socket:
        lonely.client.fault("event_only_as_retry")
        lonely.client.open_home(AMARA)

        envelope = receive(socket)
        acknowledge(socket, envelope)

    assert (envelope["retry_attempt"], envelope["retry_reason"]) == (1, "connection_failed")


def test_a_delayed_event_survives_a_restart(manifest_path: Path, tmp_path: Path) -> None:
    before = RunningWorkspace(manifest_path, tmp_path)
    before.client.fault("event_delayed", delay=600)
    before.client.open_home(AMARA)
    before.stop()

    after = RunningWorkspace(manifest_path, tmp_path)
    with a_socket(after) as socket:
        acknowledge(socket, receive(socket))
    after.stop()


def test_a_click_or_command_comes_twice(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.fault("interaction_repeated", "slash_commands")

    assert workspace.command(AMARA, DESIGN, "/learn", "hello") == {"ok": True}
    workspace.wait_for(lambda: len(app.bodies) == 2)
    assert app.bodies[0]["trigger_id"] == app.bodies[1]["trigger_id"]
