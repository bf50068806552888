"""Witnesses of goals: asked first, told what a goal is only after a yes, free to say no at any time."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.errors import Problem, UserError
from bot.domain.goals import OthersGoal, WitnessSays
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.services.goals.goals import others_goal
from storage import goals
from storage.database import Database
from storage.goals import Goal
from storage.outbox import outbox


class WitnessService:
    """What those say who are asked to be a witness, and what owners tell them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def agree(self, who: Actor, goal_id: int, now: datetime) -> OthersGoal:
        """Make somebody who was asked the witness of a goal, and tell them what it is.

        Raises:
            UserError: Nobody asks this person about an open goal of that id any more.
        """
        with self._database.write(who.workspace) as session:
            goal = _asked(session, who, goal_id)
            if goal.witness_says != WitnessSays.YES:
                self._say(session, goal, WitnessSays.YES, now)
            return others_goal(goal)

    def decline(self, who: Actor, goal_id: int, now: datetime) -> OthersGoal:
        """Take somebody's no to the question; one who has said yes stays the witness.

        Raises:
            UserError: Nobody asks this person about an open goal of that id any more.
        """
        with self._database.write(who.workspace) as session:
            goal = _asked(session, who, goal_id)
            if goal.witness_says == WitnessSays.ASKED:
                self._say(session, goal, WitnessSays.NO, now)
            return others_goal(goal)

    def step_back(self, who: Actor, goal_id: int, now: datetime) -> OthersGoal:
        """Take somebody's no at any time, also after a yes.

        Raises:
            UserError: Nobody asks this person about an open goal of that id any more.
        """
        with self._database.write(who.workspace) as session:
            goal = _asked(session, who, goal_id)
            if goal.witness_says != WitnessSays.NO:
                self._say(session, goal, WitnessSays.NO, now)
            return others_goal(goal)

    def tell(self, who: Actor, goal_id: int, now: datetime) -> str:
        """Have the witness of a goal that is done told so by its owner, once; return the witness's id.

        Raises:
            UserError: It is no goal of this person that is done, or nobody agreed to be its witness.
        """
        with self._database.write(who.workspace) as session:
            try:
                goal = goals.get_goal(session, who, goal_id)
            except LookupError:
                raise UserError(Problem.NO_SUCH_GOAL) from None
            if goal.done_at is None or goal.witness_says != WitnessSays.YES:
                raise UserError(Problem.GONE)
            outbox.add(
                session,
                who.workspace,
                f"witness-told:{goal.id}",
                MessageKind.WITNESS_TOLD,
                subject=goal.id,
                about=goal.owner,
                people=(goal.witness,),
                now=now,
            )
            return goal.witness

    def _say(self, session: Session, goal: Goal, says: WitnessSays, now: datetime) -> None:
        goal.witness_says = says
        session.add(goal)
        outbox.add(
            session,
            goal.workspace,
            f"witness-says:{goal.id}:{goal.witness}:{says}",
            MessageKind.WITNESS_SAYS,
            subject=goal.id,
            about=goal.witness,
            people=(goal.owner,),
            now=now,
        )


def _asked(session: Session, who: Actor, goal_id: int) -> Goal:
    try:
        goal = goals.get_witnessed(session, who.workspace, who.user_id, goal_id)
    except LookupError:
        raise UserError(Problem.GONE) from None
    if not goal.is_open:
        raise UserError(Problem.GONE)
    return goal
