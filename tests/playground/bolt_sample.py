"""The flows of Bolt's own samples as one app, over sockets or, with a PORT, over HTTP."""

import os
import re
import threading
from typing import Any

from slack_bolt import Ack, App, Respond, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.models import blocks as kit
from slack_sdk.models.blocks.block_elements import FileInputElement

Json = dict[str, Any]
PEOPLE = {"ada": "Ada Lovelace", "alan": "Alan Turing", "grace": "Grace Hopper"}
OPTIONS = [kit.Option(text=kit.PlainTextObject(text=word), value=word) for word in ("maru", "batsu")]

app = App(
    client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
)


def elements() -> list[kit.BlockElement]:
    """Every element that may stand in a message, made with Slack's own classes."""
    confirm = kit.ConfirmObject(title="Sure?", text="Really?", confirm="Yes", deny="No")
    return [
        kit.ButtonElement(text="Click", action_id="el-button", value="clicked", style="primary", confirm=confirm),
        kit.OverflowMenuElement(action_id="el-overflow", options=OPTIONS),
        kit.CheckboxesElement(action_id="el-checkboxes", options=OPTIONS),
        kit.RadioButtonsElement(action_id="el-radio", options=OPTIONS),
        kit.StaticSelectElement(action_id="el-static", placeholder="Pick", options=OPTIONS),
        kit.ExternalDataSelectElement(action_id="el-external", placeholder="Type", min_query_length=1),
        kit.UserSelectElement(action_id="el-user", placeholder="Who"),
        kit.ConversationSelectElement(action_id="el-conversation", placeholder="Where"),
        kit.ChannelSelectElement(action_id="el-channel", placeholder="Where"),
        kit.DatePickerElement(action_id="el-date", initial_date="2026-11-24"),
        kit.TimePickerElement(action_id="el-time", initial_time="09:00"),
        kit.DateTimePickerElement(action_id="el-datetime"),
    ]


def accessories() -> list[kit.BlockElement]:
    """The elements that stand beside a text only."""
    return [
        kit.StaticMultiSelectElement(action_id="el-multi-static", placeholder="Pick", options=OPTIONS),
        kit.ExternalDataMultiSelectElement(action_id="el-multi-external", placeholder="Type", min_query_length=0),
        kit.UserMultiSelectElement(action_id="el-multi-user", placeholder="Who"),
        kit.ConversationMultiSelectElement(action_id="el-multi-conversation", placeholder="Where"),
        kit.ChannelMultiSelectElement(action_id="el-multi-channel", placeholder="Where"),
    ]


def inputs() -> list[kit.InputInteractiveElement]:
    """Every element of a form that a message cannot have, and some that it can."""
    return [
        kit.PlainTextInputElement(action_id="text", multiline=True, max_length=100),
        kit.EmailInputElement(action_id="email"),
        kit.UrlInputElement(action_id="url"),
        kit.NumberInputElement(action_id="number", is_decimal_allowed=False, min_value="1", max_value="9"),
        kit.RichTextInputElement(action_id="rich"),
        FileInputElement(action_id="files", filetypes=["csv"], max_files=1),
        kit.UserMultiSelectElement(action_id="users", max_selected_items=2),
        kit.ConversationSelectElement(
            action_id="where", response_url_enabled=True, default_to_current_conversation=True
        ),
        kit.ExternalDataSelectElement(action_id="hero"),
        kit.CheckboxesElement(action_id="boxes", options=OPTIONS),
    ]


def form(title: str, text: str = "") -> Json:
    fields = [kit.InputBlock(block_id=f"b-{one.action_id}", label="L", element=one, optional=True) for one in inputs()]
    return {
        "type": "modal",
        "callback_id": "form",
        "notify_on_close": True,
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Send"},
        "private_metadata": text,
        "blocks": [field.to_dict() for field in fields],
    }


def note(title: str) -> Json:
    text = {"type": "mrkdwn", "text": "Done"}
    return {
        "type": "modal",
        "callback_id": "note",
        "title": {"type": "plain_text", "text": title},
        "blocks": [{"type": "section", "text": text}],
    }


@app.command("/hello-bolt")
def hello(ack: Ack, command: Json, respond: Respond, client: WebClient) -> None:
    if command["text"] == "at once":
        ack(text="Answered in the acknowledgement", response_type="in_channel")
        return
    if command["text"] == "fail":
        raise RuntimeError("no acknowledgement")
    ack()
    if command["text"] == "form":
        client.views_open(trigger_id=command["trigger_id"], view=form("Form", command["channel_id"]))
    elif command["text"] == "elements":
        rows = [kit.ActionsBlock(elements=[one.to_dict()]).to_dict() for one in elements()]
        rows += [kit.SectionBlock(text="Choose", accessory=one).to_dict() for one in accessories()]
        client.chat_postMessage(channel=command["channel_id"], text="Elements", blocks=rows)
    else:
        for number in range(int(command["text"])):
            respond(text=f"Answer {number}")


@app.action(re.compile("el-.*"))
def acted(ack: Ack) -> None:
    ack()


@app.options("el-external")
@app.options("hero")
def find(ack: Ack, payload: Json) -> None:
    found = [(key, name) for key, name in PEOPLE.items() if payload["value"].lower() in name.lower() + key]
    ack(options=[{"text": {"type": "plain_text", "text": name}, "value": key} for key, name in found])


@app.options("el-multi-external")
def find_in_groups(ack: Ack) -> None:
    options = [{"text": {"type": "plain_text", "text": name}, "value": key} for key, name in PEOPLE.items()]
    ack(option_groups=[{"label": {"type": "plain_text", "text": "Pioneers"}, "options": options}])


@app.view("form")
def submitted(ack: Ack, view: Json, body: Json, client: WebClient) -> None:
    text = view["state"]["values"]["b-text"]["text"]["value"]
    if text == "wrong":
        ack(response_action="errors", errors={"b-text": "Not this."})
    elif text == "wrong block":
        ack(response_action="errors", errors={"text": "Not this."})
    elif text == "too long a title":
        ack(response_action="update", view=note("x" * 25))
    elif text == "push":
        ack(response_action="push", view=note("Pushed"))
    elif text == "update":
        ack(response_action="update", view=note("Updated"))
    elif text == "clear":
        ack(response_action="clear")
    else:
        ack()
        for one in body["response_urls"]:
            Respond(response_url=one["response_url"])(text=f"Shared by {body['user']['name']}")
        client.chat_postMessage(channel=body["user"]["id"], text=f"Saved {text}")


@app.view_closed("form")
def closed(ack: Ack, body: Json, client: WebClient) -> None:
    ack()
    client.chat_postMessage(channel=body["user"]["id"], text=f"Closed, cleared {body['is_cleared']}")


@app.shortcut("open-form")
def global_shortcut(ack: Ack, shortcut: Json, client: WebClient) -> None:
    ack()
    view = client.views_open(trigger_id=shortcut["trigger_id"], view=form("Form"))["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=form("Opened by shortcut"))


@app.shortcut("look-at")
def message_shortcut(ack: Ack, shortcut: Json, respond: Respond) -> None:
    ack()
    respond(text=f"You mean: {shortcut['message']['text']}")


@app.event("app_home_opened")
def home(event: Json, client: WebClient) -> None:
    if event["tab"] == "home":
        button = kit.ButtonElement(text="Change", action_id="home-button").to_dict()
        blocks = [{"type": "actions", "elements": [button]}]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


@app.action("home-button")
def home_button(ack: Ack, body: Json, client: WebClient) -> None:
    ack()
    view = {"type": "home", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Changed"}}]}
    client.views_publish(user_id=body["user"]["id"], hash=body["view"]["hash"], view=view)


@app.event("app_mention")
def mentioned(event: Json, say: Say) -> None:
    say(text=f"Hi <@{event['user']}>", thread_ts=event["ts"])


@app.message("knock knock")
def knock(message: Json, say: Say) -> None:
    say(f"Who's there, <@{message['user']}>?")


@app.event(re.compile(".*"))
def anything_else() -> None:
    pass


if __name__ == "__main__":
    if port := os.environ.get("PORT"):
        app.start(port=int(port))
    else:
        SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect()  # type: ignore[no-untyped-call]
        threading.Event().wait()
