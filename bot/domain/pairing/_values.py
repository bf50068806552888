"""What the pairing takes and gives."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.cadence import Window

Pair = frozenset[str]

NEW = "new"
LONGEST = "longest"


@dataclass(frozen=True)
class Candidate:
    """Somebody in this round's pool.

    Attributes:
        id: Any text; unique in the pool.
        window: When the person can meet.
        trios: How often the person was one of three before.
    """

    id: str
    window: Window
    trios: int = 0


@dataclass(frozen=True)
class PlannedGroup:
    """Two or three people who meet, their ids sorted, and why.

    `reason` is "new" when no two of them were introduced before, else "longest": a repeat, the longest
    ago that the pool allowed.
    """

    people: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Plan:
    """The groups of a round, in order of their people, and who could be placed with nobody allowed."""

    groups: tuple[PlannedGroup, ...]
    unplaced: tuple[str, ...]
