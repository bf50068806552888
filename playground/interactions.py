"""What the app is asked when people use commands, click, submit and close; and what its answer does.

Source: https://docs.slack.dev/reference/interaction-payloads
"""

from dataclasses import dataclass

from playground.api_error import ApiError
from playground.desk import Desk
from playground.elements import (
    CHOICES,
    choice,
    field_errors,
    find_element,
    find_option,
    state_values,
)
from playground.link import AppLink, NotDeliveredError
from playground.manifest import Command, Manifest
from playground.objects import channel_object, message_object, view_object
from playground.posts import Posts
from playground.responses import Responses
from playground.rooms import Rooms
from playground.state import (
    APP_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    Conversation,
    Message,
    State,
    View,
)
from playground.store import Json
from playground.typed import command_text, escaped

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Click:
    """What a person did to which element. `simple` is the choice; `values` what stands in other fields."""

    action_id: str
    block_id: str | None
    simple: object
    values: Json


class Interactions:
    """Asks the app, and does what it answers. Every method waits for the acknowledgement, at most 3 s."""

    def __init__(
        self,
        state: State,
        manifest: Manifest,
        link: AppLink,
        posts: Posts,
        desk: Desk,
        responses: Responses,
        rooms: Rooms,
    ) -> None:
        self._state = state
        self._manifest = manifest
        self._link = link
        self._posts = posts
        self._desk = desk
        self._responses = responses
        self._rooms = rooms
        # (person, channel, ts) -> `state.values` of what they chose in a message; a restart forgets it.
        self._chosen: dict[tuple[str, str, str], Json] = {}

    async def command(self, user: str, conversation: Conversation, command: Command, text: str) -> Json:
        """Run a slash command of the app: {ok, error?}."""
        text = self._command_text(command, text.strip())
        payload = {
            "token": "local",
            "team_id": TEAM_ID,
            "team_domain": TEAM_DOMAIN,
            "channel_id": conversation.id,
            "channel_name": _channel_name(conversation),
            "user_id": user,
            "user_name": self._state.people[user].name,
            "command": command.command,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._responses.new_url(user, conversation.id),
            "trigger_id": self._desk.new_trigger(user),
        }
        try:
            answer = await self._link.ask("slash_commands", payload)
        except NotDeliveredError as failure:
            error = f'`{command.command}` failed with the error "{failure}"'
            self._posts.tell(user, conversation.id, error)
            return {"ok": False, "error": error}
        self._responses.answer_to(user, conversation.id, answer)
        return {"ok": True}

    async def click_message(self, user: str, message: Message, click: Click) -> Json:
        """Act on an element of a message: {ok, error?}."""
        key = (user, message.channel, message.ts)
        values = state_values(message.blocks, self._chosen.get(key, {}), click.values)
        action = self._action(message.blocks, click, values)
        self._chosen[key] = values
        conversation = self._rooms.get(message.channel)
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.reader is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = self._payload("block_actions", user) | {
            "container": container,
            "channel": {"id": conversation.id, "name": _channel_name(conversation)},
            "state": {"values": values},
            "response_url": self._responses.new_url(user, message.channel, message.ts),
            "actions": [action],
        }
        # Slack leaves the message out when it is an ephemeral one.
        if message.reader is None:
            payload["message"] = message_object(message, self._state, with_metadata=True)
        return await self._ask(payload)

    async def click_view(self, user: str, view: View, click: Click) -> Json:
        """Act on an element of a modal or Home: {ok, error?}."""
        values = state_values(view.content["blocks"], view.values, click.values)
        action = self._action(view.content["blocks"], click, values)
        view.values = values
        self._desk.save(view)
        payload = self._payload("block_actions", user) | {
            "container": {"type": "view", "view_id": view.id},
            "view": view_object(view),
            "actions": [action],
        }
        return await self._ask(payload)

    async def submit(self, user: str, view: View, given: Json) -> Json:
        """Submit a modal: {closed, errors, error?}."""
        blocks = view.content["blocks"]
        view.values = state_values(blocks, view.values, given)
        view.errors = field_errors(blocks, view.values)
        self._desk.save(view)
        if view.errors:
            return {"closed": False, "errors": view.errors}
        payload = self._payload("view_submission", user) | {"view": view_object(view), "response_urls": []}
        try:
            answer = await self._link.ask("interactive", payload)
            return self._follow(user, view, answer)
        except (NotDeliveredError, ApiError) as failure:
            return {"closed": False, "errors": {}, "error": f"{TROUBLE} ({failure})"}

    async def close(self, user: str, view: View) -> None:
        """Close one modal (or all, when it says so) and tell the app when it wants to know."""
        cleared = bool(view.content.get("clear_on_close"))
        if cleared:
            self._desk.close_all(user)
        else:
            self._desk.close(view)
        if view.content.get("notify_on_close"):
            payload = self._payload("view_closed", user) | {"view": view_object(view), "is_cleared": cleared}
            payload.pop("trigger_id")
            await self._ask(payload)

    async def shortcut(self, user: str, callback_id: str, message: Message | None) -> Json:
        """Use a shortcut of the app: {ok, error?}."""
        kind = "shortcut" if message is None else "message_action"
        payload = self._payload(kind, user) | {"callback_id": callback_id, "action_ts": self._action_ts()}
        if message is not None:
            conversation = self._rooms.get(message.channel)
            payload |= {
                "message_ts": message.ts,
                "channel": {"id": conversation.id, "name": _channel_name(conversation)},
                "message": message_object(message, self._state, with_metadata=True),
                "response_url": self._responses.new_url(user, message.channel),
            }
        return await self._ask(payload)

    def values_of(self, user: str, message: Message) -> Json:
        """Tell what a person has chosen in a message, as Slack's `state.values`."""
        return state_values(message.blocks, self._chosen.get((user, message.channel, message.ts), {}), {})

    def _follow(self, user: str, view: View, answer: Json) -> Json:
        """Do what the answer to a submission says."""
        action = answer.get("response_action")
        if action == "errors":
            known = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
            errors = {key: text for key, text in answer.get("errors", {}).items() if key in known}
            if not errors:
                # Slack shows no reason when the keys are not those of input blocks.
                return {"closed": False, "errors": {}, "error": TROUBLE}
            view.errors = errors
            self._desk.save(view)
            return {"closed": False, "errors": errors}
        if action == "update":
            self._desk.update(view, answer.get("view") or {})
            return {"closed": False, "errors": {}}
        if action == "push":
            self._desk.put_on_top(user, answer.get("view") or {})
            return {"closed": False, "errors": {}}
        if action == "clear":
            self._desk.close_all(user)
        else:
            self._desk.close(view)
        return {"closed": True, "errors": {}}

    async def _ask(self, payload: Json) -> Json:
        try:
            await self._link.ask("interactive", payload)
        except NotDeliveredError as failure:
            return {"ok": False, "error": f"{TROUBLE} ({failure})"}
        return {"ok": True}

    def _payload(self, kind: str, user: str) -> Json:
        person = self._state.people[user]
        name = person.name
        return {
            "type": kind,
            "user": {"id": user, "username": name, "name": name, "team_id": person.team},
            "api_app_id": APP_ID,
            "token": "local",
            "trigger_id": self._desk.new_trigger(user),
            "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _action(self, blocks: list[Json], click: Click, values: Json) -> Json:
        """Build the entry of `actions`, noting a choice that stays in `values`."""
        wanted = click.simple if isinstance(click.simple, str) else None
        block_id, element = find_element(blocks, click.action_id, click.block_id, wanted)
        kind = element["type"]
        action: Json = {
            "action_id": element["action_id"],
            "block_id": block_id,
            "type": kind,
            "action_ts": self._action_ts(),
        }
        if kind in CHOICES:
            held = choice(element, click.simple)
            values.setdefault(block_id, {})[element["action_id"]] = held
            return action | held
        if kind == "overflow":
            return action | {"selected_option": find_option(element, click.simple)}
        return action | {name: element[name] for name in ("text", "value", "style") if name in element}

    def _action_ts(self) -> str:
        return self._posts.next_ts()

    def _command_text(self, command: Command, text: str) -> str:
        if not command.escape:
            return escaped(text)
        return command_text(text, self._state.people.values(), self._rooms.named())


def _channel_name(conversation: Conversation) -> str:
    """Name a conversation the way Slack's payloads do."""
    if conversation.kind == "im":
        return "directmessage"
    if conversation.kind == "private":
        return "privategroup"
    return str(channel_object(conversation, "")["name"])
