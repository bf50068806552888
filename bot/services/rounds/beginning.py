"""Beginning a round: worked out while others write, stored in pieces that nobody sees, there at once when it is whole.

A round that fits in one piece is one transaction. Of a larger one the pieces wait, and so do its messages, until the
last of them is stored; what was begun and never finished is taken back.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import Final

from sqlmodel import Session

from bot.domain.cadence import Weekly, local_day, weekday_in_week_of
from bot.domain.guides import GuideLibrary
from bot.domain.pairing import Cause, Plan, Unplaced
from bot.domain.round_inputs import Written, write_down
from bot.domain.rounds import seed_of
from bot.domain.schedule import NOTE_WEEKDAY, DueKind
from bot.services.communities.communities import keeping_cards
from bot.services.members.members import is_available
from bot.services.overview.note_times import note_day, note_row
from bot.services.rounds.announcing import leave_out, take_promises_back, tell_channel, tell_facilitators
from bot.services.rounds.forming import Forming, Prepared, prepare_groups, store_groups
from bot.services.rounds.groups import leave_seat, no_partner_row, part_those_apart, start_of_week
from bot.services.rounds.planning import Situation, look
from storage import communities, due, members, private_lists
from storage.bulk import batches, insert_rows
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.outbox import outbox
from storage.privacy import erasures
from storage.privacy.vault import Vault
from storage.rounds import history, rounds, unfinished
from storage.rounds.rounds import Round, RoundInputs, Seat, SeatState

# So many groups are stored in a fraction of a second, in which nobody else can write.
PIECE: Final = 500
# When more people than these went meanwhile, the round is worked out once more.
MOST_GONE: Final = 50
# What somebody alone may be told of the cause; the others could tell of somebody's private list.
_TOLD_CAUSES: Final = frozenset({Cause.HOURS, Cause.LANGUAGE})

_log = logging.getLogger(__name__)


class _OutdatedError(Exception):
    """What a round was worked out from is no longer so; nothing of it was published."""


@dataclass(frozen=True)
class _Beginning:
    """A round that is worked out and has only to be stored.

    Args:
        row: Its due row.
        is_wanted: Whether a facilitator wants it now.
        now: When it begins.
        situation: What it was worked out from.
        plan: Who meets whom.
        planned: The round as it will be; the row that is stored has an id of its own.
        groups: The groups, ready to be stored.
        notes: The weekly notes of those whose round ends now, before its time.
        written: What the round was worked out from, as it is kept.
        seals: Every private list of the workspace, sealed, by whose list it is.
        erased: The id of the last record of somebody who was erased.
    """

    row: Due
    is_wanted: bool
    now: datetime
    situation: Situation
    plan: Plan
    planned: Round
    groups: Sequence[Prepared]
    notes: Sequence[Mapping[str, object]]
    written: Written
    seals: Mapping[str, str]
    erased: int | None


@dataclass(frozen=True)
class _Piece:
    groups: Sequence[Prepared] = ()
    alone: Sequence[Unplaced] = ()
    notes: Sequence[Mapping[str, object]] = ()


class RoundBeginner:
    """Begins rounds, each as the only one to do so in its community.

    Args:
        database: Where rounds are kept.
        guides: The conversation guides to choose from.
        vault: Opens private lists.
        piece: How many groups are stored at once.
    """

    def __init__(self, database: Database, guides: GuideLibrary, vault: Vault, piece: int = PIECE) -> None:
        self._database = database
        self._guides = guides
        self._vault = vault
        self._piece = piece

    def begin(self, row: Due, now: datetime, *, is_wanted: bool = False) -> bool:
        """Begin a round that is due, or that a facilitator wants now; False when another is at it."""
        with self._database.lease(f"round {row.subject}", row.workspace) as is_ours:
            if is_ours:
                self._take_back(row.workspace, int(row.subject))
                self._begin(row, now, is_wanted=is_wanted)
            return is_ours

    def take_back(self, row: Due) -> None:
        """Take back what was stored of a round that was never finished; does nothing while somebody is at it."""
        with self._database.lease(f"round {row.subject}", row.workspace) as is_ours:
            if is_ours:
                self._take_back(row.workspace, int(row.subject))
                with self._database.write(row.workspace) as session:
                    due.advance(session, row, None)

    def _begin(self, row: Due, now: datetime, *, is_wanted: bool) -> None:
        with self._database.read() as session:
            situation = look(session, self._vault, row, now, is_wanted=is_wanted)
            seals = private_lists.list_seals(session, row.workspace)
            erased = erasures.find_last_id(session, row.workspace)
        # Planning for many takes seconds, in which everybody else may write.
        plan = situation.inputs.plan() if situation.inputs is not None else None
        # A round that is nobody's turn counts, or it would never be anybody's again.
        has_people = plan is not None and bool(plan.groups or plan.unplaced or situation.by_pace)
        if plan is None or not has_people or self._is_held(row, situation):
            # At a facilitator's word the planned round stays planned when nobody can be introduced.
            if not is_wanted:
                self._pass_over(row, situation, now)
            return
        with self._database.read() as session:
            beginning = self._prepare(session, row, situation, plan, now, is_wanted=is_wanted)
        try:
            self._store(replace(beginning, seals=seals, erased=erased))
        except _OutdatedError:
            # The row is still due if the round is still to be, and the next beat plans it again.
            _log.info("a round of community %s changed while it was stored, and is taken back", situation.community_id)
            self._take_back(row.workspace, situation.community_id)

    def _is_held(self, row: Due, situation: Situation) -> bool:
        """Tell whether the moment of a due row has a round already."""
        with self._database.read() as session:
            held = rounds.find_round_due(session, row.workspace, situation.community_id, row.due_at)
        return held is not None and held.id != situation.takes_back

    def _pass_over(self, row: Due, situation: Situation, now: datetime) -> None:
        """Let a round not take place that is due, and plan the next one, if nothing has changed meanwhile."""
        with self._database.write(row.workspace) as session:
            if look(session, self._vault, row, now) != situation:
                return
            community = communities.get_community(session, row.workspace, situation.community_id)
            with keeping_cards(session, now, community):
                leave_out(session, community, situation, row, now)

    def _prepare(
        self, session: Session, row: Due, situation: Situation, plan: Plan, now: datetime, *, is_wanted: bool
    ) -> _Beginning:
        """Work out everything that can be known of a round before it is stored."""
        assert situation.inputs is not None  # noqa: S101 - there is a plan of them
        left_out = rounds.get_round(session, row.workspace, situation.takes_back) if situation.takes_back else None
        due_at = left_out.due_at if left_out else row.due_at
        causes = Counter(one.cause.value for one in plan.unplaced)
        planned = Round(
            workspace=row.workspace,
            community_id=situation.community_id,
            number=situation.number,
            due_at=due_at,
            started_at=now,
            ends_at=Weekly.decode(row.cadence or "").next_after(max(now, due_at), last=due_at),
            seed=seed_of(row.workspace, situation.community_id, situation.number),
            unplaced=dict(causes),
        )
        ids = [one for group in plan.groups for one in group.people]
        people = {person.user_id: person for person in members.list_people(session, row.workspace, ids)}
        forming = [
            Forming([people[one] for one in group.people], group.reason.kind.value, group.reason.lessons)
            for group in plan.groups
            # Somebody may have been erased meanwhile, and the round is planned again.
            if people.keys() >= {*group.people}
        ]
        return _Beginning(
            row=row,
            is_wanted=is_wanted,
            now=now,
            situation=situation,
            plan=plan,
            planned=planned,
            groups=prepare_groups(session, planned, forming, self._guides, now),
            notes=list(_notes_of_ended(session, row.workspace, situation.community_id, now)),
            written=write_down(situation.inputs, secrets.token_hex(16)),
            seals={},
            erased=None,
        )

    def _store(self, beginning: _Beginning) -> None:
        *early, last = _pieces(beginning, self._piece)
        workspace, round_id = beginning.planned.workspace, None
        for piece in early:
            with self._database.write(workspace) as session:
                if round_id is None:
                    # Should nobody finish it, the next beat takes it back.
                    subject = str(beginning.situation.community_id)
                    due.set_due(session, workspace, DueKind.UNFINISHED, subject, beginning.now)
                round_id = _add(session, beginning, round_id, piece)
        with self._database.write(workspace) as session:
            community = communities.get_community(session, workspace, beginning.situation.community_id)
            with keeping_cards(session, beginning.now, community):
                round_id = _add(session, beginning, round_id, last)
                self._publish(session, beginning, community, rounds.get_round(session, workspace, round_id))

    def _publish(self, session: Session, beginning: _Beginning, community: Community, stored: Round) -> None:
        """Let everybody see a round of which all is stored; those who went meanwhile are in none of its groups.

        Raises:
            _OutdatedError: It is not to be, or has to be planned again.
        """
        now, planned = beginning.now, beginning.planned
        gone = _list_gone(session, stored, community, now)
        if (
            not due.advance(session, beginning.row, planned.ends_at)
            or community.asleep_at is not None
            or erasures.find_last_id(session, community.workspace) != beginning.erased
            or unfinished.has_rival(session, stored, start_of_week(community, now))
            or len(gone) > MOST_GONE
        ):
            raise _OutdatedError
        has_promised = take_promises_back(session, community, now)
        _end_earlier(session, community, now)
        if beginning.situation.takes_back is not None:
            session.delete(rounds.get_round(session, community.workspace, beginning.situation.takes_back))
            session.flush()
        stored.sqlmodel_update(planned.model_dump(exclude={"id"}))
        session.add(stored)
        session.flush()
        due.clear_due(session, community.workspace, DueKind.UNFINISHED, str(community.id))
        self._keep_inputs(session, beginning, stored)
        if has_promised:
            tell_channel(session, community, stored, now)
        if beginning.plan.unplaced:
            tell_facilitators(session, stored, now)
        for seat in gone:
            leave_seat(session, seat, SeatState.OUT, now)
        self._part(session, beginning, stored)
        _let_look(session, beginning, community, stored)
        _tell_log(beginning)

    def _keep_inputs(self, session: Session, beginning: _Beginning, this_round: Round) -> None:
        written = beginning.written
        row = RoundInputs(
            round_id=this_round.id, workspace=this_round.workspace, digest=written.digest, packed=written.packed
        )
        if written.secret:
            row.sealed = self._vault.seal(written.secret, rounds.place_of(row))
        session.add(row)

    def _part(self, session: Session, beginning: _Beginning, this_round: Round) -> None:
        """Take those apart who have said meanwhile that they are not to be introduced."""
        seals = private_lists.list_seals(session, this_round.workspace)
        changed = [user_id for user_id, seal in seals.items() if beginning.seals.get(user_id) != seal]
        seats = (rounds.find_seat(session, this_round.workspace, this_round.id, one) for one in sorted(changed))
        own = {seat.group_id for seat in seats if seat is not None and seat.group_id is not None}
        for group_id in sorted(own.union(unfinished.list_with_managers(session, this_round))):
            group = rounds.get_group(session, this_round.workspace, group_id)
            part_those_apart(session, self._vault, group.workspace, group.id, beginning.now)

    def _take_back(self, workspace: str, community_id: int) -> None:
        with self._database.read() as session:
            is_gone = unfinished.find_unfinished(session, workspace, community_id) is None
        while not is_gone:
            with self._database.write(workspace) as session:
                begun = unfinished.find_unfinished(session, workspace, community_id)
                is_gone = begun is None or (
                    outbox.forget_waiting(session, workspace, begun.id, self._piece)
                    and unfinished.take_back(session, begun, self._piece)
                )


def _pieces(beginning: _Beginning, size: int) -> list[_Piece]:
    """Return what is to be stored of a round, in pieces of so many groups; there is at least one."""
    groups = batches(beginning.groups, size)
    alone = batches(beginning.plan.unplaced, size)
    notes = batches(beginning.notes, size)
    return [_Piece(*piece) for piece in zip_longest(groups, alone, notes, fillvalue=())] or [_Piece()]


def _add(session: Session, beginning: _Beginning, round_id: int | None, piece: _Piece) -> int:
    """Add a piece to what is stored of a round, and the round's row before the first; return the row's id.

    Raises:
        _OutdatedError: Somebody else has taken it back.
    """
    planned, now = beginning.planned, beginning.now
    community_id = beginning.situation.community_id
    if round_id is None:
        round_id = unfinished.add_unfinished(session, planned.workspace, community_id, planned.seed).id
    else:
        begun = unfinished.find_unfinished(session, planned.workspace, community_id)
        if begun is None or begun.id != round_id:
            raise _OutdatedError
    store_groups(session, planned, round_id, piece.groups, now, in_plan=True)
    insert_rows(
        session,
        Seat,
        (
            {
                "workspace": planned.workspace,
                "round_id": round_id,
                "user_id": one.person,
                "state": SeatState.LOOKING,
                "why_alone": one.cause.value if one.cause in _TOLD_CAUSES else "",
            }
            for one in piece.alone
        ),
    )
    told = (no_partner_row(planned, round_id, one.person, now, waits_for=round_id) for one in piece.alone)
    outbox.add_all(session, [*told, *piece.notes])
    return round_id


def _list_gone(session: Session, stored: Round, community: Community, now: datetime) -> list[Seat]:
    """List the seats of those who can no longer be introduced in a community."""
    seats = unfinished.list_no_longer_in(session, stored, community)
    people = {
        person.user_id: person
        for person in members.list_people(session, community.workspace, [seat.user_id for seat in seats])
    }

    def is_in(user_id: str) -> bool:
        membership = members.find_membership(session, community, user_id)
        person = people.get(user_id)
        return (
            membership is not None
            and membership.part == members.Part.IN
            and person is not None
            and not person.is_guest
            and is_available(person, now)
        )

    return [seat for seat in seats if not is_in(seat.user_id)]


def _let_look(session: Session, beginning: _Beginning, community: Community, this_round: Round) -> None:
    """Let those look for a partner who came in while the round was stored."""
    joined = [
        user_id
        for user_id in members.list_joined_since(session, community, beginning.now)
        if user_id not in beginning.situation.participants
    ]
    if not joined:
        return
    taken = history.list_introduced_since(session, community.workspace, start_of_week(community, beginning.now))
    for person in members.list_people(session, community.workspace, joined):
        if person.user_id not in taken and is_available(person, beginning.now):
            seat = Seat(
                workspace=community.workspace, round_id=this_round.id, user_id=person.user_id, state=SeatState.LOOKING
            )
            session.add(seat)
            due.set_due(session, community.workspace, DueKind.PLACE, str(community.id), beginning.now)


def _notes_of_ended(
    session: Session, workspace: str, community_id: int, now: datetime
) -> Iterator[Mapping[str, object]]:
    """Yield the notes of the people of a round that still runs when the next one begins; they are asked this week."""
    running = rounds.find_open_round(session, workspace, community_id, now)
    if running is None:
        return
    asked_from = weekday_in_week_of(
        local_day(now, communities.get_community(session, workspace, community_id).zone), NOTE_WEEKDAY
    )
    seated = [seat.user_id for seat in rounds.list_seats(session, running) if seat.state == SeatState.SEATED]
    for person in members.list_people(session, workspace, seated):
        note = note_row(person, note_day(person, asked_from), now)
        if note is not None:
            yield note


def _end_earlier(session: Session, community: Community, now: datetime) -> None:
    """End the round that still runs when the next one begins before its time."""
    running = rounds.find_open_round(session, community.workspace, community.id, now)
    if running is not None:
        running.ends_at = now
        session.add(running)


def _tell_log(beginning: _Beginning) -> None:
    plan, distance = beginning.plan, beginning.plan.quality.distance
    _log.info(
        "round %s of community %s: %s groups, %s unplaced, %s repeats, %s from the best possible",
        beginning.planned.number,
        beginning.planned.community_id,
        len(plan.groups),
        len(plan.unplaced),
        plan.repeats.total,
        "not proven how far" if distance is None else f"at most {distance:.3%}",
    )
