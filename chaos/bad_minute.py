"""`python -m chaos.bad_minute`: Slack fails with every post for a while, in each way, for each kind of message.

The last line on stdout is one JSON object; the exit status is 1 when a bar is missed.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.journeys.stage import ProcessStage

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PEOPLE = (
    *("U0AMARA", "U0TOMASZ", "U0JONAS", "U0MEI", "U0ELIF", "U0MATEO"),
    *("U0FREYA", "U0CHLOE", "U0DMITRI", "U0SOFIA", "U0HANA", "U0NOOR"),
)
GIVERS = PEOPLE[:3]
POSTING = "chat.postMessage"
SETTLE_SECONDS = 900.0
# The local workspace's name for a fault, and how it is; see docs/local-workspace.md.
FAULTS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "500": ("status", {"status": 500}),
    "503": ("status", {"status": 503}),
    "reset": ("reset_before", {}),
    "garbage": ("html", {}),
    "internal_error": ("error", {"error": "internal_error"}),
    "429": ("rate_limited", {"retry_after": 5}),
    "lost answer": ("reset_after", {}),
}


@dataclass(frozen=True)
class Minute:
    """What came of one kind of message.

    Args:
        messages: How many there were.
        once: How many Slack posted once.
        twice: How many it posted more than once.
        asked: How many people were asked whether one arrived that nobody could look up.
        lost: How many were neither posted nor asked about.
        seconds: After how long the last one was posted, or the last question; faults begin at zero.
    """

    messages: int
    once: int
    twice: int
    asked: int
    lost: int
    seconds: int


class Play:
    """Twelve people from a Monday's introductions to a Thursday's notes.

    Args:
        stage: The local workspace with the real bot in it.
        fault: What goes wrong.
        seconds: For how long, each time.
    """

    def __init__(self, stage: ProcessStage, fault: str, seconds: float) -> None:
        self._stage = stage
        self._client = stage.client
        self._fault = fault
        self._seconds = seconds
        self._channel = stage.switch_on(PEOPLE)

    def play(self) -> dict[str, Minute]:
        """Play each kind of message."""
        return {
            "introductions": self._minute("intro:", datetime(2026, 11, 30, 8, 30, tzinfo=UTC)),
            "prompt": self._minute("prompt:", datetime(2026, 12, 1, 9, 0, tzinfo=UTC)),
            "thanks": self._minute("kudos:", datetime(2026, 12, 1, 12, 0, tzinfo=UTC), self._thank),
            "notes": self._minute("note:", datetime(2026, 12, 3, 13, 0, tzinfo=UTC)),
        }

    def _minute(self, prefix: str, moment: datetime, act: Callable[[], object] = bool) -> Minute:
        """Let Slack fail from a moment on at which messages with a key of this prefix are due, or are caused."""
        self._client.move_clock(to=moment - 30 * SECOND, frozen=True)
        self._stage.settle(SETTLE_SECONDS)
        before = len(self._client.posted())
        what, how = FAULTS[self._fault]
        self._client.fault(what, POSTING, seconds=self._seconds, **how)
        begun = time.monotonic()
        self._client.move_clock(to=moment + 30 * SECOND, frozen=True)
        act()
        # From here on it runs by itself, as it does for people.
        self._client.move_clock(by=SECOND, frozen=False)
        took = self._wait_until_quiet(begun)
        self._client.clear_faults()
        return self._count(prefix, before, took)

    def _thank(self) -> None:
        for giver in GIVERS:
            deed = f"@lee showed {giver} how the export filter works, so I did it alone"
            self._stage.thank(giver, self._channel, deed)

    def _wait_until_quiet(self, begun: float) -> int:
        """Wait until the trouble is over and nothing moves any more; returns after how many seconds something did."""
        last, moved = self._state(), time.monotonic()
        until = begun + self._seconds + SETTLE_SECONDS
        while self._is_busy() or time.monotonic() < begun + self._seconds:
            assert time.monotonic() < until, self._stage.log()[-3_000:]
            time.sleep(0.5)
            if (state := self._state()) != last:
                last, moved = state, time.monotonic()
        return round(moved - begun)

    def _state(self) -> int:
        return len(self._client.posted())

    def _is_busy(self) -> bool:
        # What is left to people has no moment at which it is tried again.
        in_hand = "select 1 from outboxmessage where state = 'unconfirmed' and retry_at is not null"
        return bool(self._stage.open_rows() or self._stage.rows(in_hand))

    def _count(self, prefix: str, before: int, took: int) -> Minute:
        times = Counter(one["key"] for one in self._client.posted()[before:] if "key" in one)
        mine: Sequence[str] = [
            key
            for key, state in self._stage.rows("select key, state from outboxmessage where key like ?", f"{prefix}%")
            if state not in ("queued", "dropped")
        ]
        asked_about = Counter(key.split(":")[1] for key in times if key.startswith("delivery-asked:"))
        ids = dict(self._stage.rows("select key, cast(id as varchar) from outboxmessage"))
        asked = {key: asked_about[ids[key]] for key in mine}
        return Minute(
            messages=len(mine),
            once=sum(times[key] == 1 for key in mine),
            twice=sum(times[key] > 1 for key in mine),
            asked=sum(asked.values()),
            lost=sum(not times[key] and not asked[key] for key in mine),
            seconds=took,
        )


def holds(minutes: Mapping[str, Minute]) -> bool:
    """Tell whether every bar is met: nothing is lost, and of what may not be said twice, nothing was."""
    may_not = [minute for kind, minute in minutes.items() if kind != "introductions"]
    return not any(minute.lost for minute in minutes.values()) and not any(minute.twice for minute in may_not)


def main() -> None:
    """Play each fault, print what came of it, and fail when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m chaos.bad_minute", description=__doc__)
    parser.add_argument("--seconds", type=float, default=90.0, help="for how long Slack fails, each time")
    parser.add_argument("--only", choices=FAULTS, help="one fault instead of all")
    asked = parser.parse_args()
    results: dict[str, dict[str, Minute]] = {}
    for fault in [asked.only] if asked.only else FAULTS:
        with tempfile.TemporaryDirectory(prefix="bad-minute-") as folder:
            stage = ProcessStage(
                Path(folder), WEDNESDAY, f"sqlite:///{folder}/peerloop.db", PEERLOOP_LOG_LEVEL="WARNING"
            )
            try:
                results[fault] = Play(stage, fault, asked.seconds).play()
            finally:
                stage.close()
        for kind, minute in results[fault].items():
            print(f"{fault}, {kind}: {asdict(minute)}", file=sys.stderr)
    print(json.dumps({fault: {kind: asdict(one) for kind, one in kinds.items()} for fault, kinds in results.items()}))
    sys.exit(0 if all(holds(minutes) for minutes in results.values()) else 1)


if __name__ == "__main__":
    main()
