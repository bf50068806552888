"""App Home follows what its owner does anywhere, and the person who sets a channel up tries everything alone first."""

from datetime import UTC, datetime

from tests.journeys.conftest import StageAt
from tests.journeys.stage import Stage

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
HOST, TOMASZ, NEWCOMER = "U0AMARA", "U0TOMASZ", "U0JONAS"
# What is pressed, and what it brings up.
TRYOUT = (
    ("Try it first, for you alone", "1 of 4"),
    ("I did it", "2 of 4"),
    ("We've booked it", "3 of 4"),
    ("Yes", "4 of 4"),
    ("Good to know", "That was all of it"),
)


def wait_for_home(stage: Stage, who: str, words: str) -> None:
    """Wait until somebody's Home says something."""
    stage.client.wait_for(lambda: words in str(stage.client.home(who)))


def test_home_follows_its_owner_and_the_tryout_is_its_hosts_alone(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.client.channel("learning")
    stage.client.open_home(TOMASZ)
    wait_for_home(stage, TOMASZ, "Offer something small")

    stage.client.invite(HOST, learning)
    shown = stage.client.wait_for_message(HOST, learning, "quiet until somebody switches")
    for button, brings in TRYOUT:
        stage.client.click_text(HOST, learning, shown["ts"], button)
        shown = stage.client.wait_for_message(HOST, learning, brings)
        assert shown["ephemeral"]
    assert not any("of 4" in text for text in stage.said_in(TOMASZ, learning))

    stage.client.command(HOST, learning, "/learn", "setup")
    stage.client.wait_for(lambda: stage.client.views(HOST))
    assert stage.client.submit(HOST, {"purpose": {"value": "Getting better at planning, together."}})["closed"]
    stage.settle()
    for person in (HOST, TOMASZ):
        assert "You're in" in stage.type(person, learning, "/learn", "join")["text"]
    stage.type(TOMASZ, learning, "/learn", "teach pivot tables in 15 min")
    wait_for_home(stage, TOMASZ, "pivot tables")
    stage.thank(HOST, learning, "@tomasz walked me through the migration twice #patience")
    stage.settle()
    stage.client.open_home(TOMASZ)
    wait_for_home(stage, TOMASZ, "walked me through the migration twice")
    wait_for_home(stage, HOST, "You look after")

    stage.client.open_home(NEWCOMER)
    wait_for_home(stage, NEWCOMER, "Not now")
    stage.client.click_view_text(NEWCOMER, "Not now")
    stage.client.wait_for(lambda: "Not now" not in str(stage.client.home(NEWCOMER)))
