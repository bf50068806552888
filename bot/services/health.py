"""What an operator wants to know: what is due, what waits, what went wrong; ids and numbers, no texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage import due, outbox
from storage.database import Database
from storage.due import Due
from storage.outbox import OutboxMessage, OutboxState

SHOWN: Final = 20
OVERDUE_AFTER: Final = timedelta(minutes=5)
WAITS_TOO_LONG_AFTER: Final = timedelta(hours=1)
LATELY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that is due at a moment; `subject` is the id of what it is about."""

    workspace: str
    kind: str
    subject: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Troubled:
    """A message that failed, or of which nobody knows whether it arrived; `key` names it."""

    workspace: str
    key: str
    state: str
    reason: str
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """How things stand at a moment.

    Args:
        looked_at: That moment.
        next_due: What comes next, soonest first; at most twenty.
        overdue: What should have happened more than five minutes ago; at most twenty.
        messages: The number of messages in each state.
        oldest_waiting: Since when the message that waits longest could have been sent; None when none waits.
        unconfirmed: Messages that may or may not have arrived, newest first; at most twenty.
        failed: Messages that could not be sent, newest first; at most twenty.
        failed_lately: How many of all failed ones belong to the last day.
    """

    looked_at: datetime
    next_due: tuple[Planned, ...]
    overdue: tuple[Planned, ...]
    messages: dict[str, int]
    oldest_waiting: datetime | None
    unconfirmed: tuple[Troubled, ...]
    failed: tuple[Troubled, ...]
    failed_lately: int

    @property
    def waits_too_long(self) -> bool:
        """Tell whether a message has been waiting for more than an hour."""
        return self.oldest_waiting is not None and self.looked_at - self.oldest_waiting > WAITS_TOO_LONG_AFTER

    @property
    def is_fine(self) -> bool:
        """Tell whether nobody has to look: nothing is overdue and nothing failed within a day."""
        return not self.overdue and not self.failed_lately and not self.waits_too_long


class HealthService:
    """Looks at everything in the database at one moment, and changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, now: datetime) -> Health:
        """Tell how things stand."""
        with self._database.read() as session:
            return Health(
                looked_at=now,
                next_due=_planned(due.list_next(session, now - OVERDUE_AFTER, SHOWN)),
                overdue=_planned(due.list_due(session, now - OVERDUE_AFTER, SHOWN)),
                messages=dict.fromkeys(OutboxState, 0) | outbox.count_states(session),
                oldest_waiting=outbox.find_oldest_waiting(session, now),
                unconfirmed=_troubled(outbox.list_newest(session, OutboxState.UNCONFIRMED, SHOWN)),
                failed=_troubled(outbox.list_newest(session, OutboxState.FAILED, SHOWN)),
                failed_lately=outbox.count_failed_since(session, now - LATELY),
            )


def _planned(rows: Sequence[Due]) -> tuple[Planned, ...]:
    return tuple(Planned(row.workspace, row.kind, row.subject, row.due_at) for row in rows)


def _troubled(rows: Sequence[OutboxMessage]) -> tuple[Troubled, ...]:
    return tuple(Troubled(row.workspace, row.key, row.state, row.reason, row.queued_at) for row in rows)
