"""What people do in the local workspace's page, with the real bot: `peerloop try` as everybody starts it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from playground.client import WorkspaceClient
from tests.browser import artifacts, browser, browser_path, watched_page
from tests.effort import PATIENCE
from tests.journeys.stage import ROOT

__all__ = ["artifacts", "browser", "browser_path"]

WAIT = 30_000
LOOKS = [
    ("desktop", "light", 1280, 860),
    ("desktop", "dark", 1280, 860),
    ("phone", "light", 390, 844),
    ("phone", "dark", 390, 844),
]


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[WorkspaceClient]:
    """A workspace with the bot in it, on a Tuesday morning."""
    command = [sys.executable, "-m", "bot", "try", "--port", "0", "--data", str(tmp_path)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    with (tmp_path / "bot.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT)
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None, (tmp_path / "bot.log").read_text()
    client = WorkspaceClient(found[0])
    client.move_clock(next_=(1, "09:00", "Europe/Berlin"))
    yield client
    client.close()
    process.terminate()
    assert process.wait(PATIENCE) == 0
    process.stdout.close()


@pytest.fixture
def page(browser: Browser, trial: WorkspaceClient) -> Iterator[Page]:
    with watched_page(browser, trial.base_url) as page:
        yield page


def take_pictures(page: Page, folder: Path, name: str) -> None:
    """Keep the page as it is in every look; nothing sticks out of any of them."""
    for device, scheme, width, height in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.screenshot(path=folder / f"{name}-{device}-{scheme}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 860})
    page.emulate_media(color_scheme="light")


def expect_step(page: Page, title: str) -> None:
    expect(page.locator(".visit-steps [aria-current]")).to_contain_text(title, timeout=WAIT)


def switch_on(page: Page, purpose: str) -> None:
    page.get_by_role("button", name="Add the app").click()
    set_up(page, purpose)


def set_up(page: Page, purpose: str) -> None:
    page.get_by_role("button", name="Set this channel up").click()
    form = page.get_by_role("dialog", name="Learning community")
    form.get_by_label("What does this channel want").fill(purpose)
    form.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("This channel is now a learning community")).to_be_visible()


def is_said(trial: WorkspaceClient, part: str) -> bool:
    """Tell whether the bot says something now in #learning, or to Mei, Lee or Tomasz."""
    places = [("U0JONAS", "C0LEARNING"), *((who, trial.dm(who, "U0BOT")) for who in ("U0MEI", "U0LEE", "U0TOMASZ"))]
    return any(
        part in message["text"] for who, channel in places for message in trial.messages(who, channel) if message["bot"]
    )


@pytest.mark.slow
def test_a_newcomer_goes_through_the_loop_in_five_steps(page: Page, trial: WorkspaceClient, artifacts: Path) -> None:
    begin = time.monotonic()
    page.goto("/")

    expect_step(page, "Switch on")
    page.get_by_role("link", name="Open #learning").click()
    switch_on(page, "Getting better at planning, together.")

    expect_step(page, "Join")
    page.get_by_role("button", name="Count me in for introductions").click()
    page.get_by_role("button", name="Let the colleagues answer by themselves").click()

    expect_step(page, "Jump to Monday")
    page.get_by_role("button", name="Go to Monday 11:00").click()

    expect_step(page, "Meet")
    page.get_by_role("link", name="Open your introduction").click()
    expect(page.get_by_text("Why you")).to_be_visible()
    page.get_by_role("button", name="We've booked it").click()
    expect(page.get_by_text("I'll be quiet until the check-in on Thursday.")).to_be_visible()
    take_pictures(page, artifacts, "visit-introduction")
    page.get_by_role("button", name="Go to Thursday 14:30").click()
    page.get_by_role("link", name="Open the app's messages").click()
    page.get_by_role("button", name="Yes", exact=True).click(timeout=WAIT)

    expect_step(page, "Thank")
    page.get_by_role("button", name="Say thanks").click()
    form = page.get_by_role("dialog", name="Say thank you")
    form.get_by_label("What did they do?").fill("walked me through the plan from its end, step by step")
    form.get_by_label("What did it change?").fill("so that I could plan the next one alone")
    take_pictures(page, artifacts, "visit-form")
    form.get_by_role("button", name="Say thanks").click()
    expect(page.get_by_text("That was the loop.")).to_be_visible(timeout=WAIT)

    assert trial.steps_done() == 5
    assert time.monotonic() - begin < 180
    page.get_by_role("navigation").get_by_role("link", name="learning").click()
    expect(page.get_by_text("walked me through the plan from its end")).to_be_visible()
    page.get_by_role("button", name="Close this card").click()
    take_pictures(page, artifacts, "visit-channel")


@pytest.mark.slow
def test_trying_it_first_leaves_the_visit_where_it_is(page: Page, trial: WorkspaceClient, artifacts: Path) -> None:
    page.goto("/?as=U0AMARA&c=C0LEARNING")
    page.get_by_role("button", name="Add the app").click()
    page.get_by_role("button", name="Try it first, for you alone").click()
    for label in ("I did it", "We've booked it", "Yes", "Good to know"):
        page.get_by_role("button", name=label, exact=True).click(timeout=WAIT)
    expect(page.get_by_text("That was all of it.")).to_be_visible(timeout=WAIT)
    take_pictures(page, artifacts, "visit-tried")

    expect_step(page, "Switch on")
    assert trial.steps_done() == 0

    set_up(page, "Getting better at planning, together.")
    expect_step(page, "Join")
    expect(page.get_by_role("button", name="Let the colleagues answer by themselves")).to_be_visible()
    take_pictures(page, artifacts, "visit-tried-and-switched-on")
    assert trial.steps_done() == 1


@pytest.mark.slow
def test_a_facilitators_week(page: Page, trial: WorkspaceClient, artifacts: Path) -> None:
    page.goto("/?as=U0JONAS&c=C0LEARNING")
    page.get_by_role("button", name="Close this card").click()
    switch_on(page, "Better plans")
    page.get_by_role("button", name="How it works").click()
    expect(page.get_by_text("Looked after by:")).to_be_visible()

    page.get_by_role("switch", name="Colleagues answer by themselves").click()
    expect(page.get_by_text("Enough people are in")).to_be_visible(timeout=WAIT)
    page.get_by_text("Coming up").click()
    take_pictures(page, artifacts, "week-coming-up")
    page.get_by_role("button", name=re.compile("a round of introductions is made up")).last.click()
    expect(page.get_by_text("Introductions happen every Monday.")).to_be_visible(timeout=WAIT)
    # The list of what comes is another one now; the person who chooses from it waits until it is there.
    expect(page.get_by_role("button", name=re.compile("Next: .*introduction"))).to_be_visible(timeout=WAIT)

    page.get_by_text("Coming up").click()
    page.get_by_role("button", name=re.compile("#learning: the weekly prompt")).last.click()
    prompt = page.get_by_role("article").filter(has_text="This week ·")
    expect(prompt).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="+1 day").click()
    expect(prompt.get_by_role("button", name=re.compile(r"I did it · \d|Useful to me · \d")).first).to_be_visible(
        timeout=WAIT
    )
    prompt.get_by_role("link", name=re.compile("repl")).click()
    expect(page.get_by_role("complementary", name="Thread").get_by_role("article")).not_to_have_count(0)
    take_pictures(page, artifacts, "week-thread")

    page.get_by_text("Coming up").click()
    page.get_by_role("button", name="Next Thursday 14:00").click()
    page.get_by_role("link", name="Close the thread").click()
    # Each hour lets those act who were asked, or answered, in the one before.
    for seen in ("meet?", "Was it worth the time?"):
        trial.wait_for(partial(is_said, trial, seen))
        page.get_by_role("button", name="+1 hour").click()
    # When somebody thanks hangs on what was drawn for whom, and so on every word that is said before.
    for _ in range(8):
        with suppress(TimeoutError):
            trial.wait_for(partial(is_said, trial, "thanks"), 5)
            break
        page.get_by_role("button", name="+1 hour").click()
    expect(page.get_by_text(re.compile("thanks @")).first).to_be_visible(timeout=WAIT)

    field = page.get_by_role("textbox", name="Message", exact=False)
    field.fill("/learn setup")
    field.press("Escape")
    field.press("Enter")
    form = page.get_by_role("dialog", name="Learning community")
    form.get_by_label("Day of the weekly prompt").select_option(label="Wednesday")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is changed.")).to_be_visible()
    page.get_by_role("link", name="Peerloop Home").click()
    expect(page.get_by_role("button", name="Set a goal")).to_be_visible()
    take_pictures(page, artifacts, "week-home")
