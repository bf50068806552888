"""What people hear of messages that do not come any more, or that nobody knows to have arrived."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import delivery as delivery_blocks
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer
from bot.domain.messages import Came, DropReason, MessageKind
from bot.services.delivery import undelivered
from storage.outbox import outbox
from storage.outbox.outbox import NEVER_CAME, OutboxMessage, OutboxState


def asked(session: Session, row: OutboxMessage, _library: Library, now: datetime) -> Verdict:
    """Did it arrive; not sent when that is known by now, or when the message was sent once more."""
    message = outbox.find_by_id(session, row.workspace, row.subject)
    if message is None or message.state != OutboxState.UNCONFIRMED or str(message.attempts) != row.about:
        return Drop(DropReason.SETTLED)
    one = undelivered(session, message, row.recipients[0])
    if message.not_after is not None and now > message.not_after:
        return Post(delivery_blocks.never_known_message(one))
    return Post(delivery_blocks.asked_message(one))


def given_up(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """It does not come any more; not sent when it is being sent after all."""
    message = outbox.find_by_id(session, row.workspace, row.subject)
    if message is None or message.state not in NEVER_CAME:
        return Drop(DropReason.SETTLED)
    return Post(delivery_blocks.not_delivered_message(undelivered(session, message, row.recipients[0])))


def answer_lost(_session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    """What came of what somebody did, whose answer Slack did not take."""
    came, _, reference = row.about.partition(":")
    return Post(delivery_blocks.answer_lost_message(Came(came), reference, library.names))


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.DELIVERY_ASKED: asked,
    MessageKind.DELIVERY_TOO_LATE: given_up,
    MessageKind.ANSWER_LOST: answer_lost,
}
