"""Two people introduced because one of them asked: they book, are asked whether they met, and take something away."""

from datetime import UTC, datetime

from tests.journeys.conftest import StageAt
from tests.journeys.test_goals import newest, press, submit

AMARA, LEE = "U0AMARA", "U0LEE"
WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
# In the second week, after the hour of both notes.
NOTE = datetime(2026, 12, 3, 14, 1, tzinfo=UTC)
LINE = "Read the notes before the numbers"


def test_who_asks_is_introduced_books_and_says_what_came_of_it(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    client = stage.client
    learning = stage.switch_on((AMARA, LEE))
    stage.type(LEE, learning, "/learn", "teach reading a balance sheet in 15 min")

    found = stage.type(AMARA, learning, "/learn", "find balance sheets")
    client.click_text(AMARA, learning, found["ts"], "Introduce us")
    press(stage, LEE, newest(stage, LEE, f"*<@{AMARA}> would like to learn"), "Introduce us")

    # At once, although the question was the message of the day of the one who was asked.
    client.wait_for(lambda: stage.groups_of(AMARA))
    stage.settle()
    (group,) = stage.groups_of(AMARA)
    introduction = client.messages(AMARA, group)[-1]
    assert f"*Why you two:* <@{AMARA}> asked; <@{LEE}> said yes." in introduction["text"]
    client.click_text(AMARA, group, introduction["ts"], "Open the guide")
    assert client.wait_for(lambda: client.views(AMARA))[-1]["title"]["text"] == "Your guide"
    client.close_view(AMARA, client.views(AMARA)[-1]["id"])
    buddy = stage.type(LEE, learning, "/learn", "buddy")["text"]
    assert f"*You and <@{AMARA}>* \u00b7 on request" in buddy
    assert "There is time until Sunday 6 December." in buddy
    client.click_text(AMARA, group, introduction["ts"], "We've booked it")
    client.wait_for(lambda: stage.rows("select count(*) from pair_group where booked_at is not null") == [(1,)])

    stage.go_to(NOTE)
    # Nobody who has booked is reminded.
    assert stage.rows("select state from outboxmessage where kind = 'round.halfway'") == [("dropped",)]
    press(stage, AMARA, newest(stage, AMARA, f"*Did you and <@{LEE}> meet?*"), "Yes")
    press(stage, AMARA, newest(stage, AMARA, "*Good.* All of this is optional:"), "One thing I take away")
    form = str(client.wait_for(lambda: client.views(AMARA)))
    assert "Share it with my partner" in form
    assert "Share it in the channel" not in form
    assert submit(stage, AMARA, takeaway=LINE, share="partner")["closed"]
    met = stage.type(LEE, learning, "/learn", "met")["text"]
    stage.settle()

    assert met.startswith("*Good.* All of this is optional:")
    assert any(LINE in said for said in stage.said_in(LEE, group))
    assert stage.rows("select user_id, met, takeaway_for from checkin order by user_id") == [
        (AMARA, "yes", "partner"),
        (LEE, "yes", None),
    ]
