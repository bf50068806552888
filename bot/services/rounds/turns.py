"""Whose turn it is to introduce a person who takes part in several communities, and so when each does next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import Weekly, local_day
from bot.domain.communities import SMALLEST_ROUND
from bot.domain.schedule import DueKind
from bot.services.communities.communities import first_round_on
from bot.services.rounds.groups import start_of_week
from storage import communities, due, members
from storage.communities import Community
from storage.rounds import history

NEVER: Final = datetime.min.replace(tzinfo=UTC)
# A person takes part in few communities; each round looked at is one that somebody else's turn may take.
_ROUNDS_LOOKED_AT: Final = 60


@dataclass(frozen=True, slots=True)
class _Line:
    """A community that may introduce a person: when its next round is due, and when it last introduced them."""

    community: Community
    due_at: datetime
    rhythm: Weekly
    last: datetime


def has_turn(session: Session, community: Community, user_id: str, now: datetime) -> bool:
    """Tell whether a person's one introduction of this week is this community's.

    Who takes part in several is introduced where it is longest ago, so that no community starves.
    """
    return _has_turn(_lines(session, community.workspace, user_id), community, now)


def next_introduction_on(session: Session, community: Community, user_id: str, now: datetime) -> date | None:
    """Return the day on which a community introduces a person next; None while fewer than four people are in."""
    first_on = first_round_on(session, community)
    lines = _lines(session, community.workspace, user_id)
    if first_on is None or all(one.community.id == community.id for one in lines):
        return first_on
    for _ in range(_ROUNDS_LOOKED_AT):
        line = min(lines, key=lambda one: (one.due_at, one.community.id))
        moment = max(now, line.due_at)
        is_taken = max(one.last for one in lines) >= start_of_week(line.community, moment)
        is_introduced = not is_taken and _has_turn(lines, line.community, moment)
        if is_introduced and line.community.id == community.id:
            return local_day(moment, community.zone)
        moved = replace(
            line,
            due_at=line.rhythm.next_after(moment, last=line.due_at),
            last=moment if is_introduced else line.last,
        )
        lines = [moved if one is line else one for one in lines]
    return None


def _lines(session: Session, workspace: str, user_id: str) -> list[_Line]:
    lines = []
    for membership in members.list_memberships(session, workspace, user_id):
        community = communities.get_community(session, workspace, membership.community_id)
        planned = due.find_due(session, workspace, DueKind.ROUND, str(community.id))
        if planned is None or community.asleep_at is not None:
            continue
        if members.count_participants(session, community) >= SMALLEST_ROUND:
            last = history.find_last_seated_at(session, workspace, community.id, user_id)
            lines.append(_Line(community, planned.due_at, Weekly.decode(planned.cadence or ""), last or NEVER))
    return lines


def _has_turn(lines: Sequence[_Line], community: Community, now: datetime) -> bool:
    week_ends = start_of_week(community, now) + timedelta(days=7)
    turns = [
        (one.last, one.community.id)
        for one in lines
        if one.community.id == community.id or now - timedelta(days=7) < one.due_at < week_ends
    ]
    return not turns or min(turns)[1] == community.id
