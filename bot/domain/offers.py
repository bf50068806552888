"""Rules for offers and wants: what a topic is, who may be found for it, and how long one lasts."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.errors import Problem, Refusal

MIN_TOPIC: Final = 3
MAX_TOPIC: Final = 60
MAX_SENTENCE: Final = 140
MINUTES: Final = (10, 15, 30, 60)
MOST_OPEN: Final = 20
MOST_FOUND: Final = 5
# So many of the newest offers, and of the newest wants, stand in App Home.
GLANCED_AT: Final = 3
LASTS: Final = timedelta(days=90)
# The weekly note of this last week asks whether it is still true.
ASKED_BEFORE_END: Final = timedelta(days=7)
UNDO_FOR: Final = timedelta(minutes=10)
# An unnamed want from elsewhere is shown when at least so many people are there whose it could be.
SMALLEST_CROWD: Final = 5
_IN_MINUTES: Final = re.compile(
    r"(?P<topic>.*\S)\s+in\s+(?P<minutes>\d{1,3})\s*(?:m|min|mins|minutes?)\.?", re.IGNORECASE | re.DOTALL
)
_TELLING: Final = re.compile(r"[^\W_]")


class TopicKind(StrEnum):
    """What somebody says of a topic."""

    OFFER = "offer"
    WANT = "want"

    @property
    def other(self) -> "TopicKind":
        """Return what meets this: a want meets an offer."""
        return TopicKind.WANT if self is TopicKind.OFFER else TopicKind.OFFER


@dataclass(frozen=True, slots=True)
class TopicForm:
    """What somebody typed: "I can show you ..." or "I want to be able to ...".

    Args:
        minutes: How long an offer takes; None where it was not said, and for wants.
        sentence: What else there is to say of it; empty when nothing is.
        findable: Whether others may find the person for it; None means the default of its kind.
    """

    kind: TopicKind
    topic: str
    minutes: int | None = None
    sentence: str = ""
    findable: bool | None = None

    @property
    def is_findable(self) -> bool:
        """Tell whether others may find the person: for offers unless they say no, for wants only if they say yes."""
        return self.kind is TopicKind.OFFER if self.findable is None else self.findable


@dataclass(frozen=True, slots=True)
class TopicCard:
    """An offer or a want as its owner sees it.

    Args:
        until: Its last day, in UTC.
        introductions: How often somebody was introduced to the owner because of it; for the owner's eyes alone.
        offered_by: For a want, how many others offer it whom the owner may find; at most five.
    """

    topic_id: int
    kind: TopicKind
    topic: str
    minutes: int | None
    until: date
    sentence: str = ""
    findable: bool = True
    introductions: int = 0
    offered_by: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody's offer or want as others see it; only of people who agreed to be found.

    Args:
        was_asked: Whether the reader has asked to be introduced to them, and may not again for now.
    """

    topic_id: int
    user_id: str
    kind: TopicKind
    topic: str
    minutes: int | None = None
    sentence: str = ""
    was_asked: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What stood in an offer or a want before it was said again, so that this can be undone."""

    topic: str
    minutes: int | None
    sentence: str
    findable: bool
    said_at: datetime


@dataclass(frozen=True, slots=True)
class TopicSaved:
    """What saving an offer or a want led to.

    Args:
        wanted_by: For an offer, how many others want it.
        found: Who offers what was said to be wanted, or wants what was said to be offered, as far as they may be found.
        before: What stood there before; None when it is new.
    """

    card: TopicCard
    wanted_by: int = 0
    found: tuple[Found, ...] = ()
    before: Before | None = None


@dataclass(frozen=True, slots=True)
class TopicsOverview:
    """What a person sees of offers and wants.

    Args:
        own: The person's own, oldest first.
        offered: Offers of others that nobody wants yet.
        wanted: Wants of others that nobody offers yet, as topics without names.
    """

    own: tuple[TopicCard, ...] = ()
    offered: tuple[Found, ...] = ()
    wanted: tuple[str, ...] = ()


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


def check_topic(form: TopicForm) -> dict[str, Refusal]:
    """Return what is wrong with an offer or a want, by field; empty when it is fine."""
    troubles = {}
    topic, sentence = len(form.topic.strip()), len(form.sentence.strip())
    if topic > MAX_TOPIC:
        troubles["topic"] = Refusal(Problem.TOO_LONG, {"length": str(topic), "limit": str(MAX_TOPIC)})
    elif topic < MIN_TOPIC or _TELLING.search(form.topic) is None:
        troubles["topic"] = Refusal(Problem.TOPIC_SHORT)
    if sentence > MAX_SENTENCE:
        troubles["sentence"] = Refusal(Problem.TOO_LONG, {"length": str(sentence), "limit": str(MAX_SENTENCE)})
    return troubles
