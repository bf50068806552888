"""The database: its engine, its two kinds of transaction, its migrations.

SQLite lets one transaction write at a time. On PostgreSQL an advisory lock does the same for each
workspace, so that what is proven of one database holds on the other.
"""

import fcntl
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Self, TextIO

from sqlalchemy import Connection, create_engine, event, func, make_url, select
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlmodel import Session, SQLModel

from bot.journal import QUEUED, Happening, tell
from storage import leases, postgresql, schema
from storage.diagnosis import Cause, diagnose, is_away, sentence_for
from storage.outbox import queue
from storage.postgresql import DatabaseTroubleError
from storage.unreadable import TolerantSession, be_tolerant

BUSY_TIMEOUT_MS: Final = postgresql.LOCK_TIMEOUT_MS
# Slack waits three seconds for what becomes of a form; a person whose form failed is told within them.
# On SQLite they wait up to so long for their turn in the process, and then for the file.
HURRIED_MS: Final = 1_200
# So long a process that migrates may stand still before another one does it.
MIGRATION_PAUSE_MS: Final = 10 * 60 * 1_000
WAL_RETRY_SECONDS: Final = 0.05
SCRUB_TRIES: Final = 5
__all__ = ["Database", "DatabaseTroubleError", "LeaseLostError", "SchemaError", "TraceError"]

_log = logging.getLogger(__name__)
_WRITES: Final = "peerloop_writes"
_PATIENCE: Final = "peerloop_patience_ms"
_SQLITE: Final[dict[str, Any]] = {
    # More threads than connections would wait for each other, not for the disk.
    "pool_size": 40,
    "max_overflow": 10,
}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SchemaError(Exception):
    """The database's schema is not the one this version works with."""


class LeaseLostError(Exception):
    """Another process has taken over what this one was the only one at; nothing was written."""


class NoFileError(Exception):
    """There is no SQLite file where there has to be one; the sentence says how to make it."""


class TraceError(Exception):
    """What was removed can still be found in the database's files, until they are scrubbed once more."""


class Database:
    """One database for the life of a process.

    Args:
        url: An SQLAlchemy address, such as ``sqlite:///peerloop.db`` or
            ``postgresql+psycopg://peerloop@localhost/peerloop``.
        is_lasting: Whether what is committed to an SQLite file has to outlive the machine's power.
        machine: The machine's own clock.
    """

    def __init__(self, url: str, *, is_lasting: bool = True, machine: Callable[[], datetime] = _utc_now) -> None:
        self.url = url
        self._is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._held: TextIO | None = None
        # SQLite lets those who wait ask again and again, and the person who asks at the right moment goes first.
        self._turn = threading.Lock()
        self._patience_ms = BUSY_TIMEOUT_MS
        # What the thread that writes holds.
        self._held_leases = threading.local()
        self._at_work: set[tuple[str, str]] = set()
        self._at_work_lock = threading.Lock()
        self._clock = postgresql.ServerClock(machine)
        # Errors go to the log; the values in their statements are what people typed.
        self._engine = create_engine(
            url, hide_parameters=True, **(_SQLITE if self._is_sqlite else postgresql.options(make_url(url)))
        )
        be_tolerant(self._engine)
        self._writing = self._engine.execution_options(**{_WRITES: True})
        self._reading = self._engine
        if self._is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            if not is_lasting:
                event.listen(self._engine, "connect", _without_waiting_for_the_disk)
            event.listen(self._engine, "begin", _begin_sqlite)
        else:
            # Before anything else looks at a connection.
            event.listen(self._engine, "connect", postgresql.Pin().prepare, insert=True)
            # As on SQLite, everything in a transaction that reads is of one moment.
            self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def write(self, workspace: str = "", *, is_fact: bool = False) -> Iterator[Session]:
        """Open a transaction that commits when the block ends and rolls back when it raises.

        Its first statement takes the write lock, so that nothing read in it can be outdated. Inside the block of a
        `lease` it also makes sure that the lease still holds, until the commit.

        Args:
            workspace: What is read and written is of this workspace, and on PostgreSQL others may write
                meanwhile; without it, nobody else writes anything.
            is_fact: What is written has happened, and stays true when the lease is lost.

        Raises:
            LeaseLostError: Another process has taken over the lease.
        """
        with self._in_turn(), TolerantSession(self._writing, expire_on_commit=False) as session, session.begin():
            if not self._is_sqlite:
                self._clock.set(_wait_for_turn(session.connection(), workspace))
                if not is_fact:
                    self._check_lease(session.connection())
            yield session
            queued: list[str] = session.info.get(QUEUED, [])
        for key in queued:
            tell(_log, Happening.MESSAGE_QUEUED, {"workspace": workspace, "key": key})

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads, all of one moment; whatever it changes is rolled back."""
        with TolerantSession(self._reading, expire_on_commit=False) as session:
            if not self._is_sqlite and self._patience_ms != BUSY_TIMEOUT_MS:
                session.connection().exec_driver_sql(f"set local lock_timeout = {self._patience_ms}")
            yield session

    def now(self) -> datetime:
        """Return what time it is by the clock that all processes on this database share, aware, in UTC.

        On PostgreSQL that is the server's, as each transaction that writes finds it; on SQLite the machine's.
        """
        if not self._is_sqlite and not self._clock.is_known:
            with self._engine.connect() as connection:
                self._clock.set(connection.execute(select(func.clock_timestamp())).scalar_one())
        return self._clock.now()

    def with_short_lock_timeout(self) -> Self:
        """Return the same database for what people wait for: it gives up on a lock before Slack does."""
        with_short_lock_timeout = copy(self)
        with_short_lock_timeout._patience_ms = HURRIED_MS  # noqa: SLF001 - our own
        with_short_lock_timeout._writing = self._engine.execution_options(**{_WRITES: True, _PATIENCE: HURRIED_MS})  # noqa: SLF001 - our own
        return with_short_lock_timeout

    @contextmanager
    def lease(self, purpose: str, workspace: str) -> Iterator[bool]:
        """Be the only thread of all processes that does something in a workspace, for as long as the block runs.

        Return False when another does it right now. A process that stands still for the term of a lease loses it, and
        the block ends at its next transaction that writes. An SQLite file serves one process, which needs no lease for
        its threads to know of each other.
        """
        if self._is_sqlite:
            with self._alone(purpose, workspace) as is_alone:
                yield is_alone
            return
        with self._writing.begin() as connection:
            number = leases.take(connection, purpose, workspace)
        if number is None:
            yield False
            return
        over = threading.Event()
        keeping = threading.Thread(
            target=self._keep, args=(purpose, workspace, number, over), name=f"lease-{purpose}", daemon=True
        )
        keeping.start()
        self._held_leases.now = (purpose, workspace, number)
        try:
            yield True
        except LeaseLostError:
            _log.warning("another process has taken over %s in %s", purpose, workspace)
        finally:
            self._held_leases.now = None
            over.set()
            # Under the old number nothing is renewed any more, so the thread need not be waited for.
            with suppress(SQLAlchemyError), self._writing.begin() as connection:
                leases.give_back(connection, purpose, workspace, number)

    @contextmanager
    def _alone(self, purpose: str, workspace: str) -> Iterator[bool]:
        work = (purpose, workspace)
        with self._at_work_lock:
            is_alone = work not in self._at_work
            self._at_work.add(work)
        try:
            yield is_alone
        finally:
            if is_alone:
                with self._at_work_lock:
                    self._at_work.discard(work)

    def _keep(self, purpose: str, workspace: str, number: int, over: threading.Event) -> None:
        """Renew a lease until it is given back or lost; a call of Slack's may take longer than its term."""
        while not over.wait(leases.RENEWED_EVERY.total_seconds()):
            try:
                with self._writing.begin() as connection:
                    if not leases.renew(connection, purpose, workspace, number):
                        return
            except SQLAlchemyError as error:
                if is_away(error):
                    # The block finds it too, and tells it.
                    continue
                _log.warning("the lease of %s in %s was not renewed (%s)", purpose, workspace, type(error).__name__)

    def _check_lease(self, connection: Connection) -> None:
        held = getattr(self._held_leases, "now", None)
        if held is not None and not leases.is_held(connection, *held):
            raise LeaseLostError

    def migrate(self) -> None:
        """Bring the schema to this version's; does nothing when it is there already.

        Raises:
            SchemaError: The database was written by a newer version, or its rows point to others that are not there.
            DatabaseTroubleError: It cannot be opened or written, or there is something else in it.
            DatabaseError: It does not answer, or not now.
        """
        try:
            self._migrate()
        except DatabaseError as error:
            diagnosis = diagnose(error)
            if diagnosis is None or diagnosis.passes:
                # It may be over in a moment.
                raise
            # Its own words may hold the address, and so a password.
            raise DatabaseTroubleError(diagnosis.sentence) from None

    def hold(self) -> None:
        """Keep every other process from running on the same SQLite file for as long as this one lives.

        Each of two would take the other's claimed messages for abandoned ones, and send them again.

        Raises:
            DatabaseTroubleError: Another process runs on it, or it cannot be written.
        """
        path = self._engine.url.database
        if self._engine.dialect.name != "sqlite" or not path:
            return
        try:
            self._held = Path(f"{path}.lock").open("w", encoding="ascii")  # noqa: SIM115 - held until the process ends
        except OSError as error:
            raise DatabaseTroubleError(
                f"The file {path}.lock cannot be opened ({error.strerror}). Its folder has to be there and writable, "
                "and the file has to belong to the user that runs Peerloop."
            ) from None
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DatabaseTroubleError(
                f"Another peerloop runs on {path} already. Stop it first; one SQLite file serves one process."
            ) from None

    def _migrate(self) -> None:
        with self._writing.connect() as connection, _rebuilding(connection), connection.begin():
            if not self._is_sqlite:
                # A person who comes second waits as long as it takes, and then finds nothing left to do.
                connection.exec_driver_sql("set local lock_timeout = 0")
                # Between two steps there may be much to read.
                connection.exec_driver_sql(f"set local idle_in_transaction_session_timeout = {MIGRATION_PAUSE_MS}")
                connection.execute(select(func.pg_advisory_xact_lock(_lock_key("migrate"))))
                queue.prepare(connection)
            current = schema.version_of(connection)
            if current == schema.newest():
                return
            _refuse_unknown(current)
            if self._is_sqlite and current is None and schema.is_in_use(connection):
                # Tables of ours among another program's would be in the way of both.
                raise DatabaseTroubleError(sentence_for(Cause.FOREIGN))
            schema.upgrade(connection)
            astray = connection.exec_driver_sql("PRAGMA foreign_key_check").all() if self._is_sqlite else ()
            if astray:
                raise SchemaError(
                    f"Rows of {', '.join(sorted({row[0] for row in astray}))} point to rows that are gone."
                )

    def scrub(self) -> None:
        """Write everything again without what was removed, also on PostgreSQL, where others wait meanwhile.

        Raises:
            TraceError: Somebody reads for too long; the database's files still hold what was removed.
        """
        if self._is_sqlite:
            self.vacuum()
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            names = [table.name for table in SQLModel.metadata.sorted_tables]
            left = [name for name in names if not _is_rewritten(connection, name)]
        if left:
            _log.warning("what was removed from %s is still in the files of the database", ", ".join(left))
            raise TraceError

    def vacuum(self) -> None:
        """Rewrite an SQLite file without a trace of what was removed from it; PostgreSQL has its turn at night.

        Raises:
            TraceError: Somebody read for too long; the write-ahead log still holds what was removed.
        """
        if not self._is_sqlite:
            return
        with self._in_turn(), self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None  # noqa: S101 - we are connected
            # Neither can be done in a transaction, which SQLAlchemy would begin.
            driver.execute("VACUUM")
            is_busy, *_pages = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise TraceError

    def check_schema(self) -> None:
        """Make sure that the schema is this version's.

        Raises:
            SchemaError: It is not; the sentence says what to do.
        """
        with self._engine.connect() as connection:
            current = schema.version_of(connection)
        _refuse_unknown(current)
        if current != schema.newest():
            raise SchemaError(
                f"The database is at schema {current or 'none'}, this version needs {schema.newest()}. "
                "Run: peerloop migrate"
            )

    def close(self) -> None:
        """Let go of all connections, and of the file."""
        self._engine.dispose()
        if self._held is not None:
            self._held.close()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """On SQLite, let the threads of this process write one after another, each as soon as the last is done."""
        # A person who waited too long asks the database, which then refuses.
        is_ours = self._is_sqlite and self._turn.acquire(timeout=self._patience_ms / 1_000)
        try:
            yield
        finally:
            if is_ours:
                self._turn.release()


def _refuse_unknown(version: str | None) -> None:
    if version is not None and not schema.is_known(version):
        raise SchemaError(
            f"The database is at schema {version}, which this version does not know. "
            "Start the newer version of Peerloop that wrote it, or restore an older copy."
        )


def _lock_key(purpose: str, workspace: str = "") -> int:
    """Return the number PostgreSQL knows a lock by; two that fall together would only wait for each other."""
    return int.from_bytes(blake2b(f"{purpose}:{workspace}".encode(), digest_size=8).digest(), signed=True)


def _wait_for_turn(connection: Connection, workspace: str) -> datetime:
    """Take the write lock of a workspace, or of all; it is let go after the commit can be seen by others.

    Return what time it is by the server's clock then. Each later statement sees everything committed before it,
    and so all that earlier holders wrote.
    """
    patience = connection.get_execution_options().get(_PATIENCE)
    if patience is not None:
        connection.exec_driver_sql(f"set local lock_timeout = {patience}")
    whole = _lock_key("write")
    if workspace:
        own = _lock_key("write", workspace)
        locks = [func.pg_advisory_xact_lock_shared(whole), func.pg_advisory_xact_lock(own)]
    else:
        locks = [func.pg_advisory_xact_lock(whole)]
    now: datetime = connection.execute(select(*locks, func.clock_timestamp())).one()[-1]
    return now


def _is_rewritten(connection: Connection, table: str) -> bool:
    """Rewrite a table, and what the planner knows of it; False when somebody uses it all the time."""
    for _ in range(SCRUB_TRIES):
        connection.exec_driver_sql(f"set lock_timeout = {HURRIED_MS}")
        try:
            connection.exec_driver_sql(f'vacuum (full, analyze) "{table}"')
        except OperationalError:
            continue
        finally:
            connection.exec_driver_sql(f"set lock_timeout = {BUSY_TIMEOUT_MS}")
        return True
    return False


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild tables that others point to; it takes that for removing everything they point to."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - we are connected
    # Inside a transaction SQLite does not listen to this.
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin its own, later transactions; `_begin_sqlite` begins ours.
    connection.isolation_level = None
    # What is removed is overwritten, so that the file does not go on holding it.
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _without_waiting_for_the_disk(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, which SQLite refuses at once, without waiting, while somebody writes."""
    give_up = time.monotonic() + BUSY_TIMEOUT_MS / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(WAL_RETRY_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    is_write = options.get(_WRITES, False)
    patience = options.get(_PATIENCE, BUSY_TIMEOUT_MS)
    if is_write and connection.info.get(_PATIENCE, BUSY_TIMEOUT_MS) != patience:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
        connection.info[_PATIENCE] = patience
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
