"""The nightly look at thousands of accounts under Slack's limits: finished in one night, and in the way of nothing."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, update

from storage.database import Database
from storage.members import Membership, Person
from tests.databases import on_sqlite
from tests.journeys.conftest import SMALL_GROUP, ProcessesAt

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PROMPT_AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LAST = "U0P05000"
UNDER_WAY = "select workspace from look where is_under_way"


@pytest.mark.slow
@on_sqlite
def test_a_company_of_five_thousand_is_looked_at_in_one_night_while_all_else_goes_on(processes_at: ProcessesAt) -> None:
    stage = processes_at(FRIDAY, ("--people", "5000", "--limits", "on"))
    learning = stage.switch_on((*SMALL_GROUP, LAST))
    stage.client.leave(SMALL_GROUP[3], learning)
    stage.client.wait_for(lambda: stage.rows("select 1 from membership where part = 'out'"))
    stage.stop_bot()
    # As if the bot had not heard that one person left, and that another, on the last page, moved.
    database = Database(stage.database_url)
    with database.write() as session:
        session.exec(update(Membership).values(part="in"))
        session.exec(update(Person).where(col(Person.user_id) == LAST).values(zone="Asia/Tokyo"))
    database.close()
    stage.start_bot()
    stage.client.set_limits(on=True)

    stage.client.move_clock(to=NIGHT, frozen=True)
    stage.client.wait_for(lambda: stage.rows(UNDER_WAY))
    # The morning comes while the look is still under way.
    stage.client.move_clock(to=PROMPT_AT, frozen=True)
    stage.client.wait_for_message(SMALL_GROUP[0], learning, "This week")
    begun = time.monotonic()
    assert "You're in" in stage.type("U0PRIYA", learning, "/learn", "join")["text"]
    assert time.monotonic() - begun < 10
    assert stage.rows(UNDER_WAY)

    stage.client.wait_for(lambda: not stage.rows(UNDER_WAY), 300)

    methods = stage.client.limits()["methods"]
    assert [methods[name]["refused"] for name in ("users.list", "conversations.members")] == [0, 0]
    assert stage.rows("select part from membership where user_id = ?", SMALL_GROUP[3]) == [("out",)]
    assert stage.rows("select zone from person where user_id = ?", LAST) == [("Europe/Berlin",)]
    stage.settle()
    health = json.loads(stage.run_second("check", "--json").stdout)
    (look,) = health["nightly_looks"]
    assert (health["fine"], look["under_way"]) == (True, False)
    assert NIGHT <= datetime.fromisoformat(look["began_at"]) <= NIGHT + timedelta(minutes=1)
