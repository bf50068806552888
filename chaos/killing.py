"""Rounds in a large community while the bot's processes are killed at random instants."""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from chaos.company import WEDNESDAY, gather, working_hours
from chaos.counts import Counts, count
from chaos.visitors import Visitors
from tests.journeys.stage import ProcessStage

KILLED = -9
SETTLE_SECONDS = 1_800
# As long as the real Slack takes to answer, so that many a kill falls between a message and its record.
SLACK_SECONDS = 0.15
# One kill in so many comes while a bot starts; before the others, work has moved on, however slow the machine is.
STARTING = 4
MOVED_SECONDS = 10.0
LONGEST_SECONDS = 1.0
POSTING, LOSS = "chat.postMessage", "reset_after"
CAUSED_BY_VISITORS = ("kudos", "prompt.edit")
# Spread over the hours of a week: no hour takes more than this share of all kills, or a couple.
SHARE_OF_AN_HOUR, FEWEST_IN_AN_HOUR = 0.25, 2


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Args:
        kills: How often a process is killed.
        seed: What the chance comes from.
        people: How many are in the community.
        processes: How many run at a time.
        lost_answers: The share of posts that Slack takes, and whose connection breaks before it says so.
    """

    kills: int
    seed: int
    people: int
    processes: int
    lost_answers: float = 0.0


def play(folder: Path, database_url: str, wanted: Wanted) -> Counts:
    """Play weeks until all kills are done, let the last week come to its end, and count."""
    with _on_stage(folder, database_url) as stage:
        play = Killing(stage, wanted)
        play.play()
        return count(stage, play.weeks, play.people, play.visitors, play.kills, play.lost_answers)


@contextmanager
def _on_stage(folder: Path, database_url: str) -> Iterator[ProcessStage]:
    stage = ProcessStage(folder, WEDNESDAY, database_url, PEERLOOP_LOG_LEVEL="WARNING")
    try:
        yield stage
    finally:
        stage.close()


class Killing:
    """One run.

    Args:
        stage: The local workspace with one bot in it.
        wanted: What is asked for.
    """

    def __init__(self, stage: ProcessStage, wanted: Wanted) -> None:
        self._stage = stage
        self._wanted = wanted
        self._chance = random.Random(wanted.seed)  # noqa: S311 - to be repeatable, not secret
        self.kills = 0
        self.lost_answers = 0
        self.weeks = 0
        channel, self.people = gather(stage, wanted.people)
        self.visitors = Visitors(stage.client.base_url, channel, self.people, random.Random(wanted.seed + 1))  # noqa: S311

    def play(self) -> None:
        """Play weeks until all kills are done, and the last of them to its end."""
        assert self._stage.bot is not None
        # From here on none of them is the first among equals.
        self._stage.others, self._stage.bot = [self._stage.bot], None
        while len(self._stage.others) < self._wanted.processes:
            self._stage.others.append(self._stage.launch(_log_name(len(self._stage.others))))
        # The first that fits is met, so the loss comes before what each post takes.
        if self._wanted.lost_answers:
            self._stage.client.fault(LOSS, POSTING, share=self._wanted.lost_answers, seed=self._wanted.seed)
        self._stage.client.fault("slow_before", POSTING, share=0.5, delay=SLACK_SECONDS)
        self._stage.client.fault("slow_after", POSTING, share=1, delay=SLACK_SECONDS)
        self.visitors.arrive()
        try:
            while self.kills < self._wanted.kills:
                self._play_week()
        finally:
            self.visitors.leave()
        self._stage.client.move_clock(by=timedelta(hours=3), frozen=True)
        self._stage.settle(SETTLE_SECONDS)
        self.lost_answers = sum(fault["met"] for fault in self._stage.client.faults() if fault["what"] == LOSS)

    def _play_week(self) -> None:
        self.weeks += 1
        for moment in working_hours(self.weeks - 1):
            self._stage.client.move_clock(to=moment, frozen=True)
            self._kill_while_there_is_work()
            until = time.monotonic() + SETTLE_SECONDS
            while work := self._work():
                assert time.monotonic() < until, work[:9]
                time.sleep(0.1)
        acts = ", ".join(f"{count} {kind}" for kind, count in self.visitors.confirmed_by_kind.items())
        print(f"week {self.weeks}: {self.kills} kills; confirmed: {acts}", file=sys.stderr)

    def _kill_while_there_is_work(self) -> None:
        most = max(FEWEST_IN_AN_HOUR, round(self._wanted.kills * SHARE_OF_AN_HOUR))
        until = min(self._wanted.kills, self.kills + most)
        while self.kills < until:
            self._wait_for_the_instant()
            if not self._work():
                return
            self._kill(self._chance.randrange(self._wanted.processes))

    def _wait_for_the_instant(self) -> None:
        before = self._work()
        until = time.monotonic() + (MOVED_SECONDS if self._chance.randrange(STARTING) else 0.0)
        while time.monotonic() < until and self._work() == before:
            time.sleep(0.05)
        time.sleep(self._chance.uniform(0.0, LONGEST_SECONDS))

    def _work(self) -> list[tuple[Any, ...]]:
        """Return what is still to be done in this hour; what the visitors cause has no end while they are there."""
        return [row for row in self._stage.open_rows() if row[0] not in CAUSED_BY_VISITORS]

    def _kill(self, number: int) -> None:
        bot = self._stage.others[number]
        bot.kill()
        # One that had ended by itself would be a failure that a restart hides.
        assert bot.wait() == KILLED, self._stage.log()[-3_000:]
        self.kills += 1
        self._stage.others[number] = self._stage.launch(_log_name(number))


def _log_name(number: int) -> str:
    return "bot.log" if number == 0 else f"bot-{number + 1}.log"
