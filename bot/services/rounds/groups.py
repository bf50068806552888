"""Steps on the groups of a round, each inside the caller's transaction: form them, leave them, call them off."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import (
    at_local,
    local_day,
    weekday_in_week_of,
)
from bot.domain.errors import Problem, UserError
from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.requests import UTC_ZONE, RequestState
from bot.domain.results import Coming
from bot.domain.schedule import MONDAY, DueKind
from bot.services.members.peer_messages import result_reaches_at
from bot.services.rounds.separation import keepers
from storage import due, members, requests
from storage.communities import Community
from storage.outbox import outbox
from storage.outbox.outbox import NEVER_CAME, OutboxMessage, OutboxState
from storage.privacy.vault import Vault
from storage.rounds import rounds
from storage.rounds.gatherings import Gathering, get_gathering
from storage.rounds.rounds import Group, Round, Seat, SeatState

# A person who was never told of a group that came to nothing hears of it once a search for another is over.
SEARCH_ENDS: Final = timedelta(minutes=2)


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
    """Take a person out of their group, tell those who stay, once and without a reason, and have them looked for.

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
    outbox.add_all(session, [no_partner_row(its_round, its_round.id, user_id, now)])


def no_partner_row(
    this_round: Round, round_id: int, user_id: str, now: datetime, *, waits_for: int | None = None
) -> Mapping[str, object]:
    """Return the row of what somebody hears for whom nobody was left; `waits_for` is as in `outbox.queued`."""
    return outbox.queued(
        this_round.workspace,
        f"no-partner:{round_id}:{user_id}",
        MessageKind.NO_PARTNER,
        subject=round_id,
        people=(user_id,),
        now=now,
        not_after=this_round.ends_at,
        waits_for=waits_for,
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
    gathering = part_those_apart(session, vault, introduction.workspace, introduction.subject, now)
    people = _ids(gathering.seats)
    if len(before) > len(people) > 1:
        # Somebody left while the message was being sent, which failed.
        outbox.readdress(session, introduction.workspace, introduction.key, people)
    return gathering if introduction.recipients == before else None


def is_whole(session: Session, introduction: OutboxMessage) -> bool:
    """Tell whether all of those whom a message introduces are still in their group."""
    group = rounds.get_group(session, introduction.workspace, introduction.subject)
    return _ids(rounds.list_seats_of_group(session, group)) == sorted(introduction.recipients)


def part_those_apart(session: Session, vault: Vault, workspace: str, group_id: int, now: datetime) -> Gathering:
    """Take those out of a group that nobody has met in yet who are kept from another in it; return who is left."""
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
