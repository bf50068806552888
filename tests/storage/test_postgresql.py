"""Connections to PostgreSQL: the encoding, the schema, how many, in which order, and by whose clock."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.util.queue import Empty
from sqlmodel import func, select, text

from bot.domain.schedule import DueKind
from storage.database import Database, DatabaseTroubleError, TraceError
from storage.diagnosis import is_full
from storage.due import Due
from storage.postgresql import KEPT_CONNECTIONS, Line
from tests.databases import on_postgresql
from tests.factories import MONDAY_8
from tests.postgres import USER, Server

pytestmark = on_postgresql


def connect(url: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_in_another_encoding_is_refused_with_how_to_make_a_right_one(
    postgres: Server, encoding: str
) -> None:
    name = f"test_{encoding.lower()}"
    with postgres.connect() as server:
        # The server of the tests sorts by a library that knows no other encoding.
        provider = "locale_provider libc" if server.info.server_version >= 150_000 else ""
        server.execute(f"create database {name} encoding '{encoding}' locale 'C' {provider} template template0")
    database = Database(postgres.url(name))
    told = f"{name} is in {encoding}, .* create database {name} owner {USER} encoding 'UTF8' template template0;"
    try:
        for act in (database.migrate, database.check_schema):
            with pytest.raises(DatabaseTroubleError, match=told):
                act()
    finally:
        database.close()
        with postgres.connect() as server:
            server.execute(f"drop database {name}")


def test_another_search_path_makes_no_second_bot_and_the_sentence_names_where_the_tables_are(empty_url: str) -> None:
    name = empty_url.rpartition("/")[2]
    first = Database(empty_url)
    with closing(connect(empty_url)) as server:
        server.execute("create schema mine")
        server.execute(f"alter role {USER} in database {name} set search_path = mine, public")
    first.migrate()
    with closing(connect(empty_url)) as server:
        server.execute(f"alter role {USER} in database {name} set search_path = public")
    # The process that runs goes on where it began, over connections of its own from before and over new ones.
    first.close()
    first.check_schema()

    second = Database(empty_url)
    told = f"tables are in the schema mine of .* alter role {USER} in database {name} set search_path = mine;"
    for act in (second.migrate, second.check_schema):
        with pytest.raises(DatabaseTroubleError, match=told):
            act()
    with closing(connect(empty_url)) as server:
        assert server.execute("select schemaname from pg_tables where tablename = 'outboxmessage'").fetchall() == [
            ("mine",)
        ]
        server.execute(f"alter role {USER} in database {name} set search_path = mine")
    second.check_schema()
    first.close()
    second.close()


def test_a_machine_may_take_its_time_between_two_steps_of_a_migration(empty_url: str) -> None:
    limits = set()

    def look(connection: Connection, _cursor: object, statement: str, *_others: object) -> None:
        if "CREATE TABLE" in statement:
            with closing(connection.connection.cursor()) as own:
                own.execute("show idle_in_transaction_session_timeout")
                limits.add(own.fetchone())

    event.listen(Engine, "before_cursor_execute", look)
    database = Database(empty_url)
    try:
        database.migrate()
    finally:
        event.remove(Engine, "before_cursor_execute", look)
        database.close()

    assert limits == {("10min",)}


def test_tables_of_another_program_are_not_taken_for_ours(empty_url: str) -> None:
    with closing(connect(empty_url)) as server:
        server.execute("create schema other")
        server.execute("create table other.alembic_version (version_num varchar)")
    database = Database(empty_url)

    database.migrate()

    database.check_schema()
    database.close()


def test_who_waits_first_for_a_connection_gets_one_first() -> None:
    line, order = Line(1), list[int]()

    def wait(number: int) -> None:
        item = line.get(timeout=30)
        order.append(number)
        line.put(item)

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(20)]
    for count, thread in enumerate(threads, start=1):
        thread.start()
        while line.waiting() < count:
            time.sleep(0.001)
    line.put("a connection")
    # A thread that has just come goes behind those who wait.
    wait(20)
    for thread in threads:
        thread.join()

    assert order == list(range(21))


def test_who_has_given_up_waiting_takes_no_connection_along() -> None:
    line = Line(1)

    with pytest.raises(Empty):
        line.get(timeout=0.01)
    line.put("a connection")

    assert line.qsize() == 1
    assert line.get(timeout=0) == "a connection"


@pytest.fixture
def crowd(postgres: Server, database_url: str) -> Iterator[str]:
    """The address of a database whose user may have two connections at once."""
    with connect(database_url) as server:
        server.execute("create role crowd login password 'secret' connection limit 2")
        server.execute("grant all on all tables in schema public to crowd")
        server.execute("grant all on all sequences in schema public to crowd")
    yield database_url.replace(f"{USER}:{postgres.password}", "crowd:secret")
    with connect(database_url) as server:
        server.execute("drop owned by crowd")
        server.execute("drop role crowd")


def test_whoever_finds_no_room_on_the_server_waits_for_a_connection_of_their_own(crowd: str) -> None:
    database = Database(crowd)
    results: list[int] = []

    def use() -> None:
        for number in range(5):
            with database.write("T1") as session:
                session.exec(select(Due)).all()
                results.append(number)

    threads = [threading.Thread(target=use) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 60
    database.close()


def test_a_server_without_room_is_told_from_one_that_refuses(crowd: str) -> None:
    held = [connect(crowd) for _ in range(2)]
    database = Database(crowd)

    with pytest.raises(OperationalError) as told:
        database.check_schema()
    assert is_full(told.value)
    for one in held:
        one.close()
    database.check_schema()
    database.close()


def test_a_process_at_rest_keeps_few_connections(database_url: str) -> None:
    database = Database(database_url)
    barrier = threading.Barrier(KEPT_CONNECTIONS + 4)

    def use() -> None:
        with database.read() as session:
            session.exec(select(Due)).all()
            barrier.wait(30)

    threads = [threading.Thread(target=use) for _ in range(KEPT_CONNECTIONS + 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with closing(connect(database_url)) as server:
        query = "select count(*) from pg_stat_activity where datname = current_database() and application_name = %s"
        assert server.execute(query, ["peerloop"]).fetchone() == (KEPT_CONNECTIONS,)
    database.close()


@pytest.mark.parametrize("skew", [timedelta(seconds=90), timedelta(seconds=-90)], ids=["ahead", "behind"])
def test_machines_whose_clocks_differ_reckon_by_the_servers(database_url: str, skew: timedelta) -> None:
    right, wrong = Database(database_url), Database(database_url, machine=lambda: datetime.now(UTC) + skew)

    assert abs(right.now() - wrong.now()) < timedelta(seconds=20)
    with wrong.write("T1") as session:
        session.add(Due(workspace="T1", kind=DueKind.ROUND, subject="1", due_at=MONDAY_8))
    assert abs(right.now() - wrong.now()) < timedelta(seconds=20)

    right.close()
    wrong.close()


@pytest.mark.parametrize("table", ["outboxmessage", "person", "due"])
def test_what_people_wait_for_gives_up_on_a_lock_soon_also_when_it_only_reads(database_url: str, table: str) -> None:
    database = Database(database_url).with_short_lock_timeout()

    with connect(database_url) as server, server.transaction():
        server.execute(f"lock table {table}")
        began = time.monotonic()
        with pytest.raises(OperationalError, match="lock timeout"), database.read() as session:
            session.connection().execute(select(func.count()).select_from(text(table)))
        assert time.monotonic() - began < 4

    database.close()


def test_what_was_removed_is_in_no_file_of_a_table_after_the_night(database_url: str) -> None:
    database = Database(database_url)
    with database.write("T1") as session:
        session.add(Due(workspace="T1", kind=DueKind.ROUND, subject="U0VERYRAREWORD", due_at=MONDAY_8))
    with database.write("T1") as session:
        for row in session.exec(select(Due)):
            session.delete(row)

    with connect(database_url) as server:
        was_there = pages_with(server, "U0VERYRAREWORD")
        give_up = time.monotonic() + 30
        database.scrub()
        # The server's own worker may have looked at the table just then, for which the row was kept once more.
        while pages_with(server, "U0VERYRAREWORD") and time.monotonic() < give_up:
            database.scrub()
        is_there = pages_with(server, "U0VERYRAREWORD")

    database.close()
    assert was_there
    assert not is_there


def test_a_table_that_somebody_uses_all_the_time_is_named_and_the_others_are_rewritten(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(database_url)

    with connect(database_url) as server, server.transaction():
        server.execute("lock table seen in access share mode")
        with pytest.raises(TraceError):
            database.scrub()

    assert "what was removed from seen is still in the files" in caplog.text
    database.scrub()
    database.close()


def pages_with(server: "psycopg.Connection[Any]", word: str) -> bool:
    """Tell whether a word is in the file of the table `due`, visible to anybody or not."""
    server.execute("checkpoint")
    (content,) = server.execute("select pg_read_binary_file(pg_relation_filepath('due'))").fetchone() or (b"",)
    return word.encode() in content
