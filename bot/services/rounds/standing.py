"""How a round stands: for a person in it, and for those who look after the community."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session

from bot.domain.cadence import local_day
from bot.domain.identity import Actor
from bot.domain.rounds import GroupCard, Met, RoundStatus, Standing
from bot.services.communities.communities import first_round_on
from bot.services.rounds.groups import (
    coming_to,
    was_introduced,
    zone_of,
)
from bot.services.rounds.planning import find_left_out
from storage.communities import Community
from storage.rounds import rounds
from storage.rounds.rounds import Round, Seat, SeatState


def current_groups(session: Session, who: Actor, now: datetime) -> tuple[GroupCard, ...]:
    """Return where a person stands in each round that runs, and whom they meet on request, the newest first."""
    return tuple(
        group_card(session, seat, its_round, now)
        for seat, its_round in rounds.list_open_seats(session, who.workspace, who.user_id, now)
        # What was asked for and called off is over; a round goes on without a group.
        if its_round.community_id is not None or seat.state == SeatState.SEATED
    )


def round_status(session: Session, community: Community, now: datetime) -> RoundStatus:
    """Return how a community's round stands, or its last one when none runs; counts only."""
    last = rounds.find_open_round(session, community.workspace, community.id, now) or rounds.find_last_round(
        session, community.workspace, community.id
    )
    next_on = first_round_on(session, community, now)
    if last is None:
        return RoundStatus(community.channel_id, 0, None, "", 0, 0, 0, 0, 0, next_on)
    untold = rounds.list_untold(session, last)
    seats = rounds.list_seats(session, last)
    seated = [seat for seat in seats if seat.state == SeatState.SEATED and seat.group_id not in untold]
    standing = {seat.group_id for seat in seated}
    answers = rounds.list_answered_groups(session, last)
    groups = [group for group in rounds.list_groups(session, last) if group.id in standing]
    return RoundStatus(
        channel_id=community.channel_id,
        number=last.number,
        ends_on=local_day(last.ends_at, community.zone) - timedelta(days=1),
        skipped=last.skipped,
        seated=len(seated),
        groups=len(groups),
        booked=sum(group.booked_at is not None for group in groups),
        met=sum(Met.YES in answers.get(group.id, ()) for group in groups),
        looking=sum(seat.state == SeatState.LOOKING for seat in seats),
        next_on=next_on,
        left_out_on=find_left_out_day(session, community, now),
    )


def find_left_out_day(session: Session, community: Community, now: datetime) -> date | None:
    """Return the day of the next round that was left out, in the community's zone; None when none was."""
    left_out = find_left_out(rounds.find_last_round(session, community.workspace, community.id), now)
    return local_day(left_out.due_at, community.zone) if left_out is not None else None


def group_card(session: Session, seat: Seat, its_round: Round, now: datetime) -> GroupCard:
    """Return what a person sees of their place in a round: with whom, until when, and what they said."""
    community = rounds.find_community(session, its_round)
    group = rounds.get_group(session, seat.workspace, seat.group_id) if seat.group_id else None
    others: tuple[str, ...] = ()
    standing = Standing(seat.state)
    if group is not None and seat.state == SeatState.SEATED:
        # Those whose introduction never came have heard of nobody.
        seats = rounds.list_seats_of_group(session, group) if was_introduced(session, group) else ()
        others = tuple(one.user_id for one in seats if one.user_id != seat.user_id)
        standing = Standing.SEATED if others else Standing.ALONE
    return GroupCard(
        group_id=group.id if group else None,
        channel_id=community.channel_id if community is not None else "",
        standing=standing,
        others=others,
        reason=group.reason if group else "",
        guide_ids=group.guide_ids if group else (),
        ends_on=local_day(its_round.ends_at, zone_of(session, its_round)) - timedelta(days=1),
        booked=group is not None and group.booked_at is not None,
        coming=coming_to(session, seat.workspace, group.id, now) if group is not None else None,
    )
