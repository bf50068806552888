"""Learning notes that were shared."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.blocks import notes as note_blocks
from bot.courier.decisions import Drop, Post, Verdict
from bot.courier.library import Library
from bot.courier.renderer import Renderer, removed
from bot.domain.messages import DropReason, MessageKind
from storage import notes
from storage.outbox.outbox import OutboxMessage


def shared(session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """A note in the channel it is shared with; not sent when it was taken back."""
    note = notes.find_note(session, row.workspace, row.subject)
    if note is None or note.channel_id != row.channel_id:
        return Drop(DropReason.TAKEN_BACK)
    return Post(note_blocks.shared_message(note.owner, note.text, note.link))


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.NOTE_SHARED: shared,
    MessageKind.NOTE_EDIT: shared,
    MessageKind.NOTE_REMOVED: removed,
}
