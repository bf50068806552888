"""Values and rules of rounds: what a person sees of a group, and when a round is kept small."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.goals import GoalQuestion
from bot.domain.results import Coming
from bot.domain.uses import UseQuestion

AWAY_SHARE: Final = 0.4
GUIDES_REMEMBERED: Final = 6
# Whom somebody met in a round that ended within so many days is no new face yet.
FRESH_AFTER_DAYS: Final = 56


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
        channel_id: The community's channel; empty for an introduction on request, which belongs to none.
        others: Ids of the people in it besides the reader; empty while looking or out.
        guide_ids: The chosen guide and its alternatives.
        ends_on: The last day of the round in the community's zone.
        coming: When the message comes that introduces people who have just asked for it; None when it comes at once,
            or has come.
    """

    group_id: int | None
    channel_id: str
    standing: Standing
    others: tuple[str, ...]
    reason: str
    guide_ids: tuple[str, ...]
    ends_on: date
    booked: bool
    coming: Coming | None = None

    @property
    def is_on_request(self) -> bool:
        """Tell whether the two were introduced because one of them asked for it."""
        return not self.channel_id


# People who leave so many questions without an answer, over such a time, are not introduced any more.
UNANSWERED: Final = 3
SILENT_FOR: Final = timedelta(weeks=6)
# Reasons besides the pairing's own: for groups that are formed while a round runs, and for two on request.
LOOKING: Final = "looking"
THIRD: Final = "third"
ON_REQUEST: Final = "request"


@dataclass(frozen=True, slots=True)
class Taught:
    """Who can show whom what, in the teacher's words."""

    teacher: str
    learner: str
    topic: str


@dataclass(frozen=True, slots=True)
class Introduction:
    """What is said when people are introduced.

    Args:
        people: Ids of those who are introduced, in the order of the text.
        reason: Why them, as the pairing names it, or one of the reasons of this module.
        lessons: Who can show whom what, most telling first; for a swap its two and for a ring its three come first.
        round_number: Words vary from round to round.
        again_after: Rounds since any two of them were last introduced; None when never.
        openings: Times at which all are free by their settings, aware UTC, at most two.
    """

    group_id: int
    people: tuple[str, ...]
    reason: str
    again_after: int | None
    guide_id: str
    openings: tuple[tuple[datetime, datetime], ...]
    lessons: tuple[Taught, ...] = ()
    round_number: int = 0


@dataclass(frozen=True, slots=True)
class RoundPreview:
    """What the next round would be if it began now; no names.

    Args:
        next_on: The day it is due, in the community's zone.
        available: How many can be introduced.
        sizes: How many groups of each size there would be.
        cross_team: The share of groups with people of different teams, among those whose teams are all known;
            None where none are.
        repeats: Pairs who would meet again too early because there is no other way.
        recent: How many of those met within the last 8 rounds.
        unplaced: How many would be in no group, by cause.
        absent: Participants who are paused.
        by_pace: Participants whose own pace leaves this round out.
        elsewhere: Participants who are introduced in another community this week.
        is_enough: Whether enough take part for a round.
        is_mostly_away: Whether so many are away that the round would wait a week.
        left_out_on: The day of introductions that were left out by word and are still to come; None without such.
    """

    channel_id: str
    number: int
    next_on: date
    available: int = 0
    sizes: Mapping[int, int] = field(default_factory=dict)
    cross_team: float | None = None
    repeats: int = 0
    recent: int = 0
    unplaced: Mapping[str, int] = field(default_factory=dict)
    absent: int = 0
    by_pace: int = 0
    elsewhere: int = 0
    is_enough: bool = True
    is_mostly_away: bool = False
    left_out_on: date | None = None


@dataclass(frozen=True, slots=True)
class RoundStatus:
    """How the round stands that runs now or ran last; counts only.

    Args:
        number: 0 when there was none yet.
        ends_on: Its last day, in the community's zone; None when there was none.
        skipped: Why nobody was introduced; empty when it took place.
        seated: How many people are in a group.
        groups: How many groups there are.
        booked: How many of them have found a time.
        met: How many of them said that they met.
        looking: How many people look for somebody.
        next_on: The day of the next one; None while too few take part.
        left_out_on: The day of introductions that were left out by word and are still to come; None without such.
        is_repeated: Whether a facilitator has just wanted to leave these out once more, which changed nothing.
    """

    channel_id: str
    number: int
    ends_on: date | None
    skipped: str
    seated: int
    groups: int
    booked: int
    met: int
    looking: int
    next_on: date | None
    left_out_on: date | None = None
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class CheckInQuestion:
    """One "Did you meet?" that is open for a person."""

    group_id: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StillAsked:
    """What a person's weekly note asks: whether they met, how a goal goes, whether they used what they learned."""

    met: tuple[CheckInQuestion, ...] = ()
    goal: GoalQuestion | None = None
    used: UseQuestion | None = None

    def __bool__(self) -> bool:
        """Tell whether anything is asked."""
        return bool(self.met) or self.goal is not None or self.used is not None


@dataclass(frozen=True, slots=True)
class Answered:
    """What is in a check-in now.

    Args:
        others: Ids of the people it is about.
        channel_id: The community's channel; empty after an introduction on request.
        takeaway: The line the person keeps, empty when there is none.
        also: What the person is still asked besides.
    """

    group_id: int
    others: tuple[str, ...]
    channel_id: str
    met: Met
    worth: Worth | None
    first_time: bool | None
    takeaway: str
    also: StillAsked = StillAsked()


def seed_of(workspace: str, community_id: int, number: int) -> int:
    """Return a round's seed: the same everywhere for the same round, so that it can be repeated."""
    digest = hashlib.sha256(f"{workspace}:{community_id}:{number}".encode()).digest()
    return int.from_bytes(digest[:6])


def is_silent(asked: Sequence[datetime], now: datetime) -> bool:
    """Tell whether somebody left so many questions without an answer, and so long, that they want no introductions.

    `asked` is when each question came since their last sign of life, aware UTC.
    """
    return len(asked) >= UNANSWERED and now - min(asked) >= SILENT_FOR


def is_first_half(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Tell whether there is time left in a round to meet somebody new: its first half."""
    return now - starts_at < (ends_at - starts_at) / 2


def is_mostly_away(away: int, participants: int) -> bool:
    """Tell whether so many are away or paused that a round had better wait a week."""
    return participants > 0 and away >= AWAY_SHARE * participants
