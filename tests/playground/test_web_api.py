import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.client import RunningWorkspace, WorkspaceClient

AMARA, TOMASZ, MEI, APP = "U0AMARA", "U0TOMASZ", "U0MEI", "U0BOT"


@pytest.fixture
def web(running: RunningWorkspace, workspace: WorkspaceClient) -> WebClient:
    assert workspace.people()
    return WebClient("xoxb-local-workspace", base_url=f"{running.base_url}api/")


def test_a_caller_that_hangs_up_half_way_leaves_no_trace(
    manifest_path: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    server = RunningWorkspace(manifest_path, tmp_path)
    address = urlsplit(server.base_url)
    with socket.create_connection((address.hostname, address.port)) as caller:
        caller.sendall(b"POST /api/chat.postMessage HTTP/1.1\r\nHost: here\r\nContent-Length: 500\r\n\r\n{")
        # The server has begun to read; nothing tells when.
        time.sleep(0.3)

    assert server.client.people()
    assert server.stop() == 0
    assert "Traceback" not in capfd.readouterr().err


def test_people_come_page_by_page(web: WebClient) -> None:
    pages = [page["members"] for page in web.users_list(limit=10)]

    people = [person for page in pages for person in page]
    assert [len(page) for page in pages] == [9, 9, 9, 2]
    by_name = {person["name"]: person for person in people}
    assert len(by_name) == 29
    assert by_name["old-ben"]["deleted"]
    assert by_name["vera"]["is_restricted"]
    assert by_name["demo"]["is_bot"]
    assert by_name["slackbot"]["id"] == "USLACKBOT"
    assert by_name["priya"]["tz_offset"] == 19800
    assert "email" not in by_name["amara"]["profile"]


def test_a_group_opens_once(web: WebClient, workspace: WorkspaceClient) -> None:
    first = web.conversations_open(users=[AMARA, TOMASZ])["channel"]["id"]
    again = web.conversations_open(users=[TOMASZ, AMARA])["channel"]["id"]
    bigger = web.conversations_open(users=[AMARA, TOMASZ, MEI])["channel"]["id"]

    assert first == again != bigger
    assert first in [one["id"] for one in workspace.state(TOMASZ)["conversations"] if one["kind"] == "mpim"]
    assert first not in [one["id"] for one in workspace.state(MEI)["conversations"]]


def test_an_ephemeral_message_has_one_reader(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.invite(AMARA, "C0DESIGN")
    web.chat_postEphemeral(channel="C0DESIGN", user=AMARA, text="Between us")

    assert [one["text"] for one in workspace.messages(AMARA, "C0DESIGN")] == ["Between us"]
    assert workspace.messages(MEI, "C0DESIGN") == []


def test_a_message_to_a_person_opens_the_direct_message(web: WebClient, workspace: WorkspaceClient) -> None:
    metadata = {"event_type": "intro", "event_payload": {"id": 7}}
    posted = web.chat_postMessage(channel=AMARA, text="Hello", metadata=metadata)

    assert posted["channel"] == workspace.dm(AMARA, APP)
    web.chat_postMessage(channel=posted["channel"], text="More", thread_ts=posted["ts"])
    web.chat_update(channel=posted["channel"], ts=posted["ts"], text="Hello again")
    history = web.conversations_history(channel=posted["channel"], include_all_metadata=True)["messages"]
    replies = web.conversations_replies(channel=posted["channel"], ts=posted["ts"])["messages"]
    assert [(one["text"], one["metadata"], one["reply_count"]) for one in history] == [("Hello again", metadata, 1)]
    assert [one["text"] for one in replies] == ["Hello again", "More"]
    web.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert workspace.messages(AMARA, posted["channel"]) == []


def test_timestamps_always_grow(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.move_clock(frozen=True)

    stamps = [web.chat_postMessage(channel=AMARA, text=str(n))["ts"] for n in range(3)]

    assert stamps == sorted(set(stamps))


def test_a_file_arrives_whole(web: WebClient, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)

    web.files_upload_v2(content="a,b\n1,2\n", filename="people.csv", title="People", channel=channel)

    [file] = workspace.messages(AMARA, channel)[-1]["files"]
    assert (file["title"], file["mimetype"]) == ("People", "text/csv")
    assert workspace.fetch(file["url"]) == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("no.such", {}, "unknown_method"),
        ("chat.postMessage", {"text": "hi"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C404", "text": "hi"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "C0LEADS", "text": "hi"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "C0GENERAL", "text": "hi"}, "not_in_channel"),
        ("chat.postMessage", {"channel": AMARA}, "no_text"),
        (
            "chat.postMessage",
            {"channel": AMARA, "text": "x", "blocks": [{"type": "divider"}] * 51},
            "invalid_blocks",
        ),
        ("chat.update", {"channel": "C0GENERAL", "ts": "1.0", "text": "hi"}, "message_not_found"),
        ("conversations.open", {"users": "U404"}, "user_not_found"),
        ("conversations.open", {"users": "U0OLDBEN"}, "user_disabled"),
        ("conversations.open", {"users": "U0BOT"}, "cannot_dm_bot"),
        ("conversations.open", {"users": ",".join(f"U{n}" for n in range(9))}, "too_many_users"),
        ("users.info", {"user": "U404"}, "user_not_found"),
        ("views.open", {"trigger_id": "1.2.3", "view": {"type": "modal"}}, "invalid_arguments"),
        ("reactions.add", {"channel": AMARA, "timestamp": "1.0", "name": "tada"}, "missing_scope"),
        ("apps.connections.open", {}, "not_allowed_token_type"),
    ],
)
def test_what_slack_refuses_is_refused(web: WebClient, method: str, arguments: dict[str, Any], error: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        web.api_call(method, json=arguments)

    assert refused.value.response["error"] == error


def test_an_archived_channel_takes_no_message(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.invite(AMARA, "C0DESIGN")
    workspace.archive(AMARA, "C0DESIGN")

    with pytest.raises(SlackApiError, match="is_archived"):
        web.chat_postMessage(channel="C0DESIGN", text="hi")


@pytest.mark.parametrize(("token", "error"), [("xoxb-other", "invalid_auth"), ("", "not_authed")])
def test_a_token_is_needed(running: RunningWorkspace, token: str, error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        WebClient(token, base_url=f"{running.base_url}api/").auth_test()


def test_a_missing_scope_is_named(web: WebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        web.dnd_teamInfo(users=[AMARA])

    assert refused.value.response["needed"] == "dnd:read"
    assert "chat:write" in refused.value.response["provided"]
    assert "chat:write" in refused.value.response.headers["x-oauth-scopes"]
