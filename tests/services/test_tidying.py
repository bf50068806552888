"""Old messages are removed at night, but for those that are still needed."""

from datetime import timedelta
from typing import Any

from sqlmodel import update

from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from bot.services.privacy import retention
from bot.services.privacy.retention import TidyService
from storage.database import Database
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage, OutboxState
from tests.factories import MONDAY_8, TENANT, due_row, keys, queue

NIGHT = timedelta(hours=20)
LATER = MONDAY_8 + timedelta(days=91)


def add(database: Database, key: str, state: OutboxState, days: int, **more: Any) -> None:  # noqa: ANN401 - columns of every type
    """Add a message that was to go so many days after MONDAY_8, and is in a state since."""
    at = MONDAY_8 + timedelta(days=days)
    with database.write() as session:
        queue(session, key, more.pop("kind", MessageKind.PROMPT_FOLLOW_UP), now=at, **more)
        row = outbox.find_message(session, "T1", key)
        assert row is not None
        row.state = state
        if state == OutboxState.SENT:
            row.sent_at = at


def tidy(database: Database) -> None:
    TidyService(database).tidy(due_row(database, DueKind.TIDY, ""), LATER)


def test_what_was_done_with_ninety_days_ago_is_removed_and_nothing_else(database: Database) -> None:
    TidyService(database).plan(TENANT, MONDAY_8)
    for state in OutboxState:
        add(database, f"old:{state}", state, 0)
    add(database, "young", OutboxState.SENT, 1)

    tidy(database)

    assert keys(database) == ["old:queued", "old:sending", "young"]


def test_what_another_message_waits_to_edit_or_to_answer_stays(database: Database) -> None:
    TidyService(database).plan(TENANT, MONDAY_8)
    for name in ("edited", "answered", "was edited"):
        add(database, name, OutboxState.SENT, 0)
    add(database, "edit", OutboxState.QUEUED, 91, kind=MessageKind.PROMPT_EDIT, edits="edited")
    add(database, "answer", OutboxState.QUEUED, 91, kind=MessageKind.PROMPT_FOLLOW_UP, replies_to="answered")
    add(database, "an edit that was sent", OutboxState.SENT, 80, kind=MessageKind.PROMPT_EDIT, edits="was edited")

    tidy(database)

    assert keys(database) == ["edited", "answered", "edit", "answer", "an edit that was sent"]


def test_the_introduction_of_a_channel_stays_since_it_changes_with_its_community(database: Database) -> None:
    TidyService(database).plan(TENANT, MONDAY_8)
    add(database, "community:1", OutboxState.SENT, 0, kind=MessageKind.COMMUNITY_INTRO)

    tidy(database)

    assert keys(database) == ["community:1"]


def test_an_introduction_that_never_came_stays_so_that_nobody_counts_as_met_by_it(database: Database) -> None:
    TidyService(database).plan(TENANT, MONDAY_8)
    for state in (OutboxState.SENT, OutboxState.DROPPED, OutboxState.FAILED):
        add(database, f"intro:{state}", state, 0, kind=MessageKind.INTRODUCTION)

    tidy(database)

    assert keys(database) == ["intro:dropped", "intro:failed"]


def test_it_is_planned_once_for_every_night(database: Database) -> None:
    service = TidyService(database)
    service.plan(TENANT, MONDAY_8)
    first = due_row(database, DueKind.TIDY, "")
    service.plan(TENANT, MONDAY_8 + timedelta(days=3))

    assert first.due_at == MONDAY_8 + NIGHT
    assert due_row(database, DueKind.TIDY, "") == first
    service.tidy(first, first.due_at + timedelta(minutes=5))
    assert due_row(database, DueKind.TIDY, "").due_at == first.due_at + timedelta(days=1)


def test_a_great_many_are_removed_little_by_little(database: Database) -> None:
    TidyService(database).plan(TENANT, MONDAY_8)
    with database.write() as session:
        for number in range(retention.AT_ONCE + 3):
            queue(session, f"follow-up:{number}", MessageKind.PROMPT_FOLLOW_UP)
        session.exec(update(OutboxMessage).values(state=OutboxState.SENT, sent_at=MONDAY_8))

    tidy(database)

    assert len(keys(database)) == 3
    assert due_row(database, DueKind.TIDY, "").due_at == LATER + timedelta(minutes=1)
    tidy(database)
    assert keys(database) == []
    assert due_row(database, DueKind.TIDY, "").due_at > LATER + timedelta(minutes=1)
