"""Moments, ids and words in the database."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Integer, text
from sqlalchemy.exc import StatementError
from sqlmodel import SQLModel, col, select

from bot.domain.goals import Visibility, WitnessSays
from bot.domain.identity import LARGEST_ID
from storage.database import Database
from storage.goals import Goal
from tests.databases import on_both
from tests.factories import MONDAY_8

pytestmark = on_both

RAW = {
    "sqlite": "select set_at from goal",
    "postgresql": "select to_char(set_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') from goal",
}


def goal(set_at: datetime) -> Goal:
    return Goal(
        workspace="T1", owner="U1", title="t", evidence="e", due_on=date(2027, 1, 4), plan="", why="", set_at=set_at
    )


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (datetime(2026, 11, 23, 8, 1, 2, 345678, tzinfo=UTC), "2026-11-23 08:01:02.345678"),
        (datetime(2026, 11, 23, 8, tzinfo=timezone(timedelta(hours=5, minutes=45))), "2026-11-23 02:15:00.000000"),
        (datetime(2026, 11, 23, 8, tzinfo=timezone(timedelta(hours=-8))), "2026-11-23 16:00:00.000000"),
    ],
)
def test_a_moment_is_stored_and_given_back_in_utc(database: Database, given: datetime, stored: str) -> None:
    with database.write() as session:
        row = goal(given)
        session.add(row)
        session.flush()
        goal_id = row.id

    with database.read() as session:
        found = session.get_one(Goal, goal_id)
        raw = session.connection().exec_driver_sql(RAW[session.connection().dialect.name]).scalar_one()
    assert found.set_at == given
    assert found.set_at.tzinfo is UTC
    assert raw == stored


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    def store() -> None:
        with database.write() as session:
            session.add(goal(datetime(2026, 11, 23, 8)))  # noqa: DTZ001 - what is refused

    with pytest.raises(StatementError, match="a moment without a zone"):
        store()


def test_every_table_can_be_asked_for_the_largest_id_and_has_none_larger(database: Database) -> None:
    tables = SQLModel.metadata.sorted_tables
    ids = [one for table in tables for one in table.columns if one.name == "id" or one.foreign_keys]
    numbers = [one for one in ids if isinstance(one.type, Integer)]

    with database.read() as session:
        connection = session.connection()
        found = [connection.execute(select(one).where(one == LARGEST_ID)).first() for one in numbers]

    assert len(numbers) > 20
    assert set(found) == {None}


def test_a_member_of_an_enumeration_is_stored_as_its_word_and_read_as_the_member(database: Database) -> None:
    with database.write() as session:
        row = goal(MONDAY_8)
        row.visibility = Visibility.COMMUNITY
        session.add(row)

    with database.read() as session:
        found = session.exec(select(Goal).where(Goal.visibility == Visibility.COMMUNITY)).one()
        raw = session.connection().exec_driver_sql("select visibility, witness_says from goal").one()
    assert tuple(raw) == ("community", "")
    assert found.visibility is Visibility.COMMUNITY
    assert found.witness_says is WitnessSays.NOTHING


def test_a_word_that_is_not_in_the_enumeration_is_not_written_and_leaves_out_its_row_alone(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def store() -> None:
        with database.write() as session:
            row = goal(MONDAY_8)
            row.visibility = "everybody"  # type: ignore[assignment]  # what is refused
            session.add(row)

    with pytest.raises(StatementError, match="'everybody' is not a valid Visibility"):
        store()
    with database.write() as session:
        session.add_all([goal(MONDAY_8), goal(MONDAY_8)])
        session.flush()
        session.connection().execute(text("update goal set visibility = 'everybody' where id = 1"))
    with database.read() as session:
        assert [row.id for row in session.exec(select(Goal).order_by(col(Goal.id)))] == [2]
        assert session.exec(select(Goal.visibility)).all() == [Visibility.ME]
        assert session.get(Goal, 1) is None
    assert "row (1,) of goal is left out: visibility cannot be read" in caplog.text
