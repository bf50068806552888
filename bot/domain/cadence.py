"""Wall clocks, weeks and working hours: what a local time means as an instant.

Every instant is an aware datetime and every result is in UTC. Zones are IANA names. Weekdays count from
0 for Monday. Weeks are ISO weeks with ISO years.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_IN_WEEK = 7
WORKING_DAYS = frozenset(range(5))
MONDAY, SUNDAY = 0, 6
LAST = -1

# A window of one weekday that a clock change swallows opens again a week later; three weeks cover that
# and a day that a whole zone skipped.
_OPENING_SEARCH = timedelta(days=22)


def known_zone(name: str | None, fallback: str) -> str:
    """Return `name` when it is a zone this machine knows, else `fallback` (returned unchecked)."""
    if not name:
        return fallback
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        # Slack passes on what a person's client said, and clients know zones that we do not.
        return fallback
    return name


def at_local(day: date, at: time, zone: str) -> datetime:
    """Return the UTC instant at which clocks in `zone` show `at` on `day`.

    A time that a clock change skips means the first instant after the gap; a time that comes twice
    means its first occurrence.
    """
    place = ZoneInfo(zone)
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=place)
    first = local.astimezone(UTC)
    if first.astimezone(place).replace(tzinfo=None) == local.replace(tzinfo=None):
        return first
    return _end_of_gap(local, place)


def _end_of_gap(local: datetime, place: ZoneInfo) -> datetime:
    """Return the UTC instant of the clock change that skips `local`, a time in `place` with fold 0."""
    # In a gap, fold 0 reads the time with the offset before the change and fold 1 with the one after
    # it, so the change lies between the two readings. Changes happen on whole seconds.
    before = int(local.replace(fold=1).timestamp())
    after = int(local.timestamp()) + 1
    old_offset = datetime.fromtimestamp(before, place).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, place).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return datetime.fromtimestamp(after, UTC)


def local_day(moment: datetime, zone: str) -> date:
    """Return the calendar day in `zone` at `moment`, an aware datetime."""
    return moment.astimezone(ZoneInfo(zone)).date()


def local_time(moment: datetime, zone: str) -> time:
    """Return the time of day in a zone at a moment."""
    return moment.astimezone(ZoneInfo(zone)).time()


def iso_week(day: date) -> str:
    """Name the ISO week of `day`, as in "2026-W53"; the year is the ISO year, not the calendar year."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def weekday_in_week_of(day: date, weekday: int) -> date:
    """Return the given weekday of the ISO week that `day` lies in."""
    return day + timedelta(days=weekday - day.weekday())


def add_working_days(day: date, count: int, working_days: frozenset[int] = WORKING_DAYS) -> date:
    """Return the day `count` working days (weekdays, 0 is Monday) after `day`, or before it if negative.

    0 returns `day` itself, even on a weekend.
    """
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        if day.weekday() in working_days:
            left -= 1
    return day


@dataclass(frozen=True)
class Weekly:
    """Every `every` weeks on a weekday (0 is Monday) at a wall-clock time, to the minute, in a zone."""

    weekday: int
    at: time
    zone: str
    every: int = 1

    def __post_init__(self) -> None:
        if self.weekday not in range(DAYS_IN_WEEK):
            raise ValueError(f"A weekday is 0 (Monday) to 6, not {self.weekday}.")
        if self.every < 1:
            raise ValueError(f"A rhythm is at least 1 week, not {self.every}.")
        _check_minutes(self.at)

    def next_after(self, moment: datetime, last: datetime | None = None) -> datetime:
        """Return the first due instant (UTC) strictly after `moment`.

        With `last`, the previous due instant, the result lies a whole number of rhythms after the week
        of `last` in this zone, at least one, also when the weekday or the time has changed since.
        Without it the rhythm starts afresh at the next such weekday.
        """
        step = timedelta(weeks=self.every)
        if last is None:
            step = timedelta(weeks=1)
            day = weekday_in_week_of(local_day(moment, self.zone), self.weekday)
        else:
            day = weekday_in_week_of(local_day(last, self.zone), self.weekday) + step
            # Skips what lies far back, so that a row years overdue costs no long search.
            day += max(0, (local_day(moment, self.zone) - day) // step) * step
        while (due := at_local(day, self.at, self.zone)) <= moment:
            day += step
        return due

    def newest_until(self, moment: datetime, due_at: datetime) -> datetime:
        """Return the last due instant (UTC) up to `moment`, from one that was due on; that one when it lies later."""
        while (following := self.next_after(due_at, last=due_at)) <= moment:
            due_at = following
        return due_at

    def encode(self) -> str:
        """Write this as text for a column, as in "weekly:1:10:00:Europe/Berlin:2"."""
        return f"weekly:{self.weekday}:{self.at:%H:%M}:{self.zone}:{self.every}"

    @staticmethod
    def decode(text: str) -> Weekly:
        """Read what `encode` wrote.

        Raises:
            ValueError: The text is something else.
        """
        kind, weekday, hour, minute, zone, every = _parts(text, 6)
        if kind != "weekly":
            raise ValueError(f"Not a weekly cadence: {text!r}")
        return Weekly(int(weekday), time(int(hour), int(minute)), zone, int(every))


@dataclass(frozen=True)
class Daily:
    """Every day, weekends included, at a wall-clock time, to the minute, in a zone."""

    at: time
    zone: str

    def __post_init__(self) -> None:
        _check_minutes(self.at)

    def next_after(self, moment: datetime, last: datetime | None = None) -> datetime:
        """Return the first due instant (UTC) strictly after `moment`.

        With `last`, the previous due instant, it also lies on a later local day than that one.
        """
        day = local_day(moment, self.zone)
        if last is not None:
            day = max(day, local_day(last, self.zone) + timedelta(days=1))
        while (due := at_local(day, self.at, self.zone)) <= moment:
            day += timedelta(days=1)
        return due

    def encode(self) -> str:
        """Write this as text for a column, as in "daily:06:00:UTC"."""
        return f"daily:{self.at:%H:%M}:{self.zone}"

    @staticmethod
    def decode(text: str) -> Daily:
        """Read what `encode` wrote.

        Raises:
            ValueError: The text is something else.
        """
        kind, hour, minute, zone = _parts(text, 4)
        if kind != "daily":
            raise ValueError(f"Not a daily cadence: {text!r}")
        return Daily(time(int(hour), int(minute)), zone)


@dataclass(frozen=True)
class Monthly:
    """Once a month at a wall-clock time, to the minute, in a zone.

    Args:
        weekday: The weekday, 0 is Monday.
        which: The first (1) to fourth (4) of its kind in the month, or the last (-1).
        at: The wall-clock time.
        zone: Its IANA zone.
    """

    weekday: int
    which: int
    at: time
    zone: str

    def __post_init__(self) -> None:
        if self.weekday not in range(DAYS_IN_WEEK):
            raise ValueError(f"A weekday is 0 (Monday) to 6, not {self.weekday}.")
        if self.which not in {1, 2, 3, 4, LAST}:
            raise ValueError(f"A month has a first to fourth of each weekday and a last (-1), not {self.which}.")
        _check_minutes(self.at)

    def next_after(self, moment: datetime, last: datetime | None = None) -> datetime:
        """Return the first due instant (UTC) strictly after `moment`.

        With `last`, the previous due instant, it also lies in a later month of this zone than that one.
        """
        day = local_day(moment, self.zone).replace(day=1)
        if last is not None:
            day = max(day, _next_month(local_day(last, self.zone)))
        while (due := at_local(self._day_in_month_of(day), self.at, self.zone)) <= moment:
            day = _next_month(day)
        return due

    def encode(self) -> str:
        """Write this as text for a column, as in "monthly:0:-1:10:00:Europe/Berlin"."""
        return f"monthly:{self.weekday}:{self.which}:{self.at:%H:%M}:{self.zone}"

    @staticmethod
    def decode(text: str) -> Monthly:
        """Read what `encode` wrote.

        Raises:
            ValueError: The text is something else.
        """
        kind, weekday, which, hour, minute, zone = _parts(text, 6)
        if kind != "monthly":
            raise ValueError(f"Not a monthly cadence: {text!r}")
        return Monthly(int(weekday), int(which), time(int(hour), int(minute)), zone)

    def _day_in_month_of(self, day: date) -> date:
        first = day.replace(day=1)
        if self.which == LAST:
            end = _next_month(day) - timedelta(days=1)
            return end - timedelta(days=(end.weekday() - self.weekday) % DAYS_IN_WEEK)
        ahead = (self.weekday - first.weekday()) % DAYS_IN_WEEK
        return first + timedelta(days=ahead, weeks=self.which - 1)


def _next_month(day: date) -> date:
    """Return the first day of the month after a day's."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def decode_cadence(text: str) -> Weekly | Daily | Monthly:
    """Read the column form of any cadence.

    Raises:
        ValueError: The text is none.
    """
    kinds: dict[str, type[Weekly | Daily | Monthly]] = {"weekly": Weekly, "monthly": Monthly}
    return kinds.get(text.partition(":")[0], Daily).decode(text)


def _check_minutes(at: time) -> None:
    if at.second or at.microsecond or at.tzinfo is not None:
        raise ValueError(f"A cadence has whole minutes and its own zone, not {at!r}.")


def _parts(text: str, count: int) -> list[str]:
    parts = text.split(":")
    if len(parts) != count:
        raise ValueError(f"Not a cadence: {text!r}")
    return parts


@dataclass(frozen=True)
class Window:
    """The hours in which a person may be contacted, as wall-clock times in their zone.

    Attributes:
        start: First minute of the window.
        end: First minute after it. At or before `start` it lies on the next day, for night shifts;
            equal times mean the whole day.
        days: Weekdays (0 is Monday) on which the window starts; at least one.
        zone: IANA zone of the person.
    """

    start: time = time(9, 30)
    end: time = time(16, 30)
    days: frozenset[int] = WORKING_DAYS
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(DAYS_IN_WEEK)):
            raise ValueError(f"A window opens on weekdays 0 (Monday) to 6, not {sorted(self.days)}.")

    def is_open(self, moment: datetime) -> bool:
        """Tell whether `moment` lies inside the window; the end itself does not."""
        return any(opens <= moment < shuts for opens, shuts in self._openings(moment, moment))

    def next_opening(self, moment: datetime) -> datetime:
        """Return `moment` itself when the window is open, else the next instant (UTC) it opens."""
        for opens, shuts in self._openings(moment, moment + _OPENING_SEARCH):
            if shuts > moment:
                return max(opens, moment.astimezone(UTC))
        raise ValueError(f"{self} never opens.")

    def next_start(self, moment: datetime) -> datetime | None:
        """Return the next instant (UTC) after `moment` at which the closed window opens; None when it never closes."""
        openings = _joined(list(self._openings(moment, moment + _OPENING_SEARCH)))
        return next((opens for opens, _ in openings if opens > moment), None)

    def begins(self, moment: datetime) -> bool:
        """Tell whether the closed window opens at exactly this moment."""
        return self.next_start(moment - timedelta.resolution) == moment

    def _openings(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the UTC intervals that may touch start to end, in order; one a day, none empty."""
        # A window may have begun on the day before and may run into the day after.
        day = local_day(start, self.zone) - timedelta(days=1)
        final = local_day(end, self.zone)
        overnight = timedelta(days=1 if self.end <= self.start else 0)
        while day <= final:
            if day.weekday() in self.days:
                opens = at_local(day, self.start, self.zone)
                shuts = at_local(day + overnight, self.end, self.zone)
                if opens < shuts:
                    yield opens, shuts
            day += timedelta(days=1)


def common_openings(windows: Sequence[Window], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the UTC intervals between start and end in which every window is open, in order.

    Intervals contain their beginning and not their end; neighbours that touch are joined. Without
    windows the whole time is open.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    common = [(start, end)] if start < end else []
    # Equal windows change nothing, and most people keep the default.
    for window in dict.fromkeys(windows):
        openings = list(window._openings(start, end))  # noqa: SLF001 - the same idea in the same file
        common = [
            (max(a_start, b_start), min(a_end, b_end))
            for a_start, a_end in common
            for b_start, b_end in openings
            if max(a_start, b_start) < min(a_end, b_end)
        ]
    return _joined(common)


def _joined(intervals: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for opens, shuts in intervals:
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(shuts, joined[-1][1]))
        else:
            joined.append((opens, shuts))
    return joined


def first_common_opening(windows: Sequence[Window], start: datetime, end: datetime) -> datetime | None:
    """Return the first UTC instant from start on, before end, at which every window is open."""
    openings = common_openings(windows, start, end)
    return openings[0][0] if openings else None
