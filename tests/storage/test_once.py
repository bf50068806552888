"""What must happen once, with real connections racing for it."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import update

from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from storage import due, seen
from storage.database import Database
from storage.outbox import outbox, sending
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.outbox.sending import Sendable
from tests.databases import on_both, on_postgresql, on_sqlite
from tests.factories import MONDAY_8, actor, contents, due_row, messages, queue
from tests.threads import at_once

pytestmark = on_both

LATER = MONDAY_8 + timedelta(days=7)


@pytest.mark.parametrize("to", [LATER, None])
def test_of_two_that_advance_a_due_row_one_handles_it(database: Database, to: object) -> None:
    with database.write() as session:
        due.set_due(session, "T1", DueKind.ROUND, "1", MONDAY_8)
    row = due_row(database, DueKind.ROUND)

    def advance() -> bool:
        # Each has read the row before either writes, as two processes do.
        other = Database(database.url)
        with other.write() as session:
            first = due.advance(session, row, LATER if to else None)
        other.close()
        return first

    assert sorted(at_once(2, advance)) == [False, True]


def test_a_due_row_that_was_planned_anew_is_not_advanced(database: Database) -> None:
    with database.write() as session:
        due.set_due(session, "T1", DueKind.ROUND, "1", MONDAY_8)
    row = due_row(database, DueKind.ROUND)
    with database.write() as session:
        due.set_due(session, "T1", DueKind.ROUND, "1", LATER)

    with database.write() as session:
        assert not due.advance(session, row, None)

    assert due_row(database, DueKind.ROUND).due_at == LATER


def test_what_is_due_comes_longest_overdue_first(database: Database) -> None:
    with database.write() as session:
        for hours, subject in ((3, "c"), (1, "a"), (2, "b"), (9, "later")):
            due.set_due(session, "T1", DueKind.PAUSE_OVER, subject, MONDAY_8 + timedelta(hours=hours))

    with database.read() as session:
        rows = due.list_due(session, "T1", MONDAY_8 + timedelta(hours=3), limit=2)

    assert [row.subject for row in rows] == ["a", "b"]


def test_an_act_is_new_once_for_twenty_threads(database: Database) -> None:
    def ask() -> bool:
        with database.write() as session:
            return seen.is_first_time(session, actor(), MONDAY_8)

    assert sorted(at_once(20, ask)) == [False] * 19 + [True]


def test_an_act_that_was_rolled_back_is_still_new(database: Database) -> None:
    def fail() -> None:
        with database.write() as session:
            assert seen.is_first_time(session, actor(), MONDAY_8)
            raise RuntimeError("refused")

    with pytest.raises(RuntimeError):
        fail()

    with database.write() as session:
        assert seen.is_first_time(session, actor(), MONDAY_8)


def test_acts_are_forgotten_after_a_day_and_not_sooner(database: Database) -> None:
    with database.write() as session:
        seen.is_first_time(session, actor(act="old"), MONDAY_8 - timedelta(days=1, seconds=1))
        seen.is_first_time(session, actor(act="young"), MONDAY_8 - timedelta(days=1))
        seen.forget_old(session, MONDAY_8)

    assert [row[1] for row in contents(database)["seen"]] == ["young:U1"]


def test_a_key_is_queued_once_and_stays_as_it_was(database: Database) -> None:
    def add() -> bool:
        with database.write() as session:
            queue(session, "kudos:1", subject=threading.get_native_id())
        return True

    with database.write() as session:
        queue(session, "kudos:1", subject=7)
    at_once(10, add)

    assert [(message.key, message.subject) for message in messages(database)] == [("kudos:1", 7)]


def test_a_key_that_was_sent_is_not_queued_again(database: Database) -> None:
    with database.write() as session:
        queue(session, "kudos:1")
        row = outbox.find_message(session, "T1", "kudos:1")
        assert row is not None
        row.state = OutboxState.SENT
        session.add(row)
    with database.write() as session:
        queue(session, "kudos:1")

    assert [message.state for message in messages(database)] == ["sent"]


def test_of_ten_that_claim_a_message_one_has_it(database: Database) -> None:
    with database.write() as session:
        queue(session, "kudos:1")
    (message,) = messages(database)

    def claim() -> bool:
        with database.write() as session:
            return sending.claim(session, message, MONDAY_8)

    assert sorted(at_once(10, claim)) == [False] * 9 + [True]
    assert [(row.state, row.attempts) for row in messages(database)] == [("sending", 1)]


SOON = MONDAY_8 + timedelta(seconds=12)
# What the row has become since, and what its first sender comes to say late; what stands at the end.
DECIDED = {
    "still in hand, and sent": ("sending", MONDAY_8, "sent", "sent"),
    "still in hand, and refused": ("sending", MONDAY_8, "failed", "failed"),
    "still in hand, and to be tried again": ("sending", MONDAY_8, "queued", "queued"),
    "to be sent again, and was sent": ("queued", MONDAY_8, "sent", "sent"),
    "given up in doubt, and was sent": ("unconfirmed", MONDAY_8, "sent", "sent"),
    "to be sent again, and was refused": ("queued", MONDAY_8, "failed", "queued"),
    "in another's hand, and was sent": ("sending", SOON, "sent", "sending"),
    "in another's hand, and was refused": ("sending", SOON, "queued", "sending"),
    "sent by another, and was refused": ("sent", SOON, "queued", "sent"),
    "found by another, and nobody knows": ("sent", MONDAY_8, "sending", "sent"),
    "dropped by another, and was sent": ("dropped", MONDAY_8, "sent", "dropped"),
}


@pytest.mark.parametrize(("state", "attempted_at", "said", "stands"), DECIDED.values(), ids=DECIDED)
def test_what_a_sender_says_late_undoes_nothing_that_another_decided(
    database: Database, state: str, attempted_at: datetime, said: str, stands: str
) -> None:
    with database.write() as session:
        queue(session, "kudos:1")
    (in_hand,) = messages(database)
    with database.write() as session:
        sending.claim(session, in_hand, MONDAY_8)
    (in_hand,) = messages(database)
    with database.write() as session:
        session.exec(update(OutboxMessage).values(state=state, attempted_at=attempted_at))

    in_hand.state = OutboxState(said)
    with database.write() as session:
        saved = sending.save(session, in_hand)

    assert [row.state for row in messages(database)] == [stands]
    assert (saved is None) == (said != stands)


def test_the_most_urgent_of_those_that_may_go_is_next(database: Database) -> None:
    with database.write() as session:
        queue(session, "prompt", MessageKind.PROMPT)
        queue(session, "thanks later", not_before=LATER)
        queue(session, "thanks b", not_before=MONDAY_8)
        queue(session, "thanks a", not_before=MONDAY_8 - timedelta(seconds=1))
        found = sending.find_next(session, "T1", Sendable(MONDAY_8, MONDAY_8))

    assert found is not None
    assert found.key == "thanks a"


@on_sqlite
def test_finding_the_next_message_uses_an_index_however_many_were_sent(database: Database) -> None:
    with database.read() as session:
        plan = (
            session.connection()
            .exec_driver_sql(
                "explain query plan select * from outboxmessage where workspace = ? and state = ? and method = ? "
                "and not_before <= ? order by priority, not_before, id limit 1",
                ("T1", "queued", "chat.postMessage", "2026"),
            )
            .all()
        )

    assert [row[3] for row in plan] == [
        "SEARCH outboxmessage USING INDEX ix_outboxmessage_next (state=? AND workspace=? AND method=?)"
    ]


@on_postgresql
def test_finding_the_next_message_uses_an_index_on_postgresql_too(database: Database) -> None:
    with database.write() as session:
        for number in range(500):
            queue(session, f"kudos:{number}")
        session.exec(update(OutboxMessage).values(state=OutboxState.SENT))
        queue(session, "kudos:new")
        ask = session.connection().execute
        ask(text("analyze outboxmessage"))
        plan = ask(
            text(
                "explain select * from outboxmessage where workspace = 'T1' and state = 'queued' "
                "and method = 'chat.postMessage' and not_before <= now() order by priority, not_before, id limit 1"
            )
        ).all()

    assert "ix_outboxmessage_next" in str(plan)
