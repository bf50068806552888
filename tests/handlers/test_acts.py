"""A person who does something is known to be there, also when it is refused; a person who only looks is not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.blocks.ids import GoalId, PingsId
from storage.activity import find_last_act
from tests.handlers.edge import NOW, TEAM, Edge

WHO = "U0TOMASZ"
LATER = NOW + timedelta(hours=1)


def last_act(edge: Edge) -> datetime | None:
    with edge.database.read() as session:
        return find_last_act(session, TEAM, WHO)


def goal_form(edge: Edge) -> dict[str, Any]:
    edge.send(edge.click(WHO, GoalId.NEW))
    (view,) = edge.answers()
    assert view["callback_id"] == GoalId.FORM
    return view


ACTS: dict[str, Callable[[Edge], dict[str, Any]]] = {
    "a command": lambda edge: edge.command(WHO, "/learn", "help"),
    "a command that is refused": lambda edge: edge.command(WHO, "/learn", "met"),
    "a button": lambda edge: edge.click(WHO, PingsId.WHY),
    "a button that opens a form": lambda edge: edge.click(WHO, GoalId.NEW),
    "a shortcut": lambda edge: edge.shortcut(WHO, GoalId.SHORTCUT),
    "a message to the bot": lambda edge: edge.event(edge.direct_message(WHO, "hello")),
}


@pytest.mark.parametrize("act", ACTS)
def test_whatever_somebody_does_is_noted(edge: Edge, act: str) -> None:
    edge.send(edge.command(WHO, "/learn", "join"))
    assert last_act(edge) == NOW
    edge.clock.moment = LATER

    edge.send(ACTS[act](edge))

    assert last_act(edge) == LATER


def test_a_form_that_is_sent_is_noted_when_it_is_sent(edge: Edge) -> None:
    edge.send(edge.command(WHO, "/learn", "join"))
    edge.answers()
    view = goal_form(edge)
    edge.clock.moment = LATER

    edge.send(edge.form(WHO, view))

    assert last_act(edge) == LATER


def test_opening_home_and_what_slack_says_of_an_account_are_no_acts(edge: Edge) -> None:
    edge.send(edge.command(WHO, "/learn", "join"))
    edge.clock.moment = LATER

    edge.send(edge.event({"type": "app_home_opened", "user": WHO, "tab": "home"}))
    edge.send(edge.event({"type": "user_change", "user": {"id": WHO, "tz": "Europe/Berlin"}}))

    assert last_act(edge) == NOW


def test_of_somebody_the_bot_does_not_know_nothing_is_kept(edge: Edge) -> None:
    edge.send(edge.command(WHO, "/learn", "help"))

    assert last_act(edge) is None


def test_an_act_that_cannot_be_noted_is_answered_all_the_same(edge: Edge) -> None:
    edge.send(edge.command(WHO, "/learn", "join"))
    edge.answers()
    answer = edge.say(edge.command(WHO, "/learn", "help"))
    edge.clock.moment = LATER
    with edge.database.write() as session:
        session.connection().exec_driver_sql("drop table lastact")

    assert edge.say(edge.command(WHO, "/learn", "help")) == answer
