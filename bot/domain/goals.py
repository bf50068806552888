"""Rules for learning goals: what fits in the form and how many may be open."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.errors import Problem, Trouble

MIN_TITLE: Final = 10
MAX_TITLE: Final = 140
MIN_EVIDENCE: Final = 5
MAX_EVIDENCE: Final = 140
MAX_LINE: Final = 200
OPEN_LIMIT: Final = 3
GUESSED_TIME: Final = timedelta(weeks=6)
LONGEST_TIME: Final = timedelta(weeks=26)


@dataclass(frozen=True, slots=True)
class GoalForm:
    """What somebody typed about a goal; `due_on` is a day in the person's zone."""

    title: str
    evidence: str
    due_on: date | None
    plan: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class GoalCard:
    """A goal as its owner sees it.

    Args:
        number: Its place in the list of open goals, from 1; 0 once it is closed.
        set_on: The day it was set, in the owner's zone.
    """

    goal_id: int
    number: int
    title: str
    evidence: str
    due_on: date
    plan: str
    set_on: date


def check_goal(form: GoalForm, today: date) -> dict[str, Trouble]:
    """Return what is wrong with a goal form, by field; empty when it is fine.

    Lengths count characters after trimming. `today` is the person's day; the goal may be due from
    tomorrow to 26 weeks ahead.
    """
    found = {
        "title": check_length(form.title, MIN_TITLE, MAX_TITLE, Problem.TITLE_SHORT),
        "evidence": check_length(form.evidence, MIN_EVIDENCE, MAX_EVIDENCE, Problem.EVIDENCE_SHORT),
        "due_on": _due(form.due_on, today),
        "plan": check_length(form.plan, 0, MAX_LINE, Problem.TOO_LONG),
        "why": check_length(form.why, 0, MAX_LINE, Problem.TOO_LONG),
    }
    return {name: trouble for name, trouble in found.items() if trouble}


def check_length(text: str, least: int, most: int, too_short: Problem) -> Trouble | None:
    """Return what is wrong with the length of a trimmed text, or None."""
    length = len(text.strip())
    if length < least:
        return Trouble(too_short)
    if length > most:
        return Trouble(Problem.TOO_LONG, {"length": str(length), "limit": str(most)})
    return None


def _due(day: date | None, today: date) -> Trouble | None:
    if day is None:
        return Trouble(Problem.DAY_MISSING)
    if day <= today:
        return Trouble(Problem.DAY_PAST, {"next": (today + timedelta(days=1)).isoformat()})
    if day > today + LONGEST_TIME:
        return Trouble(Problem.DAY_TOO_FAR, {"last": (today + LONGEST_TIME).isoformat()})
    return None
