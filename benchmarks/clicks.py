"""What a person's own act costs while eight act at once and a courier empties a big outbox, on either database.

An act is a tap on a prompt: one transaction that reads, adds a row and queues an edit; each of the eight waits a
moment between two. On PostgreSQL the courier is a process of its own, on SQLite a thread of the same one, as it is
in the bot. Slack answers at once. With `--pace slack` it sends
five messages a second, as Slack allows, with `--pace none` as many as it can. Both databases write to the disk
before they say so.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from bot.blocks.names import CommandNames
from bot.clock import SystemClock
from bot.courier import Courier, Library
from bot.domain.identity import Actor, Tenant
from bot.domain.messages import MessageKind
from bot.domain.pacing import SLACK_PACE, Limit, Method, Pace
from bot.domain.prompts import TapKind
from bot.gateway import SlackGateway
from bot.library import load_guides, load_prompts, load_thesaurus
from bot.services.communities.prompts import PromptService
from storage.communities import Community
from storage.database import Database
from storage.kudos import Kudos, KudosPost, KudosReceiver
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.prompts import PromptPost
from tests.postgres import start
from tests.tiny_slack import TinySlack

ROOT = Path(__file__).parents[1]
TENANT = Tenant("T0LOCAL1")
NO_LIMIT = Pace({method: Limit(1_000_000, timedelta(minutes=1)) for method in Method}, timedelta(0))
PEOPLE = 8
WAITING = 20_000
BETWEEN_ACTS = 0.05
PATIENCE = 30.0


def main() -> None:
    """Measure and print, or, as the child of a measurement, be the courier."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=100, help="acts of each of the eight")
    parser.add_argument("--pace", choices=("slack", "none"), default="slack")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--be-the-courier", nargs=2, metavar=("URL", "SLACK"), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.be_the_courier:
        url, slack = wanted.be_the_courier
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        send(a_courier(Database(url), slack, wanted.pace), threading.Event())
        return
    result: dict[str, Any] = {"acts": PEOPLE * wanted.acts, "pace": wanted.pace}
    with tempfile.TemporaryDirectory() as name:
        for kind, make in (("sqlite", sqlite), ("postgresql", postgresql)):
            with make(Path(name)) as url:
                result |= {f"{kind}_{key}": value for key, value in measure(url, wanted.acts, wanted.pace).items()}
    if wanted.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            print(f"{key:32} {value}")


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """Give the address of a file."""
    yield f"sqlite:///{folder / 'peerloop.db'}"


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Give the address of a database of a server that is as careful as it is by default."""
    inside = folder / "postgresql"
    inside.mkdir()
    folder.chmod(0o711)
    process, server = start(inside, {})
    with server.database() as url:
        yield url
    process.send_signal(signal.SIGINT)
    process.wait()


def measure(url: str, acts: int, pace: str) -> dict[str, float]:
    """Act while nothing is sent, and while a courier sends."""
    database, slack = Database(url), TinySlack()
    posts = fill(database)
    idle = all_act(database, posts[0], acts)
    with sending(database, slack.url, pace):
        wait_for_messages(database, 1)
        begin, before = time.perf_counter(), count_sent(database)
        busy = all_act(database, posts[1], acts)
        rate = (count_sent(database) - before) / (time.perf_counter() - begin)
    slack.stop()
    database.close()
    return {
        "idle_p50_ms": in_ms(statistics.median(idle)),
        "idle_p99_ms": in_ms(statistics.quantiles(idle, n=100)[98]),
        "busy_p50_ms": in_ms(statistics.median(busy)),
        "busy_p99_ms": in_ms(statistics.quantiles(busy, n=100)[98]),
        "busy_max_ms": in_ms(max(busy)),
        "sent_a_second": round(rate, 1),
    }


@contextmanager
def sending(database: Database, slack: str, pace: str) -> Iterator[None]:
    """Let a courier send while the block runs."""
    if database.url.startswith("sqlite"):
        courier, stopping = a_courier(database, slack, pace), threading.Event()
        thread = threading.Thread(target=send, args=(courier, stopping))
        thread.start()
        yield
        stopping.set()
        courier.stop()
        thread.join()
        return
    command = [sys.executable, "-m", "benchmarks.clicks", "--be-the-courier", database.url, slack, "--pace", pace]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield
        finally:
            process.terminate()


def a_courier(database: Database, slack: str, pace: str) -> Courier:
    """Make a courier between a database and a Slack."""
    gateway = SlackGateway(WebClient(token="xoxb-1", base_url=slack, retry_handlers=[]))  # noqa: S106 - no secret
    library = Library(CommandNames(), load_prompts(), load_guides(), load_thesaurus())
    return Courier(
        database, gateway, TENANT.key, library, SystemClock(), pace=SLACK_PACE if pace == "slack" else NO_LIMIT
    )


def send(courier: Courier, stopping: threading.Event) -> None:
    """Look again and again for what may be sent, as the heartbeat does."""
    while not stopping.wait(0.1):
        courier.drain_all()


def fill(database: Database) -> list[int]:
    """Store a community with two prompts, and thanks to be posted in thousands of channels; return the prompts."""
    database.migrate()
    now = datetime.now(UTC)
    with database.write() as session:
        community = Community(
            workspace=TENANT.key,
            channel_id="C1",
            purpose="Getting better at planning, together.",
            zone="UTC",
            prompt_weekday=1,
            prompt_at=time_of_day(10, 0),
            round_weeks=1,
            created_by="UA",
            created_at=now,
        )
        session.add(community)
        session.flush()
        thanks = Kudos(
            workspace=TENANT.key, community_id=community.id, giver="UA", deed="d", effect="", tag=None, given_at=now
        )
        posts = [
            PromptPost(
                workspace=TENANT.key,
                community_id=community.id,
                prompt_id="tools-01",
                cycle=1,
                due_at=now + timedelta(days=day),
                posted_on=(now + timedelta(days=day)).date(),
            )
            for day in range(2)
        ]
        thanked = KudosPost(workspace=TENANT.key, community_id=community.id, posted_at=now)
        session.add_all([thanks, thanked, *posts])
        session.flush()
        session.add(KudosReceiver(kudos_id=thanks.id, user_id="UB", workspace=TENANT.key, post_id=thanked.id))
        for number in range(WAITING):
            outbox.add(
                session,
                TENANT.key,
                f"kudos:{number}",
                MessageKind.KUDOS,
                subject=thanked.id,
                now=now,
                channel_id=f"C{number}",
            )
        return [post.id for post in posts]


def all_act(database: Database, post_id: int, acts: int) -> list[float]:
    """Let eight people tap at once, again and again; return the seconds of each tap."""
    service, seconds = PromptService(database, load_prompts()), list[float]()

    def act(person: int) -> None:
        for number in range(acts):
            who = Actor(TENANT, f"U{person}-{number}", f"tap:{person}:{number}")
            begin = time.perf_counter()
            service.tap(who, post_id, TapKind.DID, datetime.now(UTC))
            seconds.append(time.perf_counter() - begin)
            time.sleep(BETWEEN_ACTS)

    threads = [threading.Thread(target=act, args=(person,)) for person in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seconds) == PEOPLE * acts
    return seconds


def wait_for_messages(database: Database, count: int) -> None:
    """Wait until so many were sent."""
    give_up = time.monotonic() + PATIENCE
    while count_sent(database) < count:
        assert time.monotonic() < give_up
        time.sleep(0.05)


def count_sent(database: Database) -> int:
    """Count what was sent so far."""
    with database.read() as session:
        return outbox.count_states(session, [TENANT.key]).get(OutboxState.SENT, 0)


def in_ms(seconds: float) -> float:
    """Round seconds to tenths of milliseconds."""
    return round(seconds * 1000, 1)


if __name__ == "__main__":
    main()
