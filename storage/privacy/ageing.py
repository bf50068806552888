"""Old answers become numbers, in the tables that say of themselves that they hold answers."""

from collections import Counter
from datetime import date, datetime

from sqlalchemy import RowMapping, Table, delete, select, update
from sqlmodel import Session

from bot.domain.identity import NOBODY
from storage.privacy.answers import add_counts
from storage.privacy.erasing import nobody
from storage.privacy.inventory import Entry, Fate, list_entries
from storage.privacy.tracing import is_same
from storage.unreadable import readable

_Counts = Counter[tuple[date, str, str]]


def age(session: Session, workspace: str, before: datetime, limit: int) -> int:
    """Make numbers of the answers given before a moment, of each table up to a limit; return the most of any table."""
    most = 0
    for table, entry in list_entries():
        if entry.ages_by:
            most = max(most, _age(session, table, entry, workspace, before, limit))
    return most


def _age(session: Session, table: Table, entry: Entry, workspace: str, before: datetime, limit: int) -> int:
    connection = session.connection()
    is_old = (table.columns["workspace"] == workspace, table.columns[entry.ages_by] < before)
    # Those that have no name any more are done with.
    is_named = (table.columns[name].not_like(f"{NOBODY}%") for name in entry.people)
    query = select(table).where(*is_old, *is_named).order_by(*table.primary_key).limit(limit)
    rows = list(readable(connection.execute(query).mappings()))
    counts: _Counts = Counter()
    for row in rows:
        counts.update(_answers(table, entry, row))
        if entry.aged is Fate.REMOVED:
            connection.execute(delete(table).where(*is_same(table, row)))
        else:
            nameless = {name: nobody() for name in entry.people}
            connection.execute(update(table).where(*is_same(table, row)).values(nameless))
    add_counts(session, workspace, counts)
    return len(rows)


def _answers(table: Table, entry: Entry, row: RowMapping) -> _Counts:
    month = row[entry.ages_by].date().replace(day=1)
    return Counter((month, f"{table.name}.{name}", str(row[name])) for name in entry.counted if row[name] is not None)
