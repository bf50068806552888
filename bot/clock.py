"""What time it is: the machine's, or that of a test bench."""

import json
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Protocol
from urllib.request import ProxyHandler, build_opener


class ClockError(Exception):
    """The clock of a test bench does not tell the time; the sentence says what came instead."""


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> datetime:
        """Return this moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return this moment, aware, in UTC."""
        return datetime.now(UTC)


class RemoteClock:
    """A clock served over HTTP, so that a bench can move time.

    Args:
        url: An address that answers ``{"now": "<ISO 8601, UTC>"}``; checked to be loopback by the settings.
    """

    TIMEOUT_SECONDS = 2.0

    def __init__(self, url: str) -> None:
        self._url = url
        # A proxy of the environment has no business between this machine and itself.
        self._opener = build_opener(ProxyHandler({}))

    def now(self) -> datetime:
        """Ask for this moment; aware, in UTC.

        Raises:
            ClockError: The address does not answer, or not with a moment that has a zone.
        """
        try:
            with self._opener.open(self._url, timeout=self.TIMEOUT_SECONDS) as answer:
                moment = datetime.fromisoformat(json.load(answer)["now"])
        except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
            raise ClockError(f"PEERLOOP_CLOCK_URL does not tell the time ({type(error).__name__}: {error})") from None
        if moment.tzinfo is None:
            raise ClockError("PEERLOOP_CLOCK_URL tells the time without a zone")
        return moment.astimezone(UTC)
