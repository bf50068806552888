"""What migrations make of rows that stand there already."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import column, inspect, table
from sqlmodel import Session, SQLModel, col, func, select, update

from bot.domain.messages import MessageKind
from bot.domain.requests import RequestState
from bot.domain.schedule import DueKind
from storage import due, requests
from storage.database import Database, SchemaError
from storage.due import Due
from storage.outbox import outbox, sending
from storage.outbox.outbox import OutboxMessage
from storage.rounds import history, rounds
from storage.rounds.rounds import Group, Introduced, Round, Seat
from storage.schema import MIGRATIONS
from tests.databases import on_both, on_sqlite
from tests.factories import add_community, add_group, add_members, contents, messages, open_request, queue, rows

pytestmark = on_both

THURSDAY = datetime(2026, 11, 26, 9, tzinfo=UTC)


def before(url: str, revision: str) -> Database:
    """Return an empty database as it was after a migration."""
    database, config = Database(url), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)
    return database


def filled_before(url: str, revision: str, fill: Callable[[Session], object]) -> Database:
    """Return a database as it was after a migration, with the rows that a function adds to today's tables.

    What today's tables have and those of then had not is left out.
    """
    with TemporaryDirectory() as directory:
        today = Database(f"sqlite:///{directory}/today.db")
        with today.write() as session:
            SQLModel.metadata.create_all(session.connection())
            fill(session)
        found = contents(today)
        today.close()
    database = before(url, revision)
    with database.write() as session:
        connection = session.connection()
        for of_today in SQLModel.metadata.sorted_tables:
            if not found[of_today.name]:
                continue
            known = {one["name"] for one in inspect(connection).get_columns(of_today.name)}
            columns = [one for one in of_today.columns if one.name in known]
            rows = [dict(zip(of_today.columns.keys(), row, strict=True)) for row in found[of_today.name]]
            then = table(of_today.name, *(column(one.name, one.type) for one in columns))
            connection.execute(then.insert(), [{one.name: row[one.name] for one in columns} for row in rows])
            if "id" in known and connection.dialect.name == "postgresql":
                sequence = func.pg_get_serial_sequence(of_today.name, "id")
                connection.execute(select(func.setval(sequence, max(row["id"] for row in rows))))
    return database


def test_who_was_introduced_on_request_before_has_met_and_is_still_introduced(empty_url: str) -> None:
    def fill(session: Session) -> None:
        community = add_community(session)
        add_members(session, community, "UA", "UB", "UC", "UT")
        add_group(session, community, "UA", "UB")
        for asker, state in (("UB", RequestState.DECLINED), ("UC", RequestState.AGREED), ("UA", RequestState.AGREED)):
            request = open_request(asker, "UT")
            request.state, request.ended_at = state, THURSDAY
            session.add(request)
        session.flush()
        more: dict[str, Any] = {"subject": 3, "people": ["UA", "UT"], "channel_id": "", "now": THURSDAY}
        queue(session, "request-intro:3", MessageKind.REQUEST_INTRODUCTION, **more)

    database = filled_before(empty_url, "0013", fill)
    database.migrate()

    with database.read() as session:
        # The round and its group are as they were, with their new neighbours.
        assert [(row.community_id, row.number) for row in session.exec(select(Round).order_by(col(Round.id)))] == [
            (1, 1),
            (None, 0),
            (None, 0),
        ]
        assert history.list_met(session, "T1", 1) == {
            frozenset({"UA", "UB"}): 1,
            frozenset({"UC", "UT"}): 1,
            frozenset({"UA", "UT"}): 1,
        }
        request = requests.get_request(session, "T1", 3)
        assert request.group_id is not None
        group = rounds.get_group(session, "T1", request.group_id)
        assert (group.reason, group.formed_at) == ("request", THURSDAY)
        assert [seat.user_id for seat in rounds.list_seats_of_group(session, group)] == ["UA", "UT"]
        row = outbox.find_message(session, "T1", f"intro:{group.id}")
        assert row is not None
        assert row.subject == group.id
        assert len(session.exec(select(Group)).all()) == 3
        assert len(session.exec(select(Seat)).all()) == 6
        assert len(session.exec(select(Introduced)).all()) == 3
    database.close()


def test_an_agreed_introduction_that_waits_for_room_waits_no_more_after_the_update(empty_url: str) -> None:
    def fill(session: Session) -> None:
        for key, kind in (("intro:1", MessageKind.REQUEST_INTRODUCTION), ("intro:2", MessageKind.INTRODUCTION)):
            queue(session, key, kind, people=["UA", "UT"], channel_id="")
        session.exec(update(OutboxMessage).values(is_ping=True))

    database = filled_before(empty_url, "0015", fill)
    database.migrate()

    with database.read() as session:
        rows = session.exec(select(OutboxMessage.key, OutboxMessage.is_ping).order_by(OutboxMessage.key)).all()
        assert rows == [("intro:1", False), ("intro:2", True)]
    database.close()


@on_sqlite
def test_rows_that_point_to_nothing_keep_a_migration_from_being_done(empty_url: str) -> None:
    database = filled_before(empty_url, "0013", lambda session: add_group(session, add_community(session), "UA", "UB"))
    with closing(sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("delete from round")

    with pytest.raises(SchemaError, match="Rows of introduced, pair_group, seat point to rows that are gone"):
        database.migrate()

    with database.read() as session:
        assert session.connection().exec_driver_sql("select version_num from alembic_version").scalar_one() == "0013"
    database.close()


def test_what_failed_before_it_was_kept_since_when_has_failed_since_it_was_due(empty_url: str) -> None:
    def fill(session: Session) -> None:
        due.set_due(session, "T1", DueKind.ROUND, "1", THURSDAY)
        due.set_due(session, "T1", DueKind.PROMPT, "1", THURSDAY)
        session.flush()
        row = due.find_due(session, "T1", DueKind.ROUND, "1")
        assert row is not None
        row.failures = 3

    database = filled_before(empty_url, "0023", fill)
    database.migrate()

    since = {row.kind: row.failing_since for row in rows(database, Due)}
    assert since == {DueKind.ROUND: THURSDAY, DueKind.PROMPT: None}
    database.close()


def test_a_message_of_before_failures_were_counted_has_not_failed_and_may_be_tried(empty_url: str) -> None:
    database = filled_before(empty_url, "0018", lambda session: queue(session, "kudos:1", now=THURSDAY))
    database.migrate()

    (message,) = messages(database)
    assert (message.failures, message.retry_at) == (0, None)
    with database.read() as session:
        assert sending.has_waiting(session, "T1", THURSDAY, THURSDAY)
    database.close()
