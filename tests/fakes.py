"""What tests may move: a clock and a stopwatch."""

from datetime import datetime, timedelta


class FixedClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> None:
        self.moment += by


class Stopwatch:
    """Seconds of the machine that pass only when somebody says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds

    def move(self, by: float) -> None:
        self.seconds += by
