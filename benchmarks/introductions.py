"""How fast a big round's introductions go out under Slack's limits, and what a person's own act costs meanwhile.

Slack is the local workspace with its rate limits on. `--speed` makes its minutes, and the bot's pace, so many
times shorter; 1 is Slack's own speed, at which two thousand introductions take forty minutes.
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
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

from bot.app import Bot
from bot.config import read_settings
from bot.domain.cadence import Weekly
from bot.domain.pacing import SLACK_PACE, Pace
from bot.domain.schedule import DueKind
from playground.client import RunningWorkspace, WorkspaceClient
from storage import due
from storage.communities import Community
from storage.database import Database
from storage.members import Membership, Part, Person

ROOT = Path(__file__).parents[1]
WORKSPACE, BERLIN = "T0LOCAL1", "Europe/Berlin"
# A Monday on which everybody's hours are open for long enough.
MORNING = datetime(2026, 11, 23, 8, 35, tzinfo=UTC)
WHO = "U0JONAS"
PAUSE_SECONDS = 1.0
GIVE_UP_SECONDS = 30.0
IDLE_ACTS = 40
# Each acts seldom, as people do; one alone would soon look through thousands of answers for the newest.
ACTING = 40


def main() -> None:
    """Measure and print, or, as the child of a measurement, be the bot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=2_000)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--database", help="an address; without it, an SQLite file that is thrown away")
    parser.add_argument("--be-the-bot", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.be_the_bot:
        run_bot(wanted.speed)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = wanted.database or f"sqlite:///{folder / 'peerloop.db'}"
        workspace = RunningWorkspace(ROOT / "manifest.yml", folder / "workspace", "--now", MORNING.isoformat())
        try:
            result = measure(workspace, url, wanted.groups, wanted.speed)
        finally:
            workspace.stop()
    if wanted.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            print(f"{key:26} {value}")


def measure(workspace: RunningWorkspace, url: str, groups: int, speed: float) -> dict[str, Any]:
    """Let one round go out while somebody acts again and again."""
    client = workspace.client
    channel = client.channel("learning", WHO)
    client.invite(WHO, channel)
    people = [client.add_person(f"p{number}", f"Person {number}")["id"] for number in range(2 * groups)]
    acting = [client.add_person(f"a{number}", f"Actor {number}")["id"] for number in range(ACTING)]
    for one in acting:
        client.join(one, channel)
    database = Database(url)
    fill(database, channel, people)
    bot = start_bot(workspace, url, speed)
    try:
        client.wait_until_connected()
        idle = [act(client, channel, acting, number) for number in range(IDLE_ACTS)]
        client.set_limits(on=True, speed=speed)
        with database.write() as session:
            rhythm = Weekly(0, time_of_day(8, 0), BERLIN, 1)
            due.set_due(session, WORKSPACE, DueKind.ROUND, "1", MORNING, rhythm.encode())
        busy, seconds = act_until(client, channel, acting, groups)
        methods = client.limits()["methods"]
    finally:
        bot.send_signal(signal.SIGTERM)
        bot.wait(15)
        database.close()
    opened = methods["conversations.open"]
    return {
        "introductions": groups,
        "speed": speed,
        "seconds": round(seconds, 1),
        "share_of_the_rate": opened["used"],
        "refused": sum(method["refused"] for method in methods.values()),
        "acts": len(busy),
        "act_idle_p50_ms": in_ms(statistics.median(idle)),
        "act_p50_ms": in_ms(statistics.median(busy)),
        "act_p99_ms": in_ms(statistics.quantiles(busy, n=100)[98]),
    }


def fill(database: Database, channel: str, people: list[str]) -> None:
    """Store one community in which all these people take part."""
    database.migrate()
    with database.write() as session:
        community = Community(
            workspace=WORKSPACE,
            channel_id=channel,
            purpose="Getting better at planning, together.",
            zone=BERLIN,
            prompt_weekday=1,
            prompt_at=MORNING.time(),
            round_weeks=1,
            created_by=WHO,
            created_at=MORNING,
        )
        session.add(community)
        session.flush()
        for one in people:
            session.add(Person(workspace=WORKSPACE, user_id=one, zone=BERLIN, onboarded_at=MORNING))
            session.add(
                Membership(
                    workspace=WORKSPACE, community_id=community.id, user_id=one, part=Part.IN, changed_at=MORNING
                )
            )


def start_bot(workspace: RunningWorkspace, url: str, speed: float) -> "subprocess.Popen[bytes]":
    """Start the bot as a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    environment |= {
        "SLACK_BOT_TOKEN": "xoxb-local-workspace",
        "SLACK_APP_TOKEN": "xapp-local-workspace",
        "SLACK_API_URL": f"{workspace.base_url}api/",
        "PEERLOOP_CLOCK_URL": f"{workspace.base_url}clock",
        "DATABASE_URL": url,
    }
    command = [sys.executable, "-m", "benchmarks.introductions", "--be-the-bot", "--speed", str(speed)]
    return subprocess.Popen(command, env=environment, cwd=ROOT)


def run_bot(speed: float) -> None:
    """Be `peerloop run`, with a pace that fits the workspace's speed."""
    settings = read_settings(os.environ)
    # Bolt would find it here too, and say that it does not need it.
    del os.environ["SLACK_BOT_TOKEN"]
    bot = Bot(settings, pace=faster(SLACK_PACE, speed))
    signal.signal(signal.SIGTERM, lambda *_: bot.ask_to_stop())
    bot.start()
    bot.wait()
    bot.stop()
    os._exit(0)


def faster(pace: Pace, speed: float) -> Pace:
    """Make every span of a pace shorter, but for what calls take to travel."""
    travel = timedelta(seconds=0.5)
    limits = {
        method: replace(limit, span=(limit.span - travel) / speed + travel) for method, limit in pace.limits.items()
    }
    return Pace(limits, pace.rest / speed)


def act(client: WorkspaceClient, channel: str, acting: Sequence[str], number: int) -> float:
    """Let the next one type a command that is written down; return the seconds until its answer is there."""
    times, place = divmod(number, len(acting))
    who = acting[place]
    known = {message["ts"] for message in client.messages(who, channel)}
    begin = time.perf_counter()
    client.command(who, channel, "/learn", ("pause 1w", "resume")[times % 2])
    while all(message["ts"] in known for message in client.messages(who, channel)):
        if time.perf_counter() - begin > GIVE_UP_SECONDS:
            raise TimeoutError("an act was not answered")
        time.sleep(0.005)
    return time.perf_counter() - begin


def act_until(client: WorkspaceClient, channel: str, acting: Sequence[str], groups: int) -> tuple[list[float], float]:
    """Act until all introductions stand in the workspace's record; return the seconds of each act, and of all."""
    begin, busy, number = time.perf_counter(), [], IDLE_ACTS
    done = threading.Event()

    def watch() -> None:
        while client.limits()["methods"].get("conversations.open", {}).get("allowed", 0) < groups:
            time.sleep(1)
        done.set()

    threading.Thread(target=watch, daemon=True).start()
    while not done.wait(PAUSE_SECONDS):
        busy.append(act(client, channel, acting, number))
        number += 1
    return busy, time.perf_counter() - begin


def in_ms(seconds: float) -> float:
    """Round seconds to tenths of milliseconds."""
    return round(seconds * 1000, 1)


if __name__ == "__main__":
    main()
