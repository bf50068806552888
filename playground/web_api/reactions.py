"""`reactions.*`: emoji on messages."""

from playground.api_error import ApiError
from playground.messages.posts import EMOJI_NAME
from playground.state.objects import message_object
from playground.state.state import BOT_USER_ID, Message
from playground.state.store import Json
from playground.web_api.call import Call, Method


def add(call: Call) -> Json:
    """React to a message."""
    message, name = _message(call), _name(call)
    if _has(message, name, BOT_USER_ID):
        raise ApiError("already_reacted")
    call.workspace.posts.react(BOT_USER_ID, message, name)
    return {"ok": True}


def remove(call: Call) -> Json:
    """Take the app's own reaction away."""
    message, name = _message(call), _name(call)
    if not _has(message, name, BOT_USER_ID):
        raise ApiError("no_reaction")
    call.workspace.posts.react(BOT_USER_ID, message, name)
    return {"ok": True}


def get(call: Call) -> Json:
    """Tell the reactions to a message."""
    message = _message(call)
    shown = message_object(message, call.workspace.state)
    return {"ok": True, "type": "message", "channel": message.channel, "message": shown}


def list_of_user(call: Call) -> Json:
    """List what somebody reacted to, where the app is too, the newest first, page by page."""
    user = call.person(call.optional("user") or BOT_USER_ID).id
    state = call.workspace.state
    found = [
        message
        for conversation in call.workspace.rooms.of(BOT_USER_ID)
        for message in reversed(state.messages[conversation.id])
        if any(user in one["users"] for one in message.reactions)
    ]
    found.sort(key=lambda message: message.ts, reverse=True)
    page = call.page(found, "items", default_limit=100)
    return page | {
        "items": [
            {"type": "message", "channel": message.channel, "message": message_object(message, state)}
            for message in page["items"]
        ]
    }


def _message(call: Call) -> Message:
    if not call.optional("channel") or not call.optional("timestamp"):
        raise ApiError("no_item_specified")
    conversation = call.conversation()
    message = call.workspace.state.find_message(conversation.id, call.text("timestamp"))
    if message is None or message.reader is not None:
        raise ApiError("message_not_found")
    if conversation.archived:
        raise ApiError("is_archived")
    if BOT_USER_ID not in conversation.members:
        raise ApiError("not_in_channel")
    return message


def _name(call: Call) -> str:
    name = call.text("name").strip(":")
    if EMOJI_NAME.fullmatch(name) is None:
        raise ApiError("invalid_name")
    return name


def _has(message: Message, name: str, user: str) -> bool:
    return any(one["name"] == name and user in one["users"] for one in message.reactions)


METHODS = (
    Method("reactions.add", add, ("reactions:write",)),
    Method("reactions.remove", remove, ("reactions:write",)),
    Method("reactions.get", get, ("reactions:read",)),
    Method("reactions.list", list_of_user, ("reactions:read",)),
)
