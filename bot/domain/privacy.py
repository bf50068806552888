"""What a person may do with everything that is stored about them: have it as a file, have it erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

UNDO: Final = timedelta(seconds=10)
# Ten seconds are too short for some.
LONG_UNDO: Final = timedelta(minutes=5)
EXPORT_STAYS: Final = timedelta(days=7)
# How long copies of the database are kept, unless the operator says otherwise.
BACKUP_DAYS: Final = 30

# A value as it stands in the database, or a list of ids.
Value = object
Row = Mapping[str, Value]


class Cause(StrEnum):
    """Why somebody was erased."""

    ASKED = "asked"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that is linked to one person.

    Args:
        user_id: The person.
        workspace: The workspace it is about.
        made_at: The moment at which it was so, aware UTC.
        tables: The rows of each table that has any, by the table's name.
    """

    user_id: str
    workspace: str
    made_at: datetime
    tables: Mapping[str, tuple[Row, ...]]


def write_counts(counts: Mapping[str, int]) -> str:
    """Write down how many there are of each, as in "goal:3 topic:2"."""
    return " ".join(f"{table}:{count}" for table, count in sorted(counts.items()) if count)


def read_counts(written: str) -> dict[str, int]:
    """Read what `write_counts` wrote."""
    return {table: int(count) for table, _, count in (part.partition(":") for part in written.split())}
