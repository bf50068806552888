"""Goals: a person's own, private, at most three open at once."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from bot.domain.cadence import local_day
from bot.domain.goals import OPEN_LIMIT, GoalCard, GoalForm, check_goal
from bot.domain.identity import Actor, Profile
from bot.errors import FormError, Problem, UserError
from bot.services.members import remember
from storage import goals, members, seen
from storage.database import Database
from storage.goals import Goal


class GoalService:
    """What people want to be able to do. Nobody but the owner can read or change a goal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def today(self, who: Actor, now: datetime) -> date:
        """Return the day it is for a person; in UTC for one whose zone the bot does not know yet."""
        with self._database.read() as session:
            return local_day(now, _zone(session, who))

    def check_room(self, who: Actor) -> None:
        """Make sure that a person may set one more goal.

        Raises:
            UserError: Three are open.
        """
        with self._database.read() as session:
            if goals.count_open_goals(session, who) >= OPEN_LIMIT:
                raise UserError(Problem.TOO_MANY_GOALS)

    def set(self, who: Actor, form: GoalForm, profile: Profile, now: datetime) -> GoalCard:
        """Store a goal, once however often Slack delivers the form.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: Three goals are open.
        """
        with self._database.write(who.workspace) as session:
            zone = remember(session, who.tenant, profile, "UTC").zone
            troubles = check_goal(form, local_day(now, zone))
            if troubles or form.due_on is None:
                raise FormError(troubles)
            if not seen.is_first_time(session, who, now):
                return _cards(goals.list_open_goals(session, who), zone)[-1]
            if goals.count_open_goals(session, who) >= OPEN_LIMIT:
                raise UserError(Problem.TOO_MANY_GOALS, kept=form.title)
            session.add(
                Goal(
                    workspace=who.workspace,
                    owner=who.user_id,
                    title=form.title.strip(),
                    evidence=form.evidence.strip(),
                    due_on=form.due_on,
                    plan=form.plan.strip(),
                    why=form.why.strip(),
                    set_at=now,
                )
            )
            session.flush()
            return _cards(goals.list_open_goals(session, who), zone)[-1]

    def open(self, who: Actor) -> list[GoalCard]:
        """List a person's open goals, oldest first."""
        with self._database.read() as session:
            return _cards(goals.list_open_goals(session, who), _zone(session, who))

    def done(self, who: Actor, goal_id: int, now: datetime) -> GoalCard:
        """Close a goal as reached. Raises UserError when it is not an open goal of this person."""
        return self._end(who, goal_id, done_at=now)

    def drop(self, who: Actor, goal_id: int, now: datetime) -> GoalCard:
        """Close a goal without having reached it. Raises UserError as `done` does."""
        return self._end(who, goal_id, dropped_at=now)

    def _end(self, who: Actor, goal_id: int, **ended: datetime) -> GoalCard:
        with self._database.write(who.workspace) as session:
            try:
                goal = goals.get_goal(session, who, goal_id)
            except LookupError:
                raise UserError(Problem.NO_SUCH_GOAL) from None
            # A second click finds the goal closed in the same way, and hears the same again.
            if goal.done_at is None and goal.dropped_at is None:
                for name, moment in ended.items():
                    setattr(goal, name, moment)
                session.add(goal)
            elif any(getattr(goal, name) is None for name in ended):
                raise UserError(Problem.NO_SUCH_GOAL)
            return _card(goal, 0, _zone(session, who))


def _zone(session: Session, who: Actor) -> str:
    person = members.find_person(session, who.workspace, who.user_id)
    return person.zone if person else "UTC"


def _cards(rows: Sequence[Goal], zone: str) -> list[GoalCard]:
    return [_card(goal, number, zone) for number, goal in enumerate(rows, start=1)]


def _card(goal: Goal, number: int, zone: str) -> GoalCard:
    return GoalCard(
        goal_id=goal.id,
        number=number,
        title=goal.title,
        evidence=goal.evidence,
        due_on=goal.due_on,
        plan=goal.plan,
        set_on=local_day(goal.set_at, zone),
    )
