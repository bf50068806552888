"""Signs of life: when somebody last did anything at all; nobody learns what."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Column, FromClause, Table, func, select
from sqlmodel import Session

from storage.privacy.inventory import Entry, list_entries
from storage.unreadable import readable


def list_last_signs(
    session: Session, workspace: str, since: datetime, user_ids: Sequence[str] | None = None
) -> Mapping[str, datetime]:
    """Return when each person who did something since a moment last did so, of all people or of a few.

    Each table says of itself which of its moments are signs.
    """
    session.flush()
    last: dict[str, datetime] = {}
    for table, entry in list_entries():
        for moment, name in entry.signs.items():
            at, (who, rows) = table.columns[moment], _acting(table, entry, name)
            query = (
                select(who, func.max(at))
                .select_from(rows)
                .where(who.table.columns["workspace"] == workspace, at >= since)
                .group_by(who)
            )
            if user_ids is not None:
                query = query.where(who.in_(user_ids))
            for user_id, acted_at in readable(session.connection().execute(query)):
                last[user_id] = max(acted_at, last.get(user_id, acted_at))
    return last


def _acting(table: Table, entry: Entry, name: str) -> tuple[Column[str], FromClause]:
    """Return the column with who acted, and the rows it is in: the table's own, or joined with those it is part of."""
    if name in table.columns:
        return table.columns[name], table
    (foreign_key,) = table.columns[entry.part_of].foreign_keys
    whole = foreign_key.column.table
    return whole.columns[name], table.join(whole, table.columns[entry.part_of] == foreign_key.column)
