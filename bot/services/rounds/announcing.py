"""What is said of a round as a whole: that it is left out, that it comes after all, that somebody is in no group."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlmodel import Session

from bot.domain.cadence import Weekly, at_local, local_day
from bot.domain.messages import MessageKind
from bot.domain.rounds import seed_of
from bot.services.rounds.planning import Outcome, Situation
from storage import communities, due
from storage.communities import Community
from storage.due import Due
from storage.outbox import outbox
from storage.rounds import rounds
from storage.rounds.rounds import Round


def skip_round(
    session: Session, community: Community, number: int, why: str, due_at: datetime, next_at: datetime, now: datetime
) -> None:
    """Write down that a round does not take place, and tell the channel."""
    this_round = Round(
        workspace=community.workspace,
        community_id=community.id,
        number=number,
        due_at=due_at,
        started_at=now,
        ends_at=next_at,
        seed=seed_of(community.workspace, community.id, number),
        skipped=why,
    )
    session.add(this_round)
    session.flush()
    outbox.add(
        session,
        community.workspace,
        _skipped_key(this_round),
        MessageKind.ROUND_SKIPPED,
        subject=this_round.id,
        channel_id=community.channel_id,
        now=now,
        not_after=next_at,
    )


def leave_out(session: Session, community: Community, situation: Situation, row: Due, now: datetime) -> None:
    """Plan the next round after one that does not take place, and say so where somebody waits for it."""
    rhythm = Weekly.decode(row.cadence or "")
    if situation.outcome in {Outcome.TOO_FEW, Outcome.AWAY}:
        # Waiting one week is enough, whatever the community's rhythm.
        rhythm = replace(rhythm, every=1)
    next_at = rhythm.next_after(max(now, row.due_at), last=row.due_at)
    # There is one round for each moment. The row moves on all the same, or it would fail here for ever.
    is_held = rounds.find_round_due(session, row.workspace, community.id, row.due_at) is not None
    if due.advance(session, row, next_at) and not is_held and situation.outcome in {Outcome.LATE, Outcome.AWAY}:
        skip_round(session, community, situation.number, situation.outcome.value, row.due_at, next_at, now)


def take_promises_back(session: Session, community: Community, now: datetime) -> bool:
    """Let a channel not hear of a later moment for introductions that come now; True when it has heard, or may have."""
    left_out = rounds.list_left_out(session, community.workspace, community.id, now)
    keys = [_skipped_key(one) for one in left_out]
    for key in keys:
        outbox.withdraw(session, community.workspace, key)
    return any(outbox.find_message(session, community.workspace, key) is not None for key in keys)


def tell_channel(session: Session, community: Community, this_round: Round, now: datetime) -> None:
    """Tell a channel that the introductions go out after all, and when the next ones do."""
    tomorrow = local_day(now, community.zone) + timedelta(days=1)
    outbox.add(
        session,
        community.workspace,
        f"round-held:{this_round.id}",
        MessageKind.ROUND_HELD,
        subject=this_round.id,
        channel_id=community.channel_id,
        now=now,
        not_after=at_local(tomorrow, time(0, 0), community.zone),
    )


def _skipped_key(this_round: Round) -> str:
    return f"round-skipped:{this_round.id}"


def tell_facilitators(session: Session, this_round: Round, now: datetime) -> None:
    """Tell those who look after a community that not everybody is in a group."""
    community = rounds.get_community(session, this_round)
    for facilitator in communities.list_facilitators(session, community):
        outbox.add(
            session,
            community.workspace,
            f"round-incomplete:{this_round.id}:{facilitator}",
            MessageKind.ROUND_INCOMPLETE,
            subject=this_round.id,
            people=(facilitator,),
            now=now,
            not_after=now + timedelta(days=3),
        )
