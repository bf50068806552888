"""Who calls the courier, and when: the port, and the engine that runs inside one process."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from bot.outages import Outage, note_outage

AT_ONCE: Final = 4
LONGEST_WAIT_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


class Engine(Protocol):
    """Calls couriers. A wake-up is a hint: one that is lost is given again at the next look."""

    def start(self) -> None:
        """Begin to work; called once."""

    def wake(self, workspace: str) -> None:
        """Have a workspace's messages sent soon, by this process or another; returns at once and never raises."""

    def stop(self) -> None:
        """Begin no other drain and wait for the running ones; does nothing when it never began."""


class DrainRunner:
    """Drains workspaces; where that fails it is tried again later and later, up to a minute.

    Args:
        drain: Sends what may be sent now in a workspace.
        failed: Told the workspace and the error when that could not be done.
        seconds: A stopwatch.
        outage: Told when that was because the database cannot be reached.
    """

    def __init__(
        self,
        drain: Callable[[str], None],
        failed: Callable[[str, Exception], None],
        seconds: Callable[[], float] = time.monotonic,
        outage: Outage | None = None,
    ) -> None:
        self._drain = drain
        self._failed = failed
        self._outage = outage or Outage("the database")
        self._seconds = seconds
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def run(self, workspace: str) -> None:
        """Drain a workspace, unless it failed a moment ago; never raises an error of a drain."""
        if self._seconds() < self._not_before.get(workspace, 0.0):
            return
        try:
            self._drain(workspace)
        except Exception as error:
            failures = self._failures[workspace] = self._failures.get(workspace, 0) + 1
            wait = min(LONGEST_WAIT_SECONDS, 2.0 ** (failures - 1))
            self._not_before[workspace] = self._seconds() + wait
            if note_outage(self._outage, error) is None:
                _log.exception("sending in workspace %s failed; trying again in %.0f seconds", workspace, wait)
            self._failed(workspace, error)
        else:
            self._failures.pop(workspace, None)


class EmbeddedEngine:
    """Drains on threads of this process.

    Args:
        drains: What a wake-up runs.
    """

    def __init__(self, drains: DrainRunner) -> None:
        self._drains = drains
        self._pool: ThreadPoolExecutor | None = None
        self._guard = threading.Lock()
        self._running: set[str] = set()
        self._again: set[str] = set()

    def start(self) -> None:
        """Begin to work."""
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="courier")

    def wake(self, workspace: str) -> None:
        """Have a workspace drained, once more if it is being drained right now."""
        with self._guard:
            if self._pool is None:
                return
            if workspace in self._running:
                self._again.add(workspace)
                return
            self._running.add(workspace)
            self._pool.submit(self._run, workspace)

    def stop(self) -> None:
        """Wait for the running drains."""
        with self._guard:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, workspace: str) -> None:
        while True:
            self._drains.run(workspace)
            with self._guard:
                if self._pool is None or workspace not in self._again:
                    self._running.discard(workspace)
                    return
                self._again.discard(workspace)
