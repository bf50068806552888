"""Every cause for which a database cannot be used has a sentence of its own, and each cause is produced for real."""

import os
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, DatabaseTroubleError
from storage.diagnosis import Cause, Diagnosis, diagnose, is_away, is_full, sentence_for
from tests.databases import on_both
from tests.postgres import Server

SECRET = "very-secret"  # noqa: S105 - it is none


def cause_of(address: str, *statements: str) -> Diagnosis:
    """What is said of the error that connecting, or one of some statements, ends with."""
    engine = create_engine(address, hide_parameters=True)
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()
    except SQLAlchemyError as error:
        diagnosis = diagnose(error)
        assert diagnosis is not None
        assert SECRET not in diagnosis.sentence
        return diagnosis
    finally:
        engine.dispose()
    raise AssertionError("nothing went wrong")


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A server that is no PostgreSQL; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(100)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield int(server.getsockname()[1])


@pytest.mark.parametrize(
    ("where", "cause"),
    [
        ("peerloop:{secret}@nowhere.invalid/x", Cause.NO_HOST),
        ("peerloop:{secret}@127.0.0.1:1/x", Cause.REFUSED),
        ("peerloop:{secret}@127.0.0.1:99999/x", Cause.PARAMETER),
        ("peerloop:{secret}@{here}/postgres", Cause.PASSWORD),
        ("nobody:{secret}@{here}/postgres", Cause.PASSWORD),
        ("peerloop@{here}/postgres", Cause.NO_PASSWORD),
        ("{right}@{here}/nowhere", Cause.NO_DATABASE),
        ("{right}@{here}/postgres?sslmode=verify-full", Cause.NO_ENCRYPTION),
        ("{right}@{here}/postgres?sslmode=perhaps", Cause.PARAMETER),
        ("{right}@{here}/postgres?sslmod=require", Cause.PARAMETER),
        ("{right}@{here}/postgres?connect_timeout=soon", Cause.PARAMETER),
        ("{right}@{here}/postgres?options=-c%20nothing%3D1", Cause.PARAMETER),
        ("{right}@{here}/postgres?target_session_attrs=standby", Cause.READ_ONLY),
    ],
)
def test_each_cause_that_keeps_from_connecting_is_named(postgres: Server, where: str, cause: Cause) -> None:
    right = urlsplit(postgres.url("postgres")).netloc.rpartition("@")[0]
    filled = where.format(secret=SECRET, here=f"127.0.0.1:{postgres.port}", right=right)

    diagnosis = cause_of(f"postgresql+psycopg://{filled}")

    assert (diagnosis.cause, diagnosis.sentence) == (cause, sentence_for(cause))


def test_what_is_no_postgresql_is_said_to_be_none() -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert cause_of(f"postgresql+psycopg://peerloop:{SECRET}@127.0.0.1:{port}/x").cause == Cause.NO_SERVER


def turning_away(words: str) -> bytes:
    """What a server sends to somebody whom it does not let in."""
    fields = f"SFATAL\0VFATAL\0C53300\0M{words}\0\0".encode()
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields


@pytest.mark.parametrize(
    ("words", "cause", "is_full_for"),
    [
        ("sorry, too many clients already", Cause.TOO_MANY, (True, True)),
        # Before the session begins there is no code, and the words are in the server's language.
        ("tut mir leid, schon zu viele Verbindungen", Cause.TURNED_AWAY, (False, True)),
        ("Passwort-Authentifizierung für Benutzer »u« fehlgeschlagen", Cause.TURNED_AWAY, (False, True)),
    ],
)
def test_a_server_that_turns_us_away_in_its_own_language_is_said_to(
    words: str, cause: Cause, is_full_for: tuple[bool, bool]
) -> None:
    with answering(turning_away(words)) as port, pytest.raises(psycopg.OperationalError) as refusal:
        psycopg.connect(f"postgresql://u:{SECRET}@127.0.0.1:{port}/x?sslmode=disable")

    diagnosis = diagnose(refusal.value)
    assert diagnosis is not None
    assert (diagnosis.cause, diagnosis.passes) == (cause, True)
    assert is_away(refusal.value)
    # Who was let in a moment ago is turned away for want of room.
    assert (is_full(refusal.value), is_full(refusal.value, is_known=True)) == is_full_for


@contextmanager
def role(postgres: Server, *wishes: str) -> Iterator[str]:
    """A user who may do little; gives the address of a database of its own, which it does not own."""
    with postgres.database() as url, postgres.connect() as admin:
        name = f"weak_{os.getpid()}"
        admin.execute(f"create role {name} login password '{SECRET}'")
        base = url.rpartition("/")[2]
        for wish in wishes:
            admin.execute(wish.format(name=name, base=base))
        try:
            yield f"postgresql+psycopg://{name}:{SECRET}@127.0.0.1:{postgres.port}/{base}"
        finally:
            admin.execute(f"drop database {base} with (force)")
            admin.execute(f"drop role {name}")
            admin.execute(f"create database {base}")


@pytest.mark.parametrize(
    ("wishes", "statements", "cause"),
    [
        ((), ("create schema extra",), Cause.NO_RIGHT),
        (("alter role {name} set default_transaction_read_only = on",), ("create table t ()",), Cause.READ_ONLY),
        (("alter role {name} connection limit 0",), (), Cause.TOO_MANY),
        (("alter database {base} connection limit 0",), (), Cause.TOO_MANY),
        (("alter role {name} nologin",), (), Cause.NOT_ADMITTED),
        (("revoke connect on database {base} from public",), (), Cause.NOT_ADMITTED),
        (("alter database {base} allow_connections false",), (), Cause.NOT_ADMITTED),
        ((), ("select pg_terminate_backend(pg_backend_pid())",), Cause.LOST),
        ((), ("set statement_timeout = 20", "select pg_sleep(60)"), Cause.TOO_SLOW),
    ],
)
def test_what_a_user_may_not_do_is_named(
    postgres: Server, wishes: tuple[str, ...], statements: tuple[str, ...], cause: Cause
) -> None:
    with role(postgres, *wishes) as address:
        assert cause_of(address, *statements).cause == cause


def test_a_lock_of_another_program_on_postgresql_is_named_and_is_no_outage(postgres: Server) -> None:
    with postgres.database() as url:
        holder = create_engine(url)
        with holder.connect() as holding:
            holding.execute(text("create table hot (n int)"))
            holding.commit()
            holding.execute(text("lock table hot"))

            diagnosis = cause_of(url, "set lock_timeout = 50", "select * from hot")

        holder.dispose()
    assert diagnosis.cause == Cause.LOCKED
    assert diagnosis.passes


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    # Looked at once the server has agreed to encrypt, which this one does by one letter.
    with answering(b"S") as port:
        address = f"postgresql+psycopg://peerloop:{SECRET}@127.0.0.1:{port}/x"
        assert cause_of(f"{address}?sslmode=verify-full&sslrootcert={tmp_path}/none.crt").cause == Cause.NO_CERTIFICATE


def junk(path: Path) -> None:
    path.write_bytes(b"no database at all, but long enough to look at " * 40)


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table songs (title text)")


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (junk, Cause.NOT_A_DATABASE),
        (folder, Cause.NO_FILE),
        (foreign, Cause.FOREIGN),
        (lambda path: path.with_name("gone").mkdir(), None),
    ],
)
def test_a_file_that_is_no_database_of_ours_is_refused_and_stays_as_it_was(
    make: Callable[[Path], None], cause: Cause | None, tmp_path: Path
) -> None:
    path = tmp_path / "peerloop.db"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    database = Database(f"sqlite:///{path}")

    if cause is None:
        database.migrate()
    else:
        with pytest.raises(DatabaseTroubleError) as refusal:
            database.migrate()
        assert str(refusal.value) == sentence_for(cause)
        with closing(sqlite3.connect(path)) if cause is Cause.FOREIGN else closing(socket.socket()) as left:
            if isinstance(left, sqlite3.Connection):
                assert left.execute("select name from sqlite_master").fetchall() == [("songs",)]
            else:
                assert path.is_dir() or path.read_bytes() == before
    database.close()


@pytest.mark.parametrize(
    ("statements", "cause"),
    [
        (("pragma max_page_count = 2", "create table b (x)", "insert into b values (zeroblob(100000))"), Cause.FULL),
        (("pragma query_only = on", "create table b (x)"), Cause.READ_ONLY),
        (("select * from nothing",), Cause.OTHER),
    ],
)
def test_what_sqlite_refuses_is_named(statements: tuple[str, ...], cause: Cause, tmp_path: Path) -> None:
    assert cause_of(f"sqlite:///{tmp_path / 'a.db'}", *statements).cause == cause


def test_a_lock_of_another_program_on_sqlite_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("create table a (x)")
        holder.execute("begin exclusive")

        assert cause_of(f"sqlite:///{path}?timeout=0.05", "insert into a values (1)").cause == Cause.LOCKED


@pytest.mark.parametrize(
    ("error", "is_so"),
    [
        (psycopg.OperationalError("FATAL:  sorry, too many clients already"), True),
        (psycopg.OperationalError('FATAL:  too many connections for role "peerloop"'), True),
        (psycopg.OperationalError("FATAL:  remaining connection slots are reserved for superusers"), True),
        # The code is the same in whatever language the server speaks.
        (psycopg.errors.TooManyConnections("FATAL:  tut mir leid, schon zu viele Verbindungen"), True),
        (psycopg.OperationalError("Connection refused"), False),
        (psycopg.errors.DiskFull("too many connections"), False),
        (LookupError("too many clients"), False),
    ],
    ids=str,
)
def test_a_full_server_is_known_by_its_code_and_without_one_by_its_words(error: Exception, is_so: bool) -> None:  # noqa: FBT001 - a case of the table
    assert is_full(error) is is_so


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (psycopg.errors.QueryCanceled(), Cause.TOO_SLOW),
        (psycopg.errors.IdleInTransactionSessionTimeout(), Cause.TOO_SLOW),
        (psycopg.errors.DeadlockDetected(), Cause.LOCKED),
        (psycopg.errors.SerializationFailure(), Cause.LOCKED),
    ],
    ids=repr,
)
def test_what_one_statement_meets_is_over_in_a_moment_and_keeps_no_other_from_its_work(
    error: Exception, cause: Cause
) -> None:
    diagnosis = diagnose(error)

    assert diagnosis is not None
    assert (diagnosis.cause, diagnosis.passes) == (cause, True)
    assert not is_away(error)


@on_both
def test_only_the_database_itself_can_be_away(database: Database) -> None:
    assert not is_away(LookupError("no host"))
    assert diagnose(OSError("Connection refused")) is None
    with pytest.raises(SQLAlchemyError) as failed, database.read() as session:
        session.connection().execute(text("select * from nothing"))
    assert not is_away(failed.value)


def test_every_cause_has_a_sentence_of_its_own_that_ends() -> None:
    sentences = [sentence_for(cause) for cause in Cause]

    assert len(set(sentences)) == len(Cause)
    assert all(sentence.endswith((".", ";")) for sentence in sentences)
