"""How long a round's start takes in the product, from the due row to the commit, and how much memory.

A community stands in its database whose people have said nothing yet, or say `--skilled` what they offer and
want; `--twice` lets all of them take part in a second one too. Nobody else can write while a transaction that writes
is open: the longest of them is what a person may wait for. Meanwhile somebody presses a button ten times a second, and
what was refused is counted.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, Self

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, func, select

from benchmarks.companies import draw_company
from benchmarks.proofs import peak_mb
from bot.domain.cadence import Weekly
from bot.domain.schedule import DueKind
from bot.library import load_guides
from bot.services.rounds.rounds import RoundService
from storage import activity, due
from storage.bulk import insert_rows
from storage.communities import Community
from storage.database import Database
from storage.members import Membership, Part, Person
from storage.offers import Topic
from storage.outbox.outbox import OutboxMessage
from storage.privacy.vault import Vault
from storage.rounds.rounds import Group, Introduced, Lesson, Seat

WORKSPACE, BERLIN = "T0LOCAL1", "Europe/Berlin"
# A Monday on which everybody's hours are open.
MORNING = datetime(2026, 11, 23, 8, 35, tzinfo=UTC)
_WRITTEN: tuple[type[SQLModel], ...] = (Group, Seat, Introduced, Lesson, OutboxMessage)


class TimedDatabase(Database):
    """A database that remembers how long transactions that write were open."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.locks: list[float] = []
        self.locks_cpu: list[float] = []
        self.statements = 0
        event.listen(self._engine, "before_cursor_execute", self._count)

    def _count(self, *_about: object) -> None:
        # Those of the other person are not the round's.
        self.statements += threading.current_thread() is threading.main_thread()

    @contextmanager
    def write(self, workspace: str = "", *, is_fact: bool = False) -> Iterator[Session]:
        """Open a transaction that writes."""
        with super().write(workspace, is_fact=is_fact) as session:
            begin, used = time.perf_counter(), time.thread_time()
            yield session
        if threading.current_thread() is threading.main_thread():
            self.locks.append(time.perf_counter() - begin)
            self.locks_cpu.append(time.thread_time() - used)


class Somebody:
    """A person who does something ten times a second, as long as the block runs."""

    def __init__(self, database: Database) -> None:
        # As in the bot, whose threads take turns.
        self._database = database.with_short_lock_timeout()
        self._over = threading.Event()
        self._acting = threading.Thread(target=self._act)
        self.acts = self.refused = 0

    def __enter__(self) -> Self:
        self._acting.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._over.set()
        self._acting.join()

    def _act(self) -> None:
        while not self._over.wait(0.1):
            self.acts += 1
            try:
                with self._database.write(WORKSPACE) as session:
                    activity.note_act(session, WORKSPACE, "U000001", MORNING)
            except OperationalError:
                self.refused += 1


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.round_start", description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--skilled", action="store_true", help="people offer and want something")
    parser.add_argument("--twice", action="store_true", help="everybody takes part in a second community too")
    parser.add_argument("--database", help="an empty one's address; without it, an SQLite file that is thrown away")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = wanted.database or f"sqlite:///{Path(name) / 'peerloop.db'}"
        result = measure(url, wanted.people, wanted.seed, is_skilled=wanted.skilled, is_twice=wanted.twice)
    if wanted.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            print(f"{key:16} {value}")


def measure(url: str, people: int, seed: int, *, is_skilled: bool, is_twice: bool = False) -> dict[str, Any]:
    """Start one round of so many people in an empty database."""
    database = TimedDatabase(url)
    database.migrate()
    fill(database, people, seed, is_skilled=is_skilled, is_twice=is_twice)
    with database.read() as session:
        row = due.find_due(session, WORKSPACE, DueKind.ROUND, "1")
    assert row is not None
    database.locks, database.locks_cpu, database.statements = [], [], 0
    begin, used = time.perf_counter(), time.process_time()
    with Somebody(database) as somebody:
        RoundService(database, load_guides(), Vault()).start(row, MORNING)
    seconds, busy = time.perf_counter() - begin, time.process_time() - used
    with database.read() as session:
        written = {
            str(table.__tablename__): session.exec(select(func.count()).select_from(table)).one() for table in _WRITTEN
        }
    database.close()
    return {
        "people": people,
        "database": url.partition(":")[0],
        "seconds": round(seconds, 2),
        "cpu_seconds": round(busy, 2),
        "longest_lock_ms": round(max(database.locks) * 1_000),
        "longest_lock_cpu_ms": round(max(database.locks_cpu) * 1_000),
        "locks": len(database.locks),
        "statements": database.statements,
        "acts": somebody.acts,
        "refused": somebody.refused,
        "peak_mb": round(peak_mb(), 1),
        **written,
    }


def fill(database: Database, people: int, seed: int, *, is_skilled: bool, is_twice: bool = False) -> None:
    """Store one community in which all take part, or two, and their rounds that are due."""
    ids = [f"U{place:06}" for place in range(people)]
    with database.write() as session:
        numbers = [_add_community(session, channel) for channel in ("C0LEARNING", "C0SECOND")[: 1 + is_twice]]
        here = {"workspace": WORKSPACE}
        insert_rows(session, Person, ({**here, "user_id": one, "zone": BERLIN, "onboarded_at": MORNING} for one in ids))
        part = {**here, "part": Part.IN, "changed_at": MORNING - timedelta(weeks=1)}
        for number in numbers:
            insert_rows(session, Membership, ({**part, "community_id": number, "user_id": one} for one in ids))
        insert_rows(session, Topic, _topics(people, seed) if is_skilled else ())
        rhythm = Weekly(0, time_of_day(8, 0), BERLIN, 1)
        for number in numbers:
            due.set_due(session, WORKSPACE, DueKind.ROUND, str(number), MORNING, rhythm.encode())


def _add_community(session: Session, channel_id: str) -> int:
    community = Community(
        workspace=WORKSPACE,
        channel_id=channel_id,
        purpose="Getting better at planning, together.",
        zone=BERLIN,
        prompt_weekday=1,
        prompt_at=MORNING.time(),
        round_weeks=1,
        created_by="U0JONAS",
        created_at=MORNING,
    )
    session.add(community)
    session.flush()
    return community.id


def _topics(people: int, seed: int) -> Iterator[Mapping[str, object]]:
    for member in draw_company(people, seed):
        for kind, topics in (("offer", member.offers), ("want", member.wants)):
            for topic in sorted(topics):
                about = {"kind": kind, "topic": topic, "key": topic, "said_at": MORNING}
                yield {"workspace": WORKSPACE, "user_id": member.id, **about}


if __name__ == "__main__":
    main()
