"""Gathers everything that is linked to one person, and nobody else's words."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import RowMapping, Table, or_, select
from sqlmodel import Session

from bot.domain.privacy import Export, Row
from bot.domain.round_inputs import UNPACKABLE, member_in
from storage import private_lists
from storage.privacy.inventory import Entry, list_entries
from storage.privacy.tracing import Trace, trace
from storage.privacy.vault import Vault
from storage.private_lists import PrivateList
from storage.rounds import rounds
from storage.rounds.rounds import RoundInputs
from storage.unreadable import UNREADABLE


def gather(session: Session, vault: Vault, workspace: str, user_id: str, now: datetime) -> Export:
    """Gather a person's rows of every table, each readable by itself.

    Raises:
        NoKeyError, WrongKeyError: The person's own private list cannot be opened.
    """
    whom = trace(session, workspace, user_id)
    tables: dict[str, tuple[Row, ...]] = {}
    for table, entry in list_entries():
        rows = tuple(_rows(whom, table, entry))
        if rows:
            tables[table.name] = rows
    if str(PrivateList.__tablename__) in tables:
        tables[str(PrivateList.__tablename__)] = (
            {"people": list(private_lists.list_blocked(session, vault, workspace, user_id))},
        )
    inputs = tuple(_inputs(session, whom))
    if inputs:
        tables[str(RoundInputs.__tablename__)] = inputs
    return Export(user_id=user_id, workspace=workspace, made_at=now, tables=tables)


def exported_columns(table: Table, entry: Entry) -> tuple[str, ...]:
    """Return the columns of a table that an export tells, those of rows it points to after its own."""
    own = entry.columns or tuple(column.name for column in table.columns if column.name != "workspace")
    return own + tuple(_name(table, key, name) for key, names in entry.follows.items() for name in names)


def _rows(whom: Trace, table: Table, entry: Entry) -> Iterator[Row]:
    """Yield the person's rows of a table, in the order of their keys."""
    told = [table.columns[name] == whom.user_id for name in entry.told if name in entry.people]
    parts = whom.part_of_theirs(table, entry)
    if parts is not None:
        told.append(parts)
    order = list(table.primary_key)
    found: list[RowMapping] = []
    if told:
        query = select(table).where(whom.here(table), or_(*told)).order_by(*order)
        found += whom.connection.execute(query).mappings().all()
    among = [name for name in entry.told if name in entry.among]
    # A row can name the person as its own and among others too, and is told once.
    known = {tuple(row[column.name] for column in order) for row in found}
    named = whom.list_mentioning(table, among)
    found += [row for row in named if tuple(row[column.name] for column in order) not in known]
    yield from _readable(whom, table, entry, found)


def _readable(whom: Trace, table: Table, entry: Entry, rows: Iterable[RowMapping]) -> Iterator[Row]:
    columns = exported_columns(table, entry)
    for row in rows:
        values = {name: _told(value) for name, value in row.items()}
        for key, names in entry.follows.items():
            (foreign_key,) = table.columns[key].foreign_keys
            other = foreign_key.column.table
            query = select(other).where(foreign_key.column == values[key])
            found = whom.connection.execute(query).mappings().first()
            values |= {_name(table, key, name): _told(found[name]) if found else None for name in names}
        yield {name: values[name] for name in columns}


def _told(value: object) -> object:
    """Return what is told of a value; of one that cannot be read, nothing, while the rest of its row is told."""
    return None if value is UNREADABLE else value


def _name(table: Table, key: str, name: str) -> str:
    """Name a column of the row that a key points to, such as "round_number"."""
    (foreign_key,) = table.columns[key].foreign_keys
    return f"{foreign_key.column.table.name}_{name}"


def _inputs(session: Session, whom: Trace) -> Iterator[Row]:
    """Yield what a person was to the pairing, round by round, as far as that is kept."""
    for stored in rounds.list_inputs(session, whom.workspace):
        its_round = rounds.find_round(session, stored.round_id)
        try:
            member = member_in(stored.packed, whom.user_id)
        except UNPACKABLE:
            continue
        if member is not None and its_round is not None:
            yield {"round_number": its_round.number, "round_started_at": its_round.started_at, **member}
