"""Slack's rules over the wire, with Slack's own client: what just passes and what is refused with which error."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.client import RefusedError, RunningWorkspace, WorkspaceClient
from tests.effort import PATIENCE
from tests.playground.conftest import MANIFEST

AMARA, TOMASZ, MEI, VERA, GONE, APP = "U0AMARA", "U0TOMASZ", "U0MEI", "U0VERA", "U0OLDBEN", "U0BOT"
DESIGN, GENERAL, LEADS = "C0DESIGN", "C0GENERAL", "C0LEADS"
Json = dict[str, Any]

MORE_SCOPES = [
    *("channels:manage", "channels:join", "groups:write", "channels:history", "mpim:read", "im:read"),
    *("users:read.email", "users.profile:read", "reactions:write", "usergroups:read", "usergroups:write", "files:read"),
    *("dnd:read", "team:read", "emoji:read", "reminders:write", "chat:write.customize"),
]


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorkspace]:
    """A workspace whose app has every scope, some of them optional."""
    manifest: Json = json.loads(json.dumps(MANIFEST))
    scopes = manifest["oauth_config"]["scopes"]
    scopes["bot"] += MORE_SCOPES
    scopes["bot_optional"] = ["users:read.email", "files:write", "dnd:read", "chat:write.customize"]
    path = tmp_path_factory.mktemp("rich") / "manifest.yml"
    path.write_text(yaml.safe_dump(manifest), encoding="utf-8")
    workspace = RunningWorkspace(path, tmp_path_factory.mktemp("rich"))
    yield workspace
    assert workspace.stop() == 0


@pytest.fixture
def workspace(rich: RunningWorkspace) -> WorkspaceClient:
    rich.client.reset()
    return rich.client


@pytest.fixture
def web(rich: RunningWorkspace, workspace: WorkspaceClient) -> WebClient:
    assert workspace.people()
    return WebClient("xoxb-local-workspace", base_url=f"{rich.base_url}api/")


def refused(web: WebClient, method: str, **arguments: object) -> Json:
    """The whole answer to a call that Slack refuses."""
    with pytest.raises(SlackApiError) as error:
        web.api_call(method, json=arguments)
    answer: Json = error.value.response.data
    return answer


def error_of(web: WebClient, method: str, **arguments: object) -> str:
    return str(refused(web, method, **arguments)["error"])


def section(length: int = 4) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}}


# Tokens and scopes


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-of-somebody-else", "auth.test", "invalid_auth"),
        ("xapp-local-workspace", "auth.test", "not_allowed_token_type"),
        ("xoxb-local-workspace", "apps.connections.open", "not_allowed_token_type"),
        ("xoxb-local-workspace", "reminders.add", "not_allowed_token_type"),
    ],
)
def test_every_method_has_its_kind_of_token(rich: RunningWorkspace, token: str, method: str, error: str) -> None:
    assert error_of(WebClient(token, base_url=f"{rich.base_url}api/"), method) == error


def test_the_right_tokens_are_taken(rich: RunningWorkspace, web: WebClient) -> None:
    assert web.auth_test()["user_id"] == APP
    assert WebClient(base_url=f"{rich.base_url}api/").apps_connections_open(app_token="xapp-local-workspace")["ok"]


def test_an_optional_scope_can_be_refused_and_granted_again(web: WebClient, workspace: WorkspaceClient) -> None:
    assert web.users_info(user=AMARA)["user"]["profile"]["email"] == "amara@example.com"

    workspace.refuse_scopes("users:read.email", "dnd:read")

    assert "email" not in web.users_info(user=AMARA)["user"]["profile"]
    answer = refused(web, "dnd.info", user=AMARA)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "dnd:read")
    assert "dnd:read" not in answer["provided"].split(",")
    assert "dnd:read" not in web.auth_test().headers["x-oauth-scopes"]
    workspace.refuse_scopes()
    assert web.dnd_info(user=AMARA)["ok"]


def test_a_scope_that_is_not_optional_cannot_be_refused(workspace: WorkspaceClient) -> None:
    with pytest.raises(RefusedError, match="'chat:write' is not among the optional scopes"):
        workspace.refuse_scopes("chat:write")


def test_a_private_conversation_needs_its_own_scope(running: RunningWorkspace) -> None:
    running.client.reset()
    plain = WebClient("xoxb-local-workspace", base_url=f"{running.base_url}api/")
    group = plain.conversations_open(users=[AMARA, TOMASZ])["channel"]["id"]

    assert error_of(plain, "conversations.info", channel=group) == "missing_scope"
    assert plain.conversations_info(channel=DESIGN)["ok"]


@pytest.mark.parametrize("look", ["username", "icon_emoji", "icon_url"])
def test_a_look_of_its_own_needs_its_scope(web: WebClient, workspace: WorkspaceClient, look: str) -> None:
    workspace.refuse_scopes("chat:write.customize")
    answer = refused(web, "chat.postMessage", channel=AMARA, text="hi", **{look: "tea"})
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write.customize")

    workspace.refuse_scopes()

    assert web.api_call("chat.postMessage", json={"channel": AMARA, "text": "hi", look: "tea"})["ok"]


def test_a_narrower_scope_is_enough_for_topic_and_invitation(manifest_path: Path, tmp_path: Path) -> None:
    manifest: Json = yaml.safe_load(manifest_path.read_text())
    manifest["oauth_config"]["scopes"]["bot"] += ["channels:join", "channels:write.topic", "channels:write.invites"]
    path = tmp_path / "narrow.yml"
    path.write_text(yaml.safe_dump(manifest), encoding="utf-8")
    narrow = RunningWorkspace(path, tmp_path)
    web = WebClient("xoxb-local-workspace", base_url=f"{narrow.base_url}api/")
    web.conversations_join(channel=DESIGN)

    assert web.conversations_setTopic(channel=DESIGN, topic="Tea")["ok"]
    assert web.conversations_setPurpose(channel=DESIGN, purpose="Tea")["ok"]
    assert web.conversations_invite(channel=DESIGN, users=[TOMASZ])["ok"]
    assert error_of(web, "conversations.kick", channel=DESIGN, user=TOMASZ) == "missing_scope"
    assert error_of(web, "conversations.rename", channel=DESIGN, name="tea") == "missing_scope"
    assert narrow.stop() == 0


# Arguments


@pytest.mark.parametrize(
    ("method", "missing"),
    [
        ("chat.postMessage", "channel"),
        ("chat.postEphemeral", "channel"),
        ("chat.scheduleMessage", "channel"),
        ("chat.update", "channel"),
        ("conversations.info", "channel"),
        ("conversations.members", "channel"),
        ("users.info", "user"),
        ("users.lookupByEmail", "email"),
        ("usergroups.users.list", "usergroup"),
        ("views.publish", "user_id"),
        ("views.open", "view"),
        ("files.getUploadURLExternal", "filename"),
        ("files.info", "file"),
    ],
)
def test_a_missing_argument_is_named(web: WebClient, method: str, missing: str) -> None:
    answer = refused(web, method, trigger_id="1.2.3") if method == "views.open" else refused(web, method)

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [f"[ERROR] missing required field: {missing}"]


NO_JSON = (b"{", b'{"a": NaN}', b'{"a": 1e999}', rb'{"a": "\ud83c"}')


@pytest.mark.parametrize(
    ("content", "error"), [(b"[]", "json_not_object"), *((content, "invalid_json") for content in NO_JSON)]
)
def test_a_body_that_is_no_object_is_refused(rich: RunningWorkspace, content: bytes, error: str) -> None:
    assert rich.client.ask_with("POST", "/api/auth.test", content).json()["error"] == error


def test_what_is_nested_too_deeply_is_refused(rich: RunningWorkspace) -> None:
    block: Json = {"type": "divider"}
    for _ in range(400):
        block = {"type": "container", "child_blocks": [block]}

    web = WebClient(base_url=f"{rich.base_url}api/")
    assert error_of(web, "blocks.validate", blocks=[block]) == "invalid_arguments"
    deep = b"[" * 100_000 + b"]" * 100_000
    assert rich.client.ask_with("POST", "/api/auth.test", deep).json()["error"] == "invalid_json"


# Texts and blocks


@pytest.mark.parametrize(
    ("inside", "outside", "error"),
    [
        ({"text": "hi"}, {}, "no_text"),
        ({"text": "x" * 40_001}, {"text": ""}, "no_text"),
        ({"blocks": [section()] * 50}, {"blocks": [section()] * 51}, "invalid_blocks"),
        ({"blocks": [section(3000)]}, {"blocks": [section(3001)]}, "invalid_blocks"),
        ({"blocks": [section(2600)] * 5}, {"blocks": [section(2601)] * 5}, "msg_blocks_too_long"),
        ({"blocks": [section()]}, {"blocks": "hello"}, "invalid_blocks_format"),
        ({"markdown_text": "x" * 12_000}, {"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"markdown_text": "x"}, {"markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"attachments": [{"text": "a"}] * 100}, {"attachments": [{"text": "a"}] * 101}, "too_many_attachments"),
        (
            {"attachments": [{"blocks": [section()]}]},
            {"attachments": [{"blocks": [section(3001)]}]},
            "invalid_attachments",
        ),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {}}},
            {"text": "x", "metadata": {"event_type": "a"}},
            "invalid_metadata_format",
        ),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": "x" * 7_900}}},
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": "x" * 8_000}}},
            "metadata_too_large",
        ),
    ],
)
def test_what_a_message_may_hold(web: WebClient, inside: Json, outside: Json, error: str) -> None:
    assert web.api_call("chat.postMessage", json={"channel": AMARA, **inside})["ok"]

    assert error_of(web, "chat.postMessage", channel=AMARA, **outside) == error


def test_a_text_is_cut_when_new_and_refused_when_changed(web: WebClient) -> None:
    posted = web.chat_postMessage(channel=AMARA, text="x" * 40_001)

    assert len(posted["message"]["text"]) == 40_000
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    assert web.chat_update(**where, text="x" * 4_000)["ok"]
    assert error_of(web, "chat.update", **where, text="x" * 4_001) == "msg_too_long"
    assert web.api_call("chat.update", json={**where, "markdown_text": "x" * 12_000})["ok"]
    assert error_of(web, "chat.update", **where, markdown_text="x" * 12_001) == "msg_too_long"


def test_what_is_wrong_with_blocks_is_said_and_listed(web: WebClient, workspace: WorkspaceClient) -> None:
    answer = refused(web, "chat.postMessage", channel=AMARA, text="hi", blocks=[section(), section(3001)])

    line = "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert answer["errors"] == [line]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {line}"]
    [violation] = workspace.violations()
    assert (violation["where"], violation["error"]) == ("chat.postMessage", "invalid_blocks")
    assert violation["messages"] == [f"[ERROR] {line}"]


def test_a_missing_top_level_text_is_taken_and_listed(web: WebClient, workspace: WorkspaceClient) -> None:
    assert web.chat_postMessage(channel=AMARA, text="Read aloud", blocks=[section()])["ok"]
    assert workspace.violations() == []

    posted = web.api_call("chat.postMessage", json={"channel": AMARA, "blocks": [section()]})

    assert posted["message"]["text"] == "xxxx"
    assert [one["error"] for one in workspace.violations()] == ["advice"]


def test_a_home_and_a_modal_are_judged(web: WebClient, workspace: WorkspaceClient) -> None:
    home = {"type": "home", "blocks": [section()] * 100}
    assert web.views_publish(user_id=AMARA, view=home)["ok"]

    answer = refused(web, "views.publish", user_id=AMARA, view={**home, "blocks": [section()] * 101})
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]"
    ]
    large = {"type": "home", "blocks": [section(3000)] * 90}
    assert error_of(web, "views.publish", user_id=AMARA, view=large) == "view_too_large"
    assert web.views_publish(user_id=AMARA, view={"type": "home", "blocks": [section(2700)] * 90})["ok"]
    assert error_of(web, "views.publish", user_id=AMARA, view={"type": "modal"}) == "invalid_arguments"
    assert len(workspace.violations()) == 3


def test_a_stale_hash_is_refused(web: WebClient) -> None:
    view = {"type": "home", "blocks": [section()]}
    first = web.views_publish(user_id=AMARA, view=view)["view"]["hash"]
    second = web.views_publish(user_id=AMARA, view=view, hash=first)["view"]["hash"]

    assert error_of(web, "views.publish", user_id=AMARA, view=view, hash=first) == "hash_conflict"
    assert web.views_publish(user_id=AMARA, view=view, hash=second)["ok"]


def test_blocks_are_validated_without_a_token(rich: RunningWorkspace) -> None:
    web = WebClient(base_url=f"{rich.base_url}api/")
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "A"}, "blocks": [section()]}

    assert web.api_call("blocks.validate", json={"blocks": [section()]})["ok"]
    assert web.api_call("blocks.validate", json={"view": modal})["ok"]
    assert web.api_call("blocks.validate", json={"message": {"blocks": [section()]}})["ok"]
    assert error_of(web, "blocks.validate", blocks=[section()], view=modal) == "invalid_arguments"
    assert error_of(web, "blocks.validate", view={**modal, "title": None}) == "invalid_view"
    assert error_of(web, "blocks.validate", message={"blocks": [{"type": "x"}]}) == "invalid_message"
    [error] = refused(web, "blocks.validate", blocks=[section(3001)])["errors"]
    assert error == {
        "code": "too_long",
        "message": "must be less than 3001 characters",
        "pointer": "/blocks/0/text/text",
        "constraint": 3000,
    }


# Who and where


def test_guests_see_their_channels_only(web: WebClient, workspace: WorkspaceClient) -> None:
    assert workspace.state(VERA)["conversations"] == []
    with pytest.raises(RefusedError, match="not in this conversation"):
        workspace.join(VERA, DESIGN)

    workspace.invite(AMARA, DESIGN, VERA)

    assert [one["id"] for one in workspace.state(VERA)["conversations"]] == [DESIGN]
    assert web.users_info(user=VERA)["user"]["is_restricted"]
    with pytest.raises(RefusedError, match="Guests cannot make channels"):
        workspace.create_channel(VERA, "vera")


def test_a_guest_of_one_channel_gets_no_second(web: WebClient, workspace: WorkspaceClient) -> None:
    guest = workspace.add_person("nils", "Nils Holm", kind="single_channel_guest")["id"]
    for channel in (DESIGN, GENERAL):
        workspace.invite(AMARA, channel, APP)

    assert web.conversations_invite(channel=DESIGN, users=[guest])["ok"]

    assert error_of(web, "conversations.invite", channel=GENERAL, users=[guest]) == "ura_max_channels"
    with pytest.raises(RefusedError, match="guest of one channel"):
        workspace.invite(AMARA, GENERAL, guest)
    assert web.users_info(user=guest)["user"]["is_ultra_restricted"]


def test_deactivated_people_cannot_be_reached(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.patch_person(MEI, deleted=True)

    for user in (GONE, MEI):
        assert error_of(web, "conversations.open", users=user) == "user_disabled"
        assert error_of(web, "chat.postMessage", channel=user, text="hi") == "channel_not_found"
    assert error_of(web, "users.lookupByEmail", email="mei@example.com") == "users_not_found"
    assert web.users_lookupByEmail(email="amara@example.com")["user"]["id"] == AMARA
    assert web.conversations_open(users=[AMARA])["ok"]


def test_external_people_are_reached_over_a_shared_channel_only(web: WebClient, workspace: WorkspaceClient) -> None:
    kim = workspace.add_person("kim", "Kim Park", kind="external")["id"]
    assert error_of(web, "conversations.open", users=kim) == "invalid_user_combination"
    assert error_of(web, "chat.postMessage", channel=kim, text="hi") == "channel_not_found"
    assert web.users_info(user=kim)["user"]["is_stranger"]

    workspace.invite(AMARA, DESIGN, APP)
    assert web.conversations_info(channel=DESIGN)["channel"]["is_ext_shared"] is False
    workspace.invite(AMARA, DESIGN, kim)

    shared = web.conversations_info(channel=DESIGN)["channel"]
    assert (shared["is_ext_shared"], shared["shared_team_ids"]) == (True, ["T0LOCAL1", "T0OTHER1"])
    listed = web.users_conversations()["channels"]
    assert [(one["id"], one["is_ext_shared"]) for one in listed] == [(DESIGN, True)]
    [event] = [one for one in workspace.waiting_events() if one["payload"]["event"]["user"] == kim]
    assert event["payload"]["is_ext_shared_channel"] is True
    shown = web.users_info(user=kim)["user"]
    assert (shown["is_stranger"], shown["team_id"]) == (False, "T0OTHER1")
    assert web.conversations_open(users=[kim])["ok"]
    with pytest.raises(RefusedError, match="Commands work for people of this workspace only"):
        workspace.command(kim, DESIGN, "/learn")
    with pytest.raises(RefusedError, match="Shortcuts work for people of this workspace only"):
        workspace.shortcut(kim, "ask")


def test_private_and_archived_channels(web: WebClient, workspace: WorkspaceClient) -> None:
    assert error_of(web, "conversations.info", channel=LEADS) == "channel_not_found"
    assert error_of(web, "chat.postMessage", channel=LEADS, text="hi") == "channel_not_found"
    assert error_of(web, "chat.postMessage", channel=DESIGN, text="hi") == "not_in_channel"
    for channel in (LEADS, DESIGN):
        workspace.invite("U0PRIYA" if channel == LEADS else AMARA, channel, APP)
        assert web.chat_postMessage(channel=channel, text="hi")["ok"]
        workspace.archive("U0PRIYA" if channel == LEADS else AMARA, channel)
        assert error_of(web, "chat.postMessage", channel=channel, text="hi") == "is_archived"
    assert error_of(web, "conversations.join", channel=DESIGN) == "is_archived"


def test_a_group_has_at_most_eight_others(web: WebClient, workspace: WorkspaceClient) -> None:
    users = [one["id"] for one in workspace.people() if not one["is_restricted"]]

    assert web.conversations_open(users=users[:8])["ok"]
    assert error_of(web, "conversations.open", users=",".join(users[:9])) == "too_many_users"


# Pages


def test_pages_are_short_and_end_only_with_their_cursor(web: WebClient) -> None:
    first = web.conversations_list(limit=2, types="public_channel")
    pages = [page["channels"] for page in web.conversations_list(limit=2, types="public_channel")]
    members = [len(page["members"]) for page in web.users_list(limit=20)]

    assert first["response_metadata"]["next_cursor"]
    assert sorted(one["name"] for page in pages for one in page) == ["design", "general", "learning"]
    assert members[0] < 20
    assert sum(members) == 29
    assert error_of(web, "users.list", limit="many") == "invalid_limit"
    assert error_of(web, "users.list", limit=1001) == "invalid_limit"
    assert error_of(web, "users.list", cursor="nonsense") == "invalid_cursor"
    assert web.users_list(limit=1000)["ok"]
    for method in ("conversations.list", "users.conversations"):
        assert web.api_call(method, json={"limit": 999})["ok"]
        assert error_of(web, method, limit=1000) == "invalid_limit"


# Scheduled messages


def test_a_planned_message_comes_at_its_time(web: WebClient, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)
    now = workspace.now().timestamp()
    planned = web.chat_scheduleMessage(channel=channel, text="Later", post_at=int(now) + 3600)
    other = web.chat_scheduleMessage(channel=channel, text="Never", post_at=int(now) + 3600)
    web.chat_deleteScheduledMessage(channel=channel, scheduled_message_id=other["scheduled_message_id"])

    listed = web.chat_scheduledMessages_list()["scheduled_messages"]
    assert [one["id"] for one in listed] == [planned["scheduled_message_id"]]
    assert workspace.messages(AMARA, channel) == []
    workspace.move_clock(by=timedelta(hours=2))

    workspace.wait_for_message(AMARA, channel, "Later", timeout=PATIENCE)
    assert len(workspace.messages(AMARA, channel)) == 1
    assert web.chat_scheduledMessages_list()["scheduled_messages"] == []
    gone = planned["scheduled_message_id"]
    error = error_of(web, "chat.deleteScheduledMessage", channel=channel, scheduled_message_id=gone)
    assert error == "invalid_scheduled_message_id"


def test_when_a_message_can_be_planned_for(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.move_clock(frozen=True)
    now = int(workspace.now().timestamp())
    day = 24 * 3600

    def plan(at: int) -> Json:
        return {"channel": AMARA, "text": "x", "post_at": at}

    assert error_of(web, "chat.scheduleMessage", **plan(now)) == "time_in_past"
    assert web.chat_scheduleMessage(**plan(now + 2))["ok"]
    assert error_of(web, "chat.scheduleMessage", **plan(now + 120 * day + 5)) == "time_too_far"
    assert web.chat_scheduleMessage(**plan(now + 120 * day - 5))["ok"]
    window = (now // 300 + 100) * 300
    for _ in range(30):
        web.chat_scheduleMessage(**plan(window))
    assert error_of(web, "chat.scheduleMessage", **plan(window + 1)) == "restricted_too_many"
    assert web.chat_scheduleMessage(**plan(window + 300))["ok"]


# Files, reactions, groups, channels


def test_files_are_checked_and_can_be_taken_away(web: WebClient, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)
    assert error_of(web, "files.getUploadURLExternal", filename="a.csv", length="0") == "invalid_arguments"
    asked = {"filename": "a.csv", "length": "1"}
    assert error_of(web, "files.getUploadURLExternal", **asked, alt_txt="x" * 1001) == "alt_txt_too_large"
    promised = web.api_call("files.getUploadURLExternal", json={**asked, "alt_txt": "x" * 1000})
    assert error_of(web, "files.completeUploadExternal", files=[{"id": promised["file_id"]}]) == "file_not_found"
    shared = web.files_upload_v2(content="x", filename="a.csv", channel=channel)["file"]

    assert web.files_info(file=shared["id"])["file"]["name"] == "a.csv"
    assert [one["id"] for one in web.files_list()["files"]] == [shared["id"]]
    web.files_delete(file=shared["id"])

    assert error_of(web, "files.info", file=shared["id"]) == "file_not_found"
    assert workspace.messages(AMARA, channel)[-1]["files"] == []


@pytest.mark.parametrize("name", ["count", "page"])
def test_a_page_of_files_is_counted_from_one(web: WebClient, name: str) -> None:
    assert web.api_call("files.list", json={name: 1})["ok"]
    for wrong in ("0", "-1", "many", "1.5"):
        assert error_of(web, "files.list", **{name: wrong}) == "invalid_arguments"


def test_no_file_is_shared_in_an_archived_channel(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.invite(AMARA, DESIGN, APP)
    assert web.files_upload_v2(content="x", filename="a.csv", channel=DESIGN)["ok"]
    workspace.archive(AMARA, DESIGN)

    with pytest.raises(SlackApiError, match="is_archived"):
        web.files_upload_v2(content="x", filename="a.csv", channel=DESIGN)


def test_reactions_come_and_go_once(web: WebClient) -> None:
    posted = web.chat_postMessage(channel=AMARA, text="hi")
    where = {"channel": posted["channel"], "timestamp": posted["ts"]}

    assert web.reactions_add(**where, name="tada")["ok"]
    assert error_of(web, "reactions.add", **where, name="tada") == "already_reacted"
    assert web.reactions_get(**where)["message"]["reactions"] == [{"name": "tada", "users": [APP], "count": 1}]
    assert [one["message"]["ts"] for one in web.reactions_list()["items"]] == [posted["ts"]]
    assert web.reactions_remove(**where, name="tada")["ok"]
    assert error_of(web, "reactions.remove", **where, name="tada") == "no_reaction"
    assert error_of(web, "reactions.add", **where, name="two words") == "invalid_name"
    assert error_of(web, "reactions.add", name="tada") == "no_item_specified"


def test_user_groups(web: WebClient) -> None:
    group = web.usergroups_create(name="Mentors", handle="mentors")["usergroup"]["id"]
    web.usergroups_users_update(usergroup=group, users=[AMARA, TOMASZ])

    assert web.usergroups_users_list(usergroup=group)["users"] == [AMARA, TOMASZ]
    assert [one["user_count"] for one in web.usergroups_list(include_count=True)["usergroups"]] == [2]
    assert error_of(web, "usergroups.create", name="Mentors") == "name_already_exists"
    assert error_of(web, "usergroups.users.update", usergroup=group, users=GONE) == "invalid_users"
    assert error_of(web, "usergroups.users.list", usergroup="S404") == "no_such_subteam"
    web.usergroups_disable(usergroup=group)
    assert web.usergroups_list()["usergroups"] == []


def test_channels_are_made_named_and_filled(web: WebClient, workspace: WorkspaceClient) -> None:
    made = web.conversations_create(name="x" * 80)["channel"]["id"]
    assert error_of(web, "conversations.create", name="x" * 81) == "invalid_name_maxlength"
    assert error_of(web, "conversations.create", name="Big News") == "invalid_name_specials"
    assert error_of(web, "conversations.create") == "invalid_name_required"
    assert error_of(web, "conversations.create", name="design") == "name_taken"

    assert web.conversations_invite(channel=made, users=[AMARA])["ok"]
    assert error_of(web, "conversations.invite", channel=made, users=AMARA) == "already_in_channel"
    assert error_of(web, "conversations.invite", channel=made, users=APP) == "cant_invite_self"
    assert web.conversations_invite(channel=made, users=[AMARA, TOMASZ], force=True)["ok"]
    assert web.conversations_setTopic(channel=made, topic="x" * 250)["channel"]["topic"]["value"] == "x" * 250
    assert error_of(web, "conversations.setPurpose", channel=made, purpose="x" * 251) == "too_long"
    assert web.conversations_rename(channel=made, name="news")["channel"]["name"] == "news"
    assert web.conversations_kick(channel=made, user=TOMASZ)["ok"]
    assert error_of(web, "conversations.kick", channel=made, user=TOMASZ) == "not_in_channel"
    assert web.conversations_archive(channel=made)["ok"]
    assert error_of(web, "conversations.archive", channel=made) == "already_archived"
    assert error_of(web, "conversations.rename", channel=DESIGN, name="other") == "not_in_channel"
    assert web.conversations_join(channel=DESIGN)["channel"]["is_member"]
    assert web.conversations_leave(channel=DESIGN)["ok"]
    assert AMARA in workspace.state(AMARA)["conversations"][0]["members"]


def test_a_refusal_that_somebody_asked_for_is_no_violation(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.fault("error", "users.info", error="internal_error")

    assert error_of(web, "users.info", user=AMARA) == "internal_error"

    assert workspace.violations() == []


def test_limits_are_on_unless_somebody_says_otherwise(
    rich: RunningWorkspace, manifest_path: Path, tmp_path: Path
) -> None:
    assert not rich.client.limits()["on"]
    usual = RunningWorkspace(manifest_path, tmp_path, "--limits", "on")
    web = WebClient("xoxb-local-workspace", base_url=f"{usual.base_url}api/")
    began = time.monotonic()

    for _ in range(20):
        assert web.users_list(limit=10)["ok"]

    assert error_of(web, "users.list", limit=10) == "ratelimited"
    assert time.monotonic() - began < 60
    assert usual.client.violations()[-1]["error"] == "ratelimited"
    assert usual.stop() == 0
