"""The file with everything about a person, and what is said after erasure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.blocks import privacy as privacy_blocks
from bot.blocks.language import speaking
from bot.courier.decisions import Drop, Hand, Post, TakeBack, Verdict, Wait
from bot.courier.exports import export_file
from bot.courier.library import Library
from bot.courier.renderer import Renderer
from bot.domain.messages import DropReason, MessageKind
from bot.domain.privacy import read_counts
from bot.services.privacy.exports import gather
from storage.outbox.outbox import OutboxMessage
from storage.privacy import erasures
from storage.privacy.vault import NoKeyError, WrongKeyError

RETRY_WITHOUT_KEY: Final = timedelta(minutes=1)


def export(session: Session, row: OutboxMessage, library: Library, now: datetime) -> Verdict:
    """The file with everything about a person; waits while no process has the key to it."""
    try:
        told = gather(session, library.vault, row.workspace, row.recipients[0], now)
    except (NoKeyError, WrongKeyError):
        # Another process may have the key.
        return Wait(now + RETRY_WITHOUT_KEY)
    return Hand(export_file(told), privacy_blocks.export_message(), privacy_blocks.no_files_message(library.names))


def export_removed(_session: Session, row: OutboxMessage, _library: Library, _now: datetime) -> Verdict:
    """The file is taken back."""
    return TakeBack(row.about)


def erased(session: Session, row: OutboxMessage, library: Library, _now: datetime) -> Verdict:
    """What was erased, and what of it is still in copies, in the language that was theirs."""
    record = erasures.find_erasure(session, row.workspace, row.subject)
    if record is None:
        return Drop(DropReason.NO_ERASURE)
    language, _, counts = row.about.partition(" ")
    with speaking(language):
        words = privacy_blocks.erased_message(read_counts(counts), library.backup_days, library.names)
    return Post(words, to=record.user_id)


RENDERERS: Final[Mapping[MessageKind, Renderer]] = {
    MessageKind.EXPORT: export,
    MessageKind.EXPORT_REMOVED: export_removed,
    MessageKind.ERASED: erased,
}
