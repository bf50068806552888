"""A small Bolt app, exactly as somebody would write one, that the protocol tests talk to."""

import threading
from typing import Any

from slack_bolt import Ack, App, Respond, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

Json = dict[str, Any]

# One block each, since Slack takes an action id once in a block only.
BUTTONS: list[Json] = [
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "join",
                "value": answer,
                "text": {"type": "plain_text", "text": answer},
            }
        ],
    }
    for answer in ("Count me in", "Not now")
]
FORM: Json = {
    "type": "modal",
    "callback_id": "goal",
    "notify_on_close": True,
    "private_metadata": "kept",
    "title": {"type": "plain_text", "text": "Goal"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "level",
            "label": {"type": "plain_text", "text": "Level"},
            "element": {
                "type": "static_select",
                "action_id": "choice",
                "initial_option": {"text": {"type": "plain_text", "text": "New"}, "value": "new"},
                "options": [
                    {"text": {"type": "plain_text", "text": text}, "value": text.lower()} for text in ("New", "Able")
                ],
            },
        },
    ],
}


class DemoApp:
    """The app and everything that reached it, in `bodies`."""

    def __init__(self, base_url: str) -> None:
        self.bodies: list[Json] = []
        self.headers: list[Json] = []
        self.app = App(client=WebClient("xoxb-local-workspace", base_url=f"{base_url}api/"))
        self.client = self.app.client
        self.triggers: list[str] = []
        self._handler: SocketModeHandler | None = None
        self._lock = threading.Lock()
        self._listen()

    def connect(self) -> None:
        # Five unanswered pings are needed to notice a lost socket: 50 s with the default of 10 s.
        self._handler = SocketModeHandler(self.app, "xapp-local-workspace", ping_interval=1)
        self._handler.connect()  # type: ignore[no-untyped-call] # Bolt left it untyped

    def disconnect(self) -> None:
        if self._handler is not None:
            self._handler.close()  # type: ignore[no-untyped-call] # the same
            self._handler = None

    def events(self, kind: str) -> list[Json]:
        """The payloads of one type of event, oldest first."""
        return [body for body in list(self.bodies) if body.get("event", {}).get("type") == kind]

    def interactions(self, kind: str) -> list[Json]:
        return [body for body in list(self.bodies) if body.get("type") == kind]

    def _listen(self) -> None:
        app = self.app
        app.use(self._remember)
        app.command("/learn")(self._learn)
        app.action("join")(self._join)
        app.action({"action_id": "pick"})(self._only_acknowledge)
        app.view("goal")(self._save_goal)
        app.view_closed("goal")(self._only_acknowledge)
        app.shortcut("ask")(self._only_acknowledge)
        app.event("app_home_opened")(self._publish)
        app.event("message")(self._answer)
        for kind in ("member_joined_channel", "member_left_channel", "channel_left", "user_change"):
            app.event(kind)(self._nothing)
        for kind in ("team_join", "reaction_added", "channel_rename", "channel_archive"):
            app.event(kind)(self._nothing)

    def _remember(self, body: Json, request: Any, next: Any) -> None:  # noqa: A002, ANN401 - Bolt's names
        with self._lock:
            self.headers.append(dict(request.headers))
            self.bodies.append(body)
        next()

    def _learn(self, ack: Ack, respond: Respond, command: Json, client: WebClient) -> None:
        if command["text"] == "silence":
            return
        ack()
        if command["text"] == "form":
            self.triggers.append(command["trigger_id"])
            client.views_open(trigger_id=command["trigger_id"], view=FORM)
        elif command["text"] == "buttons":
            client.chat_postMessage(channel=command["user_id"], text="Shall we?", blocks=BUTTONS)
        elif command["text"] == "secret buttons":
            respond(text="Shall we?", blocks=BUTTONS)
        else:
            respond(f"You said: {command['text']}")

    def _join(self, ack: Ack, respond: Respond, action: Json) -> None:
        ack()
        respond(text=f"Noted: {action['value']}", replace_original=True)

    def _only_acknowledge(self, ack: Ack) -> None:
        ack()

    def _save_goal(self, ack: Ack, view: Json) -> None:
        title = view["state"]["values"]["title"]["text"]["value"]
        if title == "bad":
            ack(response_action="errors", errors={"title": "Say it kindly."})
        elif title == "next":
            ack(response_action="push", view=FORM)
        elif title == "other":
            ack(response_action="update", view={**FORM, "title": {"type": "plain_text", "text": "Other"}})
        elif title == "done":
            ack(response_action="clear")
        else:
            ack()

    def _publish(self, event: Json, client: WebClient) -> None:
        text = {"type": "mrkdwn", "text": f"Hello <@{event['user']}>"}
        client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [{"type": "section", "text": text}]}
        )

    def _answer(self, event: Json, say: Say) -> None:
        say(f"Echo: {event['text']}")

    def _nothing(self) -> None:
        pass
