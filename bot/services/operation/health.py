"""What an operator wants to know: who works, what is due, what waits, what went wrong; ids and numbers, no texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.schedule import FAILS_ON_AFTER
from bot.services.operation.seals import Seals, look_at_seals
from storage import due, nightly_looks, processes
from storage.database import Database
from storage.due import Due
from storage.outbox import outbox, sending
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.privacy.vault import Vault
from storage.processes import Process
from storage.unreadable import OddRow, list_odd_rows

SHOWN: Final = 20
# Of each table; so many are looked through in a fraction of a second.
NEWEST_ROWS: Final = 10_000
OVERDUE_AFTER: Final = timedelta(minutes=5)
WAITS_TOO_LONG_AFTER: Final = timedelta(hours=1)
# A hundred thousand accounts take five minutes, at the pace that Slack allows.
LOOKS_TOO_LONG_AFTER: Final = timedelta(hours=6)
# Who looks once a day misses nothing.
LATELY: Final = timedelta(days=2)
_EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
# For so long a jump of the clock may be why something came too early, too late or not yet.
JUMPED_LATELY: Final = timedelta(days=1)
RATE_LIMITED: Final = frozenset({"ratelimited", "rate_limited"})
# A refused token is tried again after five minutes, a missing permission after fifteen.
REFUSED_LATELY: Final = timedelta(minutes=20)
# Three signs of life that did not come.
SILENT_AFTER: Final = timedelta(seconds=30)


class Reason(StrEnum):
    """Why somebody has to look; programs read the values, so an existing one never changes."""

    NOBODY_WORKS = "nobody_works"
    REFUSED = "refused"
    OVERDUE = "overdue"
    WAITS = "waits_too_long"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    LOOK = "look_too_long"
    OTHER_KEY = "other_key"
    UNOPENED = "unopened"
    UNREADABLE = "unreadable"
    FAILS_ON = "fails_for_an_hour"
    UNWRITABLE = "cannot_write"
    CLOCK = "clock_jumped"


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that is due at a moment; `subject` is the id of what it is about."""

    workspace: str
    kind: str
    subject: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Failing:
    """Something that is due and could not be done; `error` is the class of the last error."""

    what: Planned
    failures: int
    since: datetime
    error: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class Running:
    """A process with a workspace's token.

    `kind` is the word it was started with, `is_alive` whether it gave a sign of life lately. `jumped_at` is when its
    machine's clock jumped last, and `jumped_by` how far.
    """

    workspace: str
    name: str
    kind: str
    started_at: datetime
    seen_at: datetime
    is_alive: bool
    jumped_at: datetime | None
    jumped_by: timedelta


@dataclass(frozen=True, slots=True)
class Failed:
    """What failed last in a workspace: at which work, and Slack's word or the error's class."""

    workspace: str
    work: str
    error: str
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class Troubled:
    """A message that failed, or of which nobody knows whether it arrived; `key` names it."""

    workspace: str
    key: str
    state: str
    reason: str
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """The nightly look at a workspace's channels and people: the one that is under way, or else the last one.

    `finished_at` is when a look was finished last; None before the first.
    """

    workspace: str
    began_at: datetime
    finished_at: datetime | None
    is_under_way: bool


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A workspace that no process has a token for, with the numbers of its planned things and its messages."""

    workspace: str
    planned: int
    messages: int


@dataclass(frozen=True, slots=True)
class Health:
    """How things are at a moment, in the workspaces that the known processes have tokens for.

    While no process is known, all workspaces count.

    Args:
        looked_at: That moment.
        processes: Those that run, and those that fell silent within the last hour, longest running first.
        failing: What is due and could not be done so far, longest overdue first; at most twenty.
        last_errors: What failed last in each workspace, newest first; at most twenty.
        next_due: What comes next, soonest first; at most twenty.
        overdue: What should have happened more than five minutes ago; at most twenty.
        messages: The number of messages in each state.
        oldest_waiting: Since when the message that waits longest could have been sent; None when none waits.
        posted_again: Messages that may or may not have arrived and that the bot posts once more by itself, newest
            first; at most twenty.
        unconfirmed: The others that may or may not have arrived, left to people, newest first; at most twenty.
        failed: Messages that could not be sent, newest first; at most twenty.
        failed_lately: How many of all failed ones belong to the last two days.
        failed_open: How many failed ones there are that nobody has dealt with, however old.
        unconfirmed_lately: The same of the unconfirmed ones.
        unconfirmed_open: The same.
        trouble: What else keeps the bot from its work, by its reason: a sentence about the database or Slack.
        looks: The nightly look at each workspace.
        seals: With which keys private entries are sealed.
        unreadable: Rows in which something cannot be read, and that are left out everywhere; at most twenty.
        left_alone: The other workspaces; nothing in them is done or sent.
    """

    looked_at: datetime
    processes: tuple[Running, ...]
    failing: tuple[Failing, ...]
    last_errors: tuple[Failed, ...]
    next_due: tuple[Planned, ...]
    overdue: tuple[Planned, ...]
    messages: dict[str, int]
    oldest_waiting: datetime | None
    posted_again: tuple[Troubled, ...]
    unconfirmed: tuple[Troubled, ...]
    failed: tuple[Troubled, ...]
    failed_lately: int
    failed_open: int
    unconfirmed_lately: int
    unconfirmed_open: int
    looks: tuple[Looked, ...]
    seals: Seals
    unreadable: tuple[OddRow, ...]
    left_alone: tuple[LeftAlone, ...]
    trouble: Mapping[Reason, str] = field(default_factory=dict)

    @property
    def waits_too_long(self) -> bool:
        """Tell whether a message has been waiting for more than an hour."""
        return self.oldest_waiting is not None and self.looked_at - self.oldest_waiting > WAITS_TOO_LONG_AFTER

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return why somebody has to look; none when somebody works, Slack answers and nothing is left or late."""
        holds = {
            Reason.NOBODY_WORKS: not any(one.is_alive for one in self.processes),
            Reason.REFUSED: self.is_refused or Reason.REFUSED in self.trouble,
            Reason.OVERDUE: bool(self.overdue),
            Reason.WAITS: self.waits_too_long,
            Reason.FAILED: bool(self.failed_open),
            Reason.UNCONFIRMED: bool(self.unconfirmed_open),
            Reason.LOOK: self.looks_too_long,
            Reason.OTHER_KEY: bool(self.seals.outdated),
            Reason.UNOPENED: bool(self.seals.unopened),
            Reason.UNREADABLE: bool(self.unreadable),
            Reason.FAILS_ON: self.fails_on,
            Reason.UNWRITABLE: Reason.UNWRITABLE in self.trouble,
            Reason.CLOCK: self.has_jumped,
        }
        return tuple(reason for reason, does_hold in holds.items() if does_hold)

    @property
    def is_fine(self) -> bool:
        """Tell whether nobody has to look."""
        return not self.reasons

    @property
    def fails_on(self) -> bool:
        """Tell whether something that is due has failed for an hour."""
        return any(self.looked_at - one.since >= FAILS_ON_AFTER for one in self.failing)

    @property
    def looks_too_long(self) -> bool:
        """Tell whether a nightly look has been under way for more than six hours."""
        return any(one.is_under_way and self.looked_at - one.began_at > LOOKS_TOO_LONG_AFTER for one in self.looks)

    @property
    def has_jumped(self) -> bool:
        """Tell whether the clock of a process's machine jumped within the last day."""
        since = self.looked_at - JUMPED_LATELY
        return any(one.jumped_at is not None and one.jumped_at > since for one in self.processes)

    @property
    def is_refused(self) -> bool:
        """Tell whether Slack refused or did not answer within twenty minutes, other than for too many calls."""
        since = self.looked_at - REFUSED_LATELY
        return any(one.failed_at > since and one.error not in RATE_LIMITED for one in self.last_errors)


class HealthService:
    """Looks at everything in the database at one moment, and changes nothing.

    Args:
        database: What is looked at.
        vault: The keys that the bot has.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def look(self, now: datetime, *, at_every_row: bool = False) -> Health:
        """Tell how things stand.

        Args:
            now: This moment.
            at_every_row: Whether to look for rows that cannot be read among all, and not only among the newest.
        """
        with self._database.read() as session:
            running = processes.list_processes(session)
            planned, messages = due.count_by_workspace(session), outbox.count_by_workspace(session)
            present = sorted({*planned, *messages})
            served = sorted({row.workspace for row in running}) or present
            return Health(
                looked_at=now,
                processes=tuple(_running(row, now) for row in running),
                failing=_failing(due.list_failing(session, served, now, SHOWN)),
                last_errors=tuple(
                    Failed(row.workspace, row.work, row.error, row.failed_at)
                    for row in processes.list_errors(session, served, SHOWN)
                ),
                next_due=_planned(due.list_next(session, served, now - OVERDUE_AFTER, SHOWN)),
                overdue=_planned(due.list_overdue(session, served, now - OVERDUE_AFTER, SHOWN)),
                messages=dict.fromkeys(OutboxState, 0) | outbox.count_states(session, served),
                oldest_waiting=outbox.find_oldest_waiting(session, served, now),
                posted_again=_troubled(sending.list_doubtful(session, served, SHOWN, is_posted_again=True)),
                unconfirmed=_troubled(sending.list_doubtful(session, served, SHOWN, is_posted_again=False)),
                failed=_troubled(outbox.list_newest(session, served, OutboxState.FAILED, SHOWN)),
                failed_lately=outbox.count_since(session, served, OutboxState.FAILED, now - LATELY),
                failed_open=outbox.count_since(session, served, OutboxState.FAILED, _EVER),
                unconfirmed_lately=sending.count_left_since(session, served, now - LATELY),
                unconfirmed_open=sending.count_left_since(session, served, _EVER),
                looks=tuple(
                    Looked(row.workspace, row.began_at, row.finished_at, row.is_under_way)
                    for row in nightly_looks.list_looks(session, served)
                ),
                seals=look_at_seals(session, self._vault, served),
                unreadable=tuple(list_odd_rows(session.connection(), SHOWN, None if at_every_row else NEWEST_ROWS)),
                left_alone=tuple(
                    LeftAlone(one, planned.get(one, 0), messages.get(one, 0)) for one in present if one not in served
                ),
            )


def _planned(rows: Sequence[Due]) -> tuple[Planned, ...]:
    return tuple(_plan(row) for row in rows)


def _plan(row: Due) -> Planned:
    return Planned(row.workspace, row.kind, row.subject, row.due_at)


def _failing(rows: Sequence[Due]) -> tuple[Failing, ...]:
    return tuple(
        Failing(_plan(row), row.failures, row.failing_since or row.due_at, row.error, row.retry_at) for row in rows
    )


def _running(row: Process, now: datetime) -> Running:
    # A sign of life that is still to come was given by a clock that has been set back since.
    is_alive = abs(now - row.seen_at) <= SILENT_AFTER
    return Running(
        row.workspace,
        row.name,
        row.kind,
        row.started_at,
        row.seen_at,
        is_alive,
        row.jumped_at,
        timedelta(seconds=row.jumped_seconds),
    )


def _troubled(rows: Sequence[OutboxMessage]) -> tuple[Troubled, ...]:
    return tuple(Troubled(row.workspace, row.key, row.state, row.reason, row.queued_at) for row in rows)
