"""A person who leaves the weekly note without an answer gets fewer of them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.courier import Courier
from bot.domain.messages import MessageKind
from bot.domain.rounds import Met
from bot.services.rounds.check_ins import CheckInService
from storage import communities
from storage.database import Database
from storage.outbox import pings
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.rounds.rounds import Group, Introduced, Round, Seat, SeatState
from tests.factories import actor, add_community, add_members, messages, queue
from tests.fakes import FixedClock
from tests.tiny_slack import TinySlack

# In Berlin each of these is a Thursday at 14:00; none lies beyond a change of the clocks.
THURSDAY = datetime(2026, 11, 26, 13, tzinfo=UTC)
WEEK = timedelta(weeks=1)
NOTE = MessageKind.WEEKLY_NOTE


@pytest.fixture(autouse=True)
def world(database: Database) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB")


def live(database: Database, courier: Courier, clock: FixedClock, week: int) -> None:
    """Let a week's round bring UA and UB together, and its Thursday come."""
    clock.moment = THURSDAY + week * WEEK
    monday = clock.moment - timedelta(days=3, hours=6)
    with database.write() as session:
        community = communities.get_community(session, "T1", 1)
        this_round = Round(
            workspace="T1",
            community_id=community.id,
            number=week + 1,
            due_at=monday,
            started_at=monday,
            ends_at=monday + WEEK,
            seed=1,
        )
        session.add(this_round)
        session.flush()
        group = Group(
            workspace="T1", round_id=this_round.id, reason="new", guide_ids=("first-hello",), formed_at=monday
        )
        session.add(group)
        session.flush()
        for one in ("UA", "UB"):
            session.add(
                Seat(workspace="T1", round_id=this_round.id, group_id=group.id, user_id=one, state=SeatState.SEATED)
            )
        session.add(
            Introduced(
                workspace="T1",
                community_id=1,
                round_id=this_round.id,
                group_id=group.id,
                user_a="UA",
                user_b="UB",
            )
        )
        queue(session, f"note:{week}", NOTE, channel_id="", people=("UA",), subject=0, now=clock.moment)
    courier.drain_all()


def noted(slack: TinySlack) -> list[str]:
    return [given["metadata"]["event_payload"]["key"] for given in slack.asked("chat.postMessage")]


def test_after_two_ignored_notes_one_comes_a_month(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    for week in range(10):
        live(database, courier, clock, week)

    assert noted(slack) == ["note:0", "note:1", "note:5", "note:9"]
    assert {row.reason for row in messages(database, NOTE) if row.state == "dropped"} == {
        "two were ignored, so one a month"
    }


def test_an_answer_brings_the_notes_back(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    for week in range(4):
        live(database, courier, clock, week)
    CheckInService(database).answer(actor("UA"), 2, Met.YES, clock.now())
    for week in range(4, 7):
        live(database, courier, clock, week)

    assert noted(slack) == ["note:0", "note:1", "note:4", "note:5"]


def test_what_moved_into_a_note_is_said_however_many_were_ignored(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    for week in range(2):
        live(database, courier, clock, week)
    with database.write() as session:
        queue(session, "quiet", MessageKind.PAUSE_OVER, channel_id="", people=("UA",), now=clock.moment + WEEK)
        queue(session, "note:2", NOTE, channel_id="", people=("UA",), subject=0, now=clock.moment + WEEK)
        rows = {row.key: row for row in session.exec(select(OutboxMessage))}
        rows["quiet"].state = OutboxState.DROPPED
        pings.defer_to_note(session, rows["quiet"], "UA", rows["note:2"])

    live(database, courier, clock, 2)

    assert noted(slack) == ["note:0", "note:1", "note:2"]
