"""Offers and wants: said, said again, taken back, and how long they last."""

from datetime import timedelta

import pytest

from bot.domain.offers import LASTS, MOST_OPEN, TopicForm, TopicKind
from bot.domain.topics import Thesaurus
from bot.errors import FormError, Problem, UserError
from bot.services.offers import OfferService, renew_keys
from storage.database import Database
from storage.offers import Topic
from storage.rounds import Lesson
from tests.factories import MONDAY_8, actor, add_community, add_group, contents, rows

OFFER, WANT = TopicKind.OFFER, TopicKind.WANT


def test_who_offers_hears_how_many_want_it_and_who_wants_hears_who_offers_it(offers: OfferService) -> None:
    for number in range(7):
        offers.save(actor(f"U{number}"), TopicForm(OFFER, "Pivot tables", 15), MONDAY_8)
    wanted = offers.save(actor("UW"), TopicForm(WANT, "pivot table"), MONDAY_8)

    offered = offers.save(actor("UX"), TopicForm(OFFER, "PIVOT TABLES"), MONDAY_8)

    assert wanted.offered_by == ("U0", "U1", "U2", "U3", "U4")
    assert (offered.wanted_by, offered.offered_by) == (1, ())


def test_nobody_is_told_of_their_own_words(offers: OfferService) -> None:
    offers.save(actor("UA"), TopicForm(OFFER, "SQL"), MONDAY_8)

    assert offers.save(actor("UA"), TopicForm(WANT, "SQL"), MONDAY_8).offered_by == ()


def test_said_again_it_is_one_topic_and_lasts_as_long_again(database: Database, offers: OfferService) -> None:
    offers.save(actor("UA"), TopicForm(OFFER, "SQL joins", 15), MONDAY_8)
    later = MONDAY_8 + timedelta(days=80)

    saved = offers.save(actor("UA"), TopicForm(OFFER, "sql join", 30), later)

    (row,) = rows(database, Topic)
    assert (row.topic, row.minutes, row.said_at) == ("sql join", 30, later)
    assert saved.card.until == (later + LASTS).date()


def test_after_ninety_days_it_is_over(offers: OfferService) -> None:
    offers.save(actor("UA"), TopicForm(OFFER, "SQL"), MONDAY_8)

    assert len(offers.own(actor("UA"), MONDAY_8 + LASTS)) == 1
    assert offers.own(actor("UA"), MONDAY_8 + LASTS + timedelta(seconds=1)) == ()
    late = MONDAY_8 + LASTS + timedelta(days=1)
    assert offers.save(actor("UB"), TopicForm(WANT, "SQL"), late).offered_by == ()


def test_twenty_of_each_kind_are_enough(offers: OfferService) -> None:
    for number in range(MOST_OPEN):
        offers.save(actor("UA"), TopicForm(OFFER, f"topic {number}x"), MONDAY_8)

    with pytest.raises(UserError) as refusal:
        offers.save(actor("UA"), TopicForm(OFFER, "one more"), MONDAY_8)

    assert refusal.value.trouble.problem == Problem.TOO_MANY_TOPICS
    assert refusal.value.kept == "one more"
    # What is open already may be said again, and a want is another kind.
    offers.save(actor("UA"), TopicForm(OFFER, "topic 3x", 60), MONDAY_8)
    offers.save(actor("UA"), TopicForm(WANT, "one more"), MONDAY_8)


def test_nobody_takes_back_what_somebody_else_said(database: Database, offers: OfferService) -> None:
    card = offers.save(actor("UA"), TopicForm(OFFER, "SQL"), MONDAY_8).card
    before = contents(database)

    for who, topic_id in ((actor("UB"), card.topic_id), (actor("UA"), 99)):
        with pytest.raises(UserError):
            offers.remove(who, topic_id)

    assert contents(database) == before
    assert offers.remove(actor("UA"), card.topic_id).topic == "SQL"
    assert offers.own(actor("UA"), MONDAY_8) == ()


def test_what_is_no_topic_leaves_no_trace(database: Database, offers: OfferService) -> None:
    with pytest.raises(FormError):
        offers.save(actor("UA"), TopicForm(OFFER, "?"), MONDAY_8)

    assert rows(database, Topic) == []


def test_what_was_said_is_compared_anew_when_more_words_are_known(database: Database, thesaurus: Thesaurus) -> None:
    knows_little = OfferService(database, Thesaurus())
    old = knows_little.save(actor("UA"), TopicForm(OFFER, "ppt"), MONDAY_8).card
    new = knows_little.save(actor("UA"), TopicForm(OFFER, "slides"), MONDAY_8 + timedelta(days=1)).card
    with database.write() as session:
        group = add_group(session, add_community(session), "UA", "UB")
        session.add(Lesson(workspace="T1", group_id=group.id, teacher="UA", learner="UB", topic="ppt"))

    assert renew_keys(database, thesaurus) == 1

    assert [(row.id, row.key) for row in rows(database, Topic)] == [(new.topic_id, thesaurus.key("PowerPoint"))]
    assert old.topic_id not in {row.id for row in rows(database, Topic)}
    assert rows(database, Lesson)[0].topic == thesaurus.key("PowerPoint")
    assert renew_keys(database, thesaurus) == 0
