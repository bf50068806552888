"""A Chromium in front of a page, for tests: what it may ask for, and that its scripts run without an error."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["artifacts", "browser", "browser_path", "watched_page"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_path() -> str:
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        reason = "No Chromium on this computer; on Debian: apt-get install chromium"
        if os.environ.get("PEERLOOP_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


# Not for the session: while Playwright runs, no other test of the process can use asyncio.
@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def watched_page(browser: Browser, base_url: str, **options: Any) -> Iterator[Page]:  # noqa: ANN401 - Playwright's own
    """Give a page; afterwards no script of it has failed, and it has talked to nobody but its own server."""
    trouble: list[str] = []
    size = {"width": 1280, "height": 860}
    context = browser.new_context(**{"base_url": base_url, "viewport": size, "color_scheme": "light", **options})
    page = context.new_page()
    page.set_default_timeout(5000)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda line: trouble.append(line.text) if line.type == "error" else None)
    page.on("request", lambda asked: _note_stranger(asked.url, base_url, trouble))
    yield page
    context.close()
    assert trouble == []


def _note_stranger(url: str, own: str, trouble: list[str]) -> None:
    if not url.startswith((own, "data:")):
        trouble.append(f"The page asked {url}")


@pytest.fixture
def artifacts() -> Path:
    """Where pictures of the page go; git ignores the folder."""
    folder = Path(__file__).resolve().parent.parent / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder
