"""Thanks from end to end: at a message, shown first, posted, taken back and down, private, collected."""

from datetime import UTC, datetime, timedelta

from tests.journeys.conftest import SMALL_GROUP, StageAt
from tests.journeys.stage import Stage

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
AMARA, TOMASZ, JONAS, MEI = SMALL_GROUP
DEED = "walked me through the migration twice, so that I could do the second one alone"


def thanks_in(stage: Stage, channel: str) -> list[str]:
    return [text for text in stage.said_in(MEI, channel) if " thanks " in text]


def test_thanks_from_the_first_word_to_the_last_trace(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    client, channel = stage.client, stage.switch_on(SMALL_GROUP)

    # At a message, with its author and a link filled in; the empty effect is asked for once.
    said = client.say(TOMASZ, channel, "The export works now, both ways.")
    client.shortcut(AMARA, "kudos.shortcut", channel, said)
    (view,) = client.wait_for(lambda: client.views(AMARA))
    asked = client.submit(AMARA, {"deed": {"value": "found the lock that nobody had seen for weeks"}}, view["id"])
    assert not asked["closed"]
    assert "One half-sentence on the effect" in str(client.views(AMARA)[0]["blocks"])
    assert client.submit(AMARA, {}, view["id"])["closed"]
    posted = client.wait_for_message(MEI, channel, "thanks <@U0TOMASZ>")
    assert "|What it was about>" in posted["text"]

    # Somebody says so too; the person who is thanked takes it down, and nothing is left.
    client.click_text(MEI, channel, posted["ts"], "Me too")
    client.wait_for_message(JONAS, channel, "<@U0MEI>: me too")
    client.click_text(TOMASZ, channel, posted["ts"], "Take it down")
    client.wait_for(lambda: not thanks_in(stage, channel))
    stage.settle()
    assert stage.rows("select count(*) from kudos") == [(0,)]
    assert stage.rows("select count(*) from kudosmetoo") == [(0,)]
    assert "U0TOMASZ" not in str(stage.rows("select * from outboxmessage where kind like 'kudos%'"))

    # Typed: nothing is sent before the tap; posted, then taken back.
    given = stage.thank(AMARA, channel, f"@mei {DEED} #patience")
    client.wait_for(lambda: thanks_in(stage, channel))
    client.click_text(AMARA, channel, given["ts"], "Undo")
    client.wait_for(lambda: not thanks_in(stage, channel))

    # Privately: in the direct message of the person thanked alone.
    preview = stage.type(AMARA, channel, "/kudos", f"@mei {DEED}")
    client.click_text(AMARA, channel, preview["ts"], "Send privately")
    private = client.wait_for_message(MEI, client.dm(MEI, "U0BOT"), "*<@U0AMARA> thanks you*")
    assert "Only you see this." in private["text"]
    assert thanks_in(stage, channel) == []


def test_more_than_three_in_an_hour_come_in_one_message(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    channel = stage.switch_on(SMALL_GROUP)
    for who in (AMARA, TOMASZ, JONAS):
        stage.thank(who, channel, f"@mei {DEED}")
    stage.settle()

    for who in (AMARA, JONAS):
        assert "together with other thanks" in stage.thank(who, channel, f"@tomasz {DEED}")["text"]
    stage.settle()
    assert len(thanks_in(stage, channel)) == 3
    stage.go_to(stage.client.now() + timedelta(hours=1))

    (together,) = [text for text in thanks_in(stage, channel) if text.startswith("*Thanks from the last hour*")]
    assert together.count("thanks <@U0TOMASZ>") == 2
