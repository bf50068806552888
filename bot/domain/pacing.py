"""How often Slack may be asked for what, and which of its methods a message needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Method(StrEnum):
    """The methods of Slack's Web API that messages are sent with."""

    OPEN = "conversations.open"
    POST = "chat.postMessage"
    POST_FOR_ONE = "chat.postEphemeral"
    EDIT = "chat.update"
    REMOVE = "chat.delete"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in a span that moves along."""

    calls: int
    span: timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """What one workspace allows.

    Args:
        limits: One limit for each method.
        rest: How long a conversation rests between two messages.
    """

    limits: Mapping[Method, Limit]
    rest: timedelta

    @property
    def longest(self) -> timedelta:
        """Return how far back calls still count."""
        return max(limit.span for limit in self.limits.values())

    def allowed(self, calls: Mapping[Method, int]) -> frozenset[Method]:
        """Tell which methods may be called again, from the calls of each within its span."""
        return frozenset(method for method, limit in self.limits.items() if calls.get(method, 0) < limit.calls)


# Slack counts when a call arrives, and some take longer to arrive than others.
_MINUTE: Final = timedelta(seconds=60.5)
# Source: slack-facts 3.1: tiers 3, 4, 3 and 3; "several hundred" posts a minute; a message a second and conversation.
SLACK_PACE: Final = Pace(
    limits={
        Method.OPEN: Limit(50, _MINUTE),
        Method.POST: Limit(300, _MINUTE),
        Method.POST_FOR_ONE: Limit(100, _MINUTE),
        Method.EDIT: Limit(50, _MINUTE),
        Method.REMOVE: Limit(50, _MINUTE),
    },
    rest=timedelta(seconds=1),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How long to rest between two pages of a list that no person waits for.

    Args:
        accounts: Of the workspace's accounts.
        members: Of a channel's members.
    """

    accounts: timedelta
    members: timedelta


# Source: slack-facts 3.1: tiers 2 and 4. Half of what tier 4 allows is left to people, for whom members are asked too.
SLACK_READING: Final = Reading(accounts=_MINUTE / 20, members=_MINUTE / 50)


def method_of(*, people: int, channel_id: str, reader: str, edits: str, removes: bool = False) -> Method:
    """Return the method that a message needs first.

    Args:
        people: How many people are written to directly.
        channel_id: Where it goes, if that is known.
        reader: The one person who is to see it in a channel, if it is for one.
        edits: The key of the message that it changes, if it changes one.
        removes: Whether it takes that message away.
    """
    if removes:
        return Method.REMOVE
    if edits:
        return Method.EDIT
    if reader:
        return Method.POST_FOR_ONE
    return Method.OPEN if people > 1 and not channel_id else Method.POST
