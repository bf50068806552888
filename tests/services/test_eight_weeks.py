"""Whom somebody met in the last eight weeks is no new face: by dates, whatever the rhythm."""

from datetime import timedelta

import pytest

from bot.domain.round_inputs import Inputs
from bot.domain.schedule import DueKind
from bot.services.rounds.planning import look
from storage.database import Database
from storage.rounds.rounds import Round
from tests.factories import MONDAY_8, VAULT, add_community, add_group, add_members, due_row

WEEK = timedelta(weeks=1)
FOUR = ("UA", "UB", "UC", "UD")


def gathered(database: Database) -> Inputs:
    with database.read() as session:
        inputs = look(session, VAULT, due_row(database, DueKind.ROUND), MONDAY_8).inputs
    assert inputs is not None
    return inputs


@pytest.mark.parametrize(("weeks", "rounds_back"), [(1, 8), (2, 4), (4, 2)])
def test_the_rounds_of_eight_weeks_are_counted_by_their_last_days(
    database: Database, weeks: int, rounds_back: int
) -> None:
    with database.write() as session:
        community = add_community(session, weeks=weeks)
        add_members(session, community, *FOUR)
        for number in range(1, 13):
            begins = MONDAY_8 - (13 - number) * weeks * WEEK
            group = add_group(session, community, "UA", "UB", number=number, ends_at=begins + weeks * WEEK)
            its_round = session.get_one(Round, group.round_id)
            its_round.due_at = its_round.started_at = begins

    assert gathered(database).rules.fresh_after == rounds_back


def test_a_round_that_waited_for_months_leaves_everybody_fresh(database: Database) -> None:
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, *FOUR)
        group = add_group(session, community, "UA", "UB", ends_at=MONDAY_8 - 8 * WEEK)
        its_round = session.get_one(Round, group.round_id)
        its_round.due_at = its_round.started_at = MONDAY_8 - 9 * WEEK

    assert gathered(database).rules.fresh_after == 0


def test_in_a_first_round_everybody_is_fresh(database: Database) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *FOUR)

    assert gathered(database).rules.fresh_after == 0
