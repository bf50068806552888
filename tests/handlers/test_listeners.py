"""What topics declare is registered once, with every variant; what could never be called stops the start."""

from dataclasses import dataclass

import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from bot.blocks.block_kit import button, day_picker
from bot.blocks.names import CommandNames
from bot.domain.commands import COMMANDS
from bot.domain.identity import Actor
from bot.domain.messages import Came
from handlers import register_handlers
from handlers.commands import CommandHandlers
from handlers.guard import Guard
from handlers.home import HomeHandlers
from handlers.listeners import Listeners, Topic
from handlers.replies import Reply
from tests.handlers.edge import BOT, Edge


@dataclass
class Declared:
    """A topic that listens to what a test says."""

    listeners: Listeners


def nothing(*_heard: object) -> Reply:
    return None


def answer_later(who: Actor, key: str, came: Came, *, reference: str = "") -> None:
    """Fail: here every answer arrives."""
    raise AssertionError(who, key, came, reference)


GUARD = Guard(CommandNames(), lambda _who: {}, lambda _who: "en", lambda _who: None, answer_later, lambda _user: True)


def heard(app: App, edge: Edge, action_id: str) -> bool:
    """Tell whether somebody listens to a button but for the sake of acknowledging it."""
    request = BoltRequest(mode="socket_mode", body=edge.click("U0LEE", action_id))
    listeners = app._listeners  # noqa: SLF001 - Bolt has no other list
    first = next(one for one in listeners if one.matches(req=request, resp=BoltResponse(status=200)))
    return first.ack_function.__name__ != "_acknowledge"


def commands(edge: Edge, *topics: Topic) -> CommandHandlers:
    home = next(one for one in edge.topics if isinstance(one, HomeHandlers))
    return CommandHandlers(edge.services.acts, home, topics, edge.names, edge.clock, BOT)


@pytest.mark.parametrize(
    "declared", [Listeners(clicks={"goal.done": nothing}), Listeners(clicks_outside_home={"goal.done": nothing})]
)
def test_a_button_is_heard_in_every_variant_and_no_other_is(edge: Edge, declared: Listeners) -> None:
    app = App(token="xoxb-1", signing_secret="", token_verification_enabled=False)
    register_handlers(app, GUARD, [Declared(declared)])

    ids = [button("Done", "goal.done", variant=variant)["action_id"] for variant in ("", 7, "a:b", "C1")]
    ids.append(day_picker("goal.done", variant="7")["action_id"])
    assert [one for one in ids if not heard(app, edge, one)] == []
    assert [one for one in ("goal.done_it", "my_goal.done", "goalxdone", "goal") if heard(app, edge, one)] == []


@pytest.mark.parametrize(
    "second",
    [
        Listeners(clicks={"goal.done": nothing}),
        Listeners(clicks_outside_home={"goal.done": nothing}),
        Listeners(forms={"goal.form": nothing}),
        Listeners(shortcuts={"goal.shortcut": nothing}),
        Listeners(events={"user_change": nothing}),
        Listeners(commands={"/goal": nothing}),
    ],
)
def test_what_two_topics_listen_to_stops_the_start(second: Listeners) -> None:
    first = Listeners(
        clicks={"goal.done": nothing},
        forms={"goal.form": nothing},
        shortcuts={"goal.shortcut": nothing},
        events={"user_change": nothing},
        commands={"/goal": nothing},
    )
    app = App(token="xoxb-1", signing_secret="", token_verification_enabled=False)

    with pytest.raises(ValueError, match="declared twice"):
        register_handlers(app, GUARD, [Declared(first), Declared(second)])


def test_a_word_that_two_topics_declare_stops_the_start(edge: Edge) -> None:
    with pytest.raises(ValueError, match="declared twice: goal"):
        commands(edge, *edge.topics, Declared(Listeners(words={"goal": nothing})))


def test_a_word_that_no_topic_declares_stops_the_start(edge: Edge) -> None:
    others = dict.fromkeys([word for word in COMMANDS if word != "goal"], nothing)

    with pytest.raises(ValueError, match="goal"):
        commands(edge, Declared(Listeners(words=others)))


def test_a_word_that_nobody_can_type_stops_the_start(edge: Edge) -> None:
    with pytest.raises(ValueError, match="teleport"):
        commands(edge, *edge.topics, Declared(Listeners(words={"teleport": nothing})))


def test_every_word_is_declared_once(edge: Edge) -> None:
    assert sorted(word for topic in edge.topics for word in topic.listeners.words) == sorted(COMMANDS)
