"""The database goes away under the real bot and comes back: what people read, and what the log says meanwhile."""

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from storage.database import Database
from tests.journeys.conftest import SMALL_GROUP
from tests.journeys.stage import ProcessStage
from tests.postgres import OwnServer, UnavailableError

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
DEED = "@tomasz showed me how the export filter works, so I did it alone"
GOAL = {"title": {"value": "run a retro on my own"}, "evidence": {"value": "I do it alone once"}}
KIND = "That didn't work, and it's on my side. Please try again in a few minutes"
# So long that the log has to repeat that the database is away.
AWAY_SECONDS = 70.0
BACK = "the database is back after "
STILL = re.compile(r"the database is still away after (\d+) seconds: ")
LOUD = re.compile(r"^\S+ \S+ (WARNING|ERROR|CRITICAL) ", re.MULTILINE)


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    """A PostgreSQL server of this test alone."""
    with tempfile.TemporaryDirectory(prefix="peerloop-") as folder:
        try:
            server = OwnServer(Path(folder))
            server.start()
        except UnavailableError as error:
            pytest.skip(f"no PostgreSQL: {error}")
        yield server
        server.stop()


def act_for_a_while(stage: ProcessStage, channel: str, seconds: float) -> None:
    """Command, click, write, open Home and send a form while nothing can be stored; each is answered kindly."""
    until = time.monotonic() + seconds
    chat = stage.client.dm("U0JONAS", "U0BOT")
    while time.monotonic() < until:
        refused = stage.client.submit("U0MEI", GOAL)
        assert not refused["closed"]
        assert KIND in "".join(refused["errors"].values())
        reply = stage.type("U0AMARA", channel, "/kudos", DEED)
        assert KIND in reply["text"]
        assert "showed me how the export filter works" in str(reply["blocks"])
        reply = stage.reply_to("U0JONAS", chat, partial(stage.client.say, "U0JONAS", chat, "pause 1w"))
        assert KIND in reply["text"]
        stage.client.open_home("U0TOMASZ")
        stage.client.open_home("U0TOMASZ", "messages")


def check_three_kinds_of_lines(log: str) -> None:
    """The log said once that the database went, once a minute that it is away, once that it is back, and no more."""
    lines = [line.partition("bot.outages: ")[2] or line for line in log.splitlines() if LOUD.match(line)]
    assert lines[0].startswith("the database is away: ")
    assert [line for line in lines[1:-1] if not STILL.match(line)] == []
    assert len(lines) >= 3
    assert lines[-1].startswith(BACK)
    minutes = [float(found[1]) // 60 for line in lines[1:-1] if (found := STILL.match(line))]
    assert len(set(minutes)) == len(minutes)
    assert "Traceback" not in log
    assert 'File "' not in log


def check_all_is_well_again(stage: ProcessStage, channel: str) -> None:
    """What became due meanwhile is handled and sent, and acts are done, by the process that was there all the time."""
    stage.settle()
    introduced = [one for one in stage.client.posted() if one.get("key", "").startswith("intro:")]
    assert len(introduced) == 2
    assert stage.client.submit("U0MEI", GOAL)["closed"]
    stage.thank("U0AMARA", channel, DEED)
    stage.settle()
    assert stage.rows("select count(*) from kudos") == [(1,)]
    assert stage.rows("select owner from goal") == [("U0MEI",)]


@pytest.mark.slow
def test_a_server_that_stops_for_a_minute_is_told_in_a_line_a_minute(own_server: OwnServer, tmp_path: Path) -> None:
    url = own_server.server.url("postgres")
    database = Database(url)
    database.migrate()
    database.close()
    with closing(ProcessStage(tmp_path, WEDNESDAY, url)) as stage:
        channel = stage.switch_on(SMALL_GROUP)
        stage.open_form("U0MEI", channel, "/goal", "run a retro on my own")
        stage.go_to(MONDAY - timedelta(minutes=10))
        before = len(stage.log())

        own_server.stop()
        stage.client.move_clock(to=MONDAY, frozen=True)
        act_for_a_while(stage, channel, AWAY_SECONDS)
        own_server.start()
        stage.look_again()
        stage.client.wait_for(lambda: BACK in stage.log()[before:])

        check_three_kinds_of_lines(stage.log()[before:])
        check_all_is_well_again(stage, channel)
