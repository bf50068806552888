"""A round that is still being stored: what is there of it, and whether it may become one that everybody sees."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, select

from storage.communities import Community
from storage.members import Membership, Part, Person
from storage.rounds.rounds import Group, Introduced, Lesson, Round, Seat
from storage.rounds.told import was_told

# The first moment that a row may have.
NEVER: Final = datetime(1980, 1, 1, tzinfo=UTC)


def add_unfinished(session: Session, workspace: str, community_id: int, seed: int) -> Round:
    """Add a round that is to be stored in pieces, and that nobody sees until it is whole."""
    row = Round(
        workspace=workspace,
        number=0,
        due_at=NEVER,
        started_at=NEVER,
        ends_at=NEVER,
        seed=seed,
        forming_for=community_id,
    )
    session.add(row)
    session.flush()
    return row


def find_unfinished(session: Session, workspace: str, community_id: int) -> Round | None:
    """Return the round that was begun to be stored for a community and is not whole, or None."""
    query = select(Round).where(Round.workspace == workspace, Round.forming_for == community_id)
    return session.exec(query).first()


def take_back(session: Session, unfinished: Round, limit: int) -> bool:
    """Remove some groups of a round that is not whole, and after the last of them the round; True when it is gone."""
    of_round = select(Group.id).where(Group.round_id == unfinished.id).limit(limit)
    groups = session.exec(of_round).all()
    for table in (Introduced, Lesson, Seat):
        session.exec(delete(table).where(col(table.group_id).in_(groups)))
    session.exec(delete(Group).where(col(Group.id).in_(groups)))
    if len(groups) == limit:
        return False
    session.exec(delete(Seat).where(col(Seat.round_id) == unfinished.id))
    session.delete(unfinished)
    return True


def list_no_longer_in(session: Session, this_round: Round, community: Community) -> Sequence[Seat]:
    """List the seats of those who may have left a community, paused or gone away; a second look is for the caller."""
    is_in = (
        select(Membership.id)
        .join(
            Person,
            (col(Person.workspace) == col(Membership.workspace)) & (col(Person.user_id) == col(Membership.user_id)),
        )
        .where(
            Membership.workspace == community.workspace,
            Membership.community_id == community.id,
            Membership.part == Part.IN,
            col(Membership.user_id) == col(Seat.user_id),
            col(Person.gone_at).is_(None),
            col(Person.is_guest).is_(False),
            col(Person.paused_until).is_(None),
            col(Person.away_until).is_(None),
        )
    )
    query = select(Seat).where(Seat.workspace == this_round.workspace, Seat.round_id == this_round.id, ~is_in.exists())
    return session.exec(query.order_by(col(Seat.id))).all()


def list_with_managers(session: Session, this_round: Round) -> Sequence[int]:
    """List the groups of a round in which somebody sits with the person whom they call their manager."""
    other = aliased(Seat)
    query = (
        select(Seat.group_id)
        .join(Person, (col(Person.workspace) == col(Seat.workspace)) & (col(Person.user_id) == col(Seat.user_id)))
        .join(other, (col(other.group_id) == col(Seat.group_id)) & (col(other.user_id) == col(Person.manager)))
        .where(Seat.workspace == this_round.workspace, Seat.round_id == this_round.id, Person.manager != "")
    )
    return sorted({group_id for group_id in session.exec(query) if group_id is not None})


def has_rival(session: Session, this_round: Round, since: datetime) -> bool:
    """Tell whether somebody in a group of a round came into one of another community that began since a moment."""
    others = session.exec(
        select(Round.id).where(
            Round.workspace == this_round.workspace,
            col(Round.community_id).is_not(None),
            col(Round.started_at) >= since,
            col(Round.id) != this_round.id,
        )
    ).all()
    own = aliased(Seat)
    is_here = select(own.id).where(
        own.round_id == this_round.id, own.user_id == col(Seat.user_id), col(own.group_id).is_not(None)
    )
    query = select(Seat.id).where(
        Seat.workspace == this_round.workspace,
        col(Seat.round_id).in_(others),
        was_told(Seat.group_id, this_round.workspace),
        is_here.exists(),
    )
    # Mostly no other round began in the same week.
    return bool(others) and session.exec(query.limit(1)).first() is not None
