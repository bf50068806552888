"""The notification budget: how often the bot may write to somebody by itself, and what gives way to what.

A ping that finds no room waits for the first moment at which everybody it goes to has some, moves into
the next weekly note, or is dropped; it never piles up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Final

from bot.domain.cadence import Window, add_working_days, at_local, common_openings, iso_week, local_day
from bot.domain.messages import RULES, MessageKind, Rank, kinds_with

A_WEEK: Final = 3
A_DAY: Final = 1
KEPT_WORKING_DAYS: Final = 3
# Whatever zones say, a ping of longer ago lies in another ISO week and on another day.
REMEMBERED: Final = timedelta(days=9)
SEARCH: Final = timedelta(days=7)
MOST_IGNORED: Final = 2
# Four weeks, less what the hour of a note may differ by: clocks change, and a note may have waited some days.
A_MONTH: Final = timedelta(weeks=4) - timedelta(days=3)


RANKS: Final[Mapping[MessageKind, Rank]] = {kind: rule.rank for kind, rule in RULES.items() if rule.rank is not None}
# In the order in which they give way.
REDUCIBLE: Final = tuple(sorted(kinds_with(lambda rule: rule.can_be_reduced), key=lambda kind: RANKS[kind]))
LESS_FOR: Final = timedelta(weeks=12)
MOVES_INTO_NOTE: Final = frozenset(kinds_with(lambda rule: rule.is_ping and rule.moves_into_note))


@dataclass(frozen=True, slots=True)
class Spent:
    """A ping somebody got, or may have got.

    Args:
        message: Id of the message.
        at: When it was sent, aware UTC.
        on: The day it was for that person, in the zone they had then.
        is_note: Whether it was a weekly note.
    """

    message: int
    at: datetime
    on: date
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """One of the people a ping goes to.

    Args:
        window: When they may be written to.
        spent: What they got within `REMEMBERED`.
        coming: From when on each waiting ping that goes before this one may be sent, aware UTC.
        quiet_until: Until when they are away or not to be disturbed, aware UTC; None when they are not.
    """

    window: Window
    spent: Sequence[Spent] = ()
    coming: Sequence[datetime] = ()
    quiet_until: datetime | None = None

    def has_room(self, at: datetime, message: int, *, is_note: bool) -> bool:
        """Tell whether a message may still be sent to this person at a moment."""
        day = local_day(at, self.window.zone)
        # A message that is sent again, since nobody knows whether it arrived, is no second one on its day.
        others = [one for one in self.spent if one.message != message or day not in self._days(one)]
        coming = {local_day(one, self.window.zone) for one in self.coming}
        if len(_distinct(one for one in others if day in self._days(one))) + (day in coming) >= A_DAY:
            return False
        this_week = [one for one in others if iso_week(day) in map(iso_week, self._days(one))]
        if is_note and any(one.is_note and one.message != message for one in this_week):
            return False
        waiting = sum(iso_week(one) == iso_week(day) for one in coming)
        return len(_distinct(this_week)) + waiting < A_WEEK

    def count_in_week_of(self, at: datetime) -> int:
        """Count the pings of the ISO week a moment lies in."""
        week = iso_week(local_day(at, self.window.zone))
        return len(_distinct(one for one in self.spent if week in map(iso_week, self._days(one))))

    def _days(self, one: Spent) -> frozenset[date]:
        """Return the day a ping was on, as it was then and as it is for where the person is now.

        Somebody who flies west has a day twice; it stays one day.
        """
        return frozenset({one.on, local_day(one.at, self.window.zone)})


def is_wanted(notes: Iterable[datetime], last_answer: datetime | None, now: datetime) -> bool:
    """Tell whether somebody is to get a weekly note now; after two in a row without an answer, one a month.

    All moments are aware UTC: when their notes came, when they last answered one, and now.
    """
    ignored = [at for at in notes if last_answer is None or at > last_answer]
    return len(ignored) < MOST_IGNORED or now - max(ignored) >= A_MONTH


def read_less(text: str) -> dict[MessageKind, datetime]:
    """Read what somebody wants less of, with since when, aware UTC."""
    pairs = (one.split("=", 1) for one in text.split())
    return {MessageKind(kind): datetime.fromisoformat(at) for kind, at in pairs}


def write_less(kinds: Mapping[MessageKind, datetime]) -> str:
    """Write down what somebody wants less of, with since when."""
    return " ".join(f"{kind}={at.isoformat()}" for kind, at in kinds.items())


def _distinct(spent: Iterable[Spent]) -> set[tuple[int, date]]:
    return {(one.message, one.on) for one in spent}


def last_moment(readers: Sequence[Reader], since: datetime, not_after: datetime | None) -> datetime:
    """Return until when a ping is kept that could first be sent at `since`: the end of the third day that is theirs.

    The day is that of the person for whom it ends last.
    """
    ends = [
        at_local(
            add_working_days(local_day(since, one.window.zone), KEPT_WORKING_DAYS, one.window.days) + timedelta(days=1),
            time(0, 0),
            one.window.zone,
        )
        for one in readers
    ]
    # A message may still be sent at the very moment it must not be sent after.
    return max(ends) if not_after is None else min(max(ends), not_after + timedelta(microseconds=1))


def find_room(
    readers: Sequence[Reader], message: int, now: datetime, until: datetime, *, is_note: bool = False
) -> datetime | None:
    """Return the first moment from now on, before `until`, at which a ping fits for everybody; None without any.

    Everybody's window is open then, or, where their hours never meet, somebody's is. Those people are written
    to although one of them may want no disturbance then: Slack does not push what comes at such a time.
    """
    windows = [one.window for one in readers]
    together = common_openings(windows, now, now + SEARCH)
    openings = together or sorted(chain.from_iterable(common_openings([one], now, now + SEARCH) for one in windows))
    quiet = [one.quiet_until for one in readers if one.quiet_until] if together else []
    for opens, shuts in openings:
        for moment in _moments(readers, opens, shuts, quiet):
            if moment < until and all(one.has_room(moment, message, is_note=is_note) for one in readers):
                return moment
    return None


def _moments(readers: Sequence[Reader], opens: datetime, shuts: datetime, quiet: Sequence[datetime]) -> list[datetime]:
    """List the moments of an opening at which something may begin to fit: its start, and each midnight in it."""
    start = max([opens, *quiet])
    midnights = {
        at_local(local_day(start, one.window.zone) + timedelta(days=days), time(0, 0), one.window.zone)
        for one in readers
        for days in range(1, (shuts - opens).days + 2)
    }
    return sorted(moment for moment in {start, *midnights} if start <= moment < shuts)
