"""Notices a thread that opens a database session while it holds another one of the same database."""

import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction

ROOT = Path(__file__).parents[1]


class OpenSessions:
    """The sessions that hold a connection now, and where one was opened inside another.

    Two connections for one act exhaust the pool as soon as as many people act at once as it has connections: each
    holds one and waits for a second.
    """

    def __init__(self) -> None:
        self.nested: list[str] = []
        self._lock = threading.Lock()
        self._holders: dict[Session, tuple[int, Engine]] = {}

    def begun(self, session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
        """Note that a session has taken a connection, as SQLAlchemy tells."""
        here = (threading.get_ident(), connection.engine)
        with self._lock:
            if any(holder == here and other is not session for other, holder in self._holders.items()):
                ours = [frame for frame in traceback.extract_stack() if str(ROOT) in frame.filename]
                way = [frame for frame in ours if "site-packages" not in frame.filename]
                self.nested.append("".join(traceback.format_list(way)))
            self._holders[session] = here

    def ended(self, session: Session, transaction: SessionTransaction) -> None:
        """Note that a session has let its connection go; the end of a savepoint is none."""
        if transaction.parent is None:
            with self._lock:
                self._holders.pop(session, None)


@contextmanager
def watched_sessions() -> Iterator[OpenSessions]:
    """Watch every session of the process while the block runs."""
    sessions = OpenSessions()
    # The end comes first: a bot that goes on from one test to the next may open and close a session between the two.
    event.listen(Session, "after_transaction_end", sessions.ended)
    event.listen(Session, "after_begin", sessions.begun)
    try:
        yield sessions
    finally:
        event.remove(Session, "after_begin", sessions.begun)
        event.remove(Session, "after_transaction_end", sessions.ended)
