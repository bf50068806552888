"""Messages of which nobody knows whether they arrived: looked up where the bot may read, else decided by their kind."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.messages import RULES, Doubt, MessageKind, Posted
from bot.gateway import ANSWER_SECONDS, SlackGateway
from bot.troubles import CannotReachError, OperatorNeededError
from storage import erasures, pings, sending, waits
from storage.database import Database, Lease
from storage.outbox import OutboxMessage, OutboxState

# What was asked has reached Slack by then, or never will: also a process that lost its right to send in the middle
# of a call has given that call up, but for one whose answer comes in pieces.
IN_DOUBT_AFTER: Final = timedelta(seconds=ANSWER_SECONDS + 2)
MOST_ATTEMPTS: Final = 3
# What a message is looked up with.
LOOKING: Final = frozenset({"conversations.open", "conversations.history"})

_log = logging.getLogger(__name__)


class Doubts:
    """Settles what became of messages whose sending was begun and never recorded.

    Args:
        database: Where the outbox is.
        gateway: Slack.
    """

    def __init__(self, database: Database, gateway: SlackGateway) -> None:
        self._database = database
        self._gateway = gateway

    def settle(self, lease: Lease, workspace: str, now: datetime, at: datetime) -> None:
        """Decide about every message in doubt; whoever has the lease knows that nobody else is sending.

        Args:
            lease: The right to send in the workspace.
            workspace: Whose messages.
            now: What time it is for people.
            at: What time it is for Slack's limits.

        Raises:
            SlackTrouble: Slack cannot be asked now; what is not settled stays in doubt.
        """
        for row, reader in self._list(workspace, at):
            reason = row.reason or "stopped while sending"
            posted, is_known = self._look_up(row, reader) if reader else (None, False)
            with lease.write() as session:
                if posted is not None:
                    row.mark_sent(posted, now)
                else:
                    may_repeat = is_known or RULES[MessageKind(row.kind)].doubt is Doubt.TWICE
                    again = may_repeat and row.attempts < MOST_ATTEMPTS
                    row.state = OutboxState.QUEUED if again else OutboxState.UNCONFIRMED
                    row.reason = reason
                is_decided = sending.save(session, row) is not None
                if is_decided and is_known and posted is None:
                    pings.give_back(session, row)

    def _list(self, workspace: str, at: datetime) -> Sequence[tuple[OutboxMessage, str]]:
        """List what can be decided now, each with in whose direct message it can be looked for."""
        with self._database.read() as session:
            rows = sending.list_in_doubt(session, workspace, at - IN_DOUBT_AFTER)
            in_doubt = [(row, _sole_reader(session, row)) for row in rows]
            may_look = not LOOKING & waits.list_waits(session, workspace, at)
        return [(row, reader) for row, reader in in_doubt if may_look or not reader]

    def _look_up(self, row: OutboxMessage, reader: str) -> tuple[Posted | None, bool]:
        """Return where a message stands, if anywhere, and whether that is certain."""
        try:
            return self._find(row, reader), True
        except (CannotReachError, OperatorNeededError) as trouble:
            _log.warning("%s cannot be looked for: %s", row.key, trouble.error)
            return None, False

    def _find(self, row: OutboxMessage, reader: str) -> Posted | None:
        if row.kind == MessageKind.EXPORT and row.ts:
            found = self._gateway.find_file(row.channel_id, row.ts)
            if found is not None:
                return found
        return self._gateway.find_message(reader, row.key)


def _sole_reader(session: Session, row: OutboxMessage) -> str:
    """Return in whose direct message a message can be looked for; whom it tells of their erasure, only that names."""
    if row.kind == MessageKind.ERASED:
        record = erasures.find_erasure(session, row.workspace, row.subject)
        return record.user_id if record else ""
    return row.sole_reader
