"""The page with 5,000 people and 200 channels."""

from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from playground.client import RunningWorkspace
from tests.browser import watched_page
from tests.playground.page.tea_app import MANIFEST, TeaApp
from tests.playground.page.test_browser import AMARA, write

LEARNING = "C0LEARNING"
SETTLED_MS = 30_000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorkspace]:
    folder = tmp_path_factory.mktemp("crowded")
    (folder / "manifest.yml").write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")
    running = RunningWorkspace(folder / "manifest.yml", folder / "data", "--people", "4975", "--channels", "197")
    app = TeaApp(running.base_url)
    app.connect()
    running.client.wait_until_connected()
    yield running
    app.close()
    assert running.stop() == 0


@pytest.fixture
def page(browser: Browser, crowded: RunningWorkspace) -> Iterator[Page]:
    with watched_page(browser, crowded.base_url) as page:
        with page.expect_response("**/_page/people"):
            page.goto(f"/?as={AMARA}&c={LEARNING}")
        # The script reads the list in a few milliseconds; nothing on the page tells when.
        page.wait_for_timeout(200)
        yield page


def test_it_opens_with_every_room(page: Page) -> None:
    expect(page.locator("#sidebar .entry")).to_have_count(202)


def test_any_of_them_can_be_acted_as(page: Page) -> None:
    select = page.get_by_label("You act as")

    select.focus()
    select.select_option(value="U0P04123")
    page.wait_for_url("**as=U0P04123*")
    write(page, "Hello from among many")

    expect(page.get_by_role("article").last).to_contain_text("Zoe Rossi 4123")


def test_any_of_them_can_be_mentioned(page: Page) -> None:
    field = page.get_by_role("textbox", name="Message")

    field.press_sequentially("Thanks @p04321")
    field.press("Enter")

    expect(field).to_have_value("Thanks @p04321 ")


def test_any_of_them_can_be_written_to(page: Page) -> None:
    select = page.get_by_label("Write to somebody")

    select.focus()
    select.select_option(value="U0P00007")

    expect(page.get_by_role("heading", level=1)).to_contain_text(" 7")


def test_several_of_them_can_be_chosen_in_a_form(page: Page, crowded: RunningWorkspace) -> None:
    write(page, "/tea form")
    modal = page.get_by_role("dialog", name="Plan tea")
    modal.get_by_label("What shall we talk about?").fill("gardens")
    modal.get_by_role("group", name="With whom?").locator("summary").click()
    search = modal.get_by_label("Find somebody")

    search.fill("p01000")
    # Each typed letter draws the list again, which on a busy machine takes a while to come to rest.
    modal.locator(".pick-list label").click(timeout=SETTLED_MS)
    search.fill("p02000")
    modal.locator(".pick-list label").last.click(timeout=SETTLED_MS)
    modal.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    sent = [one for one in crowded.client.record() if one.get("type") == "interactive"][-1]["payload"]
    chosen = sent["view"]["state"]["values"]["with"]["people"]["selected_users"]
    assert chosen == ["U0P01000", "U0P02000"]


def test_a_message_appears_by_itself(page: Page, crowded: RunningWorkspace) -> None:
    for number in range(3):
        crowded.client.say("U0LEE", LEARNING, f"Quick {number}?")
        expect(page.get_by_role("article").last).to_contain_text(f"Quick {number}?")
