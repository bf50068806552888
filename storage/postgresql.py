"""Connections to PostgreSQL: how they are made, shared out in turn, and kept to one schema."""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util.queue import Empty, Full, QueueCommon

from storage import leases
from storage.diagnosis import is_full

if TYPE_CHECKING:
    import psycopg

LOCK_TIMEOUT_MS: Final = 5_000
# A process that stands still in the middle of a transaction keeps everybody else from writing.
STALLED_MS: Final = int(leases.TERM.total_seconds() * 1_000)
# With the queue's five, a process at rest keeps eleven; nine of them fit into the hundred that PostgreSQL allows.
KEPT_CONNECTIONS: Final = 6
_MORE_WHEN_BUSY: Final = 10
_ENCODING: Final = "UTF8"
_RETRY_SECONDS: Final = 0.1
# A person who waits for an answer is told within three seconds that there is none.
PATIENCE_SECONDS: Final = 2.0
# In a burst each has its turn, which is better than an apology.
TURN_SECONDS: Final = 20.0
# Tables of ours beside which others' programs have an `alembic_version` of their own.
_FIND_SCHEMA: Final = """
    select n.nspname, c.oid::text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relname = 'alembic_version' and c.relkind = 'r'
    and exists (select from pg_class o where o.relnamespace = n.oid and o.relname = 'outboxmessage')
"""


class DatabaseTroubleError(Exception):
    """The database cannot be used as it is; the sentence says what to look at."""


class Line(QueueCommon[Any]):
    """The connections that are free, and the threads that wait for one: first come, first served.

    SQLAlchemy's own queue lets a thread that has just come take what another has waited for.
    """

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:  # noqa: FBT001, FBT002 - as SQLAlchemy has it
        self.maxsize, self.use_lifo = maxsize, use_lifo
        self._lock = threading.Lock()
        self._free: deque[Any] = deque()
        self._waiting: deque[_Turn] = deque()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: ANN401, FBT001, FBT002 - as SQLAlchemy has it
        """Hand a connection to the thread that waits longest, or keep it; Full when enough are kept."""
        del block, timeout
        with self._lock:
            if self._waiting:
                self._waiting.popleft().give(item)
            elif len(self._free) < self.maxsize:
                self._free.append(item)
            else:
                raise Full

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: ANN401, FBT001, FBT002 - as SQLAlchemy has it
        """Return a connection that is free, or wait for one behind those who wait already; Empty when none comes."""
        with self._lock:
            if self._free:
                return self._free.pop()
            if not block:
                raise Empty
            turn = _Turn()
            self._waiting.append(turn)
        turn.has_come.wait(timeout)
        with self._lock:
            if not turn.has_come.is_set():
                self._waiting.remove(turn)
                raise Empty
        return turn.item

    def waiting(self) -> int:
        """Return how many threads wait."""
        with self._lock:
            return len(self._waiting)

    def qsize(self) -> int:
        """Return how many are free."""
        with self._lock:
            return len(self._free)


class _Turn:
    """One thread in the line."""

    def __init__(self) -> None:
        self.has_come = threading.Event()
        self.item: Any = None

    def give(self, item: Any) -> None:  # noqa: ANN401 - a connection's record
        self.item = item
        self.has_come.set()


class FairPool(QueuePool):
    """SQLAlchemy's pool, in which each thread has its turn, and which waits where the server takes no more."""

    _queue_class = Line

    def __init__(self, *given: Any, **more: Any) -> None:  # noqa: ANN401 - as SQLAlchemy has it
        super().__init__(*given, **more)
        self._lent = 0
        self._guard = threading.Lock()

    def _do_get(self) -> ConnectionPoolEntry:
        record = self._find()
        with self._guard:
            self._lent += 1
        return record

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        with self._guard:
            self._lent -= 1
        super()._do_return_conn(record)

    def _find(self) -> ConnectionPoolEntry:
        from psycopg import OperationalError  # noqa: PLC0415 - nobody on SQLite has to load it

        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return super()._do_get()
            except OperationalError as error:
                left = until - time.monotonic()
                if not is_full(error, is_known=bool(self._lent or self._pool.qsize())) or left <= 0:
                    raise
            # One of our own comes back, as a rule long before the server has room for another.
            with suppress(Empty):
                return self._pool.get(block=True, timeout=left if self._lent else _RETRY_SECONDS)


def options(url: URL) -> dict[str, Any]:
    """Return what SQLAlchemy makes an engine with; options of the server in the address hold beside ours."""
    return {
        "poolclass": FairPool,
        "pool_size": KEPT_CONNECTIONS,
        "max_overflow": _MORE_WHEN_BUSY,
        "pool_timeout": TURN_SECONDS,
        # A server that was restarted costs nobody an error.
        "pool_pre_ping": True,
        "connect_args": {
            "application_name": "peerloop",
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,
            "options": with_options(
                url, f"-c lock_timeout={LOCK_TIMEOUT_MS} -c idle_in_transaction_session_timeout={STALLED_MS}"
            ),
        },
    }


def with_options(url: URL, ours: str) -> str:
    """Return the options of the server that an address has, and behind them ours, which win."""
    given = url.query.get("options", "")
    return " ".join((*([given] if isinstance(given, str) else given), ours)).strip()


class Pin:
    """Keeps every connection of a process to the schema in which the tables are, whatever becomes of its search path.

    Raises:
        DatabaseTroubleError: The encoding cannot hold what people write, or the tables are in another schema than
            the one in which the search path would make new ones.
    """

    def __init__(self) -> None:
        self._schema = ""

    def prepare(self, connection: "psycopg.Connection[Any]", _record: object) -> None:
        """Look at a new connection before anything else uses it."""
        try:
            _check_encoding(connection)
            self._schema = self._schema or _find_schema(connection)
            connection.execute("select set_config('search_path', quote_ident(%s), false)", [self._schema])
            connection.commit()
        except BaseException:
            connection.close()
            raise


def _check_encoding(connection: "psycopg.Connection[Any]") -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != _ENCODING:
        name, user = connection.info.dbname, connection.info.user
        raise DatabaseTroubleError(
            f"The database {name} is in {encoding}, which cannot hold all that people write. Make one in UTF8, "
            "under another name or after this one is dropped: "
            f"create database {name} owner {user} encoding '{_ENCODING}' template template0;"
        )


def _find_schema(connection: "psycopg.Connection[Any]") -> str:
    """Return the schema in which our tables are, or are to be made."""
    found = dict(connection.execute(_FIND_SCHEMA).fetchall())
    row = connection.execute("select current_schema(), current_user").fetchone()
    current, user = row or (None, None)
    name = connection.info.dbname
    if found and current not in found:
        there = ", ".join(sorted(found))
        raise DatabaseTroubleError(
            f"Peerloop's tables are in the schema {there} of the database {name}, and the search_path of the user "
            f"{user} leads to {current or 'none'}. Nothing was made there. Put it right, and start again: "
            f"alter role {user} in database {name} set search_path = {min(found)};"
        )
    if current is None:
        raise DatabaseTroubleError(
            f"The search_path of the user {user} leads to no schema of the database {name}. "
            f"Put it right: alter role {user} in database {name} set search_path = public;"
        )
    return str(current)


class ServerClock:
    """The server's clock, by which processes on several machines reckon waits; known from the last look at it.

    Args:
        machine: The machine's own clock, which tells how long ago that look was.
    """

    def __init__(self, machine: Callable[[], datetime]) -> None:
        self._machine = machine
        self._ahead: timedelta | None = None

    @property
    def is_known(self) -> bool:
        """Tell whether the server was looked at."""
        return self._ahead is not None

    def set(self, moment: datetime) -> None:
        """Note what time it is there."""
        self._ahead = moment - self._machine()

    def now(self) -> datetime:
        """Return this moment, aware, in UTC."""
        return self._machine().astimezone(UTC) + (self._ahead or timedelta())
