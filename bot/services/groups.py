"""Steps on the groups of a round, each inside the caller's transaction: form, vacate, match again."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
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
from bot.domain.messages import MessageKind
from bot.domain.rounds import GUIDES_REMEMBERED
from bot.domain.schedule import MONDAY, NOTE_AT, NOTE_WEEKDAY
from storage import communities, members, outbox, rounds
from storage.rounds import Group, Introduced, Round, Seat, SeatState

SEARCH: Final = timedelta(days=7)
NOTE_KEPT_WORKING_DAYS: Final = 3


def form_group(
    session: Session,
    this_round: Round,
    people: Sequence[members.Person],
    reason: str,
    guides: GuideLibrary,
    now: datetime,
) -> Group:
    """Store a group of people with its introduction and their notes at the round's end."""
    ids = sorted(person.user_id for person in people)
    group = Group(
        workspace=this_round.workspace,
        round_id=this_round.id,
        reason=reason,
        guide_ids=" ".join(_guides_for(session, this_round, ids, guides)),
        formed_at=now,
    )
    session.add(group)
    session.flush()
    for user_id in ids:
        seat = rounds.find_seat(session, this_round.workspace, this_round.id, user_id) or Seat(
            workspace=this_round.workspace, round_id=this_round.id, user_id=user_id, state=""
        )
        seat.group_id = group.id
        seat.state = SeatState.SEATED
        seat.in_trio = len(ids) > 2  # noqa: PLR2004 - three make a trio
        session.add(seat)
    for index, one in enumerate(ids):
        for other in ids[index + 1 :]:
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
    _queue_messages(session, this_round, group, people, now)
    return group


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
    for stays in rounds.list_seats_of_group(session, group):
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
    """Introduce those who look for another partner to each other, longest waiting first."""
    waiting = list(rounds.list_looking(session, this_round.id))
    met = rounds.list_met(session, this_round.workspace, this_round.community_id)
    while waiting:
        first = waiting.pop(0)
        for other in waiting:
            # Two who were introduced in this very round have just said that it does not fit.
            if met.get(frozenset((first.user_id, other.user_id))) == this_round.number:
                continue
            waiting.remove(other)
            pair = members.list_people(session, this_round.workspace, (first.user_id, other.user_id))
            form_group(session, this_round, pair, "looking", guides, now)
            break


def _guides_for(session: Session, this_round: Round, ids: Sequence[str], guides: GuideLibrary) -> tuple[str, ...]:
    recent = rounds.list_recent_guides(session, this_round.community_id, this_round.number - GUIDES_REMEMBERED)
    used = frozenset(guide for user_id in ids for guide in recent.get(user_id, ()))
    return choose_guides(guides, ("first", "reflect"), len(ids), used, f"{this_round.seed}:{' '.join(ids)}")


def _queue_messages(
    session: Session, this_round: Round, group: Group, people: Sequence[members.Person], now: datetime
) -> None:
    workspace = this_round.workspace
    ids = sorted(person.user_id for person in people)
    windows = [Window(zone=person.zone) for person in people]
    outbox.add(
        session,
        workspace,
        f"intro:{group.id}",
        MessageKind.INTRODUCTION,
        subject=group.id,
        people=ids,
        now=now,
        # Where the hours never meet, the first of them to start the day is written to then.
        not_before=first_common_opening(windows, now, now + SEARCH)
        or min(window.next_opening(now) for window in windows),
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
            not_before=first_common_opening(windows, at_local(second_monday, time(0, 0), zone), this_round.ends_at),
            not_after=at_local(second_monday + timedelta(days=2), time(0, 0), zone),
        )


def queue_note(session: Session, person: members.Person, day: date, now: datetime) -> None:
    """Make sure that a person gets the weekly note of a day's week; there is only one a week."""
    last_day = add_working_days(day, NOTE_KEPT_WORKING_DAYS)
    outbox.add(
        session,
        person.workspace,
        f"note:{person.user_id}:{iso_week(day)}",
        MessageKind.WEEKLY_NOTE,
        subject=0,
        people=(person.user_id,),
        now=now,
        not_before=at_local(day, NOTE_AT, person.zone),
        not_after=at_local(last_day + timedelta(days=1), time(0, 0), person.zone),
    )
