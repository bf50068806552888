"""A goal typed in one line, with the day it names at its end."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from bot.domain.commands._days import parse_day
from bot.domain.commands._mentions import unquoted
from bot.domain.errors import UserError
from bot.domain.goals import LONGEST_TIME

_BY = re.compile(
    r"(?P<goal>.*\S)\s+(?:by|until|before|bis(?:\s+zum)?)\s+(?:the\s+)?"
    r"(?P<end>end\s+of\s+|ende\s+)?(?:the\s+|der\s+|des\s+)?(?P<day>.+)",
    re.IGNORECASE | re.DOTALL,
)
_FRIDAY = 4


def parse_goal(text: str, today: date) -> tuple[str, date | None]:
    """Return what somebody wants to be able to do, and the day they named for it.

    "run a retro by end of January" gives "run a retro" and 31 January. Words at the end that are no day, or
    one that a goal cannot have, stay part of the goal, and the day is None. `today` is the person's day.
    """
    typed = unquoted(text)
    found = _BY.fullmatch(typed)
    if found is None:
        return typed, None
    try:
        day = _end_of(found["day"], today) if found["end"] else parse_day(found["day"], today)
    except UserError:
        return typed, None
    if not today < day <= today + LONGEST_TIME:
        return typed, None
    # Quotes around the goal alone, with the day behind them, are none of it either.
    return unquoted(found["goal"]), day


def _end_of(words: str, today: date) -> date:
    """Return the last day of a week, month or year; raises UserError for anything else."""
    named = " ".join(words.casefold().split()).removeprefix("this ")
    if named in {"week", "woche"}:
        return today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
    if named in {"year", "jahres"}:
        return date(today.year, 12, 31)
    first = today.replace(day=1) if named in {"month", "monats"} else parse_day(f"1 {named}", today.replace(day=1))
    return first.replace(day=monthrange(first.year, first.month)[1])
