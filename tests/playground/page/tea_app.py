"""A small Bolt app for the page's tests: it arranges tea between colleagues."""

import logging
from typing import Any

from slack_bolt import Ack, App, Respond, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Tea time", "description": "Brings people together over tea"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "teatime"},
        "slash_commands": [
            {"command": "/tea", "description": "Meet somebody over tea", "usage_hint": "[form | silence]"},
        ],
        "shortcuts": [
            {"name": "Plan tea", "type": "global", "callback_id": "plan", "description": "Plan"},
            {"name": "Discuss over tea", "type": "message", "callback_id": "discuss", "description": "Talk"},
        ],
    },
    "oauth_config": {
        "scopes": {"bot": ["chat:write", "commands", "im:write", "im:history", "users:read", "channels:read"]},
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "message.im", "member_joined_channel"]},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str, text: str) -> Json:
    return {"text": plain(text), "value": value}


def invitation() -> list[Json]:
    ask = {"title": plain("Really not?"), "text": plain("There is cake."), "confirm": plain("No tea")}
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Tea?* It is ready."}},
        {
            "type": "actions",
            "block_id": "answer",
            "elements": [
                {"type": "button", "action_id": "yes", "style": "primary", "text": plain("Count me in")},
                {"type": "button", "action_id": "no", "text": plain("Not today"), "confirm": ask},
                {
                    "type": "overflow",
                    "action_id": "more",
                    "options": [option("later", "Later"), option("never", "Never again")],
                },
                {
                    "type": "static_select",
                    "action_id": "sort",
                    "placeholder": plain("Which tea?"),
                    "options": [option("green", "Green"), option("black", "Black")],
                },
            ],
        },
    ]


def form(title: str = "Plan tea") -> Json:
    return {
        "type": "modal",
        "callback_id": "tea",
        "title": plain(title),
        "submit": plain("Save"),
        "blocks": [
            {
                "type": "input",
                "block_id": "what",
                "label": plain("What shall we talk about?"),
                "hint": plain("For example: the new garden"),
                "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
            },
            {
                "type": "input",
                "block_id": "day",
                "label": plain("Which day?"),
                "element": {"type": "datepicker", "action_id": "date", "initial_date": "2030-01-07"},
            },
            {
                "type": "input",
                "block_id": "with",
                "optional": True,
                "label": plain("With whom?"),
                "element": {"type": "multi_users_select", "action_id": "people", "placeholder": plain("Anybody")},
            },
            {
                "type": "input",
                "block_id": "cake",
                "dispatch_action": True,
                "label": plain("Cake"),
                "element": {
                    "type": "radio_buttons",
                    "action_id": "cake",
                    "initial_option": option("no", "No cake"),
                    "options": [option("no", "No cake"), option("yes", "Cake")],
                },
            },
        ],
    }


class TeaApp:
    """The app, and the bodies of everything that reached it."""

    def __init__(self, base_url: str) -> None:
        self.bodies: list[Json] = []
        self.app = App(
            client=WebClient("xoxb-local-workspace", base_url=f"{base_url}api/"),
            logger=logging.getLogger("tea"),
        )
        self._handler = SocketModeHandler(self.app, "xapp-local-workspace")
        app = self.app
        app.use(self._remember)
        app.command("/tea")(self._tea)
        app.action("yes")(self._yes)
        app.action("no")(self._no)
        app.action("more")(self._more)
        app.action("sort")(self._sort)
        app.action("cake")(self._cake)
        app.action("plan")(self._plan)
        app.view("tea")(self._saved)
        app.shortcut("plan")(self._plan)
        app.shortcut("discuss")(self._plan)
        app.event("app_home_opened")(self._home)
        app.event("message")(self._talk)
        app.event("member_joined_channel")(self._nothing)

    def connect(self) -> None:
        self._handler.connect()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped

    def close(self) -> None:
        self._handler.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped

    def _remember(self, body: Json, next: Any) -> None:  # noqa: A002, ANN401 - Bolt's names
        self.bodies.append(body)
        next()

    def _tea(self, ack: Ack, respond: Respond, command: Json, client: WebClient) -> None:
        if command["text"] == "silence":
            return
        ack()
        if command["text"] == "form":
            client.views_open(trigger_id=command["trigger_id"], view=form())
        elif command["text"] == "here":
            client.chat_postMessage(channel=command["channel_id"], text="Tea?", blocks=invitation())
        else:
            respond(text="Tea?", blocks=invitation())

    def _yes(self, ack: Ack, respond: Respond) -> None:
        ack()
        respond(text="*You are in.* Tea on Thursday.", replace_original=True)

    def _no(self, ack: Ack, respond: Respond) -> None:
        ack()
        respond(text="No tea for you.", replace_original=True)

    def _more(self, ack: Ack, respond: Respond, action: Json) -> None:
        ack()
        respond(text=f"You chose {action['selected_option']['value']}.", replace_original=True)

    def _sort(self, ack: Ack, respond: Respond, action: Json) -> None:
        ack()
        respond(text=f"A cup of {action['selected_option']['value']} tea.", replace_original=False)

    def _cake(self, ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_update(view_id=body["view"]["id"], view=form("Plan tea and cake"))

    def _plan(self, ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form())

    def _saved(self, ack: Ack, view: Json, body: Json, client: WebClient) -> None:
        values = view["state"]["values"]
        if "work" in values["what"]["text"]["value"]:
            ack(response_action="errors", errors={"what": "Anything but that, please."})
            return
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text=f"Saved: {values['what']['text']['value']}")

    def _home(self, event: Json, client: WebClient) -> None:
        blocks = [
            {"type": "header", "text": plain("Your teas")},
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": f"Hello <@{event['user']}>"},
                "accessory": {"type": "button", "action_id": "plan", "text": plain("Plan one")},
            },
        ]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    def _talk(self, event: Json, say: Say) -> None:
        say(f"You said: {event['text']}")

    def _nothing(self) -> None:
        pass
