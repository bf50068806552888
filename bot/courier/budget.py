"""Whether a ping may be sent now: the notification budget, as the ledger has it in the transaction of the claim."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from sqlmodel import Session

from bot.courier.decisions import Drop, Wait
from bot.domain.cadence import at_local, local_day
from bot.domain.messages import DropReason, MessageKind
from bot.domain.pings import MOVES_INTO_NOTE, RANKS, REMEMBERED, Reader, find_room, last_moment
from bot.services.overview.note_times import find_waiting_note, next_note
from storage import communities, members
from storage.members import Person
from storage.outbox import pings
from storage.outbox.outbox import OutboxMessage

QuietUntil = Callable[[str, datetime], datetime | None]


def list_people(session: Session, row: OutboxMessage) -> Sequence[Person]:
    """List all those a message goes to, also people who are not known, such as a facilitator who never joined.

    Those are not stored.
    """
    known = {person.user_id: person for person in members.list_people(session, row.workspace, row.recipients)}
    return [known.get(one) or _stranger(session, row.workspace, one) for one in row.recipients]


def _stranger(session: Session, workspace: str, user_id: str) -> Person:
    """Take a person who said nothing of themselves to live where the first community does that they look after."""
    own = communities.list_looked_after(session, workspace, user_id)
    return Person(workspace=workspace, user_id=user_id, zone=own[0].zone if own else "UTC", has_note=False)


def look(
    session: Session, row: OutboxMessage, people: Sequence[Person], quiet_until: QuietUntil, now: datetime
) -> Drop | Wait | None:
    """Decide whether a message fits for all the people it goes to; None when it may be sent now.

    Args:
        session: The transaction in which it would be claimed.
        row: The message, a ping.
        people: Those it goes to.
        quiet_until: Tells until when somebody is not to be disturbed.
        now: This moment, aware UTC.
    """
    kind = MessageKind(row.kind)
    want_notes = all(person.has_note for person in people)
    if kind is MessageKind.WEEKLY_NOTE and not want_notes:
        return Drop(DropReason.NO_NOTE)
    readers = _readers(session, row, people, quiet_until, now)
    until = last_moment(readers, row.deferred_at or now, row.not_after)
    room_at = find_room(readers, row.id, now, until, is_note=kind is MessageKind.WEEKLY_NOTE)
    if room_at is not None and room_at <= now:
        return None
    if kind in MOVES_INTO_NOTE and want_notes and _is_said_sooner_in_notes(session, people, room_at):
        for person in people:
            pings.defer_to_note(session, row, person.user_id, next_note(session, person, now))
        return Drop(DropReason.IN_NOTE)
    if room_at is None:
        return Drop(DropReason.NO_ROOM)
    row.deferred_at = row.deferred_at or now
    return Wait(room_at)


def _readers(
    session: Session, row: OutboxMessage, people: Sequence[Person], quiet_until: QuietUntil, now: datetime
) -> list[Reader]:
    ids = [person.user_id for person in people]
    rank = RANKS[MessageKind(row.kind)]
    spent = pings.list_spent(session, row.workspace, ids, now - REMEMBERED)
    before = [kind for kind, other in RANKS.items() if other < rank]
    coming = pings.list_coming(session, row.workspace, [one.user_id for one in people if one.has_note], before, now)
    # A note that will not be sent keeps no place.
    without = [kind for kind in before if kind is not MessageKind.WEEKLY_NOTE]
    coming |= pings.list_coming(
        session, row.workspace, [one.user_id for one in people if not one.has_note], without, now
    )
    return [
        Reader(
            window=person.window,
            spent=spent.get(person.user_id, ()),
            # What waits could be sent in this very moment.
            coming=[max(now, at) for at in coming.get(person.user_id, ())],
            quiet_until=_quiet_until(person, quiet_until, now),
        )
        for person in people
    ]


def _quiet_until(person: Person, quiet_until: QuietUntil, now: datetime) -> datetime | None:
    moments = [quiet_until(person.user_id, now)]
    if person.away_until is not None and person.away_until > now:
        # People come back earlier than their status says; each day is looked at again.
        tomorrow = local_day(now, person.zone) + timedelta(days=1)
        moments.append(min(person.away_until, at_local(tomorrow, time(0, 0), person.zone)))
    return max((one for one in moments if one is not None), default=None)


def _is_said_sooner_in_notes(session: Session, people: Sequence[Person], room_at: datetime | None) -> bool:
    """Tell whether everybody's next note comes before there is room; without any room it always does."""
    if room_at is None:
        return True
    notes = [find_waiting_note(session, person, room_at) for person in people]
    return all(note is not None and note.not_before <= room_at for note in notes)
