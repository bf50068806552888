"""How long a round's start takes in the product, from the due row to the commit, and how much memory.

A community stands in its database whose people have said nothing yet, or say `--skilled` what they offer and
want. Planning is timed apart from writing: nobody else can write only during the latter.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, func, select

from benchmarks.companies import draw_company
from benchmarks.proofs import peak_mb
from bot.domain.cadence import Weekly
from bot.domain.schedule import DueKind
from bot.library import load_guides
from bot.services.rounds.rounds import RoundService
from storage import due
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

    write_seconds = 0.0
    write_cpu_seconds = 0.0

    @contextmanager
    def write(self, workspace: str = "", *, is_fact: bool = False) -> Iterator[Session]:
        """Open a transaction that writes."""
        begin, used = time.perf_counter(), time.process_time()
        with super().write(workspace, is_fact=is_fact) as session:
            yield session
        self.write_seconds += time.perf_counter() - begin
        self.write_cpu_seconds += time.process_time() - used


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.round_start", description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--skilled", action="store_true", help="people offer and want something")
    parser.add_argument("--database", help="an empty one's address; without it, an SQLite file that is thrown away")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = wanted.database or f"sqlite:///{Path(name) / 'peerloop.db'}"
        result = measure(url, wanted.people, wanted.seed, is_skilled=wanted.skilled)
    if wanted.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            print(f"{key:16} {value}")


def measure(url: str, people: int, seed: int, *, is_skilled: bool) -> dict[str, Any]:
    """Start one round of so many people in an empty database."""
    database = TimedDatabase(url)
    database.migrate()
    fill(database, people, seed, is_skilled=is_skilled)
    with database.read() as session:
        row = due.find_due(session, WORKSPACE, DueKind.ROUND, "1")
    assert row is not None
    database.write_seconds = database.write_cpu_seconds = 0.0
    begin, used = time.perf_counter(), time.process_time()
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
        "write_seconds": round(database.write_seconds, 2),
        "write_cpu_seconds": round(database.write_cpu_seconds, 2),
        "peak_mb": round(peak_mb(), 1),
        **written,
    }


def fill(database: Database, people: int, seed: int, *, is_skilled: bool) -> None:
    """Store one community in which all take part, and its round that is due."""
    ids = [f"U{place:06}" for place in range(people)]
    with database.write() as session:
        community = Community(
            workspace=WORKSPACE,
            channel_id="C0LEARNING",
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
        assert community.id == 1
        here = {"workspace": WORKSPACE}
        insert_rows(session, Person, ({**here, "user_id": one, "zone": BERLIN, "onboarded_at": MORNING} for one in ids))
        part = {**here, "community_id": 1, "part": Part.IN, "changed_at": MORNING}
        insert_rows(session, Membership, ({**part, "user_id": one} for one in ids))
        insert_rows(session, Topic, _topics(people, seed) if is_skilled else ())
        rhythm = Weekly(0, time_of_day(8, 0), BERLIN, 1)
        due.set_due(session, WORKSPACE, DueKind.ROUND, "1", MORNING, rhythm.encode())


def _topics(people: int, seed: int) -> Iterator[Mapping[str, object]]:
    for member in draw_company(people, seed):
        for kind, topics in (("offer", member.offers), ("want", member.wants)):
            for topic in sorted(topics):
                about = {"kind": kind, "topic": topic, "key": topic, "said_at": MORNING}
                yield {"workspace": WORKSPACE, "user_id": member.id, **about}


if __name__ == "__main__":
    main()
