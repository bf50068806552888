"""What the app is asked when people use commands, click, submit and close; and what its answer does.

Source: https://docs.slack.dev/reference/interaction-payloads
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from playground.api_error import ApiError
from playground.block_kit import review_options
from playground.delivery.link import AppLink, NotDeliveredError
from playground.delivery.record import Record, reasons
from playground.delivery.responses import ResponseRefusedError, Responses
from playground.manifest import Command, Manifest
from playground.messages.conversations import Rooms
from playground.messages.elements import (
    CHOICES,
    EXTERNAL,
    choice,
    elements,
    field_errors,
    find_element,
    find_option,
    options,
    state_values,
)
from playground.messages.posts import Posts
from playground.messages.typed import command_text, escaped
from playground.messages.views import Desk
from playground.state.objects import channel_object, message_object, view_object
from playground.state.state import APP_ID, TEAM_DOMAIN, TEAM_ID, Conversation, Message, State, View, WorkspaceError
from playground.state.store import Json

# How much must be typed before an external select asks, unless it says otherwise.
LEAST_TYPED = 3
NOT_ITS_BLOCKS = "the errors name no input block of the view"
NO_MESSAGE = "the acknowledgement holds no message that Slack would show"
RESPONSES = ("errors", "update", "push", "clear")
TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Click:
    """What a person did to which element. `simple` is the choice; `values` what is in other fields."""

    action_id: str
    block_id: str | None
    simple: object
    values: Json

    def chosen(self, blocks: list[Json]) -> dict[tuple[str, str], object]:
        """Say what was chosen in which element."""
        others = {(block, name): value for block, held in self.values.items() for name, value in held.items()}
        wanted = self.simple if isinstance(self.simple, str) else None
        block_id, element = find_element(blocks, self.action_id, self.block_id, wanted)
        return others | {(block_id, element["action_id"]): self.simple}


@dataclass(frozen=True)
class Wanted:
    """Which external select somebody opened, and what they typed into it."""

    action_id: str
    block_id: str | None
    typed: str


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
        record: Record,
    ) -> None:
        self._state = state
        self._manifest = manifest
        self._link = link
        self._posts = posts
        self._desk = desk
        self._responses = responses
        self._rooms = rooms
        self._record = record
        # (person, block id, action id) -> what the app offered for an external select; a restart forgets it.
        self._offered: dict[tuple[str, str, str], list[Json]] = {}
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
            self._responses.answer_to(user, conversation.id, answer)
        except ResponseRefusedError as refusal:
            self._record.violate(command.command, str(refusal), NO_MESSAGE)
            return self._failed(user, conversation, command, str(refusal))
        except NotDeliveredError as failure:
            return self._failed(user, conversation, command, str(failure))
        return {"ok": True}

    def _failed(self, user: str, conversation: Conversation, command: Command, code: str) -> Json:
        """Say that a command failed, the way Slack does."""
        error = f'`{command.command}` failed with the error "{code}"'
        self._posts.tell(user, conversation.id, error)
        return {"ok": False, "error": error}

    async def click_message(self, user: str, message: Message, click: Click) -> Json:
        """Act on an element of a message: {ok, error?}."""
        key = (user, message.channel, message.ts)
        around = self._around_message(message)
        blocks = await self._with_offers(user, message.blocks, around, click.chosen(message.blocks))
        values = state_values(blocks, self._chosen.get(key, {}), click.values)
        action = self._action(blocks, click, values)
        self._chosen[key] = values
        payload = self._payload("block_actions", user) | {
            **around,
            "state": {"values": values},
            "response_url": self._responses.new_url(user, message.channel, message.ts),
            "actions": [action],
        }
        return await self._ask(payload)

    async def click_view(self, user: str, view: View, click: Click) -> Json:
        """Act on an element of a modal or Home: {ok, error?}."""
        around = _around_view(view)
        blocks = await self._with_offers(user, view.content["blocks"], around, click.chosen(view.content["blocks"]))
        values = state_values(blocks, view.values, click.values)
        action = self._action(blocks, click, values)
        view.values = values
        self._desk.save(view)
        payload = self._payload("block_actions", user) | _around_view(view) | {"actions": [action]}
        return await self._ask(payload)

    async def submit(self, user: str, view: View, given: Json) -> Json:
        """Submit a modal: {closed, errors, error?}."""
        chosen = {(block, action): simple for block, actions in given.items() for action, simple in actions.items()}
        blocks = await self._with_offers(user, view.content["blocks"], _around_view(view), chosen)
        view.values = state_values(blocks, view.values, self._with_files(blocks, given))
        view.errors = field_errors(blocks, view.values)
        self._desk.save(view)
        if view.errors:
            return {"closed": False, "errors": view.errors}
        payload = self._payload("view_submission", user) | {
            "view": view_object(view),
            "response_urls": self._response_urls(user, view),
        }
        try:
            answer = await self._link.ask("interactive", payload)
            return self._follow(user, view, answer)
        except NotDeliveredError as failure:
            return {"closed": False, "errors": {}, "error": f"{TROUBLE} ({failure})"}
        except ApiError as refusal:
            self._record.violate("view_submission", refusal.code, *reasons(refusal.more))
            return {"closed": False, "errors": {}, "error": f"{TROUBLE} ({refusal})"}

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

    async def options_for_message(self, user: str, message: Message, wanted: Wanted) -> list[Json]:
        """Ask the app for the options of an external select of a message."""
        return await self._suggest(user, message.blocks, self._around_message(message), wanted)

    async def options_for_view(self, user: str, view: View, wanted: Wanted) -> list[Json]:
        """Ask the app for the options of an external select of a view."""
        return await self._suggest(user, view.content["blocks"], _around_view(view), wanted)

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
        if action is not None and action not in RESPONSES:
            self._record.violate("view_submission", "response_action", f"must be one of: {', '.join(RESPONSES)}")
            return {"closed": False, "errors": {}, "error": TROUBLE}
        if action == "errors":
            known = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
            given = answer.get("errors")
            errors = {key: text for key, text in given.items() if key in known} if isinstance(given, dict) else {}
            if not errors or not all(text and isinstance(text, str) for text in errors.values()):
                # Slack shows no reason when the keys are not those of input blocks.
                self._record.violate("view_submission", "errors", NOT_ITS_BLOCKS)
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

    async def _suggest(self, user: str, blocks: list[Json], around: Json, wanted: Wanted) -> list[Json]:
        """Ask the app for options, groups laid flat, and remember them; too short a text finds nothing.

        Raises WorkspaceError when the app gives none in time, or gives what is none.
        """
        block_id, element = find_element(blocks, wanted.action_id, wanted.block_id)
        if element["type"] not in EXTERNAL:
            raise WorkspaceError(f"The options of {wanted.action_id!r} are known already.")
        if len(wanted.typed) < element.get("min_query_length", LEAST_TYPED):
            return []
        payload = self._payload("block_suggestion", user) | around
        payload |= {"action_id": wanted.action_id, "block_id": block_id, "value": wanted.typed}
        for unknown in ("trigger_id", "state"):
            payload.pop(unknown, None)
        try:
            answer = await self._link.ask("interactive", payload)
        except NotDeliveredError as failure:
            raise WorkspaceError(f"No options could be loaded ({failure}).") from None
        findings = review_options(answer)
        if findings:
            lines = [finding.line() for finding in findings]
            self._record.violate("block_suggestion", "invalid_options", *lines)
            raise WorkspaceError(f"No options could be loaded ({lines[0]}).")
        found = options({"type": "static_select", **answer})
        self._offered.setdefault((user, block_id, wanted.action_id), []).extend(found)
        return found

    async def _with_offers(
        self, user: str, blocks: list[Json], around: Json, chosen: Mapping[tuple[str, str], object]
    ) -> list[Json]:
        """Copy blocks with what the app offered for their external selects; asks for what was chosen unasked."""
        blocks = deepcopy(blocks)
        for block_id, element in elements(blocks):
            if element.get("type") not in EXTERNAL:
                continue
            action_id = element["action_id"]
            simple = chosen.get((block_id, action_id))
            known = self._offered.setdefault((user, block_id, action_id), [])
            for one in simple if isinstance(simple, list) else [simple]:
                if isinstance(one, str) and one and one not in [option["value"] for option in known]:
                    await self._suggest(user, blocks, around, Wanted(action_id, block_id, one))
            element["options"] = list(known)
        return blocks

    def _with_files(self, blocks: list[Json], given: Json) -> Json:
        """Put files in the place of their ids in what file fields are given."""
        given = {block: dict(actions) for block, actions in given.items()}
        for block_id, element in elements(blocks):
            ids = given.get(block_id, {}).get(element["action_id"])
            if element["type"] == "file_input" and isinstance(ids, list):
                given[block_id][element["action_id"]] = [self._file(str(one)) for one in ids]
        return given

    def _file(self, file_id: str) -> Json:
        file = self._state.files.get(file_id)
        if file is None:
            raise WorkspaceError(f"There is no file {file_id!r}.")
        return file

    def _around_message(self, message: Message) -> Json:
        """Say where a message is, as payloads do. Slack leaves an ephemeral one itself out."""
        conversation = self._rooms.get(message.channel)
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.reader is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        around: Json = {
            "container": container,
            "channel": {"id": conversation.id, "name": _channel_name(conversation)},
        }
        if message.reader is None:
            around["message"] = message_object(message, self._state, with_metadata=True)
        return around

    def _response_urls(self, user: str, view: View) -> list[Json]:
        """Make the response URLs of a form's channel selects that ask for one."""
        urls = []
        for block_id, element in elements(view.content["blocks"]):
            held = view.values.get(block_id, {}).get(element["action_id"], {})
            channel = held.get("selected_conversation") or held.get("selected_channel")
            if element.get("response_url_enabled") and channel:
                url = self._responses.new_url(user, channel, in_channel=True)
                named = {"block_id": block_id, "action_id": element["action_id"]}
                urls.append({**named, "channel_id": channel, "response_url": url})
        return urls

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


def _around_view(view: View) -> Json:
    """Say where a view stands, as payloads do."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view_object(view)}


def _channel_name(conversation: Conversation) -> str:
    """Name a conversation the way Slack's payloads do."""
    if conversation.kind == "im":
        return "directmessage"
    if conversation.kind == "private":
        return "privategroup"
    return str(channel_object(conversation, "")["name"])
