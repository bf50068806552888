"""Signs of life: who did anything at all lately; nobody learns what, and nothing of it is kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from bot.domain.settings import PACES
from storage.check_ins import CheckIn
from storage.goals import Goal, GoalCheck
from storage.kudos import Kudos, KudosMeToo
from storage.members import Membership, Person
from storage.notes import LearningNote
from storage.offers import Topic
from storage.prompts import PromptTap
from storage.requests import Request
from storage.rounds import Group, Round, Seat, SeatState
from storage.uses import UseCheck


def list_silent(session: Session, workspace: str, community_id: int, rounds: int, now: datetime) -> frozenset[str]:
    """Return who was in a group in each of their own last rounds, all over now, and gave no sign since the first.

    Whose pace leaves rounds out is looked at over as many more of the community's rounds. Where a group found a time,
    all of it gave a sign. Nobody is silent before there were so many rounds.
    """
    last = session.exec(
        select(Round)
        .where(Round.workspace == workspace, Round.community_id == community_id, Round.skipped == "")
        .order_by(col(Round.number).desc())
        .limit(rounds * max(PACES))
    ).all()
    if len(last) < rounds or last[0].ends_at > now:
        return frozenset()
    return frozenset().union(*(_list_silent_at(session, pace, last[: rounds * pace], rounds) for pace in PACES))


def _list_silent_at(session: Session, pace: int, last: Sequence[Round], rounds: int) -> frozenset[str]:
    """Return whoever's own pace is this and who was silent over these rounds, newest first, in so many of them."""
    workspace, ids = last[0].workspace, [one.id for one in last]
    in_all = (
        select(Seat.user_id)
        .join(Person, (col(Person.workspace) == col(Seat.workspace)) & (col(Person.user_id) == col(Seat.user_id)))
        .where(
            Seat.workspace == workspace,
            col(Seat.round_id).in_(ids),
            Seat.state == SeatState.SEATED,
            Person.pace == pace,
        )
        .group_by(col(Seat.user_id))
        .having(func.count() >= rounds)
    )
    seated = frozenset(session.exec(in_all).all())
    if not seated:
        return seated
    booked = (
        select(Seat.user_id)
        .join(Group, col(Group.id) == col(Seat.group_id))
        .where(Seat.workspace == workspace, col(Seat.round_id).in_(ids), col(Group.booked_at).is_not(None))
    )
    with_a_time: Sequence[str] = session.exec(booked).all()
    return seated - frozenset(with_a_time) - _list_acting(session, workspace, last[-1].started_at)


def _list_acting(session: Session, workspace: str, since: datetime) -> frozenset[str]:
    acts = (
        (CheckIn.user_id, CheckIn.workspace, CheckIn.answered_at),
        (PromptTap.user_id, PromptTap.workspace, PromptTap.tapped_at),
        (Kudos.giver, Kudos.workspace, Kudos.given_at),
        (KudosMeToo.user_id, KudosMeToo.workspace, KudosMeToo.tapped_at),
        (Topic.user_id, Topic.workspace, Topic.said_at),
        (Goal.owner, Goal.workspace, Goal.set_at),
        (Request.asker, Request.workspace, Request.asked_at),
        (LearningNote.owner, LearningNote.workspace, LearningNote.noted_at),
        (UseCheck.owner, UseCheck.workspace, UseCheck.answered_at),
        (Membership.user_id, Membership.workspace, Membership.changed_at),
    )
    found: set[str] = set()
    for who, where, at in acts:
        found.update(session.exec(select(who).where(where == workspace, col(at) >= since).distinct()))
    checked = (
        select(Goal.owner)
        .join(GoalCheck, col(GoalCheck.goal_id) == col(Goal.id))
        .where(Goal.workspace == workspace, col(GoalCheck.answered_at) >= since)
    )
    found.update(session.exec(checked))
    return frozenset(found)
