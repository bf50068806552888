"""Slack's payloads in, one service call, one private reply."""

import re
from collections.abc import Sequence

from slack_bolt import Ack, App

from handlers.guard import Guard
from handlers.listeners import Topic, joined


def register_handlers(app: App, guard: Guard, topics: Sequence[Topic]) -> None:
    """Register every topic's listeners, and last those that answer everything else.

    An event that no listener matches would count as undelivered, and Slack would send it again.

    Raises:
        ValueError: Two topics listen to the same.
    """
    every = [topic.listeners for topic in topics]
    clicks = joined(
        *({name: guard.click(click) for name, click in one.clicks.items()} for one in every),
        *(
            {name: guard.click(click, is_in_home=False) for name, click in one.clicks_outside_home.items()}
            for one in every
        ),
    )
    for action_id, listener in clicks.items():
        app.action(_any_variant(action_id))(listener)
    for callback_id, form in joined(*(one.forms for one in every)).items():
        app.view(callback_id)(guard.form(form))
    for callback_id, shortcut in joined(*(one.shortcuts for one in every)).items():
        app.shortcut(callback_id)(guard.shortcut(shortcut))
    for kind, event in joined(*(one.events for one in every)).items():
        app.event(kind)(guard.event(event))
    for name, command in joined(*(one.commands for one in every)).items():
        app.command(name)(guard.command(command))
    everything = re.compile(".*")
    app.event(everything)(_ignore)
    app.action(everything)(_acknowledge)
    app.view(everything)(_acknowledge)
    app.view_closed(everything)(_acknowledge)
    app.shortcut(everything)(_acknowledge)


def _any_variant(action_id: str) -> re.Pattern[str]:
    """Match an action id with any variant that `button` and `day_picker` in `bot/blocks/block_kit.py` put behind it."""
    return re.compile(rf"^{re.escape(action_id)}(:.*)?$")


def _ignore() -> None:
    """Leave an event alone; Bolt has acknowledged it."""


def _acknowledge(ack: Ack) -> None:
    """Acknowledge what an older version's message or a link button sent."""
    ack()
