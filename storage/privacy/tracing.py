"""Finds a person in the tables, where these say that people stand."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, func, or_, select
from sqlmodel import Session

from storage.privacy.inventory import Entry, Fate, entry_of, list_entries
from storage.unreadable import UNREADABLE, readable


@dataclass(frozen=True, slots=True)
class Trace:
    """Somebody of a workspace, looked for in one transaction."""

    connection: Connection
    workspace: str
    user_id: str

    @property
    def mentions(self) -> re.Pattern[str]:
        """Return what finds the person in a text: as Slack mentions them, or the id by itself."""
        one = re.escape(self.user_id)
        return re.compile(rf"<@{one}(?:\|[^<>]*)?>|(?<![A-Za-z0-9]){one}(?![A-Za-z0-9])", re.IGNORECASE)

    def here(self, table: Table) -> ColumnElement[bool]:
        """Return the condition for rows of the workspace."""
        return table.columns["workspace"] == self.workspace

    def list_mentioning(self, table: Table, columns: Iterable[str]) -> Iterator[RowMapping]:
        """Yield the rows in which the person is named in any of some columns, among other things."""
        looked_at = [table.columns[name] for name in columns]
        if not looked_at:
            return
        contains = [func.lower(column).contains(self.user_id.lower(), autoescape=True) for column in looked_at]
        named = self.mentions
        for row in self.connection.execute(select(table).where(self.here(table), or_(*contains))).mappings().all():
            if has_key(table, row) and any(named.search(text_of(row[column.name])) for column in looked_at):
                yield row

    def part_of_theirs(self, table: Table, entry: Entry) -> ColumnElement[bool] | None:
        """Return the condition for rows that are the person's since the row is of which they are a part."""
        if not entry.part_of:
            return None
        (foreign_key,) = table.columns[entry.part_of].foreign_keys
        whole = foreign_key.column.table
        owners = entry_of(whole).people.items()
        theirs = [whole.columns[name] == self.user_id for name, fate in owners if fate is Fate.REMOVED]
        return table.columns[entry.part_of].in_(select(foreign_key.column).where(self.here(whole), or_(*theirs)))


def trace(session: Session, workspace: str, user_id: str) -> Trace:
    """Begin to look for a person, in what the transaction has written so far too."""
    session.flush()
    return Trace(session.connection(), workspace, user_id)


def list_named(session: Session, workspace: str) -> frozenset[str]:
    """Return the ids of all people who stand in any column that holds one, but for those who were erased."""
    session.flush()
    connection = session.connection()
    named: set[str] = set()
    for table, entry in list_entries():
        for name in (name for name, fate in entry.people.items() if fate is not Fate.KEPT):
            query = select(table.columns[name]).where(table.columns["workspace"] == workspace).distinct()
            named.update(user_id for (user_id,) in readable(connection.execute(query)))
    return frozenset(named)


def text_of(value: str | tuple[str, ...] | None) -> str:
    """Return the text in which people are looked for: that of a list has its words in their order."""
    return " ".join(value) if isinstance(value, tuple) else value or ""


def has_key(table: Table, row: RowMapping) -> bool:
    """Tell whether a row can be named, however little else of it can be read."""
    key: Iterable[Any] = table.primary_key
    return all(row[column.name] is not UNREADABLE for column in key)


def is_same(table: Table, row: RowMapping) -> list[ColumnElement[bool]]:
    """Return the conditions for exactly this row."""
    key: Iterable[Any] = table.primary_key
    return [column == row[column.name] for column in key]
