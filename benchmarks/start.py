"""How long `peerloop run` takes to be connected, and how much memory it then holds.

A community with many members stands in its database; Slack is the local workspace. A start before the measured
ones leaves the bytecode, as an installation does. Linux only: memory and the processor's seconds are read from /proc.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import NamedTuple

from playground.client import RunningWorkspace
from storage.communities import Community
from storage.database import Database
from storage.members import Membership, Part, Person

ROOT = Path(__file__).parents[1]
SETTLED_SECONDS = 2.0
# The most that each may be on a machine with nothing else to do.


class Start(NamedTuple):
    """How long one start took until it was connected, and what it held then."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'peerloop.db'}"
        fill(url, wanted.members)
        workspace = RunningWorkspace(ROOT / "manifest.yml", folder / "workspace")
        try:
            start_once(workspace, url)
            measured = [start_once(workspace, url) for _ in range(wanted.runs)]
        finally:
            workspace.stop()
    result = {
        "members": wanted.members,
        "runs": wanted.runs,
        "connected_seconds_median": round(statistics.median(one.seconds for one in measured), 2),
        "connected_seconds_max": round(max(one.seconds for one in measured), 2),
        "cpu_seconds_min": round(min(one.cpu_seconds for one in measured), 2),
        "resident_mb_max": round(max(one.megabytes for one in measured), 1),
    }
    if wanted.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            print(f"{key:26} {value}")


def fill(url: str, members: int) -> None:
    """Store one community and its members, all taking part."""
    database = Database(url)
    database.migrate()
    now = datetime.now(UTC)
    with database.write() as session:
        community = Community(
            workspace="T0LOCAL1",
            channel_id="C0LEARNING",
            purpose="Getting better at planning, together.",
            zone="Europe/Berlin",
            prompt_weekday=1,
            prompt_at=time_of_day(10, 0),
            round_weeks=1,
            created_by="U0JONAS",
            created_at=now,
        )
        session.add(community)
        session.flush()
        for number in range(members):
            user_id = f"U{number:08}"
            session.add(Person(workspace="T0LOCAL1", user_id=user_id, zone="Europe/Berlin", onboarded_at=now))
            session.add(
                Membership(
                    workspace="T0LOCAL1", community_id=community.id, user_id=user_id, part=Part.IN, changed_at=now
                )
            )
    database.close()


def start_once(workspace: RunningWorkspace, url: str) -> Start:
    """Start the bot, wait until it is connected and has settled, and stop it again."""
    left_out = ("SLACK_", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    environment |= {
        "SLACK_BOT_TOKEN": "xoxb-local-workspace",
        "SLACK_APP_TOKEN": "xapp-local-workspace",
        "SLACK_API_URL": f"{workspace.base_url}api/",
        "PEERLOOP_CLOCK_URL": f"{workspace.base_url}clock",
        "DATABASE_URL": url,
    }
    begin = time.perf_counter()
    bot = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    try:
        assert bot.stderr is not None
        for line in bot.stderr:
            if "connected to workspace" in line:
                break
        seconds = time.perf_counter() - begin
        # Source: proc_pid_stat(5); the name in brackets may hold spaces, and what follows is counted from it.
        fields = Path(f"/proc/{bot.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        time.sleep(SETTLED_SECONDS)
        status = Path(f"/proc/{bot.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return Start(seconds, ticks / os.sysconf("SC_CLK_TCK"), int(found[1]) / 1024)
    finally:
        bot.terminate()
        bot.wait(10)
        if bot.stderr is not None:
            bot.stderr.close()


if __name__ == "__main__":
    main()
