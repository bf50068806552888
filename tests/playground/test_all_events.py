"""Events that are rare in life: messages changed and deleted, ids that change, groups, the end of an installation."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.client import RunningWorkspace, WorkspaceClient
from tests.playground.conftest import MANIFEST

AMARA, TOMASZ, APP, DESIGN = "U0AMARA", "U0TOMASZ", "U0BOT", "C0DESIGN"
MORE = ["channel_id_changed", "subteam_created", "subteam_members_changed", "app_uninstalled", "tokens_revoked"]
Json = dict[str, Any]


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorkspace]:
    """A workspace that keeps its events, as nothing is connected."""
    manifest: Json = json.loads(json.dumps(MANIFEST))
    manifest["settings"]["event_subscriptions"]["bot_events"] += MORE
    manifest["oauth_config"]["scopes"]["bot"] += ["usergroups:read", "usergroups:write"]
    path: Path = tmp_path_factory.mktemp("events") / "manifest.yml"
    path.write_text(yaml.safe_dump(manifest), encoding="utf-8")
    workspace = RunningWorkspace(path, tmp_path_factory.mktemp("events"))
    yield workspace
    assert workspace.stop() == 0


@pytest.fixture
def workspace(hearing: RunningWorkspace) -> WorkspaceClient:
    hearing.client.reset()
    return hearing.client


@pytest.fixture
def web(hearing: RunningWorkspace, workspace: WorkspaceClient) -> WebClient:
    assert workspace.people()
    return WebClient("xoxb-local-workspace", base_url=f"{hearing.base_url}api/")


def events(workspace: WorkspaceClient) -> list[Json]:
    return [body["payload"]["event"] for body in workspace.waiting_events()]


def test_changed_and_deleted_messages_are_told(web: WebClient, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)
    ts = web.chat_postMessage(channel=channel, text="one")["ts"]
    web.chat_update(channel=channel, ts=ts, text="two")
    web.chat_delete(channel=channel, ts=ts)

    posted, changed, deleted = events(workspace)
    assert (posted["text"], posted.get("subtype")) == ("one", None)
    assert changed["subtype"] == "message_changed"
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("one", "two")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    assert {one["channel_type"] for one in events(workspace)} == {"im"}


def test_a_channel_keeps_everything_under_its_new_id(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.invite(AMARA, DESIGN, APP)
    root = workspace.say(AMARA, DESIGN, "root")
    workspace.say(AMARA, DESIGN, "reply", thread_ts=root)

    moved = workspace.move_channel(AMARA, DESIGN)

    assert events(workspace)[-1] == events(workspace)[-1] | {"old_channel_id": DESIGN, "new_channel_id": moved}
    assert [one["text"] for one in workspace.messages(AMARA, moved, root)] == ["root", "reply"]
    assert web.chat_postMessage(channel=moved, text="here")["ok"]
    with pytest.raises(SlackApiError, match="channel_not_found"):
        web.chat_postMessage(channel=DESIGN, text="there")


def test_user_groups_are_told(web: WebClient, workspace: WorkspaceClient) -> None:
    group = workspace.create_group(AMARA, "Mentors", "mentors", AMARA, TOMASZ)

    created, filled = events(workspace)
    assert (created["type"], created["subteam"]["handle"]) == ("subteam_created", "mentors")
    assert (filled["type"], filled["added_users"]) == ("subteam_members_changed", [AMARA, TOMASZ])
    assert web.usergroups_users_list(usergroup=group)["users"] == [AMARA, TOMASZ]


def test_an_app_that_was_taken_away_hears_and_may_nothing(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.install(installed=False)
    workspace.open_home(AMARA)

    assert [one["type"] for one in events(workspace)] == ["tokens_revoked", "app_uninstalled"]
    with pytest.raises(SlackApiError, match="account_inactive"):
        web.auth_test()
    assert workspace.command(AMARA, DESIGN, "/learn")["error"] == "/learn is not a valid command."
    workspace.install(installed=True)
    assert web.auth_test()["ok"]
