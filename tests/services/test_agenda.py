"""What a bench is told of what comes next."""

from datetime import timedelta

import pytest

from bot.blocks.agenda import upcoming_line
from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from bot.services.operation.agenda import QUIET, AgendaService, Upcoming
from storage import due
from storage.database import Database
from tests.factories import MONDAY_8, TENANT, add_community, queue

HOUR = timedelta(hours=1)


def test_what_comes_is_listed_by_time_and_what_is_over_is_not(database: Database) -> None:
    with database.write() as session:
        community = add_community(session, "C1")
        due.clear_due(session, TENANT.key, DueKind.PROMPT, str(community.id))
        due.clear_due(session, TENANT.key, DueKind.ROUND, str(community.id))
        due.set_due(session, TENANT.key, DueKind.ROUND, str(community.id), MONDAY_8 + HOUR)
        due.set_due(session, TENANT.key, DueKind.PROMPT, str(community.id), MONDAY_8)
        due.set_due(session, TENANT.key, DueKind.PAUSE_OVER, "U1", MONDAY_8 + 3 * HOUR)

    seen = AgendaService(database, "T1").upcoming(MONDAY_8)

    assert seen == (
        Upcoming(MONDAY_8 + HOUR, DueKind.ROUND, "C1"),
        Upcoming(MONDAY_8 + 3 * HOUR, DueKind.PAUSE_OVER),
    )


def test_what_the_bot_looks_up_for_itself_is_not_listed(database: Database) -> None:
    with database.write() as session:
        due.set_due(session, TENANT.key, DueKind.PEOPLE, "", MONDAY_8 + HOUR)

    assert AgendaService(database, "T1").upcoming(MONDAY_8) == ()


def test_messages_of_one_kind_and_moment_are_counted_together(database: Database) -> None:
    with database.write() as session:
        for number in range(3):
            queue(session, f"note:{number}", kind=MessageKind.WEEKLY_NOTE, not_before=MONDAY_8 + 2 * HOUR)
        queue(session, "now", kind=MessageKind.WEEKLY_NOTE, not_before=MONDAY_8)

    seen = AgendaService(database, "T1").upcoming(MONDAY_8)

    assert seen == (Upcoming(MONDAY_8 + 2 * HOUR, MessageKind.WEEKLY_NOTE, count=3),)


@pytest.mark.parametrize("kind", sorted(set(DueKind) - QUIET))
def test_whatever_is_listed_has_words(kind: DueKind) -> None:
    assert upcoming_line(kind, "", 1).lower() != kind
