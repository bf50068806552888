"""What the bot wrote to one person by itself, for that person alone."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.errors import Problem, UserError
from bot.domain.home import PingLog, Received
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.pings import LESS_FOR, REDUCIBLE, REMEMBERED, Reader
from bot.services.communities.origins import find_origin
from bot.services.overview.note_times import next_note
from storage import members
from storage.database import Database
from storage.members import Person
from storage.outbox import outbox, pings
from storage.outbox.outbox import OutboxMessage, OutboxState

LOG_REACHES: Final = timedelta(weeks=4)
MOST_SHOWN: Final = 12
IN_A_NOTE: Final = "said in the weekly note"


class PingService:
    """Answers "why did I get this?" to the person who got it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def log(self, who: Actor, now: datetime) -> PingLog:
        """Return what a person got within the last four weeks, at most the newest dozen."""
        with self._database.read() as session:
            since = now - LOG_REACHES
            received = [
                Received(ping.pinged_at, MessageKind(row.kind), _channel_of(session, row))
                for ping, row in pings.list_received(session, who.workspace, who.user_id, since)[:MOST_SHOWN]
            ]
            received += [
                Received(row.sent_at, MessageKind(row.kind), _channel_of(session, row), is_counted=False)
                for row in outbox.list_results(session, who.workspace, who.user_id, since)[:MOST_SHOWN]
                if row.sent_at is not None
            ]
            received.sort(key=lambda one: one.at, reverse=True)
            return PingLog(this_week=count_this_week(session, who, now), received=tuple(received[:MOST_SHOWN]))

    def lessen(self, who: Actor, kind: MessageKind, now: datetime) -> None:
        """Send a person every second message of a kind for twelve weeks.

        Raises:
            UserError: It is no kind that there can be less of, or the bot does not know the person.
        """
        with self._database.write(who.workspace) as session:
            person = members.find_person(session, who.workspace, who.user_id)
            if person is None or kind not in REDUCIBLE:
                raise UserError(Problem.GONE)
            wanted = {one: at for one, at in person.less_of.items() if now - at < LESS_FOR}
            person.less_of = {**wanted, kind: now}
            session.add(person)


def tell_in_note(
    session: Session,
    person: Person,
    key: str,
    kind: MessageKind,
    *,
    subject: int,
    now: datetime,
    about: str = "",
) -> None:
    """Let a person's next weekly note say something that is worth no message of its own; once for each key."""
    if outbox.find_message(session, person.workspace, key) is not None:
        return
    row = outbox.queued(person.workspace, key, kind, subject=subject, about=about, people=(person.user_id,), now=now)
    outbox.add_all(session, [{**row, "state": OutboxState.DROPPED, "reason": IN_A_NOTE}])
    message = outbox.find_message(session, person.workspace, key)
    if message is not None:
        pings.defer_to_note(session, message, person.user_id, next_note(session, person, now))


def count_this_week(session: Session, who: Actor, now: datetime) -> int:
    """Count what a person got in this ISO week, where they are now."""
    person = members.find_person(session, who.workspace, who.user_id)
    if person is None:
        return 0
    spent = pings.list_spent(session, who.workspace, [who.user_id], now - REMEMBERED).get(who.user_id, ())
    return Reader(person.window, spent).count_in_week_of(now)


def _channel_of(session: Session, row: OutboxMessage) -> str:
    """Return the channel of the community a message comes from; empty when it comes from none, or from several."""
    community = find_origin(session, row)
    return community.channel_id if community is not None else ""
