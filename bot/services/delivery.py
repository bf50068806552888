"""Messages that people have to be asked or told about: nobody knows whether they arrived, or they never will."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.errors import Problem, UserError
from bot.domain.identity import NOBODY, Actor
from bot.domain.messages import RULES, Came, Concerned, DropReason, MessageKind, Undelivered
from bot.services.overview.note_times import next_note
from storage import communities, kudos, members
from storage.database import Database
from storage.outbox import outbox, pings
from storage.outbox.outbox import NEVER_CAME, OutboxMessage, OutboxState
from storage.privacy import erasures

# Nobody remembers later what a question about one message means.
ASKED_FOR: Final = timedelta(days=3)
TOLD_FOR: Final = timedelta(days=2)
# Slack's troubles last for hours, and who was not answered may look in again the next morning.
ANSWERED_FOR: Final = timedelta(days=1)
_THANKS: Final = frozenset({MessageKind.KUDOS, MessageKind.KUDOS_PRIVATE})


class DeliveryService:
    """What people say about messages of which the bot does not know whether they arrived."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def post_again(self, who: Actor, message_id: int, now: datetime) -> Undelivered | None:
        """Have a message posted once more, unless it was given up meanwhile; None when it is there or on its way.

        Raises:
            UserError: There is no such message, it does not concern this person, or it is too late for it.
        """
        with self._database.write(who.workspace) as session:
            message = _own(session, who, message_id)
            if message.state in NEVER_CAME:
                return undelivered(session, message, who.user_id)
            if message.state != OutboxState.UNCONFIRMED:
                return None
            if message.not_after is not None and now > message.not_after:
                raise UserError(Problem.GONE)
            message.state, message.retry_at = OutboxState.QUEUED, None
            session.add(message)
            return undelivered(session, message, who.user_id)

    def note_arrival(self, who: Actor, message_id: int, now: datetime) -> None:
        """Note that somebody has seen a message; where it stands is still not known.

        Raises UserError when there is no such message, or it does not concern this person.
        """
        with self._database.write(who.workspace) as session:
            message = _own(session, who, message_id)
            if message.state == OutboxState.UNCONFIRMED:
                message.state, message.retry_at, message.sent_at = OutboxState.SENT, None, now
                session.add(message)

    def answer_later(
        self, who: Actor, key: str, came: Came, now: datetime, at: datetime, *, reference: str = ""
    ) -> None:
        """Have a person told what came of what they did, when Slack works again, unless the answer is found there.

        Args:
            who: The person.
            key: The key that went along with the answer.
            came: What came of it.
            now: This moment, aware UTC.
            at: The same moment by the machine's clock.
            reference: The number under which a failure stands in the log.
        """
        with self._database.write(who.workspace) as session:
            # A person who was erased a moment ago leaves no trace.
            if erasures.was_erased_since(session, who.workspace, who.user_id, now - ANSWERED_FOR):
                return
            outbox.add_in_doubt(
                session,
                who.workspace,
                key,
                MessageKind.ANSWER_LOST,
                at,
                subject=0,
                about=f"{came}:{reference}",
                people=(who.user_id,),
                now=now,
                not_after=now + ANSWERED_FOR,
            )


def has_people_to_ask(session: Session, message: OutboxMessage) -> bool:
    """Tell whether anybody can be asked whether a message arrived."""
    return bool(_list_askable(session, message))


def leave_to_people(session: Session, message: OutboxMessage, now: datetime) -> bool:
    """Ask whom a message concerns, unless they are asked, whether it arrived; True when none waits to be asked."""
    questions = outbox.list_about(session, message, MessageKind.DELIVERY_ASKED, str(message.attempts))
    if not questions:
        return not ask_whether_it_arrived(session, message, now)
    return all(one.state not in {OutboxState.QUEUED, OutboxState.SENDING} for one in questions)


def ask_whether_it_arrived(session: Session, message: OutboxMessage, now: datetime) -> bool:
    """Ask whom a message concerns, in their direct messages, whether it arrived; False when nobody is asked.

    What may stand in a weekly note instead is said there.
    """
    rule = RULES[MessageKind(message.kind)]
    if rule.asks is Concerned.NOBODY and message.is_ping and rule.moves_into_note:
        _say_in_notes(session, message, now)
    people = _list_askable(session, message)
    for user_id in people:
        outbox.add(
            session,
            message.workspace,
            f"delivery-asked:{message.id}:{message.attempts}:{user_id}",
            MessageKind.DELIVERY_ASKED,
            subject=message.id,
            about=str(message.attempts),
            people=(user_id,),
            now=now,
            # Also a person who cannot have it posted again any more is to hear of it.
            not_after=max(message.not_after or now, now + ASKED_FOR),
        )
    return bool(people)


def _list_askable(session: Session, message: OutboxMessage) -> Sequence[str]:
    # Only the person themselves can look into their direct messages, and the bot has done so where it may.
    return () if message.sole_reader else _concerned(session, message)


def _say_in_notes(session: Session, message: OutboxMessage, now: datetime) -> None:
    for person in members.list_people(session, message.workspace, message.recipients):
        if person.has_note:
            pings.defer_to_note(session, message, person.user_id, next_note(session, person, now))


def tell_given_up(session: Session, message: OutboxMessage, now: datetime) -> None:
    """Tell whom a message concerns that it does not come any more."""
    for user_id in _concerned(session, message):
        outbox.add(
            session,
            message.workspace,
            f"delivery-late:{message.id}:{user_id}",
            MessageKind.DELIVERY_TOO_LATE,
            subject=message.id,
            people=(user_id,),
            now=now,
            not_after=max(message.not_after or now, now) + TOLD_FOR,
        )


def undelivered(session: Session, message: OutboxMessage, reader: str) -> Undelivered:
    """Return what one person hears of a message that did not arrive, or perhaps not."""
    people = [one for one in message.recipients if one != reader]
    if message.kind in _THANKS:
        people = [one for giver, thanked in _thanks(session, message) if giver == reader for one in thanked]
    return Undelivered(
        message_id=message.id,
        kind=MessageKind(message.kind),
        channel_id="" if message.recipients else message.channel_id,
        people=tuple(dict.fromkeys(people)),
        is_given_up=message.state in NEVER_CAME,
        is_late=message.reason == DropReason.TOO_LATE,
        is_place_unknown=message.reason == DropReason.PLACE_UNKNOWN,
    )


def _concerned(session: Session, message: OutboxMessage) -> Sequence[str]:
    """Return whom a message concerns; nobody for what one person alone reads, where the bot can look."""
    match RULES[MessageKind(message.kind)].asks:
        case Concerned.READERS:
            found: Sequence[str] = message.recipients
        case Concerned.FACILITATORS:
            community = communities.find_community_of_channel(session, message.workspace, message.channel_id)
            found = communities.list_facilitators(session, community) if community is not None else ()
        case Concerned.AUTHOR:
            found = (message.about,)
        case Concerned.GIVERS:
            found = [giver for giver, _ in _thanks(session, message)]
        case Concerned.NOBODY:
            found = ()
    return [one for one in dict.fromkeys(found) if one and not one.startswith(NOBODY)]


def _thanks(session: Session, message: OutboxMessage) -> Sequence[tuple[str, tuple[str, ...]]]:
    post = kudos.find_post(session, message.workspace, message.subject)
    return [] if post is None else [(row.giver, people) for row, people in kudos.list_in_post(session, post)]


def _own(session: Session, who: Actor, message_id: int) -> OutboxMessage:
    message = outbox.find_by_id(session, who.workspace, message_id)
    if message is None or who.user_id not in _concerned(session, message):
        raise UserError(Problem.GONE)
    return message
