"""Where somebody used what they had learned."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import uses as use_blocks
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer, removed
from bot.domain.messages import DropReason, MessageKind
from storage import uses
from storage.outbox.outbox import OutboxMessage


def shared(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """A line on what somebody used, in the channel; not sent when it was taken back."""
    check = uses.find_use(session, row.workspace, row.subject)
    if check is None or not check.is_for_channel or check.channel_id != row.channel_id:
        return Drop(DropReason.TAKEN_BACK)
    return Post(use_blocks.shared_message(check.owner, check.line, check.id))


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.USE_SHARED: shared,
    MessageKind.USE_REMOVED: removed,
}
