"""Offers and wants: what people can show others, and what they want to be able to do."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Field, Session, UniqueConstraint, col, select

from bot.domain.identity import Actor
from bot.domain.offers import TopicKind
from storage.columns import UtcDateTime, WordOf
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class Topic(Table, table=True):
    """One person's offer or want. `key` is the form in which topics are compared, `topic` what was typed.

    `said_at` is when it was last said or kept, `asked_at` when the person was asked whether it is still true since.
    """

    __table_args__ = (UniqueConstraint("workspace", "user_id", "kind", "key"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    user_id: str
    kind: TopicKind = Field(sa_type=WordOf(TopicKind))
    topic: str
    key: str
    minutes: int | None = None
    sentence: str = ""
    findable: bool = True
    said_at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    privacy = Entry(
        people={"user_id": Fate.REMOVED},
        # A name of nobody, unlike a gap, keeps the keys of two topics apart.
        among={"key": Fate.NAMELESS},
        words=("topic", "sentence"),
        codes=("kind",),
        told=("user_id",),
        signs={"said_at": "user_id"},
        no_signs=("asked_at",),
    )


def get_topic(session: Session, owner: Actor, topic_id: int) -> Topic:
    """Return one of a person's own offers and wants; raises LookupError for anybody else's."""
    found = session.get(Topic, topic_id)
    if found is None or (found.workspace, found.user_id) != (owner.workspace, owner.user_id):
        raise LookupError(f"topic {topic_id}")
    return found


def find_topic(session: Session, workspace: str, user_id: str, kind: str, key: str) -> Topic | None:
    """Return what somebody said of a topic, however long ago, or None."""
    query = select(Topic).where(
        Topic.workspace == workspace, Topic.user_id == user_id, Topic.kind == kind, Topic.key == key
    )
    return session.exec(query).first()


def list_topics(
    session: Session, workspace: str, since: datetime, user_ids: Iterable[str] | None = None
) -> Sequence[Topic]:
    """List the offers and wants said since a moment, of all people or of some, oldest first."""
    query = select(Topic).where(Topic.workspace == workspace, Topic.said_at >= since)
    if user_ids is not None:
        query = query.where(col(Topic.user_id).in_(list(user_ids)))
    return session.exec(query.order_by(col(Topic.id))).all()


def list_kind(session: Session, workspace: str, kind: str, since: datetime) -> Sequence[Topic]:
    """List all offers, or all wants, said since a moment, oldest first."""
    query = select(Topic).where(Topic.workspace == workspace, Topic.kind == kind, Topic.said_at >= since)
    return session.exec(query.order_by(col(Topic.id))).all()


def list_fading(session: Session, workspace: str, since: datetime, before: datetime) -> Sequence[Topic]:
    """List what was said since a moment and before another, of which nobody was asked whether it is still true."""
    query = select(Topic).where(
        Topic.workspace == workspace,
        Topic.said_at >= since,
        col(Topic.said_at) <= before,
        col(Topic.asked_at).is_(None),
    )
    return session.exec(query.order_by(col(Topic.id))).all()


def find_by_id(session: Session, workspace: str, topic_id: int) -> Topic | None:
    """Return anybody's offer or want in a workspace, or None."""
    found = session.get(Topic, topic_id)
    return found if found is not None and found.workspace == workspace else None


def list_all(session: Session) -> Sequence[Topic]:
    """List every offer and want there is, of all workspaces, newest first."""
    return session.exec(select(Topic).order_by(col(Topic.said_at).desc(), col(Topic.id).desc())).all()
