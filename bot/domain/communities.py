"""Rules and values of communities: purpose, rhythm, who is enough."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.domain.errors import Problem, Refusal
from bot.domain.languages import ENGLISH
from bot.domain.schedule import PROMPT_AT, PROMPT_WEEKDAY

MAX_VALUE: Final = 30
MOST_VALUES: Final = 20
MIN_PURPOSE: Final = 10
MAX_PURPOSE: Final = 120
ROUND_WEEKS: Final = (1, 2, 4)
SMALLEST_ROUND: Final = 4
GROUP_SIZES: Final = (2, 3, 4, 5)
# Partners are never as if new within the last 8 rounds; None is not before everyone has met.
AGAIN_AFTER: Final = (None, 8, 13, 26)
NOT_ASKED_FOR: Final = timedelta(days=90)
_VALUES: Final = re.compile(r"[^\s,;#]+")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When things happen in a community, in its own zone.

    Args:
        prompt_weekday: 0 is Monday.
        prompt_at: Wall-clock time of the weekly prompt.
        round_weeks: Weeks from one round of introductions to the next: 1, 2 or 4.
    """

    prompt_weekday: int = PROMPT_WEEKDAY
    prompt_at: time = PROMPT_AT
    round_weeks: int = 1


@dataclass(frozen=True, slots=True)
class Meeting:
    """Who meets in a community.

    Args:
        group_size: How many people meet; somebody odd makes a group one larger, up to 5 in all.
        again_after: After how many rounds partners may come back as if new; None: not before everyone has met.
    """

    group_size: int = 2
    again_after: int | None = None


@dataclass(frozen=True, slots=True)
class SetUp:
    """What somebody typed and chose to switch a community on or change it.

    `values` are the company's own, which thanks may name, without the #; empty when they may name any word.
    `thanks_here` tells whether thanks are posted in the channel.
    """

    purpose: str
    rhythm: Rhythm = Rhythm()
    facilitators: tuple[str, ...] = ()
    meeting: Meeting = Meeting()
    language: str = ENGLISH
    values: tuple[str, ...] = ()
    thanks_here: bool = True


@dataclass(frozen=True, slots=True)
class CommunityCard:
    """What everybody may see of a community.

    Args:
        first_round_on: The day of the next introductions in the community's zone;
            None while fewer than four people are in.
        language: Code of the language spoken in the channel.
        has_begun: Whether anybody was introduced here before.
        next_prompt_on: The day of the next prompt in the community's zone.
        values: The company's own, which thanks may name; empty when they may name any word.
        thanks_here: Whether thanks are posted in the channel.
    """

    community_id: int
    channel_id: str
    purpose: str
    rhythm: Rhythm
    zone: str
    facilitators: tuple[str, ...]
    first_round_on: date | None
    next_prompt_on: date | None
    has_begun: bool = False
    meeting: Meeting = Meeting()
    language: str = ENGLISH
    values: tuple[str, ...] = ()
    thanks_here: bool = True


def is_asked_again(refused_at: datetime, now: datetime) -> bool:
    """Tell whether somebody who said "not now" may be asked again; both moments are aware UTC."""
    return now - refused_at >= NOT_ASKED_FOR


def check_set_up(form: SetUp) -> dict[str, Refusal]:
    """Return what is wrong with a set-up form, by field; empty when it is fine."""
    found = {"purpose": _purpose(len(form.purpose.strip())), "values": _values(form.values)}
    return {name: trouble for name, trouble in found.items() if trouble}


def read_values(typed: str) -> tuple[str, ...]:
    """Read a list of values: words with or without a #, separated by spaces, commas or lines."""
    return tuple(dict.fromkeys(_VALUES.findall(typed.casefold())))


def _purpose(length: int) -> Refusal | None:
    if length < MIN_PURPOSE:
        return Refusal(Problem.PURPOSE_SHORT)
    return _longest(length, MAX_PURPOSE)


def _values(values: Sequence[str]) -> Refusal | None:
    if len(values) > MOST_VALUES:
        return Refusal(Problem.TOO_MANY_VALUES)
    return _longest(max(map(len, values), default=0), MAX_VALUE)


def _longest(length: int, most: int) -> Refusal | None:
    if length <= most:
        return None
    return Refusal(Problem.TOO_LONG, {"length": str(length), "limit": str(most)})


def majority_zone(zones: Iterable[str], fallback: str) -> str:
    """Return the zone most people live in; of equals, the one first in the alphabet."""
    counts = Counter(zones)
    if not counts:
        return fallback
    return min(counts, key=lambda zone: (-counts[zone], zone))
