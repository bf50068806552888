"""Offers and wants: said, said again, taken back, and how long they last."""

from datetime import timedelta

import pytest

from bot.domain.errors import FormError, Problem, UserError
from bot.domain.messages import MessageKind
from bot.domain.offers import (
    ASKED_BEFORE_END,
    LASTS,
    MOST_OPEN,
    SMALLEST_CROWD,
    UNDO_FOR,
    TopicForm,
    TopicKind,
)
from bot.domain.schedule import DueKind
from bot.domain.topics import Thesaurus
from bot.services.members.settings import SettingsService
from bot.services.offers.offers import OfferService, renew_keys
from bot.services.offers.search import Finder
from storage.database import Database
from storage.offers import Topic
from storage.outbox.outbox import OutboxState
from storage.rounds.rounds import Lesson
from tests.databases import on_both
from tests.factories import (
    MONDAY_8,
    TENANT,
    VAULT,
    actor,
    add_community,
    add_group,
    add_members,
    add_person,
    contents,
    due_row,
    messages,
    profile,
    rows,
)

OFFER, WANT = TopicKind.OFFER, TopicKind.WANT


def test_who_offers_hears_how_many_want_it_and_who_wants_hears_who_offers_it(offers: OfferService) -> None:
    for number in range(7):
        offers.save(actor(f"U{number}"), TopicForm(OFFER, "Pivot tables", 15), profile(f"U{number}"), MONDAY_8)
    wanted = offers.save(actor("UW"), TopicForm(WANT, "pivot table"), profile("UW"), MONDAY_8)

    offered = offers.save(actor("UX"), TopicForm(OFFER, "PIVOT TABLES"), profile("UX"), MONDAY_8)

    assert [one.user_id for one in wanted.found] == ["U0", "U1", "U2", "U3", "U4"]
    assert (offered.wanted_by, offered.found) == (1, ())


def test_nobody_is_told_of_their_own_words(offers: OfferService) -> None:
    offers.save(actor("UA"), TopicForm(OFFER, "SQL"), profile("UA"), MONDAY_8)

    assert offers.save(actor("UA"), TopicForm(WANT, "SQL"), profile("UA"), MONDAY_8).found == ()


def test_said_again_it_is_one_topic_and_lasts_as_long_again(database: Database, offers: OfferService) -> None:
    offers.save(actor("UA"), TopicForm(OFFER, "SQL joins", 15), profile("UA"), MONDAY_8)
    later = MONDAY_8 + timedelta(days=80)

    saved = offers.save(actor("UA"), TopicForm(OFFER, "sql join", 30), profile("UA"), later)

    (row,) = rows(database, Topic)
    assert (row.topic, row.minutes, row.said_at) == ("sql join", 30, later)
    assert saved.card.until == (later + LASTS).date()


def test_after_ninety_days_it_is_over(offers: OfferService) -> None:
    offers.save(actor("UA"), TopicForm(OFFER, "SQL"), profile("UA"), MONDAY_8)

    assert len(offers.own(actor("UA"), MONDAY_8 + LASTS)) == 1
    assert offers.own(actor("UA"), MONDAY_8 + LASTS + timedelta(seconds=1)) == ()
    late = MONDAY_8 + LASTS + timedelta(days=1)
    assert offers.save(actor("UB"), TopicForm(WANT, "SQL"), profile("UB"), late).found == ()


def test_twenty_of_each_kind_are_enough(offers: OfferService) -> None:
    for number in range(MOST_OPEN):
        offers.save(actor("UA"), TopicForm(OFFER, f"topic {number}x"), profile("UA"), MONDAY_8)

    with pytest.raises(UserError) as refusal:
        offers.save(actor("UA"), TopicForm(OFFER, "one more"), profile("UA"), MONDAY_8)

    assert refusal.value.trouble.problem == Problem.TOO_MANY_TOPICS
    assert refusal.value.kept == "one more"
    # What is open already may be said again, and a want is another kind.
    offers.save(actor("UA"), TopicForm(OFFER, "topic 3x", 60), profile("UA"), MONDAY_8)
    offers.save(actor("UA"), TopicForm(WANT, "one more"), profile("UA"), MONDAY_8)


def test_nobody_takes_back_what_somebody_else_said(database: Database, offers: OfferService) -> None:
    card = offers.save(actor("UA"), TopicForm(OFFER, "SQL"), profile("UA"), MONDAY_8).card
    before = contents(database)

    for who, topic_id in ((actor("UB"), card.topic_id), (actor("UA"), 99)):
        with pytest.raises(UserError):
            offers.remove(who, topic_id)

    assert contents(database) == before
    assert offers.remove(actor("UA"), card.topic_id).topic == "SQL"
    assert offers.own(actor("UA"), MONDAY_8) == ()


@on_both
def test_what_is_no_topic_leaves_no_trace(database: Database, offers: OfferService) -> None:
    with pytest.raises(FormError):
        offers.save(actor("UA"), TopicForm(OFFER, "?"), profile("UA"), MONDAY_8)

    assert rows(database, Topic) == []


def test_what_was_said_is_compared_anew_when_more_words_are_known(database: Database, thesaurus: Thesaurus) -> None:
    knows_little = OfferService(database, Finder(Thesaurus(), VAULT))
    old = knows_little.save(actor("UA"), TopicForm(OFFER, "ppt"), profile("UA"), MONDAY_8).card
    new = knows_little.save(actor("UA"), TopicForm(OFFER, "slides"), profile("UA"), MONDAY_8 + timedelta(days=1)).card
    with database.write() as session:
        group = add_group(session, add_community(session), "UA", "UB")
        session.add(Lesson(workspace="T1", group_id=group.id, teacher="UA", learner="UB", topic="ppt"))

    # Another workspace is looked after by the process that has its token.
    assert renew_keys(database, "T2", thesaurus) == 0
    assert renew_keys(database, "T1", thesaurus) == 1

    assert [(row.id, row.key) for row in rows(database, Topic)] == [(new.topic_id, thesaurus.key("PowerPoint"))]
    assert old.topic_id not in {row.id for row in rows(database, Topic)}
    assert rows(database, Lesson)[0].topic == thesaurus.key("PowerPoint")
    assert renew_keys(database, "T1", thesaurus) == 0


NOTE = MessageKind.TOPIC_MATCH


def test_what_is_looked_for_is_found_by_other_words_with_slips_and_by_five_at_most(offers: OfferService) -> None:
    for number in range(7):
        topic = TopicForm(OFFER, f"PowerPoint slides {number}", 15, "That people read")
        offers.save(actor(f"U{number}"), topic, profile(f"U{number}"), MONDAY_8)

    found = [offers.find(actor("UA"), wanted, MONDAY_8) for wanted in ("ppt", "Folien", "slide", "powerpiont")]

    assert [len(one) for one in found] == [5, 5, 5, 5]
    assert (found[0][0].topic, found[0][0].sentence, found[0][0].minutes) == (
        "PowerPoint slides 0",
        "That people read",
        15,
    )
    assert offers.find(actor("UA"), "gardening", MONDAY_8) == ()


def test_undo_within_ten_minutes_brings_back_what_was_there(database: Database, offers: OfferService) -> None:
    first = offers.save(actor("UA"), TopicForm(OFFER, "SQL", 15, "One", findable=False), profile("UA"), MONDAY_8)
    later = MONDAY_8 + timedelta(days=1)
    second = offers.save(actor("UA"), TopicForm(OFFER, "sql", 60), profile("UA"), later)
    topic_id = second.card.topic_id

    # What is typed says nothing of the sentence and of who may find it.
    assert (second.card.sentence, second.card.findable, first.before) == ("One", False, None)
    with pytest.raises(UserError) as refusal:
        offers.undo(actor("UA"), topic_id, second.before, later + UNDO_FOR + timedelta(seconds=1))
    with pytest.raises(UserError):
        offers.undo(actor("UB"), topic_id, second.before, later)
    back = offers.undo(actor("UA"), topic_id, second.before, later + UNDO_FOR)

    assert refusal.value.trouble.problem == Problem.UNDO_OVER
    assert back == first.card
    assert offers.undo(actor("UA"), topic_id, None, MONDAY_8) is None
    assert rows(database, Topic) == []


def test_an_edited_topic_takes_the_place_of_the_same_one(database: Database, offers: OfferService) -> None:
    one = offers.save(actor("UA"), TopicForm(WANT, "Git"), profile("UA"), MONDAY_8).card
    offers.save(actor("UA"), TopicForm(WANT, "SQL"), profile("UA"), MONDAY_8)

    form = TopicForm(WANT, "sql", sentence="For reports", findable=True)
    offers.save(actor("UA"), form, profile("UA"), MONDAY_8, one.topic_id)

    (row,) = rows(database, Topic)
    assert (row.id, row.topic, row.sentence, row.findable) == (one.topic_id, "sql", "For reports", True)
    assert offers.form_of(actor("UA"), one.topic_id) == form
    with pytest.raises(UserError):
        offers.save(actor("UB"), form, profile("UB"), MONDAY_8, one.topic_id)


def test_guests_offer_nothing(database: Database, offers: OfferService) -> None:
    with pytest.raises(UserError):
        offers.save(actor("UG"), TopicForm(OFFER, "SQL"), profile("UG", is_guest=True), MONDAY_8)

    assert rows(database, Topic) == []


def test_a_week_before_its_end_it_is_asked_once_whether_it_is_still_true(
    database: Database, offers: OfferService
) -> None:
    card = offers.save(actor("UA"), TopicForm(OFFER, "SQL"), profile("UA"), MONDAY_8).card
    offers.plan(TENANT, MONDAY_8)
    soon = MONDAY_8 + LASTS - ASKED_BEFORE_END

    for moment in (soon - timedelta(days=1), soon, soon + timedelta(days=1)):
        offers.ask_whether_true(due_row(database, DueKind.TOPICS, ""), moment)

    (asked,) = messages(database, MessageKind.TOPIC_STILL_TRUE)
    assert (asked.subject, asked.recipients) == (card.topic_id, ("UA",))
    assert len(messages(database, MessageKind.WEEKLY_NOTE)) == 1
    kept = offers.keep(actor("UA"), card.topic_id, soon)
    assert kept.until == (soon + LASTS).date()


def test_who_wants_what_is_newly_offered_hears_it_in_the_weekly_note(
    database: Database, offers: OfferService, own: SettingsService
) -> None:
    for user_id in ("UA", "UB", "UC"):
        offers.save(actor(user_id), TopicForm(WANT, "PowerPoint"), profile(user_id), MONDAY_8)
    own.block(actor("UB"), "UT", MONDAY_8)

    offers.save(actor("UT"), TopicForm(OFFER, "slides", findable=False), profile("UT"), MONDAY_8)
    assert messages(database, NOTE) == []
    offers.save(actor("US"), TopicForm(OFFER, "ppt"), profile("US"), MONDAY_8)
    offers.save(actor("US"), TopicForm(OFFER, "ppt", 30), profile("US"), MONDAY_8)
    offers.save(actor("UV"), TopicForm(OFFER, "ppt"), profile("UV"), MONDAY_8)

    told = [(one.recipients, one.state) for one in messages(database, NOTE)]
    assert [people for people, _ in told] == [("UA",), ("UB",), ("UC",)] * 2
    assert {state for _, state in told} == {OutboxState.DROPPED}
    assert len(messages(database, MessageKind.WEEKLY_NOTE)) == 3


def test_others_see_what_is_offered_with_names_and_what_is_wanted_without(
    database: Database, offers: OfferService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB")
    offers.save(actor("UB"), TopicForm(OFFER, "Git"), profile("UB"), MONDAY_8)
    offers.save(actor("UB"), TopicForm(OFFER, "SQL"), profile("UB"), MONDAY_8)
    offers.save(actor("UB"), TopicForm(WANT, "Conflict talks"), profile("UB"), MONDAY_8)
    offers.save(actor("UC"), TopicForm(WANT, "SQL"), profile("UC"), MONDAY_8)
    # Elsewhere in the workspace, where it could only be theirs.
    offers.save(actor("UC"), TopicForm(WANT, "Juggling"), profile("UC"), MONDAY_8)

    seen = offers.overview(actor("UA"), MONDAY_8)

    assert [(one.user_id, one.topic) for one in seen.offered] == [("UB", "Git")]
    assert seen.wanted == ("Conflict talks",)
    for number in range(SMALLEST_CROWD - 1):
        with database.write() as session:
            add_person(session, f"UX{number}")
    assert offers.overview(actor("UA"), MONDAY_8).wanted == ("Conflict talks", "Juggling")
