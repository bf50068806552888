"""Whether people used what they learned; every query asks for the owner, or for a message that was queued about one."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Field, Session, UniqueConstraint, col, delete, func, select

from bot.domain.identity import Actor
from bot.domain.uses import Source, Used, UseShare
from storage.columns import UtcDateTime, WordOf
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class UseCheck(Table, table=True):
    """One time that somebody was asked whether they used what they learned: once for each thing, with one answer.

    `source` tells what they learned it from and `source_id` is that note's, check-in's or goal's number. `line` is
    where they used it, as far as they keep the words; `share` is who may read it, `channel_id` the channel, and
    `shared` counts how often it was shared again, so that each message has a name of its own.
    """

    __table_args__ = (UniqueConstraint("workspace", "owner", "source", "source_id"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str
    owner: str
    source: Source = Field(sa_type=WordOf(Source))
    source_id: int
    asked_on: date
    asked_at: datetime = Field(sa_type=UtcDateTime)
    answer: Used | None = Field(default=None, sa_type=WordOf(Used))
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    line: str = ""
    share: UseShare | None = Field(default=None, sa_type=WordOf(UseShare))
    channel_id: str = ""
    shared: int = 0

    privacy = Entry(
        people={"owner": Fate.REMOVED},
        words=("line",),
        codes=("source", "answer", "share", "channel_id"),
        told=("owner",),
        ages_by="asked_at",
        counted=("source", "answer", "share"),
        signs={"answered_at": "owner"},
        no_signs=("asked_at",),
    )

    @property
    def is_for_channel(self) -> bool:
        """Tell whether its owner lets a channel read the line."""
        return self.share == UseShare.CHANNEL and self.line != ""


def get_use(session: Session, owner: Actor, check_id: int) -> UseCheck:
    """Return one of a person's own; raises LookupError for anybody else's."""
    found = session.get(UseCheck, check_id)
    if found is None or (found.workspace, found.owner) != (owner.workspace, owner.user_id):
        raise LookupError(f"use check {check_id}")
    return found


def find_use(session: Session, workspace: str, check_id: int) -> UseCheck | None:
    """Return one of a workspace for a message that was queued about it, or None."""
    found = session.get(UseCheck, check_id)
    return found if found is not None and found.workspace == workspace else None


def list_uses(session: Session, workspace: str, owner: str, since: date) -> Sequence[UseCheck]:
    """List what an owner was asked since a day, newest first."""
    query = select(UseCheck).where(UseCheck.workspace == workspace, UseCheck.owner == owner, UseCheck.asked_on >= since)
    return session.exec(query.order_by(col(UseCheck.asked_on).desc(), col(UseCheck.id).desc())).all()


def find_last_answer(session: Session, workspace: str, owner: str) -> datetime | None:
    """Return when an owner last answered whether they used something, or None."""
    query = select(func.max(UseCheck.answered_at)).where(UseCheck.workspace == workspace, UseCheck.owner == owner)
    return session.exec(query).one()


def list_of_source(session: Session, owner: Actor, source: Source, source_id: int) -> Sequence[UseCheck]:
    """List what somebody was asked about one thing they learned."""
    query = select(UseCheck).where(
        UseCheck.workspace == owner.workspace,
        UseCheck.owner == owner.user_id,
        UseCheck.source == source,
        UseCheck.source_id == source_id,
    )
    return session.exec(query).all()


def forget_uses(session: Session, owner: Actor, source: Source, source_id: int) -> None:
    """Remove what somebody was asked about something that is gone."""
    session.exec(
        delete(UseCheck).where(
            col(UseCheck.workspace) == owner.workspace,
            col(UseCheck.owner) == owner.user_id,
            col(UseCheck.source) == source,
            col(UseCheck.source_id) == source_id,
        )
    )
