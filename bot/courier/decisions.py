"""What can come of looking at a message once more before it is sent."""

from dataclasses import dataclass
from datetime import datetime

from bot.blocks.block_kit import Message
from bot.domain.files import File
from bot.domain.messages import DropReason


@dataclass(frozen=True, slots=True)
class Post:
    """Send these words; `to` is the one person they are to, where the row does not name them."""

    message: Message
    to: str = ""


@dataclass(frozen=True, slots=True)
class Hand:
    """Send a file to the one person a message is to; `otherwise` is said where files are not taken."""

    file: File
    message: Message
    otherwise: Message


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Remove a file that was sent, and the message it came with."""

    file_id: str


@dataclass(frozen=True, slots=True)
class TakeAway:
    """Take the message that it belongs to away."""


@dataclass(frozen=True, slots=True)
class Drop:
    """It is no longer true or wanted."""

    reason: DropReason


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now; look again at `until`, aware UTC."""

    until: datetime


Act = Post | Hand | TakeBack | TakeAway
Verdict = Act | Drop | Wait
