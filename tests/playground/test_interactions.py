import pytest
from slack_sdk.errors import SlackApiError

from playground.client import RefusedError, WorkspaceClient
from tests.playground.demo_app import FORM, DemoApp

AMARA, TOMASZ = "U0AMARA", "U0TOMASZ"
GENERAL = "C0GENERAL"


def test_a_command_reaches_the_app_with_names_turned_into_ids(app: DemoApp, workspace: WorkspaceClient) -> None:
    answer = workspace.command(AMARA, GENERAL, "/learn", "teach @tomasz <b> in #design")

    assert answer == {"ok": True}
    body = app.bodies[-1]
    assert body["text"] == "teach <@U0TOMASZ|tomasz> &lt;b&gt; in <#C0DESIGN|design>"
    assert (body["channel_name"], body["user_name"]) == ("general", "amara")
    assert body["is_enterprise_install"] == "false"


def test_a_respond_after_a_command_is_seen_by_that_person_only(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.command(AMARA, GENERAL, "/learn", "hello")

    message = workspace.wait_for_message(AMARA, GENERAL, "You said: hello")
    assert message["ephemeral"]
    assert workspace.messages(TOMASZ, GENERAL) == []
    assert app.bodies


def test_a_command_without_acknowledgement_shows_slacks_error(app: DemoApp, workspace: WorkspaceClient) -> None:
    answer = workspace.command(AMARA, GENERAL, "/learn", "silence")

    assert answer == {"ok": False, "error": '`/learn` failed with the error "operation_timeout"'}
    assert "operation_timeout" in workspace.messages(AMARA, GENERAL)[-1]["text"]
    assert len(app.bodies) == 1


def test_an_unknown_command_is_refused_without_the_app(app: DemoApp, workspace: WorkspaceClient) -> None:
    answer = workspace.command(AMARA, GENERAL, "/nothing")

    assert answer["error"] == "/nothing is not a valid command."
    assert app.bodies == []


def test_a_button_can_replace_its_message(app: DemoApp, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, "U0BOT")
    workspace.command(AMARA, channel, "/learn", "buttons")
    message = workspace.wait_for_message(AMARA, channel, "Shall we?")

    answer = workspace.click_text(AMARA, channel, message["ts"], "Not now")

    assert answer == {"ok": True}
    changed = workspace.wait_for_message(AMARA, channel, "Noted: Not now")
    assert (changed["ts"], changed["blocks"], changed["edited"]) == (message["ts"], [], True)
    click = app.interactions("block_actions")[-1]
    assert click["container"] == {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel,
        "is_ephemeral": False,
    }
    assert click["message"]["blocks"] == message["blocks"]
    assert click["channel"] == {"id": channel, "name": "directmessage"}


def test_a_button_can_replace_an_ephemeral_message(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.command(AMARA, GENERAL, "/learn", "secret buttons")
    message = workspace.wait_for_message(AMARA, GENERAL, "Shall we?")

    workspace.click_text(AMARA, GENERAL, message["ts"], "Count me in")

    changed = workspace.wait_for_message(AMARA, GENERAL, "Noted: Count me in")
    assert changed["ts"] == message["ts"]
    assert workspace.messages(TOMASZ, GENERAL) == []
    assert "message" not in app.interactions("block_actions")[-1]


def test_equal_action_ids_need_a_value(app: DemoApp, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, "U0BOT")
    app.client.chat_postMessage(channel=channel, text="Choose", blocks=_selects())
    ts = workspace.messages(AMARA, channel)[-1]["ts"]

    with pytest.raises(RefusedError, match="say block_id or value"):
        workspace.click(AMARA, "pick", channel=channel, ts=ts)
    workspace.click(AMARA, "pick", block_id="second", channel=channel, ts=ts, selected_option="2")

    click = app.interactions("block_actions")[-1]
    assert click["actions"][0]["selected_option"]["value"] == "2"
    assert click["state"]["values"]["second"]["pick"]["selected_option"]["value"] == "2"
    assert click["state"]["values"]["first"]["pick"]["selected_option"] is None


def test_a_form_shows_errors_and_then_closes(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.command(AMARA, GENERAL, "/learn", "form")
    workspace.wait_for(lambda: workspace.views(AMARA))

    empty = workspace.submit(AMARA, {})
    refused = workspace.submit(AMARA, {"title": {"text": "bad"}})
    accepted = workspace.submit(AMARA, {"title": {"text": "Learn <Rust>"}, "level": {"choice": "able"}})

    assert empty["errors"] == {"title": "Please complete this required field."}
    assert refused["errors"] == {"title": "Say it kindly."}
    assert refused["view"]["errors"] == {"title": "Say it kindly."}
    assert accepted == {"closed": True, "errors": {}}
    first, second = app.interactions("view_submission")
    assert first["view"]["state"]["values"]["level"]["choice"]["selected_option"]["value"] == "new"
    values = second["view"]["state"]["values"]
    assert values["title"]["text"] == {"type": "plain_text_input", "value": "Learn <Rust>"}
    assert values["level"]["choice"]["selected_option"]["value"] == "able"
    assert second["view"]["private_metadata"] == "kept"
    assert workspace.views(AMARA) == []


@pytest.mark.parametrize(("title", "depth", "on_top"), [("next", 2, "Goal"), ("other", 1, "Other")])
def test_a_form_can_be_followed_by_another(
    app: DemoApp, workspace: WorkspaceClient, title: str, depth: int, on_top: str
) -> None:
    workspace.command(AMARA, GENERAL, "/learn", "form")
    workspace.wait_for(lambda: workspace.views(AMARA))

    answer = workspace.submit(AMARA, {"title": {"text": title}})

    assert not answer["closed"]
    assert answer["view"]["title"]["text"] == on_top
    assert len(workspace.views(AMARA)) == depth
    assert app.interactions("view_submission")


def test_closing_a_form_tells_the_app(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.command(AMARA, GENERAL, "/learn", "form")
    view = workspace.wait_for(lambda: workspace.views(AMARA))[-1]

    workspace.close_view(AMARA, view["id"])

    assert workspace.views(AMARA) == []
    assert app.interactions("view_closed")[-1]["view"]["id"] == view["id"]


def test_a_trigger_opens_one_form_only(app: DemoApp, workspace: WorkspaceClient) -> None:
    app.triggers.clear()
    workspace.command(AMARA, GENERAL, "/learn", "form")
    workspace.wait_for(lambda: workspace.views(AMARA))

    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        app.client.views_open(trigger_id=app.triggers[0], view=FORM)


def test_opening_home_lets_the_app_publish_it(app: DemoApp, workspace: WorkspaceClient) -> None:
    workspace.open_home(AMARA)

    home = workspace.wait_for(lambda: workspace.home(AMARA))
    assert home["blocks"][0]["text"]["text"] == "Hello <@U0AMARA>"
    assert app.events("app_home_opened")[-1]["event"]["tab"] == "home"
    assert workspace.home(TOMASZ) is None


def test_a_global_shortcut_reaches_the_app(app: DemoApp, workspace: WorkspaceClient) -> None:
    answer = workspace.shortcut(AMARA, "ask")

    assert answer == {"ok": True}
    assert app.interactions("shortcut")[-1]["callback_id"] == "ask"


def _selects() -> list[dict[str, object]]:
    options = [{"text": {"type": "plain_text", "text": n}, "value": n} for n in ("1", "2")]
    return [
        {
            "type": "section",
            "block_id": block,
            "text": {"type": "mrkdwn", "text": "?"},
            "accessory": {"type": "static_select", "action_id": "pick", "options": options},
        }
        for block in ("first", "second")
    ]
