"""Requests to be introduced to one person, because of what that one offers or wants."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Index, Session, col, func, select, text

from bot.domain.offers import TopicKind
from bot.domain.requests import RequestState, pair_of
from storage.columns import UtcDateTime, WordOf
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table

_IS_OPEN = text(f"state = '{RequestState.OPEN}'")


class Request(Table, table=True):
    """Somebody asks to be introduced to somebody.

    `asked` is who is asked first, `topic` and `kind` are what that one said and `key` is its form for comparing.
    `pair` holds both ids in their order, `over_at` is from when on silence is a no, `group_id` is the group that a
    yes has formed.
    """

    __table_args__ = (
        # One open request for two people, whichever of them asks.
        Index("uq_request_open", "pair", "workspace", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        Index("ix_request_pair", "workspace", "pair"),
        Index("ix_request_by", "workspace", "asker"),
        Index("ix_request_of", "workspace", "asked"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    asker: str
    asked: str
    pair: str
    kind: TopicKind = Field(sa_type=WordOf(TopicKind))
    topic: str
    key: str
    state: RequestState = Field(default=RequestState.OPEN, sa_type=WordOf(RequestState))
    asked_at: datetime = Field(sa_type=UtcDateTime)
    over_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    group_id: int | None = Field(default=None, foreign_key="pair_group.id", index=True)

    privacy = Entry(
        people={"asker": Fate.REMOVED, "asked": Fate.REMOVED},
        among={"pair": Fate.REMOVED, "key": Fate.NAMELESS},
        words=("topic",),
        codes=("kind", "state"),
        told=("asker", "asked", "pair"),
        # The topic is in the words of the person who was asked.
        columns=("asker", "asked", "kind", "state", "asked_at", "ended_at"),
        signs={"asked_at": "asker"},
        no_signs=("over_at", "ended_at"),
    )


def get_request(session: Session, workspace: str, request_id: int) -> Request:
    """Return a request of a workspace; raises LookupError when there is none."""
    found = find_request(session, workspace, request_id)
    if found is None:
        raise LookupError(f"request {request_id}")
    return found


def find_request(session: Session, workspace: str, request_id: int) -> Request | None:
    """Return a request of a workspace, or None."""
    found = session.get(Request, request_id)
    return found if found is not None and found.workspace == workspace else None


def find_by_group(session: Session, workspace: str, group_id: int) -> Request | None:
    """Return the request whose yes formed a group; None for any other group, and when somebody was erased."""
    query = select(Request).where(Request.workspace == workspace, Request.group_id == group_id)
    return session.exec(query).first()


def find_last_between(session: Session, workspace: str, one: str, other: str) -> Request | None:
    """Return the newest request between two people, whichever of them asked, and with any outcome, or None."""
    query = (
        select(Request)
        .where(Request.workspace == workspace, Request.pair == pair_of(one, other))
        .order_by(col(Request.id).desc())
    )
    return session.exec(query).first()


def list_open_of(session: Session, workspace: str, asker: str) -> Sequence[Request]:
    """List the requests of somebody that nobody has answered, oldest first."""
    query = select(Request).where(
        Request.workspace == workspace, Request.asker == asker, Request.state == RequestState.OPEN
    )
    return session.exec(query.order_by(col(Request.id))).all()


def list_open_for(session: Session, workspace: str, asked: str) -> Sequence[Request]:
    """List the requests that wait for somebody's answer, oldest first."""
    query = select(Request).where(
        Request.workspace == workspace, Request.asked == asked, Request.state == RequestState.OPEN
    )
    return session.exec(query.order_by(col(Request.id))).all()


def count_asked(session: Session, workspace: str, since: datetime) -> dict[str, int]:
    """Return how often each person was asked since a moment; people who were not are left out."""
    query = (
        select(Request.asked, func.count())
        .where(Request.workspace == workspace, col(Request.asked_at) >= since)
        .group_by(col(Request.asked))
    )
    return dict(session.exec(query).all())


def list_agreed(session: Session, workspace: str, user_id: str, since: datetime) -> Sequence[Request]:
    """List the requests since a moment that a person said yes to, or that others said yes to at that one's asking."""
    query = select(Request).where(
        Request.workspace == workspace, Request.state == RequestState.AGREED, col(Request.asked_at) >= since
    )
    # Two queries, since each of the two has an index of its own.
    return [row for mine in (Request.asked, Request.asker) for row in session.exec(query.where(mine == user_id))]
