"""A goal from its form to the end: a witness, a check-in in the weekly note, help, and passing it on."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.journeys.conftest import SMALL_GROUP, StageAt
from tests.journeys.stage import Stage

WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
NOTE = datetime(2026, 12, 10, 13, 1, tzinfo=UTC)
AMARA, TOMASZ, JONAS, MEI = SMALL_GROUP
TITLE = "run a retro on my own"


def newest(stage: Stage, who: str, start: str) -> dict[str, Any]:
    """Wait for the newest message of the bot to a person that begins with these words."""
    chat = stage.client.dm(who, "U0BOT")
    return stage.client.wait_for(
        lambda: [one for one in stage.client.messages(who, chat) if one["text"].startswith(start)]
    )[-1]


def press(stage: Stage, who: str, message: dict[str, Any], label: str) -> None:
    stage.client.click_text(who, stage.client.dm(who, "U0BOT"), message["ts"], label)


def submit(stage: Stage, who: str, **values: object) -> dict[str, Any]:
    stage.client.wait_for(lambda: stage.client.views(who))
    return stage.client.submit(who, {name: {"value": value} for name, value in values.items()})


def test_a_goal_is_witnessed_asked_about_helped_along_and_passed_on(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)

    stage.client.command(AMARA, learning, "/goal", f"{TITLE} by end of January")
    refused = submit(stage, AMARA, evidence_pick="teach", visibility="witness")
    assert refused["errors"] == {"witness": "Whom shall I ask? Pick a person, or choose only me above."}
    assert submit(stage, AMARA, evidence_pick="teach", visibility="witness", witness=JONAS)["closed"]
    stage.settle()

    question = newest(stage, JONAS, f"*<@{AMARA}> asks")
    assert TITLE not in str(stage.client.state(JONAS))
    press(stage, JONAS, question, "Yes")
    stage.client.wait_for(lambda: TITLE in str(stage.client.messages(JONAS, stage.client.dm(JONAS, "U0BOT"))))
    assert TITLE not in str(stage.client.state(MEI))
    listed = stage.type(AMARA, learning, "/learn", "goals")["text"]
    assert f"*{TITLE}* \u00b7 by 31 January 2027 \u00b7 witness <@{JONAS}>" in listed

    stage.go_to(MONDAY)
    # The first week's note has nothing to say of a goal yet.
    stage.go_to(NOTE - timedelta(weeks=1))
    assert "Your goal" not in newest(stage, AMARA, "*Did you")["text"]
    stage.go_to(MONDAY + timedelta(weeks=1))
    stage.go_to(NOTE - timedelta(hours=5))
    stage.go_to(NOTE)
    note = newest(stage, AMARA, "*Did you")
    assert f"*Your goal: {TITLE}*, by 31 January 2027" in note["text"]
    press(stage, AMARA, note, "Stuck")
    helped = newest(stage, AMARA, "*That happens. What would help?*")
    # What else the note asks stays where it was.
    assert "*Did you" in helped["text"]
    press(stage, AMARA, helped, "Ask the channel")
    assert submit(stage, AMARA, question="How do you keep the time in a retro?")["closed"]
    stage.settle()
    assert f"*<@{AMARA}> asks:* \u201cHow do you keep the time in a retro?\u201d" in stage.said_in(MEI, learning)
    assert stage.rows("select answer, question from goalcheck") == [("stuck", "How do you keep the time in a retro?")]

    done = stage.reply_to(AMARA, learning, lambda: stage.client.command(AMARA, learning, "/learn", "done"))
    assert done["text"].startswith(f"*Done: {TITLE}.*")
    stage.client.click_text(AMARA, learning, done["ts"], "Tell my witness")
    stage.go_to(NOTE + timedelta(days=1))
    assert newest(stage, JONAS, f"*<@{AMARA}> reached it:*")

    stage.client.click_text(AMARA, learning, done["ts"], "Write one line")
    assert submit(stage, AMARA, line="I asked to host before I felt ready")["closed"]
    assert stage.rows("select line, done_at is not null from goal") == [("I asked to host before I felt ready", 1)]
