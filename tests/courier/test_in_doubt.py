"""Messages of which nobody knows whether they arrived: looked up where the bot may read."""

from datetime import timedelta

import pytest

from bot.courier import Courier
from bot.courier.doubts import IN_DOUBT_AFTER, MOST_ATTEMPTS
from bot.domain.messages import MessageKind
from storage.database import Database
from tests.factories import add_community, messages, queue
from tests.fakes import FixedClock
from tests.tiny_slack import RESET, Answer, Json, TinySlack, refusal

# What a person is told directly, and rather never than twice by its kind.
DIRECT = MessageKind.COMMUNITY_INTRO


def keys_sent(slack: TinySlack) -> list[str]:
    return [given["metadata"]["event_payload"]["key"] for given in slack.asked("chat.postMessage")]


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
    times = MOST_ATTEMPTS + 2
    slack.plan("conversations.open", *[answer] * times)

    for _ in range(times + 1):
        courier.drain("T1")
        machine.move(timedelta(seconds=5))

    assert {message.key: message.state for message in messages(database)} == {"direct": "sent", "group": "sent"}
    assert keys_sent(slack).count("group") == 1


def test_one_message_at_a_time_is_in_doubt_while_nothing_gets_an_answer_but_who_the_bot_is(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    with database.write() as session:
        for number in range(4):
            queue(session, f"direct{number}", DIRECT, channel_id="", people=(f"U{number}",))
    slack.plan("chat.postMessage", *[RESET] * 9)

    in_doubt = []
    for _ in range(9):
        courier.drain("T1")
        in_doubt.append([message.state for message in messages(database)].count("sending"))
        machine.move(timedelta(seconds=5.01))

    assert set(in_doubt) == {1}


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
@pytest.mark.parametrize("answer", [RESET, Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "5"})])
def test_while_it_cannot_be_looked_up_it_stays_in_doubt(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, method: str, answer: Answer
) -> None:
    slack.plan("chat.postMessage", RESET)
    slack.plan(method, answer)
    courier.drain("T1")

    machine.move(IN_DOUBT_AFTER)
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


def test_trying_again_has_an_end(database: Database, courier: Courier, slack: TinySlack, machine: FixedClock) -> None:
    slack.plan("chat.postMessage", *[RESET] * (MOST_ATTEMPTS + 1))

    for _ in range(MOST_ATTEMPTS + 2):
        courier.drain("T1")
        machine.move(IN_DOUBT_AFTER)

    assert [message.state for message in messages(database)] == ["unconfirmed"]
    assert keys_sent(slack) == ["direct"] * MOST_ATTEMPTS


def test_blocks_that_slack_does_not_take_are_left_out(database: Database, courier: Courier, slack: TinySlack) -> None:
    slack.plan("chat.postMessage", refusal("invalid_blocks"))

    courier.drain("T1")

    first, second = slack.asked("chat.postMessage")
    assert [message.state for message in messages(database)] == ["sent"]
    assert first["blocks"]
    assert (second["blocks"], second["text"]) == ([], first["text"])
