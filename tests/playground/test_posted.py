"""The record that proves what was lost and what was said twice, and that it stays light."""

import itertools
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.client import RunningWorkspace, WorkspaceClient
from playground.messages.sent_log import Posted
from playground.state.state import Conversation, Message, State
from playground.state.store import Store

if TYPE_CHECKING:
    from _typeshed import TraceFunction  # it exists for the type checker only

AMARA, TOMASZ, APP = "U0AMARA", "U0TOMASZ", "U0BOT"


def metadata(key: str) -> dict[str, object]:
    return {"event_type": "intro", "event_payload": {"key": key}}


def client_of(workspace: RunningWorkspace) -> WebClient:
    return WebClient("xoxb-local-workspace", base_url=f"{workspace.base_url}api/")


@pytest.fixture
def web(running: RunningWorkspace, workspace: WorkspaceClient) -> WebClient:
    assert workspace.people()
    return client_of(running)


def test_every_accepted_message_is_recorded_with_its_people(web: WebClient, workspace: WorkspaceClient) -> None:
    group = web.conversations_open(users=[AMARA, TOMASZ])["channel"]["id"]
    ts = web.chat_postMessage(channel=group, text="Meet", metadata=metadata("g-1"))["ts"]
    web.chat_postEphemeral(channel=group, user=AMARA, text="Psst")
    workspace.say(AMARA, group, "A person's words are not the app's")
    with pytest.raises(SlackApiError):
        web.chat_postMessage(channel="C404", text="Nowhere")

    intro, whisper = workspace.posted()
    assert intro == {
        "method": "chat.postMessage",
        "channel": group,
        "ts": ts,
        "text": "Meet",
        "event_type": "intro",
        "key": "g-1",
        "posted": 1,
        "members": sorted([AMARA, TOMASZ, APP]),
    }
    assert (whisper["method"], whisper["user"], whisper["posted"]) == ("chat.postEphemeral", AMARA, 1)


def test_doubles_are_counted_by_key_else_by_words(web: WebClient, workspace: WorkspaceClient) -> None:
    web.chat_postMessage(channel=AMARA, text="Hi", metadata=metadata("k"))
    web.chat_postMessage(channel=AMARA, text="Hi again", metadata=metadata("k"))
    web.chat_postMessage(channel=AMARA, text="Hi", metadata=metadata("other"))
    web.chat_postMessage(channel=AMARA, text="Plain")
    web.chat_postMessage(channel=AMARA, text="Plain")
    web.chat_postMessage(channel=TOMASZ, text="Plain")
    web.chat_postMessage(channel=AMARA, text="Hi", metadata={"event_type": "t", "event_payload": {"id": 7}})

    assert [one["posted"] for one in workspace.posted()] == [2, 2, 1, 2, 2, 1, 1]
    assert workspace.posted()[-1]["key"] == '{"id": 7}'


def test_a_deleted_message_was_posted_all_the_same(web: WebClient, workspace: WorkspaceClient) -> None:
    posted = web.chat_postMessage(channel=AMARA, text="Oops")
    web.chat_delete(channel=posted["channel"], ts=posted["ts"])

    assert [one["text"] for one in workspace.posted()] == ["Oops"]


def test_the_record_outlives_a_killed_server(manifest_path: Path, tmp_path: Path) -> None:
    before = RunningWorkspace(manifest_path, tmp_path)
    client_of(before).chat_postMessage(channel=AMARA, text="one", metadata=metadata("k"))
    before.process.kill()
    before.stop()

    after = RunningWorkspace(manifest_path, tmp_path)
    client_of(after).chat_postMessage(channel=AMARA, text="two", metadata=metadata("k"))
    assert [(one["text"], one["posted"]) for one in after.client.posted()] == [("one", 2), ("two", 2)]
    assert after.stop() == 0


def test_what_was_read_outlives_a_restart(manifest_path: Path, tmp_path: Path) -> None:
    before = RunningWorkspace(manifest_path, tmp_path)
    channel = before.client.dm(AMARA, APP)
    for text in ("one", "two"):
        client_of(before).chat_postMessage(channel=AMARA, text=text)
    before.client.mark_read(AMARA, channel)
    client_of(before).chat_postMessage(channel=AMARA, text="three")
    before.stop()

    after = RunningWorkspace(manifest_path, tmp_path)
    [unread] = [one["unread"] for one in after.client.state(AMARA)["conversations"] if one["id"] == channel]
    assert unread == 1
    assert after.stop() == 0


def test_a_thousand_introductions_at_once_are_all_on_record(manifest_path: Path, tmp_path: Path) -> None:
    running = RunningWorkspace(manifest_path, tmp_path)
    people = [running.client.add_person(f"p{number}", f"Person {number}")["id"] for number in range(46)]
    web = client_of(running)

    def introduce(pair: tuple[str, ...]) -> None:
        channel = web.conversations_open(users=list(pair))["channel"]["id"]
        web.chat_postMessage(channel=channel, text="Meet", metadata=metadata("-".join(pair)))

    pairs = list(itertools.islice(itertools.combinations(people, 2), 1000))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(introduce, pairs))

    posted = running.client.posted()
    assert {one["posted"] for one in posted} == {1}
    assert len({one["key"] for one in posted}) == 1000
    assert running.stop() == 0


@contextmanager
def a_state(path: Path) -> Iterator[State]:
    state = State(Store(path), lambda: None)
    yield state
    state.close()


def test_messages_kept_do_not_slow_down_the_next(tmp_path: Path) -> None:
    with a_state(tmp_path / "workspace.db") as state:
        state.save_conversation(Conversation("D1", "im", "", [AMARA, APP]))
        posted = Posted(state)

        def post(number: int) -> None:
            message = Message(f"{1_700_000_000 + number}.000000", "D1", APP, "hi", metadata=metadata(str(number)))
            with state.together():
                state.save_message(message)
                posted.add("chat.postMessage", message)
            assert state.find_message("D1", message.ts) is message

        for number in range(100):
            post(number)
        early = steps_of(lambda: post(100))
        for number in range(101, 5_000):
            post(number)
        late = steps_of(lambda: post(5_000))

        assert len(posted.shown()["messages"]) == 5_001
    assert late < 1.5 * early


def steps_of(act: Callable[[], None]) -> int:
    """How many lines, calls and returns of Python an act takes: its work, however busy the machine is."""
    steps = 0

    def count(_frame: FrameType, _event: str, _arg: object) -> "TraceFunction":
        nonlocal steps
        steps += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        act()
    finally:
        sys.settrace(before)
    return steps


def test_memory_and_file_agree_after_a_call_that_failed(tmp_path: Path) -> None:
    def fail_half_way(state: State) -> None:
        with state.together():
            state.save_conversation(Conversation("D1", "im", "", [AMARA, APP]))
            raise ZeroDivisionError

    with a_state(tmp_path / "workspace.db") as state, pytest.raises(ZeroDivisionError):
        fail_half_way(state)

    with a_state(tmp_path / "workspace.db") as state:
        assert state.find_direct([APP, AMARA]) is state.conversations["D1"]
