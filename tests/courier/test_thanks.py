"""Thanks on their way to Slack, changed and taken away again."""

from datetime import timedelta
from typing import Any

import pytest

from bot.courier import Courier
from bot.courier.places import SENDING_TAKES
from bot.domain.kudos import PRIVATELY, Thanks
from bot.domain.messages import MessageKind
from bot.services.kudos.kudos import KudosService
from storage.database import Database
from storage.offers import Topic
from storage.outbox.outbox import OutboxState
from tests.factories import MONDAY_8, actor, add_community, add_person, messages, profile
from tests.fakes import FixedClock
from tests.tiny_slack import TinySlack, refusal

# Nothing is tried again before that.
NEVER = MONDAY_8 + timedelta(days=9999)
DEED = "Walked me through the migration twice"


@pytest.fixture
def kudos(database: Database) -> KudosService:
    with database.write() as session:
        add_community(session)
    return KudosService(database)


def thank(kudos: KudosService, giver: str = "UA", people: tuple[str, ...] = ("UB",), place: str = "C1") -> None:
    kudos.give(actor(giver), place, Thanks(people, DEED), [profile(one) for one in people], MONDAY_8)


def test_what_is_taken_down_is_deleted_in_slack_and_leaves_no_record(
    database: Database, kudos: KudosService, courier: Courier, slack: TinySlack
) -> None:
    thank(kudos)
    courier.drain("T1")

    kudos.take_down(actor("UB"), 1, MONDAY_8)
    courier.drain("T1")

    assert slack.asked("chat.delete") == [{"channel": "C1", "ts": "1.000"}]
    (left,) = messages(database)
    assert (left.key, left.state, left.people, left.reader) == ("kudos-removed:1", OutboxState.SENT, "", "")


def test_private_thanks_that_are_taken_down_leave_nobodys_name(
    database: Database, kudos: KudosService, courier: Courier, slack: TinySlack
) -> None:
    thank(kudos, place=PRIVATELY)
    courier.drain("T1")

    kudos.take_down(actor("UB"), 1, MONDAY_8)
    courier.drain("T1")

    assert len(slack.asked("chat.delete")) == 1
    assert "UB" not in str(messages(database))


def test_what_is_taken_back_before_it_was_sent_never_reaches_slack(
    database: Database, kudos: KudosService, courier: Courier, slack: TinySlack
) -> None:
    thank(kudos)

    kudos.undo(actor("UA"), 1, MONDAY_8)
    courier.drain("T1")

    assert slack.asked("chat.postMessage") == slack.asked("chat.delete") == []
    assert messages(database) == []


def test_a_message_that_is_gone_already_is_as_good_as_taken_down(
    database: Database, kudos: KudosService, courier: Courier, slack: TinySlack
) -> None:
    thank(kudos)
    courier.drain("T1")
    slack.plan("chat.delete", refusal("message_not_found"))

    kudos.take_down(actor("UB"), 1, MONDAY_8)
    courier.drain("T1")

    assert [row.state for row in messages(database)] == [OutboxState.SENT]


def test_a_removal_waits_until_it_is_known_where_the_message_stands(
    database: Database, kudos: KudosService, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    thank(kudos)
    (queued,) = messages(database)
    with database.write() as session:
        row = session.merge(queued)
        row.state, row.attempted_at = OutboxState.SENDING, NEVER
    kudos.take_down(actor("UB"), 1, MONDAY_8)

    courier.drain("T1")
    assert slack.asked("chat.delete") == []
    sending, _removal = messages(database)
    with database.write() as session:
        row = session.merge(sending)
        row.state, row.ts = OutboxState.SENT, "7.000"
    clock.moment = MONDAY_8 + SENDING_TAKES
    courier.drain("T1")

    assert slack.asked("chat.delete") == [{"channel": "C1", "ts": "7.000"}]


@pytest.mark.parametrize(
    "fate",
    [
        {"state": OutboxState.UNCONFIRMED},
        # Somebody has seen it, and Slack's answer got lost.
        {"state": OutboxState.SENT, "ts": ""},
        # It waits to be posted once more.
        {"state": OutboxState.QUEUED, "retry_at": NEVER},
    ],
)
def test_what_cannot_be_found_is_not_said_to_be_taken_away(
    database: Database, kudos: KudosService, courier: Courier, slack: TinySlack, fate: dict[str, object]
) -> None:
    thank(kudos)
    with database.write() as session:
        (posted,) = messages(database)
        session.merge(posted.sqlmodel_update({"attempts": 1, **fate}))

    kudos.undo(actor("UA"), 1, MONDAY_8)
    courier.drain("T1")

    (told,) = slack.asked("chat.postMessage")
    assert (told["channel"], "I can't tell whether your message of thanks is in <#C1>" in told["text"]) == ("UA", True)
    # It does not appear once more either.
    assert {message.state for message in messages(database, MessageKind.KUDOS)} & {OutboxState.QUEUED} == set()


def test_me_too_and_new_words_change_the_message(kudos: KudosService, courier: Courier, slack: TinySlack) -> None:
    thank(kudos)
    courier.drain("T1")

    kudos.me_too(actor("UD"), 1, MONDAY_8)
    kudos.reword(actor("UA"), 1, Thanks((), "Found the lock that nobody had seen"), MONDAY_8)
    courier.drain("T1")

    (changed,) = slack.asked("chat.update")
    assert changed["text"].startswith(
        "*<@UA> thanks <@UB>*\n\u201cFound the lock that nobody had seen\u201d\n<@UD>: me too"
    )


def test_of_two_in_one_message_one_stays_when_the_other_goes(
    database: Database, kudos: KudosService, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    for giver in ("U1", "U2", "U3", "U4", "U5"):
        thank(kudos, giver)
    clock.moment = MONDAY_8 + timedelta(hours=1)
    courier.drain("T1")
    collected = slack.asked("chat.postMessage")[-1]["text"]
    assert collected.startswith("*Thanks from the last hour*\n*<@U4> thanks <@UB>*")
    assert "*<@U5> thanks <@UB>*" in collected

    kudos.take_down(actor("UB"), 4, MONDAY_8)
    courier.drain("T1")
    assert slack.asked("chat.update")[-1]["text"].startswith("*<@U5> thanks <@UB>*")
    kudos.take_down(actor("UB"), 5, MONDAY_8)
    courier.drain("T1")

    assert len(slack.asked("chat.delete")) == 1
    assert [row.key for row in messages(database) if row.state != OutboxState.SENT] == []


def test_whoever_refuses_mentions_is_not_mentioned_in_the_words_either(
    database: Database, kudos: KudosService, courier: Courier, slack: TinySlack
) -> None:
    with database.write() as session:
        add_person(session, "UX").mentions_ok = False
    words = Thanks(("UB",), "Asked <@UX> and <@UD> the right question")
    kudos.give(actor("UA"), "C1", words, [profile("UB")], MONDAY_8)

    courier.drain("T1")

    (posted,) = slack.asked("chat.postMessage")
    assert "\u201cAsked a colleague and <@UD> the right question\u201d" in posted["text"]
    assert "UX" not in str(posted)


def topic(words: str, **more: Any) -> Topic:  # noqa: ANN401 - columns of every type
    """Return an offer of UB that anybody may find, made on MONDAY_8."""
    said = {"workspace": "T1", "user_id": "UB", "kind": "offer", "said_at": MONDAY_8, "key": words, "topic": words}
    return Topic(**{**said, **more})


def test_a_menu_offers_what_the_thanks_are_about_and_somebody_thanked_can_show(
    database: Database, kudos: KudosService, courier: Courier, slack: TinySlack
) -> None:
    with database.write() as session:
        session.add_all(
            [
                topic("database migrations"),
                topic("database tuning"),
                topic("migration", findable=False),
                topic("migrations", user_id="UD"),
                topic("migrations", kind="want"),
                topic("databases", said_at=MONDAY_8 - timedelta(days=91)),
            ]
        )
    deed = "Walked me through the migration of our database twice"
    kudos.give(actor("UA"), "C1", Thanks(("UB",), deed), [profile("UB")], MONDAY_8)

    courier.drain("T1")

    (posted,) = slack.asked("chat.postMessage")
    menus = [one for block in posted["blocks"] for one in block.get("elements", ()) if one["type"] == "overflow"]
    assert [[option["text"]["text"] for option in menu["options"]] for menu in menus] == [
        ["Learn this: database migrations"]
    ]
