"""Suggestions of members to those who look after a community; every query asks by workspace."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, Index, Session, func, select

from storage.columns import UtcDateTime
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class Suggestion(Table, table=True):
    """One thing that somebody would like to be changed about a community, in their own words."""

    # The number of one that was removed stands in the keys of messages, and is given to no other.
    __table_args__: ClassVar = (
        Index("ix_suggestion_person", "workspace", "author"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    community_id: int = Field(foreign_key="community.id")
    author: str
    proposal: str
    made_at: datetime = Field(sa_type=UtcDateTime)

    privacy = Entry(
        people={"author": Fate.REMOVED},
        words=("proposal",),
        told=("author",),
        follows={"community_id": ("channel_id",)},
        ages_by="made_at",
        signs={"made_at": "author"},
    )


def find_suggestion(session: Session, workspace: str, suggestion_id: int) -> Suggestion | None:
    """Return a suggestion of a workspace for a message that was queued about it, or None."""
    found = session.get(Suggestion, suggestion_id)
    return found if found is not None and found.workspace == workspace else None


def count_made_since(session: Session, workspace: str, author: str, since: datetime) -> int:
    """Count what somebody has suggested since a moment."""
    query = (
        select(func.count())
        .select_from(Suggestion)
        .where(Suggestion.workspace == workspace, Suggestion.author == author, Suggestion.made_at >= since)
    )
    return session.exec(query).one()
