"""Steps on the groups of a round, each inside the caller's transaction: form them, leave them, call them off."""

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
from bot.domain.errors import Problem, UserError
from bot.domain.guides import GuideLibrary
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.requests import UTC_ZONE, RequestState
from bot.domain.results import Coming
from bot.domain.schedule import MONDAY, NOTE_WEEKDAY, DueKind
from bot.services.members.peer_messages import result_reaches_at
from bot.services.overview.note_times import note_day, note_row
from bot.services.rounds.guides import guide_chooser
from bot.services.rounds.separation import keepers
from storage import due, members, requests
from storage.bulk import insert_for_ids, insert_rows
from storage.communities import Community
from storage.outbox import outbox
from storage.outbox.outbox import NEVER_CAME, OutboxMessage, OutboxState
from storage.privacy.vault import Vault
from storage.rounds import rounds
from storage.rounds.gatherings import Gathering, get_gathering
from storage.rounds.rounds import Group, Introduced, Lesson, Round, Seat, SeatState

SEARCH: Final = timedelta(days=7)
# A person who was never told of a group that came to nothing hears of it once a search for another is over.
SEARCH_ENDS: Final = timedelta(minutes=2)


@dataclass(frozen=True)
class Forming:
    """A group that is to be stored: its people, and why they."""

    people: Sequence[members.Person]
    reason: str
    lessons: Sequence[pairing.Lesson] = ()


# A group's id, and its people in the order of their ids.
_Formed = tuple[int, Sequence[members.Person]]


def form_groups(
    session: Session,
    this_round: Round,
    forming: Sequence[Forming],
    guides: GuideLibrary,
    now: datetime,
    *,
    in_plan: bool = False,
    acting: str = "",
) -> Sequence[int]:
    """Store groups with their introductions and notes, and return the ids of the groups.

    Args:
        session: The transaction.
        this_round: The round of the groups.
        forming: The groups.
        guides: The conversation guides to choose from.
        now: This moment, aware UTC.
        in_plan: Whether the round begins with these groups.
        acting: Id of the person who has just asked for their group, or agreed to it; empty when nobody has.
    """
    ids = [person.user_id for one in forming for person in one.people]
    guides_for = guide_chooser(session, this_round, ids, guides, now)
    ids_of_groups = insert_for_ids(
        session,
        Group,
        (
            {
                "workspace": this_round.workspace,
                "round_id": this_round.id,
                "reason": one.reason,
                "guide_ids": tuple(guides_for(one.people, one.reason)),
                "in_plan": in_plan,
                "formed_at": now,
            }
            for one in forming
        ),
    )
    formed = [
        (group_id, sorted(one.people, key=lambda person: person.user_id))
        for group_id, one in zip(ids_of_groups, forming, strict=True)
    ]
    _seat(session, this_round, formed)
    insert_rows(
        session,
        Lesson,
        (
            {
                "workspace": this_round.workspace,
                "group_id": group_id,
                "teacher": lesson.teacher,
                "learner": lesson.learner,
                "topic": lesson.topic,
            }
            for group_id, one in zip(ids_of_groups, forming, strict=True)
            for lesson in one.lessons
        ),
    )
    outbox.add_all(session, _messages(session, this_round, formed, acting, now))
    return ids_of_groups


def _seat(session: Session, this_round: Round, formed: Sequence[_Formed]) -> None:
    """Give everybody in these groups a seat, and write down who was introduced to whom."""
    workspace = this_round.workspace
    community = rounds.find_community(session, this_round)
    seats = {seat.user_id: seat for seat in rounds.list_seats(session, this_round)}
    new = []
    for group_id, people in formed:
        in_larger = community is not None and len(people) > community.group_size
        now_has = {"group_id": group_id, "state": SeatState.SEATED, "in_larger": in_larger, "why_alone": ""}
        for person in people:
            seat = seats.get(person.user_id)
            if seat is not None:
                seat.sqlmodel_update(now_has)
            else:
                new.append({"workspace": workspace, "round_id": this_round.id, "user_id": person.user_id, **now_has})
    insert_rows(session, Seat, new)
    insert_rows(
        session,
        Introduced,
        (
            {
                "workspace": workspace,
                "community_id": this_round.community_id,
                "round_id": this_round.id,
                "group_id": group_id,
                "user_a": one.user_id,
                "user_b": other.user_id,
            }
            for group_id, people in formed
            for one, other in combinations(people, 2)
        ),
    )


def introduction_key(group_id: int) -> str:
    """Return the key of the message that introduces a group."""
    return f"intro:{group_id}"


def was_introduced(session: Session, group: Group) -> bool:
    """Tell whether a group was introduced, or is still to be; its introduction may be forgotten by now."""
    introduction = outbox.find_message(session, group.workspace, introduction_key(group.id))
    return introduction is None or introduction.state not in NEVER_CAME


def coming_to(session: Session, workspace: str, group_id: int, now: datetime) -> Coming | None:
    """Return when people hear of each other who have just asked for their group; None when they do at once, or have."""
    introduction = outbox.find_message(session, workspace, introduction_key(group_id))
    if introduction is None or introduction.is_ping or introduction.state != OutboxState.QUEUED:
        return None
    at = introduction.not_before
    if at <= now:
        return None
    people = members.list_people(session, workspace, introduction.recipients)
    return Coming(at, tuple(person.user_id for person in people if person.window.begins(at)))


def leave_seat(session: Session, seat: Seat, state: SeatState, now: datetime, *, hears: bool = False) -> None:
    """Take a person out of their group, tell those who stay, once and without a reason, and look on for them.

    `hears` tells that the person, too, is told when two people agreed to an introduction that now does not come.
    """
    group_id = seat.group_id
    was_seated = seat.state == SeatState.SEATED
    seat.state = state
    session.add(seat)
    session.flush()
    if group_id is None or not was_seated or rounds.has_met(session, seat):
        # Nobody needs another partner for a conversation that has taken place.
        return
    group = rounds.get_group(session, seat.workspace, group_id)
    its_round = rounds.get_round(session, seat.workspace, seat.round_id)
    staying = rounds.list_seats_of_group(session, group)
    introduction = outbox.find_message(session, seat.workspace, introduction_key(group.id))
    is_untold = introduction is not None and introduction.is_untold
    if its_round.community_id is None:
        # One of the two asked for the other: there is nobody to look for instead.
        if introduction is not None and introduction.state != OutboxState.SENT:
            outbox.withdraw(session, seat.workspace, introduction.key)
            call_off(session, seat.workspace, group.id, (seat.user_id,) if hears and is_untold else (), now)
        _tell_partner_out(session, its_round, group, seat.user_id, staying, now)
        return
    if len(staying) == 1:
        staying[0].state = SeatState.LOOKING
        session.add(staying[0])
    due.set_due(session, seat.workspace, DueKind.PLACE, str(its_round.community_id), now)
    session.flush()
    if len(staying) > 1:
        # The others are introduced as if the group had always been theirs, where the introduction is not there yet.
        outbox.readdress(session, seat.workspace, introduction_key(group.id), _ids(staying))
    if not is_untold:
        _tell_partner_out(session, its_round, group, seat.user_id, staying, now)
    elif len(staying) == 1:
        queue_no_partner(session, its_round, staying[0].user_id, now + SEARCH_ENDS)


def _tell_partner_out(
    session: Session, its_round: Round, group: Group, left: str, staying: Sequence[Seat], now: datetime
) -> None:
    """Tell those who stay that somebody left; of two who were introduced on request, the other is out as well."""
    is_on_request = its_round.community_id is None
    people = {person.user_id: person for person in members.list_people(session, group.workspace, _ids(staying))}
    for seat in staying:
        if is_on_request:
            seat.state = SeatState.OUT
            session.add(seat)
        person = people.get(seat.user_id)
        outbox.add(
            session,
            group.workspace,
            f"partner-out:{group.id}:{left}:{seat.user_id}",
            MessageKind.PARTNER_OUT,
            subject=group.id,
            about=left,
            people=(seat.user_id,),
            now=now,
            not_before=person.window.next_opening(now) if person else now,
            not_after=its_round.ends_at,
            # It answers the yes of two people, or their wish to meet.
            is_result=is_on_request,
        )


def _ids(seats: Sequence[Seat]) -> list[str]:
    return [seat.user_id for seat in seats]


def call_off(session: Session, workspace: str, group_id: int, people: Sequence[str], now: datetime) -> None:
    """Let an introduction that both had agreed to not come about, and tell people so, once.

    The one who asked may ask again: nobody said no.
    """
    request = requests.find_by_group(session, workspace, group_id)
    if request is None or request.state == RequestState.CALLED_OFF:
        # Somebody was erased, or it is called off already; those who had to know were told then.
        return
    request.state = RequestState.CALLED_OFF
    session.add(request)
    for seat in rounds.list_seats_of_group(session, rounds.get_group(session, workspace, group_id)):
        seat.state = SeatState.OUT
        session.add(seat)
    for person in members.list_people(session, workspace, people):
        outbox.add(
            session,
            workspace,
            f"request-off:{request.id}:{person.user_id}",
            MessageKind.REQUEST_OFF,
            subject=request.id,
            people=(person.user_id,),
            now=now,
            not_before=result_reaches_at(session, [person], "", now),
            is_result=True,
        )


def queue_no_partner(session: Session, its_round: Round, user_id: str, now: datetime) -> None:
    """Have somebody told, unless they are in a group by then, that nobody was left for them."""
    outbox.add(
        session,
        its_round.workspace,
        f"no-partner:{its_round.id}:{user_id}",
        MessageKind.NO_PARTNER,
        subject=its_round.id,
        people=(user_id,),
        now=now,
        not_after=its_round.ends_at,
    )


def part(session: Session, workspace: str, one: str, other: str, now: datetime) -> None:
    """Keep two people from being introduced where nobody has been told yet that they were to be."""
    for seat, its_round in rounds.list_open_seats(session, workspace, one, now):
        # What was asked for is called off by the request.
        if seat.state != SeatState.SEATED or seat.group_id is None or its_round.community_id is None:
            continue
        group = rounds.get_group(session, workspace, seat.group_id)
        introduction = outbox.find_message(session, workspace, introduction_key(group.id))
        is_untold = introduction is not None and introduction.is_untold
        if is_untold and other in {mate.user_id for mate in rounds.list_seats_of_group(session, group)}:
            leave_seat(session, seat, SeatState.LOOKING, now)
            queue_no_partner(session, its_round, one, now + SEARCH_ENDS)


def ask_again(session: Session, vault: Vault, introduction: OutboxMessage, now: datetime) -> Gathering | None:
    """Ask once more, before a group is introduced, whether its people may meet; those who are kept apart part.

    A private list may have changed while the introduction was on its way, or while nobody knew whether it arrived.

    Returns:
        The group, when the introduction still goes to those it was to; None when it goes to those who are left.
    """
    before = introduction.recipients
    gathering = _part_those_apart(session, vault, introduction.workspace, introduction.subject, now)
    people = _ids(gathering.seats)
    if len(before) > len(people) > 1:
        # Somebody left while the message was being sent, which failed.
        outbox.readdress(session, introduction.workspace, introduction.key, people)
    return gathering if introduction.recipients == before else None


def is_whole(session: Session, introduction: OutboxMessage) -> bool:
    """Tell whether all of those whom a message introduces are still in their group."""
    group = rounds.get_group(session, introduction.workspace, introduction.subject)
    return _ids(rounds.list_seats_of_group(session, group)) == sorted(introduction.recipients)


def _part_those_apart(session: Session, vault: Vault, workspace: str, group_id: int, now: datetime) -> Gathering:
    """Take those out of a group who are kept from another in it, and return it with those who are left."""
    while True:
        gathering = get_gathering(session, workspace, group_id)
        people = _ids(gathering.seats)
        apart = keepers(session, vault, workspace, people)
        if not apart:
            return gathering
        if gathering.its_round.community_id is None:
            # Who does not want to meet the other hears nothing of it; they said so.
            call_off(session, workspace, group_id, [one for one in people if one not in apart], now)
            session.flush()
            return get_gathering(session, workspace, group_id)
        seat = next(seat for seat in gathering.seats if seat.user_id == apart[0])
        leave_seat(session, seat, SeatState.LOOKING, now)
        queue_no_partner(session, gathering.its_round, seat.user_id, now + SEARCH_ENDS)


def vacate_everywhere(
    session: Session,
    workspace: str,
    user_id: str,
    now: datetime,
    community_id: int | None = None,
    *,
    hears: bool = False,
) -> None:
    """Take a person out of the rounds that run now, in one community or in all; `hears` is as in `vacate`.

    A group that has met is left as it is.
    """
    for seat, its_round in rounds.list_open_seats(session, workspace, user_id, now):
        if community_id in {None, its_round.community_id} and not rounds.has_met(session, seat):
            leave_seat(session, seat, SeatState.OUT, now, hears=hears)


def _messages(
    session: Session, this_round: Round, formed: Sequence[_Formed], acting: str, now: datetime
) -> Iterator[Mapping[str, object]]:
    """Yield what is to be said to groups that begin: the introduction, each one's weekly note, a word halfway."""
    workspace = this_round.workspace
    zone = zone_of(session, this_round)
    kind = MessageKind.REQUEST_INTRODUCTION if this_round.community_id is None else MessageKind.INTRODUCTION
    last_day = local_day(this_round.ends_at, zone) - timedelta(days=1)
    asked_from = weekday_in_week_of(last_day, NOTE_WEEKDAY)
    is_long = this_round.ends_at - this_round.due_at > timedelta(days=8)
    second_monday = weekday_in_week_of(local_day(this_round.due_at, zone), MONDAY) + timedelta(days=7)
    # Many groups have the same hours.
    opening = cache(_first_opening)
    for group_id, people in formed:
        ids = [person.user_id for person in people]
        windows = frozenset(person.window for person in people)
        is_result = acting in ids
        yield outbox.queued(
            workspace,
            introduction_key(group_id),
            kind,
            subject=group_id,
            people=ids,
            now=now,
            not_before=result_reaches_at(session, people, acting, now) if is_result else opening(windows, now),
            not_after=this_round.ends_at,
            is_result=is_result,
        )
        notes = (note_row(person, note_day(person, asked_from), now) for person in people)
        yield from (note for note in notes if note is not None)
        if is_long:
            yield outbox.queued(
                workspace,
                f"halfway:{group_id}",
                MessageKind.HALFWAY,
                subject=group_id,
                people=ids,
                now=now,
                not_before=opening(windows, at_local(second_monday, time(0, 0), zone)),
                not_after=at_local(second_monday + timedelta(days=2), time(0, 0), zone),
            )


def _first_opening(windows: frozenset[Window], moment: datetime) -> datetime:
    """Return when all may be written to; where their hours never meet, when the first of them starts the day."""
    together = first_common_opening(tuple(windows), moment, moment + SEARCH)
    return together or min(window.next_opening(moment) for window in windows)


def start_of_week(community: Community, now: datetime) -> datetime:
    """Return when the community's present ISO week began in the place where it begins first on earth."""
    monday = weekday_in_week_of(local_day(now, community.zone), MONDAY)
    return at_local(monday, time(0, 0), "Pacific/Kiritimati")


def zone_of(session: Session, its_round: Round) -> str:
    """Return the zone by which a round's days are counted."""
    community = rounds.find_community(session, its_round)
    return community.zone if community is not None else UTC_ZONE


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
