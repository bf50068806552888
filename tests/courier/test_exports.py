"""The file with everything about a person: what is in it, and what is not."""

import json
from datetime import datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Table, select

from bot.blocks.export import LABELS, TITLES, is_shown, page
from bot.blocks.language import speaking
from bot.courier.exports import export_file
from bot.domain.privacy import Export, Row
from bot.services.privacy.exports import exported_columns, gather
from storage.database import Database
from storage.privacy.inventory import Entry, Fate, list_entries
from storage.rounds.rounds import RoundInputs
from tests.everything import MINE, THEIRS, Everywhere
from tests.factories import MONDAY_8, VAULT, add_person

ME, OTHERS = "U0AMARA", ("U0BEN", "U0CARO")
# What is in these columns about somebody is what another person said of them in private, or begins to say.
NOT_TOLD = {("person", "manager"), ("goal", "witness"), ("kudosdraft", "people")}


def everything_about(database: Database) -> Export:
    with database.write("T1") as session:
        Everywhere(session, ME, OTHERS).fill()
    with database.read() as session:
        return gather(session, VAULT, "T1", ME, MONDAY_8)


def opened(export: Export) -> tuple[str, dict[str, Any]]:
    with ZipFile(BytesIO(export_file(export).content)) as archive:
        assert archive.namelist() == ["read-me.html", "data.json"]
        return archive.read("read-me.html").decode(), json.loads(archive.read("data.json"))


def test_it_has_every_row_that_concerns_the_person(database: Database) -> None:
    _, data = opened(everything_about(database))

    with database.read() as session:
        for table, entry in list_entries():
            if entry is RoundInputs.privacy or entry.part_of:
                continue
            theirs = [
                line
                for line in session.connection().execute(select(table)).mappings().all()
                if any(concerns(table, entry, name, line[name]) for name in (*entry.people, *entry.among))
            ]
            assert len(data["tables"].get(table.name, [])) == len(theirs), table.name


def concerns(table: Table, entry: Entry, column: str, value: object) -> bool:
    """Tell whether a column's value is the person, or names them; what others say of somebody is theirs."""
    is_others = (table.name, column) in NOT_TOLD or column in {"sealed", "key", "stems", "topic"}
    return ME in str(value).split() and (column in entry.told or not is_others)


def test_it_has_nobody_elses_words(database: Database) -> None:
    written, data = opened(everything_about(database))

    assert THEIRS not in written + json.dumps(data)
    assert data["tables"]["goal"][0]["title"].endswith(MINE)
    with_own_words = {
        table.name
        for table, one in list_entries()
        if one.words and Fate.REMOVED in one.people.values() and set(one.words) <= set(one.columns or one.words)
    }
    assert {table for table, lines in data["tables"].items() if MINE in str(lines)} >= with_own_words


def test_it_opens_the_persons_own_list_and_what_the_rounds_knew_of_them(database: Database) -> None:
    _, data = opened(everything_about(database))

    assert data["tables"]["privatelist"] == [{"people": list(OTHERS)}]
    (known,) = data["tables"]["roundinputs"]
    assert known["team"] == MINE
    assert "silent" not in known


def test_another_workspace_is_not_in_it(database: Database) -> None:
    with database.write() as session:
        Everywhere(session, ME, OTHERS, workspace="T2").fill()
    with database.read() as session:
        export = gather(session, VAULT, "T1", ME, MONDAY_8)

    assert export.tables == {}
    assert "Nothing is stored about you." in page(export)


def test_everything_in_it_has_words() -> None:
    told = [(table, entry) for table, entry in list_entries() if entry.told or entry.part_of]
    columns = {name for table, entry in told for name in exported_columns(table, entry) if is_shown(name)}

    assert {table.name for table, _ in told} | {"roundinputs"} == set(TITLES)
    assert columns <= set(LABELS)


class Tags(HTMLParser):
    """The tags of a page, and the attributes that fetch or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.links |= {name for name, _ in attrs if name in {"src", "href", "action"} or name.startswith("on")}


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_page_is_one_file_and_what_people_typed_is_only_text_in_it(language: str) -> None:
    hostile = "<script>alert(1)</script> & <b onclick=x> \" ' <img src=x>"
    tables: dict[str, tuple[Row, ...]] = {
        "goal": ({"id": 1, "title": hostile, "done_at": None},),
        "topic": ({"topic": hostile},),
    }

    with speaking(language):
        written = page(Export(ME, "T1", MONDAY_8, tables))

    tags = Tags()
    tags.feed(written)
    assert tags.names.isdisjoint({"script", "img", "b", "link", "iframe"})
    assert tags.links == set()
    assert "&lt;script&gt;" in written
    assert f'<html lang="{language}">' in written


def test_a_moment_and_a_person_are_readable_on_the_page() -> None:
    lines = ({"user_id": ME, "seen_at": datetime.fromisoformat("2026-11-23T07:00:00+00:00"), "is_guest": False},)

    written = page(Export(ME, "T1", MONDAY_8, {"person": lines}))

    assert "<td>you</td><td>23 Nov 2026, 07:00</td><td>no</td>" in written


def test_the_data_says_what_it_is(database: Database) -> None:
    _, data = opened(everything_about(database))

    assert data["format"] == "peerloop-export-1"
    assert (data["person"], data["workspace"], data["made_at"]) == (ME, "T1", MONDAY_8.isoformat())
    assert data["tables"]["ping"][0]["pinged_at"].endswith("+00:00")


def test_who_is_not_known_gets_a_file_too(database: Database) -> None:
    with database.write() as session:
        add_person(session, "U0BEN")
    with database.read() as session:
        export = gather(session, VAULT, "T1", ME, MONDAY_8 + timedelta(days=1))

    assert export_file(export).name == "peerloop-2026-11-24.zip"
