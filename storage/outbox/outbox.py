"""What must be said: one row for each message, written with the fact it tells."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final, Required, TypedDict, Unpack

from sqlalchemy import ColumnElement, Executable, column, exists, false, table
from sqlalchemy.dialects import sqlite
from sqlmodel import Field, Index, Session, SQLModel, UniqueConstraint, col, delete, func, or_, select, update

from bot.domain.messages import INTRODUCTIONS, RULES, DropReason, MessageKind, Posted, kinds_with
from bot.domain.pacing import Method, method_of
from bot.journal import QUEUED
from storage.bulk import batches
from storage.columns import UtcDateTime, WordOf
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table

_EDITED_LATER: Final = kinds_with(lambda rule: rule.is_edited_later)


class OutboxState(StrEnum):
    """Where a message is on its way."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"


class OutboxMessage(Table, table=True):
    """One message to be sent once.

    No text is stored: words are made when it is sent, from `kind`, `subject` and `about`.
    `key` names what is said to whom about what, and is unique.
    `channel_id` is given, or filled in from Slack's answer when `people` (ids separated by spaces)
    are written to directly or as a group. `reader` makes it a message only one person sees.
    `edits` and `replies_to` hold the key of another message that is changed, or taken away by a kind that does so,
    or answered in its thread.
    `method` is what Slack is asked for first. `attempts` counts how often it may have been sent, `attempted_at` is
    when Slack was last asked, `failures` counts how often Slack failed with it, and before `retry_at` it is not
    tried again; one that is unconfirmed and has none is left to people. These moments are of the machine's own
    clock, since Slack's limits and troubles do not follow a clock that somebody moves. `deferred_at` is when a ping
    could first have been sent and was put off. `waits_for` is the id of the round that has to be whole before it is
    sent; None when it waits for none. `is_dealt_with` says that the operator has dealt with its trouble.
    """

    __table_args__ = (
        UniqueConstraint("workspace", "key"),
        # What waits is a few rows among everything that was ever sent.
        Index("ix_outboxmessage_next", "state", "workspace", "method", "priority", "not_before"),
        Index("ix_outboxmessage_attempted", "workspace", "attempted_at"),
        # What reached a person today is a few rows of a few kinds.
        Index("ix_outboxmessage_kind", "workspace", "kind", "not_before"),
        Index("ix_outboxmessage_people", "workspace", "people", "kind"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    key: str
    kind: MessageKind = Field(sa_type=WordOf(MessageKind))
    subject: int
    about: str = ""
    people: str = ""
    channel_id: str = ""
    reader: str = ""
    edits: str = ""
    replies_to: str = ""
    not_before: datetime = Field(sa_type=UtcDateTime)
    deferred_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    not_after: datetime | None = Field(default=None, sa_type=UtcDateTime)
    priority: int
    is_ping: bool
    state: OutboxState = Field(default=OutboxState.QUEUED, sa_type=WordOf(OutboxState))
    reason: str = ""
    method: Method = Field(default=Method.POST, sa_type=WordOf(Method))
    attempts: int = 0
    attempted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failures: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_dealt_with: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    queued_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ts: str = ""
    waits_for: int | None = None

    privacy = Entry(
        # Those to the person alone are removed before, in a step of its own.
        among=dict.fromkeys(("key", "about", "people", "reader", "edits", "replies_to"), Fate.NAMELESS),
        codes=("kind", "channel_id", "state", "reason", "method", "ts"),
        told=("key", "about", "people", "reader", "edits", "replies_to"),
        columns=("kind", "state", "queued_at", "not_before", "sent_at"),
    )

    @property
    def sole_reader(self) -> str:
        """Return the one person in whose direct message with the bot it stands, where the bot can read; else ""."""
        is_direct = len(self.recipients) == 1 and not self.edits and not self.reader
        return self.recipients[0] if is_direct else ""

    @property
    def is_repeatable(self) -> bool:
        """Tell whether sending it once more changes nothing, as with what changes another message or takes it away."""
        return bool(self.edits) or self.kind == MessageKind.EXPORT_REMOVED

    @property
    def is_untold(self) -> bool:
        """Tell whether it waits and nobody can have read it; what was in doubt waits to be sent once more."""
        return self.state == OutboxState.QUEUED and self.attempts == 0

    @property
    def may_stand(self) -> bool:
        """Tell whether it may stand in Slack, or was seen there, and nobody knows where."""
        match self.state:
            case OutboxState.QUEUED:
                # It waits to be posted once more; where the bot can look, it has.
                return self.attempts > 0 and not self.sole_reader
            case OutboxState.SENT:
                return not self.ts
        return self.state == OutboxState.UNCONFIRMED

    def mark_sent(self, posted: Posted, now: datetime) -> None:
        """Note that it stands in Slack, and where."""
        self.state = OutboxState.SENT
        self.reason = ""
        self.channel_id, self.ts = posted.channel_id, posted.ts
        self.sent_at = now

    @property
    def recipients(self) -> tuple[str, ...]:
        """Return the ids of the people written to directly; empty for a channel."""
        return tuple(self.people.split())


_OPEN = (OutboxState.QUEUED, OutboxState.SENDING)
NEVER_CAME = (OutboxState.DROPPED, OutboxState.FAILED)
_ROUND = table("round", column("id"), column("forming_for"))
_TABLE = SQLModel.metadata.tables["outboxmessage"]


class Columns(TypedDict, total=False):
    """What a message may be given besides its workspace, key and kind; see `OutboxMessage`."""

    subject: Required[int]
    now: Required[datetime]
    about: str
    people: Sequence[str]
    channel_id: str
    reader: str
    edits: str
    replies_to: str
    not_before: datetime | None
    not_after: datetime | None
    is_result: bool
    waits_for: int | None


def queued(  # noqa: PLR0913 - one keyword for each column
    workspace: str,
    key: str,
    kind: MessageKind,
    *,
    subject: int,
    now: datetime,
    about: str = "",
    people: Sequence[str] = (),
    channel_id: str = "",
    reader: str = "",
    edits: str = "",
    replies_to: str = "",
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    is_result: bool = False,
    waits_for: int | None = None,
) -> Mapping[str, object]:
    """Return the row of a message that is to be queued with `add_all`.

    `is_result` tells that it says what came of its readers' own act, so that it is no ping, whatever its kind.
    """
    rule = RULES[kind]
    return {
        "workspace": workspace,
        "key": key,
        "kind": kind,
        "subject": subject,
        "about": about,
        "people": " ".join(people),
        "channel_id": channel_id,
        "reader": reader,
        "edits": edits,
        "replies_to": replies_to,
        "not_before": not_before or now,
        "not_after": not_after,
        "priority": rule.priority,
        "is_ping": rule.is_ping and not is_result,
        "queued_at": now,
        "state": OutboxState.QUEUED,
        "reason": "",
        "attempts": 0,
        "failures": 0,
        "ts": "",
        "waits_for": waits_for,
        "method": method_of(
            people=len(people), channel_id=channel_id, reader=reader, edits=edits, removes=rule.removes
        ),
    }


def may_go() -> ColumnElement[bool]:
    """Return the condition for messages that wait for no round, or for one that is whole."""
    its_round = (_ROUND.c.id == col(OutboxMessage.waits_for)) & _ROUND.c.forming_for.is_not(None)
    return col(OutboxMessage.waits_for).is_(None) | ~exists().where(its_round)


def forget_waiting(session: Session, workspace: str, round_id: int, limit: int) -> bool:
    """Remove up to so many messages that wait for a round which will not be; True when none is left."""
    waiting = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.workspace == workspace,
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.waits_for == round_id,
        )
        .limit(limit)
    )
    if session.exec(delete(OutboxMessage).where(col(OutboxMessage.id).in_(waiting))).rowcount == limit:
        return False
    # Those that wait no more since somebody of them was erased.
    its_own = (col(OutboxMessage.workspace) == workspace, col(OutboxMessage.waits_for) == round_id)
    session.exec(delete(OutboxMessage).where(*its_own))
    return True


def add_all(session: Session, rows: Iterable[Mapping[str, object]]) -> None:
    """Queue messages in the transaction of the facts they tell; a key already there stays as it is."""
    connection = session.connection()
    for some in batches(rows):
        connection.execute(_adding(connection.dialect.name), some)
        session.info.setdefault(QUEUED, []).extend(
            str(row["key"]) for row in some if row["state"] == OutboxState.QUEUED
        )


@cache
def _adding(dialect: str) -> Executable:
    """Return the statement that adds a message; a round queues thousands in one transaction, each cheaply."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - nobody on SQLite has to load it

        return postgresql.insert(_TABLE).on_conflict_do_nothing()
    return sqlite.insert(_TABLE).on_conflict_do_nothing()


def add(session: Session, workspace: str, key: str, kind: MessageKind, **columns: Unpack[Columns]) -> None:
    """Queue a message in the transaction of the fact it tells; a key already there stays as it is."""
    add_all(session, [queued(workspace, key, kind, **columns)])


def add_in_doubt(
    session: Session, workspace: str, key: str, kind: MessageKind, attempted_at: datetime, **columns: Unpack[Columns]
) -> None:
    """Store a message that may stand in Slack already, since a moment of the machine, so that it is looked for first.

    Only where the bot can read what is there: in the direct message with one person.
    """
    row = queued(workspace, key, kind, **columns)
    add_all(session, [{**row, "state": OutboxState.SENDING, "attempts": 1, "attempted_at": attempted_at}])


def readdress(session: Session, workspace: str, key: str, people: Sequence[str]) -> bool:
    """Send a message to these people instead; False when it is being sent, or was sent or given up.

    What may have reached others, though nobody knows, has certainly not reached these people together.
    """
    changed = session.exec(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.workspace) == workspace,
            col(OutboxMessage.key) == key,
            col(OutboxMessage.state).in_((OutboxState.QUEUED, OutboxState.UNCONFIRMED)),
        )
        .values(
            state=OutboxState.QUEUED,
            retry_at=None,
            people=" ".join(people),
            # The conversation that was opened before is one with other people.
            channel_id="",
            method=method_of(people=len(people), channel_id="", reader="", edits=""),
        )
    )
    return changed.rowcount == 1


def withdraw(session: Session, workspace: str, key: str) -> bool:
    """Remove a message that was not sent; False when it is being sent, was sent, or may have been.

    What may have been sent and waits to be posted once more stays, and is not posted any more.
    """
    row = find_message(session, workspace, key)
    if row is not None and row.state == OutboxState.QUEUED and row.may_stand:
        row.state, row.retry_at = OutboxState.UNCONFIRMED, None
        session.add(row)
        session.flush()
    never_sent = (OutboxState.QUEUED, OutboxState.DROPPED, OutboxState.FAILED)
    removed = session.exec(
        delete(OutboxMessage).where(
            col(OutboxMessage.workspace) == workspace,
            col(OutboxMessage.key) == key,
            col(OutboxMessage.state).in_(never_sent),
        )
    )
    return removed.rowcount == 1


def forget(session: Session, workspace: str, key: str) -> None:
    """Remove the row of a message."""
    session.exec(delete(OutboxMessage).where(col(OutboxMessage.workspace) == workspace, col(OutboxMessage.key) == key))


def postpone(session: Session, workspace: str, key: str, not_before: datetime, not_after: datetime) -> None:
    """Give a message that still waits other times; one that was sent stays as it is."""
    session.exec(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.workspace) == workspace,
            col(OutboxMessage.key) == key,
            col(OutboxMessage.state) == OutboxState.QUEUED,
        )
        .values(not_before=not_before, not_after=not_after, deferred_at=None)
    )


def hasten(session: Session, workspace: str, key: str, now: datetime) -> None:
    """Let a message that still waits go now; one that was sent stays as it is."""
    session.exec(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.workspace) == workspace,
            col(OutboxMessage.key) == key,
            col(OutboxMessage.state) == OutboxState.QUEUED,
        )
        .values(not_before=now)
    )


def list_placed(session: Session, workspace: str, user_id: str, kind: MessageKind) -> Sequence[OutboxMessage]:
    """List the messages of a kind to one person alone that stand, or may stand, in Slack, oldest first."""
    query = select(OutboxMessage).where(
        OutboxMessage.workspace == workspace,
        OutboxMessage.people == user_id,
        OutboxMessage.kind == kind,
        OutboxMessage.ts != "",
    )
    return session.exec(query.order_by(col(OutboxMessage.id))).all()


def move_channel(session: Session, workspace: str, old: str, new: str) -> None:
    """Let everything that was or will be said in a channel follow it to its new id."""
    session.exec(
        update(OutboxMessage)
        .where(col(OutboxMessage.workspace) == workspace, col(OutboxMessage.channel_id) == old)
        .values(channel_id=new)
    )


def has_waiting_edit(session: Session, workspace: str, key: str) -> bool:
    """Tell whether an edit of a message waits to be sent; it will show the newest when it is."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.workspace == workspace,
        OutboxMessage.state == OutboxState.QUEUED,
        OutboxMessage.edits == key,
    )
    return session.exec(query).first() is not None


def find_message(session: Session, workspace: str, key: str) -> OutboxMessage | None:
    """Return the message of a key, in any state, or None."""
    query = select(OutboxMessage).where(OutboxMessage.workspace == workspace, OutboxMessage.key == key)
    return session.exec(query).first()


def list_by_keys(session: Session, workspace: str, keys: Collection[str]) -> Sequence[OutboxMessage]:
    """List the messages of some keys, in any state; those that are not there are left out."""
    query = select(OutboxMessage).where(OutboxMessage.workspace == workspace, col(OutboxMessage.key).in_(keys))
    return session.exec(query).all()


def find_by_id(session: Session, workspace: str, message_id: int) -> OutboxMessage | None:
    """Return a message of a workspace by its number, in any state, or None."""
    found = session.get(OutboxMessage, message_id)
    return found if found is not None and found.workspace == workspace else None


def list_about(session: Session, message: OutboxMessage, kind: MessageKind, about: str) -> Sequence[OutboxMessage]:
    """List the messages of a kind that are about another message, in any state, oldest first."""
    query = select(OutboxMessage).where(
        OutboxMessage.workspace == message.workspace,
        OutboxMessage.kind == kind,
        OutboxMessage.subject == message.id,
        OutboxMessage.about == about,
    )
    return session.exec(query.order_by(col(OutboxMessage.id))).all()


def list_waiting_for(session: Session, workspace: str, user_id: str, kind: MessageKind) -> Sequence[OutboxMessage]:
    """List the messages of a kind to one person alone that wait, oldest first."""
    query = select(OutboxMessage).where(
        OutboxMessage.workspace == workspace,
        OutboxMessage.state == OutboxState.QUEUED,
        OutboxMessage.kind == kind,
        OutboxMessage.people == user_id,
    )
    return session.exec(query.order_by(col(OutboxMessage.id))).all()


def list_reaching(
    session: Session, workspace: str, user_id: str, kinds: Iterable[MessageKind], since: datetime
) -> Sequence[datetime]:
    """List from when on messages of some kinds by others reach a person since a moment, oldest first."""
    query = select(OutboxMessage).where(
        OutboxMessage.workspace == workspace,
        col(OutboxMessage.kind).in_(list(kinds)),
        col(OutboxMessage.people).contains(user_id),
        OutboxMessage.about != user_id,
        OutboxMessage.not_before >= since,
        col(OutboxMessage.state).in_((OutboxState.QUEUED, OutboxState.SENDING, OutboxState.SENT)),
        may_go(),
    )
    rows = session.exec(query.order_by(col(OutboxMessage.not_before), col(OutboxMessage.id)))
    return [row.not_before for row in rows if user_id in row.recipients]


def list_results(session: Session, workspace: str, user_id: str, since: datetime) -> Sequence[OutboxMessage]:
    """List the introductions of a person that came of people's own acts and were sent since a moment, newest first."""
    query = select(OutboxMessage).where(
        OutboxMessage.workspace == workspace,
        col(OutboxMessage.kind).in_(INTRODUCTIONS),
        col(OutboxMessage.is_ping).is_(False),
        OutboxMessage.state == OutboxState.SENT,
        col(OutboxMessage.people).contains(user_id),
        col(OutboxMessage.sent_at) >= since,
    )
    rows = session.exec(query.order_by(col(OutboxMessage.sent_at).desc(), col(OutboxMessage.id).desc()))
    return [row for row in rows if user_id in row.recipients]


def find_last_decided(
    session: Session, row: OutboxMessage, reason: DropReason, since: datetime
) -> OutboxMessage | None:
    """Return the newest message of a row's kind to the same people, queued since a moment, that was sent or left out.

    `reason` is the one for which messages are left out.
    """
    was_decided = (col(OutboxMessage.state) == OutboxState.SENT) | (
        (col(OutboxMessage.state) == OutboxState.DROPPED) & (col(OutboxMessage.reason) == reason)
    )
    query = select(OutboxMessage).where(
        OutboxMessage.workspace == row.workspace,
        OutboxMessage.kind == row.kind,
        OutboxMessage.people == row.people,
        OutboxMessage.id != row.id,
        OutboxMessage.queued_at >= since,
        was_decided,
    )
    return session.exec(query.order_by(col(OutboxMessage.id).desc())).first()


def revive(session: Session, workspace: str, key: str, now: datetime) -> None:
    """Queue a message once more that could not be delivered, now that what was in its way is gone."""
    row = find_message(session, workspace, key)
    if row is not None and row.state in NEVER_CAME:
        row.state = OutboxState.QUEUED
        row.not_before = now
        row.deferred_at = None
        session.add(row)


def list_upcoming(session: Session, workspace: str, after: datetime, limit: int) -> Sequence[tuple[str, datetime, int]]:
    """List what waits for a later moment: kind, that moment and how many; soonest first."""
    query = (
        select(OutboxMessage.kind, OutboxMessage.not_before, func.count())
        .where(
            OutboxMessage.workspace == workspace,
            OutboxMessage.state == OutboxState.QUEUED,
            col(OutboxMessage.not_before) > after,
            may_go(),
        )
        .group_by(col(OutboxMessage.kind), col(OutboxMessage.not_before))
        .order_by(col(OutboxMessage.not_before), col(OutboxMessage.kind))
        .limit(limit)
    )
    return session.exec(query).all()


def confirm(session: Session, workspace: str, key: str, posted: Posted, now: datetime) -> bool:
    """Note where a message is of which nobody knows yet whether it arrived, or where; False for any other."""
    row = find_message(session, workspace, key)
    if row is None or row.ts or not (row.state == OutboxState.SENDING or row.may_stand):
        return False
    row.mark_sent(posted, now)
    session.add(row)
    return True


def count_states(session: Session, workspaces: Collection[str]) -> dict[str, int]:
    """Count the messages by their state."""
    query = (
        select(OutboxMessage.state, func.count())
        .where(col(OutboxMessage.workspace).in_(workspaces))
        .group_by(OutboxMessage.state)
    )
    return dict(session.exec(query).all())


def count_by_workspace(session: Session) -> dict[str, int]:
    """Count the messages of each workspace, in any state."""
    query = select(OutboxMessage.workspace, func.count()).group_by(OutboxMessage.workspace)
    return dict(session.exec(query).all())


def find_oldest_waiting(session: Session, workspaces: Collection[str], now: datetime) -> datetime | None:
    """Return since when the message that waits longest could have been sent, or None when none waits."""
    query = select(func.min(OutboxMessage.not_before)).where(
        col(OutboxMessage.workspace).in_(workspaces),
        OutboxMessage.state == OutboxState.QUEUED,
        col(OutboxMessage.not_before) <= now,
        may_go(),
    )
    return session.exec(query).first()


def find_next_moment(session: Session, workspace: str, after: datetime) -> datetime | None:
    """Return the first moment later than another at which a queued message may be sent, or None."""
    query = select(func.min(OutboxMessage.not_before)).where(
        OutboxMessage.workspace == workspace,
        OutboxMessage.state == OutboxState.QUEUED,
        col(OutboxMessage.not_before) > after,
        may_go(),
    )
    return session.exec(query).first()


def list_newest(
    session: Session, workspaces: Collection[str], state: OutboxState, limit: int
) -> Sequence[OutboxMessage]:
    """List the messages in a state that the operator has not dealt with, newest first."""
    query = (
        select(OutboxMessage)
        .where(
            col(OutboxMessage.workspace).in_(workspaces),
            OutboxMessage.state == state,
            col(OutboxMessage.is_dealt_with).is_(False),
        )
        .order_by(col(OutboxMessage.id).desc())
    )
    return session.exec(query.limit(limit)).all()


def count_since(session: Session, workspaces: Collection[str], state: OutboxState, since: datetime) -> int:
    """Count the messages in a state, and not dealt with, that could first be sent, or were queued, since a moment."""
    query = (
        select(func.count())
        .select_from(OutboxMessage)
        .where(
            col(OutboxMessage.workspace).in_(workspaces),
            OutboxMessage.state == state,
            col(OutboxMessage.is_dealt_with).is_(False),
            or_(col(OutboxMessage.queued_at) >= since, col(OutboxMessage.not_before) >= since),
        )
    )
    return session.exec(query).one()


def forget_old(session: Session, workspace: str, before: datetime, limit: int) -> int:
    """Remove messages that were done with before a moment, oldest first; return how many.

    Those stay that a message still waits to edit or to answer, those that can be edited as long as they stand
    in their channel, and introductions that never came: the person who was to meet then has not met.
    """
    waiting = (OutboxMessage.workspace == workspace, col(OutboxMessage.state).in_(_OPEN))
    old = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.workspace == workspace,
            col(OutboxMessage.state).not_in(_OPEN),
            col(OutboxMessage.kind).not_in(_EDITED_LATER),
            col(OutboxMessage.kind).not_in(INTRODUCTIONS) | col(OutboxMessage.state).not_in(NEVER_CAME),
            func.coalesce(OutboxMessage.sent_at, OutboxMessage.not_before) < before,
            col(OutboxMessage.key).not_in(select(OutboxMessage.edits).where(*waiting)),
            col(OutboxMessage.key).not_in(select(OutboxMessage.replies_to).where(*waiting)),
        )
        .order_by(col(OutboxMessage.id))
        .limit(limit)
    )
    return session.exec(delete(OutboxMessage).where(col(OutboxMessage.id).in_(old))).rowcount
