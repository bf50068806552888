"""Requests to be introduced: the other is asked first, and nobody learns why there was no yes."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from sqlmodel import Session

from bot.domain.cadence import local_day
from bot.domain.errors import Problem, UserError
from bot.domain.guides import GuideLibrary
from bot.domain.identity import Actor, Profile
from bot.domain.messages import MessageKind
from bot.domain.offers import LASTS, MOST_FOUND, TopicKind
from bot.domain.requests import MOST_OPEN_REQUESTS, RequestCard, RequestState, pair_of, silent_from, weeks_for
from bot.domain.rounds import ON_REQUEST, seed_of
from bot.domain.schedule import DueKind
from bot.services.members.members import UNTIL_I_SAY, is_paused, remember
from bot.services.offers.search import Finder, was_asked
from bot.services.rounds.forming import Forming, form_groups
from bot.services.rounds.groups import call_off, coming_to, introduction_key
from storage import due, members, offers, requests
from storage.database import Database
from storage.due import Due
from storage.members import Person
from storage.offers import Topic
from storage.outbox import outbox
from storage.requests import Request
from storage.rounds.rounds import Round


class RequestService:
    """Who would like to be introduced to whom because of a topic.

    Args:
        database: Where it is kept.
        finder: Knows who may be found by whom.
        guides: The conversation guides to choose from.
    """

    def __init__(self, database: Database, finder: Finder, guides: GuideLibrary) -> None:
        self._database = database
        self._finder = finder
        self._guides = guides

    def ask(self, who: Actor, topic_id: int, profile: Profile, now: datetime) -> RequestCard:
        """Ask somebody, because of an offer or a want of theirs, whether they would like to be introduced.

        A person who would never be introduced to this person is not asked, and this person hears the same as after
        five working days of silence.

        Raises:
            UserError: It is nobody's offer or want any more, or not one to be found for; the person may not take
                part, is paused, has asked the same one lately, or has three requests open.
        """
        if not profile.can_take_part:
            raise UserError(Problem.CANNOT_TAKE_PART)
        with self._database.write(who.workspace) as session:
            _check_is_there(session, who, now)
            row, other = _found(session, who, topic_id, now)
            last = requests.find_last_between(session, who.workspace, who.user_id, other.user_id)
            if last is not None and last.state == RequestState.OPEN and last.asker == who.user_id:
                return card_of(session, last)
            if was_asked(session, who.workspace, who.user_id, other.user_id, now):
                raise UserError(Problem.ASKED_LATELY, person=other.user_id)
            if len(requests.list_open_of(session, who.workspace, who.user_id)) >= MOST_OPEN_REQUESTS:
                raise UserError(Problem.TOO_MANY_REQUESTS)
            remember(session, who.tenant, profile, "UTC")
            request = _add_request(session, who, row, other, now)
            if self._finder.may_meet(session, who.workspace, who.user_id, (row.user_id,), now):
                outbox.add(
                    session,
                    who.workspace,
                    _question_key(request.id),
                    MessageKind.REQUEST,
                    subject=request.id,
                    people=(other.user_id,),
                    now=now,
                    not_after=request.over_at,
                )
            return card_of(session, request)

    def take_back(self, who: Actor, request_id: int, now: datetime) -> RequestCard:
        """End one's own request while it is open; the other is not asked any more, or finds that it is over.

        Raises:
            UserError: There is no such request, or it is over.
        """
        with self._database.write(who.workspace) as session:
            request = _get(session, who, request_id)
            if request.asker != who.user_id:
                raise UserError(Problem.NOT_YOURS)
            _check_open(request, now)
            _end(session, request, RequestState.TAKEN_BACK, now)
            outbox.withdraw(session, who.workspace, _question_key(request.id))
            return card_of(session, request)

    def answer(self, who: Actor, request_id: int, now: datetime, *, agrees: bool) -> RequestCard:
        """Store the yes or the no of the person who was asked; after a yes both are introduced in a group message.

        Raises:
            UserError: Somebody else was asked, the request is over, one of the two is paused, or they are never
                introduced.
        """
        with self._database.write(who.workspace) as session:
            request = _get(session, who, request_id)
            if request.asked != who.user_id:
                raise UserError(Problem.NOT_YOURS)
            if request.state == RequestState.AGREED and agrees:
                return answered_card(session, request, now)
            _check_open(request, now)
            if agrees:
                _check_is_there(session, who, now)
                self._check_may_meet(session, request, now)
                _end(session, request, RequestState.AGREED, now)
                self._introduce(session, request, now)
            else:
                _end(session, request, RequestState.DECLINED, now)
                self._tell_no_luck(session, request, now)
            return answered_card(session, request, now)

    def end(self, row: Due, now: datetime) -> None:
        """Handle five working days without an answer: the person who asked hears that there was no luck."""
        with self._database.write(row.workspace) as session:
            if not due.advance(session, row, None):
                return
            request = requests.find_request(session, row.workspace, int(row.subject))
            # It is not there any more when one of the two was erased meanwhile.
            if request is not None and request.state == RequestState.OPEN:
                _end(session, request, RequestState.SILENT, now)
                self._tell_no_luck(session, request, now)

    def _introduce(self, session: Session, request: Request, now: datetime) -> None:
        """Give the two what people get who are introduced in a round: a round for them alone."""
        due_at, ends_at = weeks_for(now)
        its_round = Round(
            workspace=request.workspace,
            number=0,
            due_at=due_at,
            started_at=now,
            ends_at=ends_at,
            seed=seed_of(request.workspace, 0, request.id),
        )
        session.add(its_round)
        session.flush()
        people = members.list_people(session, request.workspace, request.pair.split())
        (request.group_id,) = form_groups(
            session, its_round, [Forming(people, ON_REQUEST)], self._guides, now, acting=request.asked
        )
        session.add(request)
        coming = coming_to(session, request.workspace, request.group_id, now)
        if coming is not None:
            # A person who said yes reads it in the answer.
            outbox.add(
                session,
                request.workspace,
                f"request-agreed:{request.id}",
                MessageKind.REQUEST_AGREED,
                subject=request.id,
                people=(request.asker,),
                now=now,
                not_after=coming.at,
            )

    def _check_may_meet(self, session: Session, request: Request, now: datetime) -> None:
        asker = members.find_person(session, request.workspace, request.asker)
        if asker is None or asker.gone_at is not None or asker.is_guest:
            raise UserError(Problem.GONE)
        if self._finder.are_apart(session, request.workspace, request.asker, request.asked):
            raise UserError(Problem.GONE)
        if is_paused(asker, now):
            # The request stays open, and nothing is promised that a pause would break.
            until = card_of(session, request).until
            raise UserError(Problem.OTHER_NOT_NOW, person=request.asker, until=until.isoformat())

    def _tell_no_luck(self, session: Session, request: Request, now: datetime) -> None:
        others = (
            one
            for one in self._finder.find(
                session, request.workspace, request.asker, request.topic, TopicKind(request.kind), now
            )
            if not one.was_asked
        )
        outbox.add(
            session,
            request.workspace,
            f"no-luck:{request.id}",
            MessageKind.REQUEST_NO_LUCK,
            subject=request.id,
            about=str(len(list(islice(others, MOST_FOUND)))),
            people=(request.asker,),
            now=now,
        )


def to_answer(session: Session, who: Actor, now: datetime) -> RequestCard | None:
    """Return the oldest request that waits for a person's answer, of those they are really asked; None without any."""
    for request in requests.list_open_for(session, who.workspace, who.user_id):
        is_asked = outbox.find_message(session, who.workspace, _question_key(request.id)) is not None
        if is_asked and now < request.over_at:
            return card_of(session, request)
    return None


def unanswered(session: Session, who: Actor, now: datetime) -> tuple[RequestCard, ...]:
    """Return a person's own requests that can still be answered, oldest first."""
    own = requests.list_open_of(session, who.workspace, who.user_id)
    return tuple(card_of(session, request) for request in own if now < request.over_at)


def keep_apart(session: Session, workspace: str, one: str, other: str, now: datetime) -> None:
    """Let nothing come of a request between two people of whom one does not want to meet the other any more.

    A person who asked hears of it as of silence; an introduction both had agreed to is called off without a reason.
    """
    request = requests.find_last_between(session, workspace, one, other)
    if request is None:
        return
    outbox.withdraw(session, workspace, _question_key(request.id))
    if request.group_id is not None and outbox.withdraw(session, workspace, introduction_key(request.group_id)):
        call_off(session, workspace, request.group_id, (other,), now)


def _found(session: Session, who: Actor, topic_id: int, now: datetime) -> tuple[Topic, Person]:
    row = offers.find_by_id(session, who.workspace, topic_id)
    if row is None or not row.findable or row.user_id == who.user_id or row.said_at < now - LASTS:
        raise UserError(Problem.GONE)
    other = members.find_person(session, who.workspace, row.user_id)
    if other is None or other.gone_at is not None or other.is_guest:
        raise UserError(Problem.GONE)
    return row, other


def _check_is_there(session: Session, who: Actor, now: datetime) -> None:
    """Raise UserError for a person who is paused: nobody is introduced to them, so nothing must be promised."""
    person = members.find_person(session, who.workspace, who.user_id)
    if person is not None and person.paused_until is not None and is_paused(person, now):
        until = "" if person.paused_until == UNTIL_I_SAY else person.paused_until.isoformat()
        raise UserError(Problem.PAUSED, until=until)


def _add_request(session: Session, who: Actor, row: Topic, other: Person, now: datetime) -> Request:
    request = Request(
        workspace=who.workspace,
        asker=who.user_id,
        asked=other.user_id,
        pair=pair_of(who.user_id, other.user_id),
        kind=row.kind,
        topic=row.topic,
        key=row.key,
        asked_at=now,
        over_at=silent_from(now, other.zone),
    )
    session.add(request)
    session.flush()
    due.set_due(session, who.workspace, DueKind.REQUEST_OVER, str(request.id), request.over_at)
    return request


def _get(session: Session, who: Actor, request_id: int) -> Request:
    try:
        return requests.get_request(session, who.workspace, request_id)
    except LookupError:
        raise UserError(Problem.GONE) from None


def _check_open(request: Request, now: datetime) -> None:
    if request.state != RequestState.OPEN or now >= request.over_at:
        raise UserError(Problem.GONE)


def _end(session: Session, request: Request, state: RequestState, now: datetime) -> None:
    request.state = state
    request.ended_at = now
    session.add(request)
    due.clear_due(session, request.workspace, DueKind.REQUEST_OVER, str(request.id))


def _question_key(request_id: int) -> str:
    return f"request:{request_id}"


def answered_card(session: Session, request: Request, now: datetime) -> RequestCard:
    """Return an answered request, with when the message comes that introduces the two."""
    group_id = request.group_id
    coming = coming_to(session, request.workspace, group_id, now) if group_id is not None else None
    return replace(card_of(session, request), coming=coming)


def card_of(session: Session, request: Request) -> RequestCard:
    """Return a request as its two people see it."""
    asked = members.find_person(session, request.workspace, request.asked)
    zone = asked.zone if asked is not None else "UTC"
    return RequestCard(
        request_id=request.id,
        asker=request.asker,
        asked=request.asked,
        kind=TopicKind(request.kind),
        topic=request.topic,
        until=local_day(request.over_at - timedelta(seconds=1), zone),
        state=RequestState(request.state),
    )
