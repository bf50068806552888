"""What it costs to find somebody for a person while a round runs, and how long nobody else can write meanwhile.

The database is a year old.
Somebody wants another partner; looks once more; somebody joins late and is placed; those who are left over are placed.
`lock_ms` is the longest time that one transaction kept others from writing, `total_ms` the whole. Those with `cpu`
count this process's own work alone, by which a machine with other things to do can be judged.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlmodel import Session

from benchmarks import aged
from benchmarks.years import NOW, WORKSPACE
from bot.domain.identity import Actor, Profile, Tenant
from bot.domain.schedule import DueKind
from bot.library import load_guides
from bot.services.members.members import MemberService
from bot.services.rounds.rounds import RoundService
from storage import due
from storage.communities import Community
from storage.database import Database
from storage.rounds import rounds
from storage.rounds.rounds import SeatState


# In milliseconds, at any size and with any length of history.
class WatchedDatabase(Database):
    """A database that remembers how long each transaction kept others from writing."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.taken: list[tuple[float, float]] = []

    @contextmanager
    def write(self, workspace: str = "", *, is_fact: bool = False) -> Iterator[Session]:
        """Open a transaction that writes."""
        with super().write(workspace, is_fact=is_fact) as session:
            begin = _clocks()
            yield session
            session.flush()
            self.taken.append(_since(begin))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.swap", description=__doc__)
    aged.add_arguments(parser)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    result: dict[str, Any] = {"people": wanted.people, "rounds": wanted.rounds}
    for kind in wanted.kind or aged.KINDS:
        with aged.copied(kind, aged.size_of(wanted)) as url:
            result |= {f"{kind}_{key}": value for key, value in measure(url, wanted.runs).items()}
    if wanted.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            print(f"{key:32} {value}")


def measure(url: str, runs: int) -> dict[str, float]:
    """Return the median milliseconds of each piece of work, and of its longest transaction that writes."""
    database = WatchedDatabase(url)
    service, members = RoundService(database, load_guides(), aged.VAULT), MemberService(database)
    with database.read() as session:
        community = session.get_one(Community, 1)
        this_round = rounds.find_open_round(session, WORKSPACE, community.id, NOW)
        assert this_round is not None
        open_groups = set(rounds.list_open_groups(session, this_round))
        seats = rounds.list_placed(session, this_round)
    seated = iter([one for one in seats if one.state == SeatState.SEATED and one.group_id in open_groups][::7])
    looking = iter([one for one in seats if one.state == SeatState.LOOKING] * runs)
    newcomers = count()

    def place() -> None:
        with database.read() as session:
            row = due.find_due(session, WORKSPACE, DueKind.PLACE, str(community.id))
        assert row is not None
        service.place(row, NOW)

    def swap() -> None:
        one = next(seated)
        assert one.group_id is not None
        service.swap(_actor(one.user_id), one.group_id, NOW)

    def join_late() -> None:
        newcomer = f"UX{next(newcomers):06}"
        members.join(_actor(newcomer), community.channel_id, Profile(newcomer, zone=community.zone), NOW)
        place()

    def leave() -> None:
        one = next(seated)
        members.leave(_actor(one.user_id), None, NOW)
        place()

    work: dict[str, Callable[[], object]] = {
        "placing": leave,
        "swap": swap,
        "try_again": lambda: service.try_again(_actor(next(looking).user_id), community.id, NOW),
        "late_joiner": join_late,
    }
    result: dict[str, float] = {}
    for name, act in work.items():
        act()
        locks, totals = [], []
        for _ in range(runs):
            database.taken.clear()
            begin = _clocks()
            act()
            totals.append(_since(begin))
            locks.append(max(database.taken, key=lambda one: one[1]))
        for what, taken in (("lock", locks), ("total", totals)):
            for unit, seconds in zip(("ms", "cpu_ms"), zip(*taken, strict=True), strict=True):
                result[f"{name}_{what}_{unit}"] = round(statistics.median(seconds) * 1_000, 1)
    database.close()
    return result


def _actor(user_id: str) -> Actor:
    return Actor(Tenant(WORKSPACE), user_id, f"act-{user_id}")


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(begin: tuple[float, float]) -> tuple[float, float]:
    now = _clocks()
    return now[0] - begin[0], now[1] - begin[1]


if __name__ == "__main__":
    main()
