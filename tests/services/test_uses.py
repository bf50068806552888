"""Whether people used what they learned: asked in the weekly note three weeks later. It is Monday 23 November 2026."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.blocks.names import CommandNames
from bot.courier.decisions import Drop, Post
from bot.courier.library import Library
from bot.courier.render import render
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.goals import GoalForm
from bot.domain.guides import GuideLibrary
from bot.domain.identity import Actor, Tenant
from bot.domain.messages import MessageKind
from bot.domain.notes import NoteForm
from bot.domain.prompts import PromptLibrary
from bot.domain.rounds import Met, Share, StillAsked
from bot.domain.schedule import ANSWERS_KEPT_FOR, DueKind
from bot.domain.topics import Thesaurus
from bot.domain.uses import Source, Used, UseShare
from bot.services.goals.goals import GoalService
from bot.services.members.members import MemberService
from bot.services.notes.notes import NoteService
from bot.services.overview.uses import UseService
from bot.services.overview.weekly_note import still_asked
from bot.services.rounds.check_ins import CheckInService
from storage import due
from storage.database import Database
from storage.members import Person
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.privacy import ageing
from storage.privacy.answers import AnswerCount
from storage.uses import UseCheck
from tests.factories import (
    MONDAY_8,
    actor,
    add_community,
    add_group,
    add_members,
    contents,
    due_row,
    messages,
    profile,
    rows,
)

TEXT = "The export button also takes a filter"
# The first Thursday three weeks later, at 08:00 in Berlin, and the note of that day.
FIRST = datetime(2026, 12, 17, 7, tzinfo=UTC)
NOTE = FIRST + timedelta(hours=6)
WEEK = timedelta(weeks=1)


def keep(notes: NoteService, text: str = TEXT, at: datetime = MONDAY_8, *, asks: bool = True) -> int:
    return notes.keep(actor("UA", text), NoteForm(text, asks=asks), profile("UA"), at).note_id


def ask(database: Database, uses: UseService) -> datetime:
    """Let what is due for UA happen at its moment; return the moment."""
    row = due_row(database, DueKind.USE_CHECK, "UA")
    uses.ask(row, row.due_at)
    return row.due_at


def asked(database: Database, now: datetime = NOTE) -> StillAsked:
    with database.read() as session:
        return still_asked(session, "T1", "UA", now)


def is_planned(database: Database) -> bool:
    with database.read() as session:
        return due.find_due(session, "T1", DueKind.USE_CHECK, "UA") is not None


def take_part(database: Database) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        add_group(session, community, "UA", "UB")


def test_a_note_is_asked_about_once_three_weeks_later(database: Database, notes: NoteService, uses: UseService) -> None:
    note_id = keep(notes)

    assert ask(database, uses) == FIRST

    (note,) = messages(database, MessageKind.WEEKLY_NOTE)
    assert (note.people, note.not_before) == ("UA", NOTE)
    question = asked(database).used
    assert question is not None
    assert (question.source, question.text, question.weeks) == (Source.NOTE, TEXT, 3)
    (check,) = rows(database, UseCheck)
    assert (check.source_id, check.asked_on, check.asked_at, check.answer) == (note_id, FIRST.date(), FIRST, None)
    # Nothing is asked a second time.
    assert not is_planned(database)


def test_a_takeaway_and_a_goal_are_asked_about_as_well(
    database: Database, uses: UseService, goals: GoalService, check_ins: CheckInService
) -> None:
    take_part(database)
    check_ins.answer(actor("UA"), 1, Met.YES, MONDAY_8)
    check_ins.take_away(actor("UA"), 1, "Ask for the draft early", Share.PRIVATE, MONDAY_8)
    goal = GoalForm("Run a retro on my own", "One change is kept", date(2027, 1, 4))
    goals.done(actor("UA"), goals.set(actor("UA"), goal, profile("UA"), MONDAY_8).goal_id, MONDAY_8)

    texts = []
    for week in range(2):
        assert ask(database, uses) == FIRST + week * WEEK
        question = asked(database, NOTE + week * WEEK).used
        assert question is not None
        texts.append((question.source, question.text, question.weeks))

    assert texts == [
        (Source.TAKEAWAY, "Ask for the draft early", 3),
        (Source.GOAL, "Run a retro on my own", 4),
    ]
    assert not is_planned(database)


def test_one_a_week_and_not_for_ever(database: Database, notes: NoteService, uses: UseService) -> None:
    for number in range(5):
        keep(notes, f"Lesson {number}")

    moments = []
    while is_planned(database):
        moments.append(ask(database, uses))

    # From the fourth week after it was noted to the sixth; what is left then is left alone.
    assert moments == [FIRST, FIRST + WEEK, FIRST + 2 * WEEK]
    assert [row.asked_on for row in rows(database, UseCheck)] == [moment.date() for moment in moments]


def test_whoever_does_not_want_to_be_asked_is_not(database: Database, notes: NoteService) -> None:
    note_id = keep(notes, asks=False)
    assert not is_planned(database)

    notes.ask_later(actor("UA"), note_id, MONDAY_8, wanted=True)
    assert due_row(database, DueKind.USE_CHECK, "UA").due_at == FIRST
    notes.ask_later(actor("UA"), note_id, MONDAY_8, wanted=False)
    assert not is_planned(database)


def test_nobody_is_asked_during_a_pause_or_without_a_weekly_note(
    database: Database, notes: NoteService, uses: UseService, members: MemberService
) -> None:
    keep(notes)
    members.pause(actor("UA"), date(2026, 12, 20), profile("UA"), MONDAY_8)
    ask(database, uses)
    with database.write() as session:
        person = session.get(Person, ("T1", "UA"))
        assert person is not None
        person.paused_until, person.has_note = None, False
        session.add(person)
    ask(database, uses)

    assert rows(database, UseCheck) == []
    assert messages(database, MessageKind.WEEKLY_NOTE) == []
    with database.write() as session:
        person = session.get(Person, ("T1", "UA"))
        assert person is not None
        person.has_note = True
        session.add(person)
    assert ask(database, uses) == FIRST + 2 * WEEK
    assert len(rows(database, UseCheck)) == 1


def test_what_is_due_happens_once(database: Database, notes: NoteService, uses: UseService) -> None:
    keep(notes)
    row = due_row(database, DueKind.USE_CHECK, "UA")

    for _ in range(2):
        uses.ask(row, row.due_at)

    assert len(rows(database, UseCheck)) == 1


@pytest.mark.parametrize("used", Used)
def test_there_is_one_answer_and_a_later_one_replaces_it(
    database: Database, notes: NoteService, uses: UseService, used: Used
) -> None:
    keep(notes)
    ask(database, uses)
    uses.answer(actor("UA"), 1, Used.YES, NOTE)
    uses.keep_line(actor("UA"), 1, "In Monday's report", "", NOTE)

    answered, also = uses.answer(actor("UA", "later"), 1, used, NOTE + timedelta(days=1))

    (check,) = rows(database, UseCheck)
    assert (check.answer, answered.used, also) == (used, used, StillAsked())
    assert check.line == ("In Monday's report" if used is Used.YES else "")
    assert asked(database).used is None


def test_a_line_stays_with_its_owner_is_counted_or_shared(
    database: Database, notes: NoteService, uses: UseService
) -> None:
    take_part(database)
    keep(notes)
    ask(database, uses)
    uses.answer(actor("UA"), 1, Used.YES, NOTE)

    def kept() -> tuple[str, str | None, str]:
        (check,) = rows(database, UseCheck)
        return check.line, check.share, check.channel_id

    uses.keep_line(actor("UA"), 1, " In a report ", "", NOTE)
    assert kept() == ("In a report", UseShare.ME, "")
    assert messages(database, MessageKind.USE_SHARED) == []
    uses.keep_line(actor("UA"), 1, "In a report", "C1", NOTE)
    assert kept() == ("In a report", UseShare.CHANNEL, "C1")
    assert [row.channel_id for row in messages(database, MessageKind.USE_SHARED)] == ["C1"]
    uses.count_only(actor("UA"), 1, NOTE)
    assert kept() == ("", UseShare.COUNTED, "")


def test_what_is_shared_is_looked_at_again_when_it_is_sent(
    database: Database,
    notes: NoteService,
    uses: UseService,
    library: PromptLibrary,
    guides: GuideLibrary,
    thesaurus: Thesaurus,
) -> None:
    take_part(database)
    keep(notes)
    ask(database, uses)
    uses.answer(actor("UA"), 1, Used.YES, NOTE)
    uses.keep_line(actor("UA"), 1, "In a report for <!channel>", "C1", NOTE)
    words = Library(CommandNames(), library, guides, thesaurus)

    def said() -> object:
        with database.read() as session:
            row = outbox.find_message(session, "T1", "use-shared:1:1")
            assert row is not None
            return render(session, row, words, NOTE)

    verdict = said()
    assert isinstance(verdict, Post)
    assert verdict.message.text.startswith("*<@UA> used something they learned:*")
    assert "&lt;!channel&gt;" in verdict.message.text
    # What they had noted stays theirs.
    assert TEXT not in str(verdict.message)
    # As if it were on its way already when it is taken back.
    with database.write() as session:
        (check,) = session.exec(select(UseCheck))
        check.share = UseShare.COUNTED
        session.add(check)
    assert isinstance(said(), Drop)


def share_line(database: Database, notes: NoteService, uses: UseService) -> int:
    """Let UA share with C1 where they used a note; return the note."""
    take_part(database)
    note_id = keep(notes)
    ask(database, uses)
    uses.answer(actor("UA"), 1, Used.YES, NOTE)
    uses.keep_line(actor("UA"), 1, "In a report", "C1", NOTE)
    return note_id


def mark_sent(database: Database, key: str) -> None:
    with database.write() as session:
        row = outbox.find_message(session, "T1", key)
        assert row is not None
        row.state, row.ts = OutboxState.SENT, "1.1"


def test_a_line_that_was_not_sent_yet_is_taken_back_without_a_message(
    database: Database, notes: NoteService, uses: UseService
) -> None:
    share_line(database, notes, uses)

    for _ in range(2):
        assert uses.take_back(actor("UA"), 1, NOTE) == "In a report"

    assert messages(database, MessageKind.USE_SHARED) == []
    assert messages(database, MessageKind.USE_REMOVED) == []
    (check,) = rows(database, UseCheck)
    assert (check.line, check.share, check.channel_id) == ("In a report", UseShare.ME, "")


UNSHARED: dict[str, Callable[[UseService, NoteService, int], object]] = {
    "taken back": lambda uses, _notes, _id: uses.take_back(actor("UA"), 1, NOTE),
    "another answer": lambda uses, _notes, _id: uses.answer(actor("UA"), 1, Used.NOT_YET, NOTE),
    "kept alone": lambda uses, _notes, _id: uses.keep_line(actor("UA"), 1, "In a report", "", NOTE),
    "counted": lambda uses, _notes, _id: uses.count_only(actor("UA"), 1, NOTE),
    "the note is gone": lambda _uses, notes, note_id: notes.delete(actor("UA"), note_id, NOTE),
}


@pytest.mark.parametrize("how", UNSHARED)
def test_a_line_that_stands_in_a_channel_is_taken_out_of_it(
    database: Database, notes: NoteService, uses: UseService, how: str
) -> None:
    note_id = share_line(database, notes, uses)
    mark_sent(database, "use-shared:1:1")

    UNSHARED[how](uses, notes, note_id)

    (removal,) = messages(database, MessageKind.USE_REMOVED)
    assert (removal.edits, removal.channel_id, removal.about, removal.people) == ("use-shared:1:1", "C1", "UA", "")


def test_the_same_line_shared_twice_is_one_message_and_shared_anew_another(
    database: Database, notes: NoteService, uses: UseService
) -> None:
    share_line(database, notes, uses)
    uses.keep_line(actor("UA"), 1, "In a report", "C1", NOTE)
    mark_sent(database, "use-shared:1:1")
    uses.take_back(actor("UA"), 1, NOTE)

    uses.keep_line(actor("UA"), 1, "In a report", "C1", NOTE)

    assert [row.key for row in messages(database, MessageKind.USE_SHARED)] == ["use-shared:1:1", "use-shared:1:2"]


def test_a_line_that_does_not_fit_or_has_no_yes_is_refused(
    database: Database, notes: NoteService, uses: UseService
) -> None:
    take_part(database)
    keep(notes)
    ask(database, uses)
    before = contents(database)
    too_early: list[Callable[[], object]] = [
        lambda: uses.keep_line(actor("UA"), 1, "In a report", "", NOTE),
        lambda: uses.count_only(actor("UA"), 1, NOTE),
        lambda: uses.current(actor("UA"), 1),
    ]
    for act in too_early:
        with pytest.raises(UserError) as refused:
            act()
        assert refused.value.trouble.problem == Problem.GONE
    assert contents(database) == before

    uses.answer(actor("UA"), 1, Used.YES, NOTE)
    for line in (" ", "x" * 201):
        with pytest.raises(FormError):
            uses.keep_line(actor("UA"), 1, line, "", NOTE)
    with pytest.raises(UserError) as no_place:
        uses.keep_line(actor("UA"), 1, "In a report", "C9", NOTE)
    assert no_place.value.trouble.problem == Problem.NOT_A_COMMUNITY


@pytest.mark.parametrize(
    "stranger", [actor("UB"), Actor(Tenant("T2"), "UA", "act")], ids=["another person", "another workspace"]
)
def test_nobody_but_the_owner_can_touch_an_answer(
    database: Database, notes: NoteService, uses: UseService, stranger: Actor
) -> None:
    keep(notes)
    ask(database, uses)
    uses.answer(actor("UA"), 1, Used.YES, NOTE)
    before = contents(database)

    acts: list[Callable[[Actor, int], object]] = [
        uses.current,
        lambda who, number: uses.count_only(who, number, NOTE),
        lambda who, number: uses.take_back(who, number, NOTE),
        lambda who, number: uses.answer(who, number, Used.YES, NOTE),
        lambda who, number: uses.keep_line(who, number, "In a report", "", NOTE),
    ]
    for who, number in ((stranger, 1), (actor("UA"), 9)):
        for act in acts:
            with pytest.raises(UserError):
                act(who, number)
    assert contents(database) == before


def test_a_note_that_is_gone_takes_its_question_with_it(
    database: Database, notes: NoteService, uses: UseService
) -> None:
    note_id = keep(notes)
    ask(database, uses)

    notes.delete(actor("UA"), note_id, NOTE)

    assert rows(database, UseCheck) == []
    assert asked(database).used is None


def test_after_twelve_months_an_answer_is_a_number(database: Database, notes: NoteService, uses: UseService) -> None:
    keep(notes)
    ask(database, uses)
    uses.answer(actor("UA"), 1, Used.YES, NOTE)

    with database.write() as session:
        ageing.age(session, "T1", FIRST + ANSWERS_KEPT_FOR, 9)

    assert rows(database, UseCheck) == []
    counted = {(row.question, row.answer): row.count for row in rows(database, AnswerCount)}
    assert counted == {("usecheck.source", "note"): 1, ("usecheck.answer", "yes"): 1}
