"""What is done with Slack once it is decided: to post or edit words, to hand a file over, to take either away."""

import logging
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from bot.blocks.block_kit import Message
from bot.clock import Clock
from bot.courier.decisions import Act, Hand, TakeAway, TakeBack
from bot.domain.messages import MessageKind, Posted
from bot.domain.pacing import Method
from bot.domain.privacy import EXPORT_STAYS
from bot.gateway import SlackGateway
from bot.services.privacy.privacy import export_removal_key
from bot.slack_errors import BlocksRefusedError, CannotReachError, FilesRefusedError, MetadataRefusedError
from storage.database import Database
from storage.outbox import outbox, sending
from storage.outbox.outbox import OutboxMessage

# What files are handed over and taken back with; a row says only what most messages need.
_HANDING: Final = ("conversations.open", "files.getUploadURLExternal", "files.completeUploadExternal")
_TAKING_BACK: Final = ("conversations.history", "chat.delete", "files.delete")
# Slack takes more; what has to do without blocks is cut where it stays readable.
LONGEST_TEXT: Final = 4_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed message with what is to be done; `at` is where an edit, a removal or a thread belongs."""

    row: OutboxMessage
    act: Act
    at: Posted | None

    @property
    def methods(self) -> frozenset[str]:
        """Return the methods that Slack is asked for when all goes well."""
        if isinstance(self.act, Hand):
            return frozenset(_HANDING)
        if isinstance(self.act, TakeBack):
            return frozenset(_TAKING_BACK)
        return frozenset({Method.OPEN, Method.POST} if self.row.method == Method.OPEN else {Method(self.row.method)})


def write_down(session: Session, job: Job) -> None:
    """Record that Slack has taken a message."""
    row = job.row
    if isinstance(job.act, TakeAway):
        # What is gone leaves no record of where it was, whose it was and to whom it went.
        row.channel_id, row.ts = "", ""
        outbox.forget(session, row.workspace, row.edits)
    saved = sending.save(session, row)
    if saved is not None and isinstance(job.act, TakeAway):
        saved.about = ""


class Deliverer:
    """Does with Slack what was decided about a claimed message.

    Args:
        database: Where the outbox is.
        gateway: Slack.
        clock: What time it is for people.
    """

    def __init__(self, database: Database, gateway: SlackGateway, clock: Clock) -> None:
        self._database = database
        self._gateway = gateway
        self._clock = clock

    def do(self, job: Job) -> Posted:
        """Do it, and tell where the message stands now.

        Raises:
            SlackTrouble: It could not be done, or nobody knows whether it was.
        """
        row, act = job.row, job.act
        if isinstance(act, TakeAway):
            if job.at is None:
                raise CannotReachError("nothing to take away")
            return self._gateway.remove(job.at)
        if isinstance(act, TakeBack):
            self._gateway.take_back(row.channel_id, act.file_id)
            return Posted(row.channel_id, ts="")
        if isinstance(act, Hand):
            return self._hand_over(row, act)
        try:
            return self._say(job, act.message, act.to)
        except BlocksRefusedError as trouble:
            _log.error("%s goes out without its blocks: %s", row.key, trouble.error)
            return self._say(job, Message(act.message.text[:LONGEST_TEXT], blocks=()), act.to)
        except MetadataRefusedError as trouble:
            _log.error("%s goes out without its key: %s", row.key, trouble.error)
            return self._say(job, act.message, act.to, key="")

    def _hand_over(self, row: OutboxMessage, hand: Hand) -> Posted:
        channel_id = self._gateway.open_conversation(row.recipients)
        try:
            file_id = self._gateway.upload(hand.file)
            self._promise(row, channel_id, file_id)
            return self._gateway.share(channel_id, file_id, hand.file.title, hand.message.text)
        except FilesRefusedError as trouble:
            _log.warning("%s goes out as words, since files are refused: %s", row.key, trouble.error)
            return self._gateway.post(channel_id, hand.otherwise, row.key)

    def _promise(self, row: OutboxMessage, channel_id: str, file_id: str) -> None:
        """Note a file before anybody can see it: it is found in doubt, and taken back whatever happens."""
        now = self._clock.now()
        row.channel_id, row.ts = channel_id, file_id
        with self._database.write(row.workspace) as session:
            if sending.save(session, row) is None:
                raise CannotReachError("erased or decided about meanwhile")
            outbox.add(
                session,
                row.workspace,
                export_removal_key(file_id),
                MessageKind.EXPORT_REMOVED,
                subject=0,
                about=file_id,
                channel_id=channel_id,
                now=now,
                not_before=now + EXPORT_STAYS,
            )

    def _say(self, job: Job, message: Message, to: str, key: str | None = None) -> Posted:
        row = job.row
        if row.edits and job.at is not None:
            return self._gateway.edit(job.at, message)
        if row.reader:
            return self._gateway.post_for_one(row.channel_id, row.reader, message)
        if row.method == Method.OPEN and not row.channel_id:
            row.channel_id = self._gateway.open_conversation(row.recipients)
        channel_id = row.channel_id or to or row.recipients[0]
        return self._gateway.post(channel_id, message, row.key if key is None else key, job.at.ts if job.at else "")
