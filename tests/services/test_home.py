"""What one person sees of their own things at a glance, and nobody else of them."""

import time
from datetime import timedelta

from bot.app import LISTENER_THREADS
from bot.domain.home import MOST_THANKS, THANKS_SHOWN
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicForm, TopicKind
from bot.services.kudos.kudos import KudosService
from bot.services.offers.offers import OfferService
from bot.services.offers.requests import RequestService
from bot.services.overview.home import HomeService
from storage.database import Database
from storage.outbox import outbox
from tests.databases import on_postgresql
from tests.effort import effort, longer
from tests.factories import MONDAY_8, actor, add_community, add_group, add_kudos, add_members, open_request, profile
from tests.threads import at_once


def test_whoever_the_bot_has_never_met_sees_where_to_begin(database: Database, home: HomeService) -> None:
    with database.write() as session:
        add_community(session)

    overview = home.overview(actor("UNEW"), MONDAY_8)

    assert overview.is_first_time
    assert overview.open_channels == ("C1",)


def test_a_want_says_how_many_offer_it_and_an_offer_does_not(
    database: Database, home: HomeService, offers: OfferService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB", "UC")
    for other in ("UB", "UC"):
        offers.save(actor(other), TopicForm(TopicKind.OFFER, "SQL joins", 15), profile(other), MONDAY_8)
    offers.save(actor("UA"), TopicForm(TopicKind.WANT, "SQL joins"), profile("UA"), MONDAY_8)
    offers.save(actor("UA"), TopicForm(TopicKind.OFFER, "pivot tables"), profile("UA"), MONDAY_8)

    topics = home.overview(actor("UA"), MONDAY_8).topics

    assert [(card.topic, card.offered_by) for card in topics] == [("SQL joins", 2), ("pivot tables", 0)]


def test_thanks_stand_in_the_home_of_who_was_thanked_newest_first_once_they_are_out(
    database: Database, home: HomeService, kudos: KudosService
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        given = [add_kudos(session, community, "UB", "UA").id for _ in range(THANKS_SHOWN + 2)]

    before = home.overview(actor("UA"), MONDAY_8 - timedelta(seconds=1))
    thanks = home.overview(actor("UA"), MONDAY_8).thanks
    everything = kudos.received(actor("UA"), MONDAY_8)

    assert before.thanks == ()
    assert [card.kudos_id for card in thanks] == given[: -THANKS_SHOWN - 2 : -1]
    assert len(everything) == len(given) <= MOST_THANKS
    assert home.overview(actor("UB"), MONDAY_8).thanks == ()


def test_a_request_stands_with_who_is_asked_and_with_who_asks(
    database: Database, home: HomeService, offers: OfferService, requests: RequestService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UT", "UX")
    topic = offers.save(actor("UT"), TopicForm(TopicKind.OFFER, "SQL joins"), profile("UT"), MONDAY_8).card.topic_id
    card = requests.ask(actor("UA"), topic, profile("UA"), MONDAY_8)

    asked, asks, other = (home.overview(actor(one), MONDAY_8) for one in ("UT", "UA", "UX"))

    assert (asked.asked, asked.asking) == (card, ())
    assert (asks.asked, asks.asking) == (None, (card,))
    assert (other.asked, other.asking) == (None, ())

    requests.answer(actor("UT"), card.request_id, MONDAY_8, agrees=False)

    assert home.overview(actor("UT"), MONDAY_8).asked is None
    assert home.overview(actor("UA"), MONDAY_8).asking == ()


def test_a_request_that_the_other_is_never_told_of_does_not_stand_with_them(
    database: Database, home: HomeService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UT")
        session.add(open_request("UA", "UT"))

    assert home.overview(actor("UT"), MONDAY_8).asked is None
    assert len(home.overview(actor("UA"), MONDAY_8).asking) == 1


def test_a_facilitator_sees_numbers_of_their_own_communities_alone(database: Database, home: HomeService) -> None:
    with database.write() as session:
        community = add_community(session, facilitators=("UF",))
        add_members(session, community, "UA", "UB", "UC", "UD")
        add_group(session, community, "UA", "UB")
        add_community(session, "C2", facilitators=("UG",))
        add_community(session, "C3", facilitators=("UF",), asleep_at=MONDAY_8)

    (looked_after,) = home.overview(actor("UF"), MONDAY_8).looks_after

    assert (looked_after.round.channel_id, looked_after.round.number, looked_after.round.seated) == ("C1", 1, 2)
    assert looked_after.next_prompt_on is not None
    assert home.overview(actor("UA"), MONDAY_8).looks_after == ()


def test_nothing_of_another_workspace_stands_in_home(database: Database, home: HomeService) -> None:
    with database.write() as session:
        community = add_community(session, workspace="T2", facilitators=("UA",))
        add_members(session, community, "UA", "UB")
        add_kudos(session, community, "UB", "UA")
        request = open_request("UB", "UA", workspace="T2")
        session.add(request)
        session.flush()
        outbox.add(
            session,
            "T2",
            f"request:{request.id}",
            MessageKind.REQUEST,
            subject=request.id,
            people=("UA",),
            now=MONDAY_8,
        )

    assert home.overview(actor("UA"), MONDAY_8).is_first_time
    assert home.overview(actor("UA"), MONDAY_8).looks_after == ()


@longer
@on_postgresql
def test_as_many_as_there_are_listeners_see_their_home_at_once(
    database: Database, home: HomeService, offers: OfferService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session, facilitators=("UA",)), "UA", "UB", "UC", "UD")
    offers.save(actor("UA"), TopicForm(TopicKind.WANT, "SQL joins"), profile("UA"), MONDAY_8)

    def look() -> float:
        begun = time.monotonic()
        assert home.overview(actor("UA"), MONDAY_8).looks_after
        return time.monotonic() - begun

    # Somebody who waits for a connection is refused one after thirty seconds.
    assert max(waited for _ in range(effort(2, 6)) for waited in at_once(LISTENER_THREADS, look)) < 25
