"""The bot's name in a thread, and a direct message, do what the commands do; only the asker sees the answer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from playground.client import Json, find_by_label
from tests.browser import artifacts, browser, browser_path, watched_page
from tests.journeys.conftest import StageAt
from tests.journeys.stage import Stage

__all__ = ["artifacts", "browser", "browser_path"]

AMARA, LEE, BOT = "U0AMARA", "U0LEE", "U0BOT"
WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def in_thread(stage: Stage, who: str, channel: str, root: str) -> list[Json]:
    """What the bot said in a thread, as somebody sees it."""
    return [one for one in stage.client.messages(who, channel, root) if one["bot"] or one["ephemeral"]]


def answer_to(stage: Stage, who: str, chat: str, text: str) -> str:
    """Write to the bot and return what it says to that."""
    before = len(stage.said_in(who, chat))
    stage.client.say(who, chat, text)
    return stage.client.wait_for(lambda: stage.said_in(who, chat)[before:])[0]


@pytest.fixture
def stage(stage_at: StageAt) -> Stage:
    return stage_at(WEDNESDAY)


def test_a_thread_and_a_direct_message_take_the_same_words(stage: Stage, browser: Browser, artifacts: Path) -> None:
    client = stage.client
    learning = stage.switch_on((AMARA, LEE))
    root = client.say(AMARA, learning, "Who knows how to read a balance sheet?")
    client.say(LEE, learning, "I know a little.", root)
    assert in_thread(stage, LEE, learning, root) == []

    client.say(LEE, learning, "@peerloop teach reading a balance sheet in 15 min", root)

    (saved,) = client.wait_for(lambda: in_thread(stage, LEE, learning, root))
    assert saved["text"].startswith("*Saved: you can show “reading a balance sheet” in 15 minutes.*")
    assert saved["ephemeral"]
    # Nobody else sees it, and nobody sees it outside the thread.
    assert in_thread(stage, AMARA, learning, root) == []
    assert saved["ts"] not in {one["ts"] for one in client.messages(LEE, learning)}

    client.click(LEE, channel=learning, ts=saved["ts"], **find_by_label(saved["blocks"], "Undo"))

    undone = client.wait_for(lambda: in_thread(stage, LEE, learning, root)[1:])[0]
    assert undone["ephemeral"]
    with watched_page(browser, client.base_url) as page:
        page.goto(f"/?as={LEE}&c={learning}&thread={root}")
        page.screenshot(path=artifacts / "mention-in-a-thread.png")

    # What is said without the bot's name is none of its business.
    heard = [entry for entry in client.record() if "app_mention" in str(entry)]
    client.say(LEE, learning, "@amara-o leave it to me", root)
    assert [entry for entry in client.record() if "app_mention" in str(entry)] == heard

    chat = client.dm(LEE, BOT)
    for text, start in (
        ("hi", "*I help colleagues learn from each other.*"),
        ("paus 3w", "I don't know *paus*. Did you mean *pause*?\nWhat you typed is kept: paus 3w"),
        ("@peerloop pause 3w", "*Quiet until Wednesday 16 December.*"),
    ):
        assert answer_to(stage, LEE, chat, text).startswith(start)
