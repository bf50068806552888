"""Learning notes: kept for one person alone, shared in one channel at most, and gone when they are deleted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import FormError, Problem, UserError
from bot.domain.identity import Actor, Tenant
from bot.domain.messages import MessageKind
from bot.domain.notes import MOST_LISTED, UNDO_FOR, NoteForm
from bot.services.notes.notes import NoteService
from storage import communities
from storage.database import Database
from storage.notes import LearningNote
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from tests.factories import MONDAY_8, actor, add_community, add_members, contents, keys, messages, profile, rows

FORM = NoteForm("The export button also takes a filter")
LATER = MONDAY_8 + timedelta(minutes=5)


def keep(notes: NoteService, form: NoteForm = FORM, act: str = "act") -> int:
    return notes.keep(actor("UA", act), form, profile("UA"), MONDAY_8).note_id


def two_communities(database: Database) -> None:
    """UA takes part in C1; C2 is open to all, C3 is private and none of theirs."""
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB")
        add_community(session, "C2")
        hidden = add_community(session, "C3")
        hidden.is_private = True
        session.add(hidden)


def sent(database: Database, key: str) -> None:
    """Let a message be sent."""
    with database.write() as session:
        row = outbox.find_message(session, "T1", key)
        assert row is not None
        row.state, row.ts, row.channel_id = OutboxState.SENT, "1.0", "C1"
        session.add(row)


def test_a_note_is_kept_for_its_owner_alone(database: Database, notes: NoteService) -> None:
    card = notes.keep(actor("UA"), replace(FORM, text=f"  {FORM.text} "), profile("UA"), MONDAY_8)

    (row,) = rows(database, LearningNote)
    assert (row.workspace, row.owner, row.text, row.noted_at) == ("T1", "UA", FORM.text, MONDAY_8)
    assert (row.asks, row.channel_id) == (True, "")
    assert notes.newest(actor("UA")).newest == (card,)
    assert messages(database) == []


def test_what_slack_delivers_twice_is_one_note(database: Database, notes: NoteService) -> None:
    first = keep(notes)

    assert keep(notes) == first
    assert len(rows(database, LearningNote)) == 1


def test_what_does_not_fit_changes_nothing(database: Database, notes: NoteService) -> None:
    note_id = keep(notes)
    before = contents(database)

    with pytest.raises(FormError) as refused:
        notes.keep(actor("UA", "other"), NoteForm("hm", "no"), profile("UA"), MONDAY_8)
    with pytest.raises(FormError) as refused_too:
        notes.change(actor("UA"), note_id, NoteForm("hm", "no"), MONDAY_8)
    assert set(refused.value.troubles) == set(refused_too.value.troubles) == {"text", "link"}
    assert contents(database) == before


@pytest.mark.parametrize(
    "stranger", [actor("UB"), Actor(Tenant("T2"), "UA", "act")], ids=["another person", "another workspace"]
)
def test_nobody_but_the_owner_can_touch_a_note(database: Database, notes: NoteService, stranger: Actor) -> None:
    two_communities(database)
    note_id = keep(notes)
    before = contents(database)

    for who, number in ((stranger, note_id), (actor("UA"), 99)):
        acts: list[Callable[[Actor, int], object]] = [
            notes.get,
            lambda who, number: notes.change(who, number, FORM, LATER),
            lambda who, number: notes.share(who, number, "C1", LATER),
            lambda who, number: notes.ask_later(who, number, LATER, wanted=False),
            lambda who, number: notes.delete(who, number, LATER),
            lambda who, number: notes.undo(who, number, LATER),
        ]
        for act in acts:
            with pytest.raises(UserError) as refused:
                act(who, number)
            assert refused.value.trouble.problem == Problem.GONE
    assert notes.newest(stranger).total == 0
    assert contents(database) == before


def test_a_note_is_shared_where_its_owner_says(database: Database, notes: NoteService) -> None:
    two_communities(database)
    note_id = keep(notes)

    assert notes.share(actor("UA"), note_id, "C1", LATER).channel_id == "C1"
    # A second click says the same.
    notes.share(actor("UA"), note_id, "C1", LATER)

    (message,) = messages(database)
    assert (message.key, message.kind, message.channel_id) == ("note-shared:1:1", MessageKind.NOTE_SHARED, "C1")


def test_a_channel_that_is_none_of_ones_own_takes_no_note(database: Database, notes: NoteService) -> None:
    two_communities(database)
    with database.write() as session:
        asleep = communities.find_community_of_channel(session, "T1", "C2")
        assert asleep is not None
        asleep.asleep_at = MONDAY_8
        session.add(asleep)
    note_id = keep(notes)
    before = contents(database)

    assert notes.channels(actor("UA"), "C3") == ("C1",)
    for place in ("C2", "C3", "C9", "UB"):
        with pytest.raises(UserError) as refused:
            notes.share(actor("UA"), note_id, place, LATER)
        assert refused.value.trouble.problem == Problem.NOT_A_COMMUNITY
    assert contents(database) == before


def test_the_channel_one_is_in_comes_first(database: Database, notes: NoteService) -> None:
    two_communities(database)

    assert notes.channels(actor("UA"), "C2") == ("C2", "C1")
    assert notes.channels(actor("UA")) == ("C1",)
    assert notes.channels(actor("UX"), "C1") == ("C1",)


def test_what_is_shared_follows_what_becomes_of_the_note(database: Database, notes: NoteService) -> None:
    two_communities(database)
    note_id = keep(notes, replace(FORM, channel_id="C1"))
    sent(database, "note-shared:1:1")

    notes.change(actor("UA", "a"), note_id, replace(FORM, text="It takes two filters", channel_id="C1"), LATER)
    notes.change(actor("UA", "b"), note_id, replace(FORM, text="It takes two filters", channel_id="C2"), LATER)
    # Not sent yet, it simply goes.
    notes.share(actor("UA"), note_id, "C1", LATER)
    notes.delete(actor("UA"), note_id, LATER)

    assert keys(database, MessageKind.NOTE_SHARED) == ["note-shared:1:1"]
    assert keys(database, MessageKind.NOTE_EDIT) == ["note-changed:1:a:UA"]
    (removed,) = messages(database, MessageKind.NOTE_REMOVED)
    assert (removed.edits, removed.channel_id) == ("note-shared:1:1", "C1")
    assert rows(database, LearningNote) == []
    # The number of a note that is gone is given to no other.
    assert keep(notes, act="next") == note_id + 1


def test_a_note_is_taken_back_for_ten_minutes(database: Database, notes: NoteService) -> None:
    note_id = keep(notes)
    with pytest.raises(UserError) as refused:
        notes.undo(actor("UA"), note_id, MONDAY_8 + UNDO_FOR + timedelta(seconds=1))
    assert refused.value.trouble.problem == Problem.NOTE_UNDO_OVER

    assert notes.undo(actor("UA"), note_id, MONDAY_8 + UNDO_FOR).text == FORM.text
    assert rows(database, LearningNote) == []


def test_a_note_that_was_taken_back_is_not_kept_by_a_second_delivery(database: Database, notes: NoteService) -> None:
    notes.undo(actor("UA"), keep(notes), LATER)

    with pytest.raises(UserError) as refused:
        keep(notes)

    assert refused.value.trouble.problem == Problem.GONE
    assert rows(database, LearningNote) == []


def test_the_newest_are_listed_first_and_all_are_counted(notes: NoteService) -> None:
    for number in range(MOST_LISTED + 2):
        notes.keep(
            actor("UA", f"{number}"),
            NoteForm(f"Lesson {number}"),
            profile("UA"),
            MONDAY_8 + timedelta(minutes=number),
        )

    listed = notes.newest(actor("UA"))

    assert (listed.total, len(listed.newest)) == (MOST_LISTED + 2, MOST_LISTED)
    assert [card.text for card in listed.newest[:2]] == ["Lesson 11", "Lesson 10"]
