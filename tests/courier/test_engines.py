"""What every engine keeps to, and what more the one of several processes does."""

import asyncio
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import psycopg
import pytest

from bot.courier.engine import DrainRunner, EmbeddedEngine, Engine
from bot.courier.queue import QueueEngine, Timing
from storage.database import Database
from tests.databases import on_both
from tests.effort import PATIENCE
from tests.fakes import Stopwatch
from tests.journeys.stage import ROOT
from tests.postgres import ALONE, Server, sweep

pytestmark = on_both

QUICK = Timing(sign_of_life=0.1, silence=1.0, rescue=0.2, retry=0.1)
Make = Callable[[DrainRunner], Engine]


class Sender:
    """Stands where the courier does: counts its drains, and finishes or fails when it is told to."""

    def __init__(self) -> None:
        self.begun = Counter[str]()
        self.ended = Counter[str]()
        self.failures: list[tuple[str, str]] = []
        self.fails: set[str] = set()
        self.together = 0
        self.most_together = 0
        self.may_end = threading.Event()
        self.may_end.set()
        self.slow: set[str] = set()
        self._counting = threading.Lock()

    def drain(self, workspace: str) -> None:
        with self._counting:
            self.begun[workspace] += 1
            self.together += 1
            self.most_together = max(self.most_together, self.together)
        if workspace in self.slow:
            assert self.may_end.wait(PATIENCE)
        with self._counting:
            self.together -= 1
            self.ended[workspace] += 1
        if workspace in self.fails:
            raise RuntimeError("no database")

    def failed(self, workspace: str, error: Exception) -> None:
        self.failures.append((workspace, type(error).__name__))


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
def queue_url(used_database: str) -> str:
    sweep(used_database)
    return used_database


@pytest.fixture(params=["embedded", "queue"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Give a function that makes an engine of a kind; each is stopped after the test."""
    made: list[Engine] = []
    url = request.getfixturevalue("queue_url") if request.param == "queue" else ""

    def make_one(drains: DrainRunner) -> Engine:
        made.append(QueueEngine(url, drains, "couriers", QUICK) if url else EmbeddedEngine(drains))
        return made[-1]

    yield make_one
    for engine in made:
        engine.stop()


on_the_queue = pytest.mark.parametrize("make", ["queue"], indirect=True)


def until(happened: Callable[[], bool], seconds: float = PATIENCE) -> None:
    give_up = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def wake_until(engine: Engine, workspace: str, happened: Callable[[], bool]) -> None:
    """Wake as the heartbeat does: again and again, since a single hint may be lost."""

    def has_happened() -> bool:
        engine.wake(workspace)
        time.sleep(0.05)
        return happened()

    until(has_happened)


def wake_until_drained(engine: Engine, sender: Sender, workspace: str = "T1", count: int = 1) -> None:
    wake_until(engine, workspace, lambda: sender.ended[workspace] >= count)


def wake_until_begun(engine: Engine, sender: Sender, workspace: str) -> None:
    wake_until(engine, workspace, lambda: sender.begun[workspace] == 1)


def test_a_workspace_that_is_woken_is_drained(make: Make, sender: Sender) -> None:
    engine = make(DrainRunner(sender.drain, sender.failed))
    engine.start()

    wake_until_drained(engine, sender)

    assert set(sender.begun) == {"T1"}


def test_what_comes_while_a_drain_runs_has_one_more_after_it(make: Make, sender: Sender) -> None:
    sender.slow.add("T1")
    engine = make(DrainRunner(sender.drain, sender.failed))
    engine.start()
    wake_until_drained(engine, sender, "T2")
    sender.may_end.clear()
    engine.wake("T1")
    until(lambda: sender.begun["T1"] == 1)

    for _ in range(50):
        engine.wake("T1")
    time.sleep(0.3)
    assert sender.begun["T1"] == 1
    sender.may_end.set()

    until(lambda: sender.ended["T1"] == 2)
    time.sleep(0.3)
    assert sender.begun["T1"] == 2


def test_a_slow_workspace_keeps_no_other_waiting(make: Make, sender: Sender) -> None:
    sender.slow.add("T1")
    sender.may_end.clear()
    engine = make(DrainRunner(sender.drain, sender.failed))
    engine.start()
    wake_until_begun(engine, sender, "T1")

    wake_until_drained(engine, sender, "T2")

    assert sender.ended["T1"] == 0
    sender.may_end.set()


def test_a_drain_that_fails_is_tried_again_later_and_later_and_hinders_no_other(make: Make, sender: Sender) -> None:
    stopwatch = Stopwatch()
    sender.fails.add("T1")
    engine = make(DrainRunner(sender.drain, sender.failed, stopwatch))
    engine.start()
    wake_until_drained(engine, sender)

    for wait, count in ((1, 2), (2, 3), (4, 4), (8, 5), (16, 6), (32, 7), (60, 8), (60, 9)):
        for _ in range(5):
            engine.wake("T1")
            time.sleep(0.02)
        wake_until_drained(engine, sender, "T2", count)
        assert sender.ended["T1"] == count - 1
        stopwatch.move(wait)
        wake_until_drained(engine, sender, "T1", count)
    assert sender.failures == [("T1", "RuntimeError")] * 9
    sender.fails.clear()
    stopwatch.move(60)
    wake_until_drained(engine, sender, "T1", 10)
    # Once it went well, nothing waits any more.
    wake_until_drained(engine, sender, "T1", 11)


def test_stopping_waits_for_the_drain_in_hand_and_begins_no_other(make: Make, sender: Sender) -> None:
    sender.slow.add("T1")
    sender.may_end.clear()
    engine = make(DrainRunner(sender.drain, sender.failed))
    engine.start()
    wake_until_begun(engine, sender, "T1")
    engine.wake("T1")

    stopping = threading.Thread(target=engine.stop)
    stopping.start()
    time.sleep(0.2)
    assert stopping.is_alive()
    sender.may_end.set()
    stopping.join(PATIENCE)

    assert not stopping.is_alive()
    assert sender.ended["T1"] == sender.begun["T1"] == 1
    engine.wake("T1")
    time.sleep(0.2)
    assert sender.begun["T1"] == 1


def test_an_engine_that_never_began_can_be_woken_and_stopped(make: Make, sender: Sender) -> None:
    engine = make(DrainRunner(sender.drain, sender.failed))

    engine.wake("T1")
    engine.stop()

    assert not sender.begun


@on_the_queue
def test_of_several_engines_one_drains_a_workspace_at_a_time(make: Make, sender: Sender) -> None:
    engines = [make(DrainRunner(sender.drain, sender.failed)) for _ in range(3)]
    for engine in engines:
        engine.start()

    for count in range(1, 21):
        for engine in engines:
            engine.wake("T1")
        wake_until_drained(engines[0], sender, "T1", count)

    assert sender.most_together == 1


@on_the_queue
def test_an_engine_wakes_the_couriers_of_another(make: Make, sender: Sender) -> None:
    busy, free = Sender(), sender
    busy.slow.update(f"B{number}" for number in range(4))
    busy.may_end.clear()
    first = make(DrainRunner(busy.drain, busy.failed))
    first.start()
    for number in range(4):
        wake_until_begun(first, busy, f"B{number}")
    second = make(DrainRunner(free.drain, free.failed))
    second.start()

    wake_until_drained(first, free, "T1")

    busy.may_end.set()


def test_a_wake_up_is_heard_by_the_engines_of_its_queue_alone(sender: Sender, queue_url: str) -> None:
    other = Sender()
    engines = [
        QueueEngine(queue_url, DrainRunner(one.drain, one.failed), queue, QUICK)
        for one, queue in ((sender, "T1"), (other, "T2"))
    ]
    for engine in engines:
        engine.start()

    for count in range(1, 11):
        wake_until_drained(engines[0], sender, "T1", count)
    wake_until_drained(engines[1], other, "T2")

    assert (set(sender.begun), set(other.begun)) == ({"T1"}, {"T2"})
    for engine in engines:
        engine.stop()


@on_the_queue
def test_connections_that_break_cost_a_moment(make: Make, sender: Sender, queue_url: str) -> None:
    engine = make(DrainRunner(sender.drain, sender.failed))
    engine.start()
    wake_until_drained(engine, sender)

    with psycopg.connect(queue_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(ALONE)

    wake_until_drained(engine, sender, "T1", 3)


@pytest.mark.slow
@on_the_queue
def test_the_wake_up_of_a_killed_process_is_given_again(make: Make, sender: Sender, queue_url: str) -> None:
    engine = make(DrainRunner(sender.drain, sender.failed))
    with subprocess.Popen(
        [sys.executable, "-m", "tests.courier.stuck", queue_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as stuck:
        try:
            assert stuck.stdout is not None
            assert stuck.stdout.readline() == "draining T1\n"
            engine.start()
            for _ in range(10):
                engine.wake("T1")
                time.sleep(2 * QUICK.silence / 10)
            assert not sender.begun
        finally:
            stuck.kill()

    wake_until_drained(engine, sender)

    with psycopg.connect(queue_url.replace("+psycopg", ""), autocommit=True) as connection:
        # The last wake-up may have come while the drain it asked for was under way.
        jobs = "select count(*) from procrastinate.procrastinate_jobs"
        until(lambda: connection.execute(jobs).fetchone() == (0,))
        engine.stop()
        assert connection.execute("select count(*) from procrastinate.procrastinate_workers").fetchone() == (0,)


def test_an_engine_that_starts_before_its_tables_begins_when_they_are_there(postgres: Server, sender: Sender) -> None:
    with postgres.database() as url:
        engine = QueueEngine(url, DrainRunner(sender.drain, sender.failed), "couriers", QUICK)
        engine.start()
        time.sleep(0.5)
        engine.wake("T1")
        database = Database(url)
        database.migrate()
        database.close()

        try:
            wake_until_drained(engine, sender)
        finally:
            engine.stop()


class EngineWithASwallowedEnd(QueueEngine):
    """Its look for dead workers answers its cancellation with an error, as the driver now and then does."""

    async def _rescue(self) -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            raise OSError from None


def test_an_engine_ends_when_the_driver_answers_a_cancellation_with_an_error(queue_url: str, sender: Sender) -> None:
    engine = EngineWithASwallowedEnd(queue_url, DrainRunner(sender.drain, sender.failed), "couriers", QUICK)
    engine.start()
    wake_until_drained(engine, sender)
    time.sleep(2 * QUICK.rescue)

    ending = threading.Thread(target=engine.stop, daemon=True)
    ending.start()
    ending.join(PATIENCE)

    assert not ending.is_alive()


def test_tables_of_another_version_of_the_queue_are_made_anew_and_ours_stay(postgres: Server) -> None:
    with postgres.database() as url, psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        database = Database(url)
        database.migrate()
        connection.execute("insert into seen values ('T1', 'act', now())")
        connection.execute("insert into procrastinate.procrastinate_workers default values")

        database.migrate()
        kept = connection.execute("select count(*) from procrastinate.procrastinate_workers").fetchone()
        connection.execute("comment on schema procrastinate is '1.0'")
        database.migrate()

        assert kept == (1,)
        assert connection.execute("select count(*) from procrastinate.procrastinate_workers").fetchone() == (0,)
        assert connection.execute("select count(*) from seen").fetchone() == (1,)
        database.close()
