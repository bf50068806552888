"""Rules for thanks: to whom, how many a day, where and when they are read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.domain.cadence import at_local, local_day
from bot.domain.communities import MAX_VALUE
from bot.domain.errors import Problem, Refusal
from bot.domain.precision import Precision

MIN_DEED: Final = 20
MAX_DEED: Final = 300
MAX_EFFECT: Final = 200
MAX_TAG: Final = MAX_VALUE
MAX_LINK: Final = 500
MAX_PEOPLE: Final = 5
A_DAY: Final = 5
UNDO_WITHIN: Final = timedelta(minutes=10)
# In a channel so many messages with thanks in so long a time; what is more goes out together.
POSTS: Final = 3
POSTS_WITHIN: Final = timedelta(hours=1)
# To one person so many private messages a day; what is more goes out together at this time.
PRIVATE_A_DAY: Final = 3
TOGETHER_AT: Final = time(16, 0)
# So many offers stand in the menu of one thank-you; Slack takes five.
MOST_LESSONS: Final = 3
# Slack takes about 13,000 characters in all blocks of a message, and blocks of one thank-you take two.
MOST_TOGETHER: Final = 15
ROOM_TOGETHER: Final = 8_000
RETURNED_WITHIN: Final = timedelta(days=7)
LAST_THANKS: Final = 6
FEW_PEOPLE: Final = 2
# The place of thanks that are no channel's business.
PRIVATELY: Final = "privately"

_LINK: Final = re.compile(r"https?://[^\s<>|]+")
_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]+)>")


@dataclass(frozen=True, slots=True)
class Thanks:
    """What somebody wants to thank for.

    Args:
        people: Ids of those who are thanked.
        deed: What they did.
        effect: What it changed; may be empty.
        tag: The company's value it shows, without the #; None for none.
        link: The address of what it was about; may be empty.
    """

    people: tuple[str, ...]
    deed: str
    effect: str = ""
    tag: str | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where somebody's thanks can be read, besides privately.

    Args:
        here: The channel in which they were typed, if it is a community's; else empty.
        others: The channels of the other communities the person takes part in.
        values: For each of these channels the company's values that thanks may name; empty where any word may.
    """

    here: str = ""
    others: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def channels(self) -> tuple[str, ...]:
        """Return all channels, the nearest first."""
        return (*([self.here] if self.here else ()), *self.others)

    @property
    def first(self) -> str:
        """Return the place that is meant when nothing else is said."""
        return self.channels[0] if self.here or len(self.others) == 1 else PRIVATELY

    @property
    def all_values(self) -> tuple[str, ...]:
        """Return the values that can be chosen somewhere; empty where some place takes any word."""
        lists = [self.values.get(channel, ()) for channel in self.channels]
        return tuple(dict.fromkeys(tag for tags in lists for tag in tags)) if all(lists) else ()


@dataclass(frozen=True, slots=True)
class Hints:
    """What only the giver is told about thanks; worked out on the spot and never stored.

    Args:
        precision: What makes them precise.
        returned: Who of those thanked has thanked the giver within a week, and on which day of the giver's.
        few: To how many people the last six went, when those were one or two; else None.
    """

    precision: Precision
    returned: tuple[str, date] | None = None
    few: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Thanks that are on their way.

    Args:
        kudos_id: Their id.
        people: Who reads them in the channel.
        privately: Who reads them in a message of their own.
        channel_id: Where the others read them; empty when nobody does.
        later_at: When they go out together with others, aware UTC; None when they go out at once.
        hints: What only the giver is told.
    """

    kudos_id: int
    people: tuple[str, ...]
    privately: tuple[str, ...]
    channel_id: str
    later_at: datetime | None
    hints: Hints


@dataclass(frozen=True, slots=True)
class ThanksCard:
    """Thanks as they stand in a message.

    Args:
        kudos_id: Their id.
        giver: Who thanks.
        thanks: For what, and whom in this message.
        me_too: Who says so too, in the order of their taps.
        unnamed: Ids of people whom the words must not mention, since they do not want it.
        lessons: What they are about and somebody who is thanked offers to show: the offers' numbers and topics.
    """

    kudos_id: int
    giver: str
    thanks: Thanks
    me_too: tuple[str, ...] = ()
    unnamed: frozenset[str] = frozenset()
    lessons: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """Thanks kept for another day.

    Args:
        draft_id: Its id.
        thanks: For what, and whom.
        saved_on: The day it was kept, the giver's own.
    """

    draft_id: int
    thanks: Thanks
    saved_on: date


def check_thanks(giver: str, thanks: Thanks) -> dict[str, Refusal]:
    """Return what is wrong with thanks, by field; empty when they can go out.

    Lengths count characters after trimming.
    """
    found = {
        "people": _people(giver, thanks.people),
        "deed": _deed(len(thanks.deed.strip())),
        "effect": _longest(len(thanks.effect.strip()), MAX_EFFECT),
        "tag": _longest(len(thanks.tag or ""), MAX_TAG),
        "link": check_link(thanks.link),
    }
    return {name: trouble for name, trouble in found.items() if trouble}


def check_value(tag: str | None, values: Sequence[str]) -> Refusal | None:
    """Return what is wrong with a value where only some may be named; `values` is empty where any may."""
    if tag is None or not values or tag in values:
        return None
    return Refusal(Problem.NOT_A_VALUE, {"typed": tag, "values": " ".join(values)})


def post_at(posted: Sequence[datetime], now: datetime) -> datetime:
    """Return when new thanks are posted in a channel: at once, or as soon as the hour of the last three is over.

    Args:
        posted: When thanks were and will be posted in the channel, aware UTC.
        now: This moment, aware UTC.
    """
    newest = sorted(posted)[-POSTS:]
    return now if len(newest) < POSTS else max(now, newest[0] + POSTS_WITHIN)


def private_at(posted: Sequence[datetime], now: datetime, zone: str) -> datetime:
    """Return when new private thanks reach somebody: at once, or after three of a day together with others.

    Args:
        posted: When private thanks reached and will reach the person since their midnight, aware UTC.
        now: This moment, aware UTC.
        zone: The person's time zone.
    """
    if len(posted) < PRIVATE_A_DAY:
        return now
    today = local_day(now, zone)
    at = at_local(today, TOGETHER_AT, zone)
    return at if at > now else at_local(today + timedelta(days=1), TOGETHER_AT, zone)


def has_room(together: Sequence[Thanks], one_more: Thanks) -> bool:
    """Tell whether thanks still fit into a message together with others."""
    return len(together) < MOST_TOGETHER and sum(map(_room, (*together, one_more))) <= ROOM_TOGETHER


def few_people(last: Sequence[frozenset[str]]) -> int | None:
    """Return to how many people somebody's last six thanks went, when those were one or two; else None."""
    if len(last) < LAST_THANKS:
        return None
    number = len(frozenset().union(*last[:LAST_THANKS]))
    return number if number <= FEW_PEOPLE else None


def mentioned(thanks: Thanks) -> frozenset[str]:
    """Return the ids of those whom the words mention, whether they are thanked or not."""
    return frozenset(_MENTION.findall(f"{thanks.deed} {thanks.effect}"))


def _room(thanks: Thanks) -> int:
    """Return about how many characters thanks take in a message, where `&` and angles take up to five."""
    text = thanks.deed + thanks.effect + thanks.link
    people = 20 * (len(thanks.people) + 1)
    return len(text) + 4 * sum(text.count(one) for one in "&<>") + people + 100


def _people(giver: str, people: Sequence[str]) -> Refusal | None:
    if not people:
        return Refusal(Problem.NOBODY_NAMED)
    if giver in people:
        return Refusal(Problem.YOURSELF)
    if len(set(people)) > MAX_PEOPLE:
        return Refusal(Problem.CROWD)
    return None


def _deed(length: int) -> Refusal | None:
    return Refusal(Problem.DEED_SHORT) if length < MIN_DEED else _longest(length, MAX_DEED)


def _longest(length: int, most: int) -> Refusal | None:
    if length <= most:
        return None
    return Refusal(Problem.TOO_LONG, {"length": str(length), "limit": str(most)})


def check_link(link: str) -> Refusal | None:
    """Return what is wrong with the address of something in the web, or None; none at all is fine."""
    if link and not _LINK.fullmatch(link):
        return Refusal(Problem.LINK_UNREADABLE)
    return _longest(len(link), MAX_LINK)
