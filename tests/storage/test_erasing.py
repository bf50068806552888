"""A person who is erased stands nowhere any more but in the record of it; nobody else loses anything."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage import private_lists
from storage.database import Database
from storage.privacy import erasing, erasures
from storage.privacy.inventory import Fate, list_entries
from storage.private_lists import PrivateList
from storage.rounds import rounds
from storage.rounds.rounds import RoundInputs
from tests.databases import on_both
from tests.everything import MINE, Everywhere
from tests.factories import MONDAY_8, VAULT, add_person, contents, rows

pytestmark = on_both

# A name that is the beginning of another, and one that is written like hers in small letters.
GONE, OTHERS = "U0AMARA", ("U0AMARA2", "U0BEN")


@pytest.fixture
def full(database: Database) -> Database:
    """A database in which the person stands everywhere."""
    with database.write("T1") as session:
        Everywhere(session, GONE, OTHERS).fill()
    return database


def erase(database: Database, user_id: str = GONE, workspace: str = "T1") -> None:
    with database.write(workspace) as session:
        erasing.erase(session, VAULT, workspace, user_id)
        erasures.add_erasure(session, workspace, user_id, "asked", MONDAY_8)


def opened(name: str, line: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values of a row with what is sealed in it as it reads."""
    if name == "privatelist":
        row = PrivateList(**dict(zip(("workspace", "user_id", "sealed"), line, strict=True)))
        return (*line[:2], VAULT.open(row.sealed, private_lists.place_of(row)))
    if name == "roundinputs":
        inputs = RoundInputs(**dict(zip(RoundInputs.model_fields, line, strict=True)))
        return (*line, rounds.secret_of(VAULT, inputs))
    return line


def texts(value: object) -> Iterator[str]:
    """Yield everything that can be read in a value: also what is packed."""
    if isinstance(value, bytes):
        yield zlib.decompress(value).decode()
    else:
        yield str(value)


def places(database: Database, user_id: str) -> set[str]:
    """Return the tables in which a person's id stands in any column; that of somebody else is not theirs."""
    found = set()
    for table, lines in contents(database).items():
        every = " ".join(text for line in lines for value in opened(table, line) for text in texts(value))
        if user_id.casefold() in every.replace(OTHERS[0], "").casefold():
            found.add(table)
    return found


def test_before_it_the_person_stands_in_every_table_that_can_hold_one(full: Database) -> None:
    with_people = {table.name for table, entry in list_entries() if entry.people or entry.among or entry.words}

    assert places(full, GONE) == with_people


def test_the_person_stands_nowhere_but_in_the_record_of_it(full: Database) -> None:
    erase(full)

    assert places(full, GONE) == {"erasure"}


def test_what_the_person_typed_is_gone_but_for_the_thanks_they_gave(full: Database) -> None:
    erase(full)

    own = {table for table, lines in contents(full).items() if any(MINE in str(line) for line in lines)}
    kept = {table.name for table, entry in list_entries() if Fate.NAMELESS in entry.people.values() and entry.words}
    assert own == kept == {"kudos"}


def test_nobody_else_loses_a_row(full: Database) -> None:
    before = rows_of_others(full)

    erase(full)

    assert {table: lost for table in before if (lost := before[table] - rows_of_others(full)[table])} == {}


def rows_of_others(database: Database) -> dict[str, set[tuple[Any, ...]]]:
    """Return the keys of the rows in whose columns for people only others stand, or nobody."""
    found = {}
    for table, entry in list_entries():
        theirs = [table.columns[name] != GONE for name, fate in entry.people.items() if fate is not Fate.KEPT]
        # What goes with everybody whose id is among others' in a column is nobody else's alone.
        theirs += [~table.columns[name].contains(GONE) for name, fate in entry.among.items() if fate is Fate.REMOVED]
        if theirs and not entry.part_of:
            found[table.name] = {tuple(row) for row in read(database, select(*table.primary_key).where(*theirs))}
    return found


def test_nobody_can_be_followed_from_one_nameless_row_to_another(full: Database) -> None:
    erase(full)

    names = [
        row[0]
        for table, entry in list_entries()
        for name, fate in entry.people.items()
        if fate is Fate.NAMELESS
        for row in read(full, select(table.columns[name]))
        if row[0].startswith("nobody-")
    ]
    assert len(names) == len(set(names)) > 2


def read(database: Database, query: Any) -> list[Any]:  # noqa: ANN401 - a statement of any shape
    with database.read() as session:
        return list(session.connection().execute(query).all())


def test_it_takes_the_person_off_the_lists_of_others_and_leaves_the_rest_on_them(full: Database) -> None:
    erase(full)

    with full.read() as session:
        lists = private_lists.list_all_blocked(session, VAULT, "T1")
    assert list(lists.values()) == [frozenset({"UZ"})]


def test_another_workspace_keeps_somebody_of_the_same_id(database: Database) -> None:
    with database.write() as session:
        add_person(session, GONE, workspace="T2")

    erase(database)

    assert places(database, GONE) == {"person", "erasure"}


def test_the_files_hold_no_trace_of_it(tmp_path: Path, fresh_file: Path) -> None:
    path = tmp_path / "peerloop.db"
    path.write_bytes(fresh_file.read_bytes())
    database = Database(f"sqlite:///{path}")
    with database.write("T1") as session:
        Everywhere(session, GONE, ("U0BEN", "U0CARO")).fill()
    with database.read():
        assert bytes_of(path).count(GONE.encode()) > 20

    erase(database)
    database.vacuum()

    assert bytes_of(path).count(GONE.encode()) == len(rows(database, erasures.Erasure)) - 1 == 2
    database.close()


def bytes_of(path: Path) -> bytes:
    """Return everything that lies beside a database file, the write-ahead log too."""
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


def test_who_is_erased_twice_leaves_two_records(database: Database) -> None:
    erase(database)
    erase(database)

    assert [row.user_id for row in rows(database, erasures.Erasure)] == [GONE, GONE]
