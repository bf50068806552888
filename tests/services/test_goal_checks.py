"""Check-ins on goals: in the weekly note, one a week, with one answer each. It is Monday 23 November 2026."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import FormError, Problem, UserError
from bot.domain.goals import CheckRef, GoalForm, Progress
from bot.domain.identity import Actor, Tenant
from bot.domain.messages import MessageKind
from bot.domain.rounds import StillAsked
from bot.domain.schedule import DueKind
from bot.services.goals.goal_checks import GoalCheckService
from bot.services.goals.goals import GoalService
from bot.services.members.members import MemberService
from bot.services.overview.weekly_note import still_asked
from storage import due
from storage.database import Database
from storage.goals import GoalCheck
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from tests.factories import (
    MONDAY_8,
    actor,
    add_community,
    add_group,
    add_members,
    contents,
    due_row,
    keys,
    messages,
    profile,
    queue,
    rows,
)

FORM = GoalForm("Run a retro on my own", "The team keeps one change", date(2027, 3, 4), "host the next")
# The first Thursday at least two weeks later, at 08:00 in Berlin.
FIRST = datetime(2026, 12, 10, 7, tzinfo=UTC)
WEEK = timedelta(weeks=1)
REF = CheckRef(1, date(2026, 12, 10))


def set_goal(goals: GoalService, title: str = FORM.title, weeks: int = 2) -> int:
    form = replace(FORM, title=title, check_weeks=weeks)
    return goals.set(actor("UA", title), form, profile("UA"), MONDAY_8).goal_id


def ask(database: Database, checks: GoalCheckService, at: datetime | None = None) -> datetime:
    """Let what is due for UA's goals happen at its moment, or later; return the moment."""
    row = due_row(database, DueKind.GOAL_CHECK, "UA")
    moment = at or row.due_at
    assert row.due_at <= moment
    checks.ask(row, moment)
    return moment


def asked(database: Database, now: datetime) -> StillAsked:
    with database.read() as session:
        return still_asked(session, "T1", "UA", now)


def test_a_goal_is_asked_about_in_the_first_note_two_weeks_later(
    database: Database, goals: GoalService, checks: GoalCheckService
) -> None:
    set_goal(goals)

    assert ask(database, checks) == FIRST

    (note,) = messages(database, MessageKind.WEEKLY_NOTE)
    assert (note.people, note.not_before) == ("UA", FIRST + timedelta(hours=6))
    question = asked(database, note.not_before).goal
    assert question is not None
    assert (question.ref, question.title, question.plan) == (REF, FORM.title, FORM.plan)
    assert due_row(database, DueKind.GOAL_CHECK, "UA").due_at == FIRST + 2 * WEEK


@pytest.mark.parametrize(("weeks", "first"), [(4, date(2026, 12, 24)), (0, None)])
def test_the_rhythm_is_the_owners_own(database: Database, goals: GoalService, weeks: int, first: date | None) -> None:
    goal_id = set_goal(goals, weeks=weeks)

    def planned() -> date | None:
        with database.read() as session:
            row = due.find_due(session, "T1", DueKind.GOAL_CHECK, "UA")
            return row.due_at.date() if row else None

    assert planned() == first
    goals.change(actor("UA"), goal_id, replace(FORM, check_weeks=2), profile("UA"), MONDAY_8)
    assert planned() == FIRST.date()
    goals.drop(actor("UA"), goal_id, MONDAY_8)
    assert planned() is None
    goals.reopen(actor("UA"), goal_id, MONDAY_8)
    assert planned() == FIRST.date()


def test_three_goals_take_turns_and_none_is_forgotten(
    database: Database, goals: GoalService, checks: GoalCheckService
) -> None:
    for title in ("Run a retro on my own", "Read a balance sheet", "Explain our pricing"):
        set_goal(goals, title)

    moments = [ask(database, checks) for _ in range(6)]

    assert moments == [FIRST + week * WEEK for week in range(6)]
    assert [check.goal_id for check in rows(database, GoalCheck)] == [1, 2, 3, 1, 2, 3]
    assert len(keys(database, MessageKind.WEEKLY_NOTE)) == 6
    # The newest alone is asked.
    question = asked(database, moments[-1]).goal
    assert question is not None
    assert question.ref == CheckRef(3, moments[-1].date())


def test_two_that_are_ignored_make_it_once_a_month(
    database: Database, goals: GoalService, checks: GoalCheckService
) -> None:
    set_goal(goals)

    moments = [ask(database, checks) for _ in range(4)]

    assert [moment - FIRST for moment in moments] == [0 * WEEK, 2 * WEEK, 4 * WEEK, 8 * WEEK]
    checks.answer(actor("UA"), CheckRef(1, moments[-1].date()), Progress.MOVED, moments[-1])
    assert due_row(database, DueKind.GOAL_CHECK, "UA").due_at == FIRST + 12 * WEEK


def test_nobody_is_asked_during_a_pause(
    database: Database, goals: GoalService, checks: GoalCheckService, members: MemberService
) -> None:
    set_goal(goals)
    members.pause(actor("UA"), date(2026, 12, 15), profile("UA"), MONDAY_8)

    ask(database, checks)

    assert rows(database, GoalCheck) == []
    assert messages(database, MessageKind.WEEKLY_NOTE) == []
    # Back again, it is asked in the next note.
    members.resume(actor("UA"))
    assert ask(database, checks) == FIRST + WEEK
    assert [check.asked_on for check in rows(database, GoalCheck)] == [date(2026, 12, 17)]


def test_a_bot_that_was_down_asks_in_the_next_note(
    database: Database, goals: GoalService, checks: GoalCheckService
) -> None:
    set_goal(goals)
    friday = FIRST + timedelta(days=1, hours=3)

    ask(database, checks, friday)

    (note,) = messages(database, MessageKind.WEEKLY_NOTE)
    assert note.not_before == FIRST + WEEK + timedelta(hours=6)
    assert asked(database, note.not_before).goal is not None


def test_what_is_due_happens_once(database: Database, goals: GoalService, checks: GoalCheckService) -> None:
    set_goal(goals)
    row = due_row(database, DueKind.GOAL_CHECK, "UA")

    for _ in range(2):
        checks.ask(row, row.due_at)

    assert len(rows(database, GoalCheck)) == 1


@pytest.mark.parametrize("progress", Progress)
def test_there_is_one_answer_for_each_check_in(
    database: Database, goals: GoalService, checks: GoalCheckService, progress: Progress
) -> None:
    set_goal(goals)
    now = ask(database, checks)

    checks.answer(actor("UA"), REF, Progress.LATER, now)
    answered, also = checks.answer(actor("UA", "later"), REF, progress, now + timedelta(days=1))

    (check,) = rows(database, GoalCheck)
    assert (check.answer, answered.progress, also) == (progress, progress, StillAsked())
    assert [card.goal_id for card in goals.open(actor("UA"))] == ([] if progress is Progress.DONE else [1])
    assert answered.next_on == (None if progress is Progress.DONE else date(2026, 12, 24))


@pytest.mark.parametrize(
    "stranger",
    [actor("UB"), Actor(Tenant("T2"), "UA", "act")],
    ids=["another person", "another workspace"],
)
def test_nobody_but_the_owner_can_touch_a_check_in(
    database: Database, goals: GoalService, checks: GoalCheckService, stranger: Actor
) -> None:
    set_goal(goals)
    now = ask(database, checks)
    before = contents(database)

    owner = actor("UA")
    for who, ref in ((stranger, REF), (owner, CheckRef(1, date(2026, 12, 11))), (owner, CheckRef(9, REF.asked_on))):
        with pytest.raises(UserError):
            checks.answer(who, ref, Progress.DONE, now)
        with pytest.raises(UserError):
            checks.current(who, ref, now)
        with pytest.raises(UserError):
            checks.keep_line(who, ref, "a line", now)
        with pytest.raises(UserError):
            checks.ask_for_help(who, ref, "", "How do you keep the time?", now)
    assert contents(database) == before


def test_a_line_is_kept_with_the_answer(database: Database, goals: GoalService, checks: GoalCheckService) -> None:
    set_goal(goals)
    now = ask(database, checks)
    checks.answer(actor("UA"), REF, Progress.MOVED, now)

    assert checks.keep_line(actor("UA"), REF, " I hosted half of it ", now).line == "I hosted half of it"
    assert checks.current(actor("UA"), REF, now).progress is Progress.MOVED
    with pytest.raises(FormError):
        checks.keep_line(actor("UA"), REF, "x" * 201, now)


def test_a_goal_that_ended_takes_no_answer_any_more(
    database: Database, goals: GoalService, checks: GoalCheckService
) -> None:
    set_goal(goals)
    now = ask(database, checks)
    goals.drop(actor("UA"), 1, now)

    with pytest.raises(UserError) as refusal:
        checks.answer(actor("UA"), REF, Progress.MOVED, now)
    assert refusal.value.trouble.problem == Problem.NO_SUCH_GOAL
    assert asked(database, now).goal is None


def stuck(database: Database, goals: GoalService, checks: GoalCheckService, people: Sequence[str]) -> datetime:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", *people)
        if people:
            group = add_group(session, community, "UA", *people, ends_at=FIRST + WEEK)
            queue(session, f"intro:{group.id}", MessageKind.INTRODUCTION, people=["UA", *people], channel_id="")
            introduction = outbox.find_message(session, "T1", f"intro:{group.id}")
            assert introduction is not None
            introduction.state = OutboxState.SENT
    set_goal(goals)
    return ask(database, checks)


def test_whoever_is_stuck_can_ask_whom_they_meet_and_the_channel(
    database: Database, goals: GoalService, checks: GoalCheckService
) -> None:
    now = stuck(database, goals, checks, ("UB",))

    answered, _ = checks.answer(actor("UA"), REF, Progress.STUCK, now)
    assert (answered.help.buddies, answered.help.channels) == (("UB",), ("C1",))
    for place in ("", "C1"):
        for _ in range(2):
            checks.ask_for_help(actor("UA"), REF, place, " How do you keep the time? ", now)

    sent = [(row.people, row.channel_id) for row in messages(database, MessageKind.GOAL_HELP)]
    assert sent == [("UA UB", ""), ("", "C1")]
    assert checks.current(actor("UA"), REF, now).question == "How do you keep the time?"


@pytest.mark.parametrize("place", ["", "C9"])
def test_nobody_is_asked_where_the_person_has_no_part(
    database: Database, goals: GoalService, checks: GoalCheckService, place: str
) -> None:
    now = stuck(database, goals, checks, ())
    before = contents(database)

    with pytest.raises(UserError) as refusal:
        checks.ask_for_help(actor("UA"), REF, place, "How do you keep the time?", now)
    assert refusal.value.trouble.problem == Problem.GONE
    for question in ("How?", "x" * 301):
        with pytest.raises(FormError):
            checks.ask_for_help(actor("UA"), REF, "C1", question, now)
    assert contents(database) == before
