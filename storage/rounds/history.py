"""What earlier rounds tell: who met, who taught whom, who had which guide, and when."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

from sqlalchemy import ColumnElement, String, bindparam
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.rounds import Met, WouldHelp
from storage.bulk import AT_ONCE, among, batches
from storage.communities import Community
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Group, Introduced, Lesson, Round, Seat, SeatState, is_whole, sides_with
from storage.rounds.told import untold_groups, was_told

EVERYBODY = "*"
# Who says this of a group says it for all of its people.
_CONFIRMING = (Met.YES, Met.BOOKED)


def list_introduced_since(session: Session, workspace: str, since: datetime) -> frozenset[str]:
    """Return the people who came into a group of any community's round that started since a moment."""
    query = (
        select(Seat.user_id)
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            Seat.workspace == workspace,
            col(Round.community_id).is_not(None),
            col(Round.started_at) >= since,
            was_told(Seat.group_id, workspace),
        )
    )
    return frozenset(session.exec(query))


def list_met(
    session: Session, workspace: str, community_id: int, people: Collection[str] | None = None
) -> dict[frozenset[str], int]:
    """Return the last round number in which each two people of a community met, or of some, as far as anybody knows.

    Who was introduced has met, unless their introduction was never sent, or somebody of the group said that they
    did not, or could not come, and nobody said that they did. Somebody who wanted another partner counts as
    having met this one. Two who met on request did so in the round before it, if not in one of its own.
    """
    in_rounds = (
        select(Introduced.user_a, Introduced.user_b, Introduced.group_id, Round.number)
        .join(Round, col(Round.id) == col(Introduced.round_id))
        .where(
            Introduced.workspace == workspace,
            Introduced.community_id == community_id,
            is_whole(),
            *_both_among(people),
        )
    )
    introduced = [*session.exec(in_rounds), *_list_on_request(session, workspace, community_id, people)]
    is_all = people is None or len(introduced) > AT_ONCE
    missed = _list_missed(session, workspace, community_id, None if is_all else {one[2] for one in introduced})
    met: dict[frozenset[str], int] = {}
    for a, b, group_id, number in introduced:
        if missed.get(group_id, frozenset()).isdisjoint({a, b, EVERYBODY}):
            pair = frozenset((a, b))
            met[pair] = max(number, met.get(pair, 0))
    return met


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A group of which nobody has said that it met or has found a time; both moments are aware UTC."""

    formed_at: datetime
    ends_at: datetime


def list_last_confirmed(session: Session, workspace: str, since: datetime) -> dict[str, datetime]:
    """Return when it was last heard of each person's groups, since a moment, that one met or has found a time.

    One of its people says it for all of them.
    """
    seated = (Seat.workspace == workspace, Seat.state == SeatState.SEATED)
    met = (
        select(Seat.user_id, func.max(CheckIn.answered_at))
        .join(CheckIn, col(CheckIn.group_id) == col(Seat.group_id))
        .where(*seated, col(CheckIn.met).in_(_CONFIRMING), col(CheckIn.answered_at) >= since)
        .group_by(col(Seat.user_id))
    )
    booked = (
        select(Seat.user_id, func.max(Group.booked_at))
        .join(Group, col(Group.id) == col(Seat.group_id))
        .where(*seated, col(Group.booked_at) >= since)
        .group_by(col(Seat.user_id))
    )
    last: dict[str, datetime] = {}
    for user_id, at in [*session.exec(met), *session.exec(booked)]:
        last[user_id] = max(at, last.get(user_id, at))
    return last


def list_unconfirmed(
    session: Session, community: Community, user_ids: Sequence[str], since: datetime
) -> dict[str, tuple[Unconfirmed, ...]]:
    """Return the groups of some people in the rounds of a community that ended since a moment, unless one has met.

    Those whose introduction never came are left out.
    """
    confirmed = select(CheckIn.group_id).where(
        CheckIn.workspace == community.workspace, col(CheckIn.met).in_(_CONFIRMING)
    )
    found: dict[str, tuple[Unconfirmed, ...]] = {}
    for some in batches(user_ids):
        query = (
            select(Seat.user_id, Group.formed_at, Round.ends_at)
            .join(Group, col(Group.id) == col(Seat.group_id))
            .join(Round, col(Round.id) == col(Seat.round_id))
            .where(
                Seat.workspace == community.workspace,
                Seat.state == SeatState.SEATED,
                col(Seat.user_id).in_(some),
                Round.community_id == community.id,
                col(Round.ends_at) >= since,
                col(Group.booked_at).is_(None),
                col(Group.id).not_in(confirmed),
                was_told(Group.id, community.workspace),
            )
        )
        for user_id, formed_at, ends_at in session.exec(query):
            found[user_id] = (*found.get(user_id, ()), Unconfirmed(formed_at, ends_at))
    return found


def _both_among(people: Collection[str] | None) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return among(Introduced.user_a, people), among(Introduced.user_b, people)


def _list_on_request(
    session: Session, workspace: str, community_id: int, people: Collection[str] | None
) -> Iterator[tuple[str, str, int, int]]:
    """Yield who was introduced to whom on request, in which group, and the community's last round until then, or 0."""
    rounds = select(Round.started_at, Round.number).where(
        Round.workspace == workspace, Round.community_id == community_id
    )
    begun = session.exec(rounds.order_by(col(Round.started_at), col(Round.number))).all()
    asked_for = (
        select(Introduced.user_a, Introduced.user_b, Introduced.group_id, Round.started_at)
        .join(Round, col(Round.id) == col(Introduced.round_id))
        .where(Introduced.workspace == workspace, col(Introduced.community_id).is_(None), *_both_among(people))
    )
    for a, b, group_id, started_at in session.exec(asked_for):
        before = bisect_right(begun, started_at, key=itemgetter(0))
        yield a, b, group_id, begun[before - 1][1] if before else 0


def _list_missed(
    session: Session, workspace: str, community_id: int, groups: Collection[int] | None
) -> dict[int, frozenset[str]]:
    """Return, by group, those who could not come, or EVERYBODY where the group said that it did not meet."""
    # Which rounds those of some groups are need not be asked.
    of_community = (Round.workspace == workspace, _counts_in(community_id)) if groups is None else ()
    answers = (
        select(CheckIn.group_id, CheckIn.met, CheckIn.would_help)
        .join(Group, col(Group.id) == col(CheckIn.group_id))
        .join(Round, col(Round.id) == col(Group.round_id))
        .where(*of_community, among(CheckIn.group_id, groups))
    )
    met: set[int] = set()
    untold = (
        select(Group.id)
        .join(Round, col(Round.id) == col(Group.round_id))
        .where(*of_community, col(Group.id).in_(untold_groups(workspace)), among(Group.id, groups))
    )
    missed: dict[int, set[str]] = {group_id: {EVERYBODY} for group_id in session.exec(untold)}
    for group_id, answer, would_help in session.exec(answers):
        if answer == Met.YES:
            met.add(group_id)
        elif answer == Met.NO and would_help != WouldHelp.ANOTHER_PARTNER:
            missed[group_id] = {EVERYBODY}
    gone = (
        select(Seat.group_id, Seat.user_id)
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            *of_community,
            Seat.state == SeatState.OUT,
            col(Seat.group_id).is_not(None),
            among(Seat.group_id, groups),
        )
    )
    for left, user_id in session.exec(gone):
        if left is not None:
            missed.setdefault(left, set()).add(user_id)
    return {group_id: frozenset(people) for group_id, people in missed.items() if group_id not in met}


def _counts_in(community_id: int) -> ColumnElement[bool]:
    """Return the condition for rounds whose introductions count in a community: its own, and what was asked for."""
    return (col(Round.community_id) == community_id) | col(Round.community_id).is_(None)


def find_last_number_of(session: Session, workspace: str, community_id: int, user_id: str) -> int | None:
    """Return the number of the last round of a community in which one person had a part; None when there is none."""
    query = (
        select(func.max(Round.number))
        .join(Seat, col(Seat.round_id) == col(Round.id))
        .where(
            Seat.workspace == workspace,
            Seat.user_id == user_id,
            Round.community_id == community_id,
            col(Seat.group_id).is_(None) | was_told(Seat.group_id, workspace),
        )
    )
    return session.exec(query).one()


def list_last_numbers(session: Session, workspace: str, community_id: int) -> dict[str, int]:
    """Return, by person, the number of the last round of a community in which they had a part."""
    query = (
        select(Seat.user_id, func.max(Round.number))
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            Seat.workspace == workspace,
            Round.community_id == community_id,
            col(Seat.group_id).is_(None) | was_told(Seat.group_id, workspace),
        )
        .group_by(col(Seat.user_id))
    )
    return dict(session.exec(query).all())


def list_teaching(
    session: Session,
    workspace: str,
    community_id: int,
    since_number: int,
    people: Collection[str] | None = None,
) -> dict[str, set[int]]:
    """Return, by person, the numbers of the rounds, from one on, in which they were the teacher of somebody."""
    query = (
        select(Lesson.teacher, Round.number)
        .join(Group, col(Group.id) == col(Lesson.group_id))
        .join(Round, col(Round.id) == col(Group.round_id))
        .where(
            Lesson.workspace == workspace,
            Round.community_id == community_id,
            col(Round.number) >= since_number,
            among(Lesson.teacher, people),
            was_told(Lesson.group_id, workspace),
        )
    )
    found: dict[str, set[int]] = {}
    for teacher, number in session.exec(query):
        found.setdefault(teacher, set()).add(number)
    return found


def list_silent(
    session: Session,
    workspace: str,
    community_id: int,
    since_number: int,
    people: Collection[str] | None = None,
) -> dict[str, frozenset[str]]:
    """Return, by person, those of their last group, from a round on, who never said a word about it."""
    in_rounds = (Round.workspace == workspace, Round.community_id == community_id, col(Round.number) >= since_number)
    last = _list_last_groups(session, workspace, in_rounds, people)
    groups = None if people is None else {*last.values()}
    together: dict[int, set[str]] = {}
    for user_id, group_id in (last if people is None else _list_with(session, workspace, in_rounds, last)).items():
        together.setdefault(group_id, set()).add(user_id)
    answers = (
        select(CheckIn.group_id, CheckIn.user_id, CheckIn.met)
        .join(Group, col(Group.id) == col(CheckIn.group_id))
        .join(Round, col(Round.id) == col(Group.round_id))
        .where(*in_rounds, among(CheckIn.group_id, groups))
    )
    answered, met = set(), set()
    for group_id, user_id, answer in session.exec(answers):
        answered.add((group_id, user_id))
        if answer == Met.YES:
            met.add(group_id)
    return {
        user_id: frozenset(one for one in together[group_id] - {user_id} if (group_id, one) not in answered)
        for user_id, group_id in last.items()
        if group_id not in met
    }


def _list_with(
    session: Session, workspace: str, in_rounds: Sequence[ColumnElement[bool] | bool], last: dict[str, int]
) -> dict[str, int]:
    """Return the last groups of some people, and of those who ever sat in one of these groups."""
    # The groups are of one workspace, and asking for it too would have SQLite read all of its seats.
    seats = select(Seat.user_id).where(among(Seat.group_id, {*last.values()}))
    return _list_last_groups(session, workspace, in_rounds, {*session.exec(seats)})


def _list_last_groups(
    session: Session,
    workspace: str,
    in_rounds: Sequence[ColumnElement[bool] | bool],
    people: Collection[str] | None,
) -> dict[str, int]:
    """Return the group of each person's last seat in some rounds."""
    seats = (
        select(Seat.user_id, Seat.group_id)
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            *in_rounds,
            Seat.workspace == workspace,
            Seat.state == SeatState.SEATED,
            among(Seat.user_id, people),
            was_told(Seat.group_id, workspace),
        )
        .order_by(col(Round.number))
    )
    return {user_id: group_id for user_id, group_id in session.exec(seats) if group_id is not None}


_LAST_MEETING: Final = (
    select(func.max(Round.number))
    .select_from(Introduced)
    .join(Round, col(Round.id) == col(Introduced.round_id))
    .where(
        col(Introduced.workspace) == bindparam("of_workspace"),
        col(Introduced.community_id) == bindparam("community_id"),
        col(Round.number) < bindparam("number"),
        is_whole(),
        col(Introduced.user_a).in_(bindparam("people", expanding=True)),
        col(Introduced.user_b).in_(bindparam("people", expanding=True)),
        was_told(Introduced.group_id, bindparam("of_workspace", type_=String)),
    )
)


def find_last_meeting(session: Session, this_round: Round, people: Sequence[str]) -> int | None:
    """Return the last round before this one in which any two of these people were introduced, or None."""
    about = {
        "of_workspace": this_round.workspace,
        "community_id": this_round.community_id,
        "number": this_round.number,
        "people": [*people],
    }
    found: int | None = session.exec(_LAST_MEETING, params=about).first()
    return found


def count_larger(
    session: Session, workspace: str, community_id: int, people: Collection[str] | None = None
) -> dict[str, int]:
    """Count, for each person, in how many groups larger than the community's size they sat."""
    query = (
        select(Seat.user_id)
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            Seat.workspace == workspace,
            Round.community_id == community_id,
            col(Seat.in_larger).is_(True),
            among(Seat.user_id, people),
            was_told(Seat.group_id, workspace),
        )
    )
    counts: dict[str, int] = {}
    for user_id in session.exec(query):
        counts[user_id] = counts.get(user_id, 0) + 1
    return counts


def find_start(session: Session, this_round: Round, number: int) -> datetime | None:
    """Return when the first round of the same community began that has a number or a later one; None before any."""
    query = select(func.min(Round.started_at)).where(
        Round.workspace == this_round.workspace,
        Round.community_id == this_round.community_id,
        col(Round.number) >= number,
    )
    return session.exec(query).one()


def find_start_of_last(session: Session, workspace: str, people: Iterable[str], count: int) -> datetime | None:
    """Return when the first of the last so many rounds began in which any of these people came into a group.

    Each person's rounds are counted by themselves. None when nobody ever came into one.
    """
    starts: list[datetime] = []
    for user_id in people:
        query = (
            select(Round.started_at)
            .join(Seat, col(Seat.round_id) == col(Round.id))
            .where(Seat.workspace == workspace, Seat.user_id == user_id, is_whole(), was_told(Seat.group_id, workspace))
            .order_by(col(Round.started_at).desc())
            .limit(count)
        )
        starts += session.exec(query)
    return min(starts, default=None)


def list_recent_guides(
    session: Session, workspace: str, since: datetime, people: Collection[str] | None = None
) -> dict[str, dict[str, datetime]]:
    """Return, by person, the guides given in rounds of any community that began since a moment, and when last."""
    query = (
        select(Introduced.user_a, Introduced.user_b, Group.guide_ids, Round.started_at)
        .join(Group, col(Group.id) == col(Introduced.group_id))
        .join(Round, col(Round.id) == col(Introduced.round_id))
        .where(
            Introduced.workspace == workspace,
            col(Round.started_at) >= since,
            is_whole(),
            was_told(Introduced.group_id, workspace),
        )
    )
    found = [row for side in sides_with(people) for row in session.exec(query.where(side))]
    used: dict[str, dict[str, datetime]] = {}
    for one, other, guide_ids, started_at in found:
        for user_id in (one, other):
            guides, guide = used.setdefault(user_id, {}), guide_ids[0]
            guides[guide] = max(started_at, guides.get(guide, started_at))
    return used


def count_rounds_before(session: Session, this_round: Round, people: Collection[str] | None = None) -> dict[str, int]:
    """Return, by person, in how many earlier rounds of the same community they came into a group."""
    query = (
        select(Seat.user_id, func.count())
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            Seat.workspace == this_round.workspace,
            Round.community_id == this_round.community_id,
            col(Round.number) < this_round.number,
            among(Seat.user_id, people),
            was_told(Seat.group_id, this_round.workspace),
        )
        .group_by(col(Seat.user_id))
    )
    return dict(session.exec(query).all())


def list_last_seated(
    session: Session, workspace: str, user_ids: Sequence[str] | SelectOfScalar[str]
) -> dict[tuple[int, str], datetime]:
    """Return when each of some people was last given a seat in each community, by the community's id and theirs."""
    query = (
        select(Round.community_id, Seat.user_id, func.max(Round.started_at))
        .join(Seat, col(Seat.round_id) == col(Round.id))
        .where(
            Seat.workspace == workspace,
            col(Seat.user_id).in_(user_ids),
            col(Round.community_id).is_not(None),
            was_told(Seat.group_id, workspace),
        )
        .group_by(col(Round.community_id), col(Seat.user_id))
    )
    return {
        (community_id, user_id): started_at
        for community_id, user_id, started_at in session.exec(query)
        if community_id is not None
    }
