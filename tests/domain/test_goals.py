"""What a goal has to look like, on Monday 23 November 2026."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.errors import Problem, Refusal
from bot.domain.goals import GoalForm, check_goal, is_target

TODAY = date(2026, 11, 23)
GOOD = GoalForm("Run a retro on my own", "The team keeps one change from it", date(2027, 1, 4))


def test_a_good_goal_has_nothing_to_change() -> None:
    assert check_goal(GOOD, TODAY) == {}
    assert check_goal(GoalForm(f"  {'x' * 140}  ", "x" * 5, TODAY + timedelta(days=1)), TODAY) == {}
    assert check_goal(GoalForm("x" * 10, "x" * 140, TODAY + timedelta(weeks=26), "x" * 200, "x" * 200), TODAY) == {}


@pytest.mark.parametrize(
    ("changed", "field", "trouble"),
    [
        ({"title": "  Run retro  "}, "title", Refusal(Problem.TITLE_SHORT)),
        ({"title": "x" * 412}, "title", Refusal(Problem.TOO_LONG, {"length": "412", "limit": "140"})),
        ({"evidence": ""}, "evidence", Refusal(Problem.EVIDENCE_SHORT)),
        ({"evidence": "x" * 141}, "evidence", Refusal(Problem.TOO_LONG, {"length": "141", "limit": "140"})),
        ({"due_on": TODAY}, "due_on", Refusal(Problem.DAY_PAST, {"next": "2026-11-24"})),
        (
            {"due_on": TODAY + timedelta(weeks=26, days=1)},
            "due_on",
            Refusal(Problem.DAY_TOO_FAR, {"last": "2027-05-24"}),
        ),
        ({"due_on": None}, "due_on", Refusal(Problem.DAY_MISSING)),
        ({"plan": "x" * 201}, "plan", Refusal(Problem.TOO_LONG, {"length": "201", "limit": "200"})),
        ({"why": "x" * 201}, "why", Refusal(Problem.TOO_LONG, {"length": "201", "limit": "200"})),
    ],
)
def test_each_field_says_what_to_change(changed: dict[str, object], field: str, trouble: Refusal) -> None:
    assert check_goal(replace(GOOD, **changed), TODAY) == {field: trouble}  # type: ignore[arg-type]


def test_all_fields_are_checked_at_once() -> None:
    assert set(check_goal(GoalForm("", "", None, "x" * 999, "x" * 999), TODAY)) == {
        *("title", "evidence", "due_on", "plan", "why")
    }


@pytest.mark.parametrize(
    "title",
    [
        "close 20 deals this quarter",
        "Grow revenue in the north",
        "Cut errors by 15 %",
        "15% fewer tickets",
        "Reach \u20ac 20,000 a month",
        "win 3 new customers",
        "20 Prozent mehr Umsatz",
        "Hit my quota",
    ],
)
def test_a_result_is_noticed(title: str) -> None:
    assert is_target(title)


@pytest.mark.parametrize(
    "title",
    [
        "Run a retro on my own",
        "Explain our pricing in two minutes",
        "Close the books without help",
        "Read a balance sheet in 10 minutes",
        "Give feedback to 3 colleagues",
        "Talk 5 minutes without notes",
        "Hit the right tone in a review",
    ],
)
def test_what_one_is_able_to_do_is_no_result(title: str) -> None:
    assert not is_target(title)
