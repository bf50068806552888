"""Letting those rest who left question after question without an answer; each step in the caller's transaction."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session

from bot.domain.cadence import local_day
from bot.domain.messages import MessageKind
from bot.domain.rounds import is_silent
from bot.domain.schedule import MESSAGES_KEPT_FOR
from bot.services.members.members import is_available
from bot.services.rounds.questions import asking_span
from storage import members
from storage.communities import Community
from storage.members import Person
from storage.outbox import outbox, pings
from storage.privacy.last_signs import list_last_signs
from storage.rounds import history
from storage.rounds.history import Unconfirmed


def rest_the_silent(session: Session, community: Community, silent: Sequence[str], now: datetime) -> None:
    """Introduce those no more whom `list_silent` listed a moment ago, unless something was heard of them since.

    Each of them is told once, with the way back.
    """
    heard = {
        *list_last_signs(session, community.workspace, now),
        *history.list_last_confirmed(session, community.workspace, now),
    }
    resting = members.let_rest(session, community, [one for one in silent if one not in heard], now)
    outbox.add_all(
        session,
        (
            outbox.queued(
                community.workspace,
                f"resting:{community.id}:{user_id}:{now:%Y-%m-%d}",
                MessageKind.RESTING,
                subject=community.id,
                people=(user_id,),
                now=now,
            )
            for user_id in resting
        ),
    )


def list_silent(session: Session, community: Community, now: datetime) -> list[str]:
    """List those who were asked whether they met, again and again, and gave no sign since the first time.

    A question counts that came, was left without an answer, and is about a group of which nobody said that it met.
    Nobody rests who is paused or away.
    """
    # Nobody knows any more of a note that came before.
    since = now - MESSAGES_KEPT_FOR
    notes = pings.list_notes(session, community.workspace, since)
    signs = list_last_signs(session, community.workspace, since)
    confirmed = history.list_last_confirmed(session, community.workspace, since)
    unheard: dict[str, Sequence[datetime]] = {}
    people: dict[str, Person] = {}
    for person in members.list_participants(session, community):
        user_id = person.user_id
        last = max(signs.get(user_id, since), confirmed.get(user_id, since))
        unheard[user_id] = [at for at in notes.get(user_id, ()) if at > last]
        # Most people have answered something, and need no second look.
        if is_available(person, now) and is_silent(unheard[user_id], now):
            people[user_id] = person
    groups = history.list_unconfirmed(session, community, sorted(people), since)
    asked = {
        user_id: list(_asking(unheard[user_id], groups.get(user_id, ()), person, community.zone))
        for user_id, person in people.items()
    }
    return sorted(user_id for user_id, questions in asked.items() if is_silent(questions, now))


def _asking(notes: Sequence[datetime], groups: Sequence[Unconfirmed], person: Person, zone: str) -> Iterator[datetime]:
    """Yield when those of a person's weekly notes came that asked whether they met any of these groups."""
    spans = [(*asking_span(one.ends_at, zone, person), local_day(one.formed_at, zone)) for one in groups]
    for at in notes:
        if any(begins <= at < ends and formed_on != local_day(at, zone) for begins, ends, formed_on in spans):
            yield at
