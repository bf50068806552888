"""Check-ins on goals: one goal a week is asked about in its owner's weekly note, and help is got for it."""

from datetime import date, datetime

from sqlmodel import Session

from bot.domain.cadence import local_day
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.goals import (
    MAX_HELP,
    MAX_LINE,
    MIN_HELP,
    CheckRef,
    GoalAnswered,
    GoalHelp,
    Progress,
    check_day,
    check_length,
    weeks_until_next,
)
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.rounds import StillAsked
from bot.services.goals.goals import card_of, own_goal, plan_checks
from bot.services.members.members import is_available
from bot.services.members.peer_messages import peer_delivery_time
from bot.services.overview.note_times import next_note
from bot.services.overview.use_questions import plan_use
from bot.services.overview.weekly_note import still_asked
from bot.services.rounds.groups import introduction_key
from storage import communities, due, goals, members
from storage.database import Database
from storage.due import Due
from storage.goals import Goal, GoalCheck
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.rounds import rounds
from storage.rounds.rounds import SeatState


class GoalCheckService:
    """How goals go, by their owners' own word; nobody else hears of an answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, row: Due, now: datetime) -> None:
        """Handle that a person's goals are to be asked about: the one that waits longest goes into this week's note.

        Nobody is asked during a pause or while away; the goals wait.
        """
        with self._database.write(row.workspace) as session:
            if not due.advance(session, row, None):
                return
            person = members.find_person(session, row.workspace, row.subject)
            if person is None:
                return
            today = local_day(now, person.zone)
            waiting = [
                (goal.check_on, goal.id, goal)
                for goal in goals.list_open_goals_of(session, row.workspace, row.subject)
                if goal.check_on is not None and goal.check_on <= today
            ]
            if waiting and is_available(person, now):
                _, _, goal = min(waiting)
                next_note(session, person, now)
                _begin_check(session, goal, today)
            plan_checks(session, person, now)

    def answer(self, who: Actor, ref: CheckRef, progress: Progress, now: datetime) -> tuple[GoalAnswered, StillAsked]:
        """Store how a goal goes; there is one answer for each check-in, and a later one replaces it.

        Returns:
            What is in the check-in now, and what the person is still asked besides.

        Raises:
            UserError: It is no check-in on an open goal of this person, or there is a newer one.
        """
        with self._database.write(who.workspace) as session:
            goal, check = _own_check(session, who, ref)
            if not goal.is_open:
                raise UserError(Problem.NO_SUCH_GOAL)
            (newest,) = goals.list_last_checks(session, goal, 1)
            if newest.asked_on != check.asked_on:
                # What was true then says nothing of now.
                raise UserError(Problem.GONE)
            check.answer = progress
            check.answered_at = now
            session.add(check)
            person = members.find_person(session, who.workspace, who.user_id)
            if progress is Progress.DONE and person is not None:
                goal.done_at = now
                session.add(goal)
                plan_checks(session, person, now)
                plan_use(session, person, now)
            session.flush()
            also = still_asked(session, who.workspace, who.user_id, now)
            return _answered(session, who, goal, check, now), also

    def current(self, who: Actor, ref: CheckRef, now: datetime) -> GoalAnswered:
        """Return what a person answered about a goal. Raises UserError when there is no such check-in of theirs."""
        with self._database.read() as session:
            goal, check = _own_check(session, who, ref)
            return _answered(session, who, goal, check, now)

    def keep_line(self, who: Actor, ref: CheckRef, line: str, now: datetime) -> GoalAnswered:
        """Keep a line with an answer, for the person alone; empty for none.

        Raises:
            FormError: The line is too long.
            UserError: It is no check-in of this person.
        """
        if trouble := check_length(line, 0, MAX_LINE, Problem.TOO_LONG):
            raise FormError({"line": trouble})
        with self._database.write(who.workspace) as session:
            goal, check = _own_check(session, who, ref)
            check.line = line.strip()
            session.add(check)
            return _answered(session, who, goal, check, now)

    def ask_for_help(self, who: Actor, ref: CheckRef, channel_id: str, question: str, now: datetime) -> None:
        """Have a question of somebody who is stuck posted with their name, once for each place and check-in.

        Args:
            who: The owner of the goal.
            ref: Which check-in.
            channel_id: A community's channel; empty for the people met in this round.
            question: What shall be asked, in the person's own words.
            now: This moment, aware UTC.

        Raises:
            FormError: The question is too short or too long.
            UserError: It is no check-in of this person, or nobody can be asked there any more.
        """
        if trouble := check_length(question, MIN_HELP, MAX_HELP, Problem.QUESTION_SHORT):
            raise FormError({"question": trouble})
        with self._database.write(who.workspace) as session:
            _, check = _own_check(session, who, ref)
            can_ask = _help_for(session, who, now)
            if channel_id not in can_ask.channels if channel_id else not can_ask.buddies:
                raise UserError(Problem.GONE)
            check.question = question.strip()
            session.add(check)
            outbox.add(
                session,
                who.workspace,
                f"goal-help:{check.id}:{channel_id or 'buddy'}",
                MessageKind.GOAL_HELP,
                subject=check.id,
                about=who.user_id,
                people=() if channel_id else tuple(sorted((who.user_id, *can_ask.buddies))),
                channel_id=channel_id,
                now=now,
                not_before=peer_delivery_time(session, who.workspace, () if channel_id else can_ask.buddies, now),
            )


def _begin_check(session: Session, goal: Goal, today: date) -> None:
    before = [check.answer != "" for check in goals.list_last_checks(session, goal, 2)]
    session.add(GoalCheck(workspace=goal.workspace, goal_id=goal.id, asked_on=today))
    goal.check_on = check_day(today, weeks_until_next(goal.check_weeks, before))
    session.add(goal)


def _own_check(session: Session, who: Actor, ref: CheckRef) -> tuple[Goal, GoalCheck]:
    goal = own_goal(session, who, ref.goal_id)
    check = goals.find_check(session, goal, ref.asked_on)
    if check is None:
        raise UserError(Problem.GONE)
    return goal, check


def _answered(session: Session, who: Actor, goal: Goal, check: GoalCheck, now: datetime) -> GoalAnswered:
    return GoalAnswered(
        ref=CheckRef(goal.id, check.asked_on),
        goal=card_of(session, who, goal),
        progress=Progress(check.answer) if check.answer else None,
        line=check.line,
        question=check.question,
        help=_help_for(session, who, now),
        next_on=goal.check_on if goal.is_open else None,
    )


def _help_for(session: Session, who: Actor, now: datetime) -> GoalHelp:
    """Return who can be asked: the people of a running round whom the bot has introduced, and own communities."""
    buddies: tuple[str, ...] = ()
    for seat, _ in rounds.list_open_seats(session, who.workspace, who.user_id, now):
        if seat.state != SeatState.SEATED or seat.group_id is None:
            continue
        introduction = outbox.find_message(session, who.workspace, introduction_key(seat.group_id))
        if introduction is not None and introduction.state == OutboxState.SENT:
            group = rounds.get_group(session, who.workspace, seat.group_id)
            mates = [one.user_id for one in rounds.list_seats_of_group(session, group)]
            buddies = buddies or tuple(one for one in mates if one != who.user_id)
    own = [
        communities.get_community(session, who.workspace, row.community_id)
        for row in members.list_memberships(session, who.workspace, who.user_id)
    ]
    return GoalHelp(buddies, tuple(community.channel_id for community in own if community.asleep_at is None))
