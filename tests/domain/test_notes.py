"""Rules for learning notes."""

from datetime import timedelta

import pytest

from bot.domain.errors import Problem, Refusal
from bot.domain.notes import MAX_NOTE, UNDO_FOR, NoteForm, check_note, may_undo
from tests.factories import MONDAY_8

TEXT = "The export button also takes a filter"


@pytest.mark.parametrize(
    "form",
    [
        NoteForm(TEXT),
        NoteForm("  SQL 9  "),
        NoteForm("x" * MAX_NOTE),
        NoteForm(TEXT, " https://a.example/b?c=d "),
    ],
)
def test_a_note_is_a_sentence_and_perhaps_an_address(form: NoteForm) -> None:
    assert check_note(form) == {}


@pytest.mark.parametrize(
    ("form", "field", "trouble"),
    [
        (NoteForm(""), "text", Refusal(Problem.NOTE_SHORT)),
        (NoteForm(" abcd  "), "text", Refusal(Problem.NOTE_SHORT)),
        (NoteForm("x" * 301), "text", Refusal(Problem.TOO_LONG, {"length": "301", "limit": "300"})),
        (NoteForm(TEXT, "page 7"), "link", Refusal(Problem.LINK_UNREADABLE)),
        (NoteForm(TEXT, "javascript:alert(1)"), "link", Refusal(Problem.LINK_UNREADABLE)),
        (NoteForm(TEXT, f"https://{'x' * 500}"), "link", Refusal(Problem.TOO_LONG, {"length": "508", "limit": "500"})),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(form: NoteForm, field: str, trouble: Refusal) -> None:
    assert check_note(form) == {field: trouble}


def test_a_note_can_be_taken_back_for_ten_minutes() -> None:
    assert may_undo(MONDAY_8, MONDAY_8 + UNDO_FOR)
    assert not may_undo(MONDAY_8, MONDAY_8 + UNDO_FOR + timedelta(seconds=1))
