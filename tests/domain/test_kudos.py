"""What thanks have to look like."""

import pytest

from bot.domain.kudos import Thanks, check_thanks
from bot.errors import Problem, Trouble

DEED = "Walked me through the migration twice"


def test_precise_thanks_have_nothing_to_change() -> None:
    assert check_thanks("U1", Thanks(("U2",), DEED)) == {}
    assert check_thanks("U1", Thanks(("U2", "U3", "U4", "U5", "U6"), "x" * 300, "x" * 200)) == {}
    assert check_thanks("U1", Thanks(("U2",), f" {'x' * 20} ")) == {}


@pytest.mark.parametrize(
    ("thanks", "field", "trouble"),
    [
        (Thanks((), DEED), "people", Trouble(Problem.NOBODY_NAMED)),
        (Thanks(("U2", "U1"), DEED), "people", Trouble(Problem.YOURSELF)),
        (Thanks(("U2", "U3", "U4", "U5", "U6", "U7"), DEED), "people", Trouble(Problem.CROWD)),
        (Thanks(("U2",), f"{'x' * 19}   "), "deed", Trouble(Problem.DEED_SHORT)),
        (Thanks(("U2",), "x" * 301), "deed", Trouble(Problem.TOO_LONG, {"length": "301", "limit": "300"})),
        (Thanks(("U2",), DEED, "x" * 201), "effect", Trouble(Problem.TOO_LONG, {"length": "201", "limit": "200"})),
    ],
)
def test_each_field_says_what_to_change(thanks: Thanks, field: str, trouble: Trouble) -> None:
    assert check_thanks("U1", thanks) == {field: trouble}


def test_naming_somebody_twice_is_no_crowd() -> None:
    assert check_thanks("U1", Thanks(("U2",) * 6, DEED)) == {}


def test_all_fields_are_checked_at_once() -> None:
    assert set(check_thanks("U1", Thanks((), "", "x" * 999))) == {"people", "deed", "effect"}
