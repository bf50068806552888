"""Bolt's own sample flows with the unmodified `slack_bolt` and `slack_sdk`, over sockets and over HTTP."""

import socket
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from playground.client import RefusedError, RunningWorkspace, WorkspaceClient

pytest_plugins = ["playground.pytest_plugin"]

AMARA, TOMASZ, APP = "U0AMARA", "U0TOMASZ", "U0BOT"
DESIGN, GENERAL = "C0DESIGN", "C0GENERAL"
COMMAND = "/hello-bolt"
SAMPLE = Path(__file__).parent / "bolt_sample.py"
Json = dict[str, Any]


def manifest(port: int | None) -> Json:
    url = {} if port is None else {"request_url": f"http://127.0.0.1:{port}/slack/events"}
    command = {"command": COMMAND, "description": "Says hello", "should_escape": True}
    shortcuts = [
        {"name": "Open a form", "type": "global", "callback_id": "open-form", "description": "Opens"},
        {"name": "Look at this", "type": "message", "callback_id": "look-at", "description": "Looks"},
    ]
    return {
        "display_information": {"name": "Bolt sample"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "bolt"},
            "slash_commands": [command if port is None else command | {"url": url["request_url"]}],
            "shortcuts": shortcuts,
        },
        "oauth_config": {
            "scopes": {"bot": ["chat:write", "commands", "app_mentions:read", "im:history", "reactions:read"]},
        },
        "settings": {
            "event_subscriptions": url
            | {"bot_events": ["app_home_opened", "app_mention", "message.im", "reaction_added"]},
            "interactivity": {"is_enabled": True} | url,
            "socket_mode_enabled": port is None,
        },
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture(scope="session", params=["socket", "http"])
def port(request: pytest.FixtureRequest) -> int | None:
    return None if request.param == "socket" else free_port()


@pytest.fixture(scope="session")
def slack_manifest(port: int | None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bolt") / "manifest.yml"
    path.write_text(yaml.safe_dump(manifest(port)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def sample(slack_workspace: RunningWorkspace, port: int | None) -> RunningWorkspace:
    more = {} if port is None else {"PORT": str(port)}
    slack_workspace.start_app(sys.executable, str(SAMPLE), **more)
    return slack_workspace


@pytest.fixture
def slack(sample: RunningWorkspace) -> WorkspaceClient:
    """Everybody, with the sample app in #design and every rule of Slack on."""
    sample.client.reset()
    sample.client.invite(AMARA, DESIGN, APP)
    return sample.client


def direct(slack: WorkspaceClient) -> str:
    return slack.dm(AMARA, APP)


def opened(slack: WorkspaceClient) -> Json:
    """The form, opened by the command."""
    assert slack.command(AMARA, DESIGN, COMMAND, "form") == {"ok": True}
    view: Json = slack.wait_for(lambda: slack.views(AMARA))[-1]
    return view


def submitted(slack: WorkspaceClient) -> Json:
    """What the app got last when somebody submitted, as `state.values`."""
    deliveries = [one["payload"] for one in slack.record() if one["kind"] == "delivery"]
    return next(one for one in reversed(deliveries) if one.get("type") == "view_submission")


def test_a_message_is_answered(slack: WorkspaceClient) -> None:
    slack.say(AMARA, direct(slack), "knock knock")

    slack.wait_for_message(AMARA, direct(slack), f"Who's there, <@{AMARA}>?")


def test_a_mention_is_answered_in_a_thread(slack: WorkspaceClient) -> None:
    ts = slack.say(AMARA, DESIGN, "@bolt hello")

    slack.wait_for(
        lambda: [one["text"] for one in slack.messages(AMARA, DESIGN, ts)] == [f"<@{APP}> hello", f"Hi <@{AMARA}>"]
    )


def test_a_command_can_be_answered_in_its_acknowledgement(slack: WorkspaceClient) -> None:
    assert slack.command(AMARA, DESIGN, COMMAND, "at once") == {"ok": True}

    [message] = [one for one in slack.messages(TOMASZ, DESIGN) if one["user"] == APP]
    assert message["text"] == "Answered in the acknowledgement"


def test_a_command_that_is_not_acknowledged_fails_after_three_seconds(slack: WorkspaceClient) -> None:
    began = time.monotonic()
    answer = slack.command(AMARA, DESIGN, COMMAND, "fail")

    error = answer["error"].split('"')[1]
    # Over HTTP, Bolt says what went wrong; over a socket it says nothing at all.
    assert error in ("operation_timeout", "http_service_error", "http_client_error")
    assert error != "operation_timeout" or time.monotonic() - began >= 3
    assert answer["error"] in slack.messages(AMARA, DESIGN)[-1]["text"]
    assert slack.messages(TOMASZ, DESIGN) == []
    assert slack.violations()[-1]["where"] == COMMAND


def test_a_response_url_takes_five_answers(slack: WorkspaceClient) -> None:
    slack.command(AMARA, GENERAL, COMMAND, "5")
    slack.wait_for_message(AMARA, GENERAL, "Answer 4")
    assert slack.violations() == []

    slack.command(TOMASZ, GENERAL, COMMAND, "6")

    slack.wait_for(lambda: [one["error"] for one in slack.violations()] == ["used_url"])
    assert [one["text"] for one in slack.messages(TOMASZ, GENERAL)] == [f"Answer {n}" for n in range(5)]
    assert [one["ephemeral"] for one in slack.messages(AMARA, GENERAL)] == [True] * 5


ACTED: list[tuple[str, Json, str, object]] = [
    ("el-button", {}, "value", "clicked"),
    ("el-overflow", {"selected_option": "maru"}, "selected_option", "maru"),
    ("el-checkboxes", {"selected_options": ["maru", "batsu"]}, "selected_options", ["maru", "batsu"]),
    ("el-radio", {"selected_option": "batsu"}, "selected_option", "batsu"),
    ("el-static", {"selected_option": "maru"}, "selected_option", "maru"),
    ("el-external", {"selected_option": "ada"}, "selected_option", "ada"),
    ("el-user", {"selected_user": TOMASZ}, "selected_user", TOMASZ),
    ("el-conversation", {"selected_conversation": GENERAL}, "selected_conversation", GENERAL),
    ("el-channel", {"selected_channel": GENERAL}, "selected_channel", GENERAL),
    ("el-date", {"selected_date": "2026-12-01"}, "selected_date", "2026-12-01"),
    ("el-time", {"selected_time": "10:30"}, "selected_time", "10:30"),
    ("el-datetime", {"selected_date_time": 1795500000}, "selected_date_time", 1795500000),
    ("el-multi-static", {"selected_options": ["batsu"]}, "selected_options", ["batsu"]),
    ("el-multi-external", {"selected_options": ["alan", "grace"]}, "selected_options", ["alan", "grace"]),
    ("el-multi-user", {"selected_users": [AMARA, TOMASZ]}, "selected_users", [AMARA, TOMASZ]),
    ("el-multi-conversation", {"selected_conversations": [DESIGN]}, "selected_conversations", [DESIGN]),
    ("el-multi-channel", {"selected_channels": [DESIGN, GENERAL]}, "selected_channels", [DESIGN, GENERAL]),
]


def test_every_element_of_a_message_says_what_was_chosen(slack: WorkspaceClient) -> None:
    slack.command(AMARA, DESIGN, COMMAND, "elements")
    ts = slack.wait_for_message(AMARA, DESIGN, "Elements")["ts"]

    for action_id, chosen, _, _ in ACTED:
        assert slack.click(AMARA, action_id, channel=DESIGN, ts=ts, **chosen) == {"ok": True}

    payloads = [one["payload"] for one in slack.record() if one["kind"] == "delivery"]
    acts = {act["action_id"]: act for payload in payloads for act in payload.get("actions", [])}
    for action_id, _, key, expected in ACTED:
        assert _values(acts[action_id][key]) == expected
    assert slack.violations() == []


def _values(held: object) -> object:
    """Options as their values."""
    if isinstance(held, list):
        return [_values(one) for one in held]
    return held["value"] if isinstance(held, dict) else held


def test_options_are_loaded_as_somebody_types(slack: WorkspaceClient) -> None:
    view = opened(slack)
    where = {"view_id": view["id"], "block_id": "b-hero"}

    assert slack.options(AMARA, "hero", "ad", **where) == []
    [ada] = slack.options(AMARA, "hero", "lovelace", **where)
    assert ada["text"]["text"] == "Ada Lovelace"
    with pytest.raises(RefusedError, match="no option 'nobody'"):
        slack.submit(AMARA, {"b-hero": {"hero": "nobody"}})

    assert slack.submit(AMARA, {"b-hero": {"hero": "ada"}})["closed"]

    assert submitted(slack)["view"]["state"]["values"]["b-hero"]["hero"]["selected_option"] == ada


def test_a_form_carries_every_value_in_its_place(slack: WorkspaceClient) -> None:
    opened(slack)
    file = slack.upload(AMARA, "people.csv", "a,b\n")

    given = {
        "text": "A & B",
        "email": "amara@example.com",
        "url": "https://example.com",
        "number": 7,
        "rich": "bold",
        "files": [file],
        "users": [AMARA, TOMASZ],
        "where": DESIGN,
        "boxes": ["maru"],
    }
    assert slack.submit(AMARA, {f"b-{name}": {name: value} for name, value in given.items()})["closed"]

    payload = submitted(slack)
    values = {name: payload["view"]["state"]["values"][f"b-{name}"][name] for name in given}
    assert values["text"] == {"type": "plain_text_input", "value": "A & B"}
    assert values["email"]["value"] == "amara@example.com"
    assert values["url"]["value"] == "https://example.com"
    assert values["number"]["value"] == "7"
    assert values["rich"]["rich_text_value"]["type"] == "rich_text"
    assert [one["name"] for one in values["files"]["files"]] == ["people.csv"]
    assert values["users"]["selected_users"] == [AMARA, TOMASZ]
    assert values["where"]["selected_conversation"] == DESIGN
    assert _values(values["boxes"]["selected_options"]) == ["maru"]
    assert [one["channel_id"] for one in payload["response_urls"]] == [DESIGN]
    slack.wait_for_message(TOMASZ if TOMASZ in _members(slack) else AMARA, DESIGN, "Shared by amara")


def _members(slack: WorkspaceClient) -> list[str]:
    [design] = [one for one in slack.state(AMARA)["conversations"] if one["id"] == DESIGN]
    return list(design["members"])


@pytest.mark.parametrize(
    ("field", "value", "part"),
    [
        ("email", "amara", "email"),
        ("url", "example", "URL"),
        ("number", "1.5", "whole"),
        ("number", "10", "from 1 to 9"),
    ],
)
def test_slacks_form_checks_what_it_knows(slack: WorkspaceClient, field: str, value: str, part: str) -> None:
    opened(slack)

    assert part in slack.submit(AMARA, {f"b-{field}": {field: value}})["errors"][f"b-{field}"]

    assert not [one for one in slack.record() if one.get("payload", {}).get("type") == "view_submission"]
    with pytest.raises(RefusedError, match="No more than 2"):
        slack.submit(AMARA, {"b-users": {"users": [AMARA, TOMASZ, "U0MEI"]}})


@pytest.mark.parametrize(
    ("text", "depth", "title"),
    [("push", 2, "Pushed"), ("update", 1, "Updated")],
)
def test_a_form_leads_to_another(slack: WorkspaceClient, text: str, depth: int, title: str) -> None:
    opened(slack)

    answer = slack.submit(AMARA, {"b-text": {"text": text}})

    assert (answer["closed"], len(slack.views(AMARA)), answer["view"]["title"]["text"]) == (False, depth, title)


def test_a_form_can_be_cleared_or_refused(slack: WorkspaceClient) -> None:
    opened(slack)

    assert slack.submit(AMARA, {"b-text": {"text": "wrong"}})["errors"] == {"b-text": "Not this."}
    assert "trouble" in slack.submit(AMARA, {"b-text": {"text": "wrong block"}})["error"]
    assert "trouble" in slack.submit(AMARA, {"b-text": {"text": "too long a title"}})["error"]
    assert [one["error"] for one in slack.violations()] == ["errors", "invalid_arguments"]
    assert slack.submit(AMARA, {"b-text": {"text": "clear"}})["closed"]
    assert slack.views(AMARA) == []


def test_closing_is_told(slack: WorkspaceClient) -> None:
    slack.close_view(AMARA, opened(slack)["id"])

    slack.wait_for_message(AMARA, direct(slack), "Closed, cleared False")


def test_shortcuts(slack: WorkspaceClient) -> None:
    assert slack.shortcut(AMARA, "open-form") == {"ok": True}
    slack.wait_for(lambda: [view["title"]["text"] for view in slack.views(AMARA)] == ["Opened by shortcut"])

    ts = slack.say(TOMASZ, GENERAL, "The plan")
    assert slack.shortcut(AMARA, "look-at", GENERAL, ts) == {"ok": True}

    assert slack.wait_for_message(AMARA, GENERAL, "You mean: The plan")["ephemeral"]
    with pytest.raises(RefusedError, match="no global shortcut"):
        slack.shortcut(AMARA, "look-at")


def test_home_is_published_and_changed_by_a_button(slack: WorkspaceClient) -> None:
    slack.open_home(AMARA)
    slack.wait_for(lambda: slack.home(AMARA))

    assert slack.click_view_text(AMARA, "Change") == {"ok": True}

    slack.wait_for(lambda: (slack.home(AMARA) or {})["blocks"][0]["type"] == "header")


def test_an_event_nobody_subscribed_to_stays_here(slack: WorkspaceClient) -> None:
    slack.say(AMARA, DESIGN, "hello everybody")
    ts = slack.say(AMARA, direct(slack), "hello")
    slack.react(AMARA, direct(slack), ts, "tada")

    def kinds() -> list[str]:
        return [one["payload"]["event"]["type"] for one in slack.record() if one.get("event_id")]

    slack.wait_for(lambda: "reaction_added" in kinds())
    assert sorted(kinds()) == ["message", "reaction_added"]
    assert slack.violations() == []
