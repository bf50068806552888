"""The bot that was away: one late round or none, nothing twice, and it stops when told to."""

import signal
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.conftest import SMALL_GROUP, ProcessesAt, StageAt

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def test_a_bot_that_was_down_over_monday_starts_one_late_round(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    stage.switch_on(SMALL_GROUP)
    stage.stop_bot()
    stage.client.move_clock(to=MONDAY + timedelta(days=2), frozen=True)

    stage.start_bot()
    stage.settle()

    assert stage.rows("select number, skipped from round") == [(1, "")]
    for person in SMALL_GROUP:
        (group,) = stage.groups_of(person)
        assert len(stage.said_in(person, group)) == 1


@pytest.mark.slow
def test_a_bot_that_was_down_until_thursday_skips_the_round_with_one_line(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.stop_bot()
    stage.client.move_clock(to=MONDAY + timedelta(days=3), frozen=True)

    stage.start_bot()
    stage.settle()

    lines = [text for text in stage.said_in(SMALL_GROUP[0], learning) if "No introductions this week" in text]
    assert len(lines) == 1
    assert "Next: Monday 7 December" in lines[0]
    assert all(not stage.groups_of(person) for person in SMALL_GROUP)


@pytest.mark.slow
def test_a_bot_that_was_down_for_a_month_catches_up_with_at_most_one_of_each(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.stop_bot()
    stage.client.move_clock(to=MONDAY + timedelta(weeks=4, hours=3), frozen=True)

    stage.start_bot()
    stage.settle()

    said = stage.said_in(SMALL_GROUP[0], learning)
    # A round starts until the end of its Wednesday, and those that were missed are not made up for.
    assert [text for text in said if "No introductions this week" in text] == []
    assert stage.rows("select number, skipped from round") == [(1, "")]
    assert not [text for text in said if text.startswith("*This week")]


@pytest.mark.slow
def test_commands_and_clicks_work_after_every_kind_of_reconnect(processes_at: ProcessesAt) -> None:
    stage = processes_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)

    assert stage.client.disconnect() == 1
    stage.client.wait_until_connected()
    assert "Quiet until" in stage.type("U0MEI", learning, "/learn", "pause 1w")["text"]

    assert stage.client.cut() == 1
    stage.client.wait_for(lambda: not stage.client.state()["app"]["connected"])
    stage.client.wait_until_connected(timeout=60)
    assert "Welcome back" in stage.type("U0MEI", learning, "/learn", "resume")["text"]


@pytest.mark.slow
def test_what_people_wrote_while_the_bot_was_away_is_answered_once(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    stage.stop_bot()
    chat = stage.client.dm("U0MEI", "U0BOT")
    stage.client.say("U0MEI", chat, "hi")

    stage.start_bot()
    stage.client.wait_for_message("U0MEI", chat, "I help colleagues learn")
    stage.client.repeat_event()
    stage.client.repeat_event(new_id=True)
    time.sleep(1)

    assert len(stage.said_in("U0MEI", chat)) == 1


def test_it_stops_within_five_seconds_while_slack_does_not_answer(processes_at: ProcessesAt) -> None:
    stage = processes_at(WEDNESDAY)
    assert stage.bot is not None

    before = time.monotonic()
    stage.bot.send_signal(signal.SIGTERM)
    assert stage.bot.wait(6) == 0

    assert time.monotonic() - before < 5
    stage.bot = None
