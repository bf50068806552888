"""Slack is asked as often as it allows, and waits end when it says."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.courier import Courier, Library
from bot.domain.messages import MessageKind
from bot.domain.pacing import SLACK_PACE, Method
from storage.database import Database
from tests.factories import MONDAY_8, add_community, add_members, messages, queue
from tests.fakes import FixedClock
from tests.tiny_slack import RESET, Answer, TinySlack, refusal

INTRO = MessageKind.INTRODUCTION
OPENS = SLACK_PACE.limits[Method.OPEN].calls
MINUTE = SLACK_PACE.limits[Method.OPEN].span
NewCourier = Callable[..., Courier]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 23, 10, tzinfo=UTC))


@pytest.fixture
def new_courier(
    database: Database, slack: TinySlack, words: Library, clock: FixedClock, machine: FixedClock
) -> NewCourier:
    """What makes couriers as in several processes: they share the database and nothing else."""
    return lambda workspace="T1": Courier(database, slack.gateway(), workspace, words, clock, machine)


@pytest.fixture
def courier(new_courier: NewCourier) -> Courier:
    return new_courier()


@pytest.fixture
def many(database: Database) -> None:
    """Seventy pairs whose introductions wait, as messages that need a conversation to be opened."""
    with database.write() as session:
        community = add_community(session)
        ids = [f"U{number:03}" for number in range(140)]
        add_members(session, community, *ids)
        for number in range(70):
            # What it says does not matter here; a community's card always has words.
            queue(
                session,
                f"card:{number}",
                MessageKind.COMMUNITY_INTRO,
                channel_id="",
                people=(ids[number], ids[number + 70]),
            )


def sent(database: Database) -> int:
    return sum(message.state == "sent" for message in messages(database))


@pytest.mark.usefixtures("many")
def test_no_more_conversations_are_opened_in_a_minute_than_slack_allows(
    database: Database, new_courier: NewCourier, machine: FixedClock
) -> None:
    new_courier().drain("T1")
    assert sent(database) == OPENS

    machine.move(MINUTE - timedelta(seconds=1))
    new_courier().drain("T1")
    assert sent(database) == OPENS

    machine.move(timedelta(seconds=1))
    new_courier().drain("T1")
    assert sent(database) == 70


@pytest.mark.usefixtures("many")
def test_what_needs_another_method_does_not_wait(database: Database, courier: Courier, slack: TinySlack) -> None:
    courier.drain("T1")
    with database.write() as session:
        queue(session, "direct", MessageKind.COMMUNITY_INTRO, channel_id="", people=("U000",))

    courier.drain("T1")

    assert slack.asked("chat.postMessage")[-1]["metadata"]["event_payload"]["key"] == "direct"


def test_a_conversation_rests_a_second_between_two_messages(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    with database.write() as session:
        add_community(session)
        add_community(session, channel_id="C2")
        for number, channel_id in enumerate(("C1", "C1", "C2", "C1")):
            queue(session, f"card:{number}", MessageKind.COMMUNITY_INTRO, channel_id=channel_id)

    posted = []
    for _ in range(4):
        before = len(slack.calls)
        courier.drain("T1")
        posted.append([given["channel"] for _, given in slack.calls[before:]])
        machine.move(timedelta(seconds=1))

    assert posted == [["C1", "C2"], ["C1"], ["C1"], []]


@pytest.mark.slow
@pytest.mark.usefixtures("many")
def test_a_refusal_for_too_many_stops_this_method_in_this_workspace_and_nothing_else(
    database: Database, new_courier: NewCourier, slack: TinySlack, machine: FixedClock
) -> None:
    with database.write() as session:
        add_community(session, workspace="T2")
        queue(session, "direct", MessageKind.COMMUNITY_INTRO, channel_id="", people=("U000",))
        queue(
            session, "other", MessageKind.COMMUNITY_INTRO, workspace="T2", subject=2, channel_id="", people=("UA", "UB")
        )
    slack.plan("conversations.open", Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "30"}))

    new_courier().drain_all()
    new_courier("T2").drain_all()
    assert {message.key for message in messages(database) if message.state == "sent"} == {"direct", "other"}

    # Another process, and one that was started again, keep to it too.
    machine.move(timedelta(seconds=29.9))
    new_courier().drain_all()
    assert len(slack.asked("conversations.open")) == 2
    machine.move(timedelta(seconds=0.1))
    new_courier().drain_all()
    assert sent(database) == OPENS + 2


def test_what_was_opened_is_not_opened_again_when_the_post_has_to_wait(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "card", MessageKind.COMMUNITY_INTRO, channel_id="", people=("UA", "UB"))
    slack.plan("chat.postMessage", Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "1"}))

    courier.drain("T1")
    machine.move(timedelta(seconds=1))
    courier.drain("T1")

    assert [method for method, _ in slack.calls] == ["conversations.open", "chat.postMessage", "chat.postMessage"]
    assert [given["channel"] for given in slack.asked("chat.postMessage")] == ["GUA,UB", "GUA,UB"]


@pytest.mark.parametrize("answer", [RESET, Answer("oops", 500), refusal("service_unavailable")])
def test_while_slack_is_ill_it_costs_one_message_and_no_more(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, answer: Answer
) -> None:
    with database.write() as session:
        add_community(session)
        for number in range(10):
            queue(session, f"card:{number}", MessageKind.COMMUNITY_INTRO, channel_id="", people=(f"U{number}",))
    slack.plan("chat.postMessage", answer)
    slack.plan("auth.test", *[answer] * 8)

    while len(slack.asked("auth.test")) < 8:
        courier.drain("T1")
        machine.move(timedelta(seconds=5))
    assert len(slack.asked("chat.postMessage")) == 1
    for _ in range(24):
        courier.drain("T1")
        machine.move(timedelta(seconds=5))

    assert {message.state for message in messages(database)} == {"sent"}


def test_moving_the_peoples_clock_does_not_loosen_slacks_limits(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "one", MessageKind.COMMUNITY_INTRO, now=MONDAY_8)
        queue(session, "two", MessageKind.COMMUNITY_INTRO, now=MONDAY_8)

    courier.drain("T1")
    clock.move(timedelta(days=1))
    courier.drain("T1")

    assert len(slack.asked("chat.postMessage")) == 1
