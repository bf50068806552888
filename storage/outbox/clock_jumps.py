"""What is put right when the machine's clock is set back: moments that were near are far away then."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from storage.due import Due
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.outbox.slack_waits import SlackWait


def set_back(session: Session, workspace: str, by: timedelta, now: datetime) -> None:
    """Move the moments of the machine that lie in the future back as far as its clock was set back.

    Otherwise what waits for a minute would wait for as long as the clock was set back, and what was sent a moment ago
    would count as sent within the last minute until the clock comes there again.
    """
    later = select(OutboxMessage).where(OutboxMessage.workspace == workspace, col(OutboxMessage.retry_at) > now)
    for message in session.exec(later):
        assert message.retry_at is not None  # noqa: S101 - it is asked for
        message.retry_at = max(now, message.retry_at - by)
        session.add(message)
    for due in session.exec(select(Due).where(Due.workspace == workspace, col(Due.retry_at) > now)):
        assert due.retry_at is not None  # noqa: S101 - the same
        due.retry_at = max(now, due.retry_at - by)
        session.add(due)
    for wait in session.exec(select(SlackWait).where(SlackWait.workspace == workspace)):
        wait.until = min(wait.until, max(now, wait.until - by))
        if wait.careful_until is not None:
            wait.careful_until = min(wait.careful_until, max(now, wait.careful_until - by))
        wait.since = min(wait.since, now) if wait.since is not None else None
        session.add(wait)
    session.exec(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.workspace) == workspace,
            col(OutboxMessage.attempted_at) > now,
            # One that is being sent is known by this moment.
            col(OutboxMessage.state) != OutboxState.SENDING,
        )
        .values(attempted_at=now)
    )
