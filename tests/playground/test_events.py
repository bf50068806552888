from collections.abc import Iterator

import pytest

from playground.client import WorkspaceClient
from tests.playground.demo_app import DemoApp

AMARA, TOMASZ, MEI, APP = "U0AMARA", "U0TOMASZ", "U0MEI", "U0BOT"
DESIGN = "C0DESIGN"


def test_a_direct_message_reaches_the_app_which_answers(app: DemoApp, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)

    ts = workspace.say(AMARA, channel, "R&D with @tomasz, see https://example.com/a.")

    workspace.wait_for_message(AMARA, channel, "Echo: R&amp;D")
    event = app.events("message")[0]["event"]
    assert event["text"] == "R&amp;D with <@U0TOMASZ>, see <https://example.com/a>."
    assert (event["channel_type"], event["ts"], event["user"]) == ("im", ts, AMARA)


def test_a_channel_message_stays_among_people(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.invite(AMARA, DESIGN)
    workspace.wait_for(lambda: app.events("member_joined_channel"))

    workspace.say(AMARA, DESIGN, "@channel hello")

    assert workspace.messages(MEI, DESIGN)[-1]["text"] == "<!channel> hello"
    assert app.events("message") == []


def test_the_app_hears_of_members_once_it_is_in(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.join(TOMASZ, DESIGN)
    workspace.command(AMARA, DESIGN, "/invite", "@demo")
    workspace.leave(TOMASZ, DESIGN)
    workspace.remove(AMARA, DESIGN, APP)

    workspace.wait_for(lambda: len(app.events("member_left_channel")) == 2)
    [joined] = app.events("member_joined_channel")
    assert joined["event"]["user"] == APP
    assert joined["event"]["inviter"] == AMARA
    assert joined["event"]["channel_type"] == "C"
    assert app.events("channel_left")[0]["event"]["channel"] == DESIGN


def test_changes_to_people_and_channels_are_told(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.invite(AMARA, DESIGN)
    workspace.rename(AMARA, DESIGN, "craft")
    workspace.archive(AMARA, DESIGN)
    workspace.patch_person(MEI, deleted=True)
    workspace.patch_person(TOMASZ, tz="Asia/Tokyo")
    workspace.add_person("nina", "Nina Simon")

    workspace.wait_for(lambda: app.events("team_join"))
    assert app.events("channel_rename")[0]["event"]["channel"]["name"] == "craft"
    assert app.events("channel_archive")[0]["event"]["channel"] == DESIGN
    gone, moved = [body["event"]["user"] for body in app.events("user_change")]
    assert gone["deleted"]
    assert moved["tz_offset"] == 9 * 3600
    assert app.events("team_join")[0]["event"]["user"]["real_name"] == "Nina Simon"


def test_a_reaction_is_told(app: DemoApp, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)
    ts = workspace.say(AMARA, channel, "hi")

    workspace.react(AMARA, channel, ts, "tada")

    event = workspace.wait_for(lambda: app.events("reaction_added"))[0]["event"]
    assert (event["reaction"], event["item"]["ts"]) == ("tada", ts)


@pytest.fixture
def absent_app(app: DemoApp, workspace: WorkspaceClient) -> Iterator[DemoApp]:
    """The app while it is not connected."""
    app.disconnect()
    workspace.wait_for(lambda: not workspace.state()["app"]["connected"])
    yield app
    if not workspace.state()["app"]["connected"]:
        app.connect()
        workspace.wait_until_connected()


def test_what_was_missed_arrives_as_a_retry(absent_app: DemoApp, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)
    workspace.say(AMARA, channel, "Anybody there?")

    absent_app.connect()

    workspace.wait_for_message(AMARA, channel, "Echo: Anybody there?")
    assert len(absent_app.events("message")) == 1
    headers = absent_app.headers[absent_app.bodies.index(absent_app.events("message")[0])]
    assert headers["x-slack-retry-num"] == ["1"]
    assert headers["x-slack-retry-reason"] == ["connection_failed"]


def test_an_interaction_without_a_connection_fails_at_once(absent_app: DemoApp, workspace: WorkspaceClient) -> None:
    answer = workspace.command(AMARA, DESIGN, "/learn", "hello")

    assert answer["error"] == '`/learn` failed with the error "dispatch_failed"'
    assert absent_app.bodies == []


def test_an_event_can_be_delivered_twice(app: DemoApp, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)
    workspace.open_home(AMARA)
    workspace.wait_for(lambda: app.events("app_home_opened"))

    same = workspace.repeat_event()
    other = workspace.repeat_event(new_id=True)

    workspace.wait_for(lambda: len(app.events("app_home_opened")) == 3)
    ids = sorted(body["event_id"] for body in app.events("app_home_opened"))
    assert ids == sorted([same, same, other])
    assert workspace.messages(AMARA, channel) == []


def test_an_interaction_can_be_delivered_twice(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.command(AMARA, DESIGN, "/learn", "hello")
    workspace.repeat_interaction()

    assert [body["trigger_id"] for body in app.bodies] == [app.bodies[0]["trigger_id"]] * 2


def test_the_app_reconnects_when_asked(app: DemoApp, workspace: WorkspaceClient) -> None:
    assert workspace.disconnect() == 1

    workspace.wait_until_connected()
    assert workspace.command(AMARA, DESIGN, "/learn", "again") == {"ok": True}
    assert app.bodies


def test_deliveries_and_calls_are_recorded(app: DemoApp, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)
    workspace.say(AMARA, channel, "hi")
    workspace.wait_for(lambda: workspace.record("chat.postMessage"))

    call = workspace.record("chat.postMessage")[0]
    delivery = next(entry for entry in workspace.record() if entry["kind"] == "delivery")
    assert call["arguments"]["text"] == "Echo: hi"
    assert "token" not in call["arguments"]
    assert delivery["event_id"] == app.events("message")[0]["event_id"]
    assert delivery["acked_ms"] < 3000
