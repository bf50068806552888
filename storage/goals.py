"""Learning goals; every query asks for the owner, or for what the owner lets others read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Field, Index, Session, UniqueConstraint, col, func, select

from bot.domain.goals import Visibility, WitnessSays
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from storage.bulk import batches
from storage.columns import UtcDateTime, WordOf
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class Goal(Table, table=True):
    """What somebody wants to be able to do; open until it is done or dropped.

    `witness` is whom the owner has chosen and `witness_says` what came of it; only after a yes may that person
    read the goal. `check_weeks` lie between two check-ins, 0 means that none are wanted; from `check_on` on,
    in the owner's zone, the next one is due. `line` is what the owner kept at the end.
    """

    __table_args__ = (Index("ix_goal_person", "workspace", "owner"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str
    owner: str
    title: str
    evidence: str
    due_on: date
    plan: str
    why: str
    set_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dropped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    visibility: Visibility = Field(default=Visibility.ME, sa_type=WordOf(Visibility))
    witness: str = ""
    witness_says: WitnessSays = Field(default=WitnessSays.NOTHING, sa_type=WordOf(WitnessSays))
    check_weeks: int = 0
    check_on: date | None = None
    line: str = ""

    privacy = Entry(
        # Whom others asked to be their witness is what they did, and stays with them.
        people={"owner": Fate.REMOVED, "witness": Fate.EMPTIED},
        words=("title", "evidence", "plan", "why", "line"),
        codes=("visibility", "witness_says"),
        told=("owner",),
        signs={"set_at": "owner", "done_at": "owner", "dropped_at": "owner"},
    )

    @property
    def is_open(self) -> bool:
        """Tell whether it is neither done nor dropped."""
        return self.done_at is None and self.dropped_at is None


class GoalCheck(Table, table=True):
    """One check-in on a goal: asked once, with one answer, which may change; empty while there is none.

    `line` is for the owner alone, `question` is what they had posted with their name when they were stuck.
    """

    __table_args__ = (UniqueConstraint("goal_id", "asked_on"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str
    goal_id: int = Field(foreign_key="goal.id")
    asked_on: date
    answer: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    line: str = ""
    question: str = ""

    privacy = Entry(
        words=("line", "question"),
        codes=("answer",),
        part_of="goal_id",
        follows={"goal_id": ("title",)},
        signs={"answered_at": "owner"},
    )


_OPEN = (col(Goal.done_at).is_(None), col(Goal.dropped_at).is_(None))


def get_goal(session: Session, owner: Actor, goal_id: int) -> Goal:
    """Return one of a person's own goals; raises LookupError for anybody else's."""
    found = session.get(Goal, goal_id)
    if found is None or (found.workspace, found.owner) != (owner.workspace, owner.user_id):
        raise LookupError(f"goal {goal_id}")
    return found


def get_witnessed(session: Session, workspace: str, witness: str, goal_id: int) -> Goal:
    """Return a goal to the person whom its owner has chosen as witness; raises LookupError for everybody else."""
    found = session.get(Goal, goal_id)
    if found is None or (found.workspace, found.witness) != (workspace, witness):
        raise LookupError(f"goal {goal_id}")
    return found


def find_goal(session: Session, workspace: str, goal_id: int) -> Goal | None:
    """Return a goal of a workspace for a message that was queued about it, or None."""
    found = session.get(Goal, goal_id)
    return found if found is not None and found.workspace == workspace else None


def list_open_goals(session: Session, owner: Actor) -> Sequence[Goal]:
    """List a person's open goals in the order in which they were set."""
    return list_open_goals_of(session, owner.workspace, owner.user_id)


def list_open_goals_of(session: Session, workspace: str, owner: str) -> Sequence[Goal]:
    """List the open goals of an owner who is not acting right now, in the order in which they were set."""
    query = select(Goal).where(Goal.workspace == workspace, Goal.owner == owner, *_OPEN)
    return session.exec(query.order_by(col(Goal.id))).all()


def list_shared(session: Session, workspace: str, owners: Sequence[str], limit: int) -> list[Goal]:
    """List the open goals of these people that they share with their communities, newest first."""
    query = select(Goal).where(Goal.workspace == workspace, Goal.visibility == Visibility.COMMUNITY, *_OPEN)
    found = [goal for some in batches(owners) for goal in session.exec(query.where(col(Goal.owner).in_(some))).all()]
    return sorted(found, key=lambda goal: goal.id, reverse=True)[:limit]


def list_owners(session: Session, workspace: str, user_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these people have an open goal; what it is stays with them."""
    query = select(Goal.owner).where(Goal.workspace == workspace, *_OPEN)
    return frozenset(
        owner for some in batches(user_ids) for owner in session.exec(query.where(col(Goal.owner).in_(some)))
    )


@dataclass(frozen=True, slots=True)
class CallForHelp:
    """A question that somebody who was stuck had posted: who asked, and where, or who else read it."""

    asker: str
    channel_id: str
    readers: frozenset[str]


def list_calls_for_help(session: Session, workspace: str, since: datetime) -> Sequence[CallForHelp]:
    """List the questions posted since a moment about goals that are still open."""
    query = (
        select(Goal.owner, OutboxMessage.channel_id, OutboxMessage.people)
        .join(GoalCheck, col(GoalCheck.goal_id) == col(Goal.id))
        .join(OutboxMessage, col(OutboxMessage.subject) == col(GoalCheck.id))
        .where(
            Goal.workspace == workspace,
            *_OPEN,
            OutboxMessage.workspace == workspace,
            OutboxMessage.kind == MessageKind.GOAL_HELP,
            OutboxMessage.state == OutboxState.SENT,
            col(OutboxMessage.sent_at) >= since,
        )
    )
    return [CallForHelp(owner, channel, frozenset(people.split())) for owner, channel, people in session.exec(query)]


def count_open_goals(session: Session, owner: Actor) -> int:
    """Count a person's open goals."""
    query = (
        select(func.count())
        .select_from(Goal)
        .where(Goal.workspace == owner.workspace, Goal.owner == owner.user_id, *_OPEN)
    )
    return session.exec(query).one()


def list_done(session: Session, workspace: str, owner: str, since: datetime) -> Sequence[Goal]:
    """List the goals that an owner reached since a moment, in the order in which they were set."""
    query = select(Goal).where(Goal.workspace == workspace, Goal.owner == owner, col(Goal.done_at) >= since)
    return session.exec(query.order_by(col(Goal.id))).all()


def find_check(session: Session, goal: Goal, asked_on: date) -> GoalCheck | None:
    """Return the check-in on a goal that became due on a day, or None."""
    query = select(GoalCheck).where(
        GoalCheck.workspace == goal.workspace, GoalCheck.goal_id == goal.id, GoalCheck.asked_on == asked_on
    )
    return session.exec(query).first()


def find_check_with_goal(session: Session, workspace: str, check_id: int) -> tuple[Goal, GoalCheck] | None:
    """Return a check-in with its goal for a message that was queued about it, or None."""
    query = select(Goal, GoalCheck).where(
        GoalCheck.goal_id == Goal.id, GoalCheck.workspace == workspace, GoalCheck.id == check_id
    )
    return session.exec(query).first()


def find_open_check(session: Session, workspace: str, owner: str, since: date) -> tuple[Goal, GoalCheck] | None:
    """Return the newest check-in on an open goal of an owner, due since a day, if it has no answer yet."""
    query = (
        select(Goal, GoalCheck)
        .where(
            GoalCheck.goal_id == Goal.id,
            Goal.workspace == workspace,
            Goal.owner == owner,
            GoalCheck.asked_on >= since,
            *_OPEN,
        )
        .order_by(col(GoalCheck.asked_on).desc(), col(GoalCheck.id).desc())
    )
    found = session.exec(query).first()
    return None if found is None or found[1].answer else found


def list_last_checks(session: Session, goal: Goal, limit: int) -> Sequence[GoalCheck]:
    """List the check-ins on a goal, newest first."""
    query = select(GoalCheck).where(GoalCheck.workspace == goal.workspace, GoalCheck.goal_id == goal.id)
    return session.exec(query.order_by(col(GoalCheck.asked_on).desc()).limit(limit)).all()


def find_last_answer(session: Session, workspace: str, owner: str) -> datetime | None:
    """Return when an owner last answered a check-in on a goal, or None."""
    query = select(func.max(GoalCheck.answered_at)).where(
        GoalCheck.goal_id == Goal.id, Goal.workspace == workspace, Goal.owner == owner
    )
    return session.exec(query).first()
