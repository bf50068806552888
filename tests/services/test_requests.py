"""Requests to be introduced: the other is asked first, and nobody learns why there was no yes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import Problem, Refusal, UserError
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicForm, TopicKind
from bot.domain.requests import ASKED_AGAIN_AFTER, MOST_OPEN_REQUESTS, RequestState
from bot.domain.results import Coming
from bot.domain.schedule import DueKind
from bot.domain.settings import PersonSettings
from bot.services.members.members import MemberService
from bot.services.members.settings import SettingsService
from bot.services.offers.offers import OfferService
from bot.services.offers.requests import RequestService
from storage.database import Database
from storage.due import Due
from storage.members import Person
from storage.requests import Request
from tests.factories import MONDAY_8, actor, contents, due_row, keys, messages, profile, rows

OFFER, WANT = TopicKind.OFFER, TopicKind.WANT
# Five working days after a Monday, the Monday is over.
SILENT = MONDAY_8 + timedelta(days=7, hours=16)
ASKED, INTRODUCED, NO_LUCK = MessageKind.REQUEST, MessageKind.REQUEST_INTRODUCTION, MessageKind.REQUEST_NO_LUCK


@pytest.fixture
def topic_id(offers: OfferService) -> int:
    """Something that UT offers."""
    return offers.save(actor("UT"), TopicForm(OFFER, "SQL joins"), profile("UT"), MONDAY_8).card.topic_id


def test_after_a_yes_both_are_introduced_and_the_one_who_asked_is_named(
    database: Database, requests: RequestService, topic_id: int
) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)

    agreed = requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True)
    again = requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True)

    assert (request.asker, request.asked, request.until) == ("UA", "UT", date(2026, 11, 30))
    assert agreed == again
    assert agreed.state is RequestState.AGREED
    (question,) = messages(database, ASKED)
    (introduction,) = messages(database, INTRODUCED)
    assert (question.recipients, question.is_ping) == (("UT",), True)
    assert (introduction.recipients, introduction.is_ping) == (("UA", "UT"), False)
    assert [row for row in rows(database, Due) if row.kind == DueKind.REQUEST_OVER] == []


@pytest.mark.parametrize("says_no", [True, False])
def test_a_no_and_silence_are_the_same_to_whoever_asked(
    database: Database, offers: OfferService, requests: RequestService, topic_id: int, *, says_no: bool
) -> None:
    for other in ("UB", "UC"):
        offers.save(actor(other), TopicForm(OFFER, "joins in SQL"), profile(other), MONDAY_8)
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)

    if says_no:
        requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=False)
    else:
        requests.end(due_row(database, DueKind.REQUEST_OVER, request.request_id), SILENT)

    (told,) = messages(database, NO_LUCK)
    assert (told.recipients, told.about) == (("UA",), "2")
    assert messages(database, INTRODUCED) == []
    with pytest.raises(UserError):
        requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True)


def test_the_end_of_a_request_that_was_erased_meanwhile_is_nothing(
    database: Database, requests: RequestService, topic_id: int
) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    row = due_row(database, DueKind.REQUEST_OVER, request.request_id)
    with database.write() as session:
        session.delete(session.get_one(Request, request.request_id))

    requests.end(row, SILENT)

    assert messages(database, NO_LUCK) == []


@pytest.mark.parametrize("why", ["list of the one asked", "list of the one who asks", "manager of the one asked"])
def test_who_is_never_introduced_is_never_asked_and_it_looks_like_silence(
    database: Database,
    offers: OfferService,
    requests: RequestService,
    own: SettingsService,
    topic_id: int,
    why: str,
) -> None:
    if why == "list of the one asked":
        own.block(actor("UT"), "UA", MONDAY_8)
    elif why == "list of the one who asks":
        own.block(actor("UA"), "UT", MONDAY_8)
    else:
        own.change(actor("UT"), PersonSettings(manager="UA"), profile("UT"), MONDAY_8)

    assert offers.find(actor("UA"), "sql", MONDAY_8) == ()
    assert offers.overview(actor("UA"), MONDAY_8).offered == ()
    assert len(offers.find(actor("UB"), "sql", MONDAY_8)) == 1
    # A button from before still works, and says what it always says.
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    assert request.state is RequestState.OPEN
    assert messages(database, ASKED) == []
    with pytest.raises(UserError):
        requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True)

    requests.end(due_row(database, DueKind.REQUEST_OVER, request.request_id), SILENT)

    assert [(one.recipients, one.about) for one in messages(database, NO_LUCK)] == [(("UA",), "0")]


def test_two_who_have_both_just_acted_are_introduced_at_once_even_at_night(
    database: Database, requests: RequestService, topic_id: int
) -> None:
    night = MONDAY_8 + timedelta(hours=12)
    request = requests.ask(actor("UA"), topic_id, profile("UA"), night)

    card = requests.answer(actor("UT"), request.request_id, night + timedelta(minutes=30), agrees=True)

    assert card.coming is None
    assert messages(database, INTRODUCED)[0].not_before == night + timedelta(minutes=30)
    assert messages(database, MessageKind.REQUEST_AGREED) == []


def test_a_yes_while_the_other_is_not_there_is_answered_with_when_the_message_comes(
    database: Database, requests: RequestService, topic_id: int
) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    night = MONDAY_8 + timedelta(hours=12)

    card = requests.answer(actor("UT"), request.request_id, night, agrees=True)

    (introduction,) = messages(database, INTRODUCED)
    assert card.coming == Coming(datetime(2026, 11, 24, 8, 30, tzinfo=UTC), ("UA", "UT"))
    assert introduction.not_before == card.coming.at
    # Pressed once more it says the same.
    assert requests.answer(actor("UT"), request.request_id, night, agrees=True) == card


def test_a_private_list_holds_back_what_was_not_said_yet(
    database: Database, requests: RequestService, own: SettingsService, topic_id: int
) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True)

    own.block(actor("UT"), "UA", MONDAY_8)

    assert messages(database, ASKED, INTRODUCED) == []
    assert [one.recipients for one in messages(database, MessageKind.REQUEST_OFF)] == [("UA",)]


@pytest.mark.parametrize(("until", "told"), [(date(2026, 12, 7), "2026-12-07"), (None, "")])
def test_who_is_paused_is_told_so_before_anything_is_promised(
    database: Database,
    requests: RequestService,
    members: MemberService,
    topic_id: int,
    until: date | None,
    told: str,
) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    for user_id in ("UB", "UT"):
        members.pause(actor(user_id), until, profile(user_id), MONDAY_8)
    before = contents(database)

    with pytest.raises(UserError) as asking:
        requests.ask(actor("UB"), topic_id, profile("UB"), MONDAY_8)
    with pytest.raises(UserError) as agreeing:
        requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True)

    for refusal in (asking, agreeing):
        assert refusal.value.trouble == Refusal(Problem.PAUSED, {"until": told})
    assert contents(database) == before
    members.resume(actor("UT"))
    assert requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True).state is RequestState.AGREED


def test_who_is_paused_can_say_no(requests: RequestService, members: MemberService, topic_id: int) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    members.pause(actor("UT"), None, profile("UT"), MONDAY_8)

    assert requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=False).state is RequestState.DECLINED


def test_a_yes_while_the_one_who_asked_is_paused_promises_nothing_and_can_be_said_later(
    database: Database, requests: RequestService, members: MemberService, topic_id: int
) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    members.pause(actor("UA"), None, profile("UA"), MONDAY_8)

    with pytest.raises(UserError) as refusal:
        requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True)

    assert refusal.value.trouble == Refusal(Problem.OTHER_NOT_NOW, {"person": "UA", "until": "2026-11-30"})
    assert messages(database, INTRODUCED) == []
    members.resume(actor("UA"))
    requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True)
    assert len(messages(database, INTRODUCED)) == 1


@pytest.mark.parametrize(("pauses", "stays"), [("UA", "UT"), ("UT", "UA")])
def test_a_pause_before_the_introduction_is_told_to_both_and_it_can_be_asked_for_again(
    database: Database,
    requests: RequestService,
    members: MemberService,
    topic_id: int,
    pauses: str,
    stays: str,
) -> None:
    night = MONDAY_8 + timedelta(hours=12)
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    requests.answer(actor("UT"), request.request_id, night, agrees=True)

    members.pause(actor(pauses), None, profile(pauses), night)

    told = messages(database, INTRODUCED, MessageKind.REQUEST_OFF, MessageKind.PARTNER_OUT)
    assert {(one.kind, one.recipients, one.is_ping) for one in told} == {
        (MessageKind.REQUEST_OFF, (pauses,), False),
        (MessageKind.PARTNER_OUT, (stays,), False),
    }
    with pytest.raises(UserError):
        requests.answer(actor("UT"), request.request_id, night, agrees=True)
    members.resume(actor(pauses))
    again = requests.ask(actor("UA"), topic_id, profile("UA"), night)
    assert (again.state, again.request_id != request.request_id) == (RequestState.OPEN, True)


def test_who_hears_that_an_introduction_is_called_off_is_not_woken_by_it(
    database: Database, requests: RequestService, own: SettingsService, topic_id: int
) -> None:
    night = MONDAY_8 + timedelta(hours=12)
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    requests.answer(actor("UT"), request.request_id, night, agrees=True)

    own.block(actor("UT"), "UA", night)

    (told,) = messages(database, MessageKind.REQUEST_OFF)
    assert (told.is_ping, told.not_before) == (False, datetime(2026, 11, 24, 8, 30, tzinfo=UTC))


def test_two_people_have_one_request_between_them(
    database: Database, offers: OfferService, requests: RequestService, topic_id: int
) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    back = offers.save(actor("UA"), TopicForm(OFFER, "Git"), profile("UA"), MONDAY_8).card.topic_id

    again = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    with pytest.raises(UserError) as refusal:
        requests.ask(actor("UT"), back, profile("UT"), MONDAY_8)

    assert again == request
    assert refusal.value.trouble.problem == Problem.ASKED_LATELY
    assert len(rows(database, Request)) == 1


def test_the_same_person_is_asked_again_only_after_eight_weeks(requests: RequestService, topic_id: int) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=False)

    with pytest.raises(UserError) as refusal:
        requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8 + ASKED_AGAIN_AFTER - timedelta(seconds=1))

    assert refusal.value.trouble.problem == Problem.ASKED_LATELY
    assert requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8 + ASKED_AGAIN_AFTER).state is RequestState.OPEN


def test_three_requests_are_open_at_most(offers: OfferService, requests: RequestService) -> None:
    ids = [
        offers.save(actor(f"U{n}"), TopicForm(OFFER, "SQL"), profile(f"U{n}"), MONDAY_8).card.topic_id
        for n in range(MOST_OPEN_REQUESTS + 1)
    ]
    first, *_ = [requests.ask(actor("UA"), one, profile("UA"), MONDAY_8) for one in ids[:-1]]

    with pytest.raises(UserError) as refusal:
        requests.ask(actor("UA"), ids[-1], profile("UA"), MONDAY_8)
    requests.take_back(actor("UA"), first.request_id, MONDAY_8)

    assert refusal.value.trouble.problem == Problem.TOO_MANY_REQUESTS
    requests.ask(actor("UA"), ids[-1], profile("UA"), MONDAY_8)


def test_what_is_taken_back_is_not_asked_and_can_be_asked_again(
    database: Database, requests: RequestService, topic_id: int
) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)

    assert requests.take_back(actor("UA"), request.request_id, MONDAY_8).state is RequestState.TAKEN_BACK

    assert messages(database, ASKED) == []
    with pytest.raises(UserError):
        requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True)
    requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    assert keys(database, NO_LUCK) == []


def test_nobody_answers_or_takes_back_for_somebody_else(
    database: Database, requests: RequestService, topic_id: int
) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    before = contents(database)

    for who in ("UA", "UX"):
        with pytest.raises(UserError):
            requests.answer(actor(who), request.request_id, MONDAY_8, agrees=True)
    for who in ("UT", "UX"):
        with pytest.raises(UserError):
            requests.take_back(actor(who), request.request_id, MONDAY_8)
    with pytest.raises(UserError):
        requests.answer(actor("UT"), request.request_id + 1, MONDAY_8, agrees=True)

    assert contents(database) == before


def test_guests_ask_nobody_and_those_who_are_gone_are_not_asked(
    database: Database, offers: OfferService, requests: RequestService, topic_id: int
) -> None:
    with pytest.raises(UserError) as refusal:
        requests.ask(actor("UG"), topic_id, profile("UG", is_guest=True), MONDAY_8)
    with database.write() as session:
        person = session.get(Person, ("T1", "UT"))
        assert person is not None
        person.gone_at = MONDAY_8
        session.add(person)

    assert refusal.value.trouble.problem == Problem.CANNOT_TAKE_PART
    assert offers.find(actor("UA"), "sql", MONDAY_8) == ()
    with pytest.raises(UserError):
        requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)


def test_who_may_not_be_found_is_not_asked(database: Database, offers: OfferService, requests: RequestService) -> None:
    hidden = offers.save(actor("UT"), TopicForm(OFFER, "SQL", findable=False), profile("UT"), MONDAY_8).card
    want = offers.save(actor("UW"), TopicForm(WANT, "SQL"), profile("UW"), MONDAY_8).card

    for topic_id in (hidden.topic_id, want.topic_id):
        with pytest.raises(UserError):
            requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)

    assert rows(database, Request) == []


def test_who_wants_something_and_may_be_found_is_asked_by_who_offers_it(
    database: Database, offers: OfferService, requests: RequestService
) -> None:
    offers.save(actor("UW"), TopicForm(WANT, "SQL", findable=True), profile("UW"), MONDAY_8)
    offers.save(actor("UV"), TopicForm(WANT, "SQL"), profile("UV"), MONDAY_8)

    saved = offers.save(actor("UT"), TopicForm(OFFER, "sql"), profile("UT"), MONDAY_8)

    assert saved.wanted_by == 2
    assert [one.user_id for one in saved.found] == ["UW"]
    request = requests.ask(actor("UT"), saved.found[0].topic_id, profile("UT"), MONDAY_8)
    assert (request.asked, request.kind) == ("UW", WANT)
    assert [one.recipients for one in messages(database, ASKED)] == [("UW",)]


def test_the_one_who_teaches_alone_sees_how_often(
    offers: OfferService, requests: RequestService, topic_id: int
) -> None:
    request = requests.ask(actor("UA"), topic_id, profile("UA"), MONDAY_8)
    requests.answer(actor("UT"), request.request_id, MONDAY_8, agrees=True)

    (own,) = offers.own(actor("UT"), MONDAY_8)

    assert own.introductions == 1
    (found,) = offers.find(actor("UB"), "sql", MONDAY_8)
    assert not hasattr(found, "introductions")
