"""What happens when: one row for each thing that is due at a moment."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlmodel import Field, Session, UniqueConstraint, col, delete, func, or_, select, update

from bot.domain.schedule import DueKind
from storage.columns import CadenceText, UtcDateTime, WordOf
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table

# The columns of failures while there is none.
_WELL: Final[Mapping[str, Any]] = {
    "failures": 0,
    "failing_since": None,
    "tried_at": None,
    "error": "",
    "retry_at": None,
}


class Due(Table, table=True):
    """One thing that is due; `cadence` says when it is due again, None means once.

    `subject` is the id of what it is about: a community, a prompt post, a person.
    `failures` counts how often in a row it could not be handled, `failing_since` is when it failed first,
    `tried_at` when it failed last, `error` is the class of the last error, and before `retry_at` it is not tried
    again.
    """

    __table_args__ = (UniqueConstraint("workspace", "kind", "subject"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str
    kind: DueKind = Field(sa_type=WordOf(DueKind))
    subject: str
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    cadence: str | None = Field(default=None, sa_type=CadenceText)
    failures: int = 0
    error: str = ""
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retry_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    privacy = Entry(
        among={"subject": Fate.REMOVED},
        codes=("kind", "cadence", "error"),
        told=("subject",),
        columns=("kind", "due_at"),
    )


def list_due(session: Session, workspace: str, now: datetime, limit: int) -> Sequence[Due]:
    """List what is due by now and not put off, longest overdue first."""
    may_try = or_(col(Due.retry_at).is_(None), col(Due.retry_at) <= now)
    return _in_order(session, (Due.workspace == workspace, col(Due.due_at) <= now, may_try), limit)


def list_overdue(session: Session, workspaces: Collection[str], before: datetime, limit: int) -> Sequence[Due]:
    """List what was due by a moment and was not handled, put off or not, longest overdue first."""
    return _in_order(session, (col(Due.workspace).in_(workspaces), col(Due.due_at) <= before), limit)


def list_failing(session: Session, workspaces: Collection[str], now: datetime, limit: int) -> Sequence[Due]:
    """List what could not be handled so far, longest overdue first."""
    is_failing = (col(Due.workspace).in_(workspaces), col(Due.due_at) <= now, col(Due.failures) > 0)
    return _in_order(session, is_failing, limit)


def list_next(session: Session, workspaces: Collection[str], after: datetime, limit: int) -> Sequence[Due]:
    """List what is due later than a moment, soonest first."""
    return _in_order(session, (col(Due.workspace).in_(workspaces), col(Due.due_at) > after), limit)


def _in_order(session: Session, wanted: Sequence[ColumnElement[bool] | bool], limit: int) -> Sequence[Due]:
    return session.exec(select(Due).where(*wanted).order_by(col(Due.due_at), col(Due.id)).limit(limit)).all()


def count_by_workspace(session: Session) -> dict[str, int]:
    """Count what is planned in each workspace."""
    return dict(session.exec(select(Due.workspace, func.count()).group_by(Due.workspace)).all())


def list_of_kind(session: Session, workspace: str, kind: DueKind) -> Sequence[Due]:
    """List what is planned of a kind, soonest first."""
    query = select(Due).where(Due.workspace == workspace, Due.kind == kind)
    return session.exec(query.order_by(col(Due.due_at), col(Due.id))).all()


def find_due(session: Session, workspace: str, kind: DueKind, subject: str) -> Due | None:
    """Return the row of a kind and subject, or None."""
    query = select(Due).where(Due.workspace == workspace, Due.kind == kind, Due.subject == subject)
    return session.exec(query).first()


def set_due(
    session: Session,
    workspace: str,
    kind: DueKind,
    subject: str,
    due_at: datetime,
    cadence: str | None = None,
) -> None:
    """Make something due at a moment, replacing what was planned for it."""
    row = find_due(session, workspace, kind, subject)
    if row is None:
        row = Due(workspace=workspace, kind=kind, subject=subject, due_at=due_at)
    row.due_at = due_at
    row.cadence = cadence
    for column, value in _WELL.items():
        setattr(row, column, value)
    session.add(row)


def clear_due(session: Session, workspace: str, kind: DueKind, subject: str) -> None:
    """Plan nothing more for a kind and subject."""
    session.exec(delete(Due).where(col(Due.workspace) == workspace, col(Due.kind) == kind, col(Due.subject) == subject))


def advance(session: Session, row: Due, to: datetime | None) -> bool:
    """Move a row on, or remove it, unless another process did so first.

    Compare-and-set on `due_at`: True means that this transaction, and no other, handles this time.
    """
    same = (col(Due.id) == row.id, col(Due.due_at) == row.due_at)
    if to is None:
        return session.exec(delete(Due).where(*same)).rowcount == 1
    return session.exec(update(Due).where(*same).values(due_at=to, **_WELL)).rowcount == 1


def put_off(session: Session, row: Due, error: str, now: datetime, retry_at: datetime) -> bool:
    """Count a failure of a row and try it again later; False when it was handled or planned again meanwhile."""
    same = (col(Due.id) == row.id, col(Due.due_at) == row.due_at)
    failed = {
        "failures": col(Due.failures) + 1,
        "failing_since": func.coalesce(col(Due.failing_since), now),
        "tried_at": now,
        "error": error,
        "retry_at": retry_at,
    }
    return session.exec(update(Due).where(*same).values(**failed)).rowcount == 1


def find_failing(session: Session, workspace: str, row_id: int) -> Due | None:
    """Return a row while it cannot be handled; None when it works again, is planned again or is gone."""
    query = select(Due).where(Due.workspace == workspace, Due.id == row_id, col(Due.failing_since).is_not(None))
    return session.exec(query).first()
