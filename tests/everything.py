"""A database in which somebody stands in every place where a table says that a person can stand."""

from collections.abc import Callable
from datetime import date, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Table, Time, select
from sqlmodel import Session

from bot.domain.cadence import Window
from bot.domain.pairing import Member, Rules
from bot.domain.pings import REDUCIBLE, read_less
from bot.domain.privacy import read_counts
from bot.domain.round_inputs import Inputs, write_down
from storage import private_lists
from storage.columns import CadenceText, Weekdays, Whole, WordOf, Written, ZoneName
from storage.privacy.inventory import Entry, Fate, entry_of, list_entries
from storage.private_lists import PrivateList
from storage.rounds import rounds
from storage.rounds.rounds import RoundInputs
from tests.factories import BERLIN, MONDAY_8, VAULT

MINE = "mine to read"
THEIRS = "for others to read"
# How many rows a table gets in which nobody stands; others point to them in turn.
PLAIN_ROWS = 4
_WRITTEN: dict[Callable[[str], Any], object] = {
    read_counts: {"hours": 2},
    read_less: {next(iter(REDUCIBLE)): MONDAY_8},
}
_OF_TYPE: dict[type[Any], str] = {ZoneName: BERLIN, CadenceText: f"daily:06:00:{BERLIN}", Weekdays: "01234"}


class Everywhere:
    """Fills every table: for each place where the person can stand a row, and rows in which they are not.

    What the person typed is MINE; what others typed is THEIRS, and mentions the person.
    """

    def __init__(self, session: Session, user_id: str, others: tuple[str, str], workspace: str = "T1") -> None:
        self._session = session
        self._user_id = user_id
        self._others = others
        self._workspace = workspace
        self._numbers = count(1)

    def fill(self) -> None:
        """Add the rows, those that others point to first."""
        for table, entry in list_entries():
            for place in self._places(table, entry):
                self._session.connection().execute(table.insert().values(self._row(table, entry, place)))

    def _places(self, table: Table, entry: Entry) -> list[str]:
        if entry is RoundInputs.privacy:
            return ["member", "silent", "blocked", ""]
        among = () if entry is PrivateList.privacy else tuple(entry.among)
        if list(table.primary_key.columns.keys()) == ["workspace"]:
            return [""]
        # A part of something belongs to each of its wholes once.
        plain = len(self._keys(table.columns[entry.part_of])) if entry.part_of else PLAIN_ROWS
        return [*entry.people, *among, *([""] * (1 if entry.people else plain))]

    def _row(self, table: Table, entry: Entry, place: str) -> dict[str, Any]:
        number = next(self._numbers)
        values: dict[str, Any] = {}
        for position, column in enumerate(table.columns):
            name = column.name
            if name == "workspace":
                values[name] = self._workspace
            elif column.foreign_keys:
                keys = self._keys(column)
                values[name] = keys[number % len(keys)]
            elif name in entry.people:
                values[name] = self._user_id if name == place else self._others[(number + position) % 2]
            elif name in entry.among:
                values[name] = f"{number} {self._user_id}" if name == place else f"{number}"
            else:
                values[name] = _anything(column, number)
        is_own = entry.people.get(place, Fate.EMPTIED) is not Fate.EMPTIED or self._is_part_of_own(table, entry, values)
        text = MINE if is_own else f"{THEIRS} <@{self._user_id}> and {self._user_id}"
        values |= dict.fromkeys(entry.words, text)
        if entry is PrivateList.privacy:
            text = " ".join(self._others) if place else f"{self._user_id} UZ"
            values["sealed"] = VAULT.seal(text, private_lists.place_of(PrivateList(**values)))
        if entry is RoundInputs.privacy:
            values |= self._inputs(place, values["round_id"])
        return values

    def _keys(self, column: Column[Any]) -> list[Any]:
        """Return the keys of the rows that a column can point to."""
        (key,) = column.foreign_keys
        return sorted(self._session.connection().execute(select(key.column)).scalars())

    def _is_part_of_own(self, table: Table, entry: Entry, values: dict[str, Any]) -> bool:
        if not entry.part_of:
            return False
        (key,) = table.columns[entry.part_of].foreign_keys
        whole = key.column.table
        query = select(whole).where(key.column == values[entry.part_of])
        row = self._session.connection().execute(query).mappings().one()
        return any(row[name] == self._user_id for name, fate in entry_of(whole).people.items() if fate is Fate.REMOVED)

    def _inputs(self, place: str, round_id: int) -> dict[str, Any]:
        """Put the person among the members, on somebody's list of silent partners, on a private list, or nowhere."""
        mine = Member(id=self._user_id, window=Window(zone="UTC"), team=MINE)
        theirs = Member(
            id=self._others[0],
            window=Window(zone="UTC"),
            team=THEIRS,
            silent=frozenset({self._user_id} if place == "silent" else ()),
            blocked=frozenset({self._user_id if place == "blocked" else "UZ"}),
        )
        members = (mine, theirs) if place == "member" else (theirs,)
        inputs = Inputs(members=members, met={}, rules=Rules(week=date(2026, 11, 23)), number=1, seed=1)
        written = write_down(inputs, "lot")
        row = RoundInputs(round_id=round_id, workspace=self._workspace, digest=written.digest, packed=written.packed)
        sealed = VAULT.seal(written.secret, rounds.place_of(row))
        return {"digest": written.digest, "packed": written.packed, "sealed": sealed}


def _anything(column: Column[Any], number: int) -> object:
    ours = _of_our_types(column.type, number)
    if ours is not None:
        return ours
    kind = getattr(column.type, "impl", column.type)
    if isinstance(kind, Boolean | Integer):
        return True if isinstance(kind, Boolean) else number
    if isinstance(kind, DateTime | Date):
        moment = MONDAY_8 + timedelta(minutes=number)
        return moment if isinstance(kind, DateTime) else moment.date() + timedelta(days=number)
    return time(10, 0) if isinstance(kind, Time) else f"x{number}"


def _of_our_types(kind: object, number: int) -> object:
    """Return a value of a type of `storage.columns`; None when it is of another."""
    if isinstance(kind, WordOf):
        words = list(kind.words.__members__.values())
        return words[number % len(words)]
    if isinstance(kind, Whole):
        return kind.least + number % (kind.most - kind.least)
    if isinstance(kind, Written):
        return _WRITTEN.get(kind.read, (f"x{number}",))
    return _OF_TYPE.get(type(kind))
