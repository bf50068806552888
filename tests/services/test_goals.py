"""Goals: private, at most three open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import FormError, Problem, UserError
from bot.domain.goals import GoalForm, Visibility
from bot.domain.identity import Actor, Tenant
from bot.services.goals.goals import GoalService
from storage.database import Database
from storage.goals import Goal
from tests.databases import on_both
from tests.factories import (
    MONDAY_8,
    actor,
    add_community,
    add_members,
    add_person,
    contents,
    messages,
    profile,
    rows,
)
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


def test_a_form_that_is_delivered_again_after_its_goal_is_over_changes_nothing(
    database: Database, goals: GoalService
) -> None:
    set_once = setting(goals, 1)
    assert set_once() == 1
    goals.drop(actor("UA"), 1, MONDAY_8)
    before = contents(database)

    assert set_once() == Problem.GONE
    assert contents(database) == before


@on_both
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


@on_both
def test_twenty_at_once_cannot_pass_three(database: Database, goals: GoalService) -> None:
    results = together(*[setting(goals, number) for number in range(20)])

    assert results.count(Problem.TOO_MANY_GOALS) == 17
    assert len(rows(database, Goal)) == 3


@pytest.mark.parametrize(
    "stranger",
    [actor("UB"), Actor(Tenant("T2"), "UA", "act")],
    ids=["another person", "another workspace"],
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


def test_weeks_count_from_the_owners_own_day(goals: GoalService) -> None:
    form = replace(FORM, due_on=None, weeks=6)

    assert goals.set(actor("UA"), form, profile("UA"), MONDAY_8).due_on == date(2027, 1, 4)
    # A day goes before them.
    assert goals.set(actor("UA", "b"), replace(FORM, weeks=2), profile("UA"), MONDAY_8).due_on == FORM.due_on


def test_an_open_goal_can_be_changed_by_its_owner_alone(database: Database, goals: GoalService) -> None:
    goals.set(actor("UA"), FORM, profile("UA"), MONDAY_8)
    smaller = replace(FORM, title="Host half a retro", why="", check_weeks=4)
    before = contents(database)

    acts: tuple[Callable[[Actor], object], ...] = (
        lambda who: goals.change(who, 1, smaller, profile("UB"), MONDAY_8),
        lambda who: goals.get(who, 1),
        lambda who: goals.reopen(who, 1, MONDAY_8),
        lambda who: goals.ended(who, 1),
        lambda who: goals.keep_line(who, 1, "mine"),
    )
    for stranger in (actor("UB"), Actor(Tenant("T2"), "UA", "act")):
        for act in acts:
            with pytest.raises(UserError) as refusal:
                act(stranger)
            assert refusal.value.trouble.problem == Problem.NO_SUCH_GOAL
    with pytest.raises(FormError):
        goals.change(actor("UA"), 1, replace(smaller, title="Retro"), profile("UA"), MONDAY_8)
    assert contents(database) == before

    card = goals.change(actor("UA"), 1, smaller, profile("UA"), MONDAY_8)

    assert (card.title, card.why, card.check_weeks, card.number) == ("Host half a retro", "", 4, 1)
    assert goals.get(actor("UA"), 1).form == replace(
        smaller, title="Host half a retro", evidence=card.evidence, plan=card.plan
    )


def test_an_end_can_be_undone_for_ten_minutes(goals: GoalService) -> None:
    for number in range(3):
        setting(goals, number)()
    goals.done(actor("UA"), 1, MONDAY_8)
    goals.drop(actor("UA"), 2, MONDAY_8)

    assert goals.reopen(actor("UA"), 1, MONDAY_8 + timedelta(minutes=10)).number == 1
    assert goals.reopen(actor("UA"), 1, MONDAY_8 + timedelta(minutes=11)).number == 1
    with pytest.raises(UserError) as refusal:
        goals.reopen(actor("UA"), 2, MONDAY_8 + timedelta(minutes=11))
    assert refusal.value.trouble.problem == Problem.GONE

    # Undoing makes no room for a fourth.
    goals.drop(actor("UA"), 3, MONDAY_8)
    for number in (4, 5):
        setting(goals, number)()
    with pytest.raises(UserError) as refusal:
        goals.reopen(actor("UA"), 3, MONDAY_8)
    assert refusal.value.trouble.problem == Problem.TOO_MANY_GOALS


def test_a_line_is_kept_with_a_goal_that_ended(goals: GoalService) -> None:
    setting(goals, 1)()
    with pytest.raises(UserError):
        goals.keep_line(actor("UA"), 1, "too early")
    with pytest.raises(UserError):
        goals.ended(actor("UA"), 1)
    goals.drop(actor("UA"), 1, MONDAY_8)

    assert goals.keep_line(actor("UA"), 1, " Half an hour was too little ").line == "Half an hour was too little"
    assert goals.ended(actor("UA"), 1).line == "Half an hour was too little"
    with pytest.raises(FormError):
        goals.keep_line(actor("UA"), 1, "x" * 201)


def test_only_what_is_shared_is_read_by_the_community(database: Database, goals: GoalService) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        add_person(session, "UC")
    shared = replace(FORM, visibility=Visibility.COMMUNITY)
    goals.set(actor("UA"), shared, profile("UA"), MONDAY_8)
    goals.set(actor("UA", "private"), FORM, profile("UA"), MONDAY_8)
    # Not in the community, so not shared with it.
    goals.set(actor("UC"), shared, profile("UC"), MONDAY_8)

    assert [(goal.owner, goal.title) for goal in goals.shared(actor("UB"), "C1")] == [("UA", "Run a retro on my own")]
    assert goals.shared(actor("UA"), "C1") == []
    assert goals.shared(actor("UB"), "C9") == []
    assert goals.shared(actor("UB", tenant=Tenant("T2")), "C1") == []
    goals.done(actor("UA"), 1, MONDAY_8)
    assert goals.shared(actor("UB"), "C1") == []
