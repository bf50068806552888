"""Says in the log that something is away: once when it goes, once a minute meanwhile, and once when it is back."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from storage.diagnosis import Diagnosis, diagnose

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
        self._works: set[str] = set()
        self._failing: set[str] = set()
        self._is_told = False
        self._since = 0.0
        self._told_at: float | None = None

    def failed(self, work: str, sentence: str) -> None:
        """Note that a work could not be done, and why; the work is one that is tried again and again."""
        with self._guard:
            self._works.add(work)
            self._note(sentence, {work}, is_news=True)

    def met(self, sentence: str) -> None:
        """Note that something could not be done that is done on occasion, and why.

        Nobody knows when it is tried next, so the works that are done again and again show when it is back. What they
        do not find themselves is no news within a minute of the last line.
        """
        with self._guard:
            self._note(sentence, self._works, is_news=False)

    def works(self, work: str) -> None:
        """Note that a work could be done."""
        with self._guard:
            self._works.add(work)
            if work not in self._failing:
                return
            self._failing.remove(work)
            if not self._failing and self._is_told:
                self._told_at = self._seconds()
                _log.warning("%s is back after %.0f seconds", self._name, self._told_at - self._since)

    def _note(self, sentence: str, works: set[str], *, is_news: bool) -> None:
        now = self._seconds()
        if not self._failing:
            self._since, self._is_told = now, False
        self._failing |= works
        is_time = self._told_at is None or now - self._told_at >= AGAIN_AFTER_SECONDS
        if self._is_told and is_time:
            _log.warning("%s is still away after %.0f seconds: %s", self._name, now - self._since, sentence)
        elif not self._is_told and (is_news or is_time):
            _log.warning("%s is away: %s", self._name, sentence)
        else:
            return
        self._told_at, self._is_told = now, True


def note_outage(outage: Outage, error: BaseException, work: str = "") -> Diagnosis | None:
    """Note an error that means that the database is away, for a while; return what it means, and None for any other.

    Args:
        outage: Says it in the log.
        error: What was raised; one that says only that another was behind it stands for that one.
        work: What could not be done, if it is tried again and again.
    """
    diagnosis = diagnose(error) or (diagnose(error.__cause__) if error.__cause__ else None)
    if diagnosis is None or not diagnosis.passes:
        return None
    if work:
        outage.failed(work, diagnosis.sentence)
    else:
        outage.met(diagnosis.sentence)
    return diagnosis
