"""Nobody is written to too often, at a bad time or while away, and everybody can see what they got and why."""

from datetime import UTC, datetime

from tests.journeys.conftest import SMALL_GROUP, StageAt
from tests.journeys.stage import Stage

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 30, 8, 31, tzinfo=UTC)
NOON = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)


def introductions(stage: Stage, who: str) -> int:
    return sum("*Why you" in text for group in stage.groups_of(who) for text in stage.said_in(who, group))


def test_an_introduction_waits_while_one_of_two_is_not_to_be_disturbed(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.client.patch_person("U0AMARA", dnd_start=int(WEDNESDAY.timestamp()), dnd_end=int(NOON.timestamp()))

    stage.go_to(MONDAY_MORNING)
    early = {person: introductions(stage, person) for person in SMALL_GROUP}
    log_early = stage.type("U0AMARA", learning, "/learn", "messages")["text"]
    stage.go_to(NOON)

    assert early["U0AMARA"] == 0
    assert sorted(early.values()) == [0, 0, 1, 1]
    assert {introductions(stage, person) for person in SMALL_GROUP} == {1}
    assert "0 of at most 3" in log_early
    log = stage.type("U0AMARA", learning, "/learn", "why did I get this?")["text"]
    assert "1 of at most 3" in log
    assert f"an introduction, since you are in \u00b7 <#{learning}>" in log
    stage.client.open_home("U0AMARA")
    counted = "Messages from me this week: 1 of at most 3"
    stage.client.wait_for(lambda: counted in str(stage.client.home("U0AMARA")))


def test_who_is_away_is_not_introduced_and_the_others_are(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    stage.switch_on(SMALL_GROUP)
    stage.client.patch_person("U0MEI", status_text="Vacationing", status_emoji=":palm_tree:")
    stage.client.wait_for(lambda: stage.rows("select 1 from person where away_until is not null"))

    stage.go_to(MONDAY_MORNING)

    assert {person: introductions(stage, person) for person in SMALL_GROUP} == {
        person: int(person != "U0MEI") for person in SMALL_GROUP
    }


def test_an_introduction_comes_in_the_hours_that_somebody_chose(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.client.command("U0AMARA", learning, "/learn", "settings")
    stage.client.wait_for(lambda: stage.client.views("U0AMARA"))
    chosen = {"days": {"value": ["1", "3"]}, "from": {"value": "11:00"}, "until": {"value": "11:30"}}
    refused = stage.client.submit("U0AMARA", chosen)
    accepted = stage.client.submit("U0AMARA", {"until": {"value": "16:30"}})

    stage.go_to(MONDAY_MORNING)
    on_monday = introductions(stage, "U0AMARA")
    stage.go_to(datetime(2026, 12, 1, 10, 1, tzinfo=UTC))

    assert refused["errors"] == {
        "until": "From 11:00 to 11:30 is less than an hour, and an introduction needs at least that."
    }
    assert accepted["closed"]
    assert (on_monday, introductions(stage, "U0AMARA")) == (0, 1)


def test_somebody_left_on_the_day_of_the_introduction_meets_others_the_next_day(stage_at: StageAt) -> None:
    stage = stage_at(WEDNESDAY)
    learning = stage.switch_on(SMALL_GROUP)
    stage.go_to(MONDAY_MORNING)
    left = stage.rows(
        "select user_id from seat where user_id <> 'U0AMARA'"
        " and group_id = (select group_id from seat where user_id = 'U0AMARA')"
    )[0][0]
    chat = stage.client.dm(left, "U0BOT")

    stage.type("U0AMARA", learning, "/learn", "skip")
    stage.settle()
    assert introductions(stage, left) == 1
    stage.go_to(datetime(2026, 12, 1, 8, 31, tzinfo=UTC))
    assert introductions(stage, left) == 2
    stage.go_to(datetime(2026, 12, 2, 8, 31, tzinfo=UTC))

    # The second introduction has said it all.
    assert not any("can't make it" in text for text in stage.said_in(left, chat))
    assert stage.rows("select state, reason from outboxmessage where kind = 'round.partner_out'") == [
        ("dropped", "introduced to others by now")
    ]
    assert stage.rows("select count(*) from ping where user_id = ?", left) == [(2,)]
