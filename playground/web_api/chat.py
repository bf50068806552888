"""`chat.*`: the app's messages."""

import json

from playground.api_error import ApiError, invalid_blocks
from playground.block_kit import LONGEST_BLOCKS, MESSAGE, review_blocks, text_length
from playground.messages.posts import Draft
from playground.state.objects import message_object
from playground.state.state import BOT_USER_ID, Conversation, Message
from playground.state.store import Json
from playground.web_api.call import Call, Method

MOST_ATTACHMENTS = 100
LONGEST_UPDATE = 4_000
LONGEST_MARKDOWN = 12_000
# Not documented; Slack says "an object", and other limits of its kind are of this size.
LONGEST_METADATA = 8_000
# How a message may look as if it came from somebody else.
LOOKS = ("username", "icon_emoji", "icon_url")
NO_TEXT = "top-level text is missing: notifications and screen readers read nothing else"


def post_message(call: Call) -> Json:
    """Post to a channel, a direct message or, by a person's id, to the direct message with them."""
    conversation = read_target(call)
    draft = read_draft(call)
    message = call.workspace.posts.post(BOT_USER_ID, conversation.id, draft, thread_ts=_thread(call, conversation))
    call.workspace.posted.add("chat.postMessage", message)
    shown = message_object(message, call.workspace.state, with_metadata=True)
    return {"ok": True, "channel": conversation.id, "ts": message.ts, "message": shown}


def post_ephemeral(call: Call) -> Json:
    """Show a message to one member only."""
    conversation = read_target(call)
    reader = call.text("user")
    if reader not in conversation.members:
        raise ApiError("user_not_in_channel")
    thread = _thread(call, conversation)
    message = call.workspace.posts.post(BOT_USER_ID, conversation.id, read_draft(call), thread_ts=thread, reader=reader)
    call.workspace.posted.add("chat.postEphemeral", message)
    return {"ok": True, "message_ts": message.ts}


def update(call: Call) -> Json:
    """Change one of the app's own messages."""
    message = _own_message(call, "cant_update_message")
    text, blocks = _text(call), _blocks(call)
    attachments = _attachments(call)
    if text is None and not blocks and not attachments:
        raise ApiError("no_text")
    if len(call.optional("text") or "") > LONGEST_UPDATE:
        raise ApiError("msg_too_long")
    if attachments is not None:
        message.attachments = attachments
    if call.arguments.get("metadata") is not None:
        # An empty object takes the metadata away; leaving it out keeps it.
        message.metadata = _metadata(call)
    call.workspace.posts.change(message, text=text, blocks=blocks)
    shown = message_object(message, call.workspace.state, with_metadata=True)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Call) -> Json:
    """Take one of the app's own messages away."""
    message = _own_message(call, "cant_delete_message")
    call.workspace.posts.delete(message)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def permalink(call: Call) -> Json:
    """Say where a message can be read."""
    conversation = call.conversation()
    ts = call.text("message_ts")
    if call.workspace.state.find_message(conversation.id, ts) is None:
        raise ApiError("message_not_found")
    link = f"{call.workspace.base_url}archives/{conversation.id}/p{ts.replace('.', '')}"
    return {"ok": True, "channel": conversation.id, "permalink": link}


def read_target(call: Call) -> Conversation:
    """Find where to post; raises ApiError."""
    wanted = call.text("channel")
    workspace = call.workspace
    if wanted in workspace.state.people:
        person = workspace.state.people[wanted]
        if person.deleted or person.is_bot or workspace.rooms.is_stranger(person):
            raise ApiError("channel_not_found")
        conversation = workspace.rooms.with_app(wanted)
    else:
        named = (one for one in workspace.state.named() if one.name == wanted.removeprefix("#"))
        known = wanted in workspace.state.conversations
        conversation = call.conversation() if known else next(named, None) or call.conversation()
    if conversation.archived:
        raise ApiError("is_archived")
    if BOT_USER_ID not in conversation.members:
        if conversation.kind != "channel":
            raise ApiError("channel_not_found")
        if "chat:write.public" not in workspace.grants.scopes:
            raise ApiError("not_in_channel")
    if conversation.kind == "im" and not workspace.manifest.messages_tab:
        raise ApiError("messages_tab_disabled")
    return conversation


def _thread(call: Call, conversation: Conversation) -> str | None:
    thread_ts = call.optional("thread_ts")
    if thread_ts is not None:
        root = call.workspace.state.find_message(conversation.id, thread_ts)
        if root is None or root.reader is not None:
            raise ApiError("cannot_reply_to_message")
    return thread_ts


def read_draft(call: Call) -> Draft:
    """Read what is to be posted; raises ApiError."""
    if any(call.optional(name) for name in LOOKS):
        call.need_scope("chat:write.customize")
    text, blocks = _text(call), _blocks(call) or []
    attachments = _attachments(call) or []
    if text is None and not blocks and not attachments:
        raise ApiError("no_text")
    if text is None:
        call.advise(NO_TEXT)
    return Draft(text, blocks, attachments, _metadata(call))


def _blocks(call: Call) -> list[Json] | None:
    blocks = call.objects("blocks", "invalid_blocks_format")
    if blocks is None:
        return None
    findings = review_blocks(blocks, MESSAGE)
    if findings:
        raise invalid_blocks(findings)
    if text_length(blocks) > LONGEST_BLOCKS:
        raise ApiError("msg_blocks_too_long")
    if any(block["type"] == "video" for block in blocks):
        call.need_scope("links.embed:write")
    return blocks


def _text(call: Call) -> str | None:
    """Read `text`, or `markdown_text` in its place; raises ApiError."""
    markdown = call.optional("markdown_text")
    if markdown is None:
        return call.optional("text")
    if call.optional("text") or call.arguments.get("blocks"):
        raise ApiError("markdown_text_conflict")
    if len(markdown) > LONGEST_MARKDOWN:
        raise ApiError("msg_too_long")
    return markdown


def _attachments(call: Call) -> list[Json] | None:
    attachments = call.objects("attachments", "invalid_attachments")
    if attachments is not None and len(attachments) > MOST_ATTACHMENTS:
        raise ApiError("too_many_attachments")
    for position, attachment in enumerate(attachments or []):
        pointer = f"/attachments/{position}/blocks"
        findings = review_blocks(attachment.get("blocks") or [], MESSAGE, pointer)
        if findings:
            raise invalid_blocks(findings, "invalid_attachments")
    return attachments


def _metadata(call: Call) -> Json | None:
    metadata = call.data("metadata", "invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= set(metadata):
        raise ApiError("invalid_metadata_format")
    if not isinstance(metadata["event_payload"], dict):
        raise ApiError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > LONGEST_METADATA:
        raise ApiError("metadata_too_large")
    return metadata


def _own_message(call: Call, refusal: str) -> Message:
    conversation = call.conversation()
    message = call.workspace.state.find_message(conversation.id, call.text("ts"))
    if message is None or message.reader is not None:
        raise ApiError("message_not_found")
    if not message.bot:
        raise ApiError(refusal)
    if conversation.archived:
        raise ApiError("is_archived")
    return message


METHODS = (
    Method("chat.postMessage", post_message, ("chat:write",)),
    Method("chat.postEphemeral", post_ephemeral, ("chat:write",)),
    Method("chat.update", update, ("chat:write",)),
    Method("chat.delete", delete, ("chat:write",)),
    Method("chat.getPermalink", permalink),
)
