"""What people say about the groups they were in."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import Problem, UserError
from bot.domain.messages import MessageKind
from bot.domain.rounds import Answered, Met, Share, Worth, WouldHelp
from bot.services.rounds.check_ins import CheckInService
from bot.services.rounds.groups import introduction_key
from bot.services.rounds.questions import open_questions
from storage import members
from storage.database import Database
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.rounds.check_ins import CheckIn
from tests.factories import MONDAY_8, actor, add_community, add_group, add_members, contents, messages, queue, rows

THURSDAY = datetime(2026, 11, 26, 13, tzinfo=UTC)


@pytest.fixture(autouse=True)
def group(database: Database) -> None:
    """A group of UA and UB, and UX who is in the community and not in the group."""
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB", "UX")
        add_group(session, community, "UA", "UB")


def answers(database: Database) -> dict[str, str]:
    return {row.user_id: row.met for row in rows(database, CheckIn)}


def test_both_may_answer_and_neither_sees_the_others_answer(database: Database, check_ins: CheckInService) -> None:
    yes = check_ins.answer(actor("UA"), 1, Met.YES, THURSDAY)
    no = check_ins.answer(actor("UB"), 1, Met.NO, THURSDAY)

    assert yes == Answered(1, ("UB",), "C1", Met.YES, worth=None, first_time=None, takeaway="")
    assert no == Answered(1, ("UA",), "C1", Met.NO, worth=None, first_time=None, takeaway="")
    assert check_ins.current(actor("UA"), 1, MONDAY_8) == yes
    assert answers(database) == {"UA": "yes", "UB": "no"}
    assert messages(database) == []


def test_a_later_answer_replaces_the_earlier_one_and_keeps_the_rest(
    database: Database, check_ins: CheckInService
) -> None:
    check_ins.answer(actor("UA"), 1, Met.BOOKED, THURSDAY, date(2026, 12, 1))
    check_ins.answer(actor("UA"), 1, Met.YES, THURSDAY)
    check_ins.rate(actor("UA"), 1, Worth.USE, MONDAY_8)
    check_ins.first_time(actor("UA"), 1, first=True, now=MONDAY_8)
    check_ins.would_help(actor("UA"), 1, WouldHelp.SHORTER, MONDAY_8)

    (row,) = rows(database, CheckIn)
    assert (row.met, row.meets_on, row.worth, row.first_time, row.would_help) == ("yes", None, "use", True, "shorter")
    assert check_ins.current(actor("UA"), 1, MONDAY_8).worth is Worth.USE


def test_whoever_has_their_note_on_wednesdays_is_asked_in_the_week_after(database: Database) -> None:
    wednesday = datetime(2026, 12, 2, 13, tzinfo=UTC)
    with database.write() as session:
        person = members.find_person(session, "T1", "UA")
        assert person is not None
        person.note_weekday = 2
        session.flush()

        def asked(user_id: str, at: datetime) -> bool:
            return bool(open_questions(session, "T1", user_id, at))

        assert [asked("UA", THURSDAY - timedelta(seconds=1)), asked("UA", wednesday)] == [False, True]
        # Should there be no room on the Wednesday, three working days later.
        assert [asked(one, wednesday + timedelta(days=5)) for one in ("UA", "UB")] == [True, False]
        assert not asked("UA", wednesday + timedelta(weeks=1))


@pytest.mark.parametrize("state", [OutboxState.DROPPED, OutboxState.FAILED])
def test_nobody_is_asked_about_an_introduction_that_never_came(database: Database, state: OutboxState) -> None:
    with database.write() as session:
        queue(session, introduction_key(1), MessageKind.INTRODUCTION, people=("UA", "UB"))
        row = outbox.find_message(session, "T1", introduction_key(1))
        assert row is not None
        row.state = OutboxState.SENT
        asked_before = open_questions(session, "T1", "UA", THURSDAY)
        row.state = state
        session.flush()

        assert asked_before
        assert not open_questions(session, "T1", "UA", THURSDAY)


def test_booked_for_later_asks_once_more_three_working_days_after_the_day(
    database: Database, check_ins: CheckInService
) -> None:
    # Friday 4 December; three working days later it is Wednesday, at 14:00 in Berlin.
    check_ins.answer(actor("UA"), 1, Met.BOOKED, THURSDAY, date(2026, 12, 4))

    (again,) = messages(database)
    assert (again.kind, again.recipients, again.subject) == (MessageKind.MET_LATER, ("UA",), 1)
    assert again.not_before == datetime(2026, 12, 9, 13, tzinfo=UTC)
    assert again.not_after == datetime(2026, 12, 14, 13, tzinfo=UTC)


def test_another_day_moves_the_question_and_an_asked_one_never_comes_again(
    database: Database, check_ins: CheckInService
) -> None:
    check_ins.answer(actor("UA"), 1, Met.BOOKED, THURSDAY, date(2026, 12, 4))
    check_ins.answer(actor("UA"), 1, Met.BOOKED, THURSDAY, date(2026, 12, 11))
    (again,) = messages(database)
    assert again.not_before == datetime(2026, 12, 16, 13, tzinfo=UTC)

    with database.write() as session:
        again.state = OutboxState.SENT
        session.add(again)
    check_ins.answer(actor("UA"), 1, Met.BOOKED, THURSDAY + timedelta(days=20), date(2027, 1, 8))

    assert [(row.state, row.not_before) for row in messages(database)] == [("sent", again.not_before)]


@pytest.mark.parametrize(
    ("share", "people", "channel_id"), [(Share.PARTNER, ("UA", "UB"), ""), (Share.CHANNEL, (), "C1")]
)
def test_a_takeaway_is_shared_where_its_owner_said(
    database: Database, check_ins: CheckInService, share: Share, people: tuple[str, ...], channel_id: str
) -> None:
    check_ins.answer(actor("UA"), 1, Met.YES, THURSDAY)

    answered = check_ins.take_away(actor("UA"), 1, "  Exports take filters ", share, THURSDAY)
    check_ins.take_away(actor("UA"), 1, "Exports take filters!", share, THURSDAY)

    assert answered.takeaway == "Exports take filters"
    (row,) = rows(database, CheckIn)
    assert (row.takeaway, row.takeaway_for) == ("Exports take filters!", share)
    (message,) = messages(database)
    assert (message.kind, message.recipients, message.channel_id, message.about) == (
        *(MessageKind.TAKEAWAY_SHARED, people, channel_id, "UA"),
    )


def test_a_private_takeaway_is_told_to_nobody(database: Database, check_ins: CheckInService) -> None:
    check_ins.answer(actor("UA"), 1, Met.YES, THURSDAY)

    check_ins.take_away(actor("UA"), 1, "x" * 200, Share.PRIVATE, THURSDAY)

    assert messages(database) == []
    assert check_ins.current(actor("UA"), 1, MONDAY_8).takeaway == "x" * 200


@pytest.mark.parametrize(("line", "problem"), [("  \n", Problem.TAKEAWAY_EMPTY), ("x" * 201, Problem.TOO_LONG)])
def test_a_takeaway_that_cannot_be_taken_leaves_no_trace(
    database: Database, check_ins: CheckInService, line: str, problem: Problem
) -> None:
    check_ins.answer(actor("UA"), 1, Met.YES, THURSDAY)
    before = contents(database)

    with pytest.raises(UserError) as refusal:
        check_ins.take_away(actor("UA"), 1, line, Share.CHANNEL, THURSDAY)

    assert refusal.value.trouble.problem == problem
    assert refusal.value.kept == line.strip()
    assert contents(database) == before


ACTS: dict[str, Callable[[CheckInService, str, int], object]] = {
    "answer": lambda service, who, group: service.answer(actor(who), group, Met.YES, MONDAY_8),
    "current": lambda service, who, group: service.current(actor(who), group, MONDAY_8),
    "rate": lambda service, who, group: service.rate(actor(who), group, Worth.USE, MONDAY_8),
    "first_time": lambda service, who, group: service.first_time(actor(who), group, first=True, now=MONDAY_8),
    "would_help": lambda service, who, group: service.would_help(actor(who), group, WouldHelp.PAUSE, MONDAY_8),
    "take_away": lambda service, who, group: service.take_away(actor(who), group, "Words", Share.CHANNEL, MONDAY_8),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("who", "group_id", "problem"), [("UX", 1, Problem.NOT_YOURS), ("UA", 9, Problem.GONE)])
def test_only_who_was_in_the_group_may_say_something_about_it(
    database: Database, check_ins: CheckInService, act: str, who: str, group_id: int, problem: Problem
) -> None:
    before = contents(database)

    with pytest.raises(UserError) as refusal:
        ACTS[act](check_ins, who, group_id)

    assert refusal.value.trouble.problem == problem
    assert contents(database) == before


@pytest.mark.parametrize("act", [name for name in ACTS if name != "answer"])
def test_details_need_an_answer_first(database: Database, check_ins: CheckInService, act: str) -> None:
    before = contents(database)

    with pytest.raises(UserError) as refusal:
        ACTS[act](check_ins, "UA", 1)

    assert refusal.value.trouble.problem == Problem.GONE
    assert contents(database) == before
