"""Where a message belongs, and whether it can still be said there."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.courier.decisions import Drop, Wait
from bot.domain.messages import RULES, DropReason, MessageKind, Posted
from storage.communities import Community
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage, OutboxState

# Slack answers most calls in less.
SENDING_TAKES: Final = timedelta(seconds=2)


def why_not(
    session: Session, row: OutboxMessage, at: Posted | None, home: Community | None, now: datetime
) -> Drop | Wait | None:
    """Tell why a message cannot be sent any more, or not yet, whatever it says; None when it can."""
    if row.not_after is not None and now > row.not_after:
        return Drop(DropReason.TOO_LATE)
    if (row.edits or row.replies_to) and at is None:
        # Of what is just being sent nobody knows yet where it stands.
        other = _find_other(session, row)
        if other is not None and other.state == OutboxState.SENDING:
            return Wait(now + SENDING_TAKES)
        is_out_of_reach = RULES[MessageKind(row.kind)].removes and other is not None and other.may_stand
        return Drop(DropReason.PLACE_UNKNOWN if is_out_of_reach else DropReason.PARENT_UNSENT)
    if RULES[MessageKind(row.kind)].removes:
        return None
    return Drop(DropReason.ASLEEP) if home is not None and home.asleep_at is not None else None


def find_anchor(session: Session, row: OutboxMessage) -> Posted | None:
    """Return where the message stands that another one edits, takes away or answers; None when nobody knows."""
    other = _find_other(session, row)
    # Of what somebody has seen, though Slack's answer got lost, nobody knows where it stands.
    is_known = other is not None and other.state == OutboxState.SENT and other.ts
    return Posted(other.channel_id, other.ts) if other is not None and is_known else None


def _find_other(session: Session, row: OutboxMessage) -> OutboxMessage | None:
    """Return the message that this one belongs to, or None."""
    key = row.edits or row.replies_to
    return outbox.find_message(session, row.workspace, key) if key else None
