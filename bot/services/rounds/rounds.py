"""Rounds of introductions: starting one when it is due, and what people do in it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import Weekly, local_day
from bot.domain.communities import SMALLEST_ROUND
from bot.domain.errors import Problem, UserError
from bot.domain.guides import GuideLibrary
from bot.domain.identity import Actor
from bot.domain.pairing import Member, Plan
from bot.domain.rounds import GroupCard, RoundPreview, RoundStatus
from bot.domain.schedule import DueKind, round_comes_at
from bot.services.communities.communities import check_facilitator, keeping_cards, own_community
from bot.services.members.members import is_available
from bot.services.rounds.announcing import skip_round
from bot.services.rounds.beginning import PIECE, RoundBeginner
from bot.services.rounds.groups import leave_seat, own_group, start_of_week
from bot.services.rounds.inactivity import list_silent, rest_the_silent
from bot.services.rounds.placement import Placement
from bot.services.rounds.planning import SKIPPED_BY_WORD, Outcome, find_left_out, look
from bot.services.rounds.standing import current_groups, find_left_out_day, group_card, round_status
from storage import communities, due, members
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.privacy.vault import Vault
from storage.rounds import rounds
from storage.rounds.rounds import Round, Seat, SeatState

# When those are looked for again whose own search did not get to its end.
SEARCHED_AGAIN: Final = timedelta(seconds=10)

_log = logging.getLogger(__name__)


class RoundService:
    """Introductions, from the Monday they are due to the last word people say about them.

    Args:
        database: Where rounds are kept.
        guides: The conversation guides to choose from.
        vault: Opens private lists.
        piece: How many groups of a round that begins are stored at once.
    """

    def __init__(self, database: Database, guides: GuideLibrary, vault: Vault, piece: int = PIECE) -> None:
        self._database = database
        self._guides = guides
        self._vault = vault
        self._beginner = RoundBeginner(database, guides, vault, piece)
        self._placement = Placement(database, guides, vault)

    def start(self, row: Due, now: datetime) -> None:
        """Handle a round that is due: introduce everybody who is in and not away.

        A round that is due after its Wednesday is skipped with a line; too few people wait silently;
        when many are away the round waits a week. People who left question after question without an answer
        rest from now on.
        """
        with self._database.read() as session:
            community = communities.get_community(session, row.workspace, int(row.subject))
            silent = list_silent(session, community, now) if community.asleep_at is None else []
        if silent:
            with self._database.write(row.workspace) as session, keeping_cards(session, now, community):
                rest_the_silent(session, community, silent, now)
        self._beginner.begin(row, now)

    def take_back(self, row: Due, now: datetime) -> None:  # noqa: ARG002 - as every handler of a due row
        """Handle that a round was begun to be stored: what nobody finishes any more is taken back."""
        self._beginner.take_back(row)

    def place(self, row: Due, now: datetime) -> None:
        """Handle that somebody looks for a partner in a community's round."""
        with self._database.read() as session:
            this_round = rounds.find_open_round(session, row.workspace, int(row.subject), now)
        is_done = this_round is None or self._placement.search(row.workspace, this_round.id, now)
        with self._database.write(row.workspace) as session:
            due.advance(session, row, None if is_done else now + SEARCHED_AGAIN)

    def preview(self, who: Actor, channel_id: str, now: datetime) -> RoundPreview:
        """Tell a facilitator what the next round would be, without names.

        Raises:
            UserError: The channel is no community, or the person is not a facilitator of it.
        """
        with self._database.read() as session:
            community = _facilitated(session, who, channel_id)
            row = _planned(session, community)
            begins_at = round_comes_at(row.due_at, Weekly.decode(row.cadence or ""), now)
            situation = look(session, self._vault, row, begins_at)
            left_out_on = find_left_out_day(session, community, now)
        preview = RoundPreview(
            channel_id=channel_id,
            number=situation.number,
            next_on=local_day(begins_at, community.zone),
            absent=situation.absent,
            by_pace=situation.by_pace,
            elsewhere=situation.elsewhere,
            is_enough=situation.outcome is not Outcome.TOO_FEW,
            is_mostly_away=situation.outcome is Outcome.AWAY,
            left_out_on=left_out_on,
        )
        if situation.inputs is None:
            return preview
        plan = situation.inputs.plan()
        return replace(
            preview,
            available=len(situation.inputs.members),
            sizes=Counter(len(group.people) for group in plan.groups),
            cross_team=_cross_team_share(plan, situation.inputs.members),
            repeats=plan.repeats.total,
            recent=plan.repeats.recent,
            unplaced=_causes(plan),
        )

    def start_now(self, who: Actor, channel_id: str, now: datetime) -> RoundStatus:
        """Begin a community's next round at once, at a facilitator's word; the round before it ends.

        Raises:
            UserError: The channel is no community, the person is not a facilitator of it, a round began this
                week already, or too few people are in.
        """
        with self._database.read() as session:
            community = _facilitated(session, who, channel_id)
            row = _planned(session, community)
            last = rounds.find_last_begun(session, who.workspace, community.id)
            if last is not None and last.started_at >= start_of_week(community, now):
                raise UserError(Problem.ROUND_RUNS, channel=channel_id)
            if members.count_participants(session, community) < SMALLEST_ROUND:
                raise UserError(Problem.TOO_FEW, channel=channel_id)
        if not self._beginner.begin(row, now, is_wanted=True):
            raise UserError(Problem.ROUND_RUNS, channel=channel_id)
        return self.status(who, channel_id, now)

    def skip_next(self, who: Actor, channel_id: str, now: datetime) -> RoundStatus:
        """Leave a community's next round out, at a facilitator's word; said twice, it is one round all the same.

        A button pressed twice must not cost people two rounds. The round after it can be left out when its moment has
        passed.

        Raises:
            UserError: The channel is no community, or the person is not a facilitator of it.
        """
        with self._database.read() as session:
            row = _planned(session, _facilitated(session, who, channel_id))
        with self._database.write(who.workspace) as session:
            community = _facilitated(session, who, channel_id)
            last = rounds.find_last_round(session, who.workspace, community.id)
            is_repeated = find_left_out(last, now) is not None
            if not is_repeated:
                number = rounds.find_last_number(session, community) + 1
                next_at = Weekly.decode(row.cadence or "").next_after(max(now, row.due_at), last=row.due_at)
                with keeping_cards(session, now, community):
                    if due.advance(session, row, next_at):
                        skip_round(session, community, number, SKIPPED_BY_WORD, row.due_at, next_at, now)
        return replace(self.status(who, channel_id, now), is_repeated=is_repeated)

    def status(self, who: Actor, channel_id: str, now: datetime) -> RoundStatus:
        """Tell a facilitator how the round stands; counts only.

        Raises:
            UserError: The channel is no community, or the person is not a facilitator of it.
        """
        with self._database.read() as session:
            return round_status(session, _facilitated(session, who, channel_id), now)

    def current(self, who: Actor, now: datetime, *, in_round: bool = False) -> GroupCard:
        """Return the newest group a person is in now.

        Args:
            who: The person.
            now: Aware UTC.
            in_round: Whether only a community's round is meant, and nobody whom the person met on request.

        Raises:
            UserError: There is none.
        """
        with self._database.read() as session:
            for card in current_groups(session, who, now):
                if not (in_round and card.is_on_request):
                    return card
        raise UserError(Problem.NO_GROUP)

    def of_group(self, who: Actor, group_id: int, now: datetime) -> GroupCard:
        """Return a group to somebody who is in it.

        Raises:
            UserError: The person is not in it.
        """
        with self._database.read() as session:
            group = own_group(session, who, group_id)
            seat = rounds.find_seat(session, who.workspace, group.round_id, who.user_id)
            if seat is None or seat.group_id != group_id:
                raise UserError(Problem.GONE)
            return group_card(session, seat, rounds.get_round(session, who.workspace, group.round_id), now)

    def booked(self, who: Actor, group_id: int, now: datetime) -> None:
        """Note that a group has found a time; once noted, it stays.

        Raises:
            UserError: The round is over, the group has met, or the person is no longer in it.
        """
        with self._database.write(who.workspace) as session:
            if _open_seat(session, who, group_id, now).state != SeatState.SEATED:
                raise UserError(Problem.GONE)
            group = own_group(session, who, group_id)
            if group.booked_at is None:
                group.booked_at = now
                session.add(group)

    def cannot(self, who: Actor, group_id: int, now: datetime) -> GroupCard:
        """Take a person out of this round, or let an introduction on request be; the others are told without a reason.

        Raises:
            UserError: The round is over, the group has met, or the person is no longer in it.
        """
        with self._database.write(who.workspace) as session:
            seat = _open_seat(session, who, group_id, now)
            mates = _mates(session, seat)
            leave_seat(session, seat, SeatState.OUT, now)
        return self._search(seat, now, of=mates)

    def swap(self, who: Actor, group_id: int, now: datetime) -> GroupCard:
        """Take a person out of their group and look for another partner in this round.

        Raises:
            UserError: The round is over, the group has met, or it was formed on request, or the person is no longer in
                it.
        """
        with self._database.write(who.workspace) as session:
            seat = _open_seat(session, who, group_id, now)
            _require_participant(session, who, rounds.get_round(session, who.workspace, seat.round_id), now)
            mates = _mates(session, seat)
            if seat.state == SeatState.SEATED:
                leave_seat(session, seat, SeatState.LOOKING, now)
            _look_on(session, seat, now)
        return self._search(seat, now, of={who.user_id, *mates}, acting=who.user_id)

    def try_again(self, who: Actor, community_id: int, now: datetime) -> GroupCard:
        """Look once more for somebody for a person who is in no group of the round that runs.

        Raises:
            UserError: No round runs, or the person has no part in it.
        """
        with self._database.write(who.workspace) as session:
            this_round = rounds.find_open_round(session, who.workspace, community_id, now)
            seat = rounds.find_seat(session, who.workspace, this_round.id, who.user_id) if this_round else None
            if this_round is None or seat is None:
                raise UserError(Problem.GONE)
            _require_participant(session, who, this_round, now)
            if seat.state != SeatState.SEATED:
                _look_on(session, seat, now)
        return self._search(seat, now, of={who.user_id}, acting=who.user_id)

    def _search(self, seat: Seat, now: datetime, *, of: Collection[str], acting: str = "") -> GroupCard:
        """Look for somebody for a person, or for those who were left alone, and return where the person is then."""
        with self._database.read() as session:
            community_id = rounds.get_round(session, seat.workspace, seat.round_id).community_id
        if community_id is not None:
            self._placement.search(seat.workspace, seat.round_id, now, of=of, acting=acting)
        with self._database.read() as session:
            this_round = rounds.get_round(session, seat.workspace, seat.round_id)
            found = rounds.find_seat(session, seat.workspace, seat.round_id, seat.user_id)
            return group_card(session, found or seat, this_round, now)


def _facilitated(session: Session, who: Actor, channel_id: str) -> Community:
    community = own_community(session, who, channel_id)
    check_facilitator(session, community, who)
    return community


def _planned(session: Session, community: Community) -> Due:
    row = due.find_due(session, community.workspace, DueKind.ROUND, str(community.id))
    if row is None:
        raise LookupError(f"no round of community {community.id} is planned")
    return row


def _cross_team_share(plan: Plan, pool: Sequence[Member]) -> float | None:
    teams = {member.id: member.team for member in pool}
    known = [group for group in plan.groups if all(teams[one] for one in group.people)]
    if not known:
        return None
    return sum(len({teams[one] for one in group.people}) > 1 for group in known) / len(known)


def _mates(session: Session, seat: Seat) -> frozenset[str]:
    """Return those with whom a person sits in a group now."""
    if seat.group_id is None or seat.state != SeatState.SEATED:
        return frozenset()
    seats = rounds.list_seats_of_group(session, rounds.get_group(session, seat.workspace, seat.group_id))
    return frozenset(one.user_id for one in seats) - {seat.user_id}


def _look_on(session: Session, seat: Seat, now: datetime) -> None:
    """Let a person look for somebody; should their own search not get to its end, another one is due."""
    its_round = rounds.get_round(session, seat.workspace, seat.round_id)
    seat.state = SeatState.LOOKING
    session.add(seat)
    due.set_due(session, seat.workspace, DueKind.PLACE, str(its_round.community_id), now + SEARCHED_AGAIN)


def _require_participant(session: Session, who: Actor, this_round: Round, now: datetime) -> None:
    """Make sure that somebody still takes part: an old message's button brings nobody back who left or paused."""
    community = rounds.find_community(session, this_round)
    membership = members.find_membership(session, community, who.user_id) if community is not None else None
    person = members.find_person(session, who.workspace, who.user_id)
    is_in = membership is not None and membership.part == members.Part.IN
    if not is_in or person is None or not is_available(person, now):
        raise UserError(Problem.GONE)


def _open_seat(session: Session, who: Actor, group_id: int, now: datetime) -> Seat:
    group = own_group(session, who, group_id)
    its_round = rounds.get_round(session, who.workspace, group.round_id)
    seat = rounds.find_seat(session, who.workspace, group.round_id, who.user_id)
    if seat is None or seat.group_id != group_id or its_round.ends_at <= now:
        raise UserError(Problem.GONE)
    if seat.state == SeatState.SEATED and rounds.has_met(session, seat):
        raise UserError(Problem.MET_ALREADY)
    return seat


def _causes(plan: Plan) -> dict[str, int]:
    return dict(Counter(one.cause.value for one in plan.unplaced))
