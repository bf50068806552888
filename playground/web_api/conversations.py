"""`conversations.*` and `users.conversations`: channels, direct messages and what was said in them."""

from playground.api_error import ApiError
from playground.state.objects import SLACKBOT, channel_object, message_object
from playground.state.state import BOT_USER_ID, Conversation
from playground.state.store import Json
from playground.web_api.call import Call, Method

MOST_PEOPLE = 8
KINDS = {"public_channel": "channel", "private_channel": "private", "mpim": "mpim", "im": "im"}
READ_SCOPES = {"channel": "channels:read", "private": "groups:read", "mpim": "mpim:read", "im": "im:read"}


def open_direct(call: Call) -> Json:
    """Open a direct message with one person, or a group with up to eight."""
    if call.optional("channel"):
        conversation, opened = call.conversation(), False
    else:
        users = list(dict.fromkeys(call.ids("users")))
        if not users:
            raise ApiError("users_list_not_supplied")
        if len(users) > MOST_PEOPLE:
            raise ApiError("too_many_users")
        call.need_scope("im:write" if len(users) == 1 else "mpim:write")
        for user in users:
            person = call.person(user)
            if person.is_bot or person.id == SLACKBOT:
                raise ApiError("cannot_dm_bot")
            if person.deleted:
                raise ApiError("user_disabled")
            if call.workspace.rooms.is_stranger(person):
                raise ApiError("invalid_user_combination")
        if call.flag("prevent_creation") and not _exists(call, users):
            raise ApiError("channel_not_found")
        conversation, opened = call.workspace.rooms.direct(BOT_USER_ID, *users)
    shown: Json = {"id": conversation.id}
    if call.flag("return_im"):
        shown = channel_object(conversation, BOT_USER_ID)
    answer: Json = {"ok": True, "channel": shown}
    return answer if opened else answer | {"no_op": True, "already_open": True}


def info(call: Call) -> Json:
    """Tell about one conversation."""
    conversation = call.conversation()
    call.need_scope_for(conversation, "read")
    shown = channel_object(conversation, BOT_USER_ID, call.workspace.state.outsiders())
    if call.flag("include_num_members"):
        shown["num_members"] = len(conversation.members)
    return {"ok": True, "channel": shown}


def members(call: Call) -> Json:
    """List the ids of a conversation's members, page by page."""
    conversation = call.conversation()
    call.need_scope_for(conversation, "read")
    page = call.page([{"id": one} for one in conversation.members], "members", default_limit=100)
    return page | {"members": [one["id"] for one in page["members"]]}


def list_all(call: Call) -> Json:
    """List the conversations that the app may know of, page by page."""
    known = [
        one
        for one in call.workspace.state.conversations.values()
        if one.kind == "channel" or BOT_USER_ID in one.members
    ]
    return _listed(call, known)


def list_of_user(call: Call) -> Json:
    """List somebody's conversations, private ones only where the app is in them too."""
    user = call.optional("user") or BOT_USER_ID
    call.person(user)
    theirs = [one for one in call.workspace.rooms.of(user) if one.kind == "channel" or BOT_USER_ID in one.members]
    return _listed(call, theirs)


def history(call: Call) -> Json:
    """Read a conversation's messages, newest first."""
    conversation = _readable(call)
    state, with_metadata = call.workspace.state, call.flag("include_all_metadata")
    found = [
        message
        for message in reversed(state.messages[conversation.id])
        if message.reader is None and message.thread_ts in (None, message.ts) and _in_span(call, message.ts)
    ]
    page = call.page(found, "messages", default_limit=100, most=999)
    return page | {
        "messages": [message_object(one, state, with_metadata=with_metadata) for one in page["messages"]],
        "has_more": bool(page["response_metadata"]["next_cursor"]),
        "pin_count": 0,
    }


def thread(call: Call) -> Json:
    """Read a thread, its root first."""
    conversation = _readable(call)
    state = call.workspace.state
    root = state.find_message(conversation.id, call.text("ts"))
    if root is None or root.reader is not None:
        raise ApiError("thread_not_found")
    with_metadata = call.flag("include_all_metadata")
    answers = [reply for reply in state.replies(conversation.id, root.ts) if _in_span(call, reply.ts)]
    found = [message_object(one, state, with_metadata=with_metadata) for one in (root, *answers)]
    page = call.page(found, "messages", default_limit=1000)
    return page | {"has_more": bool(page["response_metadata"]["next_cursor"])}


def _exists(call: Call, users: list[str]) -> bool:
    return call.workspace.state.find_direct({BOT_USER_ID, *users}) is not None


def _listed(call: Call, conversations: list[Conversation]) -> Json:
    wanted = []
    for name in call.ids("types") or ["public_channel"]:
        if name not in KINDS:
            raise ApiError("invalid_types")
        call.need_scope(READ_SCOPES[KINDS[name]])
        wanted.append(KINDS[name])
    outsiders = call.workspace.state.outsiders()
    shown = [
        channel_object(one, BOT_USER_ID, outsiders) | {"num_members": len(one.members)}
        for one in conversations
        if one.kind in wanted and not (one.archived and call.flag("exclude_archived"))
    ]
    return call.page(shown, "channels", default_limit=100, most=999)


def _readable(call: Call) -> Conversation:
    conversation = call.conversation()
    call.need_scope_for(conversation, "history")
    if BOT_USER_ID not in conversation.members:
        raise ApiError("not_in_channel")
    return conversation


def _in_span(call: Call, ts: str) -> bool:
    oldest, latest = call.optional("oldest"), call.optional("latest")
    moment = float(ts)
    inclusive = call.flag("inclusive")
    try:
        after = oldest is None or moment > float(oldest) or (inclusive and moment == float(oldest))
        before = latest is None or moment < float(latest) or (inclusive and moment == float(latest))
    except ValueError:
        raise ApiError("invalid_ts_oldest") from None
    return after and before


METHODS = (
    Method("conversations.open", open_direct),
    Method("conversations.info", info),
    Method("conversations.members", members),
    Method("conversations.list", list_all),
    Method("users.conversations", list_of_user),
    Method("conversations.history", history),
    Method("conversations.replies", thread),
)
