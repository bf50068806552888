"""Answers to "used it since?" as people press and send them."""

from datetime import UTC, datetime

import pytest

from bot.blocks.ids import NoteId, UseId
from bot.domain.notes import NoteForm
from bot.domain.schedule import DueKind
from storage.notes import LearningNote
from storage.uses import UseCheck
from tests.factories import due_row, rows
from tests.handlers.edge import LEARNING, NOW, TEAM, Edge
from tests.handlers.test_notes import buttons, press

TEXT = "the export button also takes a filter"
# In the note of the first Thursday that is three weeks after the day of the edge.
ASKED = datetime(2026, 12, 17, 13, 0, tzinfo=UTC)


@pytest.fixture
def asking(edge: Edge) -> Edge:
    """An edge at which U0AMARA is asked whether she used what she noted three weeks before."""
    who, profile = edge.actor("U0AMARA"), edge.people.find_profile("U0AMARA")
    assert profile is not None
    edge.services.notes.keep(who, NoteForm(TEXT), profile, NOW)
    row = due_row(edge.database, DueKind.USE_CHECK, "U0AMARA", TEAM)
    edge.services.uses.ask(row, row.due_at)
    edge.clock.moment = ASKED
    return edge


def said(edge: Edge) -> list[tuple[str | None, str, str | None, str]]:
    return [(row.answer, row.line, row.share, row.channel_id) for row in rows(edge.database, UseCheck)]


def test_a_yes_takes_a_line_and_can_be_passed_on(asking: Edge) -> None:
    asking.send(asking.click("U0AMARA", NoteId.USED, "1:yes"))
    (answer,) = asking.answers()
    assert answer["text"].startswith("*Good.* One line on where? It stays yours unless you share it.")
    assert list(buttons(answer)) == ["Write one line", "Count it, no text", "Offer it to others"]

    view = press(asking, answer, "Write one line")
    refused = asking.send(asking.form("U0AMARA", view, line={"value": "x" * 201}))
    assert "That's 201 characters" in str(refused.body)
    asking.send(asking.form("U0AMARA", view, line={"value": "In Monday's report"}))
    (kept,) = asking.answers()

    assert kept["text"].startswith("*Kept, for you alone:* \u201cIn Monday's report\u201d")
    assert said(asking) == [("yes", "In Monday's report", "me", "")]
    assert press(asking, kept, "Offer it to others")["callback_id"] == "topic.form"


def test_a_yes_can_be_counted_without_words(asking: Edge) -> None:
    asking.send(asking.click("U0AMARA", NoteId.USED, "1:yes"))
    (answer,) = asking.answers()

    assert press(asking, answer, "Count it, no text")["text"].startswith("*Counted,* without a word of it.")
    assert said(asking) == [("yes", "", "counted", "")]


def test_a_shared_line_is_taken_back_with_one_tap_and_by_its_owner_alone(asking: Edge) -> None:
    asking.send(asking.click("U0AMARA", NoteId.USED, "1:yes"))
    (answer,) = asking.answers()
    view = press(asking, answer, "Write one line")
    here = {"selected_option": {"value": LEARNING}}
    asking.send(asking.form("U0AMARA", view, line={"value": "In Monday's report"}, where=here))
    (shared,) = asking.answers()
    assert "on its way to" in shared["text"]
    assert "somebody else" in asking.say(asking.click("U0LEE", UseId.TAKE_BACK, "1"))
    assert said(asking) == [("yes", "In Monday's report", "channel", LEARNING)]

    after = press(asking, shared, "Take it back")

    assert after["text"] == "*Taken back.* You keep it, for you alone: \u201cIn Monday's report\u201d"
    assert said(asking) == [("yes", "In Monday's report", "me", "")]


def test_what_is_not_used_may_become_a_goal_or_go(asking: Edge) -> None:
    asking.send(asking.click("U0AMARA", NoteId.USED, "1:not_yet"))
    (not_yet,) = asking.answers()
    assert press(asking, not_yet, "Make it a goal")["callback_id"] == "goal.form"

    asking.send(asking.click("U0AMARA", NoteId.USED, "1:not_relevant"))
    (not_relevant,) = asking.answers()
    assert said(asking) == [("not_relevant", "", None, "")]
    assert "*Deleted:*" in press(asking, not_relevant, "Delete the note")["text"]
    assert rows(asking.database, LearningNote) == []


@pytest.mark.parametrize(
    ("action_id", "value"),
    [(NoteId.USED, value) for value in ("", "1", "1:maybe", "9:yes", "x:yes")]
    + [(UseId.LINE, "1"), (UseId.COUNT, "1"), (UseId.COUNT, "99999999999999"), (UseId.TAKE_BACK, "9")],
)
def test_a_payload_that_nobody_was_shown_changes_nothing(asking: Edge, action_id: str, value: str) -> None:
    assert "nothing changed" in asking.say(asking.click("U0AMARA", action_id, value))
    assert said(asking) == [(None, "", None, "")]


def test_nobody_else_answers_for_somebody(asking: Edge) -> None:
    assert "nothing changed" in asking.say(asking.click("U0LEE", NoteId.USED, "1:yes"))
    asking.send(asking.click("U0AMARA", NoteId.USED, "1:yes"))
    (answer,) = asking.answers()
    view = press(asking, answer, "Write one line")

    refused = asking.send(
        asking.form("U0LEE", view, line={"value": "Mine"}, where={"selected_option": {"value": LEARNING}})
    )

    assert "nothing changed" in str(refused.body)
    assert said(asking) == [("yes", "", None, "")]
