"""Steps on the groups of a round, each inside the caller's transaction: form, vacate, match again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import (
    Window,
    add_working_days,
    at_local,
    first_common_opening,
    iso_week,
    local_day,
    weekday_in_week_of,
)
from bot.domain.guides import GuideLibrary, choose_guides
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.rounds import GUIDES_REMEMBERED, CheckInQuestion
from bot.domain.schedule import MONDAY, NOTE_AT, NOTE_WEEKDAY
from bot.errors import Problem, UserError
from storage import communities, members, outbox, rounds
from storage.outbox import OutboxMessage, OutboxState
from storage.rounds import Group, Introduced, Round, Seat, SeatState

NOT_AGAIN_ROUNDS: Final = 8
SEARCH: Final = timedelta(days=7)
NOTE_KEPT_WORKING_DAYS: Final = 3


def form_groups(
    session: Session,
    this_round: Round,
    groups: Sequence[tuple[Sequence[members.Person], str]],
    guides: GuideLibrary,
    now: datetime,
) -> None:
    """Store groups, each of its people and its reason, with their introductions and notes."""
    recent = rounds.list_recent_guides(
        session, this_round.workspace, this_round.community_id, this_round.number - GUIDES_REMEMBERED
    )
    formed = []
    for people, reason in groups:
        ids = sorted(person.user_id for person in people)
        used = frozenset(guide for user_id in ids for guide in recent.get(user_id, ()))
        lot = f"{this_round.seed}:{' '.join(ids)}"
        chosen = choose_guides(guides, ("first", "reflect"), len(ids), used, lot)
        group = Group(
            workspace=this_round.workspace,
            round_id=this_round.id,
            reason=reason,
            guide_ids=" ".join(chosen),
            formed_at=now,
        )
        formed.append((group, sorted(people, key=lambda person: person.user_id)))
    session.add_all(group for group, _ in formed)
    session.flush()
    seats = {seat.user_id: seat for seat in rounds.list_seats(session, this_round)}
    for group, people in formed:
        _seat(session, this_round, group, [person.user_id for person in people], seats)
    session.flush()
    for group, people in formed:
        _queue_messages(session, this_round, group, people, now)


def _seat(session: Session, this_round: Round, group: Group, ids: Sequence[str], seats: Mapping[str, Seat]) -> None:
    for user_id in ids:
        seat = seats.get(user_id) or Seat(
            workspace=this_round.workspace, round_id=this_round.id, user_id=user_id, state=""
        )
        seat.group_id = group.id
        seat.state = SeatState.SEATED
        seat.in_trio = len(ids) > 2  # noqa: PLR2004 - three make a trio
        session.add(seat)
    for one, other in combinations(ids, 2):
        session.add(
            Introduced(
                workspace=this_round.workspace,
                community_id=this_round.community_id,
                round_id=this_round.id,
                group_id=group.id,
                user_a=one,
                user_b=other,
            )
        )


def introduction_key(group: Group) -> str:
    """Return the key of the message that introduces a group."""
    return f"intro:{group.id}"


def vacate(session: Session, seat: Seat, state: SeatState, now: datetime) -> None:
    """Take a person out of their group and tell those who stay, once and without a reason."""
    group_id = seat.group_id
    was_seated = seat.state == SeatState.SEATED
    seat.state = state
    session.add(seat)
    session.flush()
    if group_id is None or not was_seated:
        return
    group = rounds.get_group(session, seat.workspace, group_id)
    staying = rounds.list_seats_of_group(session, group)
    if len(staying) > 1 and outbox.readdress(
        session, seat.workspace, introduction_key(group), [one.user_id for one in staying]
    ):
        # Nobody has been told of this group yet, so the others are introduced as if it had always been theirs.
        return
    for stays in staying:
        person = members.find_person(session, seat.workspace, stays.user_id)
        window = Window(zone=person.zone) if person else None
        outbox.add(
            session,
            seat.workspace,
            f"partner-out:{group.id}:{seat.user_id}:{stays.user_id}",
            MessageKind.PARTNER_OUT,
            subject=group.id,
            about=seat.user_id,
            people=(stays.user_id,),
            now=now,
            not_before=window.next_opening(now) if window else now,
            not_after=rounds.get_round(session, seat.workspace, seat.round_id).ends_at,
        )


def vacate_everywhere(
    session: Session, workspace: str, user_id: str, now: datetime, community_id: int | None = None
) -> None:
    """Take a person out of the rounds that run now, in one community or in all.

    A group that has met is left as it is: nobody needs to hear that somebody cannot come any more.
    """
    for seat, its_round in rounds.list_open_seats(session, workspace, user_id, now):
        if community_id in {None, its_round.community_id} and not rounds.has_met(session, seat):
            vacate(session, seat, SeatState.OUT, now)


def match_looking(session: Session, this_round: Round, guides: GuideLibrary, now: datetime) -> None:
    """Introduce those who look for another partner to each other, in the order of their seats."""
    waiting = [seat.user_id for seat in rounds.list_seats(session, this_round) if seat.state == SeatState.LOOKING]
    met = rounds.list_met(session, this_round.workspace, this_round.community_id)
    pairs = []
    while waiting:
        first = waiting.pop(0)
        # Nobody wants to be handed back somebody they have just met, or just turned down.
        fitting = [
            other
            for other in waiting
            if this_round.number - met.get(frozenset((first, other)), -NOT_AGAIN_ROUNDS) >= NOT_AGAIN_ROUNDS
        ]
        if fitting:
            waiting.remove(fitting[0])
            people = members.list_people(session, this_round.workspace, (first, fitting[0]))
            pairs.append((people, "looking"))
    form_groups(session, this_round, pairs, guides, now)


def _queue_messages(
    session: Session, this_round: Round, group: Group, people: Sequence[members.Person], now: datetime
) -> None:
    workspace = this_round.workspace
    ids = [person.user_id for person in people]
    windows = [Window(zone=person.zone) for person in people]
    outbox.add(
        session,
        workspace,
        introduction_key(group),
        MessageKind.INTRODUCTION,
        subject=group.id,
        people=ids,
        now=now,
        not_before=_first_opening(windows, now),
        not_after=this_round.ends_at,
    )
    zone = communities.get_community(session, workspace, this_round.community_id).zone
    last_day = local_day(this_round.ends_at, zone) - timedelta(days=1)
    for person in people:
        queue_note(session, person, weekday_in_week_of(last_day, NOTE_WEEKDAY), now)
    if this_round.ends_at - this_round.due_at > timedelta(days=8):
        second_monday = weekday_in_week_of(local_day(this_round.due_at, zone), MONDAY) + timedelta(days=7)
        outbox.add(
            session,
            workspace,
            f"halfway:{group.id}",
            MessageKind.HALFWAY,
            subject=group.id,
            people=ids,
            now=now,
            not_before=_first_opening(windows, at_local(second_monday, time(0, 0), zone)),
            not_after=at_local(second_monday + timedelta(days=2), time(0, 0), zone),
        )


def _first_opening(windows: Sequence[Window], moment: datetime) -> datetime:
    """Return when all may be written to; where their hours never meet, when the first of them starts the day."""
    together = first_common_opening(windows, moment, moment + SEARCH)
    return together or min(window.next_opening(moment) for window in windows)


def queue_note(session: Session, person: members.Person, day: date, now: datetime) -> None:
    """Make sure that a person gets the weekly note of a day's week; there is only one a week."""
    note_at = at_local(day, NOTE_AT, person.zone)
    if note_at <= now:
        # It would ask about people who have not even read that they are to meet.
        return
    last_day = add_working_days(day, NOTE_KEPT_WORKING_DAYS)
    outbox.add(
        session,
        person.workspace,
        _note_key(person, iso_week(day)),
        MessageKind.WEEKLY_NOTE,
        subject=0,
        people=(person.user_id,),
        now=now,
        not_before=note_at,
        not_after=at_local(last_day + timedelta(days=1), time(0, 0), person.zone),
    )


def find_waiting_note(session: Session, person: members.Person, moment: datetime) -> OutboxMessage | None:
    """Return a person's weekly note of the week of a moment, while it waits; None when it does not, or was sent."""
    week = iso_week(local_day(moment, person.zone))
    note = outbox.find_message(session, person.workspace, _note_key(person, week))
    return note if note is not None and note.state == OutboxState.QUEUED else None


def next_note(session: Session, person: members.Person, now: datetime) -> OutboxMessage:
    """Return the next weekly note that a person will get, which is queued if it was not."""
    waiting = find_waiting_note(session, person, now)
    if waiting is not None:
        return waiting
    day = weekday_in_week_of(local_day(now, person.zone), NOTE_WEEKDAY)
    while waiting is None:
        queue_note(session, person, day, now)
        waiting = find_waiting_note(session, person, at_local(day, NOTE_AT, person.zone))
        day += timedelta(weeks=1)
    return waiting


def _note_key(person: members.Person, week: str) -> str:
    return f"note:{person.user_id}:{week}"


def own_group(session: Session, who: Actor, group_id: int) -> Group:
    """Return a group to somebody who was introduced in it.

    Raises:
        UserError: There is no such group, or the person was never in it.
    """
    try:
        group = rounds.get_group(session, who.workspace, group_id)
    except LookupError:
        raise UserError(Problem.GONE) from None
    if who.user_id not in rounds.list_introduced(session, group):
        raise UserError(Problem.NOT_YOURS)
    return group


def open_questions(session: Session, workspace: str, user_id: str, now: datetime) -> tuple[CheckInQuestion, ...]:
    """Return each "Did you meet?" that a person may be asked by now and has not answered.

    A round asks from the Thursday of its last week on, and never about people introduced the same day.
    """
    person = members.find_person(session, workspace, user_id)
    if person is None:
        return ()
    questions = []
    for seat, its_round in rounds.list_seats_near(session, workspace, user_id, now):
        if seat.group_id is None or its_round.skipped or seat.state != SeatState.SEATED:
            continue
        group = rounds.get_group(session, workspace, seat.group_id)
        others = tuple(one.user_id for one in rounds.list_seats_of_group(session, group) if one.user_id != user_id)
        zone = communities.get_community(session, workspace, its_round.community_id).zone
        last_day = local_day(its_round.ends_at, zone) - timedelta(days=1)
        asks_at = at_local(weekday_in_week_of(last_day, NOTE_WEEKDAY), NOTE_AT, person.zone)
        is_fresh = local_day(group.formed_at, zone) == local_day(now, zone)
        if others and asks_at <= now and not is_fresh and rounds.find_check_in(session, group, user_id) is None:
            questions.append(CheckInQuestion(group.id, others))
    return tuple(questions)
