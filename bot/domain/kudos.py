"""Rules for thanks: to whom, how precise, how many a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.errors import Problem, Trouble

MIN_DEED: Final = 20
MAX_DEED: Final = 300
MAX_EFFECT: Final = 200
MAX_TAG: Final = 30
MAX_PEOPLE: Final = 5
A_DAY: Final = 5


@dataclass(frozen=True, slots=True)
class Thanks:
    """What somebody wants to thank for.

    Args:
        people: Ids of those who are thanked.
        deed: What they did.
        effect: What it changed; may be empty.
        tag: The company's value it shows, without the #; None for none.
    """

    people: tuple[str, ...]
    deed: str
    effect: str = ""
    tag: str | None = None


def check_thanks(giver: str, thanks: Thanks) -> dict[str, Trouble]:
    """Return what is wrong with thanks, by field; empty when they can go out.

    Lengths count characters after trimming.
    """
    found = {
        "people": _people(giver, thanks.people),
        "deed": _deed(len(thanks.deed.strip())),
        "effect": _longest(len(thanks.effect.strip()), MAX_EFFECT),
        "tag": _longest(len(thanks.tag or ""), MAX_TAG),
    }
    return {name: trouble for name, trouble in found.items() if trouble}


def _people(giver: str, people: Sequence[str]) -> Trouble | None:
    if not people:
        return Trouble(Problem.NOBODY_NAMED)
    if giver in people:
        return Trouble(Problem.YOURSELF)
    if len(set(people)) > MAX_PEOPLE:
        return Trouble(Problem.CROWD)
    return None


def _deed(length: int) -> Trouble | None:
    return Trouble(Problem.DEED_SHORT) if length < MIN_DEED else _longest(length, MAX_DEED)


def _longest(length: int, most: int) -> Trouble | None:
    if length <= most:
        return None
    return Trouble(Problem.TOO_LONG, {"length": str(length), "limit": str(most)})
