"""What a person's weekly note asks: whether they met, how a goal goes, whether they used what they learned."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import local_day
from bot.domain.goals import CheckRef, GoalQuestion
from bot.domain.rounds import StillAsked
from bot.services.overview.use_questions import open_use_question
from bot.services.rounds.questions import open_questions
from storage import goals, members

# A note that was put off is sent on the Tuesday after; a week later there is another one.
ASKED_FOR: Final = timedelta(days=8)


def still_asked(session: Session, workspace: str, user_id: str, now: datetime) -> StillAsked:
    """Return everything that a person may be asked by now and has not answered."""
    return StillAsked(
        met=open_questions(session, workspace, user_id, now),
        goal=open_goal_question(session, workspace, user_id, now),
        used=open_use_question(session, workspace, user_id, now),
    )


def open_goal_question(session: Session, workspace: str, user_id: str, now: datetime) -> GoalQuestion | None:
    """Return the check-in that a person may be asked now and has not answered; the newest one alone."""
    person = members.find_person(session, workspace, user_id)
    if person is None:
        return None
    since = local_day(now, person.zone) - ASKED_FOR
    found = goals.find_open_check(session, workspace, user_id, since)
    if found is None:
        return None
    goal, check = found
    return GoalQuestion(CheckRef(goal.id, check.asked_on), goal.title, goal.due_on, goal.plan)
