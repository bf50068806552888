"""Goals: a person's own, private unless they say otherwise, at most three open at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.domain.cadence import at_local, local_day, weekday_in_week_of
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.goals import (
    CHECK_AT,
    LONGEST_PAUSE_DAYS,
    LONGEST_TIME,
    MAX_LINE,
    MOST_SHARED,
    OPEN_LIMIT,
    GoalCard,
    GoalForm,
    OthersGoal,
    Witness,
    WitnessSays,
    check_day,
    check_goal,
    check_length,
    check_witness,
    may_undo,
)
from bot.domain.identity import Actor, Profile, Tenant
from bot.domain.messages import MessageKind
from bot.domain.schedule import NOTE_WEEKDAY, DueKind
from bot.services.members.members import remember
from bot.services.overview.use_questions import plan_use
from storage import communities, due, goals, members, private_lists, seen
from storage.database import Database
from storage.goals import Goal
from storage.members import Person
from storage.outbox import outbox
from storage.privacy.vault import Vault


class GoalService:
    """What people want to be able to do. Nobody but the owner can change a goal, or read it unless the owner says so.

    Args:
        database: Where goals are kept.
        vault: Opens private lists, so that nobody is asked to be the witness of somebody they avoid.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def today(self, who: Actor, now: datetime) -> date:
        """Return the day it is for a person; in UTC for one whose zone the bot does not know yet."""
        with self._database.read() as session:
            return local_day(now, zone_of(session, who))

    def check_room(self, who: Actor) -> None:
        """Make sure that a person may set one more goal.

        Raises:
            UserError: Three are open.
        """
        with self._database.read() as session:
            _check_room(session, who)

    def set(
        self, who: Actor, form: GoalForm, profile: Profile, now: datetime, witness: Profile | None = None
    ) -> GoalCard:
        """Store a goal, once however often Slack delivers the form, and have its witness asked.

        Args:
            who: The owner.
            form: What was typed and chosen.
            profile: The owner's account.
            now: This moment, aware UTC.
            witness: The account of the person chosen as witness, as far as Slack knows it.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: Three goals are open, or this one was set and ended before the form was delivered again.
        """
        with self._database.write(who.workspace) as session:
            person = remember(session, who.tenant, profile, "UTC")
            due_on = _checked(session, person, form, witness, local_day(now, person.zone))
            if not seen.is_first_time(session, who, now):
                still_open = cards(goals.list_open_goals(session, who), person.zone)
                if not still_open:
                    raise UserError(Problem.GONE)
                return still_open[-1]
            _check_room(session, who, kept=form.title)
            goal = Goal(workspace=who.workspace, owner=who.user_id, set_at=now, **_typed(form), due_on=due_on)
            goal.check_on = check_day(local_day(now, person.zone), goal.check_weeks)
            session.add(goal)
            plan_checks(session, person, now)
            session.flush()
            self._choose_witness(session, who.tenant, goal, witness, now)
            return cards(goals.list_open_goals(session, who), person.zone)[-1]

    def change(
        self,
        who: Actor,
        goal_id: int,
        form: GoalForm,
        profile: Profile,
        now: datetime,
        witness: Profile | None = None,
    ) -> GoalCard:
        """Change an open goal; a witness chosen now is asked, one who was chosen before stays as they said.

        Raises:
            FormError: A field cannot be taken as it is.
            UserError: It is not an open goal of this person.
        """
        with self._database.write(who.workspace) as session:
            goal = own_open_goal(session, who, goal_id)
            person = remember(session, who.tenant, profile, "UTC")
            due_on = _checked(session, person, form, witness, local_day(now, person.zone), kept=goal.witness)
            if form.check_weeks != goal.check_weeks:
                goal.check_on = check_day(local_day(now, person.zone), form.check_weeks)
            goal.sqlmodel_update({**_typed(form), "due_on": due_on})
            session.add(goal)
            plan_checks(session, person, now)
            if goal.witness != form.witness:
                self._choose_witness(session, who.tenant, goal, witness if form.witness else None, now)
            return card_of(session, who, goal)

    def get(self, who: Actor, goal_id: int) -> GoalCard:
        """Return an open goal to its owner. Raises UserError when it is not an open goal of this person."""
        with self._database.read() as session:
            return card_of(session, who, own_open_goal(session, who, goal_id))

    def open(self, who: Actor) -> list[GoalCard]:
        """List a person's open goals, oldest first."""
        with self._database.read() as session:
            return open_goals(session, who)

    def shared(self, who: Actor, channel_id: str) -> list[OthersGoal]:
        """List what others in a channel's community share with it, newest first; nothing where there is none."""
        with self._database.read() as session:
            community = communities.find_community_of_channel(session, who.workspace, channel_id)
            if community is None:
                return []
            others = [
                person.user_id
                for person in members.list_participants(session, community)
                if person.user_id != who.user_id
            ]
            return [others_goal(goal) for goal in goals.list_shared(session, who.workspace, others, MOST_SHARED)]

    def done(self, who: Actor, goal_id: int, now: datetime) -> GoalCard:
        """Close a goal as reached. Raises UserError when it is not an open goal of this person."""
        return self._end(who, goal_id, now, is_done=True)

    def drop(self, who: Actor, goal_id: int, now: datetime) -> GoalCard:
        """Close a goal without having reached it. Raises UserError as `done` does."""
        return self._end(who, goal_id, now, is_done=False)

    def reopen(self, who: Actor, goal_id: int, now: datetime) -> GoalCard:
        """Open a goal again that was ended within the last ten minutes; one that is open stays so.

        Raises:
            UserError: It is no goal of this person, was ended earlier, or three others are open.
        """
        with self._database.write(who.workspace) as session:
            goal = own_goal(session, who, goal_id)
            ended_at = goal.done_at or goal.dropped_at
            if ended_at is not None:
                if not may_undo(ended_at, now):
                    raise UserError(Problem.GONE)
                _check_room(session, who)
                goal.done_at = goal.dropped_at = None
                session.add(goal)
                _plan_for(session, goal, now)
            return card_of(session, who, goal)

    def ended(self, who: Actor, goal_id: int) -> GoalCard:
        """Return a goal to its owner that is done or dropped. Raises UserError for every other."""
        with self._database.read() as session:
            return card_of(session, who, _own_ended(session, who, goal_id))

    def keep_line(self, who: Actor, goal_id: int, line: str) -> GoalCard:
        """Keep a line with a goal that is done or dropped: what made it work, what trying taught; empty for none.

        Raises:
            FormError: The line is too long.
            UserError: It is no ended goal of this person.
        """
        if trouble := check_length(line, 0, MAX_LINE, Problem.TOO_LONG):
            raise FormError({"line": trouble})
        with self._database.write(who.workspace) as session:
            goal = _own_ended(session, who, goal_id)
            goal.line = line.strip()
            session.add(goal)
            return card_of(session, who, goal)

    def _end(self, who: Actor, goal_id: int, now: datetime, *, is_done: bool) -> GoalCard:
        with self._database.write(who.workspace) as session:
            goal = own_goal(session, who, goal_id)
            # A second click finds the goal closed in the same way, and hears the same again.
            if goal.is_open:
                if is_done:
                    goal.done_at = now
                else:
                    goal.dropped_at = now
                session.add(goal)
                _plan_for(session, goal, now)
            elif (goal.done_at if is_done else goal.dropped_at) is None:
                raise UserError(Problem.NO_SUCH_GOAL)
            return card_of(session, who, goal)

    def has_open(self, who: Actor) -> bool:
        """Tell whether a person has an open goal."""
        with self._database.read() as session:
            return goals.count_open_goals(session, who) > 0

    def move_along(self, who: Actor, days: int, now: datetime) -> int:
        """Move the days of a person's open goals, and of their next check-ins, later by a pause; return how many.

        Nothing is due later than 26 weeks from today. Done twice in a row by one act, it is done once.

        Raises:
            UserError: No pause is that long.
        """
        if not 1 <= days <= LONGEST_PAUSE_DAYS:
            raise UserError(Problem.GONE)
        with self._database.write(who.workspace) as session:
            if not seen.is_first_time(session, who, now):
                return 0
            later, latest = timedelta(days=days), local_day(now, zone_of(session, who)) + LONGEST_TIME
            own = goals.list_open_goals(session, who)
            for goal in own:
                goal.due_on = max(goal.due_on, min(goal.due_on + later, latest))
                if goal.check_on is not None:
                    goal.check_on += later
                session.add(goal)
            return len(own)

    def _choose_witness(
        self, session: Session, tenant: Tenant, goal: Goal, witness: Profile | None, now: datetime
    ) -> None:
        """Let somebody, or nobody, be the witness of a goal, and have them asked."""
        goal.witness = witness.user_id if witness else ""
        goal.witness_says = WitnessSays.ASKED if witness else WitnessSays.NOTHING
        session.add(goal)
        if witness is None:
            return
        blocked = private_lists.find_blocked(session, self._vault, tenant.key, witness.user_id)
        if blocked is None or goal.owner in blocked:
            # A person who wants nothing to do with the owner is not asked, and the owner never learns why.
            return
        window = remember(session, tenant, witness, "UTC").window
        outbox.add(
            session,
            tenant.key,
            # Somebody who is taken out and chosen again hears of it once a day at most.
            f"witness-asked:{goal.id}:{witness.user_id}:{now:%Y-%m-%d}",
            MessageKind.WITNESS_ASKED,
            subject=goal.id,
            about=goal.owner,
            people=(witness.user_id,),
            now=now,
            not_before=window.next_opening(now),
        )


def plan_checks(session: Session, person: Person, now: datetime) -> None:
    """Plan when a person's goals are to be asked about next: on a morning before the weekly note, or never."""
    session.flush()
    days = [
        goal.check_on for goal in goals.list_open_goals_of(session, person.workspace, person.user_id) if goal.check_on
    ]
    if not days:
        due.clear_due(session, person.workspace, DueKind.GOAL_CHECK, person.user_id)
        return
    day, today = min(days), local_day(now, person.zone)
    if at_local(day, CHECK_AT, person.zone) <= now:
        # It waits already; the next note that it can still be in is that of this week or of the next.
        day = weekday_in_week_of(today, NOTE_WEEKDAY)
        if at_local(day, CHECK_AT, person.zone) <= now:
            day += timedelta(weeks=1)
    due.set_due(session, person.workspace, DueKind.GOAL_CHECK, person.user_id, at_local(day, CHECK_AT, person.zone))


def _plan_for(session: Session, goal: Goal, now: datetime) -> None:
    person = members.find_person(session, goal.workspace, goal.owner)
    if person is not None:
        plan_checks(session, person, now)
        plan_use(session, person, now)


def zone_of(session: Session, who: Actor) -> str:
    """Return a person's zone; UTC for somebody the bot has not met."""
    person = members.find_person(session, who.workspace, who.user_id)
    return person.zone if person else "UTC"


def open_goals(session: Session, who: Actor) -> list[GoalCard]:
    """Return a person's open goals, oldest first."""
    return cards(goals.list_open_goals(session, who), zone_of(session, who))


def others_goal(goal: Goal) -> OthersGoal:
    """Return what those may know of a goal whom its owner lets know it."""
    return OthersGoal(goal.owner, goal.title, goal.due_on, goal.evidence, goal.witness_says == WitnessSays.YES)


def own_open_goal(session: Session, who: Actor, goal_id: int) -> Goal:
    """Return an open goal to its owner. Raises UserError for every other."""
    goal = own_goal(session, who, goal_id)
    if not goal.is_open:
        raise UserError(Problem.NO_SUCH_GOAL)
    return goal


def own_goal(session: Session, who: Actor, goal_id: int) -> Goal:
    """Return a goal to its owner, open or not. Raises UserError for every other."""
    try:
        return goals.get_goal(session, who, goal_id)
    except LookupError:
        raise UserError(Problem.NO_SUCH_GOAL) from None


def _own_ended(session: Session, who: Actor, goal_id: int) -> Goal:
    goal = own_goal(session, who, goal_id)
    if goal.is_open:
        raise UserError(Problem.GONE)
    return goal


def _check_room(session: Session, who: Actor, kept: str = "") -> None:
    if goals.count_open_goals(session, who) >= OPEN_LIMIT:
        raise UserError(Problem.TOO_MANY_GOALS, kept=kept)


def _checked(
    session: Session, owner: Person, form: GoalForm, profile: Profile | None, today: date, kept: str = ""
) -> date:
    """Return the day a goal is due; raises FormError when a field cannot be taken as it is.

    `kept` is the witness it has already, who need not fit once more.
    """
    troubles = check_goal(form, today)
    known = members.find_person(session, owner.workspace, form.witness)
    is_kept = form.witness == kept
    witness = Witness(
        form.witness,
        can_take_part=is_kept or (profile is not None and profile.can_take_part),
        is_manager=owner.manager == form.witness,
        refuses=not is_kept and known is not None and not known.witness_ok,
    )
    if trouble := check_witness(form, owner.user_id, witness if form.witness else None):
        troubles["witness"] = trouble
    due_on = form.due_from(today)
    if troubles or due_on is None:
        raise FormError(troubles)
    return due_on


def _typed(form: GoalForm) -> dict[str, Any]:
    return {
        "title": form.title.strip(),
        "evidence": form.evidence.strip(),
        "plan": form.plan.strip(),
        "why": form.why.strip(),
        "visibility": form.visibility,
        "check_weeks": form.check_weeks,
    }


def card_of(session: Session, who: Actor, goal: Goal) -> GoalCard:
    """Return a goal as its owner sees it, with its number among those that are open."""
    session.flush()
    open_ids = [one.id for one in goals.list_open_goals(session, who)]
    number = open_ids.index(goal.id) + 1 if goal.id in open_ids else 0
    return _card(goal, number, zone_of(session, who))


def cards(rows: Sequence[Goal], zone: str) -> list[GoalCard]:
    """Return open goals as their owner sees them, numbered from 1; `zone` is the owner's."""
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
        why=goal.why,
        visibility=goal.visibility,
        witness=goal.witness,
        # An account that was erased is no witness any more.
        witness_says=goal.witness_says if goal.witness else WitnessSays.NOTHING,
        check_weeks=goal.check_weeks,
        line=goal.line,
        is_done=goal.done_at is not None,
    )
