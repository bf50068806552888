"""A person who wants less of a kind of message gets every second one of it, for twelve weeks."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.courier import Courier
from bot.domain.errors import UserError
from bot.domain.messages import MessageKind
from bot.domain.pings import LESS_FOR, read_less, write_less
from bot.services.members.pings import PingService
from storage.database import Database
from tests.factories import actor, add_community, add_members, messages, queue
from tests.fakes import FixedClock

QUIET = MessageKind.PROMPT_QUIET
# Ten o'clock on a Tuesday in Berlin.
TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def world(database: Database) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA")


def told(database: Database, courier: Courier, clock: FixedClock, weeks: int, since: datetime) -> list[bool]:
    """Have UA told once a week that a channel is quiet; gives which of them were sent."""
    for week in range(weeks):
        clock.moment = since + timedelta(weeks=week)
        with database.write() as session:
            key = f"quiet:{clock.moment:%Y-%m-%d}"
            queue(session, key, QUIET, people=("UA",), channel_id="", now=clock.moment)
        courier.drain("T1")
        # The first look asks Slack about do-not-disturb.
        courier.drain("T1")
    return [row.state == "sent" for row in messages(database, QUIET)[-weeks:]]


def test_every_second_one_is_left_out_until_twelve_weeks_are_over(
    database: Database, courier: Courier, clock: FixedClock
) -> None:
    assert told(database, courier, clock, 2, TUESDAY) == [True, True]
    asked_at = TUESDAY + timedelta(weeks=2)
    PingService(database).lessen(actor("UA"), QUIET, asked_at)

    assert told(database, courier, clock, 4, asked_at) == [False, True, False, True]
    assert told(database, courier, clock, 2, asked_at + LESS_FOR) == [True, True]


def test_other_kinds_come_as_before(database: Database, courier: Courier, clock: FixedClock) -> None:
    PingService(database).lessen(actor("UA"), MessageKind.HALFWAY, TUESDAY)

    assert told(database, courier, clock, 2, TUESDAY) == [True, True]


def test_there_is_no_less_of_introductions(database: Database) -> None:
    with pytest.raises(UserError):
        PingService(database).lessen(actor("UA"), MessageKind.INTRODUCTION, TUESDAY)


def test_what_is_wanted_less_of_reads_as_it_was_written() -> None:
    kinds = {QUIET: TUESDAY, MessageKind.WEEKLY_NOTE: TUESDAY + timedelta(minutes=1)}

    assert read_less(write_less(kinds)) == kinds
    assert read_less("") == {}
