"""A learning note from its sentence to its use: kept, shared, asked about three weeks later, and used."""

from datetime import UTC, datetime, timedelta

from tests.journeys.conftest import SMALL_GROUP, StageAt
from tests.journeys.test_goals import newest, press, submit

WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
# The first Thursday three weeks later: planned in the morning, asked in the note of the afternoon.
MORNING = datetime(2026, 12, 17, 8, 0, tzinfo=UTC)
NOTE = datetime(2026, 12, 17, 13, 1, tzinfo=UTC)
AMARA, _, _, MEI = SMALL_GROUP
TEXT = "the export button also takes a filter"


def test_a_note_is_kept_shared_asked_about_and_used(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)

    kept = stage.type(AMARA, learning, "/learn", f"til {TEXT}")
    assert kept["text"].startswith(f"*Saved, for you alone:* \u201c{TEXT}\u201d")
    assert TEXT not in str(stage.client.state(MEI))
    stage.client.click_text(AMARA, learning, kept["ts"], "Share here")
    stage.settle()
    shared = f"*<@{AMARA}> learned:* \u201c{TEXT}\u201d"
    stage.client.wait_for(lambda: shared in stage.said_in(MEI, learning))

    stage.go_to(MORNING - timedelta(weeks=1))
    assert stage.rows("select count(*) from usecheck") == [(0,)]
    stage.go_to(MORNING)
    stage.go_to(NOTE)
    note = newest(stage, AMARA, "*")
    assert f"*3 weeks ago you noted:* \u201c{TEXT}\u201d\nUsed it since?" in note["text"]
    press(stage, AMARA, note, "Yes, for \u2026")
    press(stage, AMARA, newest(stage, AMARA, "*Good.* One line on where?"), "Write one line")
    assert "One line is enough" in str(submit(stage, AMARA, line=" ")["errors"])
    assert submit(stage, AMARA, line="In Monday's report", where=learning)["closed"]
    stage.settle()
    assert f"*<@{AMARA}> used something they learned:* \u201cIn Monday's report\u201d" in stage.said_in(MEI, learning)
    assert stage.rows("select source, answer, line, share from usecheck") == [
        ("note", "yes", "In Monday's report", "channel")
    ]

    # What is deleted goes from the channel too.
    listed = stage.type(AMARA, learning, "/learn", "notes")
    assert f"shared in <#{learning}>" in listed["text"]
    stage.client.click_text(AMARA, learning, listed["ts"], "Delete")
    stage.client.wait_for(lambda: shared not in stage.said_in(MEI, learning))
    assert stage.rows("select count(*) from learningnote") == [(0,)]
