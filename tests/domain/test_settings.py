"""What somebody may say of themselves, and whose turn it is."""

import pytest

from bot.domain.settings import PersonSettings, check_blocked, check_settings, is_turn, team_key
from bot.errors import Problem


@pytest.mark.parametrize(
    ("pace", "number", "last", "turn"),
    [(1, 5, 4, True), (2, 5, 4, False), (2, 6, 4, True), (4, 7, 4, False), (4, 8, 4, True), (4, 1, None, True)],
)
def test_a_persons_own_pace_decides_whose_turn_it_is(pace: int, number: int, last: int | None, *, turn: bool) -> None:
    assert is_turn(pace, number, last) is turn


def test_nobody_manages_themselves_and_a_team_has_a_short_name() -> None:
    assert check_settings(PersonSettings("Logistics", "UB"), "UA") == {}
    assert check_settings(PersonSettings("x" * 41, "UA"), "UA").keys() == {"team", "manager"}


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
