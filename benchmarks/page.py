"""How quick the local workspace's page is with thousands of people, hundreds of channels and a long conversation.

Needs a Chromium, as the page's tests do.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from playground.client import RunningWorkspace, WorkspaceClient
from tests.browser import ARGUMENTS, BROWSERS

ROOT = Path(__file__).parents[1]
AMARA, LEE, CHANNEL = "U0AMARA", "U0LEE", "C0LEARNING"
# Whatever keeps the browser from answering for longer than 50 ms, in milliseconds.
WATCH = """
window.longest = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  window.longest = Math.max(window.longest, entry.duration);
})).observe({ type: "longtask" });
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--channels", type=int, default=200)
    parser.add_argument("--messages", type=int, default=2_000, help="in the channel that is open")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    # The sample has 25 people and three public channels of its own.
    more = ("--people", str(wanted.people - 25), "--channels", str(wanted.channels - 3))
    with tempfile.TemporaryDirectory() as name:
        running = RunningWorkspace(ROOT / "manifest.yml", Path(name), *more)
        try:
            for number in range(wanted.messages):
                running.client.say(AMARA, CHANNEL, f"Message {number}")
            measured = measure(running.client, wanted.runs)
        finally:
            running.stop()
    result = {"people": wanted.people, "channels": wanted.channels, "messages": wanted.messages, **measured}
    if wanted.json:
        print(json.dumps(result))
    else:
        for key, value in result.items():
            print(f"{key:34} {value}")


def measure(client: WorkspaceClient, runs: int) -> dict[str, float]:
    """Open the page, write in it and look at it, each so many times."""
    path = next(path for path in map(shutil.which, BROWSERS) if path)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(base_url=client.base_url, viewport={"width": 1280, "height": 860})
        page.add_init_script(WATCH)
        opened = [_seconds_to_open(page) for _ in range(runs)]
        shown = [_seconds_to_show(page, client, f"Quick {number}?") for number in range(runs)]
        page.evaluate("window.longest = 0")
        begin = time.perf_counter()
        for number in range(200):
            client.say(LEE, CHANNEL, f"Burst {number}")
        page.get_by_text("Burst 199").wait_for()
        burst = time.perf_counter() - begin
        longest = page.evaluate("window.longest")
        browser.close()
    return {
        "open_seconds_median": round(statistics.median(opened), 3),
        "open_seconds_max": round(max(opened), 3),
        "message_shown_seconds_median": round(statistics.median(shown), 3),
        "message_shown_seconds_max": round(max(shown), 3),
        "burst_of_200_seconds": round(burst, 2),
        "longest_block_in_burst_ms": round(longest),
    }


def _seconds_to_open(page: Page) -> float:
    begin = time.perf_counter()
    page.goto(f"/?as={AMARA}&c={CHANNEL}")
    return time.perf_counter() - begin


def _seconds_to_show(page: Page, client: WorkspaceClient, text: str) -> float:
    begin = time.perf_counter()
    client.say(LEE, CHANNEL, text)
    page.get_by_text(text).wait_for()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
