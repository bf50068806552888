"""What a topic listens to, as data: the function that answers each button, form, shortcut, event, word and command."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from bot.domain.identity import Actor
from handlers.payloads import Click, Command, Event, Shortcut, Submission, id_in
from handlers.replies import Reply

Name = TypeVar("Name", bound=Hashable)
Function = TypeVar("Function", bound=Callable[..., object])

# Gets what was typed, and of it what follows the word.
Word = Callable[[Command, str], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """The functions of one topic, by the names that Slack or people call them with.

    Args:
        clicks: By the action id of a button, a menu or a calendar, for all its variants.
        clicks_outside_home: The same, where App Home shows nothing of the outcome and need not be drawn again.
        forms: By the callback id of a form that was sent.
        shortcuts: By the callback id of a shortcut.
        events: By the type of an event.
        words: By the name that `bot/domain/commands` has for a word.
        commands: By the name of a slash command; the first that matches is the one.
    """

    clicks: Mapping[str, Callable[[Click], Reply]] = field(default_factory=dict)
    clicks_outside_home: Mapping[str, Callable[[Click], Reply]] = field(default_factory=dict)
    forms: Mapping[str, Callable[[Submission], Reply]] = field(default_factory=dict)
    shortcuts: Mapping[str, Callable[[Shortcut], Reply]] = field(default_factory=dict)
    events: Mapping[str, Callable[[Event], Reply]] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)
    commands: Mapping[str | re.Pattern[str], Callable[[Command], Reply]] = field(default_factory=dict)


class Topic(Protocol):
    """What people do about one thing."""

    @property
    def listeners(self) -> Listeners:
        """Return what this topic listens to."""
        ...


def joined(*declared: Mapping[Name, Function]) -> dict[Name, Function]:
    """Return the functions of several topics together.

    Raises:
        ValueError: Two of them have the same name; the second would never be called.
    """
    together: dict[Name, Function] = {}
    for one in declared:
        if twice := together.keys() & one.keys():
            raise ValueError(f"declared twice: {', '.join(sorted(map(str, twice)))}")
        together |= one
    return together


def about_one(act: Callable[[Actor, int], Reply]) -> Callable[[Click], Reply]:
    """Return the function for a button whose value is the id of one row, and nothing else."""
    return lambda click: act(click.who, id_in(click.value))
