"""Who can be found for a topic: those who agreed to be found, and whom the reader may meet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.offers import LASTS, Found, TopicKind
from bot.domain.requests import ASKED_AGAIN_AFTER, RequestState
from bot.domain.topics import Described, Thesaurus
from bot.services.members.members import is_paused
from bot.services.rounds.separation import keepers
from storage import members, offers, requests
from storage.offers import Topic
from storage.privacy.vault import Vault

# A person who was asked least within this time is named first.
LOAD_COUNTED_FOR: Final = timedelta(weeks=12)


@dataclass(frozen=True)
class Finder:
    """Finds people by what they offer or want.

    Args:
        thesaurus: Knows which words mean the same.
        vault: Opens private lists.
    """

    thesaurus: Thesaurus
    vault: Vault

    def find(
        self, session: Session, workspace: str, reader: str, wanted: str, kind: TopicKind, now: datetime
    ) -> Iterator[Found]:
        """Return the offers, or wants, that fit what somebody looks for, best first; each person once.

        Nobody is among them whom the reader would not be introduced to, for whatever reason.
        """
        named = set()
        for row in self.fitting(session, workspace, wanted, kind, now):
            if row.findable and row.user_id not in named and self.may_meet(session, workspace, reader, row, now):
                named.add(row.user_id)
                yield found_of(session, reader, row, now)

    def fitting(self, session: Session, workspace: str, wanted: str, kind: TopicKind, now: datetime) -> list[Topic]:
        """Return what was said of a topic and fits it, best first; of those that fit as well, who was asked least."""
        rows = offers.list_kind(session, workspace, kind, now - LASTS)
        load = requests.count_asked(session, workspace, now - LOAD_COUNTED_FOR)
        found = self.thesaurus.find(wanted, [Described(row.topic, row.sentence) for row in rows])
        # Scores that differ little do not tell who is better.
        ranked = sorted(found, key=lambda one: (-round(one[1], 1), load.get(rows[one[0]].user_id, 0), one[0]))
        return [rows[place] for place, _ in ranked]

    def may_meet(self, session: Session, workspace: str, reader: str, row: Topic, now: datetime) -> bool:
        """Tell whether a person would be introduced to the person who said this; the reason is nobody's business."""
        other = members.find_person(session, workspace, row.user_id)
        if row.user_id == reader or other is None or other.gone_at is not None or other.is_guest:
            return False
        return not is_paused(other, now) and not self.are_apart(session, workspace, reader, row.user_id)

    def are_apart(self, session: Session, workspace: str, one: str, other: str) -> bool:
        """Tell whether two people are never introduced: one is the other's manager, or on the other's private list."""
        return bool(keepers(session, self.vault, workspace, (one, other)))


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
