"""Fixtures for the tests of any app: a workspace for the whole run, fresh for every test.

Use it with `pytest_plugins = ["playground.pytest_plugin"]` in `conftest.py`, and say there where the manifest is:

    @pytest.fixture(scope="session")
    def slack_manifest():
        return Path("manifest.yml")
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.client import RunningWorkspace, WorkspaceClient


@pytest.fixture(scope="session")
def slack_manifest() -> Path:
    """The app's manifest; to be overridden."""
    return Path("manifest.yml")


@pytest.fixture(scope="session")
def slack_options() -> tuple[str, ...]:
    """Options of `python -m playground`; to be overridden. Rate limits are on as in Slack."""
    return ("--limits", "on")


@pytest.fixture(scope="session")
def slack_workspace(
    slack_manifest: Path, slack_options: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningWorkspace]:
    """The running workspace: `base_url`, `environment`, `start_app` and `client`."""
    workspace = RunningWorkspace(slack_manifest, tmp_path_factory.mktemp("slack"), *slack_options)
    yield workspace
    workspace.stop()


@pytest.fixture
def slack(slack_workspace: RunningWorkspace) -> WorkspaceClient:
    """Everybody in the workspace, as it is when it is fresh: says, clicks, submits and looks."""
    slack_workspace.client.reset()
    return slack_workspace.client
