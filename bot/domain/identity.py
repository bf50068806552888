"""Who and where: the values that enter at the edge and are never guessed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.domain.errors import Problem, Refusal

# Rows are counted from 1, in columns that PostgreSQL gives 32 bits.
LARGEST_ID: Final = 2**31 - 1
NO_END: Final = datetime(9999, 12, 31, tzinfo=UTC)
# How the name begins that stands where the id of somebody stood who was erased; no id of Slack's looks like it.
NOBODY: Final = "nobody-"
# Source: slack-facts 6.2.
_AWAY_SIGNS: Final = frozenset({":palm_tree:", ":face_with_thermometer:"})
_AWAY_WORDS: Final = re.compile(
    r"\b(ooo|out of (the )?office|on (\w+ )?leave|vacation(ing)?|on holidays?|out sick|sick leave)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Tenant:
    """One Slack workspace.

    Args:
        key: Slack's id of the workspace, its `team_id`, which every row of it carries. The organization is no part of
            it: its id appears when a company moves to Enterprise Grid, and the workspace stays the same one.
    """

    key: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A person doing one thing.

    Args:
        tenant: The workspace in which it happens.
        user_id: Slack's id of the person.
        act_id: What Slack calls this one click, command or event; the same when it is delivered again.
    """

    tenant: Tenant
    user_id: str
    act_id: str

    @property
    def workspace(self) -> str:
        """Return the key of the workspace, as rows carry it."""
        return self.tenant.key


@dataclass(frozen=True, slots=True)
class Profile:
    """What the bot needs to know of a Slack account; no name, no address.

    Args:
        user_id: Slack's id of the person.
        zone: IANA name of the time zone, as Slack has it; None when Slack has none.
        is_person: False for bots, workflow bots and Slackbot.
        is_active: False once deactivated, or while only invited.
        away_until: Until when the account's status says that the person is away, aware UTC; None when it does not.
        language: Code of the language to speak to the person; None when Slack did not tell the account's own.
        is_guest: True for single- and multi-channel guests and for people of other workspaces.
    """

    user_id: str
    zone: str | None
    is_person: bool = True
    is_active: bool = True
    is_guest: bool = False
    away_until: datetime | None = None
    language: str | None = None

    @property
    def can_take_part(self) -> bool:
        """Tell whether the bot may introduce and thank this account."""
        return self.is_person and self.is_active and not self.is_guest


def away_until(text: str, emoji: str, expires_at: datetime | None) -> datetime | None:
    """Read a status: until when it says that somebody is away; None when it does not.

    A status is free text, so this is a hint: the signs are those of Slack's own choices, "Vacationing" and
    "Out sick", in whatever language they are shown, and some plain English.

    Args:
        text: The status's words.
        emoji: Its sign, such as ":palm_tree:".
        expires_at: When it ends by itself, aware UTC; None when it does not.
    """
    says_away = emoji in _AWAY_SIGNS or _AWAY_WORDS.search(text) is not None
    return (expires_at or NO_END) if says_away else None


def check_accounts(people: Sequence[str], profiles: Sequence[Profile]) -> Refusal | None:
    """Return what is wrong with the first of these people whom the bot cannot write to, or None.

    `profiles` are their accounts, as far as Slack knows them.
    """
    known = {profile.user_id: profile for profile in profiles}
    for user_id in people:
        profile = known.get(user_id)
        if profile is None:
            return Refusal(Problem.NOT_RECOGNIZED, {"person": user_id})
        if not profile.can_take_part:
            return Refusal(Problem.CANNOT_RECEIVE, {"person": user_id})
    return None


@dataclass(frozen=True, slots=True)
class Room:
    """A channel in which the bot is; nobody outside it may hear of one that `is_private`."""

    channel_id: str
    is_private: bool
