"""What can come of looking at a message once more before it is sent."""

from dataclasses import dataclass
from datetime import datetime

from bot.blocks.kit import Message


@dataclass(frozen=True, slots=True)
class Say:
    """Send these words."""

    message: Message


@dataclass(frozen=True, slots=True)
class TakeAway:
    """Take the message that it belongs to away."""


@dataclass(frozen=True, slots=True)
class Drop:
    """It is no longer true or wanted; `reason` is for the operator and names no person."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now; look again at `until`, aware UTC."""

    until: datetime


Verdict = Say | TakeAway | Drop | Wait
