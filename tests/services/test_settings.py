"""What people say of themselves, and private lists, which nobody else can ever notice."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from bot.domain.cadence import Window
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from bot.domain.settings import PersonSettings
from bot.services.members.settings import SettingsService
from bot.services.overview.note_times import queue_note
from bot.services.rounds.rounds import RoundService
from storage import members
from storage.database import Database
from storage.members import Person
from storage.privacy.vault import Vault
from storage.private_lists import PrivateList
from tests.factories import (
    MONDAY_8,
    actor,
    add_community,
    add_group,
    add_members,
    add_person,
    contents,
    due_row,
    messages,
    profile,
    queue,
    rows,
)


def test_settings_are_the_persons_own_and_come_back(own: SettingsService) -> None:
    mine = PersonSettings("Logistics", "UB", 4, writing_ok=True, meets_in=frozenset({"de", "fr"}))

    own.change(actor("UA"), mine, profile("UA"), MONDAY_8)

    assert own.of(actor("UA")) == mine
    assert own.of(actor("UB")) == PersonSettings()


def test_own_hours_come_back_and_refused_ones_change_nothing(database: Database, own: SettingsService) -> None:
    mine = PersonSettings(
        days=frozenset({1, 5}), start=time(7), end=time(12, 15), has_note=False, note_weekday=1, note_at=time(11)
    )
    own.change(actor("UA"), mine, profile("UA"), MONDAY_8)
    before = contents(database)

    with pytest.raises(FormError):
        own.change(actor("UA"), replace(mine, days=frozenset()), profile("UA"), MONDAY_8)

    assert own.of(actor("UA")) == mine
    assert contents(database) == before
    (person,) = rows(database, Person)
    assert person.window == Window(time(7), time(12, 15), frozenset({1, 5}), "Europe/Berlin")


@pytest.mark.parametrize(
    ("weekday", "at", "key", "comes"),
    [
        # Berlin is an hour ahead of UTC.
        (3, time(10), "note:UA:2026-W48", datetime(2026, 11, 26, 9, tzinfo=UTC)),
        (4, time(14), "note:UA:2026-W48", datetime(2026, 11, 27, 13, tzinfo=UTC)),
        (2, time(11), "note:UA:2026-W49", datetime(2026, 12, 2, 10, tzinfo=UTC)),
    ],
)
def test_a_note_that_waits_follows_its_new_day_and_hour(
    database: Database, own: SettingsService, weekday: int, at: time, key: str, comes: datetime
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA")
        person = members.find_person(session, "T1", "UA")
        assert person is not None
        queue_note(session, person, date(2026, 11, 26), MONDAY_8)

    own.change(actor("UA"), PersonSettings(note_weekday=weekday, note_at=at), profile("UA"), MONDAY_8)

    (note,) = messages(database, MessageKind.WEEKLY_NOTE)
    assert (note.key, note.not_before) == (key, comes)


def test_a_note_whose_new_moment_is_over_comes_when_it_would_have_come(
    database: Database, own: SettingsService
) -> None:
    wednesday = PersonSettings(note_weekday=2)
    with database.write() as session:
        add_members(session, add_community(session), "UA")
        person = members.find_person(session, "T1", "UA")
        assert person is not None
        person.note_weekday = 2
        queue_note(session, person, date(2026, 11, 19), MONDAY_8)
    (before,) = messages(database, MessageKind.WEEKLY_NOTE)

    own.change(actor("UA"), replace(wednesday, note_weekday=3), profile("UA"), MONDAY_8)

    (note,) = messages(database, MessageKind.WEEKLY_NOTE)
    assert (note.key, note.not_before) == (before.key, before.not_before)


def test_the_first_day_after_a_pause_begins_with_the_new_hours(database: Database, own: SettingsService) -> None:
    with database.write() as session:
        add_person(session, "UA", paused_until=date(2026, 11, 26))

    own.change(actor("UA"), PersonSettings(days=frozenset({4}), start=time(7), note_weekday=4), profile("UA"), MONDAY_8)

    assert due_row(database, DueKind.PAUSE_OVER, "UA").due_at == datetime(2026, 11, 27, 6, tzinfo=UTC)


def test_a_manager_cannot_be_oneself(own: SettingsService) -> None:
    with pytest.raises(FormError):
        own.change(actor("UA"), PersonSettings(manager="UA"), profile("UA"), MONDAY_8)


def test_a_private_list_is_unreadable_in_the_database(database: Database, own: SettingsService) -> None:
    own.block(actor("UA"), "USAMSECRET", MONDAY_8)

    assert "USAMSECRET" not in str(contents(database))
    assert own.blocked(actor("UA")) == ("USAMSECRET",)
    assert own.blocked(actor("USAMSECRET")) == ()


def test_a_list_grows_shrinks_and_is_gone_with_its_last_name(database: Database, own: SettingsService) -> None:
    for other in ("UB", "UC", "UB"):
        own.block(actor("UA"), other, MONDAY_8)
    assert own.blocked(actor("UA")) == ("UC", "UB")

    own.unblock(actor("UA"), "UC")
    own.unblock(actor("UA"), "UNOBODY")
    own.set_blocked(actor("UA"), (), MONDAY_8)

    assert rows(database, PrivateList) == []


def test_the_list_is_full_at_twenty_and_never_holds_oneself(own: SettingsService) -> None:
    own.set_blocked(actor("UA"), tuple(f"U{number}" for number in range(20)), MONDAY_8)

    for other, problem in (("UX", Problem.LIST_FULL), ("UA", Problem.NOT_WITH_YOURSELF)):
        with pytest.raises(UserError) as refusal:
            own.block(actor("UA"), other, MONDAY_8)
        assert refusal.value.trouble.problem == problem
    assert len(own.blocked(actor("UA"))) == 20


def test_without_a_key_nothing_is_kept_and_the_person_is_told(database: Database) -> None:
    own = SettingsService(database, Vault())
    before = contents(database)

    for act in (
        lambda: own.block(actor("UA"), "UB", MONDAY_8),
        lambda: own.set_blocked(actor("UA"), ("UB",), MONDAY_8),
        lambda: own.unblock(actor("UA"), "UB"),
        lambda: own.blocked(actor("UA")),
    ):
        with pytest.raises(UserError) as refusal:
            act()
        assert refusal.value.trouble.problem == Problem.NO_KEY
    assert contents(database) == before


def test_those_on_a_list_are_never_introduced(database: Database, own: SettingsService, rounds: RoundService) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB", "UC", "UD")
    own.block(actor("UA"), "UB", MONDAY_8)
    own.block(actor("UC"), "UA", MONDAY_8)

    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)

    assert rounds.current(actor("UA"), MONDAY_8).others == ("UD",)


def test_two_who_were_not_told_of_each_other_never_hear_that_they_were_to_meet(
    database: Database, own: SettingsService
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        add_group(session, community, "UA", "UB")
        queue(session, "intro:1", MessageKind.INTRODUCTION, channel_id="", people=("UA", "UB"))

    assert own.block(actor("UA"), "UB", MONDAY_8) is None

    told = [message for message in messages(database) if message.kind != MessageKind.INTRODUCTION]
    # The same for both, and of neither does it say anything.
    assert {(message.kind, message.recipients, message.about) for message in told} == {
        (MessageKind.NO_PARTNER, ("UA",), ""),
        (MessageKind.NO_PARTNER, ("UB",), ""),
    }
    assert due_row(database, DueKind.PLACE).due_at == MONDAY_8


def test_who_was_introduced_already_is_offered_another_partner_and_nobody_else_hears_anything(
    database: Database, own: SettingsService
) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        group_id = add_group(session, community, "UA", "UB").id

    assert own.block(actor("UA"), "UB", MONDAY_8) == group_id

    assert messages(database) == []


def test_a_manager_named_before_the_introduction_is_not_introduced(database: Database, own: SettingsService) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        add_group(session, community, "UA", "UB")
        queue(session, "intro:1", MessageKind.INTRODUCTION, channel_id="", people=("UA", "UB"))

    own.change(actor("UA"), PersonSettings(manager="UB"), profile("UA"), MONDAY_8)

    assert due_row(database, DueKind.PLACE).due_at == MONDAY_8
