"""APScheduler's heartbeat: what is due is handled, couriers are woken, a sign of life is given."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_SUBMITTED, JobSubmissionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.domain.schedule import ABOUT_A_COMMUNITY, DueKind, is_told_again, retry_wait
from bot.journal import Happening, acting, tell
from bot.lanes import Lanes
from bot.outages import Outage, note_outage
from bot.services.communities.failing import tell_failing
from storage import due, processes
from storage.database import Database
from storage.diagnosis import is_away
from storage.due import Due

AT_ONCE: Final = 1_000
# How often is looked whether the machine's clock and its stopwatch still go together, and by how much they may part:
# setting a clock right gently takes milliseconds a second.
WATCHED_SECONDS: Final = 0.25
PARTED_SECONDS: Final = 1.0
# A beat that is later than this was put off by a clock that was set back.
LATE_SECONDS: Final = 0.5
# Their subject is the id of a community.
_OF_COMMUNITY: Final = ABOUT_A_COMMUNITY | {DueKind.UNFINISHED}

_log = logging.getLogger(__name__)

DueHandler = Callable[[Due, datetime], None]


class Timekeeper:
    """Hands every due row of a workspace to the service method of its kind.

    What fails reaches the operator through the log, at first and for every hour for which it goes on, and those who
    look after the community that it is about when an hour has passed.

    Args:
        database: Where the due rows are.
        workspace: The key of the workspace; rows of others are left alone.
        clock: What time it is.
        handlers: One method for each kind; each advances the row in the transaction of its effect.
        lanes: Does what is due of different communities at the same time; without them, one thing is done after
            another.
    """

    def __init__(
        self,
        database: Database,
        workspace: str,
        clock: Clock,
        handlers: Mapping[DueKind, DueHandler],
        lanes: Lanes | None = None,
    ) -> None:
        self._database = database
        self._workspace = workspace
        self._clock = clock
        self._handlers = handlers
        self._lanes = lanes

    def beat(self) -> None:
        """Handle what is due by now, longest overdue first; one that fails is put off and hinders no other."""
        now = self._clock.now()
        with self._database.read() as session:
            rows = due.list_due(session, self._workspace, now, AT_ONCE)
        if self._lanes is None:
            for row in rows:
                self._handle(row, now)
            return
        lanes: dict[str, list[Callable[[], None]]] = {}
        for row in rows:
            lanes.setdefault(_lane_of(row), []).append(partial(self._handle, row, now))
        self._lanes.run(lanes)

    def stop(self) -> None:
        """Begin nothing more, and wait for what is being done."""
        if self._lanes is not None:
            self._lanes.stop()

    def _handle(self, row: Due, now: datetime) -> None:
        with acting(f"due:{row.kind}:{row.subject}"):
            self._do(row, now)

    def _do(self, row: Due, now: datetime) -> None:
        tell(_log, Happening.DUE_BEGUN, {"workspace": row.workspace, "due_at": row.due_at.isoformat()})
        try:
            self._handlers[DueKind(row.kind)](row, now)
        except Exception as error:
            if is_away(error):
                # Not this row's trouble: everything that is due waits for the database.
                raise
            self._failed(row, error, now)
        else:
            tell(_log, Happening.DUE_DONE, {"workspace": row.workspace})

    def _failed(self, row: Due, error: Exception, now: datetime) -> None:
        since = row.failing_since or now
        wait = retry_wait(row.failures + 1)
        is_next_hour = is_told_again(since, row.tried_at or now, now)
        is_told = row.failing_since is None or is_next_hour
        level = logging.ERROR if is_told else logging.WARNING
        _log.log(
            level,
            "due %s %s failed and is tried again in %s; it has failed since %s",
            *(row.kind, row.subject, wait, since.isoformat(timespec="seconds")),
            exc_info=error if is_told else None,
        )
        tell(_log, Happening.DUE_FAILED, {"workspace": row.workspace, "error": type(error).__name__}, level)
        if self._put_off(row, type(error).__name__, now, now + wait) and is_next_hour:
            self._tell_failing(row, now)

    def _put_off(self, row: Due, error: str, now: datetime, retry_at: datetime) -> bool:
        try:
            with self._database.write(row.workspace) as session:
                processes.note_error(session, row.workspace, f"due {row.kind}", error, now)
                return due.put_off(session, row, error, now, retry_at)
        except SQLAlchemyError as trouble:
            if is_away(trouble):
                raise
            # Then it is tried again at the next beat.
            _log.warning("due %s %s could not be put off (%s)", row.kind, row.subject, type(trouble).__name__)
            return False

    def _tell_failing(self, row: Due, now: datetime) -> None:
        try:
            with self._database.write(row.workspace) as session:
                tell_failing(session, row, now)
        except (SQLAlchemyError, LookupError, ValueError) as trouble:
            # What keeps the row from being handled may keep its community from being read.
            _log.warning("nobody could be told of due %s %s (%s)", row.kind, row.subject, type(trouble).__name__)


def _lane_of(row: Due) -> str:
    """Return what a row is handled in order with: the others of its community, else the others of its kind."""
    return f"community {row.subject}" if row.kind in _OF_COMMUNITY else row.kind


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing that is done again and again.

    Args:
        name: What it is, for the log.
        seconds: Time between two beats, of the machine.
        act: What is done.
    """

    name: str
    seconds: float
    act: Callable[[], None]


class _Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """The first beat at once, and each of the others some seconds after the one before.

    APScheduler's own trigger counts every beat that a clock which jumps forward leaves out, and that takes long.
    """

    def __init__(self, seconds: float) -> None:
        self._between = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return when the next beat comes."""
        return now if previous_fire_time is None else now + self._between


class Heartbeat:
    """Beats every few seconds; no beat waits for another, nor for a clock that was set back.

    Args:
        beats: What is done.
        outage: Told when the database cannot be reached.
        jumped: Told by how much the machine's clock jumped, forward or back.
        clock: The machine's clock, in seconds.
        seconds: A stopwatch.
    """

    def __init__(
        self,
        *beats: Beat,
        outage: Outage | None = None,
        jumped: Callable[[timedelta], None] = lambda _by: None,
        clock: Callable[[], float] = time.time,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        # A beat that takes longer than the interval simply skips the next; that is no news.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(len(beats))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._beats = {beat.name: beat for beat in beats}
        self._jumped = jumped
        self._clock = clock
        self._seconds = seconds
        self._last: dict[str, float] = {}
        self._stopped = threading.Event()
        self._watch = threading.Thread(target=self._watch_the_clock, name="clock", daemon=True)
        outage = outage or Outage("the database")
        for beat in beats:
            self._scheduler.add_job(_guarded(beat, outage), _Every(beat.seconds), id=beat.name)
        self._scheduler.add_listener(self._note_beat, EVENT_JOB_SUBMITTED | EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Begin to beat."""
        self._last = dict.fromkeys(self._beats, self._seconds())
        self._scheduler.start()
        self._watch.start()

    def stop(self) -> None:
        """Stop beating and wait for the running beat; does nothing when it never began."""
        self._stopped.set()
        if self._scheduler.running:
            self._watch.join()
            self._scheduler.shutdown(wait=True)

    def _note_beat(self, event: JobSubmissionEvent) -> None:
        self._last[event.job_id] = self._seconds()

    def _watch_the_clock(self) -> None:
        """Beat at once when the clock jumps: APScheduler waits until a moment of the clock, which may be far away then.

        A beat that does not come in time is given as well, whatever kept it away.
        """
        apart = self._clock() - self._seconds()
        while not self._stopped.wait(WATCHED_SECONDS):
            now = self._seconds()
            by = self._clock() - now - apart
            has_jumped = abs(by) >= PARTED_SECONDS
            apart += by
            for name, beat in self._beats.items():
                if has_jumped or now - self._last[name] > beat.seconds + LATE_SECONDS:
                    self._last[name] = now
                    self._scheduler.reschedule_job(name, trigger=_Every(beat.seconds))
            if has_jumped:
                self._tell(timedelta(seconds=by))

    def _tell(self, by: timedelta) -> None:
        seconds = by.total_seconds()
        where = "forward" if seconds > 0 else "back"
        _log.warning("the machine's clock jumped %s by %.0f seconds", where, abs(seconds))
        try:
            self._jumped(by)
        except Exception as error:
            # What keeps the jump for the operator is the database, which may be away.
            _log.warning("the jump of the clock could not be stored: %s", type(error).__name__)


def _guarded(beat: Beat, outage: Outage) -> Callable[[], None]:
    def run() -> None:
        try:
            beat.act()
        except Exception as error:
            if note_outage(outage, error, beat.name) is None:
                _log.exception("the %s beat failed; the next one tries again", beat.name)
        else:
            outage.works(beat.name)

    return run
