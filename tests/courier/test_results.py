"""What came of people's own acts reaches them within one working day, however full their week is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from bot.blocks.block_kit import moment
from bot.blocks.requests import answered_reply
from bot.courier import Courier, Library
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicForm, TopicKind
from bot.domain.requests import silent_from
from bot.domain.schedule import DueKind
from bot.services.members.settings import SettingsService
from bot.services.offers.offers import OfferService
from bot.services.offers.requests import RequestService
from bot.services.offers.search import Finder
from bot.services.rounds.rounds import RoundService
from storage import members
from storage.database import Database
from storage.outbox import pings
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.outbox.pings import Ping
from tests.databases import on_sqlite
from tests.effort import effort, longer
from tests.factories import BERLIN, MONDAY_8, VAULT, actor, add_community, add_members, due_row, messages, profile, rows
from tests.fakes import FixedClock
from tests.tiny_slack import TinySlack

INTRODUCED = MessageKind.REQUEST_INTRODUCTION
# The second week of the community: its notes and its rounds fill everybody's budget.
SECOND = datetime(2026, 11, 30, tzinfo=UTC)
ASKED_AT, AGREED_AT = timedelta(hours=10), timedelta(hours=11)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pair:
    """Two people, of whom one asks on one weekday and the other says yes on another."""

    asks_on: int
    agrees_on: int

    @property
    def asker(self) -> str:
        return f"UA{self.asks_on}{self.agrees_on}"

    @property
    def asked(self) -> str:
        return f"UT{self.asks_on}{self.agrees_on}"

    @property
    def asks_at(self) -> datetime:
        return SECOND + self.asks_on * DAY + ASKED_AT

    @property
    def agrees_at(self) -> datetime:
        return SECOND + (self.asks_on + (self.agrees_on - self.asks_on) % 7) * DAY + AGREED_AT


# After five working days nobody can say yes any more.
PAIRS = [
    pair
    for pair in (Pair(*days) for days in product(range(7), repeat=2))
    if pair.agrees_at < silent_from(pair.asks_at, BERLIN)
][:: effort(5, 1)]
EVERY_CHANGE = {(1, BERLIN), (2, "America/New_York"), (4, "Asia/Tokyo")}


@longer
@on_sqlite
@pytest.mark.parametrize(
    ("weeks", "zones"),
    [
        # Each rhythm and each zone once; the rest of them when there is time.
        pytest.param(weeks, (BERLIN, zone), marks=() if (weeks, zone) in EVERY_CHANGE else pytest.mark.slow)
        for weeks in (1, 2, 4)
        for zone in (BERLIN, "America/New_York", "Asia/Tokyo")
    ],
)
def test_two_who_agreed_are_introduced_within_a_working_day_whatever_the_weekday_the_rhythm_and_the_zones(
    database: Database, courier: Courier, clock: FixedClock, words: Library, weeks: int, zones: tuple[str, str]
) -> None:
    with database.write() as session:
        community = add_community(session, weeks=weeks)
        add_members(session, community, *(pair.asker for pair in PAIRS), zone=zones[0])
        add_members(session, community, *(pair.asked for pair in PAIRS), zone=zones[1])
    rounds = RoundService(database, words.guides, VAULT)
    finder = Finder(words.thesaurus, VAULT)
    offers, requests = OfferService(database, finder), RequestService(database, finder, words.guides)
    asked: dict[Pair, int] = {}

    for now in moments(database):
        clock.moment = now
        while (due := due_row(database, DueKind.ROUND)).due_at <= now:
            rounds.start(due, now)
        for pair in PAIRS:
            if pair.asks_at == now:
                topic = offers.save(
                    actor(pair.asked), TopicForm(TopicKind.OFFER, "SQL"), profile(pair.asked, None), now
                )
                asker = profile(pair.asker, None)
                asked[pair] = requests.ask(actor(pair.asker), topic.card.topic_id, asker, now).request_id
            if pair.agrees_at == now:
                card = requests.answer(actor(pair.asked), asked[pair], now, agrees=True)
                assert card.coming is None or card.coming.at > now
        send_the_rest(database, now)
        courier.drain_all()

    sent = {row.recipients: row for row in messages(database, INTRODUCED)}
    for pair in PAIRS:
        row = sent[pair.asker, pair.asked]
        assert (row.state, row.reason) == (OutboxState.SENT, ""), pair
        assert row.sent_at is not None
        assert row.sent_at <= min(next_start(pair.agrees_at, zone) for zone in zones), pair
    assert messages(database, MessageKind.REQUEST_OFF) == []
    # It takes nobody's place in the budget.
    assert not {row.id for row in sent.values()} & {ping.message_id for ping in rows(database, Ping)}


def moments(database: Database) -> Iterator[datetime]:
    """Yield when something happens, in order: rounds begin, people ask and agree, and their message may be sent."""
    acts = {at for pair in PAIRS for at in (pair.asks_at, pair.agrees_at)}
    now = MONDAY_8
    yield now
    while True:
        waiting = [row.not_before for row in messages(database, INTRODUCED) if row.state == OutboxState.QUEUED]
        if not waiting and now >= max(acts):
            return
        coming = (due_row(database, DueKind.ROUND).due_at, *waiting, *acts)
        now = min(at for at in coming if at > now)
        yield now


def send_the_rest(database: Database, now: datetime) -> None:
    """Have everything else been sent, and counted as pings, without asking Slack a thousand times."""
    with database.write() as session:
        query = select(OutboxMessage).where(
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.kind != INTRODUCED,
            col(OutboxMessage.not_before) <= now,
        )
        for row in session.exec(query).all():
            row.state, row.sent_at = OutboxState.SENT, max(row.not_before, now)
            if row.is_ping:
                pings.add_pings(session, row, members.list_people(session, "T1", row.recipients), now)


def next_start(moment: datetime, zone: str) -> datetime:
    """Return when the next working day begins in a zone, by people's usual hours."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    while True:
        start = datetime.combine(day, time(9, 30), ZoneInfo(zone))
        if start > moment and day.weekday() < 5:
            return start
        day += DAY


TOKYO = "Asia/Tokyo"
# Between the hours of Berlin and those of Tokyo.
NIGHT = MONDAY_8.replace(hour=20)


@on_sqlite
@pytest.mark.parametrize(
    ("zones", "asker_reads", "asked_reads"),
    [
        ((BERLIN, BERLIN), "when your working day begins", "when your working day begins"),
        ((BERLIN, TOKYO), "when <@UT>'s working day begins", "when your working day begins"),
        ((TOKYO, BERLIN), "when your working day begins", "when <@UA>'s working day begins"),
    ],
)
def test_both_who_wait_to_be_introduced_are_told_when_and_whose_day_begins_then(
    database: Database,
    courier: Courier,
    clock: FixedClock,
    slack: TinySlack,
    words: Library,
    zones: tuple[str, str],
    asker_reads: str,
    asked_reads: str,
) -> None:
    clock.moment = NIGHT
    requests, request_id = agree_soon(database, words, zones)

    card = requests.answer(actor("UT"), request_id, NIGHT, agrees=True)
    courier.drain_all()

    assert card.coming is not None
    when = moment(card.coming.at)
    assert answered_reply(card).text.endswith(f"The message comes {when}, {asked_reads}.")
    (told,) = [given for given in slack.asked("chat.postMessage") if given["channel"] == "UA"]
    assert told["text"] == (
        "*<@UT> would like to meet you too.* I'm introducing you two in a group message. "
        f"The message comes {when}, {asker_reads}."
    )
    # It takes no place in the budget, and nobody is told twice.
    assert rows(database, Ping) == []
    clock.moment = card.coming.at
    courier.drain_all()
    assert [given["channel"] for given in slack.asked("chat.postMessage")].count("UA") == 1


@on_sqlite
def test_what_was_called_off_before_anybody_was_told_is_not_announced(
    database: Database, courier: Courier, clock: FixedClock, words: Library
) -> None:
    clock.moment = NIGHT
    requests, request_id = agree_soon(database, words, (BERLIN, BERLIN))
    requests.answer(actor("UT"), request_id, NIGHT, agrees=True)

    SettingsService(database, VAULT).block(actor("UT"), "UA", NIGHT)
    courier.drain_all()

    assert [(row.state, row.reason) for row in messages(database, MessageKind.REQUEST_AGREED)] == [
        ("dropped", "over by now")
    ]


def agree_soon(database: Database, words: Library, zones: tuple[str, str]) -> tuple[RequestService, int]:
    """Let UA, who lives in the first zone, ask UT, who lives in the second and is about to say yes."""
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", zone=zones[0])
        add_members(session, community, "UT", zone=zones[1])
    finder = Finder(words.thesaurus, VAULT)
    offers, requests = OfferService(database, finder), RequestService(database, finder, words.guides)
    topic = offers.save(actor("UT"), TopicForm(TopicKind.OFFER, "SQL"), profile("UT", None), MONDAY_8)
    request = requests.ask(actor("UA"), topic.card.topic_id, profile("UA", None), MONDAY_8)
    return requests, request.request_id
