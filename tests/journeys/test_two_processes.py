"""Two bots on one PostgreSQL database: every round once, every message once, also when one of them is killed."""

import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql
from sqlmodel import select

from bot.domain.identity import Actor, Profile, Tenant
from bot.domain.kudos import Thanks
from bot.services.kudos.kudos import KudosService
from storage.communities import Community
from storage.database import Database
from tests.databases import on_postgresql
from tests.effort import PATIENCE
from tests.journeys.conftest import SMALL_GROUP, ProcessesAt
from tests.journeys.stage import ProcessStage

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 7, 5, tzinfo=UTC)
DEED = "@tomasz showed me how the export filter works, so I did it alone #patience"

# Connections of the bot to the database of a stage.
BACKENDS = "select 1 from pg_stat_activity where datname = current_database() and application_name = 'peerloop'"

# What a sender says when it finds that it has lost the lease, or the connection in the middle of a transaction.
GAVE_UP = re.compile("another process has taken over courier|the database is away: ")

pytestmark = on_postgresql


def between_two_transactions(stage: ProcessStage, sender: "subprocess.Popen[str]") -> None:
    """Stop a sender while it holds the lease, no transaction is open, and more is to be sent."""
    stage.client.wait_for(lambda: _is_stopped_with_lease(stage, sender))


def _is_stopped_with_lease(stage: ProcessStage, sender: "subprocess.Popen[str]") -> bool:
    sender.send_signal(signal.SIGSTOP)
    # What the server was about when the process stopped is over then.
    time.sleep(0.2)
    in_transaction = stage.rows(f"{BACKENDS} and state <> 'idle'")
    is_held = stage.rows("select 1 from lease where purpose = 'courier' and until > clock_timestamp()")
    is_more = stage.rows("select 1 from outboxmessage where kind = 'kudos' and state = 'queued' and attempts = 0")
    if is_held and is_more and not in_transaction:
        return True
    sender.send_signal(signal.SIGCONT)
    return False


def in_a_transaction(stage: ProcessStage, sender: "subprocess.Popen[str]") -> None:
    """Stop a sender in the transaction in which it claims a message."""
    with psycopg.connect(stage.database_url.replace("+psycopg", "")) as lock:
        lock.execute("select from outboxmessage where kind = 'kudos' and state = 'queued' for update")
        stage.client.wait_for(lambda: stage.rows(f"{BACKENDS} and wait_event_type = 'Lock'"))
        sender.send_signal(signal.SIGSTOP)
        lock.rollback()
    stage.client.wait_for(lambda: stage.rows(f"{BACKENDS} and state = 'idle in transaction'"))


def go_through_the_week(stage: ProcessStage, monday: datetime) -> None:
    for days, hours in ((0, 0), (0, 3), (0, 6), (1, 2), (3, 6), (3, 8)):
        stage.go_to(monday + timedelta(days=days, hours=hours))


def check_nothing_twice(stage: ProcessStage, channel: str, weeks: int) -> None:
    assert stage.rows("select number, skipped from round order by number") == [(week + 1, "") for week in range(weeks)]
    said = [text for text in stage.said_in(SMALL_GROUP[0], channel) if text.startswith("*This week")]
    assert len(said) == weeks
    for person in SMALL_GROUP:
        introductions = [
            text for group in stage.groups_of(person) for text in stage.said_in(person, group) if "*Why you " in text
        ]
        assert len(introductions) == weeks
    keys = Counter(key for (key,) in stage.rows("select key from outboxmessage"))
    assert set(keys.values()) == {1}


@pytest.mark.slow
def test_two_bots_start_each_round_once_and_post_each_message_once(processes_at: ProcessesAt) -> None:
    stage = processes_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.start_another_bot()

    for week in range(2):
        go_through_the_week(stage, MONDAY + timedelta(weeks=week))
        stage.thank("U0AMARA", learning, DEED)
        stage.client.repeat_interaction()
        stage.settle()

    check_nothing_twice(stage, learning, 2)
    assert stage.rows("select count(*) from kudos") == [(2,)]
    assert len([text for text in stage.said_in("U0MEI", learning) if " thanks " in text]) == 2
    assert stage.rows(
        "select distinct state, attempts from outboxmessage where state not in ('dropped', 'queued')"
    ) == [("sent", 1)]
    assert " ERROR " not in stage.log()


@pytest.mark.slow
def test_when_one_of_two_bots_is_killed_the_other_goes_on(processes_at: ProcessesAt) -> None:
    stage = processes_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.start_another_bot()

    stage.client.move_clock(to=MONDAY, frozen=True)
    assert stage.bot is not None
    stage.bot.kill()
    stage.bot.wait()
    go_through_the_week(stage, MONDAY)

    check_nothing_twice(stage, learning, 1)


@pytest.mark.slow
def test_a_worker_sends_while_no_bot_runs_and_a_killed_one_is_followed_by_the_next(processes_at: ProcessesAt) -> None:
    stage = processes_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.stop_bot()
    killed = stage.start_worker()
    queue_thanks(stage, 1, 3)

    killed.kill()
    killed.wait()
    worker = stage.start_worker()
    stage.settle()

    # The one on its way when the worker was killed is in doubt at most, and never said twice.
    states = Counter(state for (state,) in stage.rows("select state from outboxmessage where kind = 'kudos'"))
    assert states["sent"] + states["unconfirmed"] == 3
    assert states["unconfirmed"] <= 1
    said = len([text for text in stage.said_in("U0MEI", learning) if " thanks " in text])
    assert states["sent"] <= said <= 3
    assert [kind for kind, name in stage.rows("select kind, name from process")] == ["work", "work"]
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
    # The one that was killed could not say so.
    assert stage.rows("select count(*) from process") == [(1,)]
    assert " ERROR " not in stage.log()


def queue_thanks(stage: ProcessStage, first: int, last: int) -> None:
    """Give thanks as the service does, in the place of a bot that does not run."""
    database = Database(stage.database_url)
    now = stage.client.now()
    with database.read() as session:
        channel = session.exec(select(Community.channel_id)).one()
        workspace = session.exec(select(Community.workspace)).one()
    for number in range(first, last + 1):
        who = Actor(Tenant(workspace), "U0AMARA", f"act-{number}")
        thanks = Thanks(("U0MEI",), "showed me how the export filter works, so I did it alone")
        KudosService(database).give(who, channel, thanks, [Profile("U0MEI", "Europe/Berlin")], now)
    database.close()


@pytest.mark.slow
@pytest.mark.parametrize("stand_still", [between_two_transactions, in_a_transaction])
def test_a_sender_that_stands_still_is_followed_within_20_seconds_and_then_writes_nothing(
    processes_at: ProcessesAt, stand_still: Callable[[ProcessStage, "subprocess.Popen[str]"], None]
) -> None:
    stage = processes_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.stop_bot()
    frozen = stage.start_worker()
    queue_thanks(stage, 1, 3)

    stand_still(stage, frozen)
    stopped_at = time.monotonic()
    (number,) = stage.rows("select number from lease where purpose = 'courier'")[0]
    in_doubt = {key for (key,) in stage.rows("select key from outboxmessage where state = 'sending'")}
    stage.start_worker()
    stage.client.wait_for(lambda: stage.rows("select 1 from lease where number > ?", number))
    taken_over_after = time.monotonic() - stopped_at
    stage.settle()
    frozen.send_signal(signal.SIGCONT)
    stage.client.wait_for(lambda: GAVE_UP.search(stage.log()))
    stage.settle()

    assert taken_over_after < 20
    states = dict(stage.rows("select key, state from outboxmessage where kind = 'kudos'"))
    assert len(states) == 3
    assert {key for key, state in states.items() if state != "sent"} <= in_doubt
    assert len(in_doubt) <= 1
    said = [text for text in stage.said_in("U0MEI", learning) if " thanks " in text]
    assert 3 - len(in_doubt) <= len(said) <= 3


@pytest.mark.slow
def test_a_process_keeps_few_connections_and_apologises_in_time_for_a_lock_of_the_operators(
    processes_at: ProcessesAt,
) -> None:
    stage = processes_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)

    for table in ("outboxmessage", "person", "due", "seen", "membership"):
        for words in ("hub", "join"):
            if (table, words) == ("outboxmessage", "join"):
                # Who is in already hears so without a message of anybody's.
                continue
            with psycopg.connect(stage.database_url.replace("+psycopg", "")) as lock:
                lock.execute(sql.SQL("lock table {}").format(sql.Identifier(table)))
                began = time.monotonic()
                answer = stage.type("U0AMARA", learning, "/learn", words)
                took = time.monotonic() - began
                lock.rollback()
            assert "didn't work" in answer["text"]
            # Twice 1.2 seconds; the rest is room for a machine that is busy.
            assert took < 4, (table, words, took)

    stage.client.wait_for(
        lambda: (
            stage.rows(
                "select count(*) <= 12 from pg_stat_activity "
                "where datname = current_database() and application_name like 'peerloop%'"
            )
            == [(True,)]
        )
    )
