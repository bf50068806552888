import threading
from collections.abc import Callable

import httpx
import pytest

from playground.client import RefusedError, RunningWorkspace, WorkspaceClient
from tests.effort import PATIENCE

AMARA, TOMASZ, MEI, APP = "U0AMARA", "U0TOMASZ", "U0MEI", "U0BOT"
GENERAL = "C0GENERAL"


def test_the_sample_is_25_colleagues_and_a_guest(workspace: WorkspaceClient) -> None:
    people = workspace.people()
    conversations = {one["name"]: one for one in workspace.state("U0TOMASZ")["conversations"]}

    assert len([person for person in people if not person["is_restricted"]]) == 25
    assert {"amara", "tomasz", "lee", "jonas", "mei", "ana", "sam"} <= {one["name"] for one in people}
    assert {name: len(one["members"]) for name, one in conversations.items()} == {
        "general": 25,
        "learning": 25,
        "design": 8,
        "leads": 4,
    }
    assert all(APP not in one["members"] for one in conversations.values())


def test_private_things_stay_private(workspace: WorkspaceClient) -> None:
    direct = workspace.dm(AMARA, TOMASZ)
    secret = workspace.create_channel(AMARA, "secret", private=True)

    shown = {one["id"]: one for one in workspace.state(MEI)["conversations"]}

    assert direct not in shown
    assert secret not in shown
    assert workspace.dm(TOMASZ, AMARA) == direct
    names = {one["id"]: (one["name"], one["kind"]) for one in workspace.state(TOMASZ)["conversations"]}
    assert names[direct] == ("Amara Okafor", "im")


def test_unread_counts_until_read(workspace: WorkspaceClient) -> None:
    workspace.say(AMARA, GENERAL, "one")
    workspace.say(AMARA, GENERAL, "two")

    before = _unread(workspace, TOMASZ), _unread(workspace, AMARA)
    workspace.mark_read(TOMASZ, GENERAL)

    assert before == (2, 0)
    assert _unread(workspace, TOMASZ) == 0


def test_threads_are_shown_apart(workspace: WorkspaceClient) -> None:
    root = workspace.say(AMARA, GENERAL, "root")
    workspace.say(TOMASZ, GENERAL, "reply", thread_ts=root)

    assert [(one["text"], one["reply_count"]) for one in workspace.messages(AMARA, GENERAL)] == [("root", 1)]
    assert [one["text"] for one in workspace.messages(AMARA, GENERAL, root)] == ["root", "reply"]


def test_a_deactivated_person_leaves_every_channel(workspace: WorkspaceClient) -> None:
    workspace.patch_person(MEI, deleted=True)

    conversations = workspace.state(AMARA)["conversations"]
    assert all(MEI not in one["members"] for one in conversations)
    assert MEI not in [one["id"] for one in workspace.people()]


def test_a_deactivated_person_does_nothing_any_more(workspace: WorkspaceClient) -> None:
    group = workspace.create_channel(MEI, "mine", private=True)
    workspace.patch_person(MEI, deleted=True)

    acts: list[Callable[[], object]] = [
        lambda: workspace.say(MEI, group, "still here"),
        lambda: workspace.invite(MEI, GENERAL),
        lambda: workspace.remove(MEI, GENERAL, AMARA),
        lambda: workspace.leave(MEI, GENERAL),
        lambda: workspace.archive(MEI, GENERAL),
        lambda: workspace.rename(MEI, GENERAL, "theirs"),
        lambda: workspace.move_channel(MEI, GENERAL),
    ]
    for act in acts:
        with pytest.raises(RefusedError, match="Mei Tanaka is deactivated"):
            act()


def test_odd_reactions_and_threads_are_refused(workspace: WorkspaceClient) -> None:
    ts = workspace.say(AMARA, GENERAL, "hello")

    for odd in ("", 'a"b', "two words", "x" * 101):
        with pytest.raises(RefusedError, match="no emoji"):
            workspace.react(AMARA, GENERAL, ts, odd)
    with pytest.raises(RefusedError, match="no message"):
        workspace.say(AMARA, GENERAL, "into nothing", thread_ts="1.1")
    workspace.archive(AMARA, GENERAL)
    with pytest.raises(RefusedError, match="archived"):
        workspace.react(AMARA, GENERAL, ts, "tada")


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("say", b"[]", "Say it as a JSON object."),
        ("say", b'{"as": ["U0AMARA"], "channel": "C0GENERAL", "text": "hi"}', "'as' is a text."),
        ("say", b'{"as": "U0AMARA", "channel": "C0GENERAL", "text": null}', "Say 'text' too."),
        ("dm", b'{"as": "U0AMARA", "users": [5]}', "'users' is a list of texts."),
        ("limits", b'{"on": true, "speed": []}', "'speed' is a number."),
        ("home", b'{"as": "U0AMARA", "tab": "attic"}', "The app's tabs are home and messages."),
        ("submit", b'{"as": "U0AMARA", "values": {"block": 5}}', "'values' is an object of objects."),
        ("click", b'{"as": "U0AMARA", "user": "U0MEI", "action_id": "a"}', "There is no conversation 'None'."),
    ],
)
def test_odd_requests_are_refused_in_words(running: RunningWorkspace, path: str, body: bytes, error: str) -> None:
    answer = running.client.ask_with("POST", f"/_/{path}", body)

    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_changes_are_told_to_whoever_listens(running: RunningWorkspace, workspace: WorkspaceClient) -> None:
    heard = threading.Event()
    listening = threading.Event()

    def listen() -> None:
        url = f"{running.base_url}_/changes"
        with httpx.stream("GET", url, timeout=PATIENCE, trust_env=False) as stream:
            for line in stream.iter_lines():
                listening.set()
                if line == "event: changed":
                    heard.set()
                    return

    thread = threading.Thread(target=listen)
    thread.start()
    assert listening.wait(PATIENCE)
    workspace.say(AMARA, GENERAL, "news")

    assert heard.wait(PATIENCE)
    thread.join()


def _unread(workspace: WorkspaceClient, user: str) -> int:
    return next(int(one["unread"]) for one in workspace.state(user)["conversations"] if one["id"] == GENERAL)
