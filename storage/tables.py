"""What every table is: a class that says, beside its columns, what of them concerns a person."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

import sqlalchemy
from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, MetaData, Time
from sqlalchemy.schema import SchemaItem
from sqlmodel import SQLModel

from storage.columns import UtcDateTime
from storage.privacy.inventory import KEY, Entry

_Columns = Mapping[str, Column[Any]]

# What holds a number or a moment holds no id and no words; everything else might, whatever its type is called.
_NO_TEXT: Final = (Boolean, Date, DateTime, Float, Integer, Time)


# Nobody asks a table to check the values of a row, so what pydantic would do that with is not made.
class Table(SQLModel, defer_build=True):
    """What the class of each table inherits from, and says of itself in `privacy`.

    A class that says nothing, or what does not fit its columns, raises a TypeError instead of being made.
    """

    privacy: ClassVar[Entry]

    @classmethod
    def __table_cls__(
        cls,
        name: str,
        metadata: MetaData,
        *parts: SchemaItem,
        **options: Any,  # noqa: ANN401 - as SQLAlchemy has it
    ) -> sqlalchemy.Table:
        """Make the table with its entry; SQLAlchemy calls this for each class with `table=True`.

        Raises:
            TypeError: The class says nothing of itself, or what does not fit its columns.
        """
        entry = getattr(cls, "privacy", None)
        if not isinstance(entry, Entry):
            raise TypeError(
                f"{cls.__name__} does not say what concerns a person in it: write `privacy = Entry(…)` below its "
                "columns, with what `storage.privacy.inventory` explains"
            )
        columns = {part.name: part for part in parts if isinstance(part, Column)}
        faults = [*_texts(entry, columns), *_moments(entry, columns), *_names(entry, columns)]
        if faults:
            raise TypeError(f"`privacy` of {cls.__name__} does not fit its columns: {'; '.join(faults)}")
        return sqlalchemy.Table(name, metadata, *parts, info={KEY: entry}, **options)


def _texts(entry: Entry, columns: _Columns) -> Iterator[str]:
    """Yield what is wrong about the columns that can hold a text."""
    texts = {
        name
        for name, column in columns.items()
        if not isinstance(getattr(column.type, "impl", column.type), _NO_TEXT) and name != "workspace"
    }
    declared = Counter([*entry.people, *entry.among, *entry.words, *entry.codes])
    yield from _not_once(texts, declared, "`people`, `among`, `words` and `codes`")
    for name in sorted({*declared} - texts):
        yield f"there is no column {name} that can hold a text"
    if (entry.people or entry.among or entry.words or entry.part_of) and "workspace" not in columns:
        yield "it has no column `workspace`, by which the rows of a person are found"


def _moments(entry: Entry, columns: _Columns) -> Iterator[str]:
    """Yield what is wrong about the columns that hold a moment."""
    moments = {name for name, column in columns.items() if isinstance(column.type, UtcDateTime)}
    declared = Counter([*entry.signs, *entry.no_signs])
    if entry.people or entry.part_of:
        yield from _not_once(moments, declared, "`signs` and `no_signs`")
    elif declared:
        yield "`signs` and `no_signs` are for tables with `people` or `part_of`"
    for name in sorted({*declared} - moments):
        yield f"there is no column {name} that holds a moment"
    if entry.ages_by and entry.ages_by not in moments:
        yield f"`ages_by` names {entry.ages_by}, which holds no moment"


def _names(entry: Entry, columns: _Columns) -> Iterator[str]:
    """Yield what is wrong about the columns that are named a second time, to say more of them."""
    keys = {name for name, column in columns.items() if column.foreign_keys}
    people = {*entry.people}
    # What `signs` names in a row that is part of another stands in the other.
    actors = () if entry.part_of else entry.signs.values()
    for where, named, known, fault in (
        ("told", entry.told, people | {*entry.among}, "is in neither `people` nor `among`"),
        ("columns", entry.columns or (), {*columns}, "is no column"),
        ("counted", entry.counted, {*columns}, "is no column"),
        ("follows", entry.follows, keys, "points to no other row"),
        ("part_of", (entry.part_of,) if entry.part_of else (), keys, "points to no other row"),
        ("signs", actors, people, "is not in `people`"),
    ):
        for name in sorted({*named} - known):
            yield f"`{where}` names {name}, which {fault}"


def _not_once(names: set[str], declared: Counter[str], places: str) -> Iterator[str]:
    for name in sorted(names):
        if declared[name] != 1:
            yield f"write {name} into exactly one of {places}; it stands in {declared[name]}"
