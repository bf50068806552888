"""What the pairing takes and gives: plain values, no arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.cadence import Window

# Any week does for asking whether two people share working hours; this one has no clock change.
ORDINARY_WEEK = date(2026, 1, 5)


@dataclass(frozen=True)
class Member:
    """Somebody who is available in this round.

    Attributes:
        id: Any text; unique in the pool.
        window: When the person can meet.
        languages: What they can talk in; empty when nobody asked them, which fits everybody.
        writing_ok: Whether an exchange in writing is fine, so that hours need not overlap.
        team: Any text; empty when unknown.
        manager: The id of their manager, empty when unknown.
        blocked: Ids on the person's private list.
        offers: Keys of the topics they can teach.
        wants: Keys of the topics they want to learn.
        trios: How often they sat in a group larger than the community's size.
        taught: How many rounds running, up to the last one, they were the teacher.
        silent: Ids of last partners who did not respond.
    """

    id: str
    window: Window = field(default_factory=Window)
    languages: frozenset[str] = frozenset()
    writing_ok: bool = False
    team: str = ""
    manager: str = ""
    blocked: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()
    trios: int = 0
    taught: int = 0
    silent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class History:
    """Introductions so far as four columns of equal length, in any order.

    Attributes:
        one: Ids of one of the two; a trio is three rows.
        other: Ids of the other.
        rounds: The number of the round.
        met: False when the two reported that they could not meet; such a row counts for nothing.
    """

    one: Sequence[str] = ()
    other: Sequence[str] = ()
    rounds: Sequence[int] = ()
    met: Sequence[bool] = ()

    @staticmethod
    def of(last_met: Mapping[frozenset[str], int]) -> History:
        """Build a history from the last round in which each two people met."""
        pairs = [(*sorted(pair), number) for pair, number in last_met.items()]
        one, other, rounds = zip(*pairs, strict=True) if pairs else ((), (), ())
        return History(one, other, rounds, (True,) * len(pairs))


@dataclass(frozen=True)
class Rules:
    """What a community may choose.

    Attributes:
        group_size: 2 to 5; somebody odd joins a group, which is then one larger, up to 5 in all.
        again_after: After how many rounds partners may come back as if new; None: not before everyone
            has met.
        recent_rounds: Repeats within so many rounds come last of all repeats.
        fresh_after: Whom somebody met within so many rounds they met in the last eight weeks.
        teaching_rounds: How many rounds running somebody may teach while others offer the same.
        week: The Monday whose clock offsets decide who shares a working hour.
    """

    group_size: int = 2
    again_after: int | None = None
    recent_rounds: int = 8
    fresh_after: int = 8
    teaching_rounds: int = 2
    week: date = ORDINARY_WEEK

    def __post_init__(self) -> None:
        if self.group_size not in range(2, 6):
            raise ValueError(f"A group has 2 to 5 people, not {self.group_size}.")


class ReasonKind(StrEnum):
    """What decided a group, in the order in which the reasons are looked for."""

    SWAP = "swap"
    RING = "ring"
    LESSON = "lesson"
    LONGEST = "longest"
    TEAMS = "teams"
    NEW = "new"
    LOT = "lot"


@dataclass(frozen=True)
class Lesson:
    """Who can teach whom what."""

    teacher: str
    learner: str
    topic: str


@dataclass(frozen=True)
class Reason:
    """Why these people: enough to write one sentence.

    Attributes:
        kind: What decided.
        lessons: For a swap, a ring or a lesson who teaches whom; a swap's two and a ring's three come
            first, in the order of the exchange.
        rounds_ago: For a repeat, how many rounds ago the latest meeting of any two of them was.
    """

    kind: ReasonKind
    lessons: tuple[Lesson, ...] = ()
    rounds_ago: int | None = None


@dataclass(frozen=True)
class PlannedGroup:
    """People who meet, their ids sorted, and why; `reason.rounds_ago` tells a repeat from a first time."""

    people: tuple[str, ...]
    reason: Reason


class Cause(StrEnum):
    """Why somebody stays alone. Private lists and managers share a cause, so that neither shows."""

    ALONE = "alone"
    LANGUAGE = "language"
    HOURS = "hours"
    RULES = "rules"
    TAKEN = "taken"


@dataclass(frozen=True)
class Unplaced:
    """Somebody without a group: nobody they may meet was there, or all of those were taken."""

    person: str
    cause: Cause


@dataclass(frozen=True)
class Repeats:
    """Pairs who meet again although the rules say not yet, by cause.

    Attributes:
        all_met: One of the two had met everybody they may meet.
        not_enough: There were others for both, but not for everybody at once.
        recent: How many of all these met within the recent rounds.
    """

    all_met: int = 0
    not_enough: int = 0
    recent: int = 0

    @property
    def total(self) -> int:
        """Return how many pairs meet again."""
        return self.all_met + self.not_enough


@dataclass(frozen=True)
class Quality:
    """How far a plan is from the best possible one, in points of the preferences.

    Attributes:
        value: Points of all groups.
        bound: No plan of as many pairs and as few repeats has more points; None where none was proven.
        exact: Whether nothing better exists among all pairs.
    """

    value: int
    bound: int | None
    exact: bool

    @property
    def distance(self) -> float | None:
        """Return the proven distance from the optimum as a share of it; None where none was proven."""
        if self.exact:
            return 0.0
        if self.bound is None or self.bound <= 0:
            return None
        return max(0, self.bound - self.value) / self.bound


@dataclass(frozen=True)
class Plan:
    """The groups of a round in order of their people, who is in none, and what the round had to accept."""

    groups: tuple[PlannedGroup, ...]
    unplaced: tuple[Unplaced, ...]
    repeats: Repeats
    quality: Quality
