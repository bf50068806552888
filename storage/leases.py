"""Who may be the only one at something in a workspace, and until when; used on PostgreSQL.

A lease ends by itself when nobody renews it, and its number grows with each holder: a process that stood still
finds another number and writes nothing more.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection
from sqlmodel import Field, col, func, select, update

from storage.columns import UtcDateTime
from storage.privacy.inventory import Entry
from storage.tables import Table

# A process that is silent for so long has lost its lease; the same silence ends a transaction that stands still.
TERM: Final = timedelta(seconds=12)
RENEWED_EVERY: Final = timedelta(seconds=3)
# The database's clock, not the machine's: those of two processes may differ.
_NOW: Final = func.clock_timestamp()


class Lease(Table, table=True):
    """The right to be the only one at something; `until` is a moment of the database's clock."""

    purpose: str = Field(primary_key=True)
    workspace: str = Field(primary_key=True)
    number: int
    until: datetime = Field(sa_type=UtcDateTime)

    privacy = Entry(codes=("purpose",))


def take(connection: Connection, purpose: str, workspace: str) -> int | None:
    """Take a lease that nobody holds and return its number; None when another holds it."""
    held = select(Lease.number).where(Lease.purpose == purpose, Lease.workspace == workspace, col(Lease.until) > _NOW)
    # Asked first, since the holder may be in a transaction, for which the statement below would wait.
    if connection.execute(held).first() is not None:
        return None
    from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 - nobody on SQLite has to load it

    taken = (
        insert(Lease)
        .values(purpose=purpose, workspace=workspace, number=1, until=_NOW + TERM)
        .on_conflict_do_update(
            index_elements=["purpose", "workspace"],
            set_={"number": col(Lease.number) + 1, "until": _NOW + TERM},
            where=col(Lease.until) <= _NOW,
        )
        .returning(col(Lease.number))
    )
    return connection.execute(taken).scalar_one_or_none()


def renew(connection: Connection, purpose: str, workspace: str, number: int) -> bool:
    """Hold a lease for another term; False when another has taken it."""
    renewed = update(Lease).where(*_is(purpose, workspace, number)).values(until=_NOW + TERM)
    return connection.execute(renewed).rowcount == 1


def give_back(connection: Connection, purpose: str, workspace: str, number: int) -> None:
    """End a lease; nothing under its number renews it any more."""
    ended = update(Lease).where(*_is(purpose, workspace, number)).values(number=number + 1, until=_NOW)
    connection.execute(ended)


def is_held(connection: Connection, purpose: str, workspace: str, number: int) -> bool:
    """Tell whether nobody has taken a lease over, and keep everybody from it until the transaction ends."""
    ours = select(Lease.number).where(*_is(purpose, workspace, number)).with_for_update()
    return connection.execute(ours).first() is not None


def _is(purpose: str, workspace: str, number: int) -> tuple[ColumnElement[bool], ...]:
    return (col(Lease.purpose) == purpose, col(Lease.workspace) == workspace, col(Lease.number) == number)
