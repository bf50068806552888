"""Thanks, the people they are for, the messages they stand in, and drafts."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, Index, Session, col, delete, func, select

from storage.columns import UtcDateTime, list_of_words
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class Kudos(Table, table=True):
    """One precise thank-you; without a community it is private.

    `score` says how precise it was when it was given, 0 to 3, for counting.
    """

    # Buttons and keys name thanks and their messages by id, so that of something removed must not come back.
    __table_args__: ClassVar = (
        Index("ix_kudos_person", "workspace", "giver"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    community_id: int | None = Field(default=None, foreign_key="community.id")
    giver: str
    deed: str
    effect: str
    tag: str | None
    link: str = ""
    score: int = 0
    given_at: datetime = Field(sa_type=UtcDateTime)

    privacy = Entry(
        people={"giver": Fate.NAMELESS},
        words=("deed", "effect", "tag", "link"),
        told=("giver",),
        follows={"community_id": ("channel_id",)},
        signs={"given_at": "giver"},
    )


class KudosPost(Table, table=True):
    """One message with thanks, in a community's channel or to one `reader`; `posted_at` is when it goes out."""

    __table_args__: ClassVar = (
        Index("ix_kudospost_person", "workspace", "reader"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    community_id: int | None = Field(default=None, foreign_key="community.id", index=True)
    reader: str = ""
    posted_at: datetime = Field(sa_type=UtcDateTime)

    privacy = Entry(
        people={"reader": Fate.EMPTIED},
        told=("reader",),
        follows={"community_id": ("channel_id",)},
        no_signs=("posted_at",),
    )


class KudosReceiver(Table, table=True):
    """A person who was thanked, and the message in which it stands."""

    __table_args__ = (Index("ix_kudosreceiver_person", "workspace", "user_id"),)

    kudos_id: int = Field(primary_key=True, foreign_key="kudos.id")
    user_id: str = Field(primary_key=True)
    workspace: str
    post_id: int = Field(foreign_key="kudospost.id", index=True)

    privacy = Entry(
        people={"user_id": Fate.NAMELESS},
        told=("user_id",),
        follows={"kudos_id": ("giver", "given_at")},
    )


class KudosMeToo(Table, table=True):
    """A person who says so too, once."""

    kudos_id: int = Field(primary_key=True, foreign_key="kudos.id")
    user_id: str = Field(primary_key=True, index=True)
    workspace: str
    tapped_at: datetime = Field(sa_type=UtcDateTime)

    privacy = Entry(
        people={"user_id": Fate.REMOVED},
        told=("user_id",),
        follows={"kudos_id": ("giver", "given_at")},
        signs={"tapped_at": "user_id"},
    )


class KudosDraft(Table, table=True):
    """Thanks that somebody kept for another day; `people` are the ids of those it is for."""

    id: int = Field(default=None, primary_key=True)
    workspace: str
    giver: str = Field(index=True)
    people: tuple[str, ...] = Field(sa_type=list_of_words())
    deed: str
    effect: str
    tag: str | None
    link: str
    saved_at: datetime = Field(sa_type=UtcDateTime)

    privacy = Entry(
        people={"giver": Fate.REMOVED},
        among={"people": Fate.EMPTIED},
        words=("deed", "effect", "tag", "link"),
        told=("giver",),
        signs={"saved_at": "giver"},
    )


def get_kudos(session: Session, workspace: str, kudos_id: int) -> Kudos:
    """Return thanks by their id; raises LookupError when this workspace has none such."""
    found = session.get(Kudos, kudos_id)
    if found is None or found.workspace != workspace:
        raise LookupError(f"kudos {kudos_id}")
    return found


def find_post(session: Session, workspace: str, post_id: int) -> KudosPost | None:
    """Return a message with thanks, or None when it was taken back."""
    found = session.get(KudosPost, post_id)
    return found if found is not None and found.workspace == workspace else None


def list_posts(
    session: Session, workspace: str, since: datetime, *, community_id: int | None = None, reader: str = ""
) -> Sequence[KudosPost]:
    """List the messages with thanks since a moment, in a community's channel or to a reader, oldest first."""
    query = select(KudosPost).where(
        KudosPost.workspace == workspace,
        KudosPost.community_id == community_id,
        KudosPost.reader == reader,
        KudosPost.posted_at > since,
    )
    return session.exec(query.order_by(col(KudosPost.posted_at), col(KudosPost.id))).all()


def list_in_post(session: Session, post: KudosPost) -> Sequence[tuple[Kudos, tuple[str, ...]]]:
    """List the thanks in a message, oldest first, each with whom it thanks there."""
    query = (
        select(Kudos, KudosReceiver.user_id)
        .join(KudosReceiver, col(KudosReceiver.kudos_id) == col(Kudos.id))
        .where(Kudos.workspace == post.workspace, KudosReceiver.post_id == post.id)
        .order_by(col(Kudos.id))
    )
    found: dict[int, tuple[Kudos, tuple[str, ...]]] = {}
    for row, user_id in session.exec(query):
        _, people = found.get(row.id, (row, ()))
        found[row.id] = (row, tuple(sorted((*people, user_id))))
    return tuple(found.values())


def list_receivers(session: Session, kudos: Kudos) -> Sequence[KudosReceiver]:
    """List the people who were thanked, in the order of their ids."""
    query = select(KudosReceiver).where(KudosReceiver.workspace == kudos.workspace, KudosReceiver.kudos_id == kudos.id)
    return sorted(session.exec(query), key=lambda one: one.user_id)


def list_received(session: Session, workspace: str, user_id: str, now: datetime, limit: int) -> Sequence[Kudos]:
    """List the newest thanks that had reached a person by now, newest first."""
    query = (
        select(Kudos)
        .join(KudosReceiver, col(KudosReceiver.kudos_id) == col(Kudos.id))
        .join(KudosPost, col(KudosPost.id) == col(KudosReceiver.post_id))
        .where(KudosReceiver.workspace == workspace, KudosReceiver.user_id == user_id, KudosPost.posted_at <= now)
        .order_by(col(KudosPost.posted_at).desc(), col(Kudos.id).desc())
    )
    return session.exec(query.limit(limit)).all()


def get_receiver(session: Session, kudos: Kudos, user_id: str) -> KudosReceiver:
    """Return one of the people who were thanked; raises NoResultFound for anybody else."""
    query = select(KudosReceiver).where(
        KudosReceiver.workspace == kudos.workspace,
        KudosReceiver.kudos_id == kudos.id,
        KudosReceiver.user_id == user_id,
    )
    return session.exec(query).one()


def remove_receivers(session: Session, receivers: Sequence[KudosReceiver]) -> None:
    """Take people out of thanks; thanks that are left for nobody are gone with all that belongs to them."""
    for receiver in receivers:
        session.delete(receiver)
    session.flush()
    for workspace, kudos_id in {(one.workspace, one.kudos_id) for one in receivers}:
        row = get_kudos(session, workspace, kudos_id)
        if not list_receivers(session, row):
            session.exec(delete(KudosMeToo).where(col(KudosMeToo.kudos_id) == kudos_id))
            session.delete(row)
    session.flush()


def find_me_too(session: Session, kudos: Kudos, user_id: str) -> KudosMeToo | None:
    """Return a person's word that they say so too, or None."""
    return session.get(KudosMeToo, (kudos.id, user_id))


def list_me_too(session: Session, kudos: Kudos) -> tuple[str, ...]:
    """List the ids of those who say so too, first tap first."""
    query = select(KudosMeToo).where(KudosMeToo.workspace == kudos.workspace, KudosMeToo.kudos_id == kudos.id)
    return tuple(one.user_id for one in sorted(session.exec(query), key=lambda one: (one.tapped_at, one.user_id)))


def count_given_since(session: Session, workspace: str, giver: str, since: datetime) -> int:
    """Count the thanks a person gave since a moment."""
    query = (
        select(func.count())
        .select_from(Kudos)
        .where(Kudos.workspace == workspace, Kudos.giver == giver, col(Kudos.given_at) >= since)
    )
    return session.exec(query).one()


def list_last_receivers(session: Session, workspace: str, giver: str, limit: int) -> list[frozenset[str]]:
    """List whom a person's last thanks went to, newest first."""
    query = select(Kudos).where(Kudos.workspace == workspace, Kudos.giver == giver)
    last = session.exec(query.order_by(col(Kudos.given_at).desc(), col(Kudos.id).desc()).limit(limit)).all()
    return [frozenset(one.user_id for one in list_receivers(session, row)) for row in last]


def find_last_between(
    session: Session, workspace: str, givers: Sequence[str], receiver: str, since: datetime
) -> tuple[str, datetime] | None:
    """Return who of some people thanked another last since a moment, and when; None when none of them did."""
    query = (
        select(Kudos.giver, Kudos.given_at)
        .join(KudosReceiver, col(KudosReceiver.kudos_id) == col(Kudos.id))
        .where(
            Kudos.workspace == workspace,
            col(Kudos.giver).in_(givers),
            KudosReceiver.user_id == receiver,
            col(Kudos.given_at) >= since,
        )
        .order_by(col(Kudos.given_at).desc(), col(Kudos.id).desc())
    )
    return session.exec(query.limit(1)).first()


def find_oldest_draft(session: Session, workspace: str, giver: str) -> KudosDraft | None:
    """Return the draft that a person kept first, or None."""
    query = select(KudosDraft).where(KudosDraft.workspace == workspace, KudosDraft.giver == giver)
    return session.exec(query.order_by(col(KudosDraft.id)).limit(1)).first()


def find_draft(session: Session, workspace: str, giver: str, draft_id: int) -> KudosDraft | None:
    """Return one of a person's own drafts, or None."""
    found = session.get(KudosDraft, draft_id)
    return found if found is not None and (found.workspace, found.giver) == (workspace, giver) else None
