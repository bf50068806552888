"""Slack fails for a while: a message of any kind is delivered, or somebody is told, or its rule says who misses it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.courier import Courier, Library
from bot.domain.messages import RULES, Concerned, DropReason, MessageKind
from bot.domain.schedule import DueKind
from storage import due
from storage.database import Database
from storage.due import Due
from storage.outbox.outbox import NEVER_CAME, OutboxMessage, OutboxState
from storage.outbox.pings import DeferredToNote
from tests.courier.bad_slack import FAILURES, POSTING, BadSlack
from tests.courier.conftest import RESTLESS
from tests.courier.every_kind import KINDS, EveryKind, of_every_kind
from tests.databases import on_sqlite
from tests.factories import MONDAY_8, messages, rows
from tests.fakes import FixedClock

# What differs between the two databases is not what is looked at here.
pytestmark = on_sqlite

TEN = MONDAY_8.replace(hour=9)
each_failure = pytest.mark.parametrize("failure", FAILURES)
# Slack shows these to one person alone, and two of them are no harm.
MAY_COME_TWICE = {MessageKind.COMMUNITY_INTRO_FOR_ONE, MessageKind.EXPORT}


class Life:
    """A courier before an outbox that holds a message of every kind, while time passes."""

    def __init__(self, database: Database, slack: BadSlack, words: Library, machine: FixedClock) -> None:
        self.database = database
        self.slack = slack
        self.machine = machine
        self.clock = FixedClock(TEN)
        self.courier = Courier(database, slack.gateway(), "T1", words, self.clock, machine, RESTLESS)

    def queue_all(self, not_after: timedelta | None = None) -> None:
        with self.database.write() as session:
            EveryKind(session, TEN).queue_all(TEN + not_after if not_after is not None else None)

    def go_on_for(self, span: timedelta, step: timedelta) -> None:
        for _ in range(span // step):
            self.courier.drain_all()
            self.machine.move(step)
            self.clock.move(step)
        self.courier.drain_all()

    def unseen_to(self) -> list[str]:
        """The kinds of which a message did not come, nobody is told of it, and no rule says why nobody misses it."""
        found = messages(self.database)
        told = {(one.kind, one.subject) for one in found if one.state == OutboxState.SENT}
        in_notes = {row.message_id for row in rows(self.database, DeferredToNote)}
        return [
            f"{kind}: {row.state}, {row.reason}"
            for kind, row in of_every_kind(found)
            if not _is_seen_to(kind, row, told, in_notes)
        ]


def _is_seen_to(kind: MessageKind, row: OutboxMessage, told: set[tuple[MessageKind, int]], in_notes: set[int]) -> bool:
    if row.state == OutboxState.SENT or row.id in in_notes:
        return True
    if row.state == OutboxState.UNCONFIRMED:
        return (MessageKind.DELIVERY_ASKED, row.id) in told
    if row.state not in NEVER_CAME:
        return False
    if kind is MessageKind.REQUEST_INTRODUCTION:
        return any(one == MessageKind.REQUEST_OFF for one, _ in told)
    is_introduction = kind is MessageKind.INTRODUCTION
    is_told = (MessageKind.DELIVERY_TOO_LATE, row.id) in told
    is_told |= is_introduction and (MessageKind.PARTNER_UNREACHABLE, row.subject) in told
    return is_told or (row.reason == DropReason.TOO_LATE and bool(RULES[kind].harmless))


@pytest.fixture
def life(database: Database, words: Library, machine: FixedClock) -> Iterator[Life]:
    slack = BadSlack(machine.now)
    yield Life(database, slack, words, machine)
    slack.stop()


def test_when_slack_is_well_every_kind_is_delivered_at_once(life: Life) -> None:
    life.queue_all()

    life.go_on_for(timedelta(seconds=10), timedelta(seconds=5))

    fates = of_every_kind(messages(life.database))
    assert [f"{kind}: {row.state}, {row.reason}" for kind, row in fates if row.state != OutboxState.SENT] == []


@pytest.mark.slow
@each_failure
def test_after_a_bad_minute_every_kind_is_delivered_or_somebody_is_asked(life: Life, failure: str) -> None:
    life.queue_all()
    life.slack.fail(failure, span=timedelta(seconds=90), only=POSTING)

    life.go_on_for(timedelta(minutes=2), timedelta(seconds=9))
    life.go_on_for(timedelta(minutes=10), timedelta(seconds=40))

    assert life.unseen_to() == []
    twice = {kind for kind in KINDS if life.slack.times(kind) > 1} - MAY_COME_TWICE
    assert twice <= {kind for kind, row in of_every_kind(messages(life.database)) if len(row.recipients) > 1}


@pytest.mark.slow
@each_failure
def test_what_three_bad_hours_make_too_late_is_told_unless_its_rule_says_who_misses_it(
    life: Life, failure: str
) -> None:
    life.queue_all(not_after=timedelta(hours=1))
    life.slack.fail(failure, span=timedelta(hours=3))

    life.go_on_for(timedelta(hours=3, minutes=20), timedelta(minutes=4))

    assert life.unseen_to() == []


@pytest.mark.parametrize("error", ["some_new_error", pytest.param("restricted_action", marks=pytest.mark.slow)])
def test_whom_a_message_concerns_that_slack_refuses_is_told(life: Life, error: str) -> None:
    life.queue_all()
    life.slack.refuse(error, {kind.value for kind in KINDS})

    life.go_on_for(timedelta(minutes=2), timedelta(seconds=10))

    refused = [kind for kind, row in of_every_kind(messages(life.database)) if row.state == OutboxState.FAILED]
    assert {kind for kind, rule in RULES.items() if rule.asks is Concerned.AUTHOR and not rule.removes} <= {*refused}
    told = {(one.kind, one.subject) for one in messages(life.database) if one.state == OutboxState.SENT}
    silent = [
        row.key
        for kind, row in of_every_kind(messages(life.database))
        if kind in refused
        and RULES[kind].asks in {Concerned.AUTHOR, Concerned.READERS}
        and not _is_seen_to(kind, row, told, set())
    ]
    assert silent == []


def test_what_failed_and_works_again_is_not_told(life: Life) -> None:
    life.queue_all()
    with life.database.write("T1") as session:
        row = session.exec(select(Due).where(Due.kind == DueKind.ROUND, col(Due.failing_since).is_not(None))).one()
        assert due.advance(session, row, TEN + timedelta(weeks=1))

    life.go_on_for(timedelta(seconds=10), timedelta(seconds=5))

    (told,) = [row for kind, row in of_every_kind(messages(life.database)) if kind is MessageKind.COMMUNITY_FAILING]
    assert (told.state, told.reason) == (OutboxState.DROPPED, DropReason.WORKS_AGAIN)
