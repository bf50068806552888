"""Somebody who used everything takes it along as a file and is erased; nothing of them is left but the record."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser

from tests.browser import artifacts, browser, browser_path, watched_page
from tests.factories import KEY
from tests.journeys.conftest import SMALL_GROUP, StageAt
from tests.journeys.stage import Stage

__all__ = ["artifacts", "browser", "browser_path"]

WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
# The third week after: its note asks about the introduction and the goal, the next one about what was noted.
MONDAY = datetime(2026, 12, 14, 11, 0, tzinfo=UTC)
NOTE = datetime(2026, 12, 17, 13, 1, tzinfo=UTC)
NEXT_NOTE = NOTE + timedelta(weeks=1)
AMARA, TOMASZ, JONAS, MEI = SMALL_GROUP
# A word in everything that Amara writes, one in what she thanks with, and one in what others write.
OWN, THANKING, OTHERS = "quokka", "wombat", "zebra"
# Every table in which she then stands.
TOLD = {
    "person",
    "membership",
    "topic",
    "request",
    "privatelist",
    "goal",
    "goalcheck",
    "learningnote",
    "kudos",
    "kudosreceiver",
    "seat",
    "introduced",
    "checkin",
    "usecheck",
    "outboxmessage",
    "ping",
    "due",
}


def newest(stage: Stage, who: str, part: str) -> dict[str, Any]:
    """Wait for the newest message of the bot to a person in which these words stand."""
    return stage.client.wait_for_message(who, stage.client.dm(who, "U0BOT"), part)


def press(stage: Stage, who: str, message: dict[str, Any], *labels: str) -> None:
    """Press one button after another of a message that changes in place."""
    client, chat, ts = stage.client, stage.client.dm(who, "U0BOT"), message["ts"]

    def shown() -> str:
        return str([one for one in client.messages(who, chat) if one["ts"] == ts])

    def wait_until_changed(before: str) -> None:
        client.wait_for(lambda: shown() != before)

    for label in labels:
        before = shown()
        client.click_text(who, chat, ts, label)
        wait_until_changed(before)


def submit(stage: Stage, who: str, **values: object) -> None:
    stage.client.wait_for(lambda: stage.client.views(who))
    assert stage.client.submit(who, {name: {"value": value} for name, value in values.items()})["closed"]


def use_everything(stage: Stage) -> None:
    """Let Amara do once what there is to do, and others what concerns her."""
    client, channel, chat = stage.client, stage.switch_on(SMALL_GROUP), stage.client.dm(AMARA, "U0BOT")
    stage.type(TOMASZ, channel, "/learn", f"teach {OTHERS} crossings in 15 min")
    client.command(AMARA, chat, "/learn", "settings")
    submit(stage, AMARA, team=f"{OWN} team", manager="U0LEE")
    stage.type(AMARA, chat, "/learn", "notwith @sam")
    stage.type(AMARA, chat, "/learn", f"teach {OWN} tables in 15 min")
    stage.type(AMARA, chat, "/learn", f"want {OWN} sheets")
    client.command(AMARA, channel, "/goal", f"run a {OWN} retro by end of January")
    words = dict.fromkeys(("evidence", "plan", "why"), f"the {OWN} shows it")
    submit(stage, AMARA, visibility="witness", witness=JONAS, **words)
    stage.type(AMARA, channel, "/learn", f"til a {OWN} sleeps by day")
    stage.thank(AMARA, channel, f"@mei showed me the {THANKING} migration twice")
    stage.thank(MEI, channel, f"@amara kept the {OTHERS} notes of our planning so well")
    stage.settle()
    press(stage, JONAS, newest(stage, JONAS, f"*<@{AMARA}> asks"), "Yes")
    stage.settle()
    found = stage.type(AMARA, chat, "/learn", f"find {OTHERS} crossings")
    client.click_text(AMARA, chat, found["ts"], "Introduce us")
    stage.settle()
    asked = newest(stage, TOMASZ, "would like to learn")
    client.click_text(TOMASZ, client.dm(TOMASZ, "U0BOT"), asked["ts"], "Not this time")
    newest(stage, TOMASZ, "hears no reason")
    stage.settle()
    # The rounds before are too late by then; this one is not.
    stage.go_to(MONDAY - timedelta(days=1))
    stage.go_to(MONDAY)
    stage.go_to(NOTE)
    note = newest(stage, AMARA, "*Your goal")
    press(stage, AMARA, note, "Stuck")
    client.click_text(AMARA, chat, note["ts"], "Ask the channel")
    submit(stage, AMARA, question=f"How do you host with a {OWN}?")
    stage.settle()
    met = stage.type(AMARA, channel, "/learn", "met")
    client.click_text(AMARA, channel, met["ts"], "One thing I take away")
    submit(stage, AMARA, takeaway=f"begin with the {OWN}")
    # A note asks two things at most.
    stage.go_to(MONDAY + timedelta(weeks=1))
    stage.go_to(NEXT_NOTE)
    note = newest(stage, AMARA, "Used it since?")
    press(stage, AMARA, note, "Yes, for \u2026")
    client.click_text(AMARA, chat, note["ts"], "Write one line")
    submit(stage, AMARA, line=f"in the {OWN} report")
    stage.settle()


def file_of(stage: Stage, who: str) -> dict[str, str]:
    """Ask for the file of what is stored, and open it as it came."""
    chat = stage.client.dm(who, "U0BOT")
    assert "on its way" in stage.type(who, chat, "/learn", "export")["text"]
    (url,) = stage.client.wait_for(lambda: files_in(stage, who))
    with ZipFile(BytesIO(stage.client.fetch(url))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def files_in(stage: Stage, who: str) -> list[str]:
    """Return the addresses of the files that the bot handed somebody and did not take back."""
    messages = stage.client.messages(who, stage.client.dm(who, "U0BOT"))
    return [file["url"] for message in messages for file in message.get("files") or ()]


def rows_with(stage: Stage, *parts: str) -> dict[str, int]:
    """Count, for each table of the database, the rows in which one of these texts stands."""
    if stage.database_url.startswith("sqlite"):
        tables = stage.rows("select name from sqlite_master where type = 'table'")
    else:
        tables = stage.rows("select table_name from information_schema.tables where table_schema = 'public'")
    rows = {table: stage.rows(f'select * from "{table}"') for (table,) in tables}  # noqa: S608 - its own tables' names
    found = {table: sum(any(part in str(row) for part in parts) for row in rows[table]) for table in rows}
    return {table: count for table, count in found.items() if count}


def check_page(stage: Stage, text: str, browser: Browser, picture: Path) -> None:
    """The page to read opens by itself, fits, and says everything in words."""
    file = stage.folder / "read-me.html"
    file.write_text(text)
    with watched_page(browser, "file:") as page:
        page.goto(file.as_uri())
        assert page.locator("h1").inner_text() == "What Peerloop stores about you"
        assert page.get_by_text(f"{OWN} tables").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.screenshot(path=picture, full_page=True)
    file.unlink()


@pytest.mark.slow
def test_a_file_with_everything_and_then_nothing_left(stage_at: StageAt, browser: Browser, artifacts: Path) -> None:
    stage = stage_at(WEDNESDAY, PEERLOOP_KEYS=KEY)
    use_everything(stage)
    client, chat = stage.client, stage.client.dm(AMARA, "U0BOT")

    inside = file_of(stage, AMARA)

    tables = json.loads(inside["data.json"])["tables"]
    assert set(tables) >= TOLD
    assert [one["state"] for one in tables["request"]] == ["declined"]
    assert tables["privatelist"][0]["people"] == ["U0SAM"]
    assert (tables["kudos"][0]["giver"], THANKING in tables["kudos"][0]["deed"]) == (AMARA, True)
    assert OTHERS not in "".join(inside.values())
    check_page(stage, inside["read-me.html"], browser, artifacts / "export.png")

    # Undone once, then done.
    asked = stage.type(AMARA, chat, "/learn", "forget-me")
    before = rows_with(stage, AMARA, OWN)
    press(stage, AMARA, asked, "Erase everything", "Yes, erase it", "Undo")
    stage.go_to(client.now() + timedelta(minutes=1))
    assert rows_with(stage, AMARA, OWN) == before
    asked = stage.type(AMARA, chat, "/learn", "forget-me")
    press(stage, AMARA, asked, "Erase everything", "Yes, erase it")
    stage.go_to(client.now() + timedelta(seconds=11))

    erased = newest(stage, AMARA, "Erased, just now")["text"]
    assert "1 thanks you gave" in erased
    client.wait_for(lambda: files_in(stage, AMARA) == [])
    stage.settle()
    assert rows_with(stage, AMARA, OWN) == {"erasure": 1}
    assert stage.rows("select user_id, cause from erasure") == [(AMARA, "asked")]
    lies = {path: path.read_bytes() for path in stage.folder.glob("*") if path.is_file()}
    assert sum(content.count(AMARA.encode()) for path, content in lies.items() if path.suffix != ".log") <= 1
    assert not any(OWN.encode() in content for content in lies.values())
    # A person who was to meet her is told, when they may get another message, and the row says nobody's name.
    told = "select count(*) from outboxmessage where kind = 'round.partner_out' and key like '%nobody%'"
    assert stage.rows(told) == [(1,)]
