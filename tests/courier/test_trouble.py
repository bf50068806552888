"""Slack's refusals, silence and rate limits: nothing is lost, nothing is said twice that must not be."""

import threading
from datetime import timedelta

import pytest

from bot.courier import Courier, Library
from bot.courier.courier import DEAD_FOR, HELD_FOR
from bot.courier.unconfirmed import IN_DOUBT_AFTER
from bot.domain.backoff import ASK_AFTER
from bot.domain.kudos import Thanks
from bot.domain.messages import MessageKind
from bot.services.kudos.kudos import KudosService
from storage import members as people
from storage.communities import Community
from storage.database import Database
from storage.outbox import outbox, pings, sending
from storage.outbox.outbox import OutboxState
from tests.effort import PATIENCE
from tests.factories import MONDAY_8, actor, add_community, add_group, add_members, messages, profile, queue, rows
from tests.fakes import FixedClock
from tests.tiny_slack import RESET, Answer, TinySlack, refusal

LIMIT = Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "7"})
FAILURE = Answer("oops", 500)
INTRO = MessageKind.INTRODUCTION


def fates(database: Database) -> dict[str, tuple[str, str]]:
    return {row.key: (row.state, row.reason) for row in messages(database)}


def keys_sent(slack: TinySlack) -> list[str]:
    return [given["metadata"]["event_payload"]["key"] for given in slack.asked("chat.postMessage")]


@pytest.fixture(autouse=True)
def world(database: Database, clock: FixedClock) -> None:
    """A community with thanks (better never than twice) and an introduction (better twice than never) waiting."""
    clock.moment = MONDAY_8.replace(hour=10)
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        add_group(session, community, "UA", "UB")
    KudosService(database).give(
        actor("UA"), "C1", Thanks(("UB",), "Walked me through the migration"), [profile("UB")], MONDAY_8
    )


@pytest.fixture
def pair(database: Database) -> None:
    with database.write() as session:
        queue(session, "intro:1", INTRO, channel_id="", people=("UA", "UB"), now=MONDAY_8)


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.open"])
def test_a_rate_limit_waits_as_long_as_slack_says_and_loses_nothing(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, method: str
) -> None:
    slack.plan(method, LIMIT, LIMIT)
    for _ in range(2):
        courier.drain_all()
        asked = len(slack.calls)
        machine.move(timedelta(seconds=6.9))
        courier.drain_all()
        assert len(slack.calls) == asked
        machine.move(timedelta(seconds=0.1))

    courier.drain_all()

    assert fates(database) == {"kudos:1": ("sent", ""), "intro:1": ("sent", "")}
    # What Slack has refused to look at was no attempt.
    assert {row.attempts for row in messages(database)} == {1}


def test_nobody_there_is_waited_for(database: Database, words: Library, clock: FixedClock, slack: TinySlack) -> None:
    machine = FixedClock(MONDAY_8)
    courier = Courier(database, slack.gateway(), "T1", words, clock, machine)
    slack.stop()

    for _ in range(5):
        courier.drain_all()
        machine.move(timedelta(seconds=10))

    (row,) = messages(database)
    assert (row.state, row.attempts) == ("queued", 0)
    assert row.reason.startswith("no connection")


@pytest.mark.parametrize("answer", [FAILURE, RESET, refusal("fatal_error")])
def test_what_must_not_be_said_twice_is_not_sent_again_when_nobody_knows(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, answer: Answer
) -> None:
    slack.plan("chat.postMessage", answer)

    for _ in range(3):
        courier.drain_all()
        machine.move(timedelta(seconds=60))

    assert fates(database)["kudos:1"][0] == "unconfirmed"
    assert fates(database)["kudos:1"][1]
    # A person who gave them is asked, since nobody else knows where to look.
    assert keys_sent(slack) == ["kudos:1", "delivery-asked:1:1:UA"]
    told = slack.asked("chat.postMessage")[-1]
    assert (told["channel"], told["text"].splitlines()[0]) == (
        "UA",
        "*Can you see your message of thanks in <#C1>?* Slack didn't answer when I sent it, so I can't tell.",
    )


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("answer", [FAILURE, RESET])
@pytest.mark.parametrize(
    ("others", "shown_by", "after"),
    [(["community:1"], "community:1", IN_DOUBT_AFTER), ([], "delivery-asked:2:1:UA", ASK_AFTER)],
)
def test_what_must_not_be_missed_is_sent_again_when_slack_has_taken_another_or_a_question_after_two_minutes(
    database: Database,
    courier: Courier,
    slack: TinySlack,
    machine: FixedClock,
    answer: Answer,
    others: list[str],
    shown_by: str,
    after: timedelta,
) -> None:
    courier.drain_all()
    with database.write() as session:
        row = outbox.find_message(session, "T1", "intro:1")
        assert row is not None
        pings.give_back(session, row)
        row.state, row.attempts = OutboxState.QUEUED, 0
        for key in others:
            queue(session, key, MessageKind.COMMUNITY_INTRO)
    slack.calls.clear()
    slack.plan("chat.postMessage", answer)

    courier.drain_all()
    assert fates(database)["intro:1"][0] == "sending"
    machine.move(IN_DOUBT_AFTER)
    courier.drain_all()
    machine.move(after - IN_DOUBT_AFTER - timedelta(seconds=1))
    courier.drain_all()
    assert others or keys_sent(slack) == ["intro:1"]
    machine.move(timedelta(seconds=1))
    courier.drain_all()

    assert fates(database)["intro:1"] == ("sent", "")
    assert keys_sent(slack) == ["intro:1", shown_by, "intro:1"]


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("error", ["user_disabled", "user_not_found", "user_is_restricted"])
def test_whoever_was_to_meet_somebody_unreachable_is_told(
    database: Database, courier: Courier, slack: TinySlack, error: str
) -> None:
    slack.plan("conversations.open", refusal(error))
    # The account that is gone cannot be written to either.
    slack.plan("chat.postMessage", Answer({"ok": True, "channel": "C1", "ts": "9.0"}), refusal(error))

    courier.drain_all()

    assert fates(database) == {
        "kudos:1": ("sent", ""),
        "intro:1": ("failed", error),
        "unreachable:1:UA": ("failed", error),
        "unreachable:1:UB": ("sent", ""),
    }
    told = slack.asked("chat.postMessage")[-1]
    assert told["channel"] == "UB"
    assert "<@UA>" in told["text"]


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    ("method", "error"), [("conversations.open", "missing_scope"), ("chat.postMessage", "messages_tab_disabled")]
)
def test_what_the_operator_has_to_allow_first_is_held_and_blames_nobody(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, method: str, error: str
) -> None:
    slack.plan(method, *[refusal(error)] * 2)

    courier.drain_all()
    held = {key for key, (state, reason) in fates(database).items() if (state, reason) == ("queued", error)}
    assert "intro:1" in held
    asked = len(slack.calls)
    clock.move(HELD_FOR - timedelta(seconds=1))
    courier.drain_all()
    assert "intro:1" in {key for key, (state, _) in fates(database).items() if state == "queued"}
    clock.move(timedelta(seconds=1))
    for _ in range(2):
        courier.drain_all()
        clock.move(HELD_FOR)

    assert len(slack.calls) > asked
    assert fates(database) == {"kudos:1": ("sent", ""), "intro:1": ("sent", "")}


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "not_in_channel"])
def test_a_closed_channel_puts_its_community_to_sleep(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, error: str
) -> None:
    slack.plan("chat.postMessage", refusal(error))
    with database.write() as session:
        queue(session, "community:1", MessageKind.COMMUNITY_INTRO)

    courier.drain_all()

    assert rows(database, Community)[0].asleep_at == clock.now()
    assert fates(database) == {
        "kudos:1": ("failed", error),
        # A person who is thanked is to hear of it all the same.
        "kudos:2": ("sent", ""),
        "kudos-moved:1": ("sent", ""),
        "community:1": ("dropped", "the community is asleep"),
        "community-stopped:1:2026-11-23T10:00:UF": ("sent", ""),
    }
    refused, *others = slack.asked("chat.postMessage")
    assert (refused["channel"], {given["channel"] for given in others}) == ("C1", {"UA", "UB", "UF"})
    told = next(given for given in others if given["channel"] == "UF")
    assert "<#C1> stands still" in told["text"]


@pytest.mark.parametrize(
    ("method", "key", "error"),
    [
        ("chat.update", "edit", "message_not_found"),
        ("chat.update", "edit", "cant_update_message"),
        ("chat.postMessage", "kudos:1", "restricted_action"),
        ("chat.postEphemeral", "one", "user_not_in_channel"),
        ("chat.postEphemeral", "one", "channel_not_found"),
    ],
)
def test_other_refusals_fail_one_message_and_leave_the_community_awake(
    database: Database, courier: Courier, slack: TinySlack, method: str, key: str, error: str
) -> None:
    slack.plan(method, refusal(error))
    with database.write() as session:
        queue(session, "community:1", MessageKind.COMMUNITY_INTRO)
        queue(session, "edit", MessageKind.COMMUNITY_INTRO_EDIT, edits="community:1")
        queue(session, "one", MessageKind.COMMUNITY_INTRO_FOR_ONE, reader="UA")

    courier.drain_all()

    found = fates(database)
    assert found.pop(key) == ("failed", error)
    assert set(found.values()) == {("sent", "")}
    assert rows(database, Community)[0].asleep_at is None
    # Who looks after the community hears that the channel itself is closed to posts.
    assert ("community-refused:1:2026-48:UF" in found) == (key == "kudos:1")


def test_a_dead_token_stops_everything_for_a_while_and_loses_nothing(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    slack.plan("chat.postMessage", refusal("invalid_auth"))

    courier.drain_all()
    machine.move(DEAD_FOR - timedelta(seconds=1))
    courier.drain_all()
    assert len(slack.calls) == 1
    assert "Slack refuses the bot token (invalid_auth)" in caplog.text
    assert "xoxb" not in caplog.text
    machine.move(timedelta(seconds=1))
    courier.drain_all()

    assert fates(database) == {"kudos:1": ("sent", "")}


@pytest.mark.usefixtures("pair")
def test_after_a_kill_while_sending_each_kind_follows_its_policy(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    queued = messages(database)
    with database.write() as session:
        for message in queued:
            assert sending.claim(session, message, machine.now())

    machine.move(IN_DOUBT_AFTER - timedelta(seconds=1))
    courier.drain_all()
    assert {state for state, _ in fates(database).values()} == {"sending"}
    machine.move(timedelta(seconds=1))
    courier.drain_all()

    assert fates(database) == {
        "kudos:1": ("unconfirmed", "stopped while sending"),
        "intro:1": ("sent", ""),
        "delivery-asked:1:1:UA": ("sent", ""),
    }
    assert keys_sent(slack) == ["intro:1", "delivery-asked:1:1:UA"]


def test_an_answer_that_makes_no_sense_holds_nothing_up(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    slack.plan("chat.postMessage", Answer({"ok": True}))
    with database.write() as session:
        queue(session, "community:1", MessageKind.COMMUNITY_INTRO)

    courier.drain_all()
    assert {key: state for key, (state, _) in fates(database).items()} == {
        "kudos:1": "sending",
        "community:1": "queued",
    }
    machine.move(IN_DOUBT_AFTER)
    courier.drain_all()

    assert {key: state for key, (state, _) in fates(database).items()} == {
        "kudos:1": "unconfirmed",
        "community:1": "sent",
        "delivery-asked:1:1:UA": "sent",
    }


def test_others_may_write_while_slack_takes_its_time(database: Database, courier: Courier, slack: TinySlack) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def take_time() -> None:
        asked.set()
        go_on.wait(PATIENCE)

    slack.before_reply = take_time
    sending = threading.Thread(target=courier.drain_all)
    sending.start()
    assert asked.wait(PATIENCE)

    with database.write() as session:
        assert people.find_person(session, "T1", "UA")

    go_on.set()
    sending.join()
    assert fates(database) == {"kudos:1": ("sent", "")}
