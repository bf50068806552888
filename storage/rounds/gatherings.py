"""A group with all that belongs to it, in few statements: what is asked for every introduction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.domain.offers import TopicKind
from storage.columns import UtcDateTime
from storage.communities import Community
from storage.offers import Topic
from storage.rounds.rounds import Group, Lesson, Round, Seat, SeatState


@dataclass(frozen=True, slots=True)
class Gathering:
    """A group in its round and its community, and the seats of those who still stand in it, in the order of their ids.

    While it is held, asking the same transaction for one of them again needs no statement.
    """

    group: Group
    its_round: Round
    community: Community | None
    seats: tuple[Seat, ...]


_GATHERING: Final = (
    select(Group, Round, Community, Seat)
    .join(Round, col(Round.id) == col(Group.round_id))
    .outerjoin(Community, col(Community.id) == col(Round.community_id))
    .outerjoin(Seat, and_(col(Seat.group_id) == col(Group.id), col(Seat.state) == SeatState.SEATED))
    .where(col(Group.id) == bindparam("group_id"), col(Group.workspace) == bindparam("of_workspace"))
)


def get_gathering(session: Session, workspace: str, group_id: int) -> Gathering:
    """Return a group with its round, its community and its people; raises LookupError as `get_group` does."""
    rows: Any = session.exec(_GATHERING, params={"group_id": group_id, "of_workspace": workspace}).all()
    if not rows:
        raise LookupError(f"group {group_id}")
    group, its_round, community, _ = rows[0]
    seats = [seat for *_, seat in rows if seat is not None]
    return Gathering(group, its_round, community, tuple(sorted(seats, key=lambda seat: seat.user_id)))


_OFFER: Final = aliased(Topic)
_WANT: Final = aliased(Topic)
_LESSONS_THAT_HOLD: Final = (
    select(Lesson, _OFFER.topic)
    .join(
        _OFFER,
        and_(
            col(_OFFER.workspace) == col(Lesson.workspace),
            col(_OFFER.user_id) == col(Lesson.teacher),
            col(_OFFER.kind) == TopicKind.OFFER,
            col(_OFFER.key) == col(Lesson.topic),
            col(_OFFER.said_at) >= bindparam("since", type_=UtcDateTime),
        ),
    )
    .join(
        _WANT,
        and_(
            col(_WANT.workspace) == col(Lesson.workspace),
            col(_WANT.user_id) == col(Lesson.learner),
            col(_WANT.kind) == TopicKind.WANT,
            col(_WANT.key) == col(Lesson.topic),
            col(_WANT.said_at) >= bindparam("since", type_=UtcDateTime),
        ),
    )
    .where(col(Lesson.group_id) == bindparam("group_id"))
    .order_by(col(Lesson.id))
)


def list_lessons_that_hold(session: Session, group: Group, since: datetime) -> Sequence[tuple[Lesson, str]]:
    """List the lessons of a group that are still offered and wanted, each in the teacher's own words.

    Args:
        session: The transaction.
        group: The group.
        since: What was last said before this moment is over.
    """
    return session.exec(_LESSONS_THAT_HOLD, params={"group_id": group.id, "since": since}).all()
