"""The log: one act can be followed by its id, from the click to the message that came of it."""

import re
from datetime import UTC, datetime

from tests.databases import on_sqlite
from tests.journeys.conftest import SMALL_GROUP, StageAt

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TYPED = "watching the pelicans"


@on_sqlite
def test_an_act_is_followed_to_its_message_and_no_word_of_a_person_is_told(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.type("U0PRIYA", learning, "/learn", "join")
    stage.type("U0PRIYA", learning, "/learn", f"want {TYPED}")
    stage.settle()

    log = (stage.folder / "bot.log").read_text()

    queued = re.search(r"event=message\.queued act=(\w+) workspace=\w+ key=(onboarding\S*U0PRIYA\S*)", log)
    assert queued is not None
    act, key = queued.groups()
    lines = [line for line in log.splitlines() if f"act={act}" in line]
    assert re.search(r"event=act\.begun act=\w+ what=/learn user=U0PRIYA", lines[0])
    assert any("event=act.done" in line for line in lines)
    assert re.search(rf"event=message\.sent workspace=\w+ key={re.escape(key)} kind=member\.onboarding", log)
    assert TYPED not in log


@on_sqlite
def test_what_is_due_is_followed_to_its_message(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    stage.switch_on(SMALL_GROUP)
    stage.client.move_clock(to=datetime(2026, 12, 1, 9, 5, tzinfo=UTC), frozen=True)
    stage.settle()

    log = (stage.folder / "bot.log").read_text()

    begun = re.search(r"event=due\.begun act=(due:prompt:\d+)", log)
    assert begun is not None
    assert f"event=due.done act={begun[1]}" in log
    assert re.search(rf"event=message\.queued act={begun[1]} workspace=\w+ key=prompt:\d+", log)
    assert re.search(r"event=message\.sent workspace=\w+ key=prompt:\d+ kind=prompt", log)
