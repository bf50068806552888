"""What becomes of a message, by what its readers have done meanwhile: it is put into words, waits, or is left out."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.courier import budget
from bot.courier.decisions import Drop, Verdict, Wait
from bot.courier.library import Library
from bot.courier.presence import AT_ONCE, Presence
from bot.courier.reduced import is_left_out
from bot.courier.render import render
from bot.courier.render.privacy import RETRY_WITHOUT_KEY
from bot.domain.messages import INTRODUCTIONS, DropReason, MessageKind
from bot.services.members.members import is_paused
from bot.services.rounds.groups import ask_again, is_whole
from storage import private_lists
from storage.communities import Community
from storage.members import Person
from storage.outbox import sending
from storage.outbox.outbox import OutboxMessage
from storage.privacy import erasures
from storage.privacy.vault import WrongKeyError

_log = logging.getLogger(__name__)


class Decider:
    """Decides about the messages of a courier, in the transaction in which they are claimed.

    Args:
        library: What words are made from.
        presence: Who is not to be notified at the moment, as Slack said last.
    """

    def __init__(self, library: Library, presence: Presence) -> None:
        self._library = library
        self._presence = presence

    def decide(
        self, session: Session, row: OutboxMessage, people: Sequence[Person], home: Community | None, now: datetime
    ) -> Verdict | None:
        """Ask what a message's readers have done meanwhile, and make its words; None when that is not possible."""
        try:
            if row.kind in INTRODUCTIONS and self._lacks_key(session, row):
                return Wait(now + RETRY_WITHOUT_KEY)
            is_introduction = row.kind in INTRODUCTIONS
            # Held as well until the words are made.
            gathering = ask_again(session, self._library.vault, row, now) if is_introduction else None
            if is_introduction and gathering is None:
                # What it needs of Slack is another conversation, so it is looked at once more.
                return Wait(row.not_before)
            return self._may_ping(session, row, people, now) or render(session, row, self._library, now, home)
        except SQLAlchemyError:
            # The database's trouble, not the message's.
            raise
        except Exception as error:
            if type(error) is LookupError and erasures.has_erased_since(session, row.workspace, row.queued_at):
                # Storage's word for a row that is not there: it went with somebody.
                return Drop(DropReason.ERASED)
            # Left as it is, it would come first again and again, and nothing behind it would ever be sent.
            _log.exception("%s could not be put into words", row.key)
            return None

    def is_still_right(self, session: Session, row: OutboxMessage, now: datetime) -> bool:
        """Tell whether a message still goes to those it was to; people who are kept apart by now part."""
        if row.kind not in INTRODUCTIONS or self._lacks_key(session, row):
            return True
        try:
            return ask_again(session, self._library.vault, row, now) is not None and is_whole(session, row)
        except (LookupError, WrongKeyError):
            # Looked at as one that is to be sent, it is given up for that.
            return False

    def _lacks_key(self, session: Session, row: OutboxMessage) -> bool:
        """Tell whether another process has to introduce these people, since this one opens no private list at all."""
        vault = self._library.vault
        return not vault.has_key and private_lists.has_any(session, row.workspace, row.recipients)

    def _may_ping(
        self, session: Session, row: OutboxMessage, people: Sequence[Person], now: datetime
    ) -> Drop | Wait | None:
        if any(person.gone_at is not None for person in people):
            return Drop(DropReason.DEACTIVATED)
        # A person who is paused is introduced to nobody, even if they had asked for it before.
        stops_in_a_pause = row.is_ping or row.kind in INTRODUCTIONS
        if stops_in_a_pause and any(is_paused(person, now) for person in people):
            return Drop(DropReason.PAUSED)
        if not row.is_ping or not people:
            return None
        # What moved into a note is said in it, so the note knows best whether it can be left out.
        if row.kind != MessageKind.WEEKLY_NOTE and is_left_out(session, row, now):
            return Drop(DropReason.LESS_WANTED)
        verdict = budget.look(session, row, people, self._presence.quiet_until, now)
        if verdict is None and not self._presence.knows(row.recipients, now):
            # Slack is asked after this transaction, and the message looked at once more.
            self._presence.want([*row.recipients, *sending.list_pinged_next(session, row.workspace, now, AT_ONCE)])
            return Wait(row.not_before)
        return verdict
