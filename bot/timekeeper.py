"""APScheduler's heartbeat: what is due is handled, what is queued is sent."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.clock import Clock
from bot.domain.schedule import DueKind
from storage import due
from storage.database import Database
from storage.due import Due

AT_ONCE: Final = 1_000

_log = logging.getLogger(__name__)

DueHandler = Callable[[Due, datetime], None]


class Timekeeper:
    """Hands every due row to the service method of its kind.

    Args:
        database: Where the due rows are.
        clock: What time it is.
        handlers: One method for each kind; each advances the row in the transaction of its effect.
    """

    def __init__(self, database: Database, clock: Clock, handlers: Mapping[DueKind, DueHandler]) -> None:
        self._database = database
        self._clock = clock
        self._handlers = handlers

    def beat(self) -> None:
        """Handle what is due by now, longest overdue first; one that fails stays due and hinders no other."""
        now = self._clock.now()
        with self._database.read() as session:
            rows = due.list_due(session, now, AT_ONCE)
        for row in rows:
            try:
                self._handlers[DueKind(row.kind)](row, now)
            except Exception:
                _log.exception("due %s %s failed and stays due", row.kind, row.subject)


class Heartbeat:
    """Beats every few seconds: one job keeps time, one sends, and neither waits for the other.

    Args:
        seconds: Time between two beats, of the machine.
        keep_time: Handles what is due.
        send: Sends what is queued.
        tell: Tells a test bench what comes next; None when there is none.
    """

    def __init__(
        self,
        seconds: float,
        keep_time: Callable[[], None],
        send: Callable[[], None],
        tell: Callable[[], None] | None = None,
    ) -> None:
        # A beat that takes longer than the interval simply skips the next; that is no news.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(3)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for name, job in (("time", keep_time), ("send", send), ("agenda", tell)):
            if job is None:
                continue
            self._scheduler.add_job(_guarded(name, job), "interval", seconds=seconds, id=name)

    def start(self) -> None:
        """Begin to beat."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop beating and wait for the beat in hand; does nothing when it never began."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)


def _guarded(name: str, job: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            job()
        except Exception:
            _log.exception("the %s beat failed; the next one tries again", name)

    return run
