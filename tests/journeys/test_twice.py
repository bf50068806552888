"""The same event or click delivered twice has one effect, and what Slack took without an answer is there once."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from playground.client import Json
from tests.journeys.conftest import SMALL_GROUP, StageAt
from tests.journeys.stage import Stage

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 12, 1, 9, 5, tzinfo=UTC)
DEED = "@tomasz showed me how the export filter works, so I did it alone #patience"


def test_a_click_and_a_form_delivered_twice_have_one_effect(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)

    thank_twice(stage, learning)
    set_a_goal_twice(stage, learning)
    join_twice(stage, learning)


def thank_twice(stage: Stage, learning: str) -> None:
    stage.thank("U0AMARA", learning, DEED)

    stage.client.repeat_interaction()
    stage.settle()

    assert stage.rows("select count(*) from kudos") == [(1,)]
    assert len([text for text in stage.said_in("U0MEI", learning) if " thanks " in text]) == 1


def set_a_goal_twice(stage: Stage, learning: str) -> None:
    stage.client.command("U0AMARA", learning, "/goal", "run a retro on my own")
    stage.client.wait_for(lambda: stage.client.views("U0AMARA"))
    assert stage.client.submit("U0AMARA", {"evidence": {"value": "I do it alone once"}})["closed"]

    stage.client.repeat_interaction()
    time.sleep(0.5)

    assert stage.rows("select count(*) from goal") == [(1,)]


def join_twice(stage: Stage, learning: str) -> None:
    intro = stage.client.wait_for_message("U0LEE", learning, "This channel is now")
    stage.client.click_text("U0LEE", learning, intro["ts"], "Count me in for introductions")

    stage.client.repeat_interaction()
    chat = stage.client.dm("U0LEE", "U0BOT")
    stage.client.wait_for(lambda: stage.said_in("U0LEE", chat))
    stage.settle()

    assert stage.rows("select count(*) from membership where user_id = 'U0LEE'") == [(1,)]
    assert len(stage.said_in("U0LEE", chat)) == 1


@pytest.mark.slow
def test_a_file_is_handed_over_once_though_the_answer_got_lost(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    chat = stage.client.dm("U0MEI", "U0BOT")
    stage.client.fault("reset_after", on="files.completeUploadExternal")

    stage.type("U0MEI", chat, "/learn", "export")
    stage.client.wait_for(lambda: stage.rows("select 1 from outboxmessage where kind = 'privacy.export' and ts <> ''"))
    stage.settle()

    with_files = [message for message in stage.client.messages("U0MEI", chat) if message.get("files")]
    assert len(with_files) == 1
    assert stage.rows("select about from outboxmessage where kind = 'privacy.export_removed'") == [
        (with_files[0]["files"][0]["id"],)
    ]


@pytest.mark.slow
def test_a_prompt_whose_answer_got_lost_is_posted_once_and_found_by_a_tap(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.go_to(TUESDAY - timedelta(minutes=10))
    stage.client.fault("reset_after", on="chat.postMessage")
    stage.go_to(TUESDAY)
    assert stage.rows("select state, ts from outboxmessage where key = 'prompt:1'") == [("unconfirmed", "")]

    prompt = stage.client.wait_for_message("U0MEI", learning, "*This week")
    for person in SMALL_GROUP[:3]:
        stage.client.click(
            person, did(prompt)["action_id"], channel=learning, ts=prompt["ts"], value=did(prompt)["value"]
        )
    stage.client.wait_for(lambda: did(seen(stage, learning, prompt["ts"]))["text"]["text"].endswith("3"))
    stage.settle()

    assert [one["text"][:10] for one in stage.client.messages("U0MEI", learning)].count("*This week") == 1
    assert stage.rows("select state, ts from outboxmessage where key = 'prompt:1'") == [("sent", prompt["ts"])]


def seen(stage: Stage, channel: str, ts: str) -> Json:
    return next(one for one in stage.client.messages("U0MEI", channel) if one["ts"] == ts)


def did(prompt: Json) -> Json:
    """The button of a prompt for those who did what it says."""
    buttons = [one for block in prompt["blocks"] if block["type"] == "actions" for one in block["elements"]]
    return next(one for one in buttons if one["action_id"].endswith(":did"))
