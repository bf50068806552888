"""Manifest, action ids, scopes and commands agree with the code."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.blocks import ids
from bot.blocks.names import CommandNames
from bot.manifest import EVENTS, OPTIONAL_SCOPES, SCOPES, SHORTCUTS, manifest, manifest_yaml
from storage.database import Database
from tests.blocks.every import SHOWN, every_view_and_message
from tests.handlers.edge import Edge, Json, WritingSlack
from tests.loops import for_each

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/**/*.py")])

# What each method of the Web API needs: any one of these. Source: Slack's reference of methods.
NEEDS = {
    "auth.test": set(),
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.members": {"channels:read", "groups:read"},
    "conversations.history": {"im:history"},
    # For several people; and for one when a message to them is looked for.
    "dnd.teamInfo": {"dnd:read"},
    "conversations.open": {"mpim:write", "im:write"},
    "files.completeUploadExternal": {"files:write"},
    "files.delete": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "users.info": {"users:read"},
    "users.list": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
}
# What a scope is for besides methods and events.
FOR_FEATURES = {"commands"}


def methods_used() -> set[str]:
    """Every Web API method named in the code: as text, or as a method of the SDK's client."""
    families = "auth|chat|conversations|dnd|files|reactions|team|usergroups|users|views"
    named = re.compile(rf"(?:{families})\.[a-z][A-Za-z.]+")
    snake = re.compile(rf"({families})_([a-zA-Z_]+)")
    found = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and named.fullmatch(node.value):
                found.add(node.value)
            is_client = isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("client")
            if isinstance(node, ast.Attribute) and is_client and (match := snake.fullmatch(node.attr)):
                found.add(f"{match[1]}.{match[2]}")
    return found


def test_every_method_that_the_code_calls_is_covered_by_a_scope_of_the_manifest() -> None:
    used = methods_used()

    assert used == set(NEEDS)
    assert [method for method in sorted(used) if NEEDS[method] and not NEEDS[method] & set(SCOPES)] == []


def test_every_scope_of_the_manifest_is_needed() -> None:
    needed = set().union(*NEEDS.values()) | {scope for scope in EVENTS.values() if scope} | FOR_FEATURES

    assert set(SCOPES) == needed
    assert set(OPTIONAL_SCOPES) <= set(SCOPES)


@pytest.fixture
def renamed_edge(own_database: Database, writing_slack: WritingSlack) -> Edge:
    writing_slack.calls.clear()
    return Edge(own_database, writing_slack, CommandNames("/l1", "/g1", "/k1"))


@pytest.fixture(scope="module")
def listening(shared_edge: Edge) -> Edge:
    """An edge that is only asked who would listen; nothing is let in."""
    return shared_edge


EVENT_BODIES: dict[str, Json] = {
    "app_home_opened": {"user": "U0LEE", "tab": "home"},
    "app_mention": {"user": "U0LEE", "channel": "C0LEARNING", "text": "<@U0BOT> help", "ts": "1.1"},
    "message.im": {"type": "message", "channel_type": "im", "channel": "D1", "user": "U0LEE", "text": "", "ts": "1.1"},
}


def is_listened_to(edge: Edge, body: Json) -> bool:
    """Tell whether a listener of ours, not one for whatever is left, takes this request."""
    request = BoltRequest(mode="socket_mode", body=body)
    for listener in edge.app._listeners:  # noqa: SLF001 - Bolt has no other list
        if listener.matches(req=request, resp=BoltResponse(status=200)):
            return listener.ack_function.__name__ not in {"_ignore", "_acknowledge"}
    return False


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_of_the_manifest_has_a_listener(listening: Edge, event: str) -> None:
    body = {"type": event, **EVENT_BODIES.get(event, {})}

    assert is_listened_to(listening, listening.event(body))


def test_every_event_with_a_listener_is_in_the_manifest(listening: Edge) -> None:
    declared = {event for topic in listening.topics for event in topic.listeners.events}

    assert {event.removesuffix(".im") for event in EVENTS} == declared


def action_ids(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if "action_id" in part:
            yield str(part["action_id"])
        for inner in part.values():
            yield from action_ids(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from action_ids(inner)


RENAMED = every_view_and_message(CommandNames("/l1", "/g1", "/k1"))


@for_each("name", SHOWN)
def test_every_button_menu_and_calendar_has_a_listener(listening: Edge, name: str) -> None:
    shown = SHOWN[name]
    parts = [block for block in shown["blocks"] if block["type"] != "input"]

    deaf = [one for one in action_ids(parts) if not is_listened_to(listening, listening.click("U0LEE", one, "1"))]

    assert deaf == []


@for_each("name", [name for name, shown in SHOWN.items() if shown.get("callback_id")])
def test_every_form_has_a_listener(listening: Edge, name: str) -> None:
    assert is_listened_to(listening, listening.form("U0LEE", SHOWN[name]))


def constants() -> tuple[set[str], set[str], set[str]]:
    """The ids that stand in the blocks: those of actions, of forms and of shortcuts."""
    actions: set[str] = set()
    forms: set[str] = set()
    shortcuts: set[str] = set()
    for topic in vars(ids).values():
        if isinstance(topic, type) and issubclass(topic, StrEnum):
            for one in topic:
                kind = forms if one.name.endswith("FORM") else shortcuts if one.name.endswith("SHORTCUT") else actions
                kind.add(one.value)
    return actions, forms, shortcuts


def test_every_id_that_is_listened_to_stands_in_something_that_is_shown() -> None:
    actions, forms, shortcuts = constants()
    shown_actions = {one.partition(":")[0] for shown in SHOWN.values() for one in action_ids(shown["blocks"])}

    assert actions <= shown_actions
    assert forms == {shown["callback_id"] for shown in SHOWN.values() if shown.get("callback_id")}
    assert shortcuts == {callback_id for _, _, _, callback_id in SHORTCUTS}


def test_every_id_of_the_blocks_is_declared_by_a_topic_and_no_other_is(listening: Edge) -> None:
    declared = [topic.listeners for topic in listening.topics]
    clicks = [name for one in declared for name in (*one.clicks, *one.clicks_outside_home)]
    forms = [name for one in declared for name in one.forms]
    shortcuts = [name for one in declared for name in one.shortcuts]

    assert tuple(sorted(names) for names in (clicks, forms, shortcuts)) == tuple(map(sorted, constants()))


@pytest.mark.parametrize(("name", "kind", "description", "callback_id"), SHORTCUTS)
def test_every_shortcut_fits_slack_and_has_a_listener(
    listening: Edge, name: str, kind: str, description: str, callback_id: str
) -> None:
    body = listening.shortcut("U0LEE", callback_id, {} if kind == "message" else None)

    assert len(name) <= 24
    assert len(description) <= 150
    assert is_listened_to(listening, body)


def test_slack_takes_no_more_shortcuts_than_these() -> None:
    assert len(SHORTCUTS) <= 10


def test_the_manifest_in_the_repository_is_what_the_command_prints(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "PEERLOOP_"))}

    printed = subprocess.run(
        [sys.executable, "-m", "bot", "manifest"],
        env=environment | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout

    assert printed == (ROOT / "manifest.yml").read_text()
    assert printed == manifest_yaml(CommandNames())


@pytest.mark.parametrize("command", ["/l1", "/g1", "/k1"])
def test_every_command_of_the_manifest_has_a_listener(renamed_edge: Edge, command: str) -> None:
    commands = manifest(renamed_edge.names)["features"]["slash_commands"]

    assert command in {one["command"] for one in commands}
    assert is_listened_to(renamed_edge, renamed_edge.command("U0LEE", command))


@for_each("name", RENAMED)
def test_what_is_shown_names_the_commands_as_they_are_configured(name: str) -> None:
    assert not re.search(r"/(learn|goal|kudos)\b", str(RENAMED[name]))


def test_nothing_the_listeners_answer_names_a_command_that_is_not_configured(renamed_edge: Edge) -> None:
    for text in (
        "",
        "help",
        "buddy",
        "done",
        "goals",
        "privacy",
        "join",
        "about",
        "pause 1w",
        "blah",
        "leave",
        "done 9",
    ):
        renamed_edge.send(renamed_edge.command("U0LEE", "/l1", text, "C0DESIGN" if text == "about" else "C0LEARNING"))
    renamed_edge.send(renamed_edge.command("U0LEE", "/k1", "<@U0ANA> walked me through it twice", "D1"))

    answers = str(renamed_edge.answers())

    assert "/l1" in answers
    assert not re.search(r"/(learn|goal|kudos)\b", answers)
