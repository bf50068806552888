"""Every message, form with its errors, and Home, as people see them in either language; pictures are in `artifacts`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from slack_sdk import WebClient

from bot.blocks.errors import field_error
from bot.blocks.language import speaking
from bot.blocks.names import CommandNames
from bot.domain.errors import Problem, Refusal
from playground.client import RunningWorkspace
from tests.browser import artifacts, browser, browser_path, watched_page
from tests.factories import KEY
from tests.gallery.sheets import english_in, markup_in, messages_in, said_on, sticking_out, views_in, write_sheet
from tests.journeys.stage import Stage, ThreadStage

__all__ = ["artifacts", "browser", "browser_path"]

Json = dict[str, Any]

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LEARNING, DESIGN = "C0LEARNING", "C0DESIGN"
HOST, NEWCOMER = "U0PEDRO", "U0NOOR"
# Who reads which language.
READERS = {
    "en": ("U0AMARA", "U0LEE", "U0SAM", "U0PRIYA", "U0OMAR", "U0LIAM", "U0MARCUS", "U0FREYA"),
    "de": ("U0MEI", "U0LENA", "U0ELIF", "U0MATEO", "U0CHLOE", "U0SOFIA", "U0HANA", "U0ZOE"),
}
# Who opens a Home of their own, and what stands at its top.
HOMES = {
    "en": {HOST: "Good morning", NEWCOMER: "Learn from each other"},
    "de": {READERS["de"][2]: "Voneinander lernen"},
}
SHORT, LONG = "x", "and then a little more " * 30
WHO = "the reader"

in_both_languages = pytest.mark.parametrize("language", ["en", "de"])


@dataclass(frozen=True)
class Refused:
    """A form, and what its fields refuse.

    `opened_by` is what is typed, or the name of an example in `tests.blocks.every`; `bad` has a value for each field
    that is refused, `besides` what the others need so that it is.
    """

    opened_by: str
    bad: Json
    besides: Json | None = None


REFUSED = (
    Refused("/learn setup", {"purpose": SHORT, "values": ", ".join(map(str, range(21))), "facilitators": ["U0BOT"]}),
    Refused("/goal", {"title": SHORT, "evidence": SHORT, "due_on": "2026-11-01", "plan": LONG, "why": LONG}),
    Refused("/goal Run a retro alone", {"witness": WHO}, {"evidence_pick": "teach", "visibility": "witness"}),
    Refused("/kudos", {"people": ["U0BOT"], "deed": SHORT, "effect": LONG, "tag": LONG, "link": "over there"}),
    Refused("kudos form, effect", {"effect": LONG}, {"people": ["U0LEE"]}),
    Refused("kudos keep form", {"deed": LONG}),
    Refused("/learn til", {"text": SHORT, "link": "over there"}),
    Refused("note form, to change", {"text": LONG}),
    Refused("/learn teach", {"topic": SHORT, "sentence": LONG}),
    Refused("/learn want", {"topic": LONG}),
    Refused("/learn find", {"topic": LONG}),
    Refused("/learn settings", {"team": LONG, "manager": WHO, "until": "08:00"}),
    Refused("/learn settings", {"note_day": "6"}),
    Refused("/learn settings", {"note_at": "22:00"}),
    Refused("/learn notwith", {"people": [WHO]}),
    Refused("goal check line form", {"line": LONG}),
    Refused("goal help form", {"question": SHORT}),
    Refused("goal line form", {"line": LONG}),
    Refused("use line form", {"line": LONG}),
    Refused("takeaway form", {"takeaway": LONG}),
)


@pytest.fixture(scope="module")
def stage(workspace_process: RunningWorkspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """#learning is on, #design has the bot in it; half of the people read German."""
    folder = tmp_path_factory.mktemp("gallery")
    one = ThreadStage(workspace_process, folder, WEDNESDAY, f"sqlite:///{folder / 'peerloop.db'}", PEERLOOP_KEYS=KEY)
    for person in READERS["de"]:
        one.client.patch_person(person, locale="de-DE")
    one.client.invite("U0AMARA", DESIGN)
    one.switch_on([HOST])
    yield one
    one.close()


@pytest.fixture(scope="module")
def slack(stage: Stage) -> WebClient:
    """The workspace's Web API, called as the bot calls it."""
    return WebClient(token="xoxb-local-workspace", base_url=f"{stage.client.base_url}api/")


@pytest.fixture
def page(browser: Browser, stage: Stage) -> Iterator[Page]:
    with watched_page(browser, stage.client.base_url) as page:
        page.set_default_timeout(30_000)
        yield page


def troubles(shown: Locator, language: str) -> list[str]:
    """Return what is cut off, which markup is left, and the English that somebody reads who reads German."""
    said = said_on(shown)
    assert said
    english = english_in(said) if language != "en" else {}
    return sticking_out(shown) + markup_in(said) + [f"English: {piece}" for piece in english.values()]


def make_room(page: Page, scrolled: Locator) -> None:
    """Make the window as tall as everything in it, so that a picture shows all."""
    hidden = scrolled.evaluate("one => one.scrollHeight - one.clientHeight")
    assert page.viewport_size is not None
    page.set_viewport_size({"width": 960, "height": page.viewport_size["height"] + hidden})


def wait_for_home(stage: Stage, owner: str, title: str) -> None:
    stage.client.wait_for(lambda: title in str(stage.client.home(owner)))


def in_parts(messages: list[Json]) -> Iterator[list[Json]]:
    """Cut what is shown into as many parts as there are readers of a language."""
    size = -(-len(messages) // len(READERS["en"]))
    return (messages[start : start + size] for start in range(0, len(messages), size))


@in_both_languages
def test_every_message(language: str, stage: Stage, slack: WebClient, page: Page, artifacts: Path) -> None:
    found = []
    parts = in_parts(messages_in(language))
    for number, (reader, messages) in enumerate(zip(READERS[language], parts, strict=True), start=1):
        chat = stage.client.dm(reader, "U0BOT")
        before = len(stage.client.messages(reader, chat))
        for message in messages:
            slack.chat_postMessage(channel=chat, **message)
        page.set_viewport_size({"width": 960, "height": 800})
        page.goto(f"/?as={reader}&c=app&tab=messages&earlier=100")
        shown = page.locator("#messages")
        expect(shown.get_by_role("article")).to_have_count(before + len(messages))
        found += troubles(shown, language)
        make_room(page, shown)
        shown.screenshot(path=artifacts / f"gallery-messages-{language}-{number}.png")

    assert found == []


def open_form(stage: Stage, slack: WebClient, who: str, opened_by: str, examples: dict[str, Json]) -> Json:
    """Have a form opened by what is typed; one that needs a history takes the place of one that does not."""
    command, _, text = (opened_by if opened_by.startswith("/") else "/learn find").partition(" ")
    stage.client.command(who, DESIGN if text == "setup" else LEARNING, command, text)
    (view,) = stage.client.wait_for(lambda: stage.client.views(who))
    if opened_by in examples:
        slack.views_update(view_id=view["id"], view=examples[opened_by])
        (view,) = stage.client.views(who)
    return view


def check_errors(form: Locator, view: Json, errors: dict[str, str]) -> None:
    """Each error stands right beneath the field it is about, and nowhere else."""
    labels = [block["label"]["text"] for block in view["blocks"] if block.get("block_id") in errors]
    refused = form.locator(".input.has-error")
    expect(refused.locator(".input-label")).to_contain_text(labels)
    said = [errors[block["block_id"]] for block in view["blocks"] if block.get("block_id") in errors]
    expect(refused.locator(".field-error")).to_have_text(said)
    expect(form.locator(".field-error")).to_have_count(len(said))


@in_both_languages
def test_every_form_with_its_errors(
    language: str, stage: Stage, slack: WebClient, page: Page, browser: Browser, artifacts: Path
) -> None:
    who, examples = READERS[language][0], views_in(language)
    found, pictures = [], []
    with speaking(language):
        over = field_error(Refusal(Problem.GONE), CommandNames())
    page.set_viewport_size({"width": 960, "height": 2600})
    for one in REFUSED:
        view = open_form(stage, slack, who, one.opened_by, examples)
        bad = {name: [who] if value == [WHO] else who if value == WHO else value for name, value in one.bad.items()}
        values = bad | (one.besides or {})
        given = stage.client.submit(who, {name: {"value": value} for name, value in values.items()})
        assert (one, set(given["errors"])) == (one, set(bad))
        assert over not in given["errors"].values()
        page.goto(f"/?as={who}&c={LEARNING}")
        form = page.get_by_role("dialog")
        check_errors(form, view, given["errors"])
        found += troubles(form, language)
        found += [f"English: {said}" for said in english_in(given["errors"].values())] if language != "en" else []
        pictures.append(form.screenshot())
        stage.client.close_view(who, view["id"])
    write_sheet(browser, pictures, artifacts / f"gallery-forms-{language}.png")

    assert found == []


@in_both_languages
def test_home_in_all_its_states(
    language: str, stage: Stage, slack: WebClient, page: Page, browser: Browser, artifacts: Path
) -> None:
    who, found, pictures = READERS[language][1], [], []
    examples = {name: view for name, view in views_in(language).items() if view["type"] == "home"}
    # What the bot would draw in the place of the examples comes when all was seen.
    held = stage.client.fault("event_delayed", on="app_home_opened", times=len(examples), delay=3600)
    for view in examples.values():
        slack.views_publish(user_id=who, view=view)
        page.set_viewport_size({"width": 960, "height": 800})
        page.goto(f"/?as={who}&c=app")
        home = page.locator("#messages")
        found += troubles(home, language)
        make_room(page, home)
        pictures.append(home.screenshot())
    stage.client.clear_faults(held)
    for owner, title in HOMES[language].items():
        stage.client.open_home(owner)
        wait_for_home(stage, owner, title)
        page.goto(f"/?as={owner}&c=app")
        home = page.locator("#messages")
        found += troubles(home, language)
        make_room(page, home)
        pictures.append(home.screenshot())
    write_sheet(browser, pictures, artifacts / f"gallery-home-{language}.png", columns=3)

    assert found == []
