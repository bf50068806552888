"""Offers and wants: what people can show, and what they want to be able to do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Session

from bot.domain.identity import Actor
from bot.domain.offers import (
    LASTS,
    MOST_OPEN,
    TopicCard,
    TopicForm,
    TopicKind,
    TopicSaved,
    check_topic,
)
from bot.domain.topics import Thesaurus
from bot.errors import FormError, Problem, UserError
from storage import offers, rounds
from storage.database import Database
from storage.offers import Topic

OFFERERS_SHOWN: Final = 5


class OfferService:
    """What people say they can show and want to learn; the pairing brings the two together.

    Args:
        database: Where it is kept.
        thesaurus: Knows when two topics mean the same.
    """

    def __init__(self, database: Database, thesaurus: Thesaurus) -> None:
        self._database = database
        self._thesaurus = thesaurus

    def save(self, who: Actor, form: TopicForm, now: datetime) -> TopicSaved:
        """Store an offer or a want for 90 days; said again, it lasts as long again.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: Twenty of its kind are open.
        """
        if troubles := check_topic(form):
            raise FormError(troubles)
        key = self._thesaurus.key(form.topic)
        with self._database.write(who.workspace) as session:
            row = offers.find_topic(session, who.workspace, who.user_id, form.kind, key)
            if row is None or row.said_at < now - LASTS:
                _check_room(session, who, form, now)
            row = row or Topic(
                workspace=who.workspace, user_id=who.user_id, kind=form.kind, topic="", key=key, said_at=now
            )
            row.topic = form.topic.strip()
            row.minutes = form.minutes
            row.said_at = now
            session.add(row)
            session.flush()
            return self._saved(session, who, row, now)

    def own(self, who: Actor, now: datetime) -> tuple[TopicCard, ...]:
        """Return a person's open offers and wants, oldest first."""
        with self._database.read() as session:
            return _cards(offers.list_topics(session, who.workspace, now - LASTS, [who.user_id]))

    def remove(self, who: Actor, topic_id: int) -> TopicCard:
        """Take an offer or a want back.

        Raises:
            UserError: The person has none of that number.
        """
        with self._database.write(who.workspace) as session:
            try:
                row = offers.get_topic(session, who, topic_id)
            except LookupError:
                raise UserError(Problem.GONE) from None
            session.delete(row)
            return _card(row)

    def _saved(self, session: Session, who: Actor, row: Topic, now: datetime) -> TopicSaved:
        other = TopicKind.WANT if row.kind == TopicKind.OFFER else TopicKind.OFFER
        people = [
            one for one in offers.list_who(session, who.workspace, other, row.key, now - LASTS) if one != who.user_id
        ]
        is_offer = row.kind == TopicKind.OFFER
        return TopicSaved(
            card=_card(row),
            wanted_by=len(people) if is_offer else 0,
            offered_by=() if is_offer else tuple(people[:OFFERERS_SHOWN]),
        )


def renew_keys(database: Database, thesaurus: Thesaurus) -> int:
    """Compare everything that was said by the words known now; gives how many are compared by another key than before.

    Of two that a person said and that have come to mean the same, the newer one stays.
    """
    with database.write() as session:
        renewed: dict[tuple[str, str], str] = {}
        changed, taken, count = [], set(), 0
        for row in offers.list_all(session):
            key = thesaurus.key(row.topic)
            place = (row.workspace, row.user_id, row.kind, key)
            if key != row.key:
                renewed[row.workspace, row.key] = key
                count += 1
            if place in taken:
                session.delete(row)
            elif key != row.key:
                changed.append((row, key))
                # What this one leaves, another may take, and the database looks at each by itself.
                row.key = f"{key} {row.id}"
            taken.add(place)
        session.flush()
        for row, key in changed:
            row.key = key
        for lesson in rounds.list_all_lessons(session) if renewed else ():
            lesson.topic = renewed.get((lesson.workspace, lesson.topic), lesson.topic)
        return count


def _check_room(session: Session, who: Actor, form: TopicForm, now: datetime) -> None:
    own = offers.list_topics(session, who.workspace, now - LASTS, [who.user_id])
    if sum(row.kind == form.kind for row in own) >= MOST_OPEN:
        raise UserError(Problem.TOO_MANY_TOPICS, kept=form.topic)


def _cards(rows: Sequence[Topic]) -> tuple[TopicCard, ...]:
    return tuple(_card(row) for row in rows)


def _card(row: Topic) -> TopicCard:
    return TopicCard(row.id, TopicKind(row.kind), row.topic, row.minutes, (row.said_at + LASTS).date())
