"""Who was notified by what: the ledger of the notification budget, and what was put off to a weekly note."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import Field, Index, Session, UniqueConstraint, col, delete, func, or_, select

from bot.domain.cadence import local_day
from bot.domain.messages import MessageKind
from bot.domain.pings import Spent
from storage.bulk import insert_rows
from storage.columns import UtcDateTime
from storage.members import Person
from storage.outbox.outbox import OutboxMessage, OutboxState, may_go
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class Ping(Table, table=True):
    """A message that was sent to a person by the bot itself, or may have been.

    Written in the transaction that claims the message, taken away when it was certainly not delivered.
    `attempt` tells tries apart whose outcome is unknown. `pinged_on` is the day it was in the person's zone.
    """

    __table_args__ = (
        UniqueConstraint("message_id", "user_id", "attempt"),
        Index("ix_ping_person", "workspace", "user_id", "pinged_at"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    message_id: int = Field(foreign_key="outboxmessage.id", ondelete="CASCADE")
    user_id: str
    attempt: int
    pinged_at: datetime = Field(sa_type=UtcDateTime)
    pinged_on: date

    privacy = Entry(
        people={"user_id": Fate.REMOVED}, told=("user_id",), follows={"message_id": ("kind",)}, no_signs=("pinged_at",)
    )


class DeferredToNote(Table, table=True):
    """A message that had no room and is said to one person in a weekly note instead, if it is still true then."""

    __tablename__ = "folded"

    workspace: str
    message_id: int = Field(primary_key=True, foreign_key="outboxmessage.id", ondelete="CASCADE")
    user_id: str = Field(primary_key=True)
    note_id: int = Field(foreign_key="outboxmessage.id", ondelete="CASCADE", index=True)

    privacy = Entry(people={"user_id": Fate.REMOVED}, told=("user_id",), follows={"message_id": ("kind",)})


def add_pings(session: Session, message: OutboxMessage, people: Sequence[Person], now: datetime) -> None:
    """Write down that a message, claimed in this transaction, is now sent to these people."""
    insert_rows(
        session,
        Ping,
        (
            {
                "workspace": message.workspace,
                "message_id": message.id,
                "user_id": person.user_id,
                "attempt": message.attempts,
                "pinged_at": now,
                "pinged_on": local_day(now, person.zone),
            }
            for person in people
        ),
    )


def give_back(session: Session, message: OutboxMessage) -> None:
    """Forget the pings of a message's last attempt, which certainly reached nobody."""
    session.exec(delete(Ping).where(col(Ping.message_id) == message.id, col(Ping.attempt) == message.attempts))


def count_to_others(session: Session, message: OutboxMessage) -> int:
    """Count the attempts at a message that went to more people than those whom it is to now."""
    sizes = (
        select(func.count())
        .where(Ping.message_id == message.id)
        .group_by(col(Ping.attempt))
        .having(func.count() > len(message.recipients))
    )
    return len(session.exec(sizes).all())


_SPENT: Final = (
    select(Ping, OutboxMessage.kind)
    .join(OutboxMessage, col(OutboxMessage.id) == col(Ping.message_id))
    .where(
        col(Ping.workspace) == bindparam("of_workspace"),
        col(Ping.user_id).in_(bindparam("user_ids", expanding=True)),
        col(Ping.pinged_at) >= bindparam("since", type_=UtcDateTime),
    )
)


def list_spent(
    session: Session, workspace: str, user_ids: Sequence[str], since: datetime
) -> dict[str, tuple[Spent, ...]]:
    """Return what each of these people got since a moment; people who got nothing are left out."""
    about = {"of_workspace": workspace, "user_ids": [*user_ids], "since": since}
    spent: dict[str, tuple[Spent, ...]] = {}
    for ping, kind in session.exec(_SPENT, params=about):
        one = Spent(ping.message_id, ping.pinged_at, ping.pinged_on, is_note=kind == MessageKind.WEEKLY_NOTE)
        spent[ping.user_id] = (*spent.get(ping.user_id, ()), one)
    return spent


def list_received(
    session: Session, workspace: str, user_id: str, since: datetime
) -> Sequence[tuple[Ping, OutboxMessage]]:
    """List what a person got since a moment, with the messages, newest first."""
    query = (
        select(Ping, OutboxMessage)
        .join(OutboxMessage, col(OutboxMessage.id) == col(Ping.message_id))
        .where(Ping.workspace == workspace, Ping.user_id == user_id, col(Ping.pinged_at) >= since)
        .order_by(col(Ping.pinged_at).desc(), col(Ping.id).desc())
    )
    return session.exec(query).all()


def list_notes(session: Session, workspace: str, since: datetime) -> dict[str, tuple[datetime, ...]]:
    """Return when each person's weekly notes came since a moment, as far as they certainly did, oldest first."""
    query = (
        select(Ping.user_id, Ping.pinged_at)
        .join(OutboxMessage, col(OutboxMessage.id) == col(Ping.message_id))
        .where(
            Ping.workspace == workspace,
            col(Ping.pinged_at) >= since,
            OutboxMessage.kind == MessageKind.WEEKLY_NOTE,
            OutboxMessage.state == OutboxState.SENT,
        )
        .order_by(col(Ping.pinged_at))
    )
    notes: dict[str, tuple[datetime, ...]] = {}
    for user_id, at in session.exec(query):
        notes[user_id] = (*notes.get(user_id, ()), at)
    return notes


def list_coming(
    session: Session, workspace: str, user_ids: Sequence[str], kinds: Sequence[MessageKind], now: datetime
) -> dict[str, tuple[datetime, ...]]:
    """Return from when on the waiting pings of some kinds to each of these people may be sent; none that is late."""
    if not kinds or not user_ids:
        return {}
    query = select(OutboxMessage.people, OutboxMessage.not_before).where(
        OutboxMessage.workspace == workspace,
        OutboxMessage.state == OutboxState.QUEUED,
        col(OutboxMessage.is_ping).is_(True),
        col(OutboxMessage.kind).in_(kinds),
        may_go(),
        or_(col(OutboxMessage.not_after).is_(None), col(OutboxMessage.not_after) > now),
        or_(*(col(OutboxMessage.people).contains(one) for one in user_ids)),
    )
    coming: dict[str, tuple[datetime, ...]] = {}
    for people, not_before in session.exec(query):
        for user_id in set(people.split()).intersection(user_ids):
            coming[user_id] = (*coming.get(user_id, ()), not_before)
    return coming


def defer_to_note(session: Session, message: OutboxMessage, user_id: str, note: OutboxMessage) -> None:
    """Let a person's weekly note say what a message would have."""
    session.add(
        DeferredToNote(workspace=message.workspace, message_id=message.id, user_id=user_id, note_id=note.id),
    )


def list_deferred_to_note(session: Session, note: OutboxMessage) -> Sequence[OutboxMessage]:
    """List the messages that moved into a weekly note, in the order of their ids."""
    query = (
        select(OutboxMessage)
        .join(DeferredToNote, col(DeferredToNote.message_id) == col(OutboxMessage.id))
        .where(DeferredToNote.note_id == note.id)
        .order_by(col(OutboxMessage.id))
    )
    return session.exec(query).all()
