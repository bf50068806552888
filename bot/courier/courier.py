"""The courier: takes one message after another from a workspace's outbox to Slack."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.clock import Clock
from bot.courier.render import Library, render
from bot.courier.verdicts import Drop, Say, Verdict, Wait
from bot.domain.cadence import Window, first_common_opening
from bot.domain.messages import RULES, Doubt, MessageKind
from bot.gateway import (
    CannotReachError,
    ChannelClosedError,
    OperatorNeededError,
    OutcomeUnknownError,
    Posted,
    SlackGateway,
    SlackTrouble,
    TryLaterError,
    WorkspaceDeadError,
)
from bot.services.members import is_available
from storage import communities, members, outbox
from storage.communities import Community
from storage.database import Database, Lease
from storage.outbox import OutboxMessage, OutboxState

SEARCH: Final = timedelta(days=7)
DEAD_FOR_SECONDS: Final = 300.0
DOUBT_SECONDS: Final = 5.0
MOST_DOUBTS: Final = 3
_LEASE: Final = "courier"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    """A claimed message with its words; `at` is where an edit or a thread belongs."""

    row: OutboxMessage
    say: Say
    at: Posted | None


class Courier:
    """Sends what the outbox holds, each message once.

    Args:
        database: Where the outbox is.
        gateway: Slack.
        library: What words are made from.
        clock: What time it is.
        seconds: A stopwatch for the waits Slack asks for, which pass on the machine whatever `clock` says.
    """

    def __init__(
        self,
        database: Database,
        gateway: SlackGateway,
        library: Library,
        clock: Clock,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._library = library
        self._clock = clock
        self._seconds = seconds
        self._quiet_until: dict[str, float] = {}
        self._stopping = False

    def recover(self, workspace: str) -> None:
        """Settle the messages whose sending was begun and never recorded: the process or the database ended.

        While a courier of another process sends in the workspace, what is under way is its own, and left alone.
        """
        with self._database.lease(_LEASE, workspace) as lease:
            if lease is not None:
                self._recover(lease, workspace)

    def stop(self) -> None:
        """Finish the message in hand and take no other."""
        self._stopping = True

    def list_waiting(self) -> Sequence[str]:
        """List the workspaces that have something to send now."""
        with self._database.read() as session:
            return outbox.list_waiting_workspaces(session, self._clock.now())

    def drain_all(self) -> None:
        """Send everything that may be sent now, one workspace after another."""
        for workspace in self.list_waiting():
            self.drain(workspace)

    def drain(self, workspace: str) -> None:
        """Send everything that may be sent now in a workspace, the most urgent first.

        Does nothing while another process does so. Messages are claimed through the lease, and so by nobody
        who has lost it.
        """
        if self._must_wait(workspace):
            return
        with self._database.lease(_LEASE, workspace) as lease:
            if lease is None:
                return
            self._recover(lease, workspace)
            while not self._stopping and not self._must_wait(workspace):
                now = self._clock.now()
                with lease.write() as session:
                    row = outbox.find_next(session, workspace, now)
                    if row is None:
                        return
                    job = self._look(session, row, now)
                if job is not None:
                    self._send(job, now)

    def _recover(self, lease: Lease, workspace: str) -> None:
        with lease.write() as session:
            for row in outbox.list_in_doubt(session, workspace):
                self._settle_doubt(row, "stopped while sending")
                session.add(row)

    def _must_wait(self, workspace: str) -> bool:
        return workspace in self._quiet_until and self._seconds() < self._quiet_until[workspace]

    def _look(self, session: Session, row: OutboxMessage, now: datetime) -> _Job | None:
        """Decide about a message once more; a job comes back only for one that is now claimed."""
        at = _anchor(session, row)
        reason = _why_not(session, row, at, now)
        if reason:
            _close(session, row, OutboxState.DROPPED, reason)
            return None
        verdict = self._may_ping(session, row, now) or self._words(session, row, now)
        if verdict is None:
            _close(session, row, OutboxState.FAILED, "it could not be put into words")
            self._tell_others(session, row, now)
            return None
        if isinstance(verdict, Drop):
            _close(session, row, OutboxState.DROPPED, verdict.reason)
            return None
        if isinstance(verdict, Wait):
            row.not_before = verdict.until
            session.add(row)
            return None
        return _Job(row, verdict, at) if outbox.claim(session, row) else None

    def _words(self, session: Session, row: OutboxMessage, now: datetime) -> Verdict | None:
        try:
            return render(session, row, self._library, now)
        except SQLAlchemyError:
            # The database's trouble, not the message's.
            raise
        except Exception:
            # Left as it is, it would come first again and again, and nothing behind it would ever be sent.
            _log.exception("%s could not be put into words", row.key)
            return None

    def _may_ping(self, session: Session, row: OutboxMessage, now: datetime) -> Drop | Wait | None:
        people = members.list_people(session, row.workspace, row.recipients)
        if any(person.gone_at is not None for person in people):
            return Drop("deactivated")
        if not row.is_ping or not people:
            return None
        if not all(is_available(person, now) for person in people):
            return Drop("paused")
        opening = first_common_opening([Window(zone=person.zone) for person in people], now, now + SEARCH)
        # Where the hours never meet, the service has chosen the moment already.
        return Wait(opening) if opening is not None and opening > now else None

    def _send(self, job: _Job, now: datetime) -> None:
        row = job.row
        try:
            posted = self._deliver(job)
        except TryLaterError as trouble:
            self._wait(row, trouble.seconds)
            self._put_back(row, trouble)
        except WorkspaceDeadError as trouble:
            _log.error("Slack refuses the bot token (%s): sending stops for a while", trouble.error)
            self._wait(row, DEAD_FOR_SECONDS)
            self._put_back(row, trouble)
        except OutcomeUnknownError as trouble:
            _log.warning("outcome unknown for %s: %s", row.key, trouble.error)
            self._wait(row, DOUBT_SECONDS)
            with self._database.write(row.workspace) as session:
                self._settle_doubt(row, trouble.error)
                session.merge(row)
        except (CannotReachError, OperatorNeededError) as trouble:
            _log.warning("%s failed: %s", row.key, trouble.error)
            with self._database.write(row.workspace) as session:
                _close(session, session.merge(row), OutboxState.FAILED, trouble.error)
                self._tell_others(session, row, now)
                if isinstance(trouble, ChannelClosedError):
                    _fall_asleep(session, row, now)
        else:
            with self._database.write(row.workspace) as session:
                row.state = OutboxState.SENT
                row.reason = ""
                row.channel_id, row.ts = posted.channel_id, posted.ts
                row.sent_at = now
                session.merge(row)

    def _wait(self, row: OutboxMessage, seconds: float) -> None:
        self._quiet_until[row.workspace] = self._seconds() + seconds

    def _put_back(self, row: OutboxMessage, trouble: SlackTrouble) -> None:
        with self._database.write(row.workspace) as session:
            row.state = OutboxState.QUEUED
            row.reason = trouble.error
            # Slack has not taken it, so it was no attempt.
            row.attempts -= 1
            session.merge(row)

    def _deliver(self, job: _Job) -> Posted:
        row = job.row
        message = job.say.message
        if row.edits and job.at is not None:
            return self._gateway.edit(job.at, message)
        if row.reader:
            return self._gateway.post_for_one(row.channel_id, row.reader, message)
        channel_id = row.channel_id or self._gateway.open_conversation(row.recipients)
        thread_ts = job.at.ts if job.at else ""
        return self._gateway.post(channel_id, message, row.key, thread_ts)

    def _settle_doubt(self, row: OutboxMessage, reason: str) -> None:
        again = RULES[MessageKind(row.kind)].doubt is Doubt.TWICE and row.attempts < MOST_DOUBTS
        row.state = OutboxState.QUEUED if again else OutboxState.UNCONFIRMED
        row.reason = reason

    def _tell_others(self, session: Session, row: OutboxMessage, now: datetime) -> None:
        """See to it that nobody is left in silence because they could not be introduced."""
        if row.kind != MessageKind.INTRODUCTION:
            return
        for user_id in row.recipients:
            outbox.add(
                session,
                row.workspace,
                f"unreachable:{row.subject}:{user_id}",
                MessageKind.PARTNER_UNREACHABLE,
                subject=row.subject,
                people=(user_id,),
                now=now,
                not_after=row.not_after,
            )


def _why_not(session: Session, row: OutboxMessage, at: Posted | None, now: datetime) -> str:
    """Return why a message cannot be sent any more, whatever it says; empty when it can."""
    if row.not_after is not None and now > row.not_after:
        return "too late"
    if (row.edits or row.replies_to) and at is None:
        return "what it belongs to was not sent"
    community = None if row.recipients else _community_of(session, row)
    return "the community is asleep" if community is not None and community.asleep_at is not None else ""


def _community_of(session: Session, row: OutboxMessage) -> Community | None:
    if not row.channel_id:
        return None
    return communities.find_community_of_channel(session, row.workspace, row.channel_id)


def _fall_asleep(session: Session, row: OutboxMessage, now: datetime) -> None:
    """Stop the community whose channel does not take messages any more."""
    community = None if row.recipients or row.reader else _community_of(session, row)
    if community is not None and community.asleep_at is None:
        community.asleep_at = now
        session.add(community)


def _anchor(session: Session, row: OutboxMessage) -> Posted | None:
    key = row.edits or row.replies_to
    other = outbox.find_message(session, row.workspace, key) if key else None
    if other is None or other.state != OutboxState.SENT:
        return None
    return Posted(other.channel_id, other.ts)


def _close(session: Session, row: OutboxMessage, state: OutboxState, reason: str) -> None:
    row.state = state
    row.reason = reason
    session.add(row)
