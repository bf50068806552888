"""APScheduler's heartbeat: what is due is handled, couriers are woken, a sign of life is given."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.domain.schedule import DueKind, retry_wait
from bot.journal import Happening, acting, tell
from storage import due, processes
from storage.database import Database
from storage.due import Due

AT_ONCE: Final = 1_000

_log = logging.getLogger(__name__)

DueHandler = Callable[[Due, datetime], None]


class Timekeeper:
    """Hands every due row of a workspace to the service method of its kind.

    Args:
        database: Where the due rows are.
        workspace: The key of the workspace; rows of others are left alone.
        clock: What time it is.
        handlers: One method for each kind; each advances the row in the transaction of its effect.
    """

    def __init__(
        self, database: Database, workspace: str, clock: Clock, handlers: Mapping[DueKind, DueHandler]
    ) -> None:
        self._database = database
        self._workspace = workspace
        self._clock = clock
        self._handlers = handlers

    def beat(self) -> None:
        """Handle what is due by now, longest overdue first; one that fails is put off and hinders no other."""
        now = self._clock.now()
        with self._database.read() as session:
            rows = due.list_due(session, self._workspace, now, AT_ONCE)
        for row in rows:
            with acting(f"due:{row.kind}:{row.subject}"):
                self._handle(row, now)

    def _handle(self, row: Due, now: datetime) -> None:
        tell(_log, Happening.DUE_BEGUN, {"workspace": row.workspace, "due_at": row.due_at.isoformat()})
        try:
            self._handlers[DueKind(row.kind)](row, now)
        except Exception as error:
            wait = retry_wait(row.failures + 1)
            _log.exception("due %s %s failed and is tried again in %s", row.kind, row.subject, wait)
            tell(_log, Happening.DUE_FAILED, {"workspace": row.workspace, "error": type(error).__name__}, logging.ERROR)
            self._put_off(row, type(error).__name__, now, now + wait)
        else:
            tell(_log, Happening.DUE_DONE, {"workspace": row.workspace})

    def _put_off(self, row: Due, error: str, now: datetime, retry_at: datetime) -> None:
        try:
            with self._database.write(row.workspace) as session:
                due.put_off(session, row, error, retry_at)
                processes.note_error(session, row.workspace, f"due {row.kind}", error, now)
        except SQLAlchemyError as trouble:
            # Then it is tried again at the next beat.
            _log.warning("due %s %s could not be put off (%s)", row.kind, row.subject, type(trouble).__name__)


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


class Heartbeat:
    """Beats every few seconds; no beat waits for another.

    Args:
        beats: What is done.
    """

    def __init__(self, *beats: Beat) -> None:
        # A beat that takes longer than the interval simply skips the next; that is no news.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(len(beats))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for beat in beats:
            self._scheduler.add_job(_guarded(beat), "interval", seconds=beat.seconds, id=beat.name)

    def start(self) -> None:
        """Begin to beat."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop beating and wait for the running beat; does nothing when it never began."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)


def _guarded(beat: Beat) -> Callable[[], None]:
    def run() -> None:
        try:
            beat.act()
        except Exception:
            _log.exception("the %s beat failed; the next one tries again", beat.name)

    return run
