"""Entries of Slack's own menus: at a message, and from anywhere."""

import pytest

from bot.blocks.ids import GoalId, KudosId
from bot.domain.goals import GoalForm
from bot.domain.identity import Profile
from handlers.payloads import Shortcut, shortcut_from
from tests.handlers.edge import GENERAL, LEARNING, NOW, Edge, Json


def fields(view: Json) -> dict[str, Json]:
    """What is in the inputs of a form."""
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


@pytest.mark.parametrize(
    ("message", "author"),
    [
        ({"user": "U0LEE"}, "U0LEE"),
        ({"user": "U0BOT", "bot_id": "B0BOT"}, ""),
        ({"user": None, "subtype": "bot_message"}, ""),
        ({"user": None}, ""),
    ],
)
def test_a_message_is_read_with_its_author_and_its_address(edge: Edge, message: Json, author: str) -> None:
    body = edge.shortcut("U0AMARA", KudosId.SHORTCUT, {"text": "Both &lt;twice\0", **message})

    read = shortcut_from(body, edge.tenant)

    address = "https://home.slack.com/archives/C0LEARNING/p1700000000000100"
    assert read == Shortcut(read.who, LEARNING, author, "Both &lt;twice", address)
    assert read.who.user_id == "U0AMARA"


@pytest.mark.parametrize(
    ("thread_ts", "rest"),
    [("1600000000.000200", "?thread_ts=1600000000.000200&cid=C0LEARNING"), ("1700000000.000100", "")],
)
def test_an_answer_in_a_thread_is_addressed_there(edge: Edge, thread_ts: str, rest: str) -> None:
    body = edge.shortcut("U0AMARA", KudosId.SHORTCUT, {"thread_ts": thread_ts})

    assert (
        shortcut_from(body, edge.tenant).link == f"https://home.slack.com/archives/C0LEARNING/p1700000000000100{rest}"
    )


def test_a_shortcut_from_anywhere_has_no_message(edge: Edge) -> None:
    read = shortcut_from(edge.shortcut("U0AMARA", GoalId.SHORTCUT), edge.tenant)

    assert read == Shortcut(read.who)


def test_thanks_for_a_message_begin_with_its_author(edge: Edge) -> None:
    edge.send(edge.shortcut("U0AMARA", KudosId.SHORTCUT, {"user": "U0LEE"}))

    (view,) = edge.answers()
    assert view["callback_id"] == KudosId.FORM
    assert fields(view)["people"]["initial_users"] == ["U0LEE"]
    assert fields(view)["link"]["initial_value"] == "https://home.slack.com/archives/C0LEARNING/p1700000000000100"


def test_thanks_for_ones_own_message_begin_with_nobody(edge: Edge) -> None:
    edge.send(edge.shortcut("U0AMARA", KudosId.SHORTCUT, {"user": "U0AMARA"}))

    (view,) = edge.answers()
    assert "initial_users" not in fields(view)["people"]


def test_thanks_for_a_message_outside_every_community_go_to_the_nearest_one(edge: Edge) -> None:
    edge.send(edge.shortcut("U0SAM", KudosId.SHORTCUT, {"user": "U0LEE"}, GENERAL))

    (view,) = edge.answers()
    assert fields(view)["where"]["initial_option"]["value"] == LEARNING
    assert fields(view)["people"]["initial_users"] == ["U0LEE"]


def test_a_goal_is_set_from_anywhere(edge: Edge) -> None:
    edge.send(edge.shortcut("U0AMARA", GoalId.SHORTCUT))

    (view,) = edge.answers()
    assert view["callback_id"] == GoalId.FORM


def test_a_refusal_reaches_whoever_used_a_shortcut_from_anywhere(edge: Edge) -> None:
    for number in range(3):
        form = GoalForm(f"Run a retro on my own, part {number}", "I show it", NOW.date().replace(day=30))
        edge.services.goals.set(edge.actor("U0AMARA"), form, Profile("U0AMARA", "Europe/Berlin"), NOW)

    edge.send(edge.shortcut("U0AMARA", GoalId.SHORTCUT))

    (answer,) = edge.answers()
    assert answer["channel"] == "U0AMARA"
    assert "three goals open" in answer["text"]
