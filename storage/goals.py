"""Learning goals; every query asks for the owner, since nobody else may read them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, col, func, select

from bot.domain.identity import Actor
from storage.bulk import batches
from storage.columns import UtcDateTime


class Goal(SQLModel, table=True):
    """What somebody wants to be able to do; open until it is done or dropped."""

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    owner: str = Field(index=True)
    title: str
    evidence: str
    due_on: date
    plan: str
    why: str
    set_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dropped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def get_goal(session: Session, owner: Actor, goal_id: int) -> Goal:
    """Return one of a person's own goals; raises LookupError for anybody else's."""
    found = session.get(Goal, goal_id)
    if found is None or (found.workspace, found.owner) != (owner.workspace, owner.user_id):
        raise LookupError(f"goal {goal_id}")
    return found


def list_open_goals(session: Session, owner: Actor) -> Sequence[Goal]:
    """List a person's open goals in the order in which they were set."""
    query = (
        select(Goal)
        .where(
            Goal.workspace == owner.workspace,
            Goal.owner == owner.user_id,
            col(Goal.done_at).is_(None),
            col(Goal.dropped_at).is_(None),
        )
        .order_by(col(Goal.id))
    )
    return session.exec(query).all()


def list_owners(session: Session, workspace: str, user_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these people have an open goal; what it is stays with them."""
    query = select(Goal.owner).where(
        Goal.workspace == workspace,
        col(Goal.done_at).is_(None),
        col(Goal.dropped_at).is_(None),
    )
    return frozenset(
        owner for some in batches(user_ids) for owner in session.exec(query.where(col(Goal.owner).in_(some)))
    )


def count_open_goals(session: Session, owner: Actor) -> int:
    """Count a person's open goals."""
    query = (
        select(func.count())
        .select_from(Goal)
        .where(
            Goal.workspace == owner.workspace,
            Goal.owner == owner.user_id,
            col(Goal.done_at).is_(None),
            col(Goal.dropped_at).is_(None),
        )
    )
    return session.exec(query).one()
