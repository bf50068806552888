"""`chat.scheduleMessage` and what belongs to it.

Source: https://docs.slack.dev/reference/methods/chat.scheduleMessage
"""

from datetime import timedelta

from playground.api_error import ApiError
from playground.messages.scheduled import Planned
from playground.state.store import Json
from playground.web_api.call import Call, Method
from playground.web_api.chat import read_draft, read_target

FURTHEST = timedelta(days=120)
WINDOW = 300
MOST_IN_A_WINDOW = 30
NEVER = "a scheduled message with metadata is never posted"


def schedule(call: Call) -> Json:
    """Plan a message for a Unix time of the workspace's clock."""
    workspace = call.workspace
    conversation = read_target(call)
    draft = read_draft(call)
    post_at = _time(call)
    now = workspace.clock.timestamp()
    if post_at <= now:
        raise ApiError("time_in_past")
    if post_at > now + FURTHEST.total_seconds():
        raise ApiError("time_too_far")
    near = [one for one in workspace.scheduled.of(conversation.id) if one.post_at // WINDOW == post_at // WINDOW]
    if len(near) >= MOST_IN_A_WINDOW:
        raise ApiError("restricted_too_many")
    if draft.metadata is not None:
        call.advise(NEVER)
    planned = workspace.scheduled.add(conversation.id, post_at, draft, call.optional("thread_ts"))
    return {
        "ok": True,
        "channel": conversation.id,
        "scheduled_message_id": planned.id,
        "post_at": post_at,
        "message": {"type": "delayed_message", "text": draft.text or "", "blocks": draft.blocks},
    }


def forget(call: Call) -> Json:
    """Take a planned message back."""
    conversation = call.conversation()
    wanted = call.text("scheduled_message_id")
    if not any(one.id == wanted for one in call.workspace.scheduled.of(conversation.id)):
        raise ApiError("invalid_scheduled_message_id")
    call.workspace.scheduled.drop(wanted)
    return {"ok": True}


def list_planned(call: Call) -> Json:
    """List the planned messages, of one conversation or of all, the earliest first."""
    channel = call.conversation().id if call.optional("channel") else None
    found = sorted(call.workspace.scheduled.of(channel), key=lambda one: one.post_at)
    return call.page([_shown(one) for one in found], "scheduled_messages", default_limit=100)


def _time(call: Call) -> int:
    try:
        return int(call.text("post_at"))
    except ValueError:
        raise ApiError("invalid_time") from None


def _shown(planned: Planned) -> Json:
    return {
        "id": planned.id,
        "channel_id": planned.channel,
        "post_at": planned.post_at,
        "date_created": planned.created,
        "text": planned.draft["text"] or "",
    }


METHODS = (
    Method("chat.scheduleMessage", schedule, ("chat:write",)),
    Method("chat.deleteScheduledMessage", forget, ("chat:write",)),
    Method("chat.scheduledMessages.list", list_planned),
)
