"""What becomes of a row that holds something its columns cannot mean: it is left out, and the log names it.

A value that cannot be read becomes `UNREADABLE` instead of an error, which would keep everybody from all rows of
the answer. A session leaves the rows out in which there is one. `peerloop check` names them.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import chain, islice
from typing import Any, Final, TypeVar

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    Result,
    String,
    Time,
    event,
    inspect,
    select,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session, SQLModel

from bot.domain.identity import NO_END

# Nothing here happened before, or is planned for later, but for what has no end. Every sum of times with a moment in
# between has a result.
_FIRST: Final = datetime(1980, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_BATCH: Final = 1_000

_log = logging.getLogger(__name__)
_Row = TypeVar("_Row")


class _Unreadable:
    """Stands where a value cannot be read; false, as nothing is."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE: Final = _Unreadable()


class _Met(threading.local):
    """How many values this thread could not read so far."""

    count = 0


_met = _Met()


def _is_moment(value: object) -> bool:
    if not isinstance(value, datetime):
        return False
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return _FIRST <= aware < _LAST or aware == NO_END


def _is_day(value: object) -> bool:
    return isinstance(value, date) and (_FIRST.date() <= value < _LAST.date() or value == date.max)


_MEANS: Final[tuple[tuple[type[TypeEngine[Any]], Callable[[object], bool]], ...]] = (
    (DateTime, _is_moment),
    (Date, _is_day),
    (Time, lambda value: isinstance(value, time)),
    (Boolean, lambda value: isinstance(value, bool)),
    (Integer, lambda value: isinstance(value, int)),
    (LargeBinary, lambda value: isinstance(value, bytes)),
    (String, lambda value: isinstance(value, str)),
)


def _meaning(kind: TypeEngine[Any]) -> Callable[[object], bool] | None:
    """Return what tells whether a value of a type can be meant; None when the type itself tells it."""
    of_class = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    found = next((means for known, means in _MEANS if isinstance(of_class, known)), None)
    # What a decorator makes of a text is for the decorator to say.
    return None if isinstance(kind, TypeDecorator) and isinstance(of_class, String) else found


class TolerantContext(DefaultExecutionContext):
    """Runs statements; what comes back is `UNREADABLE` where the type of its column cannot mean it."""

    def get_result_processor(self, type_: TypeEngine[Any], colname: str, coltype: object) -> Callable[[Any], Any]:
        """Return what reads the values of a column and never fails."""
        read = super().get_result_processor(type_, colname, coltype)
        means = _meaning(type_)

        def read_or_mark(value: Any) -> Any:  # noqa: ANN401 - values of every type
            if value is None:
                return None
            try:
                found = value if read is None else read(value)
            except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
                found = UNREADABLE
            if found is not UNREADABLE and (means is None or means(found)):
                return found
            _met.count += 1
            return UNREADABLE

        return read_or_mark


def be_tolerant(engine: Engine) -> None:
    """Let everything that an engine reads be marked where it cannot be read."""
    usual = engine.dialect.execution_ctx_cls
    engine.dialect.execution_ctx_cls = type("Tolerant", (TolerantContext, usual), {})


def readable(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Yield those rows of columns in which every value can be read."""
    for row in rows:
        values: Iterable[object] = row.values() if hasattr(row, "values") else row  # type: ignore[assignment]
        if UNREADABLE not in values:
            yield row


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row that is left out; `key` names it, and of `columns` the values cannot be read."""

    table: str
    key: str
    columns: tuple[str, ...]


def list_odd_rows(connection: Connection, limit: int, newest: int | None = None) -> Iterator[OddRow]:
    """Yield rows of all tables in which something cannot be read, or that point to a row that is not there.

    Args:
        connection: To the database.
        limit: So many at most.
        newest: How many rows of each table are looked at; None looks at all, which takes half a minute of a processor
            for a million.
    """
    return islice(chain(_list_unreadable(connection, newest), _list_astray(connection)), limit)


def _list_unreadable(connection: Connection, newest: int | None) -> Iterator[OddRow]:
    for table in SQLModel.metadata.sorted_tables:
        # A new row has a greater key; where the key is a name, the table has a row for each person at most.
        looked_at = select(table).order_by(*(column.desc() for column in table.primary_key)).limit(newest)
        rows = connection.execute(looked_at.execution_options(yield_per=_BATCH))
        for row in rows.mappings():
            odd = tuple(name for name, value in row.items() if value is UNREADABLE)
            if odd:
                key = " ".join(f"{column.name}={row[column.name]}" for column in table.primary_key)
                yield OddRow(table.name, key, odd)


def _list_astray(connection: Connection) -> Iterator[OddRow]:
    # PostgreSQL lets nothing point to what is not there.
    if connection.dialect.name != "sqlite":
        return
    for table, rowid, other, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield OddRow(table, f"rowid={rowid}", (f"points to a row of {other} that is not there",))


class TolerantSession(Session):
    """A session whose answers have no row in which something cannot be read."""


@event.listens_for(TolerantSession, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> Result[Any] | None:
    if not state.is_select or state.is_column_load or state.is_relationship_load:
        return None
    before = _met.count
    result = state.invoke_statement()
    return IteratorResult(SimpleResultMetaData(list(result.keys())), _sound(state.session, result, before))


def _sound(session: Any, rows: Iterable[Any], before: int) -> Iterator[Any]:  # noqa: ANN401 - as SQLAlchemy has it
    for row in rows:
        # Nearly always everything could be read; then no row has to be looked through.
        if _met.count == before or all(_is_sound(session, value) for value in row):
            yield row


def _is_sound(session: Any, value: object) -> bool:  # noqa: ANN401 - as SQLAlchemy has it
    if value is UNREADABLE:
        _log.warning("a value of a row cannot be read, and the row is left out; peerloop check names it")
        return False
    state = inspect(value, raiseerr=False)
    if state is None or not hasattr(state, "mapper"):
        return True
    odd = sorted(name for name, held in state.dict.items() if held is UNREADABLE)
    if odd:
        _log.warning(
            "row %s of %s is left out: %s cannot be read", state.identity, state.mapper.local_table.name, ", ".join(odd)
        )
        if state.session is not None:
            session.expunge(value)
    return not odd
