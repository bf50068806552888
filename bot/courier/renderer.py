"""What makes the words of one kind of message."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.courier.decisions import TakeAway, Verdict
from bot.courier.library import Library
from storage.outbox.outbox import OutboxMessage

Renderer = Callable[[Session, OutboxMessage, Library, datetime], Verdict]


def removed(_session: Session, _row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """Take the message that it belongs to away."""
    return TakeAway()
