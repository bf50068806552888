"""Copies everything from one database to another, of either kind, and compares it row by row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, Table, collate, func, select
from sqlalchemy.exc import DataError, SQLAlchemyError
from sqlmodel import AutoString, SQLModel

from storage.database import Database, SchemaError
from storage.diagnosis import diagnose

BATCH: Final = 1_000


class MoveError(Exception):
    """The databases cannot be moved as they are; the sentence says why and what to do."""


Told = Callable[[int], None]


def count_rows(database: Database) -> int:
    """Count the rows of all tables."""
    with database.read() as session:
        return sum(_count(session.connection(), table) for table in SQLModel.metadata.sorted_tables)


def move(source: Database, target: Database, told: Told) -> int:
    """Copy every row to an empty database and compare both; return the number of rows.

    The source is read at one moment and never changed. The target is written in one transaction, which is
    committed when every row of every table was found in it as it stands in the source.

    Args:
        source: The database that is in use.
        target: A database with this version's schema and nothing in it.
        told: Called with the number of rows that were copied, and later that were compared, since the last call.

    Raises:
        MoveError: A database is not as it has to be; nothing was changed.
    """
    with _sentence("The present database cannot be moved."):
        source.check_schema()
    with _sentence("The database to move to is not ready. Make its tables first, with its address as DATABASE_URL."):
        _reach(target)
    with source.read() as reading, target.write() as writing:
        old, new = reading.connection(), writing.connection()
        tables = SQLModel.metadata.sorted_tables
        full = [table.name for table in tables if _count(new, table)]
        if full:
            raise MoveError(
                f"The database to move to is not empty: there are rows in {', '.join(full)}. Take an empty one."
            )
        for table in tables:
            _copy(old, new, table, told)
        count = sum(_compare(old, new, table, told) for table in tables)
        if new.dialect.name == "postgresql":
            for table in tables:
                set_sequence(new, table)
        return count


def _copy(old: Connection, new: Connection, table: Table, told: Told) -> None:
    for rows in _batches(old, table):
        try:
            new.execute(table.insert(), [dict(row._mapping) for row in rows])  # noqa: SLF001 - SQLAlchemy's public name
        except DataError:
            raise MoveError(
                f"A row of {table.name} holds something the other database cannot keep, such as a character "
                "of value zero in a text. Nothing was moved."
            ) from None
        told(len(rows))


def _compare(old: Connection, new: Connection, table: Table, told: Told) -> int:
    count = 0
    for before, after in zip_longest(_batches(old, table), _batches(new, table), fillvalue=()):
        if [tuple(row) for row in before] != [tuple(row) for row in after]:
            raise MoveError(f"The rows of {table.name} are not the same after the copy. Nothing was moved.")
        count += len(before)
        told(len(before))
    return count


def _batches(connection: Connection, table: Table) -> Iterator[list[Row[Any]]]:
    query = select(table).order_by(*(_bytewise(connection, column) for column in table.primary_key))
    # Streamed, so that a database of any size fits.
    streamed = query.execution_options(stream_results=True, max_row_buffer=BATCH)
    for rows in connection.execute(streamed).partitions(BATCH):
        yield list(rows)


def _bytewise(connection: Connection, column: Column[Any]) -> Any:  # noqa: ANN401 - what SQLAlchemy sorts by
    """Sort texts by their bytes on both sides; PostgreSQL by itself sorts them by a language."""
    is_by_language = connection.dialect.name == "postgresql" and isinstance(column.type, AutoString)
    return collate(column, "C") if is_by_language else column


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def set_sequence(connection: Connection, table: Table) -> None:
    """Let the next row get the number after the greatest one, as on SQLite."""
    if "id" not in table.columns:
        return
    sequence = func.pg_get_serial_sequence(table.name, "id")
    greatest = select(func.max(table.columns["id"])).scalar_subquery()
    # Without rows there is no greatest number, and the sequence begins with 1.
    connection.execute(select(func.setval(sequence, func.coalesce(greatest, 1), greatest.is_not(None))))


def _reach(target: Database) -> None:
    try:
        target.check_schema()
    except SQLAlchemyError as error:
        diagnosis = diagnose(error)
        assert diagnosis is not None  # noqa: S101 - it is an error of a database
        # The sentence names the setting that holds the address; here it comes after --to.
        raise MoveError(
            f"The database to move to cannot be used. {diagnosis.sentence.replace('DATABASE_URL', '--to')}"
        ) from None


@contextmanager
def _sentence(before: str) -> Iterator[None]:
    try:
        yield
    except SchemaError as error:
        raise MoveError(f"{before} {error}") from None
