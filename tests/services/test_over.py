"""What is over, answered or done stays as it is, whatever old message is pressed; and the person is told so kindly."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session

from bot.blocks.errors import error_reply
from bot.blocks.names import CommandNames
from bot.domain.errors import Problem, UserError
from bot.domain.goals import CheckRef, GoalForm, Progress, Visibility
from bot.domain.messages import MessageKind
from bot.domain.rounds import Met, Share, Worth, WouldHelp
from bot.services.goals.goal_checks import GoalCheckService
from bot.services.goals.goals import GoalService
from bot.services.goals.witnesses import WitnessService
from bot.services.rounds.check_ins import CheckInService
from bot.services.rounds.rounds import RoundService
from storage import communities
from storage.database import Database
from storage.goals import GoalCheck
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.rounds.check_ins import CheckIn
from tests.databases import on_sqlite
from tests.factories import MONDAY_8, actor, add_community, add_group, add_members, contents, profile, queue

# What differs between the two databases is not what is looked at here.
pytestmark = on_sqlite

ENDED = MONDAY_8 + timedelta(weeks=1)
THEN, LATE = MONDAY_8 + timedelta(days=3), ENDED + timedelta(weeks=2)
GOAL = GoalForm("Run a retro on my own", "I show it", date(2027, 1, 4), visibility=Visibility.WITNESS, witness="UW")


@dataclass(frozen=True)
class Bench:
    """The services that act on what can be over, and the database below them."""

    database: Database
    rounds: RoundService
    check_ins: CheckInService
    goals: GoalService
    goal_checks: GoalCheckService
    witnesses: WitnessService

    def answered(self, met: Met) -> None:
        with self.database.write() as session:
            session.add(CheckIn(workspace="T1", group_id=1, user_id="UA", met=met, answered_at=THEN))


@pytest.fixture
def bench(
    database: Database,
    rounds: RoundService,
    check_ins: CheckInService,
    goals: GoalService,
    checks: GoalCheckService,
    witnesses: WitnessService,
) -> Bench:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB", "UC", "UD", "UW")
        add_group(session, community, "UA", "UB", ends_at=ENDED)
    return Bench(database, rounds, check_ins, goals, checks, witnesses)


Act = Callable[[Bench, datetime], object]
# Everything that can be pressed or typed about a group.
OF_A_GROUP: dict[str, Act] = {
    "booked": lambda b, now: b.rounds.booked(actor("UA"), 1, now),
    "cannot": lambda b, now: b.rounds.cannot(actor("UA"), 1, now),
    "swap": lambda b, now: b.rounds.swap(actor("UA"), 1, now),
}
ANSWERS: dict[str, Act] = {
    **{met: lambda b, now, met=met: b.check_ins.answer(actor("UA"), 1, met, now) for met in Met},  # type: ignore[misc]
    "a day": lambda b, now: b.check_ins.answer(actor("UA"), 1, Met.BOOKED, now, (now + timedelta(days=1)).date()),
}
DETAILS: dict[str, Act] = {
    "worth": lambda b, now: b.check_ins.rate(actor("UA"), 1, Worth.USE, now),
    "first time": lambda b, now: b.check_ins.first_time(actor("UA"), 1, first=True, now=now),
    "help": lambda b, now: b.check_ins.would_help(actor("UA"), 1, WouldHelp.SHORTER, now),
    "takeaway": lambda b, now: b.check_ins.take_away(actor("UA"), 1, "Filters first", Share.PARTNER, now),
}


def check_over(bench: Bench, act: Act, now: datetime, problem: Problem = Problem.GONE) -> None:
    """Do it, and see that nothing changed and that the words say so."""
    before = contents(bench.database)

    with pytest.raises(UserError) as refusal:
        act(bench, now)

    assert contents(bench.database) == before
    assert refusal.value.trouble.problem == problem
    said = str(error_reply(refusal.value.trouble, "", CommandNames()))
    assert "already" in said
    assert "nothing changed" in said


@pytest.mark.parametrize("act", [*OF_A_GROUP, *ANSWERS])
def test_of_a_round_that_ended_two_weeks_ago_nothing_is_taken_any_more(bench: Bench, act: str) -> None:
    check_over(bench, (OF_A_GROUP | ANSWERS)[act], LATE)


@pytest.mark.parametrize("act", DETAILS)
def test_of_an_answer_of_long_ago_no_details_are_taken(bench: Bench, act: str) -> None:
    bench.answered(Met.YES)

    check_over(bench, DETAILS[act], LATE)


@pytest.mark.parametrize("act", [*ANSWERS, *DETAILS])
def test_until_then_everything_about_a_round_is_taken(bench: Bench, act: str) -> None:
    bench.answered(Met.NO)
    before = contents(bench.database)

    (ANSWERS | DETAILS)[act](bench, LATE - timedelta(seconds=1))

    assert act == Met.NO or contents(bench.database) != before


@pytest.mark.parametrize("act", OF_A_GROUP)
@pytest.mark.parametrize("who", ["UA", "UB"])
def test_a_group_that_has_met_is_neither_left_nor_changed(bench: Bench, act: str, who: str) -> None:
    bench.check_ins.answer(actor(who), 1, Met.YES, THEN)

    check_over(bench, OF_A_GROUP[act], THEN, Problem.MET_ALREADY)


@pytest.mark.parametrize("act", ANSWERS)
@pytest.mark.parametrize("left", ["cannot", "swap"])
def test_whoever_left_a_group_says_nothing_more_about_it(bench: Bench, act: str, left: str) -> None:
    OF_A_GROUP[left](bench, THEN)

    check_over(bench, ANSWERS[act], THEN + timedelta(hours=1))


@pytest.mark.parametrize("act", ANSWERS)
@pytest.mark.parametrize("state", [OutboxState.DROPPED, OutboxState.FAILED])
def test_nobody_says_something_about_a_group_that_was_never_introduced(
    bench: Bench, act: str, state: OutboxState
) -> None:
    with bench.database.write() as session:
        _introduce(session, state)

    check_over(bench, ANSWERS[act], THEN)


def test_a_meeting_on_a_named_day_is_answered_after_that_day(bench: Bench) -> None:
    bench.check_ins.answer(actor("UA"), 1, Met.BOOKED, THEN, (LATE + timedelta(days=7)).date())

    assert bench.check_ins.answer(actor("UA"), 1, Met.YES, LATE + timedelta(days=12)).met is Met.YES


@pytest.mark.parametrize("says", ["agree", "decline", "step_back"])
def test_a_goal_that_is_reached_has_no_witness_to_find(bench: Bench, says: str) -> None:
    goal_id = bench.goals.set(actor("UA"), GOAL, profile("UA"), MONDAY_8, profile("UW")).goal_id
    bench.goals.done(actor("UA"), goal_id, THEN)

    check_over(bench, lambda b, now: getattr(b.witnesses, says)(actor("UW"), goal_id, now), THEN)


def test_an_old_no_of_a_witness_who_said_yes_changes_nothing(bench: Bench) -> None:
    goal_id = bench.goals.set(actor("UA"), GOAL, profile("UA"), MONDAY_8, profile("UW")).goal_id
    bench.witnesses.agree(actor("UW"), goal_id, THEN)
    before = contents(bench.database)

    assert bench.witnesses.decline(actor("UW"), goal_id, THEN).is_witnessed

    assert contents(bench.database) == before


@pytest.mark.parametrize("progress", Progress)
def test_an_old_check_in_of_a_goal_is_over_when_there_is_a_newer_one(bench: Bench, progress: Progress) -> None:
    goal_id = bench.goals.set(actor("UA"), GOAL, profile("UA"), MONDAY_8, profile("UW")).goal_id
    with bench.database.write() as session:
        for day in (1, 15):
            session.add(GoalCheck(workspace="T1", goal_id=goal_id, asked_on=date(2026, 12, day)))
    old, new = (CheckRef(goal_id, date(2026, 12, day)) for day in (1, 15))

    check_over(bench, lambda b, now: b.goal_checks.answer(actor("UA"), old, progress, now), LATE)
    answered, _ = bench.goal_checks.answer(actor("UA"), new, progress, LATE)

    assert answered.progress is progress


def _introduce(session: Session, state: OutboxState) -> None:
    community = communities.get_community(session, "T1", 1)
    queue(session, "intro:1", MessageKind.INTRODUCTION, channel_id="", people=("UA", "UB"), subject=community.id)
    row = outbox.find_message(session, "T1", "intro:1")
    assert row is not None
    row.state = state
