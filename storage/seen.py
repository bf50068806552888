"""Clicks, commands and events that were already carried out."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Field, Session, col, delete

from bot.domain.identity import Actor
from storage.columns import UtcDateTime
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table

KEPT_FOR: Final = timedelta(days=1)


class Seen(Table, table=True):
    """One act of one person, by what Slack calls it."""

    workspace: str = Field(primary_key=True)
    act_id: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=UtcDateTime, index=True)

    privacy = Entry(among={"act_id": Fate.REMOVED}, told=("act_id",))


def is_first_time(session: Session, who: Actor, now: datetime) -> bool:
    """Remember an act in this transaction and tell whether it is new.

    Ask only in a writing transaction: its lock is what keeps two deliveries apart.
    """
    if session.get(Seen, (who.workspace, who.act_id)) is not None:
        return False
    session.add(Seen(workspace=who.workspace, act_id=who.act_id, seen_at=now))
    # Written now, so that on PostgreSQL the unique key stops the second of two at this line.
    session.flush()
    return True


def forget_old(session: Session, now: datetime) -> None:
    """Drop what is older than any redelivery by Slack."""
    session.exec(delete(Seen).where(col(Seen.seen_at) < now - KEPT_FOR))
