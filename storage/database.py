"""The database: its engine, its two kinds of transaction, its migrations."""

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

BUSY_TIMEOUT_MS: Final = 5_000
WAL_RETRY_SECONDS: Final = 0.05
_WRITES: Final = "peerloop_writes"


class SchemaError(Exception):
    """The database's schema is not the one this version works with."""


class DatabaseTroubleError(Exception):
    """The database cannot be used as it is; the sentence says what to look at."""


class Database:
    """One database for the life of a process.

    Args:
        url: An SQLAlchemy address, such as ``sqlite:///peerloop.db``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._held: TextIO | None = None
        options: dict[str, Any] = {}
        if make_url(url).get_backend_name() == "sqlite":
            # More threads than connections would wait for each other, not for the disk.
            options = {"pool_size": 40, "max_overflow": 10}
        # Errors go to the log; the values in their statements are what people typed.
        self._engine = create_engine(url, hide_parameters=True, **options)
        self._writing = self._engine.execution_options(**{_WRITES: True})
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that commits when the block ends and rolls back when it raises.

        On SQLite its first statement takes the write lock, so that nothing read in it can be outdated.
        """
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads; whatever it changes is rolled back."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    def migrate(self) -> None:
        """Bring the schema to this version's; does nothing when it is there already.

        Raises:
            SchemaError: The database was written by a newer version.
            DatabaseTroubleError: It cannot be opened or written.
        """
        try:
            self._migrate()
        except DatabaseError as error:
            raise DatabaseTroubleError(
                f"The database {self.url} cannot be used ({error.orig}). "
                "Look at DATABASE_URL: its folder must exist and be writable, and the file must be a database."
            ) from None

    def hold(self) -> None:
        """Keep every other process from running on the same SQLite file for as long as this one lives.

        Two would each take the other's messages in hand for left over, and send them again.

        Raises:
            DatabaseTroubleError: Another process runs on it.
        """
        path = self._engine.url.database
        if self._engine.dialect.name != "sqlite" or not path:
            return
        self._held = Path(f"{path}.lock").open("w", encoding="ascii")  # noqa: SIM115 - held until the process ends
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DatabaseTroubleError(
                f"Another peerloop runs on {path} already. Stop it first; one SQLite file serves one process."
            ) from None

    def _migrate(self) -> None:
        config = _alembic_config()
        with self._writing.begin() as connection:
            head, current = _revisions(connection, config)
            if current == head:
                return
            if current is not None and not _knows(config, current):
                raise SchemaError(
                    f"The database is at schema {current}, which this version does not know. "
                    "Start the newer version of Peerloop that wrote it, or restore an older copy."
                )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def check_schema(self) -> None:
        """Make sure that the schema is this version's.

        Raises:
            SchemaError: It is not; the sentence says what to do.
        """
        with self._engine.connect() as connection:
            head, current = _revisions(connection, _alembic_config())
        if current != head:
            raise SchemaError(
                f"The database is at schema {current or 'none'}, this version needs {head}. Run: peerloop migrate"
            )

    def close(self) -> None:
        """Let go of all connections, and of the file."""
        self._engine.dispose()
        if self._held is not None:
            self._held.close()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin its own, later transactions; `_begin_sqlite` begins ours.
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


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
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _revisions(connection: Connection, config: Config) -> tuple[str | None, str | None]:
    head = ScriptDirectory.from_config(config).get_current_head()
    return head, MigrationContext.configure(connection).get_current_revision()


def _knows(config: Config, revision: str) -> bool:
    return any(script.revision == revision for script in ScriptDirectory.from_config(config).walk_revisions())
