"""`conversations.*` that change channels: making, naming, joining, inviting.

Source: https://docs.slack.dev/reference/methods?filter=conversations
"""

from collections.abc import Mapping

from playground.api_error import ApiError
from playground.messages.conversations import NAME
from playground.state.objects import channel_object
from playground.state.state import BOT_USER_ID, Conversation, WorkspaceError
from playground.state.store import Json
from playground.web_api.call import Call, Method

MOST_INVITED = 100
LONGEST_TOPIC = 250
MANAGE = {"channel": "channels:manage", "private": "groups:write"}
# The narrower scopes that some methods take as well.
TOPIC = {"channel": "channels:write.topic", "private": "groups:write.topic"}
INVITES = {"channel": "channels:write.invites", "private": "groups:write.invites"}


def create(call: Call) -> Json:
    """Make a channel with the app in it."""
    private = call.flag("is_private")
    call.need_scope("groups:write" if private else "channels:manage")
    name = _free_name(call)
    return _shown(call, call.workspace.rooms.create(BOT_USER_ID, name, private=private))


def rename(call: Call) -> Json:
    """Give a channel another name."""
    conversation = _managed(call)
    call.workspace.rooms.rename(conversation, _free_name(call), BOT_USER_ID)
    return _shown(call, conversation)


def archive(call: Call) -> Json:
    """Close a channel."""
    conversation = _named(call)
    _need_manage(call, conversation)
    if conversation.archived:
        raise ApiError("already_archived")
    if conversation.name == "general":
        raise ApiError("cant_archive_general")
    call.workspace.rooms.archive(conversation, BOT_USER_ID, archived=True)
    return {"ok": True}


def join(call: Call) -> Json:
    """Let the app into a public channel."""
    conversation = _named(call)
    if conversation.kind != "channel":
        raise ApiError("method_not_supported_for_channel_type")
    if conversation.archived:
        raise ApiError("is_archived")
    if BOT_USER_ID in conversation.members:
        metadata = {"warnings": ["already_in_channel"]}
        return _shown(call, conversation) | {"warning": "already_in_channel", "response_metadata": metadata}
    call.workspace.rooms.add(conversation, BOT_USER_ID, inviter=None)
    return _shown(call, conversation)


def leave(call: Call) -> Json:
    """Take the app out of a channel."""
    conversation = _named(call)
    _need_manage(call, conversation)
    if BOT_USER_ID not in conversation.members:
        return {"ok": True, "not_in_channel": True}
    call.workspace.rooms.drop(conversation, BOT_USER_ID, actor=BOT_USER_ID)
    return {"ok": True}


def invite(call: Call) -> Json:
    """Let people into a channel; with `force` those who can come."""
    conversation = _managed(call, INVITES)
    users = call.ids("users")
    if not users:
        raise ApiError("no_user")
    if len(users) > MOST_INVITED:
        raise ApiError("too_many_users")
    refused = {user: code for user in users if (code := _refusal(call, conversation, user)) is not None}
    if refused and not (call.flag("force") and len(refused) < len(users)):
        errors = [{"user": user, "ok": False, "error": code} for user, code in refused.items()]
        raise ApiError(next(iter(refused.values())), errors=errors)
    for user in users:
        if user not in refused:
            call.workspace.rooms.add(conversation, user, inviter=BOT_USER_ID)
    return _shown(call, conversation)


def kick(call: Call) -> Json:
    """Take somebody out of a channel."""
    conversation = _managed(call)
    person = call.person(call.text("user"))
    if person.id == BOT_USER_ID:
        raise ApiError("cant_kick_self")
    if conversation.name == "general":
        raise ApiError("cant_kick_from_general")
    if person.id not in conversation.members:
        raise ApiError("not_in_channel")
    call.workspace.rooms.drop(conversation, person.id, actor=BOT_USER_ID)
    return {"ok": True, "errors": {}}


def set_topic(call: Call) -> Json:
    """Say what a channel is about at present."""
    conversation = _managed(call, TOPIC)
    conversation.topic = _short(call, "topic")
    call.workspace.state.save_conversation(conversation)
    return _shown(call, conversation)


def set_purpose(call: Call) -> Json:
    """Say what a channel is for."""
    conversation = _managed(call, TOPIC)
    conversation.purpose = _short(call, "purpose")
    call.workspace.state.save_conversation(conversation)
    return {"ok": True, "purpose": conversation.purpose}


def close_direct(call: Call) -> Json:
    """Put a direct message away; it opens again with the next message."""
    conversation = call.conversation()
    if conversation.is_named:
        raise ApiError("method_not_supported_for_channel_type")
    call.need_scope_for(conversation, "write")
    return {"ok": True}


def _refusal(call: Call, conversation: Conversation, user: str) -> str | None:
    """Say with which code Slack refuses to let somebody in; None when it does not."""
    person = call.workspace.state.people.get(user)
    if person is None or person.deleted:
        return "user_not_found"
    if user == BOT_USER_ID:
        return "cant_invite_self"
    if user in conversation.members:
        return "already_in_channel"
    if person.is_ultra_restricted and any(one.is_named for one in call.workspace.rooms.of(user)):
        return "ura_max_channels"
    return None


def _named(call: Call) -> Conversation:
    conversation = call.conversation()
    if not conversation.is_named:
        raise ApiError("method_not_supported_for_channel_type")
    return conversation


def _need_manage(call: Call, conversation: Conversation, *narrower: str) -> None:
    call.need_scope(MANAGE[conversation.kind], *narrower)


def _managed(call: Call, narrower: Mapping[str, str] | None = None) -> Conversation:
    """Find a channel that the app is in and may change, with a narrower scope where there is one for this."""
    conversation = _named(call)
    _need_manage(call, conversation, *([narrower[conversation.kind]] if narrower else []))
    if BOT_USER_ID not in conversation.members:
        raise ApiError("not_in_channel")
    if conversation.archived:
        raise ApiError("is_archived")
    return conversation


def _free_name(call: Call) -> str:
    name = call.optional("name")
    if name is None:
        raise ApiError("invalid_name_required")
    if len(name) > 80:  # noqa: PLR2004 - Slack's own number, which NAME has too
        raise ApiError("invalid_name_maxlength")
    if NAME.fullmatch(name) is None:
        raise ApiError("invalid_name_specials")
    try:
        call.workspace.rooms.check_name(name)
    except WorkspaceError:
        raise ApiError("name_taken") from None
    return name


def _short(call: Call, name: str) -> str:
    value = str(call.arguments.get(name) or "")
    if len(value) > LONGEST_TOPIC:
        raise ApiError("too_long")
    return value


def _shown(call: Call, conversation: Conversation) -> Json:
    return {"ok": True, "channel": channel_object(conversation, BOT_USER_ID, call.workspace.state.outsiders())}


METHODS = (
    Method("conversations.create", create),
    Method("conversations.rename", rename),
    Method("conversations.archive", archive),
    Method("conversations.join", join, ("channels:join",)),
    Method("conversations.leave", leave),
    Method("conversations.invite", invite),
    Method("conversations.kick", kick),
    Method("conversations.setTopic", set_topic),
    Method("conversations.setPurpose", set_purpose),
    Method("conversations.close", close_direct),
)
