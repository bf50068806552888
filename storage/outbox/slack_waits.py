"""What Slack must not be asked for until when, and what of it failed, kept for all processes and over restarts."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Field, Session, col, delete, func, or_, select

from bot.domain.backoff import wait_of_the_careful
from storage.columns import UtcDateTime
from storage.privacy.inventory import Entry
from storage.tables import Table

EVERYTHING: Final = ""


class SlackWait(Table, table=True):
    """One method that a workspace must not be asked for, or `EVERYTHING`, until a moment of the machine.

    `error` is Slack's word for why. `failures` counts how often in a row the method failed other than by asking
    too often, `since` is when it did so first; it is in trouble until it works again, however long ago `until` was.
    Until `careful_until` it is asked for nothing that would be left in doubt for good.
    """

    __tablename__ = "slack_wait"

    workspace: str = Field(primary_key=True)
    method: str = Field(primary_key=True)
    until: datetime = Field(sa_type=UtcDateTime)
    error: str
    failures: int = 0
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    careful_until: datetime | None = Field(default=None, sa_type=UtcDateTime)

    privacy = Entry(codes=("method", "error"))


def find_wait(session: Session, workspace: str) -> SlackWait | None:
    """Return what keeps the bot from asking a workspace for anything, over or not; None when nothing does."""
    return session.get(SlackWait, (workspace, EVERYTHING))


def list_waiting(session: Session, workspace: str, at: datetime) -> frozenset[str]:
    """List the methods that must not be asked for at a moment of the machine; `EVERYTHING` until it is ended."""
    query = select(SlackWait.method).where(
        SlackWait.workspace == workspace, or_(col(SlackWait.method) == EVERYTHING, col(SlackWait.until) > at)
    )
    return frozenset(session.exec(query))


def find_longest(session: Session, workspace: str, methods: Collection[str], at: datetime) -> datetime | None:
    """Return until when one of some methods must not be asked for, a moment of the machine; None when all may be."""
    query = select(func.max(SlackWait.until)).where(
        SlackWait.workspace == workspace, col(SlackWait.method).in_(methods), SlackWait.until > at
    )
    return session.exec(query).first()


def set_wait(session: Session, workspace: str, method: str, until: datetime, error: str) -> None:
    """Ask for a method, or for anything, only after a moment of the machine."""
    wait = _get_or_new(session, workspace, method, until)
    wait.until, wait.error = until, error
    session.add(wait)


def count_failure(
    session: Session,
    workspace: str,
    method: str,
    at: datetime,
    error: str,
    wait_after: Callable[[int, timedelta], timedelta],
    *,
    is_careful: bool,
) -> None:
    """Count one more failure in a row, at a moment of the machine.

    `wait_after` says how long to wait then, from the number of failures and the span since the first of them.
    `is_careful` tells whether the failure left something in doubt, so that it is better found out by what can be
    looked up whether the next will.
    """
    wait = _get_or_new(session, workspace, method, at)
    wait.failures += 1
    wait.since = wait.since or at
    span = wait_after(wait.failures, at - wait.since)
    wait.until = max(wait.until, at + span)
    if is_careful:
        wait.careful_until = at + wait_of_the_careful(span)
    wait.error = error
    session.add(wait)


def end_waits(session: Session, workspace: str, methods: Collection[str]) -> None:
    """Note that these methods work."""
    session.exec(delete(SlackWait).where(col(SlackWait.workspace) == workspace, col(SlackWait.method).in_(methods)))


def end_trouble(session: Session, workspace: str) -> None:
    """Let the bot ask a workspace for anything again; methods that were asked for too often still wait."""
    is_trouble = or_(col(SlackWait.method) == EVERYTHING, col(SlackWait.failures) > 0)
    session.exec(delete(SlackWait).where(col(SlackWait.workspace) == workspace, is_trouble))


def _get_or_new(session: Session, workspace: str, method: str, until: datetime) -> SlackWait:
    found = session.get(SlackWait, (workspace, method))
    return found or SlackWait(workspace=workspace, method=method, until=until, error="")
