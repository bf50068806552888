"""Rules for learning goals: what fits in the form, who may know of one, and how many may be open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.errors import Problem, Refusal
from bot.domain.schedule import day_of_note

MIN_TITLE: Final = 10
MAX_TITLE: Final = 140
MIN_EVIDENCE: Final = 5
MAX_EVIDENCE: Final = 140
MAX_LINE: Final = 200
OPEN_LIMIT: Final = 3
WEEKS_AHEAD: Final = (2, 6, 12)
GUESSED_WEEKS: Final = 6
LONGEST_PAUSE_DAYS: Final = 182
LONGEST_TIME: Final = timedelta(weeks=26)
CHECK_WEEKS: Final = (2, 4, 0)
# In the morning of the day of the weekly note, in the owner's zone.
CHECK_AT: Final = time(8, 0)
RARE_WEEKS: Final = 4
IGNORED: Final = 2
MIN_HELP: Final = 10
MAX_HELP: Final = 300
# For so long after they asked for help, the person they meet gets a guide for it.
HELP_LASTS: Final = timedelta(weeks=4)
UNDO_WITHIN: Final = timedelta(minutes=10)
MOST_SHARED: Final = 10

_TARGET: Final = re.compile(
    r"\d\s*(?:%|percent\b|prozent\b)|[$\u20ac\u00a3]\s*\d|\d\s*[$\u20ac\u00a3]"
    r"|\b(?:revenue|turnover|profit|sales target|quota|kpis?|umsatz|gewinn)\b"
    r"|\b(?:close|win|sign|sell|land|hit|reach|generate|book|abschlie\u00dfen|gewinnen)\b[^.]{0,20}\d+\s+(?:\w+\s+)?"
    r"(?:deals?|customers?|contracts?|accounts?|clients?|leads?|licen[cs]es?|sales|meetings?|kunden|vertr\u00e4ge)\b",
    re.IGNORECASE,
)


class Visibility(StrEnum):
    """Who may know of a goal besides its owner."""

    ME = "me"
    WITNESS = "witness"
    COMMUNITY = "community"


class WitnessSays(StrEnum):
    """What the witness whom an owner has chosen says so far; nothing while none is chosen."""

    NOTHING = ""
    ASKED = "asked"
    YES = "yes"
    NO = "no"


class Progress(StrEnum):
    """The answers to how a goal goes."""

    MOVED = "moved"
    STUCK = "stuck"
    CHANGED = "changed"
    DONE = "done"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class GoalForm:
    """What somebody typed and chose about a goal.

    Args:
        due_on: A day in the person's zone; goes before `weeks`.
        weeks: In how many weeks it is due, when no day was chosen.
        witness: The id of the person who shall be asked; empty for nobody.
        check_weeks: From one check-in to the next; 0 for never.
    """

    title: str
    evidence: str
    due_on: date | None
    plan: str = ""
    why: str = ""
    weeks: int | None = None
    visibility: Visibility = Visibility.ME
    witness: str = ""
    check_weeks: int = CHECK_WEEKS[0]

    def due_from(self, today: date) -> date | None:
        """Return the day it is due, or None when neither a day nor a number of weeks was chosen."""
        if self.due_on is None and self.weeks is not None:
            return today + timedelta(weeks=self.weeks)
        return self.due_on


@dataclass(frozen=True, slots=True)
class GoalCard:
    """A goal as its owner sees it.

    Args:
        number: Its place in the list of open goals, from 1; 0 once it is closed.
        set_on: The day it was set, in the owner's zone.
        witness: The id of the person chosen; empty for nobody.
        line: What the owner kept in the end: what made it work, or what trying taught.
    """

    goal_id: int
    number: int
    title: str
    evidence: str
    due_on: date
    plan: str
    set_on: date
    why: str = ""
    visibility: Visibility = Visibility.ME
    witness: str = ""
    witness_says: WitnessSays = WitnessSays.NOTHING
    check_weeks: int = 0
    line: str = ""
    is_done: bool = False

    @property
    def form(self) -> GoalForm:
        """Return what is in its form when it is edited; somebody who said no is not proposed again."""
        return GoalForm(
            title=self.title,
            evidence=self.evidence,
            due_on=self.due_on,
            plan=self.plan,
            why=self.why,
            visibility=self.visibility,
            witness="" if self.witness_says is WitnessSays.NO else self.witness,
            check_weeks=self.check_weeks,
        )


@dataclass(frozen=True, slots=True)
class OthersGoal:
    """What somebody else than its owner may know of a goal: a witness who agreed, or a community.

    `is_witnessed` tells whether somebody has agreed to be its witness.
    """

    owner: str
    title: str
    due_on: date
    evidence: str
    is_witnessed: bool = False


@dataclass(frozen=True, slots=True)
class Witness:
    """What decides whether somebody can be asked to be a witness.

    Args:
        can_take_part: Whether the account is an active member's.
        is_manager: Whether the owner named them as their manager.
        refuses: Whether they do not want to be asked by anybody.
    """

    user_id: str
    can_take_part: bool = True
    is_manager: bool = False
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class CheckRef:
    """Names one check-in: the goal, and the day in the owner's zone on which it became due."""

    goal_id: int
    asked_on: date


@dataclass(frozen=True, slots=True)
class GoalQuestion:
    """One "How does it go?" that is open for a goal's owner."""

    ref: CheckRef
    title: str
    due_on: date
    plan: str


@dataclass(frozen=True, slots=True)
class GoalHelp:
    """Who can be asked by somebody who is stuck: the people met in this round, and channels of communities."""

    buddies: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalAnswered:
    """What is in a check-in on a goal now.

    Args:
        progress: The answer, None when there is none.
        line: What the person keeps with it, for themselves alone; empty for nothing.
        question: What they asked others when they were stuck; empty for nothing.
        help: Who can be asked now.
        next_on: From which day on the goal is asked about again; None for never.
    """

    ref: CheckRef
    goal: GoalCard
    progress: Progress | None
    line: str
    question: str
    help: GoalHelp
    next_on: date | None


def check_day(since: date, weeks: int) -> date | None:
    """Return the first day of a weekly note that is at least so many weeks after a day; None for 0 weeks."""
    if not weeks:
        return None
    return day_of_note(since + timedelta(weeks=weeks))


def weeks_until_next(weeks: int, answered: Sequence[bool]) -> int:
    """Return how many weeks a goal is left alone after a check-in.

    `answered` tells of the check-ins before this one, newest first, whether they were answered. Two that were
    not are an answer: from then on it is asked once a month.
    """
    is_ignored = len(answered) >= IGNORED and not any(answered[:IGNORED])
    return max(weeks, RARE_WEEKS) if weeks and is_ignored else weeks


def check_goal(form: GoalForm, today: date) -> dict[str, Refusal]:
    """Return what is wrong with a goal form, by field; empty when it is fine.

    Lengths count characters after trimming. `today` is the person's day; the goal may be due from
    tomorrow to 26 weeks ahead.
    """
    found = {
        "title": check_length(form.title, MIN_TITLE, MAX_TITLE, Problem.TITLE_SHORT),
        "evidence": check_length(form.evidence, MIN_EVIDENCE, MAX_EVIDENCE, Problem.EVIDENCE_SHORT),
        "due_on": _due(form.due_from(today), today),
        "plan": check_length(form.plan, 0, MAX_LINE, Problem.TOO_LONG),
        "why": check_length(form.why, 0, MAX_LINE, Problem.TOO_LONG),
    }
    return {name: trouble for name, trouble in found.items() if trouble}


def check_witness(form: GoalForm, owner: str, witness: Witness | None) -> Refusal | None:
    """Return what is wrong with the choice of a witness, or None; `witness` is None for nobody."""
    if witness is None:
        return Refusal(Problem.WITNESS_MISSING) if form.visibility is Visibility.WITNESS else None
    wrong = (
        (form.visibility is Visibility.ME, Problem.WITNESS_OF_NOTHING),
        (witness.user_id == owner, Problem.WITNESS_YOURSELF),
        (witness.is_manager, Problem.WITNESS_MANAGER),
        (not witness.can_take_part, Problem.WITNESS_UNFIT),
        (witness.refuses, Problem.WITNESS_REFUSES),
    )
    return next((Refusal(problem) for is_wrong, problem in wrong if is_wrong), None)


def check_length(text: str, least: int, most: int, too_short: Problem) -> Refusal | None:
    """Return what is wrong with the length of a trimmed text, or None."""
    length = len(text.strip())
    if length < least:
        return Refusal(too_short)
    if length > most:
        return Refusal(Problem.TOO_LONG, {"length": str(length), "limit": str(most)})
    return None


def is_target(title: str) -> bool:
    """Tell whether a goal sounds like a result at work rather than something one is able to do.

    Percentages, money, and "close 20 deals"; only ever a hint, since words can mean anything.
    """
    return _TARGET.search(title) is not None


def may_undo(ended_at: datetime, now: datetime) -> bool:
    """Tell whether a goal that was ended may still be opened again; both moments are aware UTC."""
    return now - ended_at <= UNDO_WITHIN


def _due(day: date | None, today: date) -> Refusal | None:
    if day is None:
        return Refusal(Problem.DAY_MISSING)
    if day <= today:
        return Refusal(Problem.DAY_PAST, {"next": (today + timedelta(days=1)).isoformat()})
    if day > today + LONGEST_TIME:
        return Refusal(Problem.DAY_TOO_FAR, {"last": (today + LONGEST_TIME).isoformat()})
    return None
