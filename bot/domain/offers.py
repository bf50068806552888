"""Rules for offers and wants: what a topic is, and how long one lasts."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bot.errors import Problem, Trouble

MIN_TOPIC: Final = 3
MAX_TOPIC: Final = 60
MINUTES: Final = (10, 15, 30, 60)
MOST_OPEN: Final = 20
LASTS: Final = timedelta(days=90)
_IN_MINUTES: Final = re.compile(
    r"(?P<topic>.*\S)\s+in\s+(?P<minutes>\d{1,3})\s*(?:m|min|mins|minutes?)\.?", re.IGNORECASE | re.DOTALL
)
_TELLING: Final = re.compile(r"[^\W_]")


class TopicKind(StrEnum):
    """What somebody says of a topic."""

    OFFER = "offer"
    WANT = "want"


@dataclass(frozen=True, slots=True)
class TopicForm:
    """What somebody typed: "I can show you ..." or "I want to be able to ...".

    Args:
        minutes: How long an offer takes; None where it was not said, and for wants.
    """

    kind: TopicKind
    topic: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class TopicCard:
    """An offer or a want as its owner sees it; `until` is its last day, in UTC."""

    topic_id: int
    kind: TopicKind
    topic: str
    minutes: int | None
    until: date


@dataclass(frozen=True, slots=True)
class TopicSaved:
    """What saving an offer or a want led to.

    Args:
        wanted_by: For an offer, how many others want it.
        offered_by: For a want, ids of some who offer it.
    """

    card: TopicCard
    wanted_by: int = 0
    offered_by: tuple[str, ...] = ()


def parse_topic(kind: TopicKind, text: str) -> TopicForm:
    """Read "pivot tables in 15 min" for an offer; a want has no minutes."""
    typed = " ".join(text.split())
    found = _IN_MINUTES.fullmatch(typed) if kind is TopicKind.OFFER else None
    if found is None:
        return TopicForm(kind, typed)
    return TopicForm(kind, found["topic"], fitting_minutes(int(found["minutes"])))


def fitting_minutes(minutes: int) -> int:
    """Return the length to choose for so many minutes: the next longer one there is."""
    return next((length for length in MINUTES if length >= minutes), MINUTES[-1])


def check_topic(form: TopicForm) -> dict[str, Trouble]:
    """Return what is wrong with an offer or a want, by field; empty when it is fine."""
    length = len(form.topic.strip())
    if length > MAX_TOPIC:
        return {"topic": Trouble(Problem.TOO_LONG, {"length": str(length), "limit": str(MAX_TOPIC)})}
    if length < MIN_TOPIC or _TELLING.search(form.topic) is None:
        return {"topic": Trouble(Problem.TOPIC_SHORT)}
    return {}
