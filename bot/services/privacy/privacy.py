"""A person's rights over what is stored about them: a file with everything, and erasure."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.identity import Actor
from bot.domain.languages import ENGLISH
from bot.domain.messages import MessageKind
from bot.domain.privacy import LONG_UNDO, UNDO, Cause, write_counts
from bot.domain.schedule import DueKind
from bot.services.members.members import take_out
from bot.services.rounds.groups import vacate_everywhere
from storage import due, members
from storage.database import Database
from storage.due import Due
from storage.outbox import outbox
from storage.privacy import erasing, erasures
from storage.privacy.vault import Vault


class PrivacyService:
    """Everything here is the person's own act, but for accounts that were deactivated in Slack.

    Args:
        database: Where everything is kept.
        vault: Opens the private lists, on which the person may stand.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def ask_for_export(self, who: Actor, now: datetime) -> None:
        """Have everything about a person sent to them as a file; asked for twice in a minute, it comes once."""
        with self._database.write(who.workspace) as session:
            outbox.add(
                session,
                who.workspace,
                f"export:{who.user_id}:{now:%Y-%m-%dT%H:%M}",
                MessageKind.EXPORT,
                subject=0,
                people=(who.user_id,),
                now=now,
            )

    def plan_erasure(self, who: Actor, now: datetime) -> None:
        """Have a person erased in ten seconds, unless they undo it."""
        with self._database.write(who.workspace) as session:
            due.set_due(session, who.workspace, DueKind.ERASE, who.user_id, now + UNDO)

    def lengthen(self, who: Actor, now: datetime) -> bool:
        """Give a person more time to undo; False when there is nothing to undo any more."""
        with self._database.write(who.workspace) as session:
            if due.find_due(session, who.workspace, DueKind.ERASE, who.user_id) is None:
                return False
            due.set_due(session, who.workspace, DueKind.ERASE, who.user_id, now + LONG_UNDO)
            return True

    def undo(self, who: Actor) -> bool:
        """Let a person stay as they are; False when there is nothing to undo any more."""
        with self._database.write(who.workspace) as session:
            if due.find_due(session, who.workspace, DueKind.ERASE, who.user_id) is None:
                return False
            due.clear_due(session, who.workspace, DueKind.ERASE, who.user_id)
            return True

    def erase(self, row: Due, now: datetime) -> None:
        """Handle an erasure: those who were to meet the person are looked after first, then everything goes at once."""
        with self._database.write(row.workspace) as session:
            if not due.advance(session, row, None):
                return
            _erase(session, self._vault, row.workspace, row.subject, now)
        self._database.vacuum()


def _erase(session: Session, vault: Vault, workspace: str, user_id: str, now: datetime) -> None:
    person = members.find_person(session, workspace, user_id)
    cause = Cause.DEACTIVATED if person is not None and person.gone_at is not None else Cause.ASKED
    language = person.language if person is not None else ENGLISH
    take_out(session, workspace, user_id, now)
    vacate_everywhere(session, workspace, user_id, now)
    _take_files_back(session, workspace, user_id, now)
    counts = erasing.erase(session, vault, workspace, user_id)
    record = erasures.add_erasure(session, workspace, user_id, cause, now)
    if cause is Cause.ASKED:
        outbox.add(
            session,
            workspace,
            f"erased:{record.id}",
            MessageKind.ERASED,
            subject=record.id,
            # The courier cannot ask the person any more.
            about=f"{language} {write_counts(counts)}",
            now=now,
        )


def _take_files_back(session: Session, workspace: str, user_id: str, now: datetime) -> None:
    """Let the files that the person was given go now, not after their seven days."""
    for message in outbox.list_placed(session, workspace, user_id, MessageKind.EXPORT):
        outbox.hasten(session, workspace, export_removal_key(message.ts), now)


def export_removal_key(file_id: str) -> str:
    """Return the key of what takes a file back that a person was given."""
    return f"export-removed:{file_id}"
