"""Slack fails for a moment, the real bot against the local workspace: what people get, and what they are asked."""

from datetime import UTC, datetime, timedelta

import pytest

from chaos.bad_minute import FAULTS, POSTING
from tests.databases import on_sqlite
from tests.journeys.conftest import SMALL_GROUP, StageAt
from tests.journeys.stage import Stage

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 12, 1, 9, 5, tzinfo=UTC)
THURSDAY = datetime(2026, 12, 3, 13, 5, tzinfo=UTC)
DEED = "@lee showed me how the export filter works, so I did it alone"

# Slack posts the message, and only its answer is lost.
LOST = "lost answer"
# One that is definite, one that leaves a doubt, and one that was done; `tests/courier/test_bad_hour.py` has them all.
each_fault = pytest.mark.parametrize("fault", ["429", "500", LOST])
# Nobody knows what became of these.
each_doubt = pytest.mark.parametrize("fault", ["500", LOST])

pytestmark = [on_sqlite, pytest.mark.slow]


def begin(stage: Stage, fault: str, times: int = 1) -> None:
    what, how = FAULTS[fault]
    stage.client.fault(what, POSTING, times=times, **how)


def posted(stage: Stage, prefix: str) -> list[str]:
    return sorted(one["key"] for one in stage.client.posted() if one.get("key", "").startswith(prefix))


@each_fault
def test_everybody_is_introduced_and_asked_once_whether_they_met(stage_at: StageAt, fault: str) -> None:
    stage = stage_at(WEDNESDAY)
    stage.switch_on(SMALL_GROUP)
    begin(stage, fault)

    stage.go_to(MONDAY)
    # What is not looked up goes out once more as soon as another message shows that Slack works again.
    sent = "select count(*) from outboxmessage where kind = 'round.introduction' and state = 'sent'"
    stage.client.wait_for(lambda: stage.rows(sent) == [(2,)])

    twice = ["intro:1"] if fault == LOST else []
    assert posted(stage, "intro:") == sorted(["intro:1", "intro:2", *twice])
    assert stage.client.violations() == []

    stage.go_to(THURSDAY - timedelta(minutes=10))
    begin(stage, fault, times=2)

    stage.go_to(THURSDAY)

    assert [key.split(":")[1] for key in posted(stage, "note:")] == sorted(SMALL_GROUP)


@each_doubt
def test_who_thanked_and_who_looks_after_the_channel_are_asked_whether_it_arrived(
    stage_at: StageAt, fault: str
) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    begin(stage, fault)
    stage.thank("U0MEI", learning, DEED)
    stage.settle()

    chat = stage.client.dm("U0MEI", "U0BOT")
    question = stage.client.wait_for_message("U0MEI", chat, "Can you see your message of thanks")
    assert "<@U0LEE>" not in question["text"]
    stage.client.click_text("U0MEI", chat, question["ts"], "Post it again")
    stage.client.wait_for_message("U0MEI", chat, "On its way")
    stage.settle()

    assert posted(stage, "kudos:") == ["kudos:1"] * (2 if fault == LOST else 1)
    assert stage.rows("select state from outboxmessage where key = 'kudos:1'") == [("sent",)]

    stage.go_to(TUESDAY - timedelta(minutes=10))
    begin(stage, fault)
    stage.go_to(TUESDAY)

    facilitator = SMALL_GROUP[0]
    chat = stage.client.dm(facilitator, "U0BOT")
    question = stage.client.wait_for_message(facilitator, chat, "Can you see this week's prompt")
    is_there = any(text.startswith("*This week") for text in stage.said_in(facilitator, learning))
    assert is_there is (fault == LOST)
    stage.client.click_text(facilitator, chat, question["ts"], "It's there" if is_there else "Post it again")
    stage.client.wait_for(lambda: stage.rows("select state from outboxmessage where key = 'prompt:1'") == [("sent",)])

    assert posted(stage, "prompt:") == ["prompt:1"]


@pytest.mark.parametrize("fault", ["503", "429"])
def test_what_slack_did_not_take_is_posted_without_a_question(stage_at: StageAt, fault: str) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)

    begin(stage, fault, times=2)
    stage.thank("U0MEI", learning, DEED)
    stage.settle()
    stage.go_to(TUESDAY - timedelta(minutes=10))
    begin(stage, fault, times=2)
    stage.go_to(TUESDAY)

    assert (posted(stage, "kudos:"), posted(stage, "prompt:")) == (["kudos:1"], ["prompt:1"])
    assert posted(stage, "delivery-asked:") == []
