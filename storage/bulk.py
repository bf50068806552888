"""Many rows in a few statements: a round of a hundred thousand people is one transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, column, insert, true
from sqlmodel import Session, SQLModel, col

# Well below the 32,766 values that one statement may have.
AT_ONCE: Final = 5_000
# The rows of so many people are found one by one; of more, everybody's are read.
FEW: Final = 300

_Item = TypeVar("_Item")


def batches(items: Iterable[_Item], size: int = AT_ONCE) -> Iterator[list[_Item]]:
    """Yield the items in lists of a size, the last one shorter."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def few(ids: Collection[_Item]) -> Collection[_Item] | None:
    """Return the ids to look rows up by, or None when there are so many that reading all rows is quicker."""
    return ids if len(ids) <= FEW else None


def among(attribute: _Item, values: Collection[_Item] | None) -> ColumnElement[bool]:
    """Return the condition that a column has one of these values; None for any."""
    return true() if values is None else col(attribute).in_(values)


def insert_rows(session: Session, table: type[SQLModel], rows: Iterable[Mapping[str, object]]) -> None:
    """Insert rows by the names of their columns; what a row does not say is as usual.

    Everything added to the session before is written first.
    """
    session.flush()
    usual = usual_of(table)
    for some in batches(rows):
        session.connection().execute(insert(table), [{**usual, **row} for row in some])


def insert_for_ids(session: Session, table: type[SQLModel], rows: Iterable[Mapping[str, object]]) -> list[int]:
    """Insert rows in the same way; return the ids they were given, in their order."""
    session.flush()
    usual = usual_of(table)
    query: Any = insert(table).returning(column("id"), sort_by_parameter_order=True)
    ids: list[int] = []
    for some in batches(rows):
        ids += session.connection().execute(query, [{**usual, **row} for row in some]).scalars()
    return ids


def usual_of(table: type[SQLModel]) -> dict[str, Any]:
    """Return the value of each column for a row that has none of its own."""
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in table.model_fields.items()
        if name != "id" and not field.is_required()
    }
