"""Each person is spoken to in their own language, and those who share none in that of the channel."""

from datetime import UTC, datetime

from tests.journeys.conftest import SMALL_GROUP, StageAt
from tests.journeys.stage import Stage

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
GERMANS = ("U0JONAS", "U0TOMASZ", "U0MEI")


def home_of(stage: Stage, person: str) -> str:
    stage.client.open_home(person)
    return str(stage.client.wait_for(lambda: stage.client.home(person)))


def test_germans_read_german_and_others_english(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    for person in GERMANS:
        stage.client.patch_person(person, locale="de-DE")
    # A stranger too, before the bot has stored anything.
    assert "Voneinander lernen" in home_of(stage, "U0JONAS")
    assert "Learn from each other" in home_of(stage, "U0AMARA")

    learning = stage.switch_on(SMALL_GROUP[:1])
    joined = {person: stage.type(person, learning, "/learn", "mitmachen")["text"] for person in SMALL_GROUP[1:]}
    assert all(text.startswith("*Du bist dabei.") for text in joined.values())
    stage.go_to(MONDAY)

    for person in SMALL_GROUP:
        (group,) = stage.groups_of(person)
        (said,) = stage.said_in(person, group)
        # Amara's group is mixed and reads the channel's English; the other two share German.
        mixed = "<@U0AMARA>" in said
        assert ("*Why you two:*" in said) is mixed
        assert ("*Warum ihr zwei:*" in said) is not mixed
    chat = stage.client.dm("U0JONAS", "U0BOT")
    assert any("Du bist dabei in" in text for text in stage.said_in("U0JONAS", chat))
    assert not any("You're in" in text for text in stage.said_in("U0JONAS", chat))
