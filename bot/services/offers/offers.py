"""Offers and wants: what people can show, and what they want to be able to do."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import Daily, decode_cadence
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.identity import Actor, Profile, Tenant
from bot.domain.messages import MessageKind
from bot.domain.offers import (
    ASKED_BEFORE_END,
    GLANCED_AT,
    LASTS,
    MOST_FOUND,
    MOST_OPEN,
    SMALLEST_CROWD,
    UNDO_FOR,
    Before,
    Found,
    TopicCard,
    TopicForm,
    TopicKind,
    TopicSaved,
    TopicsOverview,
    check_topic,
)
from bot.domain.schedule import TOPICS_AT, DueKind
from bot.domain.topics import Thesaurus
from bot.services.members.members import remember
from bot.services.members.pings import tell_in_note
from bot.services.offers.search import AT_ONCE, LOAD_COUNTED_FOR, Finder, found_of
from storage import due, members, offers, requests
from storage.bulk import batches
from storage.database import Database
from storage.due import Due
from storage.offers import Said, Topic
from storage.rounds import rounds

# Of those who want a topic, so many hear in their weekly note that somebody offers it; the others find it.
MOST_TOLD: Final = 5


class OfferService:
    """What people say they can show and want to learn; the pairing brings the two together.

    Args:
        database: Where it is kept.
        finder: Knows which topics fit, and who may be found by whom.
    """

    def __init__(self, database: Database, finder: Finder) -> None:
        self._database = database
        self._finder = finder

    def save(
        self, who: Actor, form: TopicForm, profile: Profile, now: datetime, topic_id: int | None = None
    ) -> TopicSaved:
        """Store an offer or a want for 90 days; said again, it lasts as long again.

        Args:
            who: The person.
            form: What was said.
            profile: The account as Slack has it.
            now: This moment, aware UTC.
            topic_id: The person's own offer or want that it takes the place of; None for one by its topic.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: Twenty of its kind are open, the one to change is gone, or the account may not take part.
        """
        if troubles := check_topic(form):
            raise FormError(troubles)
        if not profile.can_take_part:
            raise UserError(Problem.CANNOT_TAKE_PART)
        with self._database.write(who.workspace) as session:
            remember(session, who.tenant, profile, "UTC")
            row, before = self._row_for(session, who, form, now, topic_id)
            key = self._finder.thesaurus.key(form.topic)
            is_news = before is None or row.key != key
            row.topic, row.key, row.minutes = form.topic.strip(), key, form.minutes
            if form.findable is not None or before is None:
                # What is typed after a command says nothing of these, and leaves them.
                row.sentence, row.findable = form.sentence.strip(), form.is_findable
            row.stems = self._finder.thesaurus.stems_of(row.topic, row.sentence)
            row.said_at, row.asked_at = now, None
            session.add(row)
            session.flush()
            (fitting,) = self._finder.fitting(session, row.workspace, (row.topic,), row.kind.other, now)
            if is_news and row.findable and row.kind == TopicKind.OFFER:
                self._tell_who_wants(session, row, fitting, now)
            found = self._finder.findable(session, row.workspace, row.user_id, fitting, now)
            # How many want it is told to a person who offers it, and never the other way round.
            wanting = {said.user_id for said in fitting if row.kind == TopicKind.OFFER} - {row.user_id}
            shown = tuple(found_of(session, row.user_id, one, now) for one in islice(found, MOST_FOUND))
            return TopicSaved(card_of(row), len(wanting), shown, before)

    def own(self, who: Actor, now: datetime) -> tuple[TopicCard, ...]:
        """Return a person's open offers and wants, oldest first."""
        with self._database.read() as session:
            return _own(session, who, now)

    def overview(self, who: Actor, now: datetime) -> TopicsOverview:
        """Return a person's own offers and wants, and those of others that have no partner yet."""
        with self._database.read() as session:
            return TopicsOverview(
                own=_own(session, who, now),
                offered=tuple(islice(self._unasked(session, who, now), MOST_FOUND)),
                wanted=tuple(islice(_unmet(session, who, now), MOST_FOUND)),
            )

    def find(self, who: Actor, wanted: str, now: datetime) -> tuple[Found, ...]:
        """Return up to five offers of others that fit what a person looks for, best first."""
        with self._database.read() as session:
            found = self._finder.find(session, who.workspace, who.user_id, wanted, TopicKind.OFFER, now)
            return tuple(islice(found, MOST_FOUND))

    def form_of(self, who: Actor, topic_id: int) -> TopicForm:
        """Return what is in a person's own offer or want.

        Raises:
            UserError: The person has none of that number.
        """
        with self._database.read() as session:
            row = _get_own(session, who, topic_id)
            return TopicForm(row.kind, row.topic, row.minutes, row.sentence, row.findable)

    def remove(self, who: Actor, topic_id: int) -> TopicCard:
        """Take an offer or a want back.

        Raises:
            UserError: The person has none of that number.
        """
        with self._database.write(who.workspace) as session:
            row = _get_own(session, who, topic_id)
            session.delete(row)
            return card_of(row)

    def undo(self, who: Actor, topic_id: int, before: Before | None, now: datetime) -> TopicCard | None:
        """Bring back, within ten minutes, what stood in an offer or a want; None when there was nothing before.

        Raises:
            UserError: The person has none of that number, or the ten minutes are over.
        """
        with self._database.write(who.workspace) as session:
            row = _get_own(session, who, topic_id)
            if now - row.said_at > UNDO_FOR:
                raise UserError(Problem.UNDO_OVER)
            if before is None:
                session.delete(row)
                return None
            form = TopicForm(row.kind, before.topic, before.minutes, before.sentence, before.findable)
            key = self._finder.thesaurus.key(before.topic)
            other = offers.find_topic(session, who.workspace, who.user_id, row.kind, key)
            if check_topic(form) or before.said_at > now or (other is not None and other.id != row.id):
                raise UserError(Problem.GONE)
            row.topic, row.key, row.minutes = before.topic, key, before.minutes
            row.sentence, row.findable, row.said_at = before.sentence, before.findable, before.said_at
            row.stems = self._finder.thesaurus.stems_of(row.topic, row.sentence)
            session.add(row)
            return card_of(row)

    def keep(self, who: Actor, topic_id: int, now: datetime) -> TopicCard:
        """Let an offer or a want last for another 90 days.

        Raises:
            UserError: The person has none of that number.
        """
        with self._database.write(who.workspace) as session:
            row = _get_own(session, who, topic_id)
            row.said_at, row.asked_at = now, None
            session.add(row)
            return card_of(row)

    def plan(self, tenant: Tenant, now: datetime) -> None:
        """Plan the nightly look at what is about to be over, if it is not planned yet."""
        cadence = Daily(TOPICS_AT, "UTC")
        with self._database.write(tenant.key) as session:
            if due.find_due(session, tenant.key, DueKind.TOPICS, "") is None:
                due.set_due(session, tenant.key, DueKind.TOPICS, "", cadence.next_after(now), cadence.encode())

    def ask_whether_true(self, row: Due, now: datetime) -> None:
        """Handle the nightly look: people whose offer or want ends within a week are asked once, in the weekly note."""
        with self._database.write(row.workspace) as session:
            if not due.advance(session, row, decode_cadence(row.cadence or "").next_after(max(now, row.due_at))):
                return
            for topic in offers.list_fading(session, row.workspace, now - LASTS, now - LASTS + ASKED_BEFORE_END):
                topic.asked_at = now
                session.add(topic)
                person = members.find_person(session, topic.workspace, topic.user_id)
                if person is not None:
                    key = f"still-true:{topic.id}:{topic.said_at:%Y-%m-%d}"
                    tell_in_note(session, person, key, MessageKind.TOPIC_STILL_TRUE, subject=topic.id, now=now)

    def _row_for(
        self, session: Session, who: Actor, form: TopicForm, now: datetime, topic_id: int | None
    ) -> tuple[Topic, Before | None]:
        """Return the row that takes what was said, and what is in it, unless it is new or over."""
        key = self._finder.thesaurus.key(form.topic)
        same = offers.find_topic(session, who.workspace, who.user_id, form.kind, key)
        row = same if topic_id is None else _get_own(session, who, topic_id)
        if row is not None and row.kind != form.kind:
            raise UserError(Problem.GONE)
        if same is not None and row is not None and same.id != row.id:
            # Changed into what the person says already, it is one.
            session.delete(same)
            session.flush()
        if row is None or row.said_at < now - LASTS:
            _check_room(session, who, form, now)
            new = Topic(workspace=who.workspace, user_id=who.user_id, kind=form.kind, topic="", key=key, said_at=now)
            return row or new, None
        return row, Before(row.topic, row.minutes, row.sentence, row.findable, row.said_at)

    def _tell_who_wants(self, session: Session, offer: Topic, wants: Sequence[Said], now: datetime) -> None:
        """Let those who have wanted a topic longest hear in their weekly note that somebody offers it."""
        longest = sorted(wants, key=lambda one: one.id)
        told = 0
        for some in batches(longest, AT_ONCE):
            people = {want.user_id for want in some}
            may_be_met = self._finder.may_meet(session, offer.workspace, offer.user_id, people, now)
            persons = {one.user_id: one for one in members.list_people(session, offer.workspace, list(may_be_met))}
            for want in islice((want for want in some if want.user_id in may_be_met), MOST_TOLD - told):
                key = f"match:{want.id}:{offer.id}"
                kind, about = MessageKind.TOPIC_MATCH, str(offer.id)
                tell_in_note(session, persons[want.user_id], key, kind, subject=want.id, about=about, now=now)
                told += 1
            if told == MOST_TOLD:
                return

    def _unasked(self, session: Session, who: Actor, now: datetime) -> Iterator[Found]:
        """Yield the offers of others that nobody wants yet, the newest first."""
        last = None
        while some := offers.list_unwanted(session, who.workspace, now - LASTS, last, AT_ONCE):
            last = some[-1].id
            may_be_met = self._finder.may_meet(session, who.workspace, who.user_id, {row.user_id for row in some}, now)
            for row in some:
                if row.user_id in may_be_met:
                    found = found_of(session, who.user_id, row, now)
                    if not found.was_asked:
                        yield found


def _unmet(session: Session, who: Actor, now: datetime) -> Iterator[str]:
    """Yield the wants of others that nobody offers, without names, the oldest first.

    What is wanted in a community of the person's own, or by somebody who may be found for it, is shown as it is.
    From elsewhere in the workspace it is shown when it could be anybody's of a crowd.
    """
    colleagues = members.list_colleagues(session, who.workspace, who.user_id)
    elsewhere = members.count_active(session, who.workspace) - len(colleagues | {who.user_id})
    shown: set[str] = set()
    last = 0
    while some := offers.list_unmet(session, who.workspace, who.user_id, now - LASTS, last, AT_ONCE):
        last = some[-1].id
        for row in some:
            is_near = row.findable or row.user_id in colleagues
            if row.key not in shown and (is_near or elsewhere >= SMALLEST_CROWD):
                shown.add(row.key)
                yield row.topic


def renew_keys(database: Database, workspace: str, thesaurus: Thesaurus) -> int:
    """Compare what was said in a workspace by the words known now; return how many have another key than before.

    Of two that a person said and that have come to mean the same, the newer one stays.
    """
    with database.write(workspace) as session:
        renewed: dict[str, str] = {}
        changed, taken, count = [], set(), 0
        for row in offers.list_all(session, workspace):
            key = thesaurus.key(row.topic)
            row.stems = thesaurus.stems_of(row.topic, row.sentence)
            place = (row.user_id, row.kind, key)
            if key != row.key:
                renewed[row.key] = key
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
        for lesson in rounds.list_all_lessons(session, workspace) if renewed else ():
            lesson.topic = renewed.get(lesson.topic, lesson.topic)
        return count


def at_a_glance(session: Session, finder: Finder, who: Actor, now: datetime) -> tuple[TopicCard, ...]:
    """Return a person's open offers and wants, oldest first; the newest wants say how many offer them."""
    own = _own(session, who, now)
    wants = [card for card in own if card.kind is TopicKind.WANT][-GLANCED_AT:]
    counts = {}
    if wants:
        topics = [want.topic for want in wants]
        fitting = finder.fitting(session, who.workspace, topics, TopicKind.OFFER, now)
        for want, said in zip(wants, fitting, strict=True):
            found = finder.findable(session, who.workspace, who.user_id, said, now)
            counts[want.topic_id] = len(tuple(islice(found, MOST_FOUND)))
    return tuple(replace(card, offered_by=counts.get(card.topic_id, 0)) for card in own)


def _own(session: Session, who: Actor, now: datetime) -> tuple[TopicCard, ...]:
    since = now - LOAD_COUNTED_FOR
    load = rounds.count_taught(session, who.workspace, who.user_id, since)
    for request in requests.list_agreed(session, who.workspace, who.user_id, since):
        load[request.key] = load.get(request.key, 0) + 1
    rows = offers.list_topics(session, who.workspace, now - LASTS, [who.user_id])
    return tuple(card_of(row, load.get(row.key, 0) if row.kind == TopicKind.OFFER else 0) for row in rows)


def _get_own(session: Session, who: Actor, topic_id: int) -> Topic:
    try:
        return offers.get_topic(session, who, topic_id)
    except LookupError:
        raise UserError(Problem.GONE) from None


def _check_room(session: Session, who: Actor, form: TopicForm, now: datetime) -> None:
    own = offers.list_topics(session, who.workspace, now - LASTS, [who.user_id])
    if sum(row.kind == form.kind for row in own) >= MOST_OPEN:
        raise UserError(Problem.TOO_MANY_TOPICS, kept=form.topic)


def card_of(row: Topic, introductions: int = 0) -> TopicCard:
    """Return an offer or a want as its owner sees it."""
    return TopicCard(
        topic_id=row.id,
        kind=row.kind,
        topic=row.topic,
        minutes=row.minutes,
        until=(row.said_at + LASTS).date(),
        sentence=row.sentence,
        findable=row.findable,
        introductions=introductions,
    )
