"""Leaving out every second message of a kind that its readers want less of."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.messages import DropReason
from bot.domain.pings import LESS_FOR
from storage import members
from storage.members import Person
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage


def is_left_out(session: Session, row: OutboxMessage, now: datetime) -> bool:
    """Tell whether a message is left out: all of its readers want less of its kind, and it is the turn of one fewer."""
    people = members.list_people(session, row.workspace, row.recipients)
    return bool(people) and all(_wants_fewer(session, row, person, now) for person in people)


def _wants_fewer(session: Session, row: OutboxMessage, person: Person, now: datetime) -> bool:
    since = person.less_of.get(row.kind)
    if since is None or now - since >= LESS_FOR:
        return False
    last = outbox.find_last_decided(session, row, DropReason.LESS_WANTED, since)
    return last is None or last.reason != DropReason.LESS_WANTED
