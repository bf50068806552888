"""What people say about messages of which nobody knows whether they arrived."""

from datetime import timedelta

import pytest

from bot.domain.errors import UserError
from bot.domain.messages import RULES, Concerned, MessageKind, Undelivered
from bot.services.delivery import DeliveryService, tell_given_up
from storage.database import Database
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage, OutboxState
from tests.factories import MONDAY_8, actor, add_community, add_kudos, messages, queue

HOUR = timedelta(hours=1)
# Small words in the bot's own name: the first moves into notes, and the second is shown once more.
NOBODYS = {MessageKind.HALFWAY, MessageKind.COMMUNITY_INTRO_FOR_ONE}
# What the bot can look up or do again, for which only the person it is for, or by, has to hear that it never comes.
PASSED_ON = {
    *(MessageKind.KUDOS_PRIVATE, MessageKind.SUGGESTION, MessageKind.WITNESS_ASKED, MessageKind.WITNESS_TOLD),
    *(MessageKind.KUDOS_REMOVED, MessageKind.NOTE_REMOVED, MessageKind.USE_REMOVED),
}


@pytest.fixture
def delivery(database: Database) -> DeliveryService:
    return DeliveryService(database)


def in_doubt(database: Database, kind: MessageKind, **more: object) -> int:
    """Let a message be in doubt, and return its number."""
    with database.write() as session:
        queue(session, "doubtful", kind, **{"not_after": MONDAY_8 + HOUR, **more})
        row = outbox.find_message(session, str(more.get("workspace", "T1")), "doubtful")
        assert row is not None
        row.state, row.attempts = OutboxState.UNCONFIRMED, 1
        return row.id


def state_of(database: Database) -> str:
    return messages(database)[0].state


def thanks_of(database: Database, giver: str, *people: str) -> int:
    with database.write() as session:
        add_kudos(session, add_community(session), giver, *people)
    return in_doubt(database, MessageKind.KUDOS, not_after=None)


def test_the_giver_of_thanks_can_have_them_posted_again(database: Database, delivery: DeliveryService) -> None:
    number = thanks_of(database, "UG", "UA", "UB")

    posted = delivery.post_again(actor("UG"), number, MONDAY_8)

    assert posted == Undelivered(number, MessageKind.KUDOS, "C1", ("UA", "UB"))
    assert state_of(database) == "queued"


@pytest.mark.parametrize("who", ["UA", "UF", "UX"])
def test_nobody_else_can(database: Database, delivery: DeliveryService, who: str) -> None:
    number = thanks_of(database, "UG", "UA")

    with pytest.raises(UserError):
        delivery.post_again(actor(who), number, MONDAY_8)
    with pytest.raises(UserError):
        delivery.note_arrival(actor(who), number, MONDAY_8)

    assert state_of(database) == "unconfirmed"


def test_the_second_of_two_who_press_posts_nothing_more(database: Database, delivery: DeliveryService) -> None:
    number = in_doubt(database, MessageKind.INTRODUCTION, channel_id="", people=("UA", "UB"))
    assert delivery.post_again(actor("UA"), number, MONDAY_8) is not None

    assert delivery.post_again(actor("UB"), number, MONDAY_8) is None


@pytest.mark.parametrize("state", [OutboxState.DROPPED, OutboxState.FAILED])
def test_who_presses_after_a_message_was_given_up_hears_so(
    database: Database, delivery: DeliveryService, state: OutboxState
) -> None:
    number = in_doubt(database, MessageKind.INTRODUCTION, channel_id="", people=("UA", "UB"))
    with database.write() as session:
        session.get_one(OutboxMessage, number).state = state

    posted = delivery.post_again(actor("UA"), number, MONDAY_8)

    assert posted == Undelivered(number, MessageKind.INTRODUCTION, "", ("UB",), is_given_up=True)
    assert state_of(database) == state


def test_what_is_too_late_is_not_posted_again(database: Database, delivery: DeliveryService) -> None:
    with database.write() as session:
        add_community(session)
    number = in_doubt(database, MessageKind.PROMPT)

    with pytest.raises(UserError):
        delivery.post_again(actor("UF"), number, MONDAY_8 + HOUR + timedelta(seconds=1))
    assert state_of(database) == "unconfirmed"
    delivery.post_again(actor("UF"), number, MONDAY_8 + HOUR)

    assert state_of(database) == "queued"


def test_what_somebody_has_seen_is_not_in_doubt_any_more(database: Database, delivery: DeliveryService) -> None:
    number = thanks_of(database, "UG", "UA")

    delivery.note_arrival(actor("UG"), number, MONDAY_8)
    delivery.note_arrival(actor("UG"), number, MONDAY_8 + HOUR)

    (message, *_) = messages(database)
    assert (message.state, message.sent_at, message.ts) == ("sent", MONDAY_8, "")
    assert delivery.post_again(actor("UG"), number, MONDAY_8) is None


@pytest.mark.parametrize("number", [0, 99])
def test_a_message_that_is_not_there_is_over(delivery: DeliveryService, number: int) -> None:
    with pytest.raises(UserError):
        delivery.post_again(actor("UG"), number, MONDAY_8)


def test_a_message_of_another_workspace_is_not_there(database: Database, delivery: DeliveryService) -> None:
    number = in_doubt(database, MessageKind.INTRODUCTION, channel_id="", people=("UG", "UB"), workspace="T2")

    with pytest.raises(UserError):
        delivery.post_again(actor("UG"), number, MONDAY_8)


def test_what_came_too_late_is_told_to_those_it_was_for(database: Database) -> None:
    in_doubt(database, MessageKind.INTRODUCTION, channel_id="", people=("UA", "UB"))

    with database.write() as session:
        row = session.get(OutboxMessage, 1)
        assert row is not None
        tell_given_up(session, row, MONDAY_8 + 2 * HOUR)

    told = messages(database, MessageKind.DELIVERY_TOO_LATE)
    assert [one.people for one in told] == ["UA", "UB"]


def test_whatever_cannot_be_looked_up_concerns_somebody() -> None:
    # These go to a channel, to a group, or to one reader in a channel: the bot may not read there.
    elsewhere = {
        *(MessageKind.COMMUNITY_INTRO, MessageKind.COMMUNITY_INTRO_FOR_ONE, MessageKind.COMMUNITY_INVITATION),
        *(MessageKind.PROMPT, MessageKind.PROMPT_FOLLOW_UP, MessageKind.ROUND_SKIPPED, MessageKind.ROUND_HELD),
        *(MessageKind.INTRODUCTION, MessageKind.REQUEST_INTRODUCTION, MessageKind.HALFWAY),
        *(MessageKind.KUDOS, MessageKind.NOTE_SHARED, MessageKind.USE_SHARED),
        *(MessageKind.TAKEAWAY_SHARED, MessageKind.GOAL_HELP),
    }

    asked = {kind for kind, rule in RULES.items() if rule.asks is not Concerned.NOBODY}
    assert asked == (elsewhere - NOBODYS) | PASSED_ON


def test_each_kind_is_somebodys_or_says_why_nobody_misses_it() -> None:
    assert [kind for kind, rule in RULES.items() if (rule.asks is Concerned.NOBODY) != bool(rule.harmless)] == []
