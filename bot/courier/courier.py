"""The courier: takes one message after another from a workspace's outbox to Slack."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.clock import Clock
from bot.courier.render import Library, render
from bot.courier.verdicts import Drop, Say, Wait
from bot.domain.cadence import Window, first_common_opening
from bot.domain.messages import RULES, Doubt, MessageKind
from bot.gateway import (
    CannotReachError,
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
from storage.database import Database
from storage.outbox import OutboxMessage, OutboxState

SEARCH: Final = timedelta(days=7)
DEAD_FOR: Final = timedelta(minutes=5)

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
    """

    def __init__(self, database: Database, gateway: SlackGateway, library: Library, clock: Clock) -> None:
        self._database = database
        self._gateway = gateway
        self._library = library
        self._clock = clock
        self._quiet_until: dict[str, datetime] = {}
        self._stopping = False

    def recover(self, workspace: str) -> None:
        """Settle the messages that were being sent when the last process ended.

        Call once at the start, before anything is sent: nobody else is sending then.
        """
        with self._database.write() as session:
            for row in outbox.list_in_doubt(session, workspace):
                self._settle_doubt(row, "stopped while sending")
                session.add(row)

    def stop(self) -> None:
        """Finish the message in hand and take no other."""
        self._stopping = True

    def drain_all(self) -> None:
        """Send everything that may be sent now, in every workspace."""
        with self._database.read() as session:
            waiting = outbox.list_waiting_workspaces(session, self._clock.now())
        for workspace in waiting:
            self.drain(workspace)

    def drain(self, workspace: str) -> None:
        """Send everything that may be sent now in a workspace, the most urgent first."""
        while not self._stopping:
            now = self._clock.now()
            if self._quiet_until.get(workspace, now) > now:
                return
            with self._database.write() as session:
                row = outbox.find_next(session, workspace, now)
                if row is None:
                    return
                job = self._look(session, row, now)
            if job is not None:
                self._send(job)

    def _look(self, session: Session, row: OutboxMessage, now: datetime) -> _Job | None:
        """Decide about a message once more; a job comes back only for one that is now claimed."""
        if row.not_after is not None and now > row.not_after:
            _close(session, row, OutboxState.DROPPED, "too late")
            return None
        at = _anchor(session, row)
        if (row.edits or row.replies_to) and at is None:
            _close(session, row, OutboxState.DROPPED, "what it belongs to was not sent")
            return None
        verdict = self._may_ping(session, row, now) or render(session, row, self._library, now)
        if isinstance(verdict, Drop):
            _close(session, row, OutboxState.DROPPED, verdict.reason)
            return None
        if isinstance(verdict, Wait):
            row.not_before = verdict.until
            session.add(row)
            return None
        return _Job(row, verdict, at) if outbox.claim(session, row) else None

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

    def _send(self, job: _Job) -> None:
        row = job.row
        try:
            posted = self._deliver(job)
        except TryLaterError as trouble:
            self._quiet_until[row.workspace] = self._clock.now() + timedelta(seconds=trouble.seconds)
            self._record(row, OutboxState.QUEUED, trouble.error)
        except OutcomeUnknownError as trouble:
            _log.warning("outcome unknown for %s: %s", row.key, trouble.error)
            self._settle_doubt(row, trouble.error)
            self._quiet_until[row.workspace] = self._clock.now() + timedelta(seconds=5)
            self._record(row, OutboxState(row.state), row.reason)
        except WorkspaceDeadError as trouble:
            _log.error("Slack refuses the bot token (%s): sending stops for a while", trouble.error)
            self._quiet_until[row.workspace] = self._clock.now() + DEAD_FOR
            self._record(row, OutboxState.QUEUED, trouble.error)
        except (CannotReachError, OperatorNeededError) as trouble:
            _log.warning("%s failed: %s", row.key, trouble.error)
            self._record(row, OutboxState.FAILED, trouble.error)
            self._tell_others(row, trouble)
        else:
            self._record(row, OutboxState.SENT, "", posted)

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

    def _record(self, row: OutboxMessage, state: OutboxState, reason: str, posted: Posted | None = None) -> None:
        now = self._clock.now()
        with self._database.write() as session:
            row.state = state
            row.reason = reason
            if posted is not None:
                row.channel_id = posted.channel_id
                row.ts = posted.ts
                row.sent_at = now
            session.merge(row)

    def _settle_doubt(self, row: OutboxMessage, reason: str) -> None:
        again = RULES[MessageKind(row.kind)].doubt is Doubt.TWICE
        row.state = OutboxState.QUEUED if again else OutboxState.UNCONFIRMED
        row.reason = reason

    def _tell_others(self, row: OutboxMessage, trouble: SlackTrouble) -> None:
        """See to it that nobody is left in silence because a message could not be delivered."""
        now = self._clock.now()
        with self._database.write() as session:
            if row.kind == MessageKind.INTRODUCTION:
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
            elif row.channel_id and not row.recipients and isinstance(trouble, CannotReachError):
                community = communities.find_community_of_channel(session, row.workspace, row.channel_id)
                if community is not None and community.asleep_at is None and not row.reader:
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
