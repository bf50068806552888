"""The check-in at a round's end: did you meet, was it worth it, what do you take away."""

from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import add_working_days, at_local
from bot.domain.errors import Problem, UserError
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.rounds import Answered, Met, Share, Worth, WouldHelp
from bot.services.members.peer_messages import peer_delivery_time
from bot.services.overview.use_questions import plan_use_of
from bot.services.overview.weekly_note import still_asked
from bot.services.rounds.groups import own_group, was_introduced, zone_of
from storage import members
from storage.database import Database
from storage.outbox import outbox
from storage.rounds import check_ins, rounds
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Group, SeatState

TAKEAWAY_LIMIT: Final = 200
ASK_AGAIN_WORKING_DAYS: Final = 3
# So long after a round, or after the day that was named for a meeting, other rounds have come since.
ANSWERED_FOR: Final = timedelta(weeks=2)


class CheckInService:
    """What people say about the groups they were in; everybody sees only their own answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answer(self, who: Actor, group_id: int, met: Met, now: datetime, meets_on: date | None = None) -> Answered:
        """Store whether somebody met their group; a later answer replaces an earlier one.

        Raises:
            UserError: The person was not in the group or has left it, its introduction never came, or it is too long
                ago.
        """
        with self._database.write(who.workspace) as session:
            group = own_group(session, who, group_id)
            check_in = check_ins.find_own(session, group.workspace, group.id, who.user_id)
            _require_open(session, who, group, check_in, now)
            if check_in is None:
                check_in = CheckIn(
                    workspace=who.workspace, group_id=group_id, user_id=who.user_id, met=met, answered_at=now
                )
            check_in.met = met
            check_in.meets_on = meets_on
            if meets_on is not None:
                self._ask_again(session, who, group, meets_on, now)
            return _stored(session, who, group, check_in, now)

    def current(self, who: Actor, group_id: int, now: datetime) -> Answered:
        """Return what a person has answered; raises UserError when there is nothing."""
        with self._database.read() as session:
            group = own_group(session, who, group_id)
            return _answered(session, who, group, _own_check_in(session, who, group), now)

    def rate(self, who: Actor, group_id: int, worth: Worth, now: datetime) -> Answered:
        """Store whether it was worth the time."""
        with self._database.write(who.workspace) as session:
            group = own_group(session, who, group_id)
            check_in = _own_open(session, who, group, now)
            check_in.worth = worth
            return _stored(session, who, group, check_in, now)

    def first_time(self, who: Actor, group_id: int, first: bool, now: datetime) -> Answered:  # noqa: FBT001 - a stored answer
        """Store whether it was the first time they talked."""
        with self._database.write(who.workspace) as session:
            group = own_group(session, who, group_id)
            check_in = _own_open(session, who, group, now)
            check_in.first_time = first
            return _stored(session, who, group, check_in, now)

    def would_help(self, who: Actor, group_id: int, what: WouldHelp, now: datetime) -> Answered:
        """Store what would have helped; only ever counted."""
        with self._database.write(who.workspace) as session:
            group = own_group(session, who, group_id)
            check_in = _own_open(session, who, group, now)
            check_in.would_help = what
            return _stored(session, who, group, check_in, now)

    def take_away(self, who: Actor, group_id: int, text: str, share: Share, now: datetime) -> Answered:
        """Store one line somebody takes away, and share it only where they said so.

        Raises:
            UserError: The line is empty or too long, the person was not in the group, or no channel is the group's.
        """
        line = text.strip()
        if not line:
            raise UserError(Problem.TAKEAWAY_EMPTY)
        if len(line) > TAKEAWAY_LIMIT:
            raise UserError(Problem.TOO_LONG, kept=line, length=str(len(line)), limit=str(TAKEAWAY_LIMIT))
        with self._database.write(who.workspace) as session:
            group = own_group(session, who, group_id)
            check_in = _own_open(session, who, group, now)
            check_in.takeaway = line
            check_in.takeaway_for = share
            session.add(check_in)
            plan_use_of(session, who, now)
            answered = _answered(session, who, group, check_in, now)
            if share == Share.CHANNEL and not answered.channel_id:
                raise UserError(Problem.GONE)
            if share != Share.PRIVATE:
                to_channel = share == Share.CHANNEL
                others = () if to_channel else answered.others
                outbox.add(
                    session,
                    who.workspace,
                    f"takeaway:{check_in.id}:{share}",
                    MessageKind.TAKEAWAY_SHARED,
                    subject=check_in.id,
                    about=who.user_id,
                    people=() if to_channel else tuple(sorted((who.user_id, *answered.others))),
                    channel_id=answered.channel_id if to_channel else "",
                    now=now,
                    not_before=peer_delivery_time(session, who.workspace, others, now),
                )
            return answered

    def _ask_again(self, session: Session, who: Actor, group: Group, meets_on: date, now: datetime) -> None:
        person = members.find_person(session, who.workspace, who.user_id)
        if person is None:
            return
        day = add_working_days(meets_on, ASK_AGAIN_WORKING_DAYS, person.window.days)
        last_day = add_working_days(day, ASK_AGAIN_WORKING_DAYS, person.window.days)
        key = f"met-later:{group.id}:{who.user_id}"
        not_before = at_local(day, person.note_at, person.zone)
        not_after = at_local(last_day, person.note_at, person.zone)
        # A person who gives another day before the question came is asked after that one.
        outbox.postpone(session, who.workspace, key, not_before, not_after)
        outbox.add(
            session,
            who.workspace,
            key,
            MessageKind.MET_LATER,
            subject=group.id,
            people=(who.user_id,),
            now=now,
            not_before=not_before,
            not_after=not_after,
        )


def _others(session: Session, who: Actor, group: Group) -> tuple[str, ...]:
    """Return who is in the group with a person now; everybody who was, when nobody is left."""
    seated = [seat.user_id for seat in rounds.list_seats_of_group(session, group)]
    here = tuple(one for one in seated if one != who.user_id)
    return here or tuple(one for one in rounds.list_introduced(session, group) if one != who.user_id)


def _require_open(session: Session, who: Actor, group: Group, check_in: CheckIn | None, now: datetime) -> None:
    """Make sure that a person can still say something about a group: an old message's button brings nothing back."""
    seat = rounds.find_seat(session, who.workspace, group.round_id, who.user_id)
    is_in = seat is not None and seat.group_id == group.id and seat.state == SeatState.SEATED
    its_round = rounds.get_round(session, who.workspace, group.round_id)
    ends_at = its_round.ends_at
    if check_in is not None and check_in.meets_on is not None:
        ends_at = max(ends_at, at_local(check_in.meets_on, time(0, 0), zone_of(session, its_round)))
    has_heard = check_in is not None or was_introduced(session, group)
    if not is_in or not has_heard or now >= ends_at + ANSWERED_FOR:
        raise UserError(Problem.GONE)


def _own_check_in(session: Session, who: Actor, group: Group) -> CheckIn:
    check_in = check_ins.find_own(session, group.workspace, group.id, who.user_id)
    if check_in is None:
        raise UserError(Problem.GONE)
    return check_in


def _own_open(session: Session, who: Actor, group: Group, now: datetime) -> CheckIn:
    check_in = _own_check_in(session, who, group)
    _require_open(session, who, group, check_in, now)
    return check_in


def _stored(session: Session, who: Actor, group: Group, check_in: CheckIn, now: datetime) -> Answered:
    session.add(check_in)
    session.flush()
    return _answered(session, who, group, check_in, now)


def _answered(session: Session, who: Actor, group: Group, check_in: CheckIn, now: datetime) -> Answered:
    community = rounds.find_community(session, rounds.get_round(session, who.workspace, group.round_id))
    return Answered(
        group_id=group.id,
        others=_others(session, who, group),
        channel_id=community.channel_id if community is not None else "",
        met=check_in.met,
        worth=check_in.worth,
        first_time=check_in.first_time,
        takeaway=check_in.takeaway or "",
        also=still_asked(session, who.workspace, who.user_id, now),
    )
