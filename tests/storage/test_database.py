"""The database's schema and its two kinds of transaction."""

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel, func, select

from storage.database import Database, SchemaError
from storage.due import Due
from tests.factories import MONDAY_8


def test_the_migrations_build_what_the_models_say(database: Database) -> None:
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()
    database.check_schema()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("update alembic_version set version_num = '9999'")

    with pytest.raises(SchemaError, match=r"at schema 9999, which this version does not know\. Start the newer"):
        database.migrate()

    with database.read() as session:
        assert session.connection().exec_driver_sql("select version_num from alembic_version").all() == [("9999",)]


def test_a_database_without_a_schema_says_how_to_get_one(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")

    with pytest.raises(SchemaError, match=r"at schema none, this version needs \d{4}\. Run: peerloop migrate"):
        database.check_schema()

    database.close()


def test_two_processes_that_migrate_at_once_both_end_well(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    databases = [Database(url) for _ in range(2)]
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
    with database.read() as reading:
        before = reading.exec(select(func.count()).select_from(Due)).one()
        with database.write() as session:
            session.add(Due(workspace="T1", kind="round", subject="1", due_at=MONDAY_8))
        assert reading.exec(select(func.count()).select_from(Due)).one() == before == 0


def test_what_is_changed_while_reading_is_not_kept(database: Database) -> None:
    with database.read() as session:
        session.add(Due(workspace="T1", kind="round", subject="1", due_at=MONDAY_8))
        session.flush()

    with database.read() as session:
        assert session.exec(select(Due)).all() == []


def test_a_failure_rolls_everything_back(database: Database) -> None:
    def fail() -> None:
        with database.write() as session:
            session.add(Due(workspace="T1", kind="round", subject="1", due_at=MONDAY_8))
            session.flush()
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail()

    with database.read() as session:
        assert session.exec(select(Due)).all() == []


def test_the_file_is_written_safely_and_keeps_its_references(database: Database) -> None:
    with database.read() as session:
        ask = session.connection().exec_driver_sql
        answers = {name: ask(f"pragma {name}").scalar_one() for name in ("journal_mode", "synchronous", "foreign_keys")}

    assert answers == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_an_error_names_no_text_that_people_typed(database: Database) -> None:
    def fail() -> None:
        with database.read() as session:
            session.connection().exec_driver_sql("select * from nowhere where x = ?", ("a secret",))

    with pytest.raises(OperationalError) as caught:
        fail()

    assert "a secret" not in str(caught.value)
