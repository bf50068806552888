"""Signed delivery over HTTP, to a server that answers as a test needs."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from playground.client import RunningWorkspace
from playground.delivery.link import RETRY_AFTER
from playground.delivery.webhook import SIGNING_SECRET, Addresses
from playground.manifest import manifest_from
from playground.state.store import Store
from playground.workspace import Workspace
from tests.playground.conftest import MANIFEST

AMARA, DESIGN = "U0AMARA", "C0DESIGN"
Json = dict[str, Any]
FORM: Json = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Goal"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "goal",
            "label": {"type": "plain_text", "text": "What?"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


def section(length: int) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}}


class TinyApp:
    """An address that takes what Slack sends; `plan` holds (status, headers, body, seconds) for the next requests."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], str]] = []
        self.plan: list[tuple[int, dict[str, str], str, float]] = []
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                asked = json.loads(body) if body.startswith("{") else {}
                if asked.get("type") == "url_verification":
                    app.answer(self, 200, {}, json.dumps({"challenge": asked["challenge"]}))
                    return
                app.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status, headers, text, seconds = app.plan.pop(0) if app.plan else (200, {}, "", 0.0)
                time.sleep(seconds)
                app.answer(self, status, headers, text)

            def do_GET(self) -> None:
                app.answer(self, 302, {"Location": f"{self.path}x"}, "")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def answer(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], text: str) -> None:
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(text))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text.encode())

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def address() -> Iterator[TinyApp]:
    app = TinyApp()
    yield app
    app.close()


@pytest.fixture
def workspace(address: TinyApp, manifest_path: Path, tmp_path: Path) -> Iterator[RunningWorkspace]:
    workspace = RunningWorkspace(manifest_path, tmp_path, "--app-url", address.url)
    workspace.client.wait_until_connected()
    yield workspace
    assert workspace.stop() == 0


def attempts(workspace: RunningWorkspace) -> list[tuple[int, str | None]]:
    return [(one["retry_attempt"], one["event_id"]) for one in workspace.client.record() if one["kind"] == "delivery"]


def test_everything_is_signed_and_has_slacks_form(address: TinyApp, workspace: RunningWorkspace) -> None:
    client = workspace.client
    client.open_home(AMARA)
    client.wait_for(lambda: address.requests)
    client.command(AMARA, DESIGN, "/learn", "a & b")
    client.shortcut(AMARA, "ask")

    event, command, shortcut = address.requests
    for headers, body in address.requests:
        stamp, signature = headers["x-slack-request-timestamp"], headers["x-slack-signature"]
        assert SignatureVerifier(SIGNING_SECRET).is_valid(body, stamp, signature)
    assert event[0]["content-type"] == "application/json"
    assert json.loads(event[1])["event"]["type"] == "app_home_opened"
    assert "x-slack-retry-num" not in event[0]
    assert command[0]["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(command[1])["text"] == ["a &amp; b"]
    assert json.loads(parse_qs(shortcut[1])["payload"][0])["callback_id"] == "ask"


def test_a_failed_event_comes_again_and_says_why(address: TinyApp, workspace: RunningWorkspace) -> None:
    address.plan = [(500, {}, "", 0.0)]
    workspace.client.open_home(AMARA)

    workspace.client.wait_for(lambda: len(address.requests) == 2)

    (_, first), (headers, second) = address.requests
    assert json.loads(first)["event_id"] == json.loads(second)["event_id"]
    assert (headers["x-slack-retry-num"], headers["x-slack-retry-reason"]) == ("1", "http_error")
    assert workspace.client.violations()[-1]["where"] == "event app_home_opened"


def test_an_app_can_refuse_retries(address: TinyApp, workspace: RunningWorkspace) -> None:
    address.plan = [(500, {"X-Slack-No-Retry": "1"}, "", 0.0)]
    workspace.client.open_home(AMARA)
    workspace.client.wait_for(lambda: address.requests)
    workspace.client.command(AMARA, DESIGN, "/learn")
    time.sleep(0.5)

    assert [number for number, event_id in attempts(workspace) if event_id] == [0]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [((200, {}, "", 3.3), "http_timeout"), ((302, {"Location": "/a"}, "", 0.0), "too_many_redirects")],
)
def test_why_a_delivery_failed(
    address: TinyApp, workspace: RunningWorkspace, answer: tuple[int, dict[str, str], str, float], reason: str
) -> None:
    address.plan = [answer]
    workspace.client.open_home(AMARA)

    workspace.client.wait_for(lambda: len(address.requests) == 2)

    assert address.requests[1][0]["x-slack-retry-reason"] == reason


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((500, {}, "", 0.0), "http_service_error"),
        ((404, {}, "", 0.0), "http_client_error"),
        ((200, {}, "", 3.3), "operation_timeout"),
    ],
)
def test_what_a_person_reads_when_a_command_fails(
    address: TinyApp, workspace: RunningWorkspace, answer: tuple[int, dict[str, str], str, float], error: str
) -> None:
    address.plan = [answer]

    said = workspace.client.command(AMARA, DESIGN, "/learn")

    assert said["error"] == f'`/learn` failed with the error "{error}"'
    assert workspace.client.violations()[-1]["where"] == "/learn"


def test_an_answer_in_time_is_shown(address: TinyApp, workspace: RunningWorkspace) -> None:
    address.plan = [(200, {}, "Plain words", 2.0), (200, {}, '{"text": "An object"}', 0.0)]

    for _ in range(2):
        assert workspace.client.command(AMARA, DESIGN, "/learn") == {"ok": True}

    assert [one["text"] for one in workspace.client.messages(AMARA, DESIGN)] == ["Plain words", "An object"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"text": "x", "blocks": "x"}, "invalid_blocks"),
        ({"blocks": [{"type": ["section"]}]}, "invalid_blocks"),
        ({"blocks": [section(2601)] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "attachments": [None]}, "invalid_attachments"),
        ({"text": "x", "attachments": [{"blocks": [{"type": "x"}]}]}, "invalid_attachments"),
    ],
)
def test_an_answer_that_is_no_message_fails(
    address: TinyApp, workspace: RunningWorkspace, body: Json, error: str
) -> None:
    client = workspace.client
    address.plan = [(200, {}, json.dumps(body), 0.0)]

    answer = client.command(AMARA, DESIGN, "/learn")

    assert answer == {"ok": False, "error": f'`/learn` failed with the error "{error}"'}
    assert [one["text"] for one in client.messages(AMARA, DESIGN)] == [answer["error"]]
    assert (client.violations()[-1]["where"], client.violations()[-1]["error"]) == ("/learn", error)
    refused = httpx.post(parse_qs(address.requests[-1][1])["response_url"][0], json=body, trust_env=False)
    assert (refused.status_code, refused.json()["error"]) == (404, error)


def test_the_largest_answer_is_shown_and_a_number_is_a_text(address: TinyApp, workspace: RunningWorkspace) -> None:
    client = workspace.client
    for body in ({"text": 5}, {"text": "full", "blocks": [section(2600)] * 5, "attachments": [{"text": "more"}]}):
        address.plan = [(200, {}, json.dumps(body), 0.0)]
        assert client.command(AMARA, DESIGN, "/learn") == {"ok": True}

    assert [one["text"] for one in client.messages(AMARA, DESIGN)] == ["5", "full"]
    assert client.violations() == []


@pytest.mark.parametrize(
    "body",
    [
        {"response_action": "explode"},
        {"response_action": "errors"},
        {"response_action": "errors", "errors": ["goal"]},
        {"response_action": "errors", "errors": {"goal": 5}},
        {"response_action": "update", "view": "x"},
    ],
)
def test_an_answer_to_a_form_that_slack_would_not_show_leaves_the_form(
    address: TinyApp, workspace: RunningWorkspace, body: Json
) -> None:
    client = workspace.client
    client.command(AMARA, DESIGN, "/learn")
    trigger = parse_qs(address.requests[-1][1])["trigger_id"][0]
    web = WebClient("xoxb-local-workspace", base_url=f"{workspace.base_url}api/")
    web.views_open(trigger_id=trigger, view=FORM)
    given = {"goal": {"text": "Run a retro on my own"}}
    address.plan = [(200, {}, json.dumps(body), 0.0), (200, {}, json.dumps({"response_action": "clear"}), 0.0)]

    answer = client.submit(AMARA, given)

    assert (answer["closed"], answer["errors"]) == (False, {})
    assert "We had some trouble connecting" in answer["error"]
    assert client.violations()[-1]["where"] == "view_submission"
    assert client.submit(AMARA, given)["closed"]


def test_what_was_raised_before_the_app_was_there_comes_as_a_retry(
    address: TinyApp, manifest_path: Path, tmp_path: Path
) -> None:
    workspace = RunningWorkspace(manifest_path, tmp_path, "--app-url", address.url.replace("127.0.0.1", "127.0.0.2"))
    workspace.client.open_home(AMARA)
    assert workspace.client.command(AMARA, DESIGN, "/learn")["error"].endswith('"dispatch_failed"')
    assert workspace.stop() == 0

    workspace = RunningWorkspace(manifest_path, tmp_path, "--app-url", address.url)

    workspace.client.wait_for(lambda: address.requests)
    assert address.requests[0][0]["x-slack-retry-reason"] == "connection_failed"
    assert workspace.stop() == 0


def test_three_retries_follow_the_schedule_and_then_no_more(address: TinyApp, tmp_path: Path) -> None:
    assert RETRY_AFTER == (0, 60, 300)
    address.plan = [(500, {}, "", 0.0)] * 9

    async def play() -> list[float]:
        manifest = replace(manifest_from(MANIFEST), addresses=Addresses.all_at(address.url))
        workspace = Workspace(Store(tmp_path / "workspace.db"), manifest)
        # A hundred times as fast.
        workspace.link.retry_after = (0.0, 0.6, 3.0)
        await workspace.link.knock()
        await workspace.open_home(AMARA)
        began = time.monotonic()
        times: list[float] = []
        while workspace.state.pending:
            await asyncio.sleep(0.02)
            times += [time.monotonic() - began] * (len(address.requests) - len(times))
        workspace.close()
        return times

    first, second, third, fourth = asyncio.run(play())

    assert second - first < 0.5
    assert 0.5 < third - second < 2
    assert 2.9 < fourth - third < 5
    numbers = [headers.get("x-slack-retry-num") for headers, _ in address.requests]
    assert numbers == [None, "1", "2", "3"]
