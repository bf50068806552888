"""Says in the log that something is away: once when it goes, once a minute meanwhile, and once when it is back."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

AGAIN_AFTER_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


class Outage:
    """Whether something can be reached, as several works find it; it is back when each of them got through again.

    Args:
        name: What is away, as the log calls it.
        seconds: A stopwatch.
    """

    def __init__(self, name: str, seconds: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._seconds = seconds
        self._guard = threading.Lock()
        self._failing: set[str] = set()
        self._since = self._told_at = 0.0

    def failed(self, work: str, sentence: str) -> None:
        """Note that a work could not be done, and why."""
        with self._guard:
            now = self._seconds()
            if not self._failing:
                self._since = self._told_at = now
                _log.warning("%s is away: %s", self._name, sentence)
            elif now - self._told_at >= AGAIN_AFTER_SECONDS:
                self._told_at = now
                _log.warning("%s is still away after %.0f seconds: %s", self._name, now - self._since, sentence)
            self._failing.add(work)

    def works(self, work: str) -> None:
        """Note that a work could be done."""
        with self._guard:
            if work not in self._failing:
                return
            self._failing.remove(work)
            if not self._failing:
                _log.warning("%s is back after %.0f seconds", self._name, self._seconds() - self._since)
