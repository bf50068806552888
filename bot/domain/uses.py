"""Rules for "did you use it?": what is asked about, when, and what can be answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.schedule import day_of_note

ASKED_AFTER_WEEKS: Final = 3
# What did not fit into a note for so long is not asked about any more.
ASKED_WITHIN: Final = timedelta(weeks=6)
MAX_LINE: Final = 200


class Source(StrEnum):
    """What somebody learned something from."""

    NOTE = "note"
    TAKEAWAY = "takeaway"
    GOAL = "goal"


class Used(StrEnum):
    """The answers to whether somebody has used what they learned."""

    YES = "yes"
    NOT_YET = "not_yet"
    NOT_RELEVANT = "not_relevant"


class UseShare(StrEnum):
    """Who may read the line on where something was used; counted means that its words are not kept."""

    ME = "me"
    COUNTED = "counted"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Learned:
    """Something somebody learned and may be asked about; `learned_on` is their own day."""

    source: Source
    source_id: int
    text: str
    learned_on: date


@dataclass(frozen=True, slots=True)
class UseQuestion:
    """One "used it since?" that is open for a person; `weeks` lie between the day they learned it and the question."""

    check_id: int
    source: Source
    text: str
    weeks: int


@dataclass(frozen=True, slots=True)
class UseAnswered:
    """What is in an answer now.

    Args:
        source: What it was learned from.
        source_id: The number of the note, the check-in or the goal.
        text: What was learned.
        used: The answer.
        line: Where it was used; empty while nothing is kept.
        share: Who may read the line; None while nothing was said of it.
        channel_id: The channel that may read it; empty for none.
        channels: Where it can be shared.
    """

    check_id: int
    source: Source
    source_id: int
    text: str
    used: Used
    line: str = ""
    share: UseShare | None = None
    channel_id: str = ""
    channels: tuple[str, ...] = ()


def choose(learned: Iterable[Learned], today: date) -> Learned | None:
    """Return what somebody is asked about today: what waits and was learned last; None when nothing waits.

    `today` is their own day. The newest goes first, so that what is asked about was learned about three weeks ago.
    """
    waiting = [one for one in learned if _first_asked(one) <= today <= one.learned_on + ASKED_WITHIN]
    return max(waiting, key=lambda one: (one.learned_on, one.source, one.source_id), default=None)


def next_asked(learned: Iterable[Learned], last_asked: date | None, since: date) -> date | None:
    """Return the first day, a day of weekly notes, on which something can be asked about; None for never.

    Args:
        learned: What was not asked about yet.
        last_asked: When the person was asked last; they are once a week at most.
        since: The first day that comes into question, in the person's zone.
    """
    earliest = max(day_of_note(since), day_of_note(last_asked + timedelta(weeks=1)) if last_asked else since)
    days = ((max(_first_asked(one), earliest), one.learned_on + ASKED_WITHIN) for one in learned)
    return min((day for day, last in days if day <= last), default=None)


def _first_asked(one: Learned) -> date:
    return day_of_note(one.learned_on + timedelta(weeks=ASKED_AFTER_WEEKS))
