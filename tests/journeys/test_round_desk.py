"""A round from its preview to its last change of plan, with the real bot."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from tests.factories import KEY
from tests.journeys.conftest import SMALL_GROUP, StageAt
from tests.journeys.stage import ROOT

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
AMARA, TOMASZ, JONAS, MEI = SMALL_GROUP


def test_a_round_is_previewed_started_swapped_and_takes_in_whoever_comes_late(
    stage_at: StageAt, bot_database: str
) -> None:
    stage = stage_at(WEDNESDAY, PEERLOOP_KEYS=KEY)
    learning = stage.switch_on(SMALL_GROUP)
    assert "you can show" in stage.type(TOMASZ, learning, "/learn", "teach reading a balance sheet in 20 min")["text"]
    assert f"<@{TOMASZ}>" in stage.type(AMARA, learning, "/learn", "want Reading balance sheets")["text"]
    noted = stage.type(AMARA, learning, "/learn", "notwith @jonas")
    assert noted["text"] == "*Noted, and private.* You won't be introduced."

    refused = stage.type(TOMASZ, learning, "/learn", "round preview")
    preview = stage.type(AMARA, learning, "/learn", "round preview")

    assert "Only those who look after" in refused["text"]
    assert "2 of 2" in preview["text"]
    assert not any(person in preview["text"] for person in SMALL_GROUP)

    stage.go_to(MONDAY)

    (room,) = stage.groups_of(AMARA)
    (said,) = stage.said_in(AMARA, room)
    assert f"<@{TOMASZ}>" in said
    assert "\u201creading a balance sheet\u201d" in said
    assert stage.groups_of(JONAS) == stage.groups_of(MEI)
    assert "4 in, 2 groups" in stage.type(AMARA, learning, "/learn", "round status")["text"]
    assert "twice in a week" in stage.type(AMARA, learning, "/learn", "round start")["text"]

    # Lee comes late, and one of the two pairs becomes three.
    stage.type("U0LEE", learning, "/learn", "join")
    # The two have had their message of the day; on the next there is room for the new introduction.
    stage.go_to(MONDAY + timedelta(days=1, hours=2))
    assert len(stage.groups_of("U0LEE")) == 1
    seats = dict(stage.rows("select user_id, group_id from seat where state = 'seated'"))
    assert len(seats) == 5

    # A person who cannot come leaves nobody in silence, and Amara never sits with Jonas.
    stage.type(MEI, learning, "/learn", "skip")
    stage.go_to(MONDAY + timedelta(days=1, hours=3))
    seats = dict(stage.rows("select user_id, group_id from seat where state = 'seated'"))
    assert MEI not in seats
    assert seats.get(AMARA) != seats.get(JONAS)
    everything = stage.log() + str(stage.client.state(JONAS)) + str(stage.client.state(MEI))
    assert "private" not in everything
    assert JONAS not in str(stage.rows("select sealed from privatelist"))

    replayed = subprocess.run(
        [sys.executable, "-m", "bot", "round", "replay", "1"],
        env={**os.environ, "DATABASE_URL": bot_database, "PEERLOOP_KEYS": KEY},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert replayed.returncode == 0, replayed.stderr
    assert "The same 2 groups as round 1 began with." in replayed.stdout
    assert "lesson" in replayed.stdout
