"""Rules for "did you use it?": three weeks later, the newest first, once a week at most, and not for ever."""

from datetime import date, timedelta

import pytest

from bot.domain.uses import Learned, Source, choose, next_asked

MONDAY = date(2026, 11, 23)
# The first Thursday that is three weeks later.
FIRST = date(2026, 12, 17)
WEEK = timedelta(weeks=1)


def learned(day: date = MONDAY, number: int = 1) -> Learned:
    return Learned(Source.NOTE, number, "It takes a filter", day)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (MONDAY, FIRST),
        (date(2026, 11, 26), FIRST),
        (date(2026, 11, 27), FIRST + WEEK),
        # Over the end of a year.
        (date(2026, 12, 14), date(2027, 1, 7)),
    ],
)
def test_it_is_asked_on_the_first_thursday_three_weeks_later(day: date, first: date) -> None:
    assert next_asked([learned(day)], None, day) == first
    assert first - day >= 3 * WEEK
    assert choose([learned(day)], first) == learned(day)
    assert choose([learned(day)], first - timedelta(days=1)) is None


def test_what_waited_for_six_weeks_is_left_alone() -> None:
    assert next_asked([learned()], None, date(2026, 12, 31)) == date(2026, 12, 31)
    assert next_asked([learned()], None, date(2027, 1, 1)) is None
    assert choose([learned()], date(2027, 1, 4)) == learned()
    assert choose([learned()], date(2027, 1, 5)) is None


def test_somebody_is_asked_once_a_week_at_most() -> None:
    assert next_asked([learned()], FIRST, FIRST) == FIRST + WEEK
    # A bot that was down asked on a Friday.
    assert next_asked([learned()], FIRST + timedelta(days=1), FIRST + timedelta(days=2)) == FIRST + 2 * WEEK
    assert next_asked([], FIRST, FIRST) is None


def test_of_several_the_newest_that_waits_is_asked_about() -> None:
    older, newer, young = learned(number=1), learned(MONDAY + timedelta(days=1), 2), learned(MONDAY + WEEK, 3)

    assert choose([newer, young, older], FIRST) == newer
    assert choose([older, newer, young], FIRST + WEEK) == young
