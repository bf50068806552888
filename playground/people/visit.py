"""What an app brings for newcomers: a first visit in steps, and habits of the sample colleagues.

The file is the app's; the workspace only knows what can be seen in any workspace: places, times, words.
`docs/local-workspace.md` has its form.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import yaml

SPAN = re.compile(r"(\d+)(s|min|h)")
UNITS = {"s": "seconds", "min": "minutes", "h": "hours"}


class VisitError(Exception):
    """The file does not say what it should; the text is a sentence for the person who wrote it."""


@dataclass(frozen=True)
class Way:
    """A button of a step: it leads to a `place`, moves the clock, or lets the colleagues answer by themselves.

    `place` is a channel's name, `home`, `messages` or `group`, the newest group direct message.
    `weekday` is 0 for Monday; `at` is the visitor's wall clock.
    """

    label: str
    place: str = ""
    weekday: int | None = None
    at: time = time(9)
    colleagues: bool = False


@dataclass(frozen=True)
class Step:
    """One step; it is done when the visitor's conversations have messages of the app with each of these words."""

    title: str
    text: str
    seen: tuple[str, ...]
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True)
class Habit:
    """What colleagues do when they see a button of the app.

    Args:
        sees: what the button reads; a number may follow.
        share: how many of those who see it act, 0 to 1.
        within: the longest they take, by the workspace's clock; most are quicker.
        press: the button they press.
        say: what they write, one of these: in the same conversation, or as a reply when `in_thread`.
        type: the command they use, one of these, in the channel `where`. `{other}` is whom the message names.
    """

    sees: str
    share: float
    within: timedelta
    press: str = ""
    say: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    where: str = ""
    in_thread: bool = False


@dataclass(frozen=True)
class Visit:
    """A first visit: who the newcomer acts as (a handle), the steps, words for the end, and the habits."""

    title: str = ""
    visitor: str = ""
    steps: tuple[Step, ...] = ()
    end: str = ""
    habits: tuple[Habit, ...] = ()


def read_visit(path: Path) -> Visit:
    """Read a visit from a YAML file; raises VisitError."""
    try:
        return visit_from(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise VisitError(f"{path} is no visit: {error!r}") from error


def visit_from(read: Mapping[str, Any]) -> Visit:
    """Build a visit from what is in its file; raises LookupError, TypeError, ValueError."""
    return Visit(
        title=str(read["title"]),
        visitor=str(read["visitor"]),
        steps=tuple(_step(one) for one in read["steps"]),
        end=str(read.get("end", "")),
        habits=tuple(_habit(one) for one in read.get("habits", ())),
    )


def _step(read: Mapping[str, Any]) -> Step:
    return Step(
        title=str(read["title"]),
        text=str(read["text"]),
        seen=tuple(map(str, read["seen"])),
        ways=tuple(_way(one) for one in read.get("ways", ())),
    )


def _way(read: Mapping[str, Any]) -> Way:
    at = {"at": time.fromisoformat(read["at"])} if "at" in read else {}
    return Way(**{**read, **at})


def _habit(read: Mapping[str, Any]) -> Habit:
    lists = {name: tuple(read[name]) for name in ("say", "type") if name in read}
    return Habit(**{**read, **lists, "within": _span(str(read["within"]))})


def _span(text: str) -> timedelta:
    found = SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no span such as 20s, 30min or 3h")
    return timedelta(**{UNITS[found[2]]: int(found[1])})
