"""What one person sees of their own things at a glance."""

from dataclasses import dataclass
from datetime import date

from bot.domain.goals import GoalCard
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
    """Everything that concerns one person now; `prompts` holds the newest of each community."""

    taking_part: tuple[Participation, ...]
    group: GroupCard | None
    goals: tuple[GoalCard, ...]
    prompts: tuple[PromptOfWeek, ...]
    paused_until: date | None
    open_channels: tuple[str, ...]
