"""A workspace in a process of its own, with the demonstration app connected to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from playground.client import RunningWorkspace, WorkspaceClient
from tests.playground.demo_app import DemoApp

__all__ = ["RunningWorkspace"]

MANIFEST = {
    "display_information": {"name": "Demo", "description": "Tries things"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "demo"},
        "slash_commands": [
            {"command": "/learn", "description": "Learn", "usage_hint": "[what]", "should_escape": True}
        ],
        "shortcuts": [{"name": "Ask", "type": "global", "callback_id": "ask", "description": "Ask"}],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                *("chat:write", "commands", "im:write", "im:history", "mpim:write", "users:read"),
                *("channels:read", "groups:read", "files:write", "reactions:read"),
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                *("app_home_opened", "message.im", "team_join", "user_change", "reaction_added"),
                *("member_joined_channel", "member_left_channel", "channel_left"),
                *("channel_rename", "channel_archive"),
            ]
        },
        "socket_mode_enabled": True,
    },
}


@pytest.fixture(scope="session")
def manifest_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("manifest") / "manifest.yml"
    path.write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def running(manifest_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorkspace]:
    workspace = RunningWorkspace(manifest_path, tmp_path_factory.mktemp("workspace"))
    yield workspace
    assert workspace.stop() == 0


@pytest.fixture(scope="module")
def connected_app(running: RunningWorkspace) -> Iterator[DemoApp]:
    # An app that stayed connected would disturb the tests of other folders: its pings draw random numbers.
    app = DemoApp(running.base_url)
    app.connect()
    running.client.wait_until_connected()
    yield app
    app.disconnect()


@pytest.fixture
def workspace(running: RunningWorkspace) -> WorkspaceClient:
    """The workspace as it is when it is fresh."""
    running.client.reset()
    return running.client


@pytest.fixture
def app(connected_app: DemoApp, workspace: WorkspaceClient) -> DemoApp:
    """The app, connected, without memories."""
    workspace.wait_until_connected()
    connected_app.bodies.clear()
    connected_app.headers.clear()
    return connected_app
