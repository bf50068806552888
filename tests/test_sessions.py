"""What watches the sessions of every test sees two at once in one thread, and nothing else."""

import pytest
from sqlmodel import Session, text

from storage.database import Database
from tests.sessions import watched_sessions
from tests.threads import at_once


@pytest.fixture
def one_session_at_a_time() -> None:
    """Let this module's tests do what no other may."""


def test_a_session_inside_another_is_seen_with_the_place_where_it_was_opened(database: Database) -> None:
    with watched_sessions() as sessions, database.read() as session:
        session.connection()
        assert sessions.nested == []
        open_one(database)

    (where,) = sessions.nested
    assert "open_one(database)" in where


def test_sessions_one_after_another_on_several_threads_and_with_savepoints_are_fine(database: Database) -> None:
    def act() -> None:
        open_one(database)
        with database.write() as session, session.begin_nested():
            session.connection().execute(text("select 1"))
        open_one(database)

    with watched_sessions() as sessions:
        at_once(4, act)

    assert sessions.nested == []


def open_one(database: Database) -> None:
    with database.read() as session:
        assert isinstance(session, Session)
        session.connection().execute(text("select 1"))
