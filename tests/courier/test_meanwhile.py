"""What people do while their introduction is on its way, or while nobody knows whether it arrived."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.courier import Courier, Library
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicForm, TopicKind
from bot.domain.settings import PersonSettings
from bot.services.members.members import MemberService
from bot.services.members.settings import SettingsService
from bot.services.offers.offers import OfferService
from bot.services.offers.requests import RequestService
from bot.services.offers.search import Finder
from bot.services.rounds.rounds import RoundService
from storage.database import Database
from storage.rounds.rounds import Seat
from tests.courier.bad_slack import POSTING, BadSlack
from tests.courier.conftest import RESTLESS
from tests.courier.test_in_doubt import drain_for
from tests.databases import on_sqlite
from tests.factories import (
    MONDAY_8,
    VAULT,
    actor,
    add_community,
    add_group,
    add_members,
    messages,
    profile,
    queue,
    rows,
)
from tests.fakes import FixedClock

# What differs between the two databases is not what is looked at here.
pytestmark = on_sqlite

TEN = MONDAY_8.replace(hour=9)
MINUTE = timedelta(minutes=1)
# Slack does nothing, or does it and does not say so; either way nobody knows.
IN_DOUBT = ("500", pytest.param("lost answer", marks=pytest.mark.slow))
each_doubt = pytest.mark.parametrize("failure", IN_DOUBT)


@pytest.fixture
def slack(machine: FixedClock) -> Iterator[BadSlack]:
    server = BadSlack(machine.now)
    yield server
    server.stop()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(TEN)


@pytest.fixture
def go_on_for(
    database: Database, slack: BadSlack, words: Library, clock: FixedClock, machine: FixedClock
) -> Callable[[timedelta], None]:
    """Let time pass with a courier that can open private lists."""
    courier = Courier(database, slack.gateway(), "T1", replace(words, vault=VAULT), clock, machine, RESTLESS)
    return lambda span: drain_for(span, courier, machine, timedelta(seconds=15), clock)


@pytest.fixture
def settings(database: Database) -> SettingsService:
    return SettingsService(database, VAULT)


def in_round(database: Database, *people: str) -> None:
    """Seat people in a group of a round, whose introduction waits."""
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, *people)
        group = add_group(session, community, *people)
        queue(
            session,
            "intro:1",
            MessageKind.INTRODUCTION,
            channel_id="",
            people=people,
            subject=group.id,
            not_after=TEN + timedelta(days=6),
        )


def on_request(database: Database, words: Library) -> None:
    """Let UA and UB agree to be introduced."""
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB")
    finder = Finder(words.thesaurus, VAULT)
    offers, requests = OfferService(database, finder), RequestService(database, finder, words.guides)
    topic = offers.save(actor("UB"), TopicForm(TopicKind.OFFER, "SQL"), profile("UB"), TEN).card
    request = requests.ask(actor("UA"), topic.topic_id, profile("UA"), TEN)
    requests.answer(actor("UB"), request.request_id, TEN, agrees=True)


def seats(database: Database) -> dict[str, str]:
    return {seat.user_id: seat.state for seat in rows(database, Seat)}


def fate(database: Database) -> tuple[str, str]:
    return next((row.state, row.reason) for row in messages(database) if row.key == "intro:1")


@each_doubt
@pytest.mark.parametrize("how", ["list", "manager"])
@pytest.mark.parametrize("by", ["UA", "UB"])
def test_two_in_a_round_are_not_introduced_after_one_wanted_not_to_meet_the_other(
    database: Database,
    slack: BadSlack,
    settings: SettingsService,
    go_on_for: Callable[[timedelta], None],
    failure: str,
    how: str,
    by: str,
) -> None:
    other = {"UA": "UB", "UB": "UA"}[by]
    in_round(database, "UA", "UB")
    slack.fail(failure, span=4 * MINUTE, only=POSTING)
    go_on_for(MINUTE / 2)
    before = slack.times("intro:1")

    if how == "list":
        settings.block(actor(by), other, TEN)
    else:
        settings.change(actor(by), PersonSettings(manager=other), profile(by), TEN)
    go_on_for(10 * MINUTE)

    assert slack.times("intro:1") == before
    assert fate(database) == ("dropped", "the group changed")
    assert seats(database) == {"UA": "looking", "UB": "looking"}
    # Neither is left in silence.
    assert {row.recipients for row in messages(database, MessageKind.PARTNER_OUT)} == {(other,)}
    assert {row.recipients for row in messages(database, MessageKind.NO_PARTNER)} == {(by,)}


@each_doubt
@pytest.mark.parametrize("by", ["UA", "UB"])
def test_two_who_agreed_are_not_introduced_after_one_wanted_not_to_meet_the_other(
    database: Database,
    slack: BadSlack,
    words: Library,
    settings: SettingsService,
    go_on_for: Callable[[timedelta], None],
    failure: str,
    by: str,
) -> None:
    other = {"UA": "UB", "UB": "UA"}[by]
    on_request(database, words)
    slack.fail(failure, span=4 * MINUTE, only=POSTING)
    go_on_for(MINUTE / 2)
    before = slack.times("intro:1")

    settings.block(actor(by), other, TEN)
    go_on_for(10 * MINUTE)

    assert slack.times("intro:1") == before
    assert fate(database) == ("dropped", "called off")
    assert seats(database) == {"UA": "out", "UB": "out"}
    assert [(row.recipients, row.state) for row in messages(database, MessageKind.REQUEST_OFF)] == [((other,), "sent")]


@each_doubt
@pytest.mark.parametrize("act", ["cannot", "swap", "pause"])
@pytest.mark.parametrize("after", [MINUTE / 4, MINUTE], ids=["while it is being sent", "while it is in doubt"])
def test_of_three_those_who_are_left_are_introduced_though_nobody_knows_what_the_third_has_read(
    database: Database,
    slack: BadSlack,
    words: Library,
    clock: FixedClock,
    go_on_for: Callable[[timedelta], None],
    failure: str,
    act: str,
    after: timedelta,
) -> None:
    in_round(database, "UA", "UB", "UC")
    slack.fail(failure, span=4 * MINUTE, only=POSTING)
    go_on_for(after - MINUTE / 4)
    leave(database, words, act, "UC", clock.now())

    go_on_for(10 * MINUTE)

    assert [place for place, key in slack.taken if key == "intro:1"][-1] == "GUA,UB"
    asked = {row.recipients for row in messages(database, MessageKind.DELIVERY_ASKED) if row.state == "sent"}
    assert fate(database) == ("sent", "") or (failure == "lost answer" and asked == {("UA",), ("UB",)})
    # A person who has read the first one knows why the third is missing.
    out = messages(database, MessageKind.PARTNER_OUT)
    assert {(row.recipients, row.about) for row in out} == {(("UA",), "UC"), (("UB",), "UC")}


def test_of_three_those_who_are_left_are_introduced_when_people_were_asked_already_whether_it_arrived(
    database: Database, slack: BadSlack, words: Library, clock: FixedClock, go_on_for: Callable[[timedelta], None]
) -> None:
    in_round(database, "UA", "UB", "UC")
    slack.fail("500", span=timedelta(hours=1), only=POSTING, to=("GUA,UB,UC",))
    go_on_for(20 * MINUTE)
    assert fate(database)[0] == "unconfirmed"

    leave(database, words, "cannot", "UC", clock.now())
    go_on_for(MINUTE)

    assert [place for place, key in slack.taken if key == "intro:1"] == ["GUA,UB"]
    assert fate(database) == ("sent", "")


def leave(database: Database, words: Library, act: str, user_id: str, now: datetime) -> None:
    """Let somebody go out of the group."""
    rounds = RoundService(database, words.guides, VAULT)
    if act == "cannot":
        rounds.cannot(actor(user_id), 1, now)
    elif act == "swap":
        rounds.swap(actor(user_id), 1, now)
    else:
        MemberService(database).pause(actor(user_id), None, profile(user_id), now)


def test_of_three_the_one_who_wants_not_to_meet_another_is_left_out_of_the_introduction(
    database: Database, slack: BadSlack, settings: SettingsService, go_on_for: Callable[[timedelta], None]
) -> None:
    in_round(database, "UA", "UB", "UC")
    slack.fail("503", span=4 * MINUTE, only=POSTING)
    go_on_for(MINUTE)

    settings.block(actor("UC"), "UA", TEN)
    go_on_for(10 * MINUTE)

    assert [place for place, key in slack.taken if key == "intro:1"] == ["GUA,UB"]
    assert seats(database) == {"UA": "seated", "UB": "seated", "UC": "looking"}
