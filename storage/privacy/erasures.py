"""Who was erased, and when: all that is left of a person, without anything they said or did."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, delete, func, select

from storage.columns import UtcDateTime
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class Erasure(Table, table=True):
    """One person erased at one moment; `cause` tells their own wish from a deactivated account."""

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    user_id: str
    erased_at: datetime = Field(sa_type=UtcDateTime)
    cause: str

    privacy = Entry(people={"user_id": Fate.KEPT}, codes=("cause",), told=("user_id",), no_signs=("erased_at",))


def add_erasure(session: Session, workspace: str, user_id: str, cause: str, now: datetime) -> Erasure:
    """Write down that a person was erased."""
    row = Erasure(workspace=workspace, user_id=user_id, cause=cause, erased_at=now)
    session.add(row)
    session.flush()
    return row


def find_erasure(session: Session, workspace: str, erasure_id: int) -> Erasure | None:
    """Return an erasure by its id, or None when it is too long ago."""
    found = session.get(Erasure, erasure_id)
    return found if found is not None and found.workspace == workspace else None


def find_last_id(session: Session, workspace: str) -> int | None:
    """Return the id of the newest record of a workspace: it grows when somebody is erased; None without any."""
    return session.exec(select(func.max(Erasure.id)).where(Erasure.workspace == workspace)).first()


def has_erased_since(session: Session, workspace: str, since: datetime) -> bool:
    """Tell whether anybody of a workspace was erased since a moment."""
    query = select(Erasure.id).where(Erasure.workspace == workspace, col(Erasure.erased_at) >= since)
    return session.exec(query.limit(1)).first() is not None


def was_erased_since(session: Session, workspace: str, user_id: str, since: datetime) -> bool:
    """Tell whether a person was erased since a moment."""
    query = select(Erasure.id).where(
        Erasure.workspace == workspace, Erasure.user_id == user_id, col(Erasure.erased_at) >= since
    )
    return session.exec(query.limit(1)).first() is not None


def list_erased(session: Session, workspace: str) -> Sequence[str]:
    """List the people of whose erasure there is a record."""
    return session.exec(select(Erasure.user_id).where(Erasure.workspace == workspace).distinct()).all()


def forget_erasures(session: Session, workspace: str, before: datetime) -> None:
    """Drop the records of those who were erased before a moment."""
    session.exec(delete(Erasure).where(col(Erasure.workspace) == workspace, col(Erasure.erased_at) < before))
