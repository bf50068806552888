"""Days and pauses as people type them, on Monday 23 November 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import parse_day, parse_pause
from bot.domain.errors import Problem, UserError

TODAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-14", date(2026, 12, 14)),
        ("2026\u201112\u201114", date(2026, 12, 14)),
        ("today", TODAY),
        ("Tomorrow!", date(2026, 11, 24)),
        ("friday", FRIDAY),
        ("Fri", FRIDAY),
        ("this friday", FRIDAY),
        ("monday", date(2026, 11, 30)),
        ("next monday", date(2026, 11, 30)),
        ("next friday", date(2026, 12, 4)),
        ("next\u00a0Sunday", date(2026, 12, 6)),
        ("14.12.", date(2026, 12, 14)),
        ("14. 12. 2026", date(2026, 12, 14)),
        ("3.4.", date(2027, 4, 3)),
        ("24/12", date(2026, 12, 24)),
        ("12/24", date(2026, 12, 24)),
        ("5/5", date(2027, 5, 5)),
        ("24/12/26", date(2026, 12, 24)),
        ("14 December", date(2026, 12, 14)),
        ("the 14th of December".removeprefix("the "), date(2026, 12, 14)),
        ("Dec 14", date(2026, 12, 14)),
        ("December 14th, 2027", date(2027, 12, 14)),
        ("23 November", TODAY),
        ("22 November", date(2027, 11, 22)),
        ("2020-01-01", date(2020, 1, 1)),
        ("\u201cby Friday\u201d", FRIDAY),
    ],
)
def test_ways_to_write_a_day(text: str, day: date) -> None:
    assert parse_day(text, TODAY) == day


def test_a_weekday_is_never_today() -> None:
    assert parse_day("friday", FRIDAY) == FRIDAY + timedelta(days=7)
    assert parse_day("next friday", FRIDAY) == FRIDAY + timedelta(days=7)
    assert parse_day("next monday", date(2026, 11, 29)) == date(2026, 11, 30)


def refusal_of(text: str, today: date = TODAY) -> UserError:
    with pytest.raises(UserError) as caught:
        parse_day(text, today)
    return caught.value


def test_a_leap_day_without_a_year_has_to_exist() -> None:
    assert parse_day("29.2.", date(2027, 12, 1)) == date(2028, 2, 29)

    trouble = refusal_of("29.2.").trouble

    assert (trouble.problem, trouble.details["last"]) == (Problem.DAY_IMPOSSIBLE, "2027-02-28")


@pytest.mark.parametrize(
    ("text", "problem", "details"),
    [
        ("31/11", Problem.DAY_IMPOSSIBLE, {"last": "2026-11-30"}),
        ("2026-11-31", Problem.DAY_IMPOSSIBLE, {"last": "2026-11-30"}),
        ("32 December", Problem.DAY_IMPOSSIBLE, {"last": "2026-12-31"}),
        ("99/99", Problem.DAY_UNREADABLE, {}),
        ("2026-00-10", Problem.DAY_UNREADABLE, {}),
        ("0000-01-01", Problem.DAY_UNREADABLE, {}),
        ("3/4", Problem.DAY_AMBIGUOUS, {"one": "2027-04-03", "other": "2027-03-04"}),
        ("soon", Problem.DAY_UNREADABLE, {}),
        (" <!channel> *_ ", Problem.DAY_UNREADABLE, {}),
    ],
)
def test_an_unclear_day_says_what_was_read(text: str, problem: Problem, details: dict[str, str]) -> None:
    refusal = refusal_of(text)

    assert refusal.trouble.problem == problem
    assert refusal.trouble.details == {"typed": text.strip(), **details}
    assert refusal.kept == text.strip()


@pytest.mark.parametrize(
    ("rest", "back"),
    [
        ("1d", date(2026, 11, 24)),
        ("3D", date(2026, 11, 26)),
        ("3w", date(2026, 12, 14)),
        ("3 weeks please", date(2026, 12, 14)),
        ("for two weeks", date(2026, 12, 7)),
        ("a month", date(2026, 12, 23)),
        ("1m", date(2026, 12, 23)),
        ("26w", date(2027, 5, 24)),
        ("until 2026-12-14", date(2026, 12, 14)),
        ("until friday", FRIDAY),
        ("til tomorrow", date(2026, 11, 24)),
        ("next friday", date(2026, 12, 4)),
        ("2026-12-14", date(2026, 12, 14)),
        ("until May 24", date(2027, 5, 24)),
        ("", None),
        (" \u00a0", None),
        ("until", None),
        ("until I say", None),
    ],
)
def test_ways_to_write_a_pause(rest: str, back: date | None) -> None:
    assert parse_pause(rest, TODAY) == back


def test_a_month_keeps_the_day_of_the_month_or_takes_its_last() -> None:
    assert parse_pause("1m", date(2027, 1, 31)) == date(2027, 2, 28)
    assert parse_pause("3m", date(2026, 11, 30)) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        ("27w", Problem.DAY_TOO_FAR),
        ("7m", Problem.DAY_TOO_FAR),
        ("999999d", Problem.DAY_TOO_FAR),
        ("until 2027-05-25", Problem.DAY_TOO_FAR),
        ("until 9999-12-31", Problem.DAY_TOO_FAR),
        ("today", Problem.DAY_PAST),
        ("0d", Problem.DAY_PAST),
        ("2026-11-22", Problem.DAY_PAST),
        ("until 31/11", Problem.DAY_IMPOSSIBLE),
        ("forever", Problem.DAY_UNREADABLE),
        ("3x", Problem.DAY_UNREADABLE),
        ("\u0663d", Problem.DAY_UNREADABLE),
    ],
)
def test_a_pause_that_cannot_be_says_why(rest: str, problem: Problem) -> None:
    with pytest.raises(UserError) as caught:
        parse_pause(rest, TODAY)

    assert caught.value.trouble.problem == problem
    assert caught.value.kept == rest
    days = {Problem.DAY_TOO_FAR: {"last": "2027-05-24"}, Problem.DAY_PAST: {"next": "2026-11-24"}}
    assert days.get(problem, {}).items() <= caught.value.trouble.details.items()


likely = st.text("0123456789-/. dwmuntilexfrays", max_size=14)
REASONS = {
    *(Problem.DAY_UNREADABLE, Problem.DAY_AMBIGUOUS, Problem.DAY_IMPOSSIBLE),
    *(Problem.DAY_PAST, Problem.DAY_TOO_FAR),
}


@given(st.text() | likely, st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_whatever_is_typed_gives_a_day_in_reach_or_a_reason(rest: str, today: date) -> None:
    back: date | None = None
    refusal: UserError | None = None
    try:
        back = parse_pause(rest, today)
    except UserError as error:
        refusal = error

    if refusal is None:
        assert back is None or today < back <= today + timedelta(weeks=26)
    else:
        assert refusal.trouble.problem in REASONS
        assert refusal.kept == rest.strip()
