"""How fast the local workspace takes introductions with its limits off: open a group, post with buttons."""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from playground.client import RunningWorkspace

ROOT = Path(__file__).parents[1]
PEOPLE = 300
BUTTONS: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "You two could meet."}},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": f"act-{n}", "value": "1", "text": {"type": "plain_text", "text": "Met"}}
            for n in range(3)
        ],
    },
]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", type=int, default=1_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = RunningWorkspace(ROOT / "manifest.yml", Path(folder))
        try:
            seconds = measure(workspace, wanted.groups)
        finally:
            workspace.stop()
    print(json.dumps({"groups": wanted.groups, "seconds": round(seconds, 2)}))


def measure(workspace: RunningWorkspace, groups: int) -> float:
    """Introduce so many pairs, each a new group; return the seconds it took."""
    people = [workspace.client.add_person(f"p{n}", f"Person {n}")["id"] for n in range(PEOPLE)]
    web = WebClient("xoxb-local-workspace", base_url=f"{workspace.base_url}api/")
    began = time.monotonic()
    for number in range(groups):
        distance = 1 + number // PEOPLE
        pair = [people[number % PEOPLE], people[(number + distance) % PEOPLE]]
        channel = web.conversations_open(users=pair)["channel"]["id"]
        metadata = {"event_type": "introduction", "event_payload": {"key": str(number)}}
        web.chat_postMessage(channel=channel, text="You two could meet.", blocks=BUTTONS, metadata=metadata)
    seconds = time.monotonic() - began
    assert len(workspace.client.posted()) == groups
    return seconds


if __name__ == "__main__":
    main()
