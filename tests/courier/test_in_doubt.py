"""Messages of which nobody knows whether they arrived: looked up where the bot may read."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.courier import Courier
from bot.courier.unconfirmed import IN_DOUBT_AFTER
from bot.domain.messages import MessageKind
from storage.database import Database
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.outbox.slack_waits import SlackWait
from tests.factories import add_community, messages, queue, rows
from tests.fakes import FixedClock
from tests.tiny_slack import RESET, Answer, Json, TinySlack, refusal

# What a person is told directly, and rather never than twice by its kind.
DIRECT = MessageKind.COMMUNITY_INTRO


def keys_sent(slack: TinySlack) -> list[str]:
    return [given["metadata"]["event_payload"]["key"] for given in slack.asked("chat.postMessage")]


def drain_for(
    span: timedelta,
    courier: Courier,
    machine: FixedClock,
    step: timedelta = timedelta(seconds=2),
    clock: FixedClock | None = None,
) -> None:
    """Let a courier send what it may, again and again while time passes."""
    until = machine.now() + span
    while machine.now() <= until:
        courier.drain("T1")
        machine.move(step)
        if clock is not None:
            clock.move(step)


def arrived(ts: str, key: str) -> Json:
    return {"ts": ts, "bot_id": "B1", "metadata": {"event_type": "peerloop_message", "event_payload": {"key": key}}}


@pytest.fixture(autouse=True)
def direct(database: Database) -> None:
    """A direct message that waits."""
    with database.write() as session:
        add_community(session)
        queue(session, "direct", DIRECT, channel_id="", people=("UA",))


@pytest.mark.parametrize("answer", [RESET, Answer("oops", 500)])
def test_a_conversation_that_was_perhaps_opened_is_opened_again_however_often(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, answer: Answer
) -> None:
    with database.write() as session:
        queue(session, "group", DIRECT, channel_id="", people=("UA", "UB"))
    slack.plan("conversations.open", *[answer] * 6)

    drain_for(timedelta(minutes=6), courier, machine)

    assert {message.key: message.state for message in messages(database)} == {"direct": "sent", "group": "sent"}
    assert keys_sent(slack).count("group") == 1


def test_a_message_in_doubt_delays_nothing_but_its_own_conversation(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    with database.write() as session:
        queue(session, "same", DIRECT, channel_id="", people=("UA",))
        queue(session, "other", DIRECT, channel_id="", people=("UB",))
        queue(session, "group", DIRECT, channel_id="", people=("UA", "UB"))
        queue(session, "channel", MessageKind.COMMUNITY_INTRO)
    slack.plan("chat.postMessage", RESET)

    courier.drain("T1")

    states = {message.key: message.state for message in messages(database)}
    assert states == {"direct": "sending", "same": "queued"} | dict.fromkeys(("other", "group", "channel"), "sent")
    machine.move(IN_DOUBT_AFTER)
    courier.drain("T1")
    assert {message.state for message in messages(database)} == {"sent"}
    assert keys_sent(slack)[-2:] == ["direct", "same"]


def test_one_message_is_in_doubt_while_all_of_slack_is_silent(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    with database.write() as session:
        for number in range(4):
            queue(session, f"direct{number}", DIRECT, channel_id="", people=(f"U{number}",))
    slack.plan("chat.postMessage", *[RESET] * 9)
    slack.plan("auth.test", *[RESET] * 5)

    in_doubt = []
    for _ in range(12):
        courier.drain("T1")
        in_doubt.append([message.state for message in messages(database)].count(OutboxState.SENDING))
        machine.move(timedelta(seconds=5))

    assert set(in_doubt) == {1}
    assert len(slack.asked("chat.postMessage")) == 1


@pytest.mark.parametrize("answer", [RESET, Answer("oops", 500), refusal("fatal_error")])
def test_a_direct_message_that_arrived_is_not_sent_again(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, answer: Answer
) -> None:
    slack.plan("chat.postMessage", answer)
    courier.drain("T1")
    slack.histories["DUA"] = [arrived("9.0", "another"), arrived("8.0", "direct")]

    machine.move(IN_DOUBT_AFTER)
    courier.drain("T1")

    (message,) = messages(database)
    assert (message.state, message.channel_id, message.ts, message.reason) == ("sent", "DUA", "8.0", "")
    assert keys_sent(slack) == ["direct"]


def test_a_direct_message_that_did_not_arrive_is_sent_again_whatever_its_kind(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    slack.plan("chat.postMessage", RESET)
    courier.drain("T1")

    machine.move(IN_DOUBT_AFTER)
    courier.drain("T1")

    assert [message.state for message in messages(database)] == ["sent"]
    assert keys_sent(slack) == ["direct", "direct"]


def test_an_answer_that_is_late_is_waited_for_before_looking(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    slack.plan("chat.postMessage", RESET)
    courier.drain("T1")

    machine.move(IN_DOUBT_AFTER - timedelta(seconds=0.1))
    courier.drain("T1")

    assert [message.state for message in messages(database)] == ["sending"]
    assert slack.asked("conversations.history") == []


@pytest.mark.parametrize("method", ["conversations.open", "conversations.history"])
@pytest.mark.parametrize("answers", [[RESET] * 2, [Answer({"ok": False, "error": "ratelimited"}, 429)]])
def test_while_it_cannot_be_looked_up_it_stays_in_doubt(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, method: str, answers: list[Answer]
) -> None:
    slack.plan("chat.postMessage", RESET)
    slack.plan(method, *answers)
    courier.drain("T1")

    machine.move(IN_DOUBT_AFTER)
    for _ in range(2):
        courier.drain("T1")
    assert [message.state for message in messages(database)] == ["sending"]
    # Nobody asks again before the wait is over.
    asked = len(slack.calls)
    courier.drain("T1")
    assert len(slack.calls) == asked
    slack.histories["DUA"] = [arrived("8.0", "direct")]
    machine.move(timedelta(seconds=5))
    courier.drain("T1")

    assert [message.state for message in messages(database)] == ["sent"]
    assert keys_sent(slack) == ["direct"]


def test_trouble_with_looking_is_over_when_looking_works_again(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    slack.plan("chat.postMessage", RESET)
    slack.plan("conversations.history", *[RESET] * 3)

    drain_for(timedelta(minutes=1), courier, machine)

    assert [message.state for message in messages(database)] == ["sent"]
    assert rows(database, SlackWait) == []


def test_without_the_permission_to_look_its_kind_decides(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    slack.plan("chat.postMessage", RESET)
    slack.plan("conversations.open", refusal("missing_scope", needed="im:write"))
    courier.drain("T1")

    machine.move(IN_DOUBT_AFTER)
    courier.drain("T1")

    assert [message.state for message in messages(database)] == ["unconfirmed"]
    assert keys_sent(slack) == ["direct"]


@pytest.mark.slow
def test_a_direct_message_that_is_missing_is_sent_again_with_growing_waits_and_without_a_count(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    slack.plan("chat.postMessage", *[RESET] * 9)
    begun = machine.now()
    at = []
    slack.before_reply = lambda: at.append(machine.now() - begun)

    drain_for(timedelta(minutes=21), courier, machine, timedelta(seconds=4))

    assert [message.state for message in messages(database)] == ["sent"]
    assert keys_sent(slack) == ["direct"] * 10
    posted = [moment for moment, (method, _) in zip(at, slack.calls, strict=True) if method == "chat.postMessage"]
    waited = [(after - before).total_seconds() for before, after in pairwise(posted)]
    assert waited == sorted(waited)
    assert (waited[0], waited[-1]) == (12, 300)


@pytest.mark.slow
def test_a_direct_message_that_is_missing_is_sent_again_until_it_is_too_late(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, machine: FixedClock
) -> None:
    with database.write() as session:
        row = outbox.find_message(session, "T1", "direct")
        assert row is not None
        row.not_after = clock.now() + timedelta(minutes=20)
        session.add(row)
    slack.plan("chat.postMessage", *[RESET] * 99)

    drain_for(timedelta(minutes=30), courier, machine, timedelta(seconds=5), clock)

    assert [(message.state, message.reason) for message in messages(database)] == [("dropped", "too late")]
    assert 5 < len(keys_sent(slack)) < 12


def test_blocks_that_slack_does_not_take_are_left_out(database: Database, courier: Courier, slack: TinySlack) -> None:
    slack.plan("chat.postMessage", refusal("invalid_blocks"))

    courier.drain("T1")

    first, second = slack.asked("chat.postMessage")
    assert [message.state for message in messages(database)] == ["sent"]
    assert first["blocks"]
    assert (second["blocks"], second["text"]) == ([], first["text"])
