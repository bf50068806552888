"""Who can be found for a topic: those who agreed to be found, and whom the reader may meet."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from sqlmodel import Session

from bot.domain.offers import LASTS, Found, TopicKind
from bot.domain.requests import ASKED_AGAIN_AFTER, RequestState
from bot.domain.topic_index import TopicIndex
from bot.domain.topics import Thesaurus
from bot.services.members.members import is_paused
from bot.services.rounds.separation import kept_from
from storage import members, offers, requests
from storage.bulk import batches
from storage.offers import Said, Topic
from storage.privacy.vault import Vault

# A person who was asked least within this time is named first.
LOAD_COUNTED_FOR: Final = timedelta(weeks=12)
# Of those who fit, so many are looked at together until enough of them may be met.
AT_ONCE: Final = 20


@dataclass(frozen=True)
class Finder:
    """Finds people by what they offer or want.

    Each kind of a workspace has an index in memory. Before each search it is compared with what is stored, so it is
    right in every transaction and in every process.

    Args:
        thesaurus: Knows which words mean the same.
        vault: Opens private lists.
    """

    thesaurus: Thesaurus
    vault: Vault
    _indexes: dict[tuple[str, str], TopicIndex] = field(default_factory=dict, init=False, repr=False, compare=False)
    _turn: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    def find(
        self, session: Session, workspace: str, reader: str, wanted: str, kind: TopicKind, now: datetime
    ) -> Iterator[Found]:
        """Return the offers, or wants, that fit what somebody looks for, best first; each person once.

        Nobody is among them whom the reader would not be introduced to, for whatever reason.
        """
        (fitting,) = self.fitting(session, workspace, (wanted,), kind, now)
        for row in self.findable(session, workspace, reader, fitting, now):
            yield found_of(session, reader, row, now)

    def fitting(
        self, session: Session, workspace: str, wanted: Sequence[str], kind: TopicKind, now: datetime
    ) -> list[list[Said]]:
        """Return what fits each of some topics, best first; of those that fit as well, who was asked least."""
        stems = offers.list_stems(session, workspace, kind, now - LASTS)
        with self._turn:
            index = self._indexes.setdefault((workspace, kind), TopicIndex(self.thesaurus))
            index.renew(stems)
            found = [index.find(topic) for topic in wanted]
        said = offers.list_said(session, workspace, {number for one in found for number, _ in one})
        load = requests.count_asked(session, workspace, now - LOAD_COUNTED_FOR)
        return [
            # Scores that differ little do not tell who is better.
            [
                said[number]
                for number, _ in sorted(
                    one, key=lambda each: (-round(each[1], 1), load.get(said[each[0]].user_id, 0), each[0])
                )
            ]
            for one in found
        ]

    def findable(
        self, session: Session, workspace: str, reader: str, among: Iterable[Said], now: datetime
    ) -> Iterator[Topic]:
        """Return those that the reader may see with a name, in their order; the first of each person."""
        first: dict[str, int] = {}
        for row in among:
            if row.findable:
                first.setdefault(row.user_id, row.id)
        for some in batches(first, AT_ONCE):
            may_be_met = self.may_meet(session, workspace, reader, some, now)
            yield from offers.list_by_ids(session, workspace, [first[one] for one in some if one in may_be_met])

    def may_meet(
        self, session: Session, workspace: str, reader: str, people: Collection[str], now: datetime
    ) -> frozenset[str]:
        """Return those to whom a person would be introduced; why somebody is not among them is nobody's business."""
        there = [
            person.user_id
            for person in members.list_people(session, workspace, list(people))
            if person.user_id != reader and person.gone_at is None and not person.is_guest
            if not is_paused(person, now)
        ]
        return frozenset(there) - kept_from(session, self.vault, workspace, reader, there)

    def are_apart(self, session: Session, workspace: str, one: str, other: str) -> bool:
        """Tell whether two people are never introduced: one is the other's manager, or on the other's private list."""
        return bool(kept_from(session, self.vault, workspace, one, (other,)))


def found_of(session: Session, reader: str, row: Topic, now: datetime) -> Found:
    """Return an offer or a want as others see it."""
    return Found(
        topic_id=row.id,
        user_id=row.user_id,
        kind=row.kind,
        topic=row.topic,
        minutes=row.minutes,
        sentence=row.sentence,
        was_asked=was_asked(session, row.workspace, reader, row.user_id, now),
    )


def was_asked(session: Session, workspace: str, one: str, other: str, now: datetime) -> bool:
    """Tell whether two people have an open request between them, or had one not long ago."""
    last = requests.find_last_between(session, workspace, one, other)
    if last is None or last.state in {RequestState.TAKEN_BACK, RequestState.CALLED_OFF}:
        return False
    return last.state == RequestState.OPEN or last.asked_at > now - ASKED_AGAIN_AFTER
