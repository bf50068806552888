import time

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.client import RefusedError, RunningWorkspace, WorkspaceClient
from playground.delivery.limits import Limits

AMARA, TOMASZ, APP = "U0AMARA", "U0TOMASZ", "U0BOT"
POST = "chat.postMessage"


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    return Limits(clock)


@pytest.mark.parametrize(
    ("method", "most"),
    [("users.list", 20), ("conversations.open", 50), ("no.such", 50), ("views.publish", 100)],
)
def test_a_minute_allows_what_the_tier_says(clock: Clock, limits: Limits, method: str, most: int) -> None:
    answers = []
    for _ in range(most + 1):
        answers.append(limits.refuse(method, ""))
        clock.now += 0.25

    assert answers[:-1] == [None] * most
    # The first call leaves the window 60 seconds after it was made.
    assert answers[-1] == -(-(60 - most * 0.25) // 1)


def test_an_obeyed_wait_is_enough_and_a_shorter_one_is_not(clock: Clock, limits: Limits) -> None:
    for _ in range(20):
        limits.refuse("users.list", "")
    clock.now += 10.5

    assert limits.refuse("users.list", "") == 50
    clock.now += 49.6
    # The window has room by now, but Slack said 50 seconds.
    assert limits.refuse("users.list", "") == 1
    clock.now += 0.4
    assert limits.refuse("users.list", "") is None


def test_a_refusal_blocks_one_method_only(limits: Limits) -> None:
    while limits.refuse("users.list", "") is None:
        pass

    assert limits.refuse("conversations.open", "") is None
    assert limits.refuse("users.list", "") is not None


def test_a_conversation_takes_a_short_burst_and_then_one_message_a_second(clock: Clock, limits: Limits) -> None:
    assert [limits.refuse(POST, "D1") for _ in range(4)] == [None, None, None, 1]
    assert limits.refuse(POST, "D2") is None

    for _ in range(100):
        clock.now += 1
        assert limits.refuse(POST, "D1") is None
    assert limits.refuse(POST, "D1") == 1


def test_a_workspace_takes_three_hundred_messages_a_minute(clock: Clock, limits: Limits) -> None:
    answers = []
    for number in range(301):
        answers.append(limits.refuse(POST, f"D{number}"))
        clock.now += 0.1

    assert answers == [None] * 300 + [30]
    clock.now += 30
    assert limits.refuse(POST, "D1") is None


def test_a_courier_at_the_allowed_pace_is_never_refused(clock: Clock, limits: Limits) -> None:
    for _ in range(500):
        assert limits.refuse("conversations.open", "") is None
        clock.now += 60 / 50

    shown = limits.shown()["methods"]["conversations.open"]
    assert shown == {"allowed": 500, "refused": 0, "per_minute": 50, "used": 1.0}


def test_the_share_used_counts_allowed_calls_only(clock: Clock, limits: Limits) -> None:
    for _ in range(101):
        limits.refuse("conversations.open", "")
        clock.now += 2.4
    assert limits.shown()["methods"]["conversations.open"]["used"] == 0.5
    assert limits.shown()["methods"]["conversations.open"]["refused"] == 0


def test_what_has_no_limit_is_only_counted(limits: Limits) -> None:
    assert {limits.refuse("auth.test", "") for _ in range(500)} == {None}
    assert limits.shown()["methods"]["auth.test"] == {
        "allowed": 500,
        "refused": 0,
        "per_minute": None,
        "used": None,
    }


@pytest.fixture
def web(running: RunningWorkspace, workspace: WorkspaceClient) -> WebClient:
    assert workspace.people()
    return WebClient("xoxb-local-workspace", base_url=f"{running.base_url}api/")


def test_limits_are_off_by_default_and_calls_counted(web: WebClient, workspace: WorkspaceClient) -> None:
    for _ in range(25):
        web.users_list()

    assert workspace.limits()["on"] is False
    assert workspace.limits()["methods"]["users.list"]["allowed"] == 25


def test_a_call_too_many_is_refused_with_the_time_to_wait(web: WebClient, workspace: WorkspaceClient) -> None:
    workspace.set_limits(on=True, speed=15)
    for _ in range(20):
        web.users_list()

    with pytest.raises(SlackApiError) as refused:
        web.users_list()

    wait = int(refused.value.response.headers["Retry-After"])
    assert refused.value.response.status_code == 429
    assert 1 <= wait <= 4
    assert web.users_info(user=AMARA)["ok"]
    time.sleep(wait)
    assert web.users_list()["ok"]
    count = workspace.limits()["methods"]["users.list"]
    assert (count["allowed"], count["refused"]) == (21, 1)
    assert [one["status"] for one in workspace.record("users.list")].count(429) == 1


def test_a_person_and_their_direct_message_are_one_conversation(web: WebClient, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, APP)
    workspace.set_limits(on=True, speed=0.1)

    for where in (AMARA, channel, AMARA):
        web.chat_postMessage(channel=where, text="hi")

    with pytest.raises(SlackApiError, match="ratelimited"):
        web.chat_postMessage(channel=channel, text="hi")
    assert web.chat_postMessage(channel=TOMASZ, text="hi")["ok"]


def test_a_senseless_speed_is_refused(workspace: WorkspaceClient) -> None:
    with pytest.raises(RefusedError, match="greater than 0"):
        workspace.set_limits(on=True, speed=-1)
