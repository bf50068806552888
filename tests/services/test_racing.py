"""Limits and "once" with several processes on one database, each with many threads."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.domain.messages import MessageKind
from storage.database import Database
from storage.goals import Goal
from storage.kudos import Kudos
from tests.databases import on_both, on_postgresql
from tests.factories import add_community, add_members, messages, rows

pytestmark = on_both

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@on_postgresql
def test_three_processes_pass_no_limit_and_do_nothing_twice(database: Database) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB", "UC")
    start = str(time.time() + 5)
    command = [sys.executable, "-m", "tests.racer", database.url, start]
    racers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]

    told = [[int(word) for word in racer.communicate(timeout=60)[0].split()] for racer in racers]

    # Three goals may be open, five thanks are given a day, each of three acts counts once, one row was due once.
    assert [sum(counts) for counts in zip(*told, strict=True)] == [3, 5, 3, 1]
    assert len(rows(database, Goal)) == 3
    assert len(rows(database, Kudos)) == 8
    # Three of them at once, the others together in one more message.
    assert len(messages(database, MessageKind.KUDOS)) == 4
