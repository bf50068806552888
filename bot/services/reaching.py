"""When things that people do reach those whom they concern: three a day at once, what comes after at 16:00."""

from collections.abc import Iterable
from datetime import datetime, time

from sqlmodel import Session

from bot.domain.cadence import at_local, local_day
from bot.domain.kudos import private_at
from bot.domain.messages import FROM_PEOPLE
from storage import members, outbox


def reaches_at(session: Session, workspace: str, readers: Iterable[str], now: datetime) -> datetime:
    """Return when something that others do reaches all of these people: when whoever had most today is ready for it."""
    moments = [now]
    for reader in readers:
        person = members.find_person(session, workspace, reader)
        moments.append(reaches_one_at(session, workspace, reader, person.zone if person else "UTC", now))
    return max(moments)


def reaches_one_at(session: Session, workspace: str, reader: str, zone: str, now: datetime) -> datetime:
    """Return when something that others do reaches one person, who lives in a zone."""
    midnight = at_local(local_day(now, zone), time(0, 0), zone)
    return private_at(outbox.list_reaching(session, workspace, reader, FROM_PEOPLE, midnight), now, zone)
