"""How soon the bot acknowledges while fifty people click at once, beside a bare Bolt app that only acknowledges.

Slack is the local workspace. Each person presses the buttons of a prompt and types commands that read and write, one
after another, with a pause in between that is redrawn each time. The time is from the act until Slack has the
acknowledgement, the local workspace's own work included, for both apps alike. Both are measured in one run, one
after the other, on either database.
"""

import argparse
import json
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import httpx
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from benchmarks.clicks import postgresql, sqlite
from benchmarks.introductions import BERLIN, MORNING, WHO, WORKSPACE, fill, in_ms
from bot.blocks.ids import PromptId
from bot.domain.cadence import Weekly
from bot.domain.prompts import TapKind
from bot.domain.schedule import DueKind
from playground.client import Json, RunningWorkspace, WorkspaceClient
from storage import due
from storage.database import Database

ROOT = Path(__file__).parents[1]
BARE_TEXT = "Two buttons and nothing else."
PROMPT_TEXT = "This week"
LISTENER_THREADS = 32
BUTTONS = (f"{PromptId.TAP}:{TapKind.DID}", f"{PromptId.TAP}:{TapKind.USEFUL}")
# The first clicks load what is loaded once.
WARM_UP_SECONDS = 5.0
TYPED = ("/learn", "/learn goals", "/learn want reading a balance sheet", "/learn join")


@dataclass(frozen=True)
class Load:
    """How many people act for how long, with how much of a pause in the middle between two acts."""

    people: int
    seconds: float
    pause: float


def main() -> None:
    """Measure and print, or, as the child of a measurement, be the bare app."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=2, help="seconds between two acts of a person, in the middle")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--be-bare", metavar="CHANNEL", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.be_bare:
        be_bare(wanted.be_bare)
    load = Load(wanted.people, wanted.seconds, wanted.pause)
    result = {}
    for kind, make in (("sqlite", sqlite), ("postgresql", postgresql)):
        with tempfile.TemporaryDirectory() as name, make(Path(name)) as url:
            result[kind] = measure(Path(name), url, load)
    if wanted.json:
        print(json.dumps(result))
    else:
        for kind, figures in result.items():
            print(kind, *(f"{key}={value}" for key, value in figures.items()))


def measure(folder: Path, url: str, load: Load) -> dict[str, float]:
    """Let everybody act on the bare app, then on the bot."""
    bare, bare_errors = _on_the_bare_app(folder / "bare", load)
    times, errors = _on_the_bot(folder / "bot", url, load)
    return {
        "bare_median_ms": in_ms(statistics.median(bare)),
        "median_ms": in_ms(statistics.median(times)),
        "p99_ms": in_ms(statistics.quantiles(times, n=100)[98]),
        "acts": len(times),
        "errors": errors + bare_errors,
    }


def be_bare(channel: str) -> None:
    """Be an app that acknowledges everything and does nothing; ends with its process."""
    client = WebClient(os.environ.pop("SLACK_BOT_TOKEN"), base_url=os.environ["SLACK_API_URL"])
    app = App(client=client, listener_executor=ThreadPoolExecutor(LISTENER_THREADS))
    app.action(re.compile(".*"))(lambda ack: ack())
    app.command(re.compile(".*"))(lambda ack: ack())
    app.event(re.compile(".*"))(lambda: None)
    buttons = [
        {"type": "button", "action_id": name, "value": "1", "text": {"type": "plain_text", "text": "Press"}}
        for name in BUTTONS
    ]
    client.chat_postMessage(channel=channel, text=BARE_TEXT, blocks=[{"type": "actions", "elements": buttons}])
    handler = SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"], concurrency=LISTENER_THREADS)
    handler.connect()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
    threading.Event().wait()


def _on_the_bare_app(folder: Path, load: Load) -> tuple[list[float], int]:
    workspace = RunningWorkspace(ROOT / "manifest.yml", folder)
    try:
        channel, people = _gather(workspace.client, load.people)
        workspace.start_app(sys.executable, "-m", "benchmarks.acknowledge", "--be-bare", channel)
        return _act(workspace, channel, people, BARE_TEXT, load)
    finally:
        workspace.stop()


def _on_the_bot(folder: Path, url: str, load: Load) -> tuple[list[float], int]:
    workspace = RunningWorkspace(ROOT / "manifest.yml", folder, "--now", MORNING.isoformat())
    database = Database(url)
    try:
        channel, people = _gather(workspace.client, load.people)
        fill(database, channel, people)
        with database.write() as session:
            rhythm = Weekly(MORNING.weekday(), time_of_day(9, 30), BERLIN, 1)
            due.set_due(session, WORKSPACE, DueKind.PROMPT, "1", MORNING.astimezone(UTC), rhythm.encode())
        more = {"DATABASE_URL": url, "PEERLOOP_CLOCK_URL": f"{workspace.base_url}clock"}
        workspace.start_app(sys.executable, "-m", "bot", "run", **more)
        return _act(workspace, channel, people, PROMPT_TEXT, load)
    finally:
        workspace.stop()
        database.close()


def _gather(client: WorkspaceClient, size: int) -> tuple[str, list[str]]:
    channel = client.channel("learning", WHO)
    client.invite(WHO, channel)
    people = [client.add_person(f"p{number}", f"Person {number}")["id"] for number in range(size)]
    for one in people:
        client.join(one, channel)
    return channel, people


def _act(
    workspace: RunningWorkspace, channel: str, people: Sequence[str], part: str, load: Load
) -> tuple[list[float], int]:
    """Let each person act on a thread of their own; return the seconds of all acts and how many came to nothing."""
    message = workspace.client.wait_for_message(WHO, channel, part)
    begins = time.monotonic() + WARM_UP_SECONDS
    ends = begins + load.seconds
    times: list[float] = []
    errors: list[Json] = []

    def click(number: int) -> None:
        client, chance = WorkspaceClient(workspace.base_url), random.Random(number)  # noqa: S311 - to be repeatable
        step = number
        while time.monotonic() < ends:
            time.sleep(chance.uniform(0, 2 * load.pause))
            began = time.perf_counter()
            try:
                answer = _one_act(client, people[number], channel, message["ts"], step)
            except httpx.HTTPError as error:
                answer = {"ok": False, "error": type(error).__name__}
            if time.monotonic() > begins:
                times.append(time.perf_counter() - began)
                if not answer["ok"]:
                    errors.append(answer)
            step += 1
        client.close()

    threads = [threading.Thread(target=click, args=(number,)) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in errors[:9]:
        print(answer, file=sys.stderr)
    return times, len(errors)


def _one_act(client: WorkspaceClient, who: str, channel: str, ts: str, step: int) -> dict[str, Any]:
    """Press one of the two buttons, or type the next command: as many of the ones as of the others."""
    turn, is_typed = divmod(step, 2)
    if is_typed:
        name, _, text = TYPED[turn % len(TYPED)].partition(" ")
        return client.command(who, channel, name, text)
    return client.click(who, BUTTONS[turn % 2], channel=channel, ts=ts)


if __name__ == "__main__":
    main()
