"""Whose turn it is to introduce a person who takes part in several communities, and so when each does next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.cadence import Weekly, local_day
from bot.domain.communities import SMALLEST_ROUND
from bot.domain.schedule import DueKind, round_comes_at
from bot.domain.settings import is_turn
from bot.services.communities.communities import first_round_on
from bot.services.rounds.groups import start_of_week
from storage import communities, due, members
from storage.communities import Community
from storage.members import Person
from storage.rounds import history, rounds

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


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The number of a community's next round, and that of the last one in which a person had a part, if any."""

    coming: int
    last: int | None


def list_elsewhere(session: Session, community: Community, now: datetime) -> frozenset[str]:
    """Return those people of several communities whose one introduction of this week is not this community's.

    Each of them is introduced where it is longest ago, so that no community starves.
    """
    lines = _lines(session, community.workspace, members.in_several(community.workspace))
    week_ends = _end_of_week(community, now)
    return frozenset(user_id for user_id, own in lines.items() if not _has_turn(own, community, now, week_ends))


def next_introduction_on(session: Session, community: Community, user_id: str, now: datetime) -> date | None:
    """Return the day on which a community introduces a person next; None while fewer than four people are in.

    Their own pace, their pause that has an end, and what other communities introduce them to are reckoned with.
    """
    first_on = first_round_on(session, community, now)
    lines = _lines(session, community.workspace, [user_id]).get(user_id, [])
    person = members.find_person(session, community.workspace, user_id)
    if first_on is None or person is None or all(one.community.id != community.id for one in lines):
        return first_on
    of_rounds = {one.community.id: _numbers(session, one.community, user_id) for one in lines}
    for _ in range(_ROUNDS_LOOKED_AT):
        line = min(lines, key=lambda one: (one.due_at, one.community.id))
        moment = round_comes_at(line.due_at, line.rhythm, now)
        is_taken = max(one.last for one in lines) >= start_of_week(line.community, moment)
        numbers = of_rounds[line.community.id]
        is_there = not _is_away(person, moment) and is_turn(person.pace, numbers.coming, numbers.last)
        its_turn = _has_turn(lines, line.community, moment, _end_of_week(line.community, moment))
        is_introduced = is_there and not is_taken and its_turn
        if is_introduced and line.community.id == community.id:
            return local_day(moment, community.zone)
        moved = replace(
            line,
            due_at=line.rhythm.next_after(moment, last=line.due_at),
            last=moment if is_introduced else line.last,
        )
        of_rounds[line.community.id] = _Numbers(numbers.coming + 1, numbers.coming if is_introduced else numbers.last)
        lines = [moved if one is line else one for one in lines]
    return None


def _lines(session: Session, workspace: str, user_ids: Sequence[str] | SelectOfScalar[str]) -> dict[str, list[_Line]]:
    """Return, by person, the communities that may introduce them; the queries do not grow with their number."""
    awake = {str(row.id): row for row in communities.list_communities(session, workspace)}
    participants = members.count_all_participants(session, workspace)
    planned = {
        awake[row.subject].id: row
        for row in due.list_of_kind(session, workspace, DueKind.ROUND)
        if row.subject in awake and participants.get(awake[row.subject].id, 0) >= SMALLEST_ROUND
    }
    last = history.list_last_seated(session, workspace, user_ids)
    rhythms = {community_id: Weekly.decode(row.cadence or "") for community_id, row in planned.items()}
    lines: dict[str, list[_Line]] = {}
    for user_id, community_id in members.list_taking_part(session, workspace, user_ids):
        if community_id in planned:
            row, at = planned[community_id], last.get((community_id, user_id), NEVER)
            line = _Line(awake[row.subject], row.due_at, rhythms[community_id], at)
            lines.setdefault(user_id, []).append(line)
    return lines


def _numbers(session: Session, community: Community, user_id: str) -> _Numbers:
    last = history.find_last_number_of(session, community.workspace, community.id, user_id)
    return _Numbers(rounds.find_last_number(session, community) + 1, last)


def _is_away(person: Person, moment: datetime) -> bool:
    """Tell whether a person will still be paused or away at a moment; a pause without an end is not foreseen."""
    until = person.paused_until
    is_paused = until is not None and until != date.max and local_day(moment, person.zone) < until
    return is_paused or (person.away_until is not None and moment < person.away_until)


def _end_of_week(community: Community, now: datetime) -> datetime:
    return start_of_week(community, now) + timedelta(days=7)


def _has_turn(lines: Sequence[_Line], community: Community, now: datetime, week_ends: datetime) -> bool:
    turns = [
        (one.last, one.community.id)
        for one in lines
        if one.community.id == community.id or now - timedelta(days=7) < one.due_at < week_ends
    ]
    return not turns or min(turns)[1] == community.id
