"""Rounds of introductions: starting one when it is due, and what people do in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import Weekly, Window, at_local, local_day, weekday_in_week_of
from bot.domain.communities import SMALLEST_ROUND
from bot.domain.guides import GuideLibrary
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.pairing import History, Member, Plan, PlannedGroup, plan_groups
from bot.domain.rounds import GroupCard, Standing, is_mostly_away, seed_of
from bot.domain.schedule import MONDAY, DueKind, is_round_too_late
from bot.errors import Problem, UserError
from bot.services.communities import queue_standing
from bot.services.groups import form_groups, match_looking, own_group, vacate
from bot.services.members import is_available
from storage import communities, due, members, outbox, rounds
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.rounds import Round, Seat, SeatState

NEVER: Final = datetime.min.replace(tzinfo=UTC)


class RoundService:
    """Introductions, from the Monday they are due to the last word people say about them.

    Args:
        database: Where rounds are kept.
        guides: The conversation guides to choose from.
    """

    def __init__(self, database: Database, guides: GuideLibrary) -> None:
        self._database = database
        self._guides = guides

    def start(self, row: Due, now: datetime) -> None:
        """Handle a round that is due: introduce everybody who is in and not away.

        A round that is due after its Wednesday is skipped with a line; too few people wait silently;
        when many are away the round waits a week.
        """
        with self._database.read() as session:
            situation = _look(session, row, now)
        # Planning for many takes a second or more, in which nobody else should wait for the database.
        plan = situation.plan() if situation.outcome is _Outcome.START else None
        with self._database.write(row.workspace) as session:
            if _look(session, row, now) != situation:
                # Somebody came, left or paused meanwhile; the row is still due and the next beat plans again.
                return
            rhythm = Weekly.decode(row.cadence or "")
            if situation.outcome in {_Outcome.TOO_FEW, _Outcome.AWAY}:
                # Waiting one week is enough, whatever the community's rhythm.
                rhythm = replace(rhythm, every=1)
            next_at = rhythm.next_after(max(now, row.due_at), last=row.due_at)
            if not due.advance(session, row, next_at) or situation.outcome in {_Outcome.ASLEEP, _Outcome.TOO_FEW}:
                return
            if plan is None:
                self._skip(session, situation, row, next_at, now)
                return
            if plan.groups:
                self._introduce(session, situation, plan, row, next_at, now)
            for unplaced in plan.unplaced:
                outbox.add(
                    session,
                    row.workspace,
                    f"no-partner:{situation.community_id}:{row.due_at.isoformat()}:{unplaced.person}",
                    MessageKind.NO_PARTNER,
                    subject=situation.community_id,
                    people=(unplaced.person,),
                    now=now,
                    not_after=next_at,
                )

    def current(self, who: Actor, now: datetime) -> GroupCard:
        """Return the group a person is in now.

        Raises:
            UserError: There is none.
        """
        with self._database.read() as session:
            for seat, its_round in rounds.list_open_seats(session, who.workspace, who.user_id, now):
                return _card(session, seat, its_round)
        raise UserError(Problem.NO_GROUP)

    def of_group(self, who: Actor, group_id: int) -> GroupCard:
        """Return a group to somebody who is in it.

        Raises:
            UserError: The person is not in it.
        """
        with self._database.read() as session:
            group = own_group(session, who, group_id)
            seat = rounds.find_seat(session, who.workspace, group.round_id, who.user_id)
            if seat is None or seat.group_id != group_id:
                raise UserError(Problem.GONE)
            return _card(session, seat, rounds.get_round(session, who.workspace, group.round_id))

    def booked(self, who: Actor, group_id: int, now: datetime) -> None:
        """Note that a group has found a time; once noted, it stays.

        Raises:
            UserError: The round is over or the person is no longer in the group.
        """
        with self._database.write(who.workspace) as session:
            if _open_seat(session, who, group_id, now).state != SeatState.SEATED:
                raise UserError(Problem.GONE)
            group = own_group(session, who, group_id)
            if group.booked_at is None:
                group.booked_at = now
                session.add(group)

    def cannot(self, who: Actor, group_id: int, now: datetime) -> None:
        """Take a person out of this round; the others are told without a reason.

        Raises:
            UserError: The round is over or the person is no longer in the group.
        """
        with self._database.write(who.workspace) as session:
            vacate(session, _open_seat(session, who, group_id, now), SeatState.OUT, now)

    def swap(self, who: Actor, group_id: int, now: datetime) -> GroupCard:
        """Take a person out of their group and look for another partner in this round.

        Raises:
            UserError: The round is over or the person is no longer in the group.
        """
        with self._database.write(who.workspace) as session:
            seat = _open_seat(session, who, group_id, now)
            its_round = rounds.get_round(session, who.workspace, seat.round_id)
            if seat.state == SeatState.SEATED:
                vacate(session, seat, SeatState.LOOKING, now)
                match_looking(session, its_round, self._guides, now)
            return _card(session, seat, its_round)

    def _introduce(
        self, session: Session, situation: _Situation, plan: Plan, row: Due, next_at: datetime, now: datetime
    ) -> None:
        is_first = not rounds.has_begun(session, row.workspace, situation.community_id)
        this_round = _add_round(session, situation, row, next_at, now)
        if is_first:
            queue_standing(session, communities.get_community(session, row.workspace, situation.community_id), now)
        ids = [candidate.id for candidate in situation.pool]
        people = {person.user_id: person for person in members.list_people(session, row.workspace, ids)}
        groups = [([people[one] for one in group.people], _reason(group)) for group in plan.groups]
        form_groups(session, this_round, groups, self._guides, now)
        for unplaced in plan.unplaced:
            session.add(
                Seat(workspace=row.workspace, round_id=this_round.id, user_id=unplaced.person, state=SeatState.LOOKING)
            )

    def _skip(self, session: Session, situation: _Situation, row: Due, next_at: datetime, now: datetime) -> None:
        this_round = _add_round(session, situation, row, next_at, now)
        this_round.skipped = situation.outcome.value
        outbox.add(
            session,
            row.workspace,
            f"round-skipped:{this_round.id}",
            MessageKind.ROUND_SKIPPED,
            subject=this_round.id,
            channel_id=situation.channel_id,
            now=now,
            not_after=next_at,
        )


class _Outcome(Enum):
    """What becomes of a round that is due; the value of a skipped one is stored as the reason."""

    START = "start"
    ASLEEP = "asleep"
    TOO_FEW = "too few"
    LATE = "late"
    AWAY = "away"


@dataclass(frozen=True)
class _Situation:
    """What a community's round depends on, as far as it is known; equal when nothing has changed."""

    community_id: int
    channel_id: str
    number: int
    seed: int
    outcome: _Outcome
    pool: tuple[Member, ...] = ()
    met: Mapping[frozenset[str], int] = field(default_factory=dict)

    def plan(self) -> Plan:
        """Plan who meets whom."""
        return plan_groups(self.pool, History.of(self.met), self.number, self.seed)


def _look(session: Session, row: Due, now: datetime) -> _Situation:
    community = communities.get_community(session, row.workspace, int(row.subject))
    last = rounds.find_last_round(session, row.workspace, community.id)
    number = last.number + 1 if last else 1
    people = members.list_participants(session, community)
    available = [person for person in people if is_available(person, now)]
    away = len(people) - len(available)
    if last is not None and last.skipped == _Outcome.AWAY.value:
        # One week of waiting is enough: those who are here would wait for ever for those who stay away.
        away = 0
    outcome = _outcome(community, len(people), away, row, now)
    situation = _Situation(
        community.id, community.channel_id, number, seed_of(row.workspace, community.id, number), outcome
    )
    if outcome is not _Outcome.START:
        return situation
    trios = rounds.count_trios(session, row.workspace, community.id)
    shared = members.list_in_several(session, row.workspace)
    taken = rounds.list_introduced_since(session, row.workspace, _start_of_week(community, now))
    return replace(
        situation,
        pool=tuple(
            # Nobody can say yet that writing is fine; until then hours that never meet keep nobody out.
            Member(person.user_id, Window(zone=person.zone), writing_ok=True, trios=trios.get(person.user_id, 0))
            for person in available
            if person.user_id not in taken
            and (person.user_id not in shared or _has_turn(session, community, person, now))
        ),
        met=rounds.list_met(session, row.workspace, community.id),
    )


def _has_turn(session: Session, community: Community, person: members.Person, now: datetime) -> bool:
    """Tell whether a person's one introduction of this week is this community's.

    Who takes part in several is introduced where it is longest ago, so that no community starves.
    """
    week_ends = _start_of_week(community, now) + timedelta(days=7)
    turns = []
    for membership in members.list_memberships(session, person.workspace, person.user_id):
        other = communities.get_community(session, person.workspace, membership.community_id)
        planned = due.find_due(session, person.workspace, DueKind.ROUND, str(other.id))
        is_due = other.id == community.id or (
            planned is not None and now - timedelta(days=7) < planned.due_at < week_ends
        )
        if is_due and other.asleep_at is None and members.count_participants(session, other) >= SMALLEST_ROUND:
            last = rounds.find_last_seated_at(session, person.workspace, other.id, person.user_id)
            turns.append((last or NEVER, other.id))
    return not turns or min(turns)[1] == community.id


def _outcome(community: Community, participants: int, away: int, row: Due, now: datetime) -> _Outcome:
    if community.asleep_at is not None:
        return _Outcome.ASLEEP
    if participants < SMALLEST_ROUND:
        return _Outcome.TOO_FEW
    if is_round_too_late(row.due_at, now, community.zone):
        return _Outcome.LATE
    return _Outcome.AWAY if is_mostly_away(away, participants) else _Outcome.START


def _reason(group: PlannedGroup) -> str:
    return "new" if group.reason.rounds_ago is None else "longest"


def _start_of_week(community: Community, now: datetime) -> datetime:
    """Return when the community's present ISO week began in the place where it begins first on earth."""
    monday = weekday_in_week_of(local_day(now, community.zone), MONDAY)
    return at_local(monday, time(0, 0), "Pacific/Kiritimati")


def _add_round(session: Session, situation: _Situation, row: Due, ends_at: datetime, now: datetime) -> Round:
    this_round = Round(
        workspace=row.workspace,
        community_id=situation.community_id,
        number=situation.number,
        due_at=row.due_at,
        started_at=now,
        ends_at=ends_at,
        seed=situation.seed,
    )
    session.add(this_round)
    session.flush()
    return this_round


def _open_seat(session: Session, who: Actor, group_id: int, now: datetime) -> Seat:
    group = own_group(session, who, group_id)
    its_round = rounds.get_round(session, who.workspace, group.round_id)
    seat = rounds.find_seat(session, who.workspace, group.round_id, who.user_id)
    if seat is None or seat.group_id != group_id or its_round.ends_at <= now:
        raise UserError(Problem.GONE)
    return seat


def _card(session: Session, seat: Seat, its_round: Round) -> GroupCard:
    community = communities.get_community(session, seat.workspace, its_round.community_id)
    group = rounds.get_group(session, seat.workspace, seat.group_id) if seat.group_id else None
    others: tuple[str, ...] = ()
    standing = Standing(seat.state)
    if group is not None and seat.state == SeatState.SEATED:
        seats = rounds.list_seats_of_group(session, group)
        others = tuple(one.user_id for one in seats if one.user_id != seat.user_id)
        standing = Standing.SEATED if others else Standing.ALONE
    return GroupCard(
        group_id=group.id if group else None,
        channel_id=community.channel_id,
        standing=standing,
        others=others,
        reason=group.reason if group else "",
        guide_ids=tuple(group.guide_ids.split()) if group else (),
        ends_on=local_day(its_round.ends_at, community.zone) - timedelta(days=1),
        booked=group is not None and group.booked_at is not None,
    )
