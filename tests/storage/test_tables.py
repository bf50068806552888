"""A class of a table says what concerns a person in it, and what fits its columns, or there is no such class."""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from importlib import reload
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

import storage
from storage.columns import UtcDateTime
from storage.privacy.inventory import Entry, Fate, entry_of, list_entries
from storage.tables import Table

RIGHT = Entry(
    people={"owner": Fate.REMOVED, "witness": Fate.EMPTIED},
    among={"packed": Fate.OWN_STEP},
    words=("title",),
    codes=("state",),
    told=("owner",),
    columns=("title", "state"),
    follows={"earlier_id": ("title",)},
    ages_by="set_at",
    counted=("state",),
    signs={"set_at": "owner"},
    no_signs=("looked_at",),
)


def made_with(entry: Entry | None) -> sqlalchemy.Table:
    """Make a class of a table that says this of itself, known to nothing else."""

    class Apart(Table, registry=registry()):
        """Keeps the table out of ours."""

    class Plan(Apart, table=True):
        id: int = Field(default=None, primary_key=True)
        workspace: str
        owner: str
        witness: str
        packed: bytes
        title: str | None
        state: str
        count: int
        set_at: datetime = Field(sa_type=UtcDateTime)
        looked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
        earlier_id: int | None = Field(default=None, foreign_key="plan.id")
        privacy = entry  # type: ignore[assignment]  # None is one of the wrong ones

    return Apart.metadata.tables["plan"]


def test_a_table_has_what_its_class_says() -> None:
    assert entry_of(made_with(RIGHT)) is RIGHT


def test_a_class_that_says_nothing_is_not_made() -> None:
    class Apart(Table, registry=registry()):
        """Keeps the table out of ours."""

    with pytest.raises(TypeError, match=r"^Silent does not say .*: write `privacy = Entry\(…\)` below its columns"):

        class Silent(Apart, table=True):
            id: int = Field(default=None, primary_key=True)

    assert Apart.metadata.tables == {}
    with pytest.raises(TypeError, match="Plan does not say"):
        made_with(None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"words": ()}, "write title into exactly one of `people`, `among`, `words` and `codes`; it stands in 0"),
        ({"codes": ("state", "title")}, "write title into exactly one of .*; it stands in 2"),
        ({"words": ("title", "title")}, "write title into exactly one of .*; it stands in 2"),
        ({"among": {}}, "write packed into exactly one of"),
        ({"people": {"owner": Fate.REMOVED}}, "write witness into exactly one of"),
        ({"words": ("title", "line")}, "there is no column line that can hold a text"),
        ({"codes": ("state", "count")}, "there is no column count that can hold a text"),
        ({"codes": ("state", "workspace")}, "there is no column workspace that can hold a text"),
        ({"told": ("owner", "title")}, "`told` names title, which is in neither `people` nor `among`"),
        ({"columns": ("title", "line")}, "`columns` names line, which is no column"),
        ({"counted": ("line",)}, "`counted` names line, which is no column"),
        ({"follows": {"count": ("title",)}}, "`follows` names count, which points to no other row"),
        ({"follows": {"goal_id": ("title",)}}, "`follows` names goal_id, which points to no other row"),
        ({"part_of": "count"}, "`part_of` names count, which points to no other row"),
        ({"ages_by": "count"}, "`ages_by` names count, which holds no moment"),
        ({"signs": {}}, "write set_at into exactly one of `signs` and `no_signs`; it stands in 0"),
        ({"no_signs": ("looked_at", "set_at")}, "write set_at into exactly one of .*; it stands in 2"),
        ({"no_signs": ("looked_at", "count")}, "there is no column count that holds a moment"),
        ({"signs": {"set_at": "title"}}, "`signs` names title, which is not in `people`"),
    ],
)
def test_a_class_that_says_what_does_not_fit_its_columns_is_not_made(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TypeError, match=f"`privacy` of Plan does not fit its columns: .*{sentence}"):
        made_with(replace(RIGHT, **wrong))


def test_where_nobody_stands_no_moment_is_a_sign_of_life() -> None:
    nobodys = Entry(codes=("owner", "witness", "packed", "title", "state"))

    assert entry_of(made_with(nobodys)) is nobodys
    with pytest.raises(TypeError, match="`signs` and `no_signs` are for tables with `people` or `part_of`"):
        made_with(replace(nobodys, no_signs=("set_at",)))


@pytest.mark.parametrize("entry", [Entry(people={"owner": Fate.REMOVED}), Entry(words=("owner",))])
def test_rows_with_people_know_their_workspace(entry: Entry) -> None:
    class Apart(Table, registry=registry()):
        """Keeps the table out of ours."""

    with pytest.raises(TypeError, match="it has no column `workspace`"):

        class Homeless(Apart, table=True):
            owner: str = Field(primary_key=True)
            privacy = entry


def test_every_table_of_ours_says_what_concerns_a_person() -> None:
    assert [table.name for table, _ in list_entries()] == [table.name for table in SQLModel.metadata.sorted_tables]


def test_the_package_with_a_table_whose_class_is_none_of_ours_does_not_import() -> None:
    plain = sqlalchemy.Table("plain", SQLModel.metadata)
    try:
        with pytest.raises(TypeError, match=r"the class of the table plain must inherit from `storage\.tables\.Table`"):
            reload(storage)
    finally:
        SQLModel.metadata.remove(plain)


def test_the_import_of_any_module_makes_the_tables_of_all_known() -> None:
    printed = "from storage.columns import *; from sqlmodel import SQLModel; print(*SQLModel.metadata.tables)"

    ran = subprocess.run([sys.executable, "-c", printed], check=True, capture_output=True, text=True)

    sources = (path.read_text(encoding="utf-8") for path in Path(storage.__path__[0]).rglob("*.py"))
    classes = sum(source.count("(Table, table=True)") for source in sources)
    assert len(ran.stdout.split()) == classes == len(list_entries())


def test_what_an_export_tells_of_a_row_that_is_pointed_to_is_there() -> None:
    for table, entry in list_entries():
        for key, followed in entry.follows.items():
            (target,) = table.columns[key].foreign_keys
            assert set(followed) <= set(target.column.table.columns.keys()), table.name


def test_a_row_that_is_part_of_another_goes_with_one_that_goes_with_its_person() -> None:
    for table, entry in list_entries():
        if entry.part_of:
            (key,) = table.columns[entry.part_of].foreign_keys
            people = entry_of(key.column.table).people
            assert Fate.REMOVED in people.values(), table.name
            assert {*entry.signs.values()} <= {*people}, table.name
