from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from slack_sdk import WebClient

from playground.client import RefusedError, RunningWorkspace, WorkspaceClient
from tests.playground.demo_app import FORM, DemoApp

AMARA, APP = "U0AMARA", "U0BOT"


def test_everything_survives_a_restart(manifest_path: Path, tmp_path: Path) -> None:
    before = RunningWorkspace(manifest_path, tmp_path)
    app = DemoApp(before.base_url)
    app.connect()
    before.client.wait_until_connected()
    channel = before.client.dm(AMARA, APP)
    before.client.open_home(AMARA)
    before.client.wait_for(lambda: before.client.home(AMARA))
    before.client.command(AMARA, channel, "/learn", "form")
    before.client.wait_for(lambda: before.client.views(AMARA))
    before.client.command(AMARA, channel, "/learn", "whisper")
    before.client.wait_for_message(AMARA, channel, "whisper")
    app.disconnect()
    before.client.wait_for(lambda: not before.client.state()["app"]["connected"])
    before.client.say(AMARA, channel, "Are you gone?")
    later = before.client.move_clock(by=timedelta(days=30))
    assert before.stop() == 0

    after = RunningWorkspace(manifest_path, tmp_path)
    try:
        texts = [one["text"] for one in after.client.messages(AMARA, channel)]
        assert texts == ["You said: whisper", "Are you gone?"]
        assert after.client.home(AMARA) is not None
        assert after.client.views(AMARA)[-1]["callback_id"] == FORM["callback_id"]
        assert after.client.now() >= later
        app = DemoApp(after.base_url)
        app.connect()
        after.client.wait_for_message(AMARA, channel, "Echo: Are you gone?")
        app.disconnect()
    finally:
        after.stop()


def test_nothing_is_lost_when_the_server_is_killed(manifest_path: Path, tmp_path: Path) -> None:
    before = RunningWorkspace(manifest_path, tmp_path)
    ts = before.client.say(AMARA, "C0GENERAL", "still here")
    before.process.kill()
    before.stop()

    after = RunningWorkspace(manifest_path, tmp_path)

    assert [one["ts"] for one in after.client.messages(AMARA, "C0GENERAL")] == [ts]
    assert after.stop() == 0


def test_fresh_forgets(manifest_path: Path, tmp_path: Path) -> None:
    for more in ((), ("--fresh", "--now", "2030-01-07T08:00:00+00:00")):
        running = RunningWorkspace(manifest_path, tmp_path, *more)
        assert [one["name"] for one in running.client.state()["conversations"]] == [
            "general",
            "learning",
            "design",
        ]
        running.client.create_channel(AMARA, "extra")
        now = running.client.now()
        running.stop()

    assert now.date().isoformat() == "2030-01-07"


def test_the_clock_moves_forwards_only(workspace: WorkspaceClient) -> None:
    now = workspace.now()
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)

    moved = workspace.move_clock(by=timedelta(days=1))
    assert moved - now >= timedelta(days=1)
    with pytest.raises(RefusedError, match="only moves forwards"):
        workspace.move_clock(to=now)


def test_the_clock_finds_the_next_monday_morning(workspace: WorkspaceClient) -> None:
    first = workspace.move_clock(next_=(0, "09:00", "Europe/Berlin")).astimezone(ZoneInfo("Europe/Berlin"))
    second = workspace.move_clock(next_=(0, "09:00", "Europe/Berlin")).astimezone(ZoneInfo("Europe/Berlin"))

    assert [(one.weekday(), one.hour, one.minute) for one in (first, second)] == [(0, 9, 0)] * 2
    assert second.date() - first.date() == timedelta(days=7)


def test_a_frozen_clock_stands_still_and_dates_messages(workspace: WorkspaceClient, running: RunningWorkspace) -> None:
    at = workspace.move_clock(to=datetime(2031, 5, 5, 12, tzinfo=UTC), frozen=True)
    web = WebClient("xoxb-local-workspace", base_url=f"{running.base_url}api/")

    ts = web.chat_postMessage(channel=AMARA, text="hi")["ts"]

    assert workspace.now() == at
    assert ts.split(".")[0] == str(int(at.timestamp()))


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda w: w.say(AMARA, "C0LEADS", "hi"), "not in this conversation"),
        (lambda w: w.say("U404", "C0GENERAL", "hi"), "nobody with the id"),
        (lambda w: w.say("U0OLDBEN", "C0GENERAL", "hi"), "deactivated"),
        (lambda w: w.join(AMARA, "C0GENERAL"), "already"),
        (lambda w: w.create_channel(AMARA, "General"), "lowercase"),
        (lambda w: w.patch_person(AMARA, tz="Mars/Olympus"), "no time zone"),
        (lambda w: w.submit(AMARA, {}), "no form open"),
        (lambda w: w.move_clock(next_=(7, "09:00", "Europe/Berlin")), "weekday"),
    ],
)
def test_refusals_are_sentences(workspace: WorkspaceClient, act: object, sentence: str) -> None:
    assert callable(act)

    with pytest.raises(RefusedError, match=sentence):
        act(workspace)
