"""The workspace's clock: runs with real time plus an offset, or stands still; only moves forwards."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from playground.state.state import State, WorkspaceError, real_time

MICROS = 1_000_000


class MovableClock:
    """Time as the workspace has it.

    Args:
        state: keeps the offset, so that a restart goes on where the clock was.
        changed: called after every move.
        start: where the clock of a fresh workspace begins, aware; the real time when None.
    """

    def __init__(self, state: State, changed: Callable[[], None], start: datetime | None = None) -> None:
        self._state = state
        self._changed = changed
        self.begin(start)

    def begin(self, start: datetime | None) -> None:
        """Begin at an aware moment, or at the real time when it is None; a clock that was set goes on as it is.

        Raises WorkspaceError when the moment has no zone.
        """
        if start is not None and self._state.number("clock-set") == 0:
            check_aware(start)
            self._set(start, frozen=False)

    def now(self) -> datetime:
        """Tell the workspace's time, aware UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def timestamp(self) -> float:
        """Tell the workspace's time as Unix seconds."""
        frozen_at = self._state.number("clock-frozen-at")
        if frozen_at:
            return frozen_at / MICROS
        return real_time() + self._state.number("clock-offset") / MICROS

    @property
    def frozen(self) -> bool:
        """Tell whether the clock stands still."""
        return self._state.number("clock-frozen-at") != 0

    def freeze(self, *, frozen: bool) -> None:
        """Stop the clock where it is, or let it run on from there."""
        self._set(self.now(), frozen=frozen)

    def move_to(self, moment: datetime) -> None:
        """Move forwards to an aware moment.

        Raises WorkspaceError when that lies in the past.
        """
        check_aware(moment)
        if moment < self.now():
            raise WorkspaceError(
                f"The clock only moves forwards; it is already {self.now().isoformat(timespec='seconds')}."
            )
        self._set(moment, frozen=self.frozen)

    def move_by(self, span: timedelta) -> None:
        """Move forwards by a span.

        Raises WorkspaceError when the span is negative.
        """
        self.move_to(self.now() + span)

    def move_to_next(self, weekday: int, at: time, zone: str) -> None:
        """Move to the next moment when a zone's wall clock shows a weekday (0 is Monday) and time.

        Raises WorkspaceError for a weekday or zone that does not exist.
        """
        if weekday not in range(7):
            raise WorkspaceError("A weekday is a number from 0 (Monday) to 6 (Sunday).")
        try:
            here = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise WorkspaceError(f"There is no time zone {zone!r}.") from error
        local = self.now().astimezone(here)
        day = local.date() + timedelta(days=(weekday - local.weekday()) % 7)
        moment = datetime.combine(day, at, here)
        if moment <= local:
            moment = datetime.combine(day + timedelta(days=7), at, here)
        self.move_to(moment)

    def _set(self, moment: datetime, *, frozen: bool) -> None:
        micros = int(moment.timestamp() * MICROS)
        self._state.set_number("clock-set", 1)
        self._state.set_number("clock-offset", micros - int(real_time() * MICROS))
        self._state.set_number("clock-frozen-at", micros if frozen else 0)
        self._changed()


def check_aware(moment: datetime) -> None:
    """Raise WorkspaceError for a moment without a zone."""
    if moment.tzinfo is None:
        raise WorkspaceError("Say the time zone too, such as 2026-11-24T09:00:00+01:00.")
