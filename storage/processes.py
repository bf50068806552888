"""Which processes run, and what failed last in each workspace: for the operator alone."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, delete, or_, select

from storage.columns import UtcDateTime
from storage.privacy.inventory import Entry
from storage.tables import Table


class Process(Table, table=True):
    """One process of the bot.

    `workspace` is the one whose token it has, `kind` the word it was started with, `seen_at` its last sign of life.
    `jumped_at` is when its machine's clock jumped last, by the clock after that, and `jumped_seconds` by how much.
    """

    name: str = Field(primary_key=True)
    workspace: str
    kind: str
    started_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    jumped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    jumped_seconds: int = Field(default=0, sa_column_kwargs={"server_default": "0"})

    privacy = Entry(codes=("name", "kind"))


class LastError(Table, table=True):
    """What failed last in a workspace: at which work, and Slack's word or the error's class."""

    __tablename__ = "last_error"

    workspace: str = Field(primary_key=True)
    work: str
    error: str
    failed_at: datetime = Field(sa_type=UtcDateTime)

    privacy = Entry(codes=("work", "error"))


def note_alive(session: Session, workspace: str, name: str, kind: str, now: datetime) -> None:
    """Keep a process's sign of life; the first one is its start."""
    row = session.get(Process, name)
    row = row or Process(name=name, workspace=workspace, kind=kind, started_at=now, seen_at=now)
    row.seen_at = now
    session.add(row)


def note_jump(session: Session, name: str, seconds: int, now: datetime) -> None:
    """Keep that the clock of a process's machine jumped."""
    row = session.get(Process, name)
    if row is not None:
        row.jumped_at, row.jumped_seconds, row.seen_at = now, seconds, now
        session.add(row)


def forget_process(session: Session, name: str) -> None:
    """Drop a process that ended."""
    session.exec(delete(Process).where(col(Process.name) == name))


def forget_silent(session: Session, before: datetime, after: datetime) -> None:
    """Drop the processes that gave no sign of life since a moment, or only one after another, by a wrong clock."""
    session.exec(delete(Process).where(or_(col(Process.seen_at) < before, col(Process.seen_at) > after)))


def list_processes(session: Session) -> Sequence[Process]:
    """List the processes, longest running first."""
    return session.exec(select(Process).order_by(col(Process.started_at), col(Process.name))).all()


def note_error(session: Session, workspace: str, work: str, error: str, now: datetime) -> None:
    """Keep what failed in a workspace, instead of what failed before."""
    row = session.get(LastError, workspace) or LastError(workspace=workspace, work=work, error=error, failed_at=now)
    row.work, row.error, row.failed_at = work, error, now
    session.add(row)


def list_errors(session: Session, workspaces: Collection[str], limit: int) -> Sequence[LastError]:
    """List what failed last in each workspace, newest first."""
    query = select(LastError).where(col(LastError.workspace).in_(workspaces))
    return session.exec(query.order_by(col(LastError.failed_at).desc()).limit(limit)).all()
