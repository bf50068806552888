"""Offers and wants: what people can show others, and what they want to be able to do."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Field, Index, Session, UniqueConstraint, col, select

from bot.domain.identity import Actor
from bot.domain.offers import TopicKind
from storage.bulk import batches
from storage.columns import UtcDateTime, WordOf
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class Topic(Table, table=True):
    """One person's offer or want. `key` is the form in which topics are compared, `topic` what was typed.

    `stems` are the words of topic and sentence as they are searched, so that no search works them out.
    `said_at` is when it was last said or kept, `asked_at` when the person was asked whether it is still true since.
    """

    __table_args__ = (
        UniqueConstraint("workspace", "user_id", "kind", "key"),
        Index("ix_topic_kind", "workspace", "kind", "said_at"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    user_id: str
    kind: TopicKind = Field(sa_type=WordOf(TopicKind))
    topic: str
    key: str
    stems: str = ""
    minutes: int | None = None
    sentence: str = ""
    findable: bool = True
    said_at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    privacy = Entry(
        people={"user_id": Fate.REMOVED},
        # A name of nobody, unlike a gap, keeps the keys of two topics apart.
        among={"key": Fate.NAMELESS, "stems": Fate.NAMELESS},
        words=("topic", "sentence"),
        codes=("kind",),
        told=("user_id",),
        signs={"said_at": "user_id"},
        no_signs=("asked_at",),
    )


class Said(NamedTuple):
    """Whose an offer or a want is, and whether others may see that."""

    id: int
    user_id: str
    findable: bool


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


def list_stems(session: Session, workspace: str, kind: str, since: datetime) -> dict[int, str]:
    """Return the stems of all offers, or of all wants, said since a moment, by the number of each."""
    query = select(col(Topic.id), col(Topic.stems)).where(
        Topic.workspace == workspace, Topic.kind == kind, Topic.said_at >= since
    )
    # Without the detour by way of objects: every search reads all of them.
    return {row[0]: row[1] for row in session.connection().execute(query)}


def list_said(session: Session, workspace: str, topic_ids: Iterable[int]) -> dict[int, Said]:
    """Return whose some offers and wants of a workspace are, by the number of each."""
    query = select(col(Topic.id), col(Topic.user_id), col(Topic.findable)).where(Topic.workspace == workspace)
    return {
        row[0]: Said(*row)
        for some in batches(topic_ids)
        for row in session.connection().execute(query.where(col(Topic.id).in_(some)))
    }


def list_unwanted(session: Session, workspace: str, since: datetime, before: int | None, limit: int) -> Sequence[Topic]:
    """List offers with a name that nobody wants, newest first; after the first call those before the last one got."""
    wanted = select(Topic.key).where(Topic.workspace == workspace, Topic.kind == TopicKind.WANT, Topic.said_at >= since)
    query = select(Topic).where(
        Topic.workspace == workspace,
        Topic.kind == TopicKind.OFFER,
        Topic.said_at >= since,
        col(Topic.findable),
        col(Topic.key).not_in(wanted),
    )
    if before is not None:
        query = query.where(col(Topic.id) < before)
    return session.exec(query.order_by(col(Topic.id).desc()).limit(limit)).all()


def list_unmet(
    session: Session, workspace: str, user_id: str, since: datetime, after: int, limit: int
) -> Sequence[Topic]:
    """List wants that nobody offers, oldest first, from a number on; none of what a person offers or wants already."""
    known = select(Topic.key).where(
        Topic.workspace == workspace,
        Topic.said_at >= since,
        (col(Topic.kind) == TopicKind.OFFER) | (col(Topic.user_id) == user_id),
    )
    query = select(Topic).where(
        Topic.workspace == workspace,
        Topic.kind == TopicKind.WANT,
        Topic.said_at >= since,
        col(Topic.id) > after,
        col(Topic.key).not_in(known),
    )
    return session.exec(query.order_by(col(Topic.id)).limit(limit)).all()


def list_by_ids(session: Session, workspace: str, topic_ids: Iterable[int]) -> Sequence[Topic]:
    """List some offers and wants of a workspace, in the order of their numbers given; what is gone is left out."""
    ids = list(topic_ids)
    query = select(Topic).where(Topic.workspace == workspace, col(Topic.id).in_(ids))
    found = {row.id: row for row in session.exec(query)}
    return [found[one] for one in ids if one in found]


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


def list_all(session: Session, workspace: str) -> Sequence[Topic]:
    """List every offer and want of a workspace, newest first."""
    query = select(Topic).where(Topic.workspace == workspace)
    return session.exec(query.order_by(col(Topic.said_at).desc(), col(Topic.id).desc())).all()
