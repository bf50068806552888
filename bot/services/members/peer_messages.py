"""When what people do reaches those whom it concerns.

What others do: three a day at once, what comes after at 16:00. What came of one's own act: at once, or in one's
own hours.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import at_local, local_day
from bot.domain.kudos import private_at
from bot.domain.messages import kinds_with
from bot.domain.results import RECENT, Hearer, heard_at
from storage import members
from storage.members import Person
from storage.outbox import outbox
from storage.privacy.last_signs import list_last_signs

_FROM_PEOPLE: Final = kinds_with(lambda rule: rule.is_from_people)


def peer_delivery_time(session: Session, workspace: str, readers: Iterable[str], now: datetime) -> datetime:
    """Return when something that others do reaches all of these people: when the last of them is ready for it."""
    moments = [now]
    for reader in readers:
        person = members.find_person(session, workspace, reader)
        moments.append(reaches_one_at(session, workspace, reader, person.zone if person else "UTC", now))
    return max(moments)


def reaches_one_at(session: Session, workspace: str, reader: str, zone: str, now: datetime) -> datetime:
    """Return when something that others do reaches one person, who lives in a zone."""
    midnight = at_local(local_day(now, zone), time(0, 0), zone)
    return private_at(outbox.list_reaching(session, workspace, reader, _FROM_PEOPLE, midnight), now, zone)


def result_reaches_at(session: Session, people: Sequence[Person], acting: str, now: datetime) -> datetime:
    """Return when people hear together of what came of their own acts, of which one is this very moment's.

    Args:
        session: The transaction.
        people: Those who hear of it, of one workspace.
        acting: Id of the person whose act it is.
        now: This moment, aware UTC.
    """
    ids = [person.user_id for person in people]
    acts = {**list_last_signs(session, people[0].workspace, now - RECENT, ids), acting: now}
    return heard_at([Hearer(person.window, acts.get(person.user_id)) for person in people], now)
