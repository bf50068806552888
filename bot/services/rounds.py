"""Rounds of introductions: starting one when it is due, and what people do in it."""

from datetime import datetime, time, timedelta

from sqlmodel import Session

from bot.domain.cadence import Window, at_local, decode_cadence, local_day, weekday_in_week_of
from bot.domain.communities import SMALLEST_ROUND
from bot.domain.guides import GuideLibrary
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.pairing import Candidate, plan_groups
from bot.domain.rounds import GroupCard, Standing, is_mostly_away, seed_of
from bot.domain.schedule import MONDAY, DueKind, is_round_too_late
from bot.errors import Problem, UserError
from bot.services.groups import form_group, match_looking, vacate
from bot.services.members import is_available
from storage import communities, due, members, outbox, rounds
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.rounds import Group, Round, Seat, SeatState


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
        with self._database.write() as session:
            community = communities.get_community(session, row.workspace, int(row.subject))
            next_at = decode_cadence(row.cadence or "").next_after(max(now, row.due_at), last=row.due_at)
            if not due.advance(session, row, next_at) or community.asleep_at is not None:
                return
            people = members.list_participants(session, community)
            if len(people) < SMALLEST_ROUND:
                return
            if is_round_too_late(row.due_at, now, community.zone):
                self._skip(session, community, row, next_at, "late", now)
                return
            available = [person for person in people if is_available(person, now)]
            if is_mostly_away(len(people) - len(available), len(people)):
                self._skip(session, community, row, next_at, "away", now)
                return
            pool = _without_those_introduced_this_week(session, community, available, now)
            if len(pool) >= 2:  # noqa: PLR2004 - two make a pair
                self._introduce(session, community, row, next_at, pool, now)

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
            group = _own_group(session, who, group_id)
            seat = rounds.find_seat(session, who.workspace, group.round_id, who.user_id)
            if seat is None or seat.group_id != group_id:
                raise UserError(Problem.GONE)
            return _card(session, seat, rounds.get_round(session, who.workspace, group.round_id))

    def booked(self, who: Actor, group_id: int, now: datetime) -> None:
        """Note that a group has found a time; once noted, it stays."""
        with self._database.write() as session:
            group = _own_group(session, who, group_id)
            if group.booked_at is None:
                group.booked_at = now
                session.add(group)

    def cannot(self, who: Actor, group_id: int, now: datetime) -> None:
        """Take a person out of this round; the others are told without a reason.

        Raises:
            UserError: The round is over or the person is no longer in the group.
        """
        with self._database.write() as session:
            vacate(session, _open_seat(session, who, group_id, now), SeatState.OUT, now)

    def swap(self, who: Actor, group_id: int, now: datetime) -> GroupCard:
        """Take a person out of their group and look for another partner in this round.

        Raises:
            UserError: The round is over or the person is no longer in the group.
        """
        with self._database.write() as session:
            seat = _open_seat(session, who, group_id, now)
            its_round = rounds.get_round(session, who.workspace, seat.round_id)
            if seat.state == SeatState.SEATED:
                vacate(session, seat, SeatState.LOOKING, now)
                match_looking(session, its_round, self._guides, now)
            return _card(session, seat, its_round)

    def _introduce(
        self,
        session: Session,
        community: Community,
        row: Due,
        next_at: datetime,
        pool: list[members.Person],
        now: datetime,
    ) -> None:
        this_round = self._add_round(session, community, row, next_at, now)
        trios = rounds.count_trios(session, community.workspace, community.id)
        plan = plan_groups(
            [Candidate(p.user_id, Window(zone=p.zone), trios.get(p.user_id, 0)) for p in pool],
            rounds.list_met(session, community.workspace, community.id),
            this_round.number,
            this_round.seed,
        )
        people = {person.user_id: person for person in pool}
        for group in plan.groups:
            form_group(session, this_round, [people[one] for one in group.people], group.reason, self._guides, now)
        for user_id in plan.unplaced:
            session.add(
                Seat(
                    workspace=community.workspace,
                    round_id=this_round.id,
                    user_id=user_id,
                    state=SeatState.LOOKING,
                )
            )

    def _skip(
        self, session: Session, community: Community, row: Due, next_at: datetime, why: str, now: datetime
    ) -> None:
        if why == "away":
            # Waiting one week is enough, whatever the community's rhythm.
            again = decode_cadence(row.cadence or "").next_after(row.due_at + timedelta(days=6))
            next_at = at_local(local_day(row.due_at, community.zone) + timedelta(days=7), time(8, 0), community.zone)
            due.set_due(session, row.workspace, DueKind.ROUND, row.subject, min(again, next_at), row.cadence)
        this_round = self._add_round(session, community, row, next_at, now)
        this_round.skipped = why
        outbox.add(
            session,
            community.workspace,
            f"round-skipped:{this_round.id}",
            MessageKind.ROUND_SKIPPED,
            subject=this_round.id,
            channel_id=community.channel_id,
            now=now,
            not_after=next_at,
        )

    def _add_round(self, session: Session, community: Community, row: Due, ends_at: datetime, now: datetime) -> Round:
        last = rounds.find_last_round(session, community.workspace, community.id)
        number = last.number + 1 if last else 1
        this_round = Round(
            workspace=community.workspace,
            community_id=community.id,
            number=number,
            due_at=row.due_at,
            started_at=now,
            ends_at=ends_at,
            seed=seed_of(community.workspace, community.id, number),
        )
        session.add(this_round)
        session.flush()
        return this_round


def _without_those_introduced_this_week(
    session: Session, community: Community, people: list[members.Person], now: datetime
) -> list[members.Person]:
    monday = weekday_in_week_of(local_day(now, community.zone), MONDAY)
    since = at_local(monday, time(0, 0), community.zone)
    taken = rounds.list_seated_since(session, community.workspace, since)
    return [person for person in people if person.user_id not in taken]


def _own_group(session: Session, who: Actor, group_id: int) -> Group:
    try:
        group = rounds.get_group(session, who.workspace, group_id)
    except LookupError:
        raise UserError(Problem.GONE) from None
    if who.user_id not in rounds.list_introduced(session, group):
        raise UserError(Problem.NOT_YOURS)
    return group


def _open_seat(session: Session, who: Actor, group_id: int, now: datetime) -> Seat:
    group = _own_group(session, who, group_id)
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
