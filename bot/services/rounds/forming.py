"""Storing groups with all that is said to them: in one transaction, or worked out in one and stored in another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from itertools import combinations
from typing import Final

from sqlmodel import Session

from bot.domain import pairing
from bot.domain.cadence import (
    Window,
    at_local,
    first_common_opening,
    local_day,
    weekday_in_week_of,
)
from bot.domain.guides import GuideLibrary
from bot.domain.messages import MessageKind
from bot.domain.schedule import MONDAY, NOTE_WEEKDAY
from bot.services.members.peer_messages import result_reaches_at
from bot.services.overview.note_times import note_day, note_row
from bot.services.rounds.groups import introduction_key, zone_of
from bot.services.rounds.guides import guide_chooser
from storage import members
from storage.bulk import few, insert_for_ids, insert_rows
from storage.outbox import outbox
from storage.rounds import rounds
from storage.rounds.rounds import Group, Introduced, Lesson, Round, Seat, SeatState

SEARCH: Final = timedelta(days=7)


@dataclass(frozen=True)
class Forming:
    """A group that is to be stored: its people, and why they."""

    people: Sequence[members.Person]
    reason: str
    lessons: Sequence[pairing.Lesson] = ()


@dataclass(frozen=True)
class Prepared:
    """A group that is worked out down to its messages, and has only to be stored.

    Args:
        people: In the order of their ids.
        reason: Why they.
        lessons: Who can teach whom what.
        guide_ids: The chosen guide and its alternatives.
        told_at: When they may be introduced.
        is_result: Whether one of them has just asked for it, or agreed to it.
        halfway: Between which moments they hear a word halfway; None in a round of a week.
        notes: The weekly notes that ask them about it.
    """

    people: Sequence[members.Person]
    reason: str
    lessons: Sequence[pairing.Lesson]
    guide_ids: tuple[str, ...]
    told_at: datetime
    is_result: bool
    halfway: tuple[datetime, datetime] | None
    notes: Sequence[Mapping[str, object]]


def form_groups(
    session: Session,
    this_round: Round,
    forming: Sequence[Forming],
    guides: GuideLibrary,
    now: datetime,
    *,
    acting: str = "",
) -> Sequence[int]:
    """Store groups that come into a round which runs, with their introductions and notes; return their ids.

    Args:
        session: The transaction.
        this_round: The round of the groups.
        forming: The groups.
        guides: The conversation guides to choose from.
        now: This moment, aware UTC.
        acting: Id of the person who has just asked for their group, or agreed to it; empty when nobody has.
    """
    prepared = prepare_groups(session, this_round, forming, guides, now, acting=acting)
    return store_groups(session, this_round, this_round.id, prepared, now, in_plan=False)


def prepare_groups(
    session: Session,
    this_round: Round,
    forming: Sequence[Forming],
    guides: GuideLibrary,
    now: datetime,
    *,
    acting: str = "",
) -> list[Prepared]:
    """Work out everything about groups that can be known before they are stored."""
    guides_for = guide_chooser(
        session, this_round, [person.user_id for one in forming for person in one.people], guides, now
    )
    zone = zone_of(session, this_round)
    asked_from = weekday_in_week_of(local_day(this_round.ends_at, zone) - timedelta(days=1), NOTE_WEEKDAY)
    is_long = this_round.ends_at - this_round.due_at > timedelta(days=8)
    second_monday = weekday_in_week_of(local_day(this_round.due_at, zone), MONDAY) + timedelta(days=7)
    middle = at_local(second_monday, time(0, 0), zone)
    halfway_ends = at_local(second_monday + timedelta(days=2), time(0, 0), zone)
    # Many groups have the same hours.
    opening = cache(_first_opening)
    prepared = []
    for one in forming:
        people = sorted(one.people, key=lambda person: person.user_id)
        windows = frozenset(person.window for person in people)
        is_result = acting in {person.user_id for person in people}
        notes = (note_row(person, note_day(person, asked_from), now) for person in people)
        prepared.append(
            Prepared(
                people=people,
                reason=one.reason,
                lessons=one.lessons,
                guide_ids=tuple(guides_for(one.people, one.reason)),
                told_at=result_reaches_at(session, people, acting, now) if is_result else opening(windows, now),
                is_result=is_result,
                halfway=(opening(windows, middle), halfway_ends) if is_long else None,
                notes=[note for note in notes if note is not None],
            )
        )
    return prepared


def store_groups(
    session: Session, this_round: Round, round_id: int, groups: Sequence[Prepared], now: datetime, *, in_plan: bool
) -> Sequence[int]:
    """Store groups and return their ids.

    Args:
        session: The transaction.
        this_round: The round as it is, or as it will be once it is whole.
        round_id: The id of its row.
        groups: What `prepare_groups` returned.
        now: This moment, aware UTC.
        in_plan: Whether the round begins with these groups; what is said of it then waits until it is whole.
    """
    workspace = this_round.workspace
    ids = insert_for_ids(
        session,
        Group,
        (
            {
                "workspace": workspace,
                "round_id": round_id,
                "reason": one.reason,
                "guide_ids": one.guide_ids,
                "in_plan": in_plan,
                "formed_at": now,
            }
            for one in groups
        ),
    )
    # Nobody has a place yet in a round that begins.
    ids_of_people = [person.user_id for one in groups for person in one.people]
    seats = (
        {} if in_plan else {seat.user_id: seat for seat in rounds.list_seats(session, this_round, few(ids_of_people))}
    )
    _seat(session, this_round, round_id, list(zip(ids, groups, strict=True)), seats)
    insert_rows(
        session,
        Lesson,
        (
            {
                "workspace": workspace,
                "group_id": group_id,
                "teacher": lesson.teacher,
                "learner": lesson.learner,
                "topic": lesson.topic,
            }
            for group_id, one in zip(ids, groups, strict=True)
            for lesson in one.lessons
        ),
    )
    waits_for = round_id if in_plan else None
    outbox.add_all(
        session,
        (
            message
            for group_id, one in zip(ids, groups, strict=True)
            for message in _messages(this_round, group_id, one, now, waits_for)
        ),
    )
    return ids


def _seat(
    session: Session,
    this_round: Round,
    round_id: int,
    groups: Sequence[tuple[int, Prepared]],
    seats: Mapping[str, Seat],
) -> None:
    """Give everybody in these groups a seat, and write down who was introduced to whom."""
    workspace = this_round.workspace
    community = rounds.find_community(session, this_round)
    new = []
    for group_id, one in groups:
        in_larger = community is not None and len(one.people) > community.group_size
        now_has = {"group_id": group_id, "state": SeatState.SEATED, "in_larger": in_larger, "why_alone": ""}
        for person in one.people:
            seat = seats.get(person.user_id)
            if seat is not None:
                seat.sqlmodel_update(now_has)
            else:
                new.append({"workspace": workspace, "round_id": round_id, "user_id": person.user_id, **now_has})
    insert_rows(session, Seat, new)
    insert_rows(
        session,
        Introduced,
        (
            {
                "workspace": workspace,
                "community_id": this_round.community_id,
                "round_id": round_id,
                "group_id": group_id,
                "user_a": first.user_id,
                "user_b": second.user_id,
            }
            for group_id, one in groups
            for first, second in combinations(one.people, 2)
        ),
    )


def _messages(
    this_round: Round, group_id: int, one: Prepared, now: datetime, waits_for: int | None
) -> Iterator[Mapping[str, object]]:
    """Yield what is to be said to a group that begins: the introduction, each one's weekly note, a word halfway."""
    ids = [person.user_id for person in one.people]
    yield outbox.queued(
        this_round.workspace,
        introduction_key(group_id),
        MessageKind.REQUEST_INTRODUCTION if this_round.community_id is None else MessageKind.INTRODUCTION,
        subject=group_id,
        people=ids,
        now=now,
        not_before=one.told_at,
        not_after=this_round.ends_at,
        is_result=one.is_result,
        waits_for=waits_for,
    )
    yield from one.notes
    if one.halfway is not None:
        yield outbox.queued(
            this_round.workspace,
            f"halfway:{group_id}",
            MessageKind.HALFWAY,
            subject=group_id,
            people=ids,
            now=now,
            not_before=one.halfway[0],
            not_after=one.halfway[1],
            waits_for=waits_for,
        )


def _first_opening(windows: frozenset[Window], moment: datetime) -> datetime:
    """Return when all may be written to; where their hours never meet, when the first of them starts the day."""
    together = first_common_opening(tuple(windows), moment, moment + SEARCH)
    return together or min(window.next_opening(moment) for window in windows)
