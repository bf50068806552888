"""The database's schema and its two kinds of transaction."""

import re
import sqlite3
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, func, select

from bot.domain.schedule import DueKind
from storage.communities import Community
from storage.database import Database, DatabaseTroubleError, SchemaError
from storage.due import Due
from storage.schema import newest
from tests.databases import on_both, on_postgresql, on_sqlite
from tests.effort import PATIENCE
from tests.factories import MONDAY_8, add_community, rows
from tests.postgres import ALONE, USER, Server, lose_lease
from tests.threads import at_once

pytestmark = on_both


def test_the_migrations_build_what_the_models_say(database: Database) -> None:
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()
    database.check_schema()


@pytest.mark.parametrize("version", ["9999", "0001_first", "*"])
def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: Database, version: str) -> None:
    with database.write() as session:
        session.connection().execute(text("update alembic_version set version_num = :version"), {"version": version})

    unknown = f"at schema {re.escape(version)}, which this version does not know. Start the newer"
    for act in (database.migrate, database.check_schema):
        with pytest.raises(SchemaError, match=unknown):
            act()

    with database.read() as session:
        assert session.connection().exec_driver_sql("select version_num from alembic_version").all() == [(version,)]


def test_tables_that_are_there_without_a_version_are_left_alone(database: Database) -> None:
    with database.write() as session:
        add_community(session)
        session.connection().exec_driver_sql("delete from alembic_version")

    with pytest.raises(DatabaseTroubleError, match="DATABASE_URL"):
        database.migrate()

    assert len(rows(database, Community)) == 1
    with database.write() as session:
        session.connection().execute(text("insert into alembic_version values (:newest)"), {"newest": newest()})
    database.check_schema()


def test_who_may_not_make_a_schema_is_told_so(postgres: Server) -> None:
    with postgres.database() as url, postgres.connect() as server:
        server.execute("create role guest login password 'secret'")
        database = Database(url.replace(f"{USER}:{postgres.password}", "guest:secret"))
        try:
            with pytest.raises(DatabaseTroubleError, match=r"lacks a right\..* grant create on database") as told:
                database.migrate()
        finally:
            database.close()
            server.execute("drop role guest")

    assert "secret" not in str(told.value)


def test_a_database_without_a_schema_says_how_to_get_one(empty_url: str) -> None:
    database = Database(empty_url)

    with pytest.raises(SchemaError, match=r"at schema none, this version needs \d{4}\. Run: peerloop migrate"):
        database.check_schema()

    database.close()


def test_processes_that_migrate_at_once_all_end_well(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    failures: list[Exception] = []

    def migrate(one: Database) -> None:
        try:
            one.migrate()
            one.check_schema()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=migrate, args=(one,)) for one in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in databases:
        one.close()

    assert failures == []


@on_sqlite
def test_a_writing_transaction_has_the_lock_before_it_reads(database: Database) -> None:
    other = sqlite3.connect(database.url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)

    with database.write() as session:
        session.exec(select(Due)).all()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("begin immediate")
        other.execute("select count(*) from due").fetchall()

    other.execute("begin immediate")
    other.close()


def test_a_reading_transaction_stands_in_nobodys_way(database: Database) -> None:
    def write() -> None:
        with database.write() as session:
            session.add(Due(workspace="T1", kind=DueKind.ROUND, subject="1", due_at=MONDAY_8))

    with database.read() as reading:
        before = reading.exec(select(func.count()).select_from(Due)).one()
        at_once(1, write)
        assert reading.exec(select(func.count()).select_from(Due)).one() == before == 0


def test_what_is_changed_while_reading_is_not_kept(database: Database) -> None:
    with database.read() as session:
        session.add(Due(workspace="T1", kind=DueKind.ROUND, subject="1", due_at=MONDAY_8))
        session.flush()

    with database.read() as session:
        assert session.exec(select(Due)).all() == []


def test_a_failure_rolls_everything_back(database: Database) -> None:
    def fail() -> None:
        with database.write() as session:
            session.add(Due(workspace="T1", kind=DueKind.ROUND, subject="1", due_at=MONDAY_8))
            session.flush()
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail()

    with database.read() as session:
        assert session.exec(select(Due)).all() == []


@on_sqlite
def test_the_file_is_written_safely_and_keeps_its_references(database_url: str) -> None:
    # As the bot opens it; the database of other tests does not wait for the disk.
    database = Database(database_url)
    with database.read() as session:
        ask = session.connection().exec_driver_sql
        answers = {name: ask(f"pragma {name}").scalar_one() for name in ("journal_mode", "synchronous", "foreign_keys")}
    database.close()

    assert answers == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_an_error_names_no_text_that_people_typed(database: Database) -> None:
    def fail() -> None:
        with database.read() as session:
            session.connection().execute(text("select * from nowhere where x = :x"), {"x": "a secret"})

    with pytest.raises(DBAPIError) as caught:
        fail()

    assert "a secret" not in str(caught.value)


@on_postgresql
def test_a_writer_waits_for_its_workspace_and_for_no_other(database: Database) -> None:
    went_on = threading.Event()

    def write_in(workspace: str) -> None:
        with database.write(workspace):
            went_on.set()

    with database.write("T1"):
        same, other = (threading.Thread(target=write_in, args=(name,)) for name in ("T1", "T2"))
        other.start()
        assert went_on.wait(PATIENCE)
        went_on.clear()
        same.start()
        assert not went_on.wait(0.3)
    assert went_on.wait(PATIENCE)
    same.join()
    other.join()


@on_postgresql
def test_who_writes_for_all_waits_for_everybody(database: Database) -> None:
    went_on = threading.Event()

    def write_for_all() -> None:
        with database.write():
            went_on.set()

    with database.write("T1"):
        thread = threading.Thread(target=write_for_all)
        thread.start()
        assert not went_on.wait(0.3)
    assert went_on.wait(PATIENCE)
    thread.join()


def test_a_transaction_that_waited_sees_what_the_one_before_it_wrote(database: Database) -> None:
    def add_five() -> None:
        for _ in range(5):
            with database.write("T1") as session:
                count = session.exec(select(func.count()).select_from(Due)).one()
                session.add(Due(workspace="T1", kind=DueKind.ROUND, subject=str(count), due_at=MONDAY_8))

    threads = [threading.Thread(target=add_five) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as session:
        assert sorted(int(row.subject) for row in session.exec(select(Due))) == list(range(40))


def test_one_holds_a_lease_at_a_time_and_it_ends_with_the_block(database: Database) -> None:
    with database.lease("courier", "T1") as is_first:
        assert is_first
        with database.write("T1") as session:
            session.add(Due(workspace="T1", kind=DueKind.ROUND, subject="1", due_at=MONDAY_8))

    with database.lease("courier", "T1") as is_second:
        assert is_second


@on_postgresql
def test_another_process_is_refused_a_lease_that_is_held(database: Database) -> None:
    other = Database(database.url)

    with database.lease("courier", "T1"):
        with other.lease("courier", "T1") as is_same:
            assert not is_same
        with other.lease("courier", "T2") as is_another:
            assert is_another
    with other.lease("courier", "T1") as is_same:
        assert is_same

    other.close()


@on_postgresql
def test_nothing_is_written_in_a_lease_that_another_took_over_but_what_has_happened(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    other = Database(database.url)
    went_on = False

    with database.lease("courier", "T1") as is_ours:
        assert is_ours
        lose_lease(other)
        with other.lease("courier", "T1") as is_taken_over:
            assert is_taken_over
            with database.write("T1", is_fact=True) as session:
                session.add(Due(workspace="T1", kind=DueKind.ROUND, subject="happened", due_at=MONDAY_8))
            with database.write("T1") as session:
                session.add(Due(workspace="T1", kind=DueKind.ROUND, subject="refused", due_at=MONDAY_8))
            went_on = True

    assert not went_on
    assert "another process has taken over courier in T1" in caplog.text
    with database.write("T1") as session:
        assert [row.subject for row in session.exec(select(Due))] == ["happened"]
    other.close()


@on_postgresql
def test_a_lease_that_nobody_took_meanwhile_still_holds(database: Database) -> None:
    other = Database(database.url)

    with database.lease("courier", "T1"):
        with other.write() as session:
            session.connection().exec_driver_sql("update lease set until = clock_timestamp()")
        with database.write("T1") as session:
            session.add(Due(workspace="T1", kind=DueKind.ROUND, subject="1", due_at=MONDAY_8))

    assert len(rows(database, Due)) == 1
    other.close()


@on_postgresql
def test_a_server_that_was_restarted_costs_nobody_an_error(database: Database) -> None:
    with database.read() as session:
        session.exec(select(Due)).all()
    other = Database(database.url)
    with other.write() as session:
        session.connection().exec_driver_sql(ALONE)

    with database.read() as session:
        assert session.exec(select(Due)).all() == []

    other.close()
