"""Who meets whom in a round, why, and how good that is: no clock, no database, no Slack.

Never broken: both available, nobody with a person on either's private list or with their own manager, a
common language, a common hour unless both write, nobody twice, nobody alone in a group. Then, strongest
first: nobody left out, no repeat that could be avoided, larger groups in turn, what people want and offer,
no meeting in the last weeks, different teams, never met, a partner who responds, common hours, a seeded
lot. The same pool, history and seed give the same plan, in whatever order the pool comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.domain.pairing._values import (
    Cause,
    History,
    Lesson,
    Member,
    Plan,
    PlannedGroup,
    Quality,
    Reason,
    ReasonKind,
    Repeats,
    Rules,
    Unplaced,
)

__all__ = [
    "PAIRING_VERSION",
    "Cause",
    "History",
    "Lesson",
    "Member",
    "Plan",
    "PlannedGroup",
    "Quality",
    "Reason",
    "ReasonKind",
    "Repeats",
    "Rules",
    "Unplaced",
    "plan_groups",
]

# Goes up with each change after which some pool gets another plan; a round keeps the version that made it.
PAIRING_VERSION: Final = 2


def plan_groups(
    members: Iterable[Member],
    history: History,
    round_number: int,
    seed: int,
    rules: Rules | None = None,
) -> Plan:
    """Plan who meets whom.

    `members` are those available in this round. `round_number` is the round to plan, greater than those
    in the history.

    Raises:
        ValueError: An id stands twice among the members.
    """
    # numpy and the solver take a quarter of a second to load, which a starting bot does not have.
    from bot.domain.pairing._plan import plan  # noqa: PLC0415

    return plan(members, history, rules or Rules(), round_number, seed)
