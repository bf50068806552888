"""What decides trust in small things: whose hour it is, who hears of what, who is left waiting."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.databases import on_sqlite
from tests.journeys.conftest import SMALL_GROUP, ProcessesAt, StageAt
from tests.journeys.stage import Stage, in_utc

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def test_a_community_lives_in_the_zone_of_most_people_in_its_channel(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)

    # Sam lives in New York, most of the others in Berlin.
    stage.switch_on(("U0SAM", *SMALL_GROUP))

    assert stage.rows("select zone from community") == [("Europe/Berlin",)]
    due = stage.rows("select kind, due_at from due where kind in ('round', 'prompt') order by kind")
    assert [(kind, in_utc(due_at)) for kind, due_at in due] == [
        ("prompt", datetime(2026, 12, 1, 9, 0, tzinfo=UTC)),
        ("round", datetime(2026, 11, 30, 7, 0, tzinfo=UTC)),
    ]


def test_nobody_outside_hears_of_a_private_community_or_joins_it(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    client = stage.client
    insider = next(one["id"] for one in client.people() if "leads" in names_of(stage, one["id"]))
    outsider = next(one["id"] for one in client.people() if "leads" not in names_of(stage, one["id"]))
    leads, general = client.channel("leads", insider), client.channel("general", outsider)
    client.invite(insider, leads)
    client.command(insider, leads, "/learn", "setup")
    client.wait_for(lambda: client.views(insider))
    assert client.submit(insider, {"purpose": {"value": "Leading without a title"}})["closed"]
    stage.settle()

    hub = stage.type(outsider, general, "/learn")
    refusal = stage.type(outsider, general, "/learn", "join")

    assert leads not in str(hub)
    assert leads not in str(refusal)
    assert stage.rows("select count(*) from membership") == [(0,)]


def test_who_is_not_in_the_channel_is_asked_to_come_in_first(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.client.leave("U0LEE", learning)

    stage.client.open_home("U0LEE")
    stage.client.wait_for(lambda: stage.client.home("U0LEE"))
    chat = stage.client.dm("U0LEE", "U0BOT")
    stage.client.say("U0LEE", chat, "join")

    assert "Come in" in stage.client.wait_for_message("U0LEE", chat, "You aren't in")["text"]
    assert stage.rows("select count(*) from membership where user_id = 'U0LEE'") == [(0,)]


def test_two_communities_of_the_same_people_take_turns(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    stage.switch_on(SMALL_GROUP)
    other = stage.client.create_channel("U0AMARA", "reading")
    for person in SMALL_GROUP[1:]:
        stage.client.join(person, other)
    stage.client.invite("U0AMARA", other)
    stage.client.command("U0AMARA", other, "/learn", "setup")
    stage.client.wait_for(lambda: stage.client.views("U0AMARA"))
    assert stage.client.submit("U0AMARA", {"purpose": {"value": "Reading together on Fridays"}})["closed"]
    for person in SMALL_GROUP:
        stage.type(person, other, "/learn", "join")
    stage.settle()

    for week in range(2):
        stage.go_to(MONDAY + timedelta(weeks=week, hours=3))

    rounds = stage.rows("select community_id, count(*) from round where skipped = '' group by 1 order by 1")
    assert rounds == [(1, 1), (2, 1)]


@on_sqlite
@pytest.mark.slow
@pytest.mark.parametrize("word", ["run", "migrate"])
def test_a_second_process_on_the_same_file_is_refused_with_a_sentence(processes_at: ProcessesAt, word: str) -> None:
    stage = processes_at(WEDNESDAY)
    # The second would want to change the tables under the first.
    with closing(sqlite3.connect(stage.database_url.removeprefix("sqlite:///"))) as database, database:
        database.execute("update alembic_version set version_num = '0003'")

    second = stage.run_second(word)

    assert second.returncode == 2
    assert "Another peerloop runs on" in second.stderr
    assert stage.rows("select version_num from alembic_version") == [("0003",)]


def names_of(stage: Stage, user_id: str) -> set[str]:
    conversations = stage.client.state(user_id)["conversations"]
    return {one["name"] for one in conversations}
