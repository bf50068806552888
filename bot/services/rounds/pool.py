"""What the pairing is given: people with what they said of themselves, and who has met whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count

from sqlmodel import Session

from bot.domain.cadence import local_day, weekday_in_week_of
from bot.domain.offers import LASTS, TopicKind
from bot.domain.pairing import Member, Rules
from bot.domain.round_inputs import Inputs
from bot.domain.rounds import FRESH_AFTER_DAYS
from bot.domain.schedule import MONDAY
from bot.domain.settings import team_key
from storage import offers, private_lists
from storage.bulk import few
from storage.communities import Community
from storage.members import Person
from storage.privacy.vault import Vault
from storage.rounds import history, rounds

# A run of teaching rounds as long as this is as telling as a longer one; the person whose pace is every fourth
# round had their last partner this long ago at most.
_ROUNDS_LOOKED_AT = 4
# A day more, since the community's days are not those of UTC.
_LOOKED_AT = timedelta(days=FRESH_AFTER_DAYS + 1)


def inputs_of(
    session: Session,
    vault: Vault,
    community: Community,
    people: Iterable[Person],
    number: int,
    seed: int,
    now: datetime,
) -> Inputs:
    """Gather what the pairing needs to know to introduce these people in a round.

    Of a few people only their own history is read, however long that of the others is.
    """
    people = list(people)
    some = few([person.user_id for person in people])
    return Inputs(
        members=members_of(session, vault, community, people, number, now),
        met=history.list_met(session, community.workspace, community.id, some),
        rules=Rules(
            group_size=community.group_size,
            again_after=community.again_after,
            fresh_after=_fresh_after(session, community, number, now),
            week=weekday_in_week_of(local_day(now, community.zone), MONDAY),
        ),
        number=number,
        seed=seed,
    )


def _fresh_after(session: Session, community: Community, number: int, now: datetime) -> int:
    """Return how many of the rounds before a number went into the last eight weeks, by the days of the community.

    A group may meet on the last day of its round.
    """
    # Rounds follow each other, so that each one after the first of them ended later.
    first = next(
        (
            before
            for before, ended_at in rounds.list_ends(session, community.workspace, community.id, now - _LOOKED_AT)
            if before < number
            and local_day(ended_at, community.zone) > local_day(now, community.zone) - timedelta(FRESH_AFTER_DAYS)
        ),
        number,
    )
    return number - first


def members_of(
    session: Session, vault: Vault, community: Community, people: Sequence[Person], number: int, now: datetime
) -> tuple[Member, ...]:
    """Return people as the pairing of a round sees them, in the order of their ids.

    Whose private list cannot be opened is left out: it may name anybody.
    """
    workspace, since = community.workspace, number - _ROUNDS_LOOKED_AT
    ids = [person.user_id for person in people]
    some = few(ids)
    larger = history.count_larger(session, workspace, community.id, some)
    silent = history.list_silent(session, workspace, community.id, since, some)
    taught = _runs(history.list_teaching(session, workspace, community.id, since, some), number)
    blocked = private_lists.list_blocked_of(session, vault, workspace, ids)
    locked = {user_id for user_id, ids in blocked.items() if ids is None}
    topics: dict[TopicKind, dict[str, set[str]]] = {kind: {} for kind in TopicKind}
    for topic in offers.list_topics(session, workspace, now - LASTS, some):
        topics[topic.kind].setdefault(topic.user_id, set()).add(topic.key)
    return tuple(
        Member(
            id=person.user_id,
            window=person.window,
            languages=frozenset(person.meets_in),
            writing_ok=person.writing_ok,
            team=team_key(person.team),
            manager=person.manager,
            blocked=blocked.get(person.user_id) or frozenset(),
            offers=frozenset(topics[TopicKind.OFFER].get(person.user_id, ())),
            wants=frozenset(topics[TopicKind.WANT].get(person.user_id, ())),
            trios=larger.get(person.user_id, 0),
            taught=taught.get(person.user_id, 0),
            silent=silent.get(person.user_id, frozenset()),
        )
        for person in sorted(people, key=lambda person: person.user_id)
        if person.user_id not in locked
    )


def _runs(teaching: dict[str, set[int]], number: int) -> dict[str, int]:
    """Return how many rounds running, up to the one before a number, each person was a teacher."""
    return {
        teacher: next(run for run in count() if number - 1 - run not in numbers)
        for teacher, numbers in teaching.items()
    }
