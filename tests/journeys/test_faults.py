"""The database or Slack is away: people hear it kindly, keep what they typed, and lose nothing they were told of."""

import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from playground.client import Json
from tests.databases import on_both, on_postgresql, on_sqlite
from tests.journeys.conftest import SMALL_GROUP, ProcessesAt
from tests.journeys.stage import ProcessStage
from tests.postgres import Server

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 12, 1, 9, 5, tzinfo=UTC)
DEED = "@tomasz showed me how the export filter works, so I did it alone"
GOAL = {"title": {"value": "run a retro on my own"}, "evidence": {"value": "I do it alone once"}}
KIND = "That didn't work, and it's on my side. Please try again in a few minutes"


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program writes to the SQLite file, and does not come to an end."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("begin immediate")
    yield
    other.rollback()
    other.close()


@contextmanager
def away(server: Server, url: str) -> Iterator[None]:
    """PostgreSQL refuses the bot, and has broken the connections that it had."""
    name = url.rpartition("/")[2]
    with server.connect() as admin:
        admin.execute(f"alter database {name} allow_connections false")
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = %s and application_name = 'peerloop'",
            (name,),
        )
        yield
        admin.execute(f"alter database {name} allow_connections true")


@contextmanager
def full_disk(stage: ProcessStage, url: str) -> Iterator[None]:
    """No file of the bot may become any larger than its database's log of writes is now."""
    assert stage.bot is not None
    size = Path(f"{url.removeprefix('sqlite:///')}-wal").stat().st_size
    limits = resource.prlimit(stage.bot.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    yield
    resource.prlimit(stage.bot.pid, resource.RLIMIT_FSIZE, limits)


def open_goal_form(stage: ProcessStage, who: str, channel: str) -> None:
    stage.client.command(who, channel, "/goal", "run a retro on my own")
    stage.client.wait_for(lambda: stage.client.views(who))


def check_nobody_is_left_alone(stage: ProcessStage, channel: str) -> None:
    """A form stays open and says so; a command is answered with what was typed; nothing is stored."""
    refused = stage.client.submit("U0MEI", GOAL)
    assert not refused["closed"]
    assert KIND in "".join(refused["errors"].values())

    reply = stage.type("U0AMARA", channel, "/kudos", DEED)
    assert KIND in reply["text"]
    assert "showed me how the export filter works" in str(reply["blocks"])


def check_all_is_well_again(stage: ProcessStage, channel: str) -> None:
    stage.settle()
    assert stage.client.submit("U0MEI", GOAL)["closed"]
    stage.thank("U0AMARA", channel, DEED)
    stage.settle()
    assert stage.rows("select owner, title from goal order by id") == [
        ("U0TOMASZ", "run a retro on my own"),
        ("U0MEI", "run a retro on my own"),
    ]
    assert stage.rows("select count(*) from kudos") == [(1,)]
    posted = [one["key"] for one in stage.client.posted() if one.get("key", "").startswith(("prompt:", "kudos:"))]
    assert sorted(posted) == ["kudos:1", "prompt:1"]


def prepare(stage: ProcessStage) -> str:
    """Switch #learning on, let somebody be told that a goal is stored, and open the form of another."""
    channel = stage.switch_on(SMALL_GROUP)
    open_goal_form(stage, "U0TOMASZ", channel)
    assert stage.client.submit("U0TOMASZ", GOAL)["closed"]
    stage.go_to(TUESDAY - timedelta(minutes=10))
    open_goal_form(stage, "U0MEI", channel)
    return channel


@pytest.mark.slow
@on_sqlite
def test_another_program_locks_the_database(processes_at: ProcessesAt, bot_database: str) -> None:
    stage = processes_at(WEDNESDAY)
    channel = prepare(stage)

    with locked(bot_database):
        stage.client.move_clock(to=TUESDAY, frozen=True)
        check_nobody_is_left_alone(stage, channel)

    check_all_is_well_again(stage, channel)


@pytest.mark.slow
@on_postgresql
def test_the_database_is_away_for_a_while(processes_at: ProcessesAt, bot_database: str, postgres: Server) -> None:
    stage = processes_at(WEDNESDAY)
    channel = prepare(stage)

    with away(postgres, bot_database):
        stage.client.move_clock(to=TUESDAY, frozen=True)
        check_nobody_is_left_alone(stage, channel)

    check_all_is_well_again(stage, channel)


@on_sqlite
@pytest.mark.slow
def test_the_disk_is_full(processes_at: ProcessesAt, bot_database: str) -> None:
    stage = processes_at(WEDNESDAY)
    channel = prepare(stage)

    with full_disk(stage, bot_database):
        stage.client.move_clock(to=TUESDAY, frozen=True)
        check_nobody_is_left_alone(stage, channel)

    check_all_is_well_again(stage, channel)


@on_both
@pytest.mark.slow
def test_slack_is_away_for_an_hour_while_a_round_begins(processes_at: ProcessesAt) -> None:
    stage = processes_at(WEDNESDAY)
    stage.switch_on(SMALL_GROUP)
    chat = stage.client.dm("U0MEI", "U0BOT")

    stage.client.outage("unavailable")
    stage.client.move_clock(to=MONDAY, frozen=True)
    stage.client.say("U0MEI", chat, "hi")
    stage.client.wait_for(lambda: stage.rows("select count(*) from pair_group") == [(2,)])
    time.sleep(1)
    stage.client.move_clock(by=timedelta(hours=1), frozen=True)
    assert introductions(stage) == []
    stage.client.end_outage()

    stage.client.wait_until_connected()
    stage.client.wait_for_message("U0MEI", chat, "I help colleagues learn")
    stage.settle()
    assert len(introductions(stage)) == 2
    assert {who for one in introductions(stage) for who in one["members"]} == {*SMALL_GROUP, "U0BOT"}
    assert stage.rows("select state from outboxmessage where state in ('unconfirmed', 'failed')") == []


def introductions(stage: ProcessStage) -> list[Json]:
    return [one for one in stage.client.posted() if one.get("key", "").startswith("intro:")]
