"""The list of what concerns a person tells of every table, and of every column that can hold a text."""

from collections import Counter

from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, Time
from sqlmodel import SQLModel

import storage
from storage.columns import UtcDateTime
from storage.inventory import INVENTORY, Entry, Fate

# What holds a number or a moment holds no id and no words; everything else might, whatever its type is called.
_NO_TEXT = (Boolean, Date, DateTime, Float, Integer, Time)


def columns(entry: Entry) -> dict[str, Column[object]]:
    return dict(SQLModel.metadata.tables[entry.table.__tablename__].columns)  # type: ignore[index]  # a name by now


def test_every_table_stands_in_it_once() -> None:
    assert storage.TOPICS

    listed = [str(entry.table.__tablename__) for entry in INVENTORY]

    assert sorted(listed) == sorted(SQLModel.metadata.tables)


def test_every_column_that_can_hold_a_text_is_declared_once() -> None:
    for entry in INVENTORY:
        declared = Counter([*entry.people, *entry.among, *entry.words, *entry.codes])
        texts = {
            name
            for name, column in columns(entry).items()
            if not isinstance(getattr(column.type, "impl", column.type), _NO_TEXT) and name != "workspace"
        }

        assert declared == Counter(texts), entry.table.__name__


# Moments of what somebody did, and of nothing else, are signs of life; these are the app's own, or another's.
_NO_SIGNS = {
    "Community": {"created_at", "asleep_at"},
    "Person": {"away_until", "gone_at", "onboarded_at"},
    "Topic": {"asked_at"},
    "Request": {"ended_at", "over_at"},
    "KudosPost": {"posted_at"},
    "UseCheck": {"asked_at"},
    "Ping": {"pinged_at"},
    "Erasure": {"erased_at"},
}


def test_every_moment_beside_a_person_is_a_sign_of_life_or_is_known_to_be_none() -> None:
    for entry in INVENTORY:
        there = columns(entry)
        moments = {name for name, column in there.items() if isinstance(column.type, UtcDateTime)}
        if entry.people or entry.part_of:
            assert moments == {*entry.signs, *_NO_SIGNS.get(entry.table.__name__, set())}, entry.table.__name__
        else:
            assert not entry.signs, entry.table.__name__


def test_rows_with_people_know_their_workspace() -> None:
    with_people = [entry for entry in INVENTORY if entry.people or entry.among or entry.words or entry.part_of]

    assert [entry.table.__name__ for entry in with_people if "workspace" not in columns(entry)] == []


def test_what_an_export_tells_is_there() -> None:
    for entry in INVENTORY:
        there = columns(entry)

        assert set(entry.told) <= {*entry.people, *entry.among}, entry.table.__name__
        assert {*(entry.columns or ()), *entry.counted} <= set(there), entry.table.__name__
        assert not entry.ages_by or isinstance(there[entry.ages_by].type, UtcDateTime), entry.table.__name__
        for key, followed in entry.follows.items():
            (target,) = there[key].foreign_keys
            assert set(followed) <= set(target.column.table.columns.keys()), entry.table.__name__


def test_a_row_that_is_part_of_another_goes_with_one_that_goes_with_its_person() -> None:
    for entry in INVENTORY:
        if entry.part_of:
            (key,) = columns(entry)[entry.part_of].foreign_keys
            (whole,) = (one for one in INVENTORY if one.table.__tablename__ == key.column.table.name)
            assert Fate.REMOVED in whole.people.values(), entry.table.__name__
