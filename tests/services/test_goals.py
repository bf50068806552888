"""Goals: private, at most three open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.goals import GoalForm
from bot.domain.identity import Actor, Tenant
from bot.errors import FormError, Problem, UserError
from bot.services.goals import GoalService
from storage.database import Database
from storage.goals import Goal
from tests.factories import MONDAY_8, actor, contents, messages, profile, rows
from tests.threads import together

FORM = GoalForm(" Run a retro on my own ", "The team keeps one change ", date(2027, 1, 4), " host the next ", " fun ")


def setting(goals: GoalService, number: int) -> Callable[[], object]:
    """Return the act of setting one more goal; a refusal is part of its result."""

    def act() -> object:
        try:
            return goals.set(actor("UA", f"act {number}"), FORM, profile("UA"), MONDAY_8).goal_id
        except UserError as refusal:
            return refusal.trouble.problem

    return act


def test_a_goal_is_stored_trimmed_and_told_to_nobody(database: Database, goals: GoalService) -> None:
    card = goals.set(actor("UA"), FORM, profile("UA"), MONDAY_8)

    (goal,) = rows(database, Goal)
    assert (goal.owner, goal.title, goal.evidence, goal.plan, goal.why, goal.set_at) == (
        *("UA", "Run a retro on my own", "The team keeps one change", "host the next", "fun", MONDAY_8),
    )
    assert (card.goal_id, card.number, card.set_on) == (goal.id, 1, date(2026, 11, 23))
    assert messages(database) == []


def test_a_form_delivered_twice_sets_one_goal(database: Database, goals: GoalService) -> None:
    first = goals.set(actor("UA"), FORM, profile("UA"), MONDAY_8)

    assert goals.set(actor("UA"), FORM, profile("UA"), MONDAY_8) == first
    assert len(rows(database, Goal)) == 1


def test_a_bad_form_leaves_no_trace(database: Database, goals: GoalService) -> None:
    before = contents(database)

    with pytest.raises(FormError) as refusal:
        goals.set(actor("UA"), replace(FORM, title="Retro", due_on=None), profile("UA"), MONDAY_8)

    assert set(refusal.value.troubles) == {"title", "due_on"}
    assert contents(database) == before


def test_the_owners_own_day_decides_what_is_past(goals: GoalService) -> None:
    # In Auckland the 24th has begun an hour ago.
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    form = replace(FORM, due_on=date(2026, 11, 24))

    assert goals.set(actor("UA"), form, profile("UA"), now).due_on == date(2026, 11, 24)
    with pytest.raises(FormError):
        goals.set(actor("UB"), form, profile("UB", "Pacific/Auckland"), now)


def test_three_goals_are_enough(database: Database, goals: GoalService) -> None:
    for number in range(3):
        goals.check_room(actor("UA"))
        setting(goals, number)()
    before = contents(database)

    assert setting(goals, 4)() == Problem.TOO_MANY_GOALS
    with pytest.raises(UserError):
        goals.check_room(actor("UA"))
    assert contents(database) == before

    goals.done(actor("UA"), 1, MONDAY_8)
    assert setting(goals, 5)() == 4
    assert [card.number for card in goals.open(actor("UA"))] == [1, 2, 3]


def test_twenty_at_once_cannot_pass_three(database: Database, goals: GoalService) -> None:
    results = together(*[setting(goals, number) for number in range(20)])

    assert results.count(Problem.TOO_MANY_GOALS) == 17
    assert len(rows(database, Goal)) == 3


@pytest.mark.parametrize(
    "stranger",
    [actor("UB"), Actor(Tenant("T2"), "UA", "act"), Actor(Tenant("T1", "E1"), "UA", "act")],
    ids=["another person", "another workspace", "another organization"],
)
def test_nobody_but_the_owner_sees_or_changes_a_goal(database: Database, goals: GoalService, stranger: Actor) -> None:
    goals.set(actor("UA"), FORM, profile("UA"), MONDAY_8)
    before = contents(database)

    assert goals.open(stranger) == []
    for act in (goals.done, goals.drop):
        with pytest.raises(UserError) as refusal:
            act(stranger, 1, MONDAY_8)
        assert refusal.value.trouble.problem == Problem.NO_SUCH_GOAL
    assert contents(database) == before


def test_a_goal_ends_once_and_as_it_was_said_first(database: Database, goals: GoalService) -> None:
    for number in range(2):
        setting(goals, number)()
    later = MONDAY_8 + timedelta(days=9)

    for moment in (MONDAY_8, later):
        assert goals.done(actor("UA"), 1, moment).title == "Run a retro on my own"
        goals.drop(actor("UA"), 2, moment)
    for act, goal_id in ((goals.drop, 1), (goals.done, 2)):
        with pytest.raises(UserError):
            act(actor("UA"), goal_id, later)

    assert [(goal.done_at, goal.dropped_at) for goal in rows(database, Goal)] == [(MONDAY_8, None), (None, MONDAY_8)]
    assert goals.open(actor("UA")) == []
