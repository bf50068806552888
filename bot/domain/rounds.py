"""Values and rules of rounds: what a person sees of a group, and when a round is kept small."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

AWAY_SHARE: Final = 0.4
GUIDES_REMEMBERED: Final = 6


class Met(StrEnum):
    """The answers to "Did you meet?"."""

    YES = "yes"
    BOOKED = "booked"
    NO = "no"
    SKIP = "skip"


class Worth(StrEnum):
    """The answers to "Was it worth the time?"."""

    USE = "use"
    NICE = "nice"
    NOT_REALLY = "not_really"


class WouldHelp(StrEnum):
    """The answers to "What would help?"."""

    ANOTHER_TIME = "time"
    ANOTHER_PARTNER = "partner"
    SHORTER = "shorter"
    PAUSE = "pause"


class Share(StrEnum):
    """Whom a takeaway is for."""

    PRIVATE = "private"
    PARTNER = "partner"
    CHANNEL = "channel"


class Standing(StrEnum):
    """What a person does in the round that runs now."""

    SEATED = "seated"
    ALONE = "alone"
    LOOKING = "looking"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class GroupCard:
    """What a person sees of the group they are in this round.

    Args:
        others: Ids of the people in it besides the reader; empty while looking or out.
        guide_ids: The chosen guide and its alternatives.
        ends_on: The last day of the round in the community's zone.
    """

    group_id: int | None
    channel_id: str
    standing: Standing
    others: tuple[str, ...]
    reason: str
    guide_ids: tuple[str, ...]
    ends_on: date
    booked: bool


@dataclass(frozen=True, slots=True)
class Introduction:
    """What is said when people are introduced.

    Args:
        people: Ids of those who are introduced, in the order of the text.
        reason: Why them, as the pairing names it.
        again_after: Rounds since they were last introduced; None when never.
        openings: Times at which all are free by their settings, aware UTC, at most two.
    """

    group_id: int
    people: tuple[str, ...]
    reason: str
    again_after: int | None
    guide_id: str
    openings: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class CheckInQuestion:
    """One "Did you meet?" that is open for a person."""

    group_id: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What stands in a check-in now.

    Args:
        others: Ids of the people it is about.
        channel_id: The community's channel.
        takeaway: The line the person keeps, empty when there is none.
        also: What the person is still asked about other groups.
    """

    group_id: int
    others: tuple[str, ...]
    channel_id: str
    met: Met
    worth: Worth | None
    first_time: bool | None
    takeaway: str
    also: tuple[CheckInQuestion, ...] = ()


def seed_of(workspace: str, community_id: int, number: int) -> int:
    """Return a round's seed: the same everywhere for the same round, so that it can be repeated."""
    digest = hashlib.sha256(f"{workspace}:{community_id}:{number}".encode()).digest()
    return int.from_bytes(digest[:6])


def is_mostly_away(away: int, participants: int) -> bool:
    """Tell whether so many are away or paused that a round had better wait a week."""
    return participants > 0 and away >= AWAY_SHARE * participants
