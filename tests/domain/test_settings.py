"""What somebody may say of themselves, and whose turn it is."""

from datetime import time

import pytest

from bot.domain.errors import Problem
from bot.domain.settings import PersonSettings, check_blocked, check_settings, is_turn, team_key


@pytest.mark.parametrize(
    ("pace", "number", "last", "turn"),
    [(1, 5, 4, True), (2, 5, 4, False), (2, 6, 4, True), (4, 7, 4, False), (4, 8, 4, True), (4, 1, None, True)],
)
def test_a_persons_own_pace_decides_whose_turn_it_is(pace: int, number: int, last: int | None, *, turn: bool) -> None:
    assert is_turn(pace, number, last) is turn


def test_nobody_manages_themselves_and_a_team_has_a_short_name() -> None:
    assert check_settings(PersonSettings("Logistics", "UB"), "UA") == {}
    assert check_settings(PersonSettings("x" * 41, "UA"), "UA").keys() == {"team", "manager"}


@pytest.mark.parametrize(
    ("form", "troubles"),
    [
        (PersonSettings(), {}),
        (PersonSettings(start=time(9), end=time(10), has_note=False), {}),
        (PersonSettings(start=time(0), end=time(23, 59), note_at=time(0)), {}),
        (PersonSettings(days=frozenset({6}), note_weekday=6), {}),
        (PersonSettings(days=frozenset()), {"days": Problem.NO_DAYS}),
        (PersonSettings(start=time(16), end=time(9)), {"until": Problem.HOURS_BACKWARDS}),
        (PersonSettings(start=time(9), end=time(9)), {"until": Problem.HOURS_BACKWARDS}),
        (PersonSettings(start=time(9), end=time(9, 59), has_note=False), {"until": Problem.HOURS_SHORT}),
        (PersonSettings(days=frozenset({0, 1})), {"note_day": Problem.NOTE_OFF_DAY}),
        (PersonSettings(days=frozenset({0, 1}), has_note=False), {}),
        (PersonSettings(end=time(14)), {"note_at": Problem.NOTE_OFF_HOURS}),
        (PersonSettings(note_at=time(9, 29)), {"note_at": Problem.NOTE_OFF_HOURS}),
    ],
)
def test_hours_are_an_hour_on_a_day_at_least_and_the_note_lies_in_them(
    form: PersonSettings, troubles: dict[str, Problem]
) -> None:
    found = check_settings(form, "UA")

    assert {field: trouble.problem for field, trouble in found.items()} == troubles


def test_a_private_list_holds_twenty_others() -> None:
    twenty = tuple(f"U{number}" for number in range(20))

    assert check_blocked(twenty, "UA") is None
    too_many, oneself = check_blocked((*twenty, "UB"), "UA"), check_blocked(("UA",), "UA")
    assert too_many is not None
    assert too_many.problem == Problem.LIST_FULL
    assert oneself is not None
    assert oneself.problem == Problem.NOT_WITH_YOURSELF


def test_teams_are_the_same_whatever_their_case_and_spaces() -> None:
    assert team_key("Data  Platform") == team_key("data platform") != team_key("data")
