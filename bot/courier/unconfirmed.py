"""Messages of which nobody knows whether they arrived.

Where the bot may read, it looks. Elsewhere the kind decides: what is better read twice than never is posted once more
when the trouble has ended, and otherwise, or when that left it in doubt as well, the people concerned are asked.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.backoff import ASK_AFTER, MOST_POSTS, wait_of_message
from bot.domain.messages import RULES, Doubt, MessageKind, Posted
from bot.gateway import ANSWER_SECONDS, MOST_PIECES_SECONDS, SlackGateway
from bot.services.delivery import has_people_to_ask, leave_to_people
from bot.slack_errors import CannotReachError, OperatorNeededError, SlackTrouble
from storage.database import Database
from storage.outbox import pings, sending, slack_waits
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.privacy import erasures

# What was asked has reached Slack by then, or never will: also a process that lost its right to send in the middle
# of a call has given that call up.
IN_DOUBT_AFTER: Final = timedelta(seconds=ANSWER_SECONDS + MOST_PIECES_SECONDS + 1)
# What a message is looked up with.
LOOKING: Final = frozenset({"conversations.open", "conversations.history"})

_log = logging.getLogger(__name__)


class UnconfirmedMessages:
    """Settles what became of messages whose sending was begun and never recorded.

    Args:
        database: Where the outbox is.
        gateway: Slack.
        is_still_right: Tells whether a message would still go to those it was to, so that they may be asked about it.
    """

    def __init__(
        self,
        database: Database,
        gateway: SlackGateway,
        is_still_right: Callable[[Session, OutboxMessage, datetime], bool],
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._is_still_right = is_still_right

    def settle(self, workspace: str, now: datetime, at: datetime) -> SlackTrouble | None:
        """Decide about every message in doubt; the process with the lease knows that no other is sending.

        Args:
            workspace: Whose messages.
            now: What time it is for people.
            at: What time it is by the machine's clock.

        Returns:
            What kept the bot from looking; what it could not look up stays in doubt.
        """
        trouble = None
        for row, reader in self._list(workspace, at):
            if reader and trouble is not None:
                continue
            try:
                posted, is_known = self._look_up(row, reader) if reader else (None, False)
            except SlackTrouble as found:
                trouble = found
                continue
            with self._database.write(workspace) as session:
                if is_known:
                    slack_waits.end_waits(session, workspace, LOOKING)
                saved = _settle(session, row, posted, is_known=is_known, now=now, at=at)
                if saved is not None and saved.state == OutboxState.UNCONFIRMED and saved.retry_at is None:
                    self._leave_to_people(session, saved, now)
        return trouble

    def go_on(self, session: Session, workspace: str, now: datetime, at: datetime, *, is_over: bool) -> None:
        """Go on with what may be posted once more: post it when Slack's trouble has ended, or else ask in time.

        The question is what finds out whether Slack posts again, since it can be looked up. While it waits, the end of
        the trouble still lets the message be posted, until it is too late. Only what nobody can be asked about is
        posted to find that out.

        Args:
            session: The transaction in which the next message is claimed.
            workspace: Whose messages.
            now: What time it is for people.
            at: What time it is by the machine's clock.
            is_over: Whether posting works again.
        """
        for row in sending.list_posted_again(session, workspace):
            is_late = row.not_after is not None and now > row.not_after
            is_time = is_late or (row.retry_at is not None and row.retry_at <= at)
            if not is_late and (is_over or (is_time and not has_people_to_ask(session, row))):
                row.state, row.retry_at = OutboxState.QUEUED, None
            elif is_time and self._leave_to_people(session, row, now):
                row.retry_at = None
            session.add(row)

    def _leave_to_people(self, session: Session, row: OutboxMessage, now: datetime) -> bool:
        """Ask whom a message concerns, or have it given up when it is not right any more; True when none waits."""
        if self._is_still_right(session, row, now):
            return leave_to_people(session, row, now)
        row.state = OutboxState.QUEUED
        return True

    def _list(self, workspace: str, at: datetime) -> Sequence[tuple[OutboxMessage, str]]:
        """List what can be decided now, each with in whose direct message it can be looked for."""
        with self._database.read() as session:
            rows = sending.list_in_doubt(session, workspace, at - IN_DOUBT_AFTER)
            if not rows:
                return []
            in_doubt = [(row, _sole_reader(session, row)) for row in rows]
            may_look = not LOOKING & slack_waits.list_waiting(session, workspace, at)
        return [(row, reader) for row, reader in in_doubt if may_look or not reader]

    def _look_up(self, row: OutboxMessage, reader: str) -> tuple[Posted | None, bool]:
        """Return where a message is, if anywhere, and whether that is certain."""
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


def _settle(
    session: Session, row: OutboxMessage, posted: Posted | None, *, is_known: bool, now: datetime, at: datetime
) -> OutboxMessage | None:
    """Record what became of a message in doubt, or what is to become of it; return it as it is now, if it is there."""
    row.reason = row.reason or "stopped while sending"
    if posted is not None:
        row.mark_sent(posted, now)
    elif is_known or row.is_repeatable:
        row.state = OutboxState.QUEUED
        row.failures += 1
        row.retry_at = (row.attempted_at or at) + wait_of_message(row.failures)
    else:
        row.state = OutboxState.UNCONFIRMED
        # Those who are left after somebody has gone out are another group, to which it was not posted before.
        posts = row.attempts - pings.count_to_others(session, row)
        is_left_to_people = RULES[MessageKind(row.kind)].doubt is Doubt.NEVER or posts >= MOST_POSTS
        row.retry_at = None if is_left_to_people else (row.attempted_at or at) + ASK_AFTER
    saved = sending.save(session, row)
    if saved is not None and is_known and posted is None:
        pings.give_back(session, row)
    return saved


def _sole_reader(session: Session, row: OutboxMessage) -> str:
    """Return in whose direct message a message can be looked for; whom it tells of their erasure, only that names."""
    if row.kind == MessageKind.ERASED:
        record = erasures.find_erasure(session, row.workspace, row.subject)
        return record.user_id if record else ""
    return row.sole_reader
