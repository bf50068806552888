"""Finding somebody, while a round runs, for those who have nobody.

Who suits whom is worked out while others may write. Under the write lock it is only asked whether everything that
this depended on is still so, which takes a look at the people of the new groups and at nobody else.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlmodel import Session

from bot.domain.guides import GuideLibrary
from bot.domain.offers import LASTS
from bot.domain.pairing import PlannedGroup, ReasonKind
from bot.domain.round_inputs import Inputs
from bot.domain.rounds import LOOKING, THIRD, is_first_half
from bot.services.members.members import is_available
from bot.services.rounds.forming import Forming, form_groups
from bot.services.rounds.groups import introduction_key
from bot.services.rounds.pool import inputs_of
from storage import members, offers, private_lists
from storage.bulk import batches, few
from storage.database import Database
from storage.outbox import outbox
from storage.privacy.vault import Vault
from storage.rounds import rounds
from storage.rounds.rounds import Placed, Round, SeatState

LARGEST_GROUP: Final = 5
# More groups than these would take longer to weigh than anybody gains by it.
HOSTS_LOOKED_AT: Final = 30
# So many groups are formed under one write lock.
FORMED_AT_ONCE: Final = 10
# How often others may change something meanwhile before a search is left to the next one.
TRIES: Final = 5
# Reasons that would be the same whichever person was free.
_BY_CHANCE: Final = frozenset({ReasonKind.LOT, ReasonKind.NEW, ReasonKind.LONGEST, ReasonKind.TEAMS})


@dataclass(frozen=True, slots=True)
class _Found:
    """A group that can be formed of people who look, or of one of them and the people of a group, the host."""

    group: PlannedGroup
    host: int | None


@dataclass(frozen=True, slots=True)
class _Basis:
    """What allows a group; equal as long as nothing of it has changed.

    How well its people suit each other is no part of this: what is said of old meetings within the second changes
    nobody's right to be introduced.

    Args:
        people: Everything that its people said of themselves, if they are there.
        blocked: Their private lists; None for one that cannot be opened.
        topics: What they offer and want, each as person, kind and key.
        introduced: Whom they were introduced to while the round ran.
        seats: Where they are in the round.
        host: Ids of the people of the group that one of them joins, if it may still become larger.
        rule: The size of the community's groups, and when the round ends.
    """

    people: tuple[Mapping[str, object], ...]
    blocked: Mapping[str, frozenset[str] | None]
    topics: frozenset[tuple[str, str, str]]
    introduced: frozenset[frozenset[str]]
    seats: frozenset[Placed]
    host: frozenset[str]
    rule: tuple[int, datetime]


class Placement:
    """Introduces those who look for somebody: to each other, else as one more of a group that has not met yet.

    Nobody is handed back whom they were introduced to in this round already. Only in a round's first half
    does a group still become larger: later there is no time left to meet.

    Args:
        database: Where rounds are kept.
        guides: The conversation guides to choose from.
        vault: Opens private lists.
    """

    def __init__(self, database: Database, guides: GuideLibrary, vault: Vault) -> None:
        self._database = database
        self._guides = guides
        self._vault = vault

    def search(
        self, workspace: str, round_id: int, now: datetime, *, of: Collection[str] | None = None, acting: str = ""
    ) -> bool:
        """Look for somebody for those who look, each step in a transaction of its own.

        Args:
            workspace: The workspace.
            round_id: The round.
            now: This moment, aware UTC.
            of: Ids of those for whom a group may become larger; None for all who look.
            acting: Id of the person who has just asked for a partner; empty when nobody has.

        Returns:
            Whether everybody was looked for; False when others changed what was found again and again.
        """
        tried: set[str] = set()
        changed = 0
        while changed < TRIES:
            with self._database.read() as session:
                this_round = rounds.get_round(session, workspace, round_id)
                look = _Look(session, self._vault, this_round, now)
                found = list(look.find(of, tried))
                steps = [(some, look.bases(some)) for some in batches(found, FORMED_AT_ONCE)]
            if not found:
                return True
            formed = [self._form(workspace, round_id, *step, now, acting) for step in steps]
            changed += not all(formed)
        return False

    def _form(
        self,
        workspace: str,
        round_id: int,
        found: Sequence[_Found],
        bases: Sequence[_Basis],
        now: datetime,
        acting: str,
    ) -> bool:
        """Form those groups that can still be formed as they were found; return whether all can."""
        with self._database.write(workspace) as session:
            this_round = rounds.get_round(session, workspace, round_id)
            look = _Look(session, self._vault, this_round, now)
            both = zip(found, bases, look.bases(found), strict=True)
            holding = [one for one, before, after in both if before == after]
            people = {one.user_id: one for one in look.people(one for group in holding for one in group.group.people)}
            forming = [_forming(one, people) for one in holding]
            form_groups(session, this_round, forming, self._guides, now, acting=acting)
        return len(holding) == len(found)


class _Look:
    """The round that runs, as it is in one transaction."""

    def __init__(self, session: Session, vault: Vault, this_round: Round, now: datetime) -> None:
        self._session = session
        self._vault = vault
        self._round = this_round
        self._now = now
        self._community = rounds.get_community(session, this_round)

    def find(self, of: Collection[str] | None, tried: set[str]) -> Iterator[_Found]:
        """Yield the groups that can be formed now, no two with a person in common.

        Those for whom a group was looked for are added to `tried`, and not tried again.
        """
        seats = rounds.list_placed(self._session, self._round)
        waiting = self._available(one.user_id for one in seats if one.state == SeatState.LOOKING)
        if not waiting or self._round.ends_at <= self._now:
            return
        plan = self._apart(self._inputs(waiting)).plan()
        for group in plan.groups:
            yield _Found(group, None)
        if plan.groups or not is_first_half(self._round.started_at, self._round.ends_at, self._now):
            # Those who are left look again, among groups to which these belong.
            return
        hosts = self._hosts(seats)
        for unplaced in plan.unplaced:
            if unplaced.person in tried or (of is not None and unplaced.person not in of):
                continue
            tried.add(unplaced.person)
            joined = self._join(unplaced.person, hosts)
            if joined is not None:
                host, group = joined
                del hosts[host]
                yield _Found(group, host)

    def bases(self, found: Sequence[_Found]) -> list[_Basis]:
        """Return what allows some groups, in their order; a few queries for all of them."""
        ids = [one for group in found for one in group.group.people]
        people = {one.user_id: one.model_dump() for one in self._available(ids)}
        blocked = private_lists.list_blocked_of(self._session, self._vault, self._round.workspace, ids)
        topics = offers.list_topics(self._session, self._round.workspace, self._now - LASTS, ids)
        introduced = rounds.list_introduced_in(self._session, self._round, ids)
        seats = rounds.list_placed(self._session, self._round, ids)
        hosts = [one.host for one in found if one.host is not None]
        open_groups = rounds.list_open_groups(self._session, self._round, hosts) if hosts else ()
        seated = {group_id: self._seated(group_id) for group_id in open_groups}
        return [
            _Basis(
                people=tuple(people[one] for one in group if one in people),
                blocked={one: blocked[one] for one in group if one in blocked},
                topics=frozenset((one.user_id, one.kind, one.key) for one in topics if one.user_id in group),
                introduced=frozenset(pair for pair in introduced if not pair.isdisjoint(group)),
                seats=frozenset(one for one in seats if one.user_id in group),
                host=seated.get(host, frozenset()) if host is not None else frozenset(),
                rule=(self._community.group_size, self._round.ends_at),
            )
            for group, host in ((one.group.people, one.host) for one in found)
        ]

    def people(self, user_ids: Iterable[str]) -> Sequence[members.Person]:
        """Return people by their ids."""
        return members.list_people(self._session, self._round.workspace, sorted(user_ids))

    def _available(self, user_ids: Iterable[str]) -> list[members.Person]:
        return [person for person in self.people(user_ids) if is_available(person, self._now)]

    def _seated(self, group_id: int) -> frozenset[str]:
        group = rounds.get_group(self._session, self._round.workspace, group_id)
        return frozenset(seat.user_id for seat in rounds.list_seats_of_group(self._session, group))

    def _inputs(self, people: Sequence[members.Person]) -> Inputs:
        """Return what the pairing needs to know of people, as before this round began."""
        number, seed = self._round.number, self._round.seed
        inputs = inputs_of(self._session, self._vault, self._community, people, number, seed, self._now)
        return replace(inputs, met={pair: last for pair, last in inputs.met.items() if last < number})

    def _apart(self, inputs: Inputs) -> Inputs:
        """Keep those from each other who were introduced in this round already."""
        mates = self._mates([one.id for one in inputs.members])
        apart = (replace(one, blocked=one.blocked | mates.get(one.id, set())) for one in inputs.members)
        return replace(inputs, members=tuple(apart))

    def _mates(self, user_ids: Sequence[str]) -> Mapping[str, set[str]]:
        """Return whom each of some people was introduced to since this round began."""
        mates: dict[str, set[str]] = {}
        for pair in rounds.list_introduced_in(self._session, self._round, few(user_ids)):
            for one in pair:
                mates.setdefault(one, set()).update(pair - {one})
        return mates

    def _hosts(self, seats: Sequence[Placed]) -> dict[int, tuple[str, ...]]:
        """Return the groups that could take one more, and their people: none has booked, answered or is full."""
        seated: dict[int, list[str]] = {}
        for one in seats:
            if one.state == SeatState.SEATED and one.group_id is not None:
                seated.setdefault(one.group_id, []).append(one.user_id)
        largest = min(self._community.group_size, LARGEST_GROUP - 1)
        return {
            group_id: tuple(seated[group_id])
            for group_id in rounds.list_open_groups(self._session, self._round)
            if 1 < len(seated.get(group_id, ())) <= largest
        }

    def _join(self, user_id: str, hosts: Mapping[int, tuple[str, ...]]) -> tuple[int, PlannedGroup] | None:
        """Return the group that suits somebody best and how it is with them; None where none may take them.

        A lot decides at which of many we look; those who have read of their group are disturbed last.
        """
        mates = self._mates([user_id]).get(user_id, set())
        fitting = [group_id for group_id, seated in hosts.items() if mates.isdisjoint(seated)]
        seed = self._round.seed
        fitting.sort(key=lambda group_id: lot_of(seed, user_id, group_id))
        drawn = fitting[:HOSTS_LOOKED_AT]
        inputs = self._inputs(self.people({user_id, *(one for group_id in drawn for one in hosts[group_id])}))
        known = {member.id: member for member in inputs.members}
        told = self._told(drawn)
        found = []
        for group_id in drawn:
            people = sorted((user_id, *hosts[group_id]))
            if not {*people} <= {*known}:
                continue
            plan = replace(inputs, members=tuple(known[one] for one in people)).plan()
            if len(plan.groups) == 1 and not plan.unplaced:
                rank = (group_id in told, plan.repeats.total, -plan.quality.value)
                found.append((rank, group_id, plan.groups[0]))
        return min(found, key=lambda one: one[0])[1:] if found else None

    def _told(self, group_ids: Sequence[int]) -> frozenset[int]:
        """Return those of some groups whose introduction has been read, or may have been."""
        keys = {introduction_key(group_id): group_id for group_id in group_ids}
        messages = outbox.list_by_keys(self._session, self._round.workspace, [*keys])
        return frozenset(group_ids) - {keys[message.key] for message in messages if message.is_untold}


def lot_of(seed: int, user_id: str, group_id: int) -> bytes:
    """Return what orders the groups that somebody could join, where nothing else does."""
    return sha256(f"{seed}:{user_id}:{group_id}".encode()).digest()


def _forming(found: _Found, people: Mapping[str, members.Person]) -> Forming:
    reason = found.group.reason
    otherwise = LOOKING if found.host is None else THIRD
    kind = otherwise if reason.kind in _BY_CHANCE else reason.kind.value
    return Forming([people[one] for one in found.group.people], kind, reason.lessons)
