"""What one person sees of their own things at a glance."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.goals import GoalCard, GoalQuestion
from bot.domain.messages import MessageKind
from bot.domain.rounds import GroupCard


@dataclass(frozen=True, slots=True)
class Participation:
    """A community a person takes part in, and the day of its next introductions if there is one."""

    channel_id: str
    next_on: date | None


@dataclass(frozen=True, slots=True)
class PromptOfWeek:
    """The newest prompt of a community the person takes part in."""

    channel_id: str
    prompt_id: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that concerns one person now; `prompts` holds the newest of each community.

    `goal_question` is the check-in on a goal that waits for an answer. `pings_this_week` counts what the bot sent
    by itself in this ISO week, where the person is now.
    """

    taking_part: tuple[Participation, ...]
    group: GroupCard | None
    goals: tuple[GoalCard, ...]
    prompts: tuple[PromptOfWeek, ...]
    paused_until: date | None
    open_channels: tuple[str, ...]
    pings_this_week: int = 0
    goal_question: GoalQuestion | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """One message a person got from the bot by itself, and why.

    Args:
        at: When it was sent, aware UTC.
        kind: What it said.
        channel_id: The channel of the community it comes from; empty when it comes from none.
    """

    at: datetime
    kind: MessageKind
    channel_id: str


@dataclass(frozen=True, slots=True)
class PingLog:
    """What a person got from the bot by itself: the number of this week, and the last weeks, newest first."""

    this_week: int
    received: tuple[Received, ...]
