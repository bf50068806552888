"""Two bots on one PostgreSQL database: every round once, every message once, also when one of them is killed."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.domain.identity import Actor, Profile, Tenant
from bot.domain.kudos import Thanks
from bot.services.kudos.kudos import KudosService
from storage.communities import Community
from storage.database import Database
from tests.databases import on_postgresql
from tests.effort import PATIENCE
from tests.journeys.conftest import SMALL_GROUP, ProcessesAt
from tests.journeys.stage import ProcessStage

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 7, 5, tzinfo=UTC)
DEED = "@tomasz showed me how the export filter works, so I did it alone #patience"

pytestmark = on_postgresql


def go_through_the_week(stage: ProcessStage, monday: datetime) -> None:
    for days, hours in ((0, 0), (0, 3), (0, 6), (1, 2), (3, 6), (3, 8)):
        stage.go_to(monday + timedelta(days=days, hours=hours))


def check_nothing_twice(stage: ProcessStage, channel: str, weeks: int) -> None:
    assert stage.rows("select number, skipped from round order by number") == [(week + 1, "") for week in range(weeks)]
    said = [text for text in stage.said_in(SMALL_GROUP[0], channel) if text.startswith("*This week")]
    assert len(said) == weeks
    for person in SMALL_GROUP:
        introductions = [
            text for group in stage.groups_of(person) for text in stage.said_in(person, group) if "*Why you " in text
        ]
        assert len(introductions) == weeks
    keys = Counter(key for (key,) in stage.rows("select key from outboxmessage"))
    assert set(keys.values()) == {1}


@pytest.mark.slow
def test_two_bots_start_each_round_once_and_post_each_message_once(processes_at: ProcessesAt) -> None:
    stage = processes_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.start_another_bot()

    for week in range(2):
        go_through_the_week(stage, MONDAY + timedelta(weeks=week))
        stage.thank("U0AMARA", learning, DEED)
        stage.client.repeat_interaction()
        stage.settle()

    check_nothing_twice(stage, learning, 2)
    assert stage.rows("select count(*) from kudos") == [(2,)]
    assert len([text for text in stage.said_in("U0MEI", learning) if " thanks " in text]) == 2
    assert stage.rows(
        "select distinct state, attempts from outboxmessage where state not in ('dropped', 'queued')"
    ) == [("sent", 1)]
    assert " ERROR " not in stage.log()


@pytest.mark.slow
def test_when_one_of_two_bots_is_killed_the_other_goes_on(processes_at: ProcessesAt) -> None:
    stage = processes_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.start_another_bot()

    stage.client.move_clock(to=MONDAY, frozen=True)
    assert stage.bot is not None
    stage.bot.kill()
    stage.bot.wait()
    go_through_the_week(stage, MONDAY)

    check_nothing_twice(stage, learning, 1)


@pytest.mark.slow
def test_a_worker_sends_while_no_bot_runs_and_a_killed_one_is_followed_by_the_next(processes_at: ProcessesAt) -> None:
    stage = processes_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.stop_bot()
    killed = stage.start_worker()
    queue_thanks(stage, 1, 3)

    killed.kill()
    killed.wait()
    worker = stage.start_worker()
    stage.settle()

    # The one on its way when the worker was killed is in doubt at most, and never said twice.
    states = Counter(state for (state,) in stage.rows("select state from outboxmessage where kind = 'kudos'"))
    assert states["sent"] + states["unconfirmed"] == 3
    assert states["unconfirmed"] <= 1
    said = len([text for text in stage.said_in("U0MEI", learning) if " thanks " in text])
    assert states["sent"] <= said <= 3
    assert [kind for kind, name in stage.rows("select kind, name from process")] == ["work", "work"]
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
    # The one that was killed could not say so.
    assert stage.rows("select count(*) from process") == [(1,)]
    assert " ERROR " not in stage.log()


def queue_thanks(stage: ProcessStage, first: int, last: int) -> None:
    """Give thanks as the service does, in the place of a bot that does not run."""
    database = Database(stage.database_url)
    now = stage.client.now()
    with database.read() as session:
        channel = session.exec(select(Community.channel_id)).one()
        workspace = session.exec(select(Community.workspace)).one()
    for number in range(first, last + 1):
        who = Actor(Tenant(workspace), "U0AMARA", f"act-{number}")
        thanks = Thanks(("U0MEI",), "showed me how the export filter works, so I did it alone")
        KudosService(database).give(who, channel, thanks, [Profile("U0MEI", "Europe/Berlin")], now)
    database.close()
