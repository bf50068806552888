"""The courier: takes one message after another from a workspace's outbox to Slack."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.clock import Clock
from bot.courier import budget, failures
from bot.courier.deciding import Decider
from bot.courier.decisions import Drop, Wait
from bot.courier.library import Library
from bot.courier.places import find_anchor, why_not
from bot.courier.presence import Presence
from bot.courier.sending import Deliverer, Job, write_down
from bot.courier.unconfirmed import IN_DOUBT_AFTER, UnconfirmedMessages
from bot.courier.waits import method_of, wait_after
from bot.domain.backoff import wait_of_message
from bot.domain.pacing import SLACK_PACE, Method, Pace
from bot.gateway import SlackGateway
from bot.journal import Happening, tell
from bot.slack_errors import (
    CannotReachError,
    LimitedError,
    OperatorNeededError,
    OutcomeUnknownError,
    SlackTrouble,
    SwitchedOffError,
    TryLaterError,
    TurnedAwayError,
    WorkspaceDeadError,
)
from storage import processes
from storage.database import Database
from storage.outbox import pings, sending, slack_waits
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.outbox.sending import Ledger, Sendable

DEAD_FOR: Final = timedelta(minutes=5)
# For so long nobody asks again for what the operator has to allow first.
HELD_FOR: Final = timedelta(minutes=15)
SENDING: Final = "sending"
_LEASE: Final = "courier"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Turn:
    """One turn of a courier: a message that is claimed, or messages in doubt to be settled first, or neither.

    `sent` is the message once Slack has taken it, until that is written down.
    """

    job: Job | None = None
    has_old_doubt: bool = False
    sent: Job | None = None


class Courier:
    """Sends what the outbox holds for one workspace, each message once.

    Args:
        database: Where the outbox is.
        gateway: Slack, with the workspace's token.
        workspace: The key of the workspace; messages of others are left alone.
        library: What words are made from.
        clock: What time it is for people.
        machine: What time it is for Slack's limits, whatever `clock` says; by default by the database's clock.
        pace: How often Slack may be asked for what.
    """

    def __init__(
        self,
        database: Database,
        gateway: SlackGateway,
        workspace: str,
        library: Library,
        clock: Clock,
        machine: Clock | None = None,
        pace: Pace = SLACK_PACE,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._workspace = workspace
        self._hands = Deliverer(database, gateway, clock)
        self._library = library
        self._clock = clock
        self._machine = machine or database
        self._pace = pace
        self._presence = Presence(gateway, self._machine)
        self._decider = Decider(library, self._presence)
        self._doubts = UnconfirmedMessages(database, gateway, self._decider.is_still_right)
        self._stopping = False

    def stop(self) -> None:
        """Finish the current message and take no other."""
        self._stopping = True

    def has_waiting(self) -> bool:
        """Tell whether there is something to send now."""
        with self._database.read() as session:
            return sending.has_waiting(session, self._workspace, self._clock.now(), self._machine.now())

    def drain_all(self) -> None:
        """Send everything that may be sent now, if there is anything."""
        if self.has_waiting():
            self.drain(self._workspace)

    def drain(self, workspace: str) -> None:
        """Send everything that may be sent now in a workspace, the most urgent first.

        Does nothing while another process does so, and nothing in a workspace that the token does not speak for: a
        wake-up may be an old one. A process that has lost the lease claims no message and decides about none.
        """
        if workspace != self._workspace:
            _log.warning("nothing is sent in %s: the token is that of %s", workspace, self._workspace)
            return
        with self._database.lease(_LEASE, workspace) as is_ours:
            if not is_ours or not self._answers(workspace):
                return
            last = Turn()
            while (turn := self._next_turn(workspace, last)) is not None:
                trouble = None
                if turn.has_old_doubt:
                    trouble = self._doubts.settle(workspace, self._clock.now(), self._machine.now())
                self._presence.refresh(self._clock.now())
                if turn.job is not None:
                    turn.sent, trouble = self._send(turn.job, self._clock.now())
                if trouble is not None and not self._goes_on(workspace, trouble):
                    return
                last = turn

    def _next_turn(self, workspace: str, last: Turn) -> Turn | None:
        """Write down what Slack took in the last turn and claim the next message, in one transaction.

        What Slack took is written down whatever becomes of the next message, and of the lease.

        Returns:
            What is to be done now; None when there is nothing.
        """
        if self._stopping and last.sent is None:
            return None
        is_written = False
        try:
            with self._database.write(workspace) as session:
                turn = self._begin(session, workspace, last)
            is_written = True
        finally:
            if last.sent is not None:
                if not is_written:
                    with self._database.write(workspace, is_fact=True) as session:
                        write_down(session, last.sent)
                tell(_log, Happening.MESSAGE_SENT, _ids(last.sent.row))
        return turn

    def _begin(self, session: Session, workspace: str, last: Turn) -> Turn | None:
        """Write down what Slack took in the last turn, and choose what is done in this one."""
        if last.sent is not None:
            write_down(session, last.sent)
        if self._stopping:
            return None
        now, at = self._clock.now(), self._machine.now()
        ledger = sending.look(session, workspace, self._pace, at, at - IN_DOUBT_AFTER)
        if last.sent is not None and ledger.noted & last.sent.methods:
            slack_waits.end_waits(session, workspace, last.sent.methods)
            ledger = sending.look(session, workspace, self._pace, at, at - IN_DOUBT_AFTER)
        if ledger.has_old_doubt and not last.has_old_doubt:
            return Turn(has_old_doubt=True)
        if ledger.has_posted_again:
            self._doubts.go_on(session, workspace, now, at, is_over=Method.POST not in ledger.troubled)
        row = self._find_next(session, workspace, ledger, now, at)
        if row is None:
            return None
        return Turn(job=self._look(session, row, now))

    def _find_next(
        self, session: Session, workspace: str, ledger: Ledger, now: datetime, at: datetime
    ) -> OutboxMessage | None:
        if slack_waits.EVERYTHING in ledger.waiting:
            return None
        methods = self._pace.allowed(ledger.calls) - ledger.waiting
        if Method.POST not in methods:
            methods -= {Method.OPEN}
        sendable = Sendable(
            now,
            at,
            methods,
            resting=ledger.resting,
            in_doubt=ledger.in_doubt,
            is_troubled=Method.POST in ledger.troubled,
            is_careful=Method.POST in ledger.careful,
        )
        return sending.find_next(session, workspace, sendable)

    def _answers(self, workspace: str) -> bool:
        """Tell whether Slack can be asked for something in a workspace; after a silence, by asking who the bot is."""
        with self._database.read() as session:
            wait = slack_waits.find_wait(session, workspace)
        if wait is None:
            return True
        if wait.until > self._machine.now() or not self._is_there(workspace):
            return False
        with self._database.write(workspace) as session:
            slack_waits.end_trouble(session, workspace)
        return True

    def _goes_on(self, workspace: str, trouble: SlackTrouble) -> bool:
        """Note what failed; tell whether the rest may go on, which Slack shows by saying who the bot is.

        So at most one message is in doubt when all of Slack falls silent.
        """
        self._wait(workspace, trouble)
        # These two say by themselves what must not be asked for.
        return isinstance(trouble, WorkspaceDeadError | LimitedError) or self._is_there(workspace)

    def _is_there(self, workspace: str) -> bool:
        """Ask Slack who the bot is; when it does not even say that, nothing is asked for a while, longer each time."""
        try:
            self._gateway.identify()
        except LimitedError:
            return True
        except WorkspaceDeadError as trouble:
            self._wait(workspace, trouble)
            return False
        except SlackTrouble as trouble:
            self._wait(workspace, trouble, of_all=True)
            return False
        return True

    def _look(self, session: Session, row: OutboxMessage, now: datetime) -> Job | None:
        """Decide about a message once more; a job comes back only for one that is now claimed."""
        anchor = find_anchor(session, row)
        # Held until the end of this step, so that who asks for them again needs no statement.
        people = budget.list_people(session, row)
        home = failures.community_of(session, row)
        verdict = why_not(session, row, anchor, home, now) or self._decider.decide(session, row, people, home, now)
        if verdict is None:
            _close(session, row, OutboxState.FAILED, "it could not be put into words")
            failures.see_to_people(session, row, now)
            return None
        if isinstance(verdict, Drop):
            _close(session, row, OutboxState.DROPPED, verdict.reason)
            tell(_log, Happening.MESSAGE_DROPPED, _ids(row) | {"reason": verdict.reason.name})
            failures.see_to_people(session, row, now, verdict.reason)
            return None
        if isinstance(verdict, Wait):
            row.not_before = verdict.until
            session.add(row)
            return None
        job = Job(row, verdict, anchor)
        # What hands a file over asks Slack for more than its row says.
        at = self._machine.now()
        is_more = not job.methods <= frozenset(Method)
        row.retry_at = slack_waits.find_longest(session, row.workspace, job.methods, at) if is_more else None
        session.add(row)
        if row.retry_at is not None or not sending.claim(session, row, at):
            return None
        if row.is_ping:
            pings.add_pings(session, row, people, now)
        return job

    def _send(self, job: Job, now: datetime) -> tuple[Job | None, SlackTrouble | None]:
        """Send a claimed message.

        Returns:
            The message, when Slack has taken it, and what is wrong with Slack itself, if anything is. What else came
            of the message is recorded.
        """
        row = job.row
        try:
            posted = self._hands.do(job)
        except (WorkspaceDeadError, LimitedError) as trouble:
            self._put_back(row, trouble)
            return None, trouble
        except OutcomeUnknownError as trouble:
            self._leave_in_doubt(row, trouble)
            return None, trouble
        except TryLaterError as trouble:
            if isinstance(trouble, TurnedAwayError) and row.sole_reader:
                # It costs nothing to be certain.
                self._leave_in_doubt(row, trouble)
            else:
                self._put_back(row, trouble, retry_at=self._retry_at(row))
            return None, trouble
        except SwitchedOffError as trouble:
            _log.error("%s waits until the app may send it: %s", row.key, trouble.error)
            self._put_back(row, trouble, not_before=now + HELD_FOR)
        except (CannotReachError, OperatorNeededError) as trouble:
            self._fail(job, trouble, now)
        else:
            row.mark_sent(posted, now)
            return job, None
        return None, None

    def _leave_in_doubt(self, row: OutboxMessage, trouble: SlackTrouble) -> None:
        """Leave a message as it is until an answer that is late would have come; then it is settled."""
        tell(_log, Happening.MESSAGE_IN_DOUBT, _ids(row) | {"error": trouble.error}, logging.WARNING)
        with self._database.write(row.workspace) as session:
            row.reason = trouble.error
            sending.save(session, row)

    def _retry_at(self, row: OutboxMessage) -> datetime:
        """Count one more failure of a message, and return when it is tried again."""
        row.failures += 1
        return self._machine.now() + wait_of_message(row.failures)

    def _fail(self, job: Job, trouble: SlackTrouble, now: datetime) -> None:
        """Give a message up, or send it to those who are left, and see to the people whom that concerns."""
        row = job.row
        tell(_log, Happening.MESSAGE_FAILED, _ids(row) | {"error": trouble.error}, logging.WARNING)
        lost = failures.find_unreachable(self._gateway, row, trouble)
        with self._database.write(row.workspace) as session:
            pings.give_back(session, row)
            # A refusal is an answer: what was asked for works.
            asked = {Method.OPEN} if row.method == Method.OPEN and not row.channel_id else {*job.methods}
            slack_waits.end_waits(session, row.workspace, asked)
            processes.note_error(session, row.workspace, SENDING, trouble.error, now)
            saved = sending.save(session, row)
            if saved is None:
                return
            row = saved
            if failures.is_for_the_others(session, row, lost):
                # Nobody knows of this group yet: those who are left are introduced as if it had always been theirs.
                row.state, row.reason = OutboxState.QUEUED, trouble.error
                row.attempts -= 1
            else:
                _close(session, row, OutboxState.FAILED, trouble.error)
                failures.see_to_people(session, row, now)
                failures.tell_facilitators(session, row, trouble, now)
            session.flush()
            failures.record_failure(session, row, lost, trouble, now)

    def _wait(self, workspace: str, trouble: SlackTrouble, *, of_all: bool = False) -> None:
        """Keep from asking Slack for what failed, or for anything, as long as it says or as often as it failed."""
        at = self._machine.now()
        with self._database.write(workspace) as session:
            if isinstance(trouble, WorkspaceDeadError):
                before = slack_waits.find_wait(session, workspace)
                if before is None or before.error != trouble.error:
                    _log.error("Slack refuses the bot token (%s): sending stops for a while", trouble.error)
                slack_waits.set_wait(session, workspace, slack_waits.EVERYTHING, at + DEAD_FOR, trouble.error)
            elif isinstance(trouble, LimitedError):
                slack_waits.set_wait(
                    session, workspace, trouble.method, at + timedelta(seconds=trouble.seconds), trouble.error
                )
            else:
                method = slack_waits.EVERYTHING if of_all else method_of(trouble)
                slack_waits.count_failure(
                    session,
                    workspace,
                    method,
                    at,
                    trouble.error,
                    wait_after(method, trouble),
                    is_careful=isinstance(trouble, OutcomeUnknownError),
                )
            processes.note_error(session, workspace, SENDING, trouble.error, self._clock.now())

    def _put_back(
        self,
        row: OutboxMessage,
        trouble: SlackTrouble,
        *,
        not_before: datetime | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        with self._database.write(row.workspace) as session:
            pings.give_back(session, row)
            if not_before is not None:
                row.not_before = not_before
                processes.note_error(session, row.workspace, SENDING, trouble.error, self._clock.now())
            row.state = OutboxState.QUEUED
            row.reason = trouble.error
            row.retry_at = retry_at
            # Slack has not taken it, so it was no attempt.
            row.attempts -= 1
            if row.method == Method.OPEN and row.channel_id:
                # The conversation is open; only what is said in it is missing.
                row.method = Method.POST
            sending.save(session, row)


def _ids(row: OutboxMessage) -> dict[str, str]:
    """Return what the log tells of a message."""
    return {"workspace": row.workspace, "key": row.key, "kind": row.kind}


def _close(session: Session, row: OutboxMessage, state: OutboxState, reason: str) -> None:
    row.state = state
    row.reason = reason
    session.add(row)
