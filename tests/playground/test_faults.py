"""What goes wrong with calls, seen through the unmodified slack_sdk."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler

from playground.client import RefusedError, RunningWorkspace, WorkspaceClient
from tests.playground.demo_app import DemoApp

AMARA, TOMASZ = "U0AMARA", "U0TOMASZ"
POST = "chat.postMessage"


@pytest.fixture
def web(running: RunningWorkspace, workspace: WorkspaceClient) -> WebClient:
    """A client that never tries again."""
    assert workspace.people()
    return WebClient("xoxb-local-workspace", base_url=f"{running.base_url}api/", retry_handlers=[], timeout=3)


def texts(workspace: WorkspaceClient) -> list[str]:
    return [one["text"] for one in workspace.posted()]


def outcome(web: WebClient, text: str = "hi", channel: str = AMARA) -> str:
    """Post; gives "ok" or what went wrong."""
    try:
        web.chat_postMessage(channel=channel, text=text)
    except SlackApiError as error:
        return str(error.response["error"])
    except OSError as error:
        return type(error).__name__
    return "ok"


@pytest.mark.parametrize(("asked", "header"), [({"retry_after": 7}, "7"), ({}, None)])
def test_a_rate_limit_comes_with_or_without_the_time_to_wait(
    web: WebClient, workspace: WorkspaceClient, asked: dict[str, Any], header: str | None
) -> None:
    workspace.fault("rate_limited", POST, **asked)

    with pytest.raises(SlackApiError) as refused:
        web.chat_postMessage(channel=AMARA, text="hi")

    assert refused.value.response.status_code == 429
    assert refused.value.response["error"] == "ratelimited"
    assert refused.value.response.headers.get("retry-after") == header
    assert outcome(web, "again") == "ok"
    assert texts(workspace) == ["again"]


@pytest.mark.parametrize(
    ("what", "asked", "status"),
    [
        ("status", {"status": 500}, 500),
        ("status", {"status": 503}, 503),
        ("html", {}, 200),
        ("html", {"status": 502}, 502),
    ],
)
def test_slack_answers_with_something_else_than_json(
    web: WebClient, workspace: WorkspaceClient, what: str, asked: dict[str, Any], status: int
) -> None:
    workspace.fault(what, POST, **asked)

    with pytest.raises(SlackApiError, match="non-JSON") as failed:
        web.chat_postMessage(channel=AMARA, text="hi")

    assert failed.value.response.status_code == status
    assert texts(workspace) == []


def test_any_error_can_be_had_for_calls_about_one_person(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.fault("error", "conversations.open", error="user_disabled", where={"users": TOMASZ}, times=2)

    assert web.conversations_open(users=[AMARA])["ok"]
    for users in ([TOMASZ], [AMARA, TOMASZ]):
        with pytest.raises(SlackApiError, match="user_disabled"):
            web.conversations_open(users=users)
    assert web.conversations_open(users=[TOMASZ])["ok"]


def test_a_connection_is_reset_before_slack_did_anything(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.fault("reset_before", POST)

    assert outcome(web) == "ConnectionResetError"
    assert texts(workspace) == []


def test_a_connection_is_reset_after_slack_did_it(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.fault("reset_after", POST)

    assert outcome(web) == "ConnectionResetError"
    assert texts(workspace) == ["hi"]


def test_a_client_that_tries_again_after_a_lost_answer_posts_twice(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.fault("reset_after", POST)
    web.retry_handlers = [ConnectionErrorRetryHandler()]

    web.chat_postMessage(channel=AMARA, text="hi", metadata={"event_type": "t", "event_payload": {"key": "k-1"}})

    first, second = workspace.posted()
    assert (first["key"], first["posted"], second["posted"]) == ("k-1", 2, 2)


@pytest.mark.parametrize("what", ["slow_before", "slow_after"])
def test_answers_are_slow_before_or_after_the_effect(web: WebClient, workspace: WorkspaceClient, what: str) -> None:
    workspace.fault(what, POST, delay=1)
    began = time.monotonic()

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(web.chat_postMessage, channel=AMARA, text="hi")
        time.sleep(0.5)
        early = texts(workspace)
        asked.result()

    assert time.monotonic() - began >= 1
    assert early == ([] if what == "slow_before" else ["hi"])
    assert texts(workspace) == ["hi"]


def test_a_slow_answer_can_come_too_late_for_the_caller(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.fault("slow_after", POST, delay=4)

    assert outcome(web) == "TimeoutError"
    assert texts(workspace) == ["hi"]


def test_a_share_of_the_calls_fails_by_a_seed(web: WebClient, workspace: WorkspaceClient) -> None:
    runs: list[list[bool]] = []
    for seed in (7, 7, 8):
        rule = workspace.fault("error", "users.info", error="internal_error", share=0.3, seed=seed)
        runs.append([])
        for _ in range(40):
            try:
                web.users_info(user=AMARA)
                runs[-1].append(True)
            except SlackApiError:
                runs[-1].append(False)
        workspace.clear_faults(rule)

    assert runs[0] == runs[1] != runs[2]
    assert 4 <= runs[0].count(False) <= 20


def test_a_fault_on_everything_ends_with_its_time(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.fault("status", status=503, seconds=0.8)

    assert "non-JSON" in outcome(web)
    with pytest.raises(SlackApiError):
        web.auth_test()
    workspace.wait_for(lambda: not workspace.faults()[0]["seconds"])
    assert outcome(web) == "ok"


def test_the_record_says_which_call_met_which_fault(web: WebClient, workspace: WorkspaceClient) -> None:
    rule = workspace.fault("reset_after", POST)
    outcome(web, "lost")
    outcome(web, "fine")

    lost, fine = workspace.record(POST)
    assert lost["fault"] == {"rule": rule, "what": "reset_after"}
    assert (fine["fault"], fine["status"]) == (None, 200)
    assert [(one["id"], one["left"], one["met"]) for one in workspace.faults()] == [(rule, 0, 1)]


def test_a_lost_reply_to_a_command_stands(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.fault("reset_after", "response_url")
    workspace.command(AMARA, "C0DESIGN", "/learn", "hello")

    # Bolt's `respond` tries once more by itself.
    workspace.wait_for(lambda: len(workspace.messages(AMARA, "C0DESIGN")) == 2)
    assert len(app.bodies) == 1


def test_clearing_the_faults_ends_them(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.fault("error", POST, error="internal_error", times=100)
    workspace.clear_faults()

    assert outcome(web) == "ok"
    assert workspace.faults() == []


def test_a_reset_workspace_has_no_faults(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.fault("error", POST, error="internal_error", times=100)
    workspace.set_limits(on=True)
    workspace.outage("unavailable")

    workspace.reset()

    assert outcome(web) == "ok"
    assert workspace.limits()["on"] is False


@pytest.mark.parametrize(
    ("what", "how", "sentence"),
    [
        ("earthquake", {}, "There is no fault 'earthquake'"),
        ("error", {}, "Say the 'error' too"),
        ("error", {"error": "x", "share": 2}, "share"),
        ("status", {"status": 42}, "status"),
        ("slow_after", {"delay": -1}, "No time"),
        ("slow_after", {"delay": "long"}, "not described"),
        ("slow_after", {"dealy": 1}, "knows no dealy"),
        ("slow_after", {"times": 0}, "at least once"),
    ],
)
def test_a_senseless_fault_is_refused(
    workspace: WorkspaceClient, what: str, how: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RefusedError, match=sentence):
        workspace.fault(what, **how)
    with pytest.raises(RefusedError, match="no fault 404"):
        workspace.clear_faults(404)


def test_the_page_lists_what_goes_wrong(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.fault("error", POST, error="internal_error", times=3)
    workspace.set_limits(on=True, speed=60)
    outcome(web)

    page = workspace.ask("GET", "/?record=1").text
    assert "error on chat.postMessage, internal_error, 2 more, met 1 times" in page
    assert "Rate limits are on, 60 times as fast" in page
    assert "internal_error · fault: error" in page
