"""What Slack must not be asked for until when, kept for all processes and over restarts."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlmodel import Field, Session, SQLModel, col, func, or_, select

from storage.columns import UtcDateTime

EVERYTHING: Final = ""


class SlackWait(SQLModel, table=True):
    """One method that a workspace must not be asked for, or `EVERYTHING`, until a moment of the machine.

    `error` is Slack's word for why.
    """

    __tablename__ = "slack_wait"

    workspace: str = Field(primary_key=True)
    method: str = Field(primary_key=True)
    until: datetime = Field(sa_type=UtcDateTime)
    error: str


def find_wait(session: Session, workspace: str) -> SlackWait | None:
    """Return what keeps the bot from asking a workspace for anything, over or not; None when nothing does."""
    return session.get(SlackWait, (workspace, EVERYTHING))


def list_waits(session: Session, workspace: str, at: datetime) -> frozenset[str]:
    """List the methods that must still not be asked for at a moment of the machine.

    `EVERYTHING` is among them until it is ended, however long ago its moment was.
    """
    query = select(SlackWait.method).where(
        SlackWait.workspace == workspace, or_(SlackWait.method == EVERYTHING, SlackWait.until > at)
    )
    return frozenset(session.exec(query))


def find_longest(session: Session, workspace: str, methods: Collection[str], at: datetime) -> datetime | None:
    """Return until when one of some methods must not be asked for, a moment of the machine; None when all may be."""
    query = select(func.max(SlackWait.until)).where(
        SlackWait.workspace == workspace, col(SlackWait.method).in_(methods), SlackWait.until > at
    )
    return session.exec(query).one()


def set_wait(session: Session, workspace: str, method: str, until: datetime, error: str) -> None:
    """Ask for a method, or for anything, only after a moment of the machine."""
    wait = session.get(SlackWait, (workspace, method)) or SlackWait(
        workspace=workspace, method=method, until=until, error=error
    )
    wait.until, wait.error = until, error
    session.add(wait)


def end_wait(session: Session, workspace: str) -> None:
    """Let the bot ask a workspace for anything again."""
    wait = find_wait(session, workspace)
    if wait is not None:
        session.delete(wait)
