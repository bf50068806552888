"""A browser in front of a running workspace with a small app."""

from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import Browser, Page

from playground.client import RunningWorkspace, WorkspaceClient
from tests.browser import artifacts, browser, browser_path, watched_page
from tests.playground.page.tea_app import MANIFEST, TeaApp

__all__ = ["artifacts", "browser", "browser_path"]


@pytest.fixture(scope="module")
def tea_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorkspace]:
    manifest = tmp_path_factory.mktemp("tea-manifest") / "manifest.yml"
    manifest.write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")
    data = tmp_path_factory.mktemp("tea-workspace")
    running = RunningWorkspace(manifest, data, "--now", "2029-12-03T08:00:00+00:00")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
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
    with watched_page(browser, workspace.base_url) as page:
        yield page
