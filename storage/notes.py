"""Learning notes; every query asks for the owner, or for a message that was queued about one."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, Index, Session, col, func, select

from bot.domain.identity import Actor
from storage.columns import UtcDateTime
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class LearningNote(Table, table=True):
    """One thing that somebody learned, in their own words, for them alone unless they share it.

    `asks` tells whether they want to be asked later if they used it. `channel_id` is the channel that may read it,
    empty for none, and `shared` counts how often it was shared again, so that each message has a name of its own.
    """

    # The number of a note that was deleted stands in the keys of messages, and is given to no other.
    __table_args__: ClassVar = (
        Index("ix_learningnote_person", "workspace", "owner"),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    owner: str
    text: str
    link: str = ""
    noted_at: datetime = Field(sa_type=UtcDateTime)
    asks: bool = True
    channel_id: str = ""
    shared: int = 0

    privacy = Entry(
        people={"owner": Fate.REMOVED},
        words=("text", "link"),
        codes=("channel_id",),
        told=("owner",),
        signs={"noted_at": "owner"},
    )


def get_note(session: Session, owner: Actor, note_id: int) -> LearningNote:
    """Return one of a person's own notes; raises LookupError for anybody else's."""
    found = session.get(LearningNote, note_id)
    if found is None or (found.workspace, found.owner) != (owner.workspace, owner.user_id):
        raise LookupError(f"learning note {note_id}")
    return found


def find_note(session: Session, workspace: str, note_id: int) -> LearningNote | None:
    """Return a note of a workspace for a message that was queued about it, or None."""
    found = session.get(LearningNote, note_id)
    return found if found is not None and found.workspace == workspace else None


def list_newest(session: Session, owner: Actor, limit: int) -> Sequence[LearningNote]:
    """List a person's own notes, newest first."""
    query = select(LearningNote).where(LearningNote.workspace == owner.workspace, LearningNote.owner == owner.user_id)
    return session.exec(
        query.order_by(col(LearningNote.noted_at).desc(), col(LearningNote.id).desc()).limit(limit)
    ).all()


def count_notes(session: Session, owner: Actor) -> int:
    """Count a person's own notes."""
    query = (
        select(func.count())
        .select_from(LearningNote)
        .where(LearningNote.workspace == owner.workspace, LearningNote.owner == owner.user_id)
    )
    return session.exec(query).one()


def list_to_ask(session: Session, workspace: str, owner: str, since: datetime) -> Sequence[LearningNote]:
    """List the notes that an owner made since a moment and wants to be asked about, oldest first."""
    query = select(LearningNote).where(
        LearningNote.workspace == workspace,
        LearningNote.owner == owner,
        col(LearningNote.asks),
        LearningNote.noted_at >= since,
    )
    return session.exec(query.order_by(col(LearningNote.id))).all()
