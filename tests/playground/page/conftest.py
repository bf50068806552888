"""A browser in front of a running workspace with a small app."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page, sync_playwright

from playground.client import RunningWorkspace, WorkspaceClient
from tests.playground.page.tea_app import MANIFEST, TeaApp

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


@pytest.fixture(scope="session")
def tea_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorkspace]:
    manifest = tmp_path_factory.mktemp("tea-manifest") / "manifest.yml"
    manifest.write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")
    data = tmp_path_factory.mktemp("tea-workspace")
    running = RunningWorkspace(manifest, data, "--now", "2029-12-03T08:00:00+00:00")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
def tea_connected(tea_workspace: RunningWorkspace) -> Iterator[TeaApp]:
    app = TeaApp(tea_workspace.base_url)
    app.connect()
    tea_workspace.client.wait_until_connected()
    yield app
    app.close()


@pytest.fixture
def workspace(tea_workspace: RunningWorkspace) -> WorkspaceClient:
    """The workspace as it is when it is fresh."""
    tea_workspace.client.reset()
    return tea_workspace.client


@pytest.fixture
def tea(tea_connected: TeaApp, workspace: WorkspaceClient) -> TeaApp:
    workspace.wait_until_connected()
    tea_connected.bodies.clear()
    return tea_connected


@pytest.fixture
def page(browser: Browser, workspace: WorkspaceClient, tea: TeaApp) -> Iterator[Page]:
    """A page whose scripts run without an error and which talks to nobody but the workspace."""
    del tea
    trouble: list[str] = []
    context = browser.new_context(
        base_url=workspace.base_url, viewport={"width": 1280, "height": 860}, color_scheme="light"
    )
    page = context.new_page()
    page.set_default_timeout(5000)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda line: trouble.append(line.text) if line.type == "error" else None)
    page.on("request", lambda asked: _note_stranger(asked.url, workspace.base_url, trouble))
    yield page
    context.close()
    assert trouble == []


def _note_stranger(url: str, own: str, trouble: list[str]) -> None:
    if not url.startswith((own, "data:")):
        trouble.append(f"The page asked {url}")


@pytest.fixture
def artifacts() -> Path:
    """Where pictures of the page go; git ignores the folder."""
    folder = Path(sys.modules["playground.client"].__file__ or ".").resolve().parent.parent / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder
