"""When a person's weekly note comes, and the message that waits until then."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import (
    add_working_days,
    at_local,
    iso_week,
    local_day,
    weekday_in_week_of,
)
from bot.domain.messages import MessageKind
from bot.domain.schedule import days_until_note
from storage import members
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage, OutboxState

NOTE_KEPT_WORKING_DAYS: Final = 3


def queue_note(session: Session, person: members.Person, asked_from: date, now: datetime) -> None:
    """Make sure that a person gets their first weekly note from a Thursday on; there is only one a week."""
    _queue_note_of(session, person, note_day(person, asked_from), now)


def move_notes(session: Session, person: members.Person, weekday_before: int, now: datetime) -> None:
    """Let a person's waiting notes follow a change of their day or hour.

    A note whose new moment is over already, or lies in a week that has one, comes when it would have come before.
    """
    for note in outbox.list_waiting_for(session, person.workspace, person.user_id, MessageKind.WEEKLY_NOTE):
        day_before = date.fromisoformat(f"{note.key.rpartition(':')[2]}-{weekday_before + 1}")
        asked_from = day_before - timedelta(days=days_until_note(weekday_before))
        moved = note_row(person, note_day(person, asked_from), now)
        if moved is None:
            continue
        key = str(moved["key"])
        if key == note.key or outbox.find_message(session, person.workspace, key) is None:
            new = {"key": key, "not_before": moved["not_before"], "not_after": moved["not_after"], "deferred_at": None}
            session.add(note.sqlmodel_update(new))
            session.flush()


def note_day(person: members.Person, asked_from: date) -> date:
    """Return the day of a person's weekly note in which a round first asks, from the Thursday from which it asks on."""
    return asked_from + timedelta(days=days_until_note(person.note_weekday))


def _queue_note_of(session: Session, person: members.Person, day: date, now: datetime) -> None:
    note = note_row(person, day, now)
    if note is not None:
        outbox.add_all(session, [note])


def note_row(person: members.Person, day: date, now: datetime) -> Mapping[str, object] | None:
    """Return the row of the note of a day, ready to be queued; None when its moment is over."""
    note_at = at_local(day, person.note_at, person.zone)
    if note_at <= now:
        # It would ask about people who have not even read that they are to meet.
        return None
    last_day = add_working_days(day, NOTE_KEPT_WORKING_DAYS, person.window.days)
    return outbox.queued(
        person.workspace,
        _note_key(person, iso_week(day)),
        MessageKind.WEEKLY_NOTE,
        subject=0,
        people=(person.user_id,),
        now=now,
        not_before=note_at,
        not_after=at_local(last_day + timedelta(days=1), time(0, 0), person.zone),
    )


def find_waiting_note(session: Session, person: members.Person, moment: datetime) -> OutboxMessage | None:
    """Return a person's weekly note of the week of a moment, while it waits; None when it does not, or was sent."""
    week = iso_week(local_day(moment, person.zone))
    note = outbox.find_message(session, person.workspace, _note_key(person, week))
    return note if note is not None and note.state == OutboxState.QUEUED else None


def next_note(session: Session, person: members.Person, now: datetime) -> OutboxMessage:
    """Return the next weekly note that a person will get, which is queued if it was not."""
    waiting = find_waiting_note(session, person, now)
    if waiting is not None:
        return waiting
    day = weekday_in_week_of(local_day(now, person.zone), person.note_weekday)
    while waiting is None:
        _queue_note_of(session, person, day, now)
        waiting = find_waiting_note(session, person, at_local(day, person.note_at, person.zone))
        day += timedelta(weeks=1)
    return waiting


def _note_key(person: members.Person, week: str) -> str:
    return f"note:{person.user_id}:{week}"
