"""What one person sees of their own things at a glance."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.domain.cadence import local_time
from bot.domain.goals import GoalCard, GoalQuestion
from bot.domain.kudos import ThanksCard
from bot.domain.messages import MessageKind
from bot.domain.notes import Notes
from bot.domain.offers import TopicCard
from bot.domain.requests import RequestCard
from bot.domain.rounds import GroupCard, RoundStatus
from bot.domain.uses import UseQuestion

THANKS_SHOWN: Final = 3
MOST_THANKS: Final = 20
# Of the introductions that a person has at a time.
MOST_MEETINGS: Final = 5
_NOON: Final = 12
_EVENING: Final = 18


class PartOfDay(StrEnum):
    """When somebody looks, for a greeting."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


def part_of_day(now: datetime, zone: str) -> PartOfDay:
    """Return which part of the day a moment lies in for somebody in a zone: the morning until 12, the evening from 18.

    `now` is aware UTC.
    """
    hour = local_time(now, zone).hour
    if hour < _NOON:
        return PartOfDay.MORNING
    return PartOfDay.AFTERNOON if hour < _EVENING else PartOfDay.EVENING


@dataclass(frozen=True, slots=True)
class Participation:
    """A community a person takes part in, and the day on which it introduces them next if there is one."""

    channel_id: str
    next_on: date | None


@dataclass(frozen=True, slots=True)
class PromptOfWeek:
    """The newest prompt of a community the person takes part in."""

    channel_id: str
    prompt_id: str


@dataclass(frozen=True, slots=True)
class LookedAfter:
    """A community that the person looks after: how its round stands, and the day of its next prompt."""

    round: RoundStatus
    next_prompt_on: date | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that concerns one person now; nothing in it compares them with others.

    Args:
        groups: Where the person stands in each round that runs, the newest first.
        on_request: Whom the person is to meet on request, the newest first.
        prompts: The newest of each community the person takes part in.
        open_channels: Channels of the communities the person could take part in.
        pings_this_week: How much the bot sent by itself in this ISO week, where the person is now.
        goal_question: The check-in on a goal that waits for an answer.
        topics: The person's offers and wants, oldest first.
        thanks: The newest thanks that reached the person, newest first, at most one more than is shown.
        asked: The oldest request to be introduced that waits for the person's word.
        asking: The person's own requests that nobody has answered.
        looks_after: The communities the person is a facilitator of.
        notes: The person's newest learning notes.
        use_question: What the person noted and may be asked about, that waits for an answer.
    """

    taking_part: tuple[Participation, ...]
    groups: tuple[GroupCard, ...]
    goals: tuple[GoalCard, ...]
    prompts: tuple[PromptOfWeek, ...]
    paused_until: date | None
    open_channels: tuple[str, ...]
    pings_this_week: int = 0
    goal_question: GoalQuestion | None = None
    user_id: str = ""
    part_of_day: PartOfDay = PartOfDay.MORNING
    topics: tuple[TopicCard, ...] = ()
    thanks: tuple[ThanksCard, ...] = ()
    asked: RequestCard | None = None
    asking: tuple[RequestCard, ...] = ()
    looks_after: tuple[LookedAfter, ...] = ()
    notes: Notes = field(default_factory=Notes)
    use_question: UseQuestion | None = None
    on_request: tuple[GroupCard, ...] = ()

    @property
    def is_first_time(self) -> bool:
        """Tell whether there is nothing yet that belongs to the person."""
        own = (
            self.taking_part,
            self.groups,
            self.on_request,
            self.goals,
            self.topics,
            self.thanks,
            self.asked,
            self.asking,
            self.notes.newest,
        )
        return not any(own) and self.goal_question is None


@dataclass(frozen=True, slots=True)
class Received:
    """One message a person got from the bot by itself, and why.

    Args:
        at: When it was sent, aware UTC.
        kind: What it said.
        channel_id: The channel of the community it comes from; empty when it comes from none.
        is_counted: Whether it is one of the few of a week; what came of people's own acts is not.
    """

    at: datetime
    kind: MessageKind
    channel_id: str
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class PingLog:
    """What a person got from the bot by itself: the number of this week, and the last weeks, newest first."""

    this_week: int
    received: tuple[Received, ...]
