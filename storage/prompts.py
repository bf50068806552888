"""Prompts that were posted, and the taps on them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Field, Index, Session, UniqueConstraint, col, func, select

from bot.domain.prompts import TapKind
from storage.columns import UtcDateTime, WordOf
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class PromptPost(Table, table=True):
    """One prompt in one community in one week; `cycle` counts the passes through the deck."""

    __table_args__ = (UniqueConstraint("community_id", "due_at"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str
    community_id: int = Field(foreign_key="community.id", index=True)
    prompt_id: str
    cycle: int
    due_at: datetime = Field(sa_type=UtcDateTime)
    posted_on: date

    privacy = Entry(codes=("prompt_id",))


class PromptTap(Table, table=True):
    """One person's tap on one button of a prompt; shown as a number only."""

    __table_args__ = (
        UniqueConstraint("post_id", "user_id", "kind"),
        Index("ix_prompttap_person", "workspace", "user_id"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    post_id: int = Field(foreign_key="promptpost.id")
    user_id: str
    kind: TapKind = Field(sa_type=WordOf(TapKind))
    tapped_at: datetime = Field(sa_type=UtcDateTime)

    privacy = Entry(
        people={"user_id": Fate.NAMELESS},
        codes=("kind",),
        told=("user_id",),
        follows={"post_id": ("prompt_id", "posted_on")},
        ages_by="tapped_at",
        # The post shows how many there are, for as long as it stands.
        aged=Fate.NAMELESS,
        signs={"tapped_at": "user_id"},
    )


def get_post(session: Session, workspace: str, post_id: int) -> PromptPost:
    """Return a posted prompt by its id; raises LookupError when this workspace has none such."""
    found = session.get(PromptPost, post_id)
    if found is None or found.workspace != workspace:
        raise LookupError(f"prompt post {post_id}")
    return found


def list_posts(session: Session, workspace: str, community_id: int) -> Sequence[PromptPost]:
    """List the prompts of a community, oldest first."""
    query = (
        select(PromptPost)
        .where(PromptPost.workspace == workspace, PromptPost.community_id == community_id)
        .order_by(col(PromptPost.due_at))
    )
    return session.exec(query).all()


def list_posts_between(session: Session, workspace: str, first: date, last: date) -> Sequence[PromptPost]:
    """List the prompts of all communities that were posted from one day to another, both included."""
    query = select(PromptPost).where(
        PromptPost.workspace == workspace, col(PromptPost.posted_on) >= first, col(PromptPost.posted_on) <= last
    )
    return session.exec(query).all()


def list_reacted(session: Session, workspace: str, community_id: int) -> frozenset[int]:
    """Return the ids of a community's posts that anybody tapped on."""
    query = (
        select(PromptTap.post_id)
        .join(PromptPost, col(PromptPost.id) == col(PromptTap.post_id))
        .where(PromptPost.workspace == workspace, PromptPost.community_id == community_id)
        .distinct()
    )
    return frozenset(session.exec(query))


def find_tap(session: Session, post: PromptPost, user_id: str, kind: str) -> PromptTap | None:
    """Return a person's tap of one kind on a prompt, or None."""
    query = select(PromptTap).where(PromptTap.post_id == post.id, PromptTap.user_id == user_id, PromptTap.kind == kind)
    return session.exec(query).first()


def count_taps(session: Session, post: PromptPost) -> dict[str, int]:
    """Count the taps on a prompt by their kind."""
    query = select(PromptTap.kind, func.count()).where(PromptTap.post_id == post.id).group_by(PromptTap.kind)
    return dict(session.exec(query).all())
