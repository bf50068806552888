"""Which guide a group gets because of what its people asked, how long they are here, and what they had before."""

from datetime import datetime, timedelta

import pytest

from bot.domain.goals import GoalForm
from bot.domain.guides import OLD_HAND_ROUNDS, GuideLibrary
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from bot.services.goals.goals import GoalService
from bot.services.rounds.rounds import RoundService
from storage.database import Database
from storage.goals import GoalCheck
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.rounds.rounds import Round
from tests.factories import MONDAY_8, actor, add_community, add_group, add_members, due_row, profile

WEEK = timedelta(weeks=1)
FOUR = ("UA", "UB", "UC", "UD")


def start(database: Database, rounds: RoundService) -> None:
    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)


def situation(rounds: RoundService, guides: GuideLibrary, who: Actor) -> str:
    return guides.guides[rounds.current(who, MONDAY_8).guide_ids[0]].use_when


@pytest.mark.parametrize(
    ("channel_id", "people", "asked_at", "expected"),
    [
        ("C1", "", MONDAY_8 - WEEK, "stuck"),
        ("C1", "", MONDAY_8 - 5 * WEEK, "first"),
        # What others read is nothing that the two of this round know of.
        ("C2", "", MONDAY_8 - WEEK, "first"),
        ("G7", "UA UX", MONDAY_8 - WEEK, "first"),
        ("G7", "UA UB UC UD", MONDAY_8 - WEEK, "stuck"),
    ],
)
def test_whoever_asked_for_help_gets_a_guide_for_a_problem(
    database: Database,
    rounds: RoundService,
    goals: GoalService,
    guides: GuideLibrary,
    channel_id: str,
    people: str,
    asked_at: datetime,
    expected: str,
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)
    form = GoalForm("Chair a meeting well", "It ends in time", (MONDAY_8 + 4 * WEEK).date())
    goals.set(actor("UA"), form, profile("UA"), MONDAY_8 - 2 * WEEK)
    with database.write() as session:
        check = GoalCheck(workspace="T1", goal_id=1, asked_on=asked_at.date(), question="How do you keep the time?")
        session.add(check)
        session.flush()
        outbox.add(session, "T1", "help", MessageKind.GOAL_HELP, subject=check.id, now=asked_at, channel_id="C1")
        row = outbox.find_message(session, "T1", "help")
        assert row is not None
        row.state, row.sent_at, row.channel_id, row.people = OutboxState.SENT, asked_at, channel_id, people

    start(database, rounds)

    assert situation(rounds, guides, actor("UA")) == expected


def test_whoever_is_new_meets_an_old_hand_with_a_guide_for_that(database: Database, rounds: RoundService) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, *FOUR)
        for number in range(1, OLD_HAND_ROUNDS + 1):
            begins = MONDAY_8 - (OLD_HAND_ROUNDS + 1 - number) * WEEK
            group = add_group(session, community, "UA", "UB", number=number, ends_at=begins + WEEK)
            its_round = session.get_one(Round, group.round_id)
            its_round.due_at = its_round.started_at = begins

    start(database, rounds)

    assert rounds.current(actor("UA"), MONDAY_8).guide_ids[0] == "newcomer-and-old-hand"
    assert rounds.current(actor("UB"), MONDAY_8).guide_ids[0] == "newcomer-and-old-hand"
