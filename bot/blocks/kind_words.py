"""The words about one kind of message, besides those in it."""

from dataclasses import dataclass
from typing import Final

_SOME: Final = ("a message", "messages")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """How a kind of message is spoken of; each topic has those of its kinds beside their messages.

    Args:
        why: Why a person got one, for their list of messages.
        plural: What there can be less of.
        name: What one is called when nobody knows whether it arrived.
        upcoming: What is going to happen, when one waits and when several do; English, for the test bench alone.
    """

    why: str = ""
    plural: str = ""
    name: str = ""
    upcoming: tuple[str, str] = _SOME
