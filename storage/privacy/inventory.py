"""What in every table concerns a person: whose a row is, what somebody wrote, and what erasing does with it.

Each table says it beside its columns, as its `privacy`; export and erase go by what all of them say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sqlalchemy import Table
from sqlmodel import SQLModel

# Under which a table has its entry among what SQLAlchemy knows of it.
KEY: Final = "privacy"


class Fate(StrEnum):
    """What becomes of a row when the person is erased whose id stands in one of its columns."""

    REMOVED = "the row is removed"
    NAMELESS = "the row stays, with a name of nobody where the id stood"
    EMPTIED = "the row is another's and stays; the id is taken out of it"
    OWN_STEP = "a step of its own, in `storage.privacy.erasing`"
    KEPT = "the record of an erasure, which stays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one table says of itself.

    Every column that can hold a text stands in exactly one of `people`, `among`, `words` and `codes`.

    Args:
        people: The columns with one person's id, and what erasing that person does with the row.
        among: The columns in which ids of people can stand among other things, as words; else as `people`.
        words: What a person typed. When somebody is erased, mentions of them are taken out of everybody's words.
        codes: The texts that can hold no id of a person: kinds, states, zones, ids of channels.
        part_of: The foreign key to the row whose person this row concerns, in a table without people of its own.
        told: The columns of `people` and `among` whose person gets the row in an export.
        columns: What an export tells of a row; None for all of it. Words of somebody else are never among them.
        follows: For a foreign key, the columns of the row it points to that make the row readable in an export.
        ages_by: The moment from which on a row is a raw answer, which is kept for twelve months only.
        aged: What becomes of it then: removed, or nameless where the row itself is what is counted.
        counted: The columns whose values are counted before an old answer is removed.
        signs: The moments at which somebody did something, and the column with who; of a row that is part of
            another, that is a column of the other.
        no_signs: The other moments: what the app did, or somebody else. In a table with `people` or `part_of` every
            moment stands in one of `signs` and `no_signs`.
    """

    people: Mapping[str, Fate] = field(default_factory=dict)
    among: Mapping[str, Fate] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    part_of: str = ""
    told: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    follows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ages_by: str = ""
    aged: Fate = Fate.REMOVED
    counted: tuple[str, ...] = ()
    signs: Mapping[str, str] = field(default_factory=dict)
    no_signs: tuple[str, ...] = ()


def list_entries() -> Sequence[tuple[Table, Entry]]:
    """List all tables, each with what it says, those that others point to first.

    Raises:
        TypeError: As `entry_of` does.
    """
    return [(table, entry_of(table)) for table in SQLModel.metadata.sorted_tables]


def entry_of(table: Table) -> Entry:
    """Return what a table says of itself.

    Raises:
        TypeError: It says nothing, since its class is none of ours.
    """
    entry = table.info.get(KEY)
    if not isinstance(entry, Entry):
        raise TypeError(f"the class of the table {table.name} must inherit from `storage.tables.Table`")
    return entry
