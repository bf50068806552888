"""A goal typed in one line."""

from datetime import date

import pytest

from bot.domain.commands import parse_goal

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("typed", "goal", "day"),
    [
        ("run a retro on my own by end of January", "run a retro on my own", date(2027, 1, 31)),
        ("run a retro on my own by the end of the month", "run a retro on my own", date(2026, 11, 30)),
        ("run a retro on my own before the end of the year", "run a retro on my own", date(2026, 12, 31)),
        ("run a retro on my own by end of this week", "run a retro on my own", date(2026, 11, 27)),
        ("run a retro on my own by end of November", "run a retro on my own", date(2026, 11, 30)),
        ("run a retro by 15 January", "run a retro", date(2027, 1, 15)),
        ("run a retro until 2026-12-14", "run a retro", date(2026, 12, 14)),
        ("learn by doing by Friday", "learn by doing", date(2026, 11, 27)),
    ],
)
def test_the_day_at_the_end_is_taken_from_the_goal(typed: str, goal: str, day: date) -> None:
    assert parse_goal(typed, TODAY) == (goal, day)


@pytest.mark.parametrize(
    "typed",
    [
        "run a retro on my own",
        "learn by doing",
        "explain our pricing by end of the rainbow",
        "run a retro by 2026-11-23",
        "run a retro by 2028-01-01",
        "stand by",
        "by",
        "",
        "run a retro by 31/11",
    ],
)
def test_words_that_name_no_possible_day_stay_part_of_the_goal(typed: str) -> None:
    assert parse_goal(typed, TODAY) == (typed, None)
