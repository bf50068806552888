"""Finding somebody, while a round runs, for those who have nobody: each step in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlmodel import Session

from bot.domain.guides import GuideLibrary
from bot.domain.pairing import PlannedGroup, ReasonKind
from bot.domain.round_inputs import Inputs
from bot.domain.rounds import LOOKING, THIRD, is_first_half
from bot.services.members.members import is_available
from bot.services.rounds.forming import Forming, form_groups
from bot.services.rounds.groups import introduction_key
from bot.services.rounds.pool import inputs_of
from storage import members
from storage.outbox import outbox
from storage.privacy.vault import Vault
from storage.rounds import rounds
from storage.rounds.rounds import Group, Round, SeatState

LARGEST_GROUP: Final = 5
# More groups than these would take longer to weigh than anybody gains by it.
HOSTS_LOOKED_AT: Final = 30
# Reasons that would be the same whichever person was free.
_BY_CHANCE: Final = frozenset({ReasonKind.LOT, ReasonKind.NEW, ReasonKind.LONGEST, ReasonKind.TEAMS})


def place_looking(
    session: Session, vault: Vault, this_round: Round, guides: GuideLibrary, now: datetime, acting: str = ""
) -> None:
    """Introduce those who look for somebody: to each other, else as one more of a group that has not met yet.

    Nobody is handed back whom they were introduced to in this round already. Only in a round's first half
    does a group still become larger: later there is no time left to meet. `acting` is the id of the person who
    has just asked for a partner; empty when nobody has.
    """
    waiting = _waiting(session, this_round, now)
    if not waiting:
        return
    plan = _apart(session, this_round, _inputs(session, vault, this_round, waiting, now)).plan()
    people = {person.user_id: person for person in waiting}
    form_groups(
        session,
        this_round,
        [_forming(group, [people[one] for one in group.people], LOOKING) for group in plan.groups],
        guides,
        now,
        acting=acting,
    )
    if is_first_half(this_round.started_at, this_round.ends_at, now):
        for unplaced in plan.unplaced:
            _join_a_group(session, vault, this_round, people[unplaced.person], guides, now, acting)


def _waiting(session: Session, this_round: Round, now: datetime) -> list[members.Person]:
    looking = [seat.user_id for seat in rounds.list_seats(session, this_round) if seat.state == SeatState.LOOKING]
    people = members.list_people(session, this_round.workspace, looking) if looking else []
    return [person for person in people if is_available(person, now)]


def _inputs(
    session: Session, vault: Vault, this_round: Round, people: Sequence[members.Person], now: datetime
) -> Inputs:
    """Return what the pairing needs to know of people, as before this round began."""
    community = rounds.get_community(session, this_round)
    inputs = inputs_of(session, vault, community, people, this_round.number, this_round.seed, now)
    return replace(inputs, met={pair: number for pair, number in inputs.met.items() if number < this_round.number})


def _apart(session: Session, this_round: Round, inputs: Inputs) -> Inputs:
    """Keep those from each other who were introduced in this round already."""
    mates: dict[str, set[str]] = {}
    for pair in rounds.list_introduced_in(session, this_round):
        for one in pair:
            mates.setdefault(one, set()).update(pair - {one})
    apart = (replace(one, blocked=one.blocked | mates.get(one.id, set())) for one in inputs.members)
    return replace(inputs, members=tuple(apart))


def _join_a_group(
    session: Session,
    vault: Vault,
    this_round: Round,
    person: members.Person,
    guides: GuideLibrary,
    now: datetime,
    acting: str,
) -> None:
    """Make somebody one more of the group that suits them best; leaves them looking where none may take them."""
    hosts = _hosts(session, this_round, person.user_id)
    ids = {user_id for _, seated in hosts for user_id in seated}
    if not ids:
        return
    everyone = [person, *members.list_people(session, this_round.workspace, sorted(ids))]
    inputs = _inputs(session, vault, this_round, everyone, now)
    known = {member.id: member for member in inputs.members}
    found = []
    for is_told, seated in hosts:
        if not {person.user_id, *seated} <= {*known}:
            continue
        joined = tuple(known[one] for one in sorted((person.user_id, *seated)))
        plan = replace(inputs, members=joined).plan()
        if len(plan.groups) == 1 and not plan.unplaced:
            found.append(((is_told, plan.repeats.total, -plan.quality.value), plan.groups[0]))
    if found:
        _, group = min(found, key=lambda one: one[0])
        people = {one.user_id: one for one in everyone}
        forming = _forming(group, [people[one] for one in group.people], THIRD)
        form_groups(session, this_round, [forming], guides, now, acting=acting)


def _hosts(session: Session, this_round: Round, user_id: str) -> list[tuple[bool, tuple[str, ...]]]:
    """Return groups that could take one more, and whether they were introduced yet; a lot decides which of many.

    None of them has booked or answered anything, is full, or has somebody whom the person was introduced to.
    """
    size = rounds.get_community(session, this_round).group_size
    answered = rounds.list_answered_groups(session, this_round)
    seated: dict[int, list[str]] = {}
    for seat in rounds.list_seats(session, this_round):
        if seat.state == SeatState.SEATED and seat.group_id is not None:
            seated.setdefault(seat.group_id, []).append(seat.user_id)
    mates = {one for pair in rounds.list_introduced_in(session, this_round) if user_id in pair for one in pair}
    fitting = [
        group
        for group in rounds.list_groups(session, this_round)
        if group.booked_at is None
        and group.id not in answered
        and 1 < len(seated.get(group.id, ())) <= min(size, LARGEST_GROUP - 1)
        and mates.isdisjoint(seated[group.id])
    ]
    drawn = sorted(fitting, key=lambda group: sha256(f"{this_round.seed}:{user_id}:{group.id}".encode()).digest())
    return [(_is_told(session, group), tuple(seated[group.id])) for group in drawn[:HOSTS_LOOKED_AT]]


def _is_told(session: Session, group: Group) -> bool:
    introduction = outbox.find_message(session, group.workspace, introduction_key(group.id))
    return introduction is None or not introduction.is_untold


def _forming(group: PlannedGroup, people: Sequence[members.Person], otherwise: str) -> Forming:
    reason = otherwise if group.reason.kind in _BY_CHANCE else group.reason.kind.value
    return Forming(people, reason, group.reason.lessons)
