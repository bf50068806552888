"""Rounds, the groups that were introduced in them, and what people said of them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter

from sqlalchemy import BigInteger, ColumnElement
from sqlmodel import Field, Index, Session, SQLModel, UniqueConstraint, col, delete, func, select

from bot.domain.messages import INTRODUCTIONS
from bot.domain.rounds import Met, WouldHelp
from storage.check_ins import CheckIn
from storage.columns import UtcDateTime
from storage.communities import Community
from storage.outbox import NEVER_CAME, OutboxMessage

# Stands for all people of a group; no id looks like it.
EVERYBODY = "*"


class SeatState(StrEnum):
    """What a person does in a round."""

    SEATED = "seated"
    LOOKING = "looking"
    OUT = "out"


class Round(SQLModel, table=True):
    """One round of introductions in one community, or the one introduction of two people on request.

    What was asked for belongs to no community, and has the number 0.
    `seed` makes the grouping repeatable. `ends_at` is the moment the next round may begin.
    `skipped` says why nobody was introduced, and is empty for a round that took place. `unplaced` counts those
    who were in no group when it began, as in "hours:2 rules:1".
    """

    __table_args__ = (
        UniqueConstraint("community_id", "due_at"),
        UniqueConstraint("community_id", "number"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    community_id: int | None = Field(default=None, foreign_key="community.id")
    number: int
    due_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    seed: int = Field(sa_type=BigInteger)
    skipped: str = ""
    unplaced: str = ""


class RoundInputs(SQLModel, table=True):
    """Everything a round was worked out from, so that it can be worked out again.

    `packed` is the whole without private lists; `sealed` holds those, empty when nobody had any. `digest`
    tells whether both are as they were.
    """

    round_id: int = Field(primary_key=True, foreign_key="round.id")
    workspace: str = Field(index=True)
    digest: str
    packed: bytes
    sealed: str = ""


class Group(SQLModel, table=True):
    """People introduced to each other in a round.

    `reason` is the kind of what decided it. `guide_ids` are the chosen conversation guide and its
    alternatives, separated by spaces. `in_plan` tells the groups the round began with from those formed later.
    """

    __tablename__ = "pair_group"

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    reason: str
    guide_ids: str
    in_plan: bool = True
    formed_at: datetime = Field(sa_type=UtcDateTime)
    booked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Seat(SQLModel, table=True):
    """A person's place in a round: one group, or looking for one, or out.

    `in_larger` tells that the group had more people than the community chose. `why_alone` is why somebody
    looks, as far as they may know it: hours or language, else empty.
    """

    __table_args__ = (UniqueConstraint("round_id", "user_id"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    round_id: int = Field(foreign_key="round.id")
    group_id: int | None = Field(default=None, foreign_key="pair_group.id", index=True)
    user_id: str = Field(index=True)
    state: str
    in_larger: bool = False
    why_alone: str = ""


class Lesson(SQLModel, table=True):
    """Who can teach whom what in a group, in the order of the exchange; `topic` is the topic's key."""

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    group_id: int = Field(foreign_key="pair_group.id", index=True)
    teacher: str
    learner: str
    topic: str


class Introduced(SQLModel, table=True):
    """The lasting record that two people were introduced; `user_a` sorts before `user_b`.

    It has the community of its round: none when it was asked for.
    """

    __table_args__ = (
        UniqueConstraint("group_id", "user_a", "user_b"),
        Index("ix_introduced_pair", "community_id", "user_a", "user_b"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    community_id: int | None = Field(default=None, foreign_key="community.id")
    round_id: int = Field(foreign_key="round.id", index=True)
    group_id: int = Field(foreign_key="pair_group.id")
    user_a: str
    user_b: str


def has_begun(session: Session, workspace: str, community_id: int) -> bool:
    """Tell whether any round of a community took place."""
    query = select(Round.id).where(
        Round.workspace == workspace, Round.community_id == community_id, Round.skipped == ""
    )
    return session.exec(query.limit(1)).first() is not None


def find_last_begun(session: Session, workspace: str, community_id: int) -> Round | None:
    """Return the newest round of a community that took place, or None."""
    query = (
        select(Round)
        .where(Round.workspace == workspace, Round.community_id == community_id, Round.skipped == "")
        .order_by(col(Round.number).desc())
    )
    return session.exec(query).first()


def find_last_round(session: Session, workspace: str, community_id: int) -> Round | None:
    """Return the newest round of a community, skipped ones included, or None."""
    query = (
        select(Round)
        .where(Round.workspace == workspace, Round.community_id == community_id)
        .order_by(col(Round.number).desc())
    )
    return session.exec(query).first()


def list_ends(session: Session, workspace: str, community_id: int, since: datetime) -> Sequence[tuple[int, datetime]]:
    """List the number and the end of each round of a community that ended since a moment, the oldest first."""
    query = (
        select(Round.number, Round.ends_at)
        .where(Round.workspace == workspace, Round.community_id == community_id, col(Round.ends_at) >= since)
        .order_by(col(Round.number))
    )
    return session.exec(query).all()


def get_group(session: Session, workspace: str, group_id: int) -> Group:
    """Return a group by its id; raises LookupError when this workspace has none such."""
    found = session.get(Group, group_id)
    if found is None or found.workspace != workspace:
        raise LookupError(f"group {group_id}")
    return found


def get_round(session: Session, workspace: str, round_id: int) -> Round:
    """Return a round by its id; raises LookupError when this workspace has none such."""
    found = session.get(Round, round_id)
    if found is None or found.workspace != workspace:
        raise LookupError(f"round {round_id}")
    return found


def find_community(session: Session, its_round: Round) -> Community | None:
    """Return the community of a round; None for an introduction on request."""
    return None if its_round.community_id is None else session.get_one(Community, its_round.community_id)


def get_community(session: Session, its_round: Round) -> Community:
    """Return the community of a round; raises LookupError for an introduction on request, which has none."""
    found = find_community(session, its_round)
    if found is None:
        raise LookupError(f"community of round {its_round.id}")
    return found


def list_seats_of_group(session: Session, group: Group) -> Sequence[Seat]:
    """List the people who still stand in a group, in the order of their ids."""
    query = select(Seat).where(Seat.group_id == group.id, Seat.state == SeatState.SEATED)
    return sorted(session.exec(query), key=lambda seat: seat.user_id)


def list_introduced(session: Session, group: Group) -> Sequence[str]:
    """List everyone who was introduced in a group, also those who left it since."""
    query = select(Introduced).where(Introduced.group_id == group.id)
    people = {person for row in session.exec(query) for person in (row.user_a, row.user_b)}
    return sorted(people)


def find_seat(session: Session, workspace: str, round_id: int, user_id: str) -> Seat | None:
    """Return a person's seat in a round, or None."""
    query = select(Seat).where(Seat.workspace == workspace, Seat.round_id == round_id, Seat.user_id == user_id)
    return session.exec(query).first()


def list_seats(session: Session, this_round: Round) -> Sequence[Seat]:
    """List all seats of a round, the oldest first."""
    query = (
        select(Seat)
        .where(Seat.workspace == this_round.workspace, Seat.round_id == this_round.id)
        .order_by(col(Seat.id))
    )
    return session.exec(query).all()


def list_open_seats(session: Session, workspace: str, user_id: str, now: datetime) -> Sequence[tuple[Seat, Round]]:
    """List a person's seats in the rounds that run at this moment, newest round first."""
    query = (
        select(Seat, Round)
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(Seat.workspace == workspace, Seat.user_id == user_id, col(Round.ends_at) > now)
        .order_by(col(Round.id).desc())
    )
    return session.exec(query).all()


def list_seats_near(
    session: Session, workspace: str, user_id: str, now: datetime, days: int
) -> Sequence[tuple[Seat, Round]]:
    """List a person's seats in rounds that run now or ended within so many days, newest first."""
    return list_open_seats(session, workspace, user_id, now - timedelta(days=days))


def list_introduced_since(session: Session, workspace: str, since: datetime) -> frozenset[str]:
    """Return the people who came into a group of any community's round that started since a moment."""
    query = (
        select(Seat.user_id)
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            Seat.workspace == workspace,
            col(Round.community_id).is_not(None),
            col(Round.started_at) >= since,
            col(Seat.group_id).is_not(None),
        )
    )
    return frozenset(session.exec(query))


def list_met(session: Session, workspace: str, community_id: int) -> dict[frozenset[str], int]:
    """Return the last round number in which each two people of a community met, as far as anybody knows.

    Who was introduced has met, unless their introduction was never sent, or somebody of the group said that they
    did not, or could not come, and nobody said that they did. Somebody who wanted another partner counts as
    having met this one. Whoever met on request did so in the community's round before it, if not in one of its own.
    """
    missed = _list_missed(session, workspace, community_id)
    in_rounds = (
        select(Introduced.user_a, Introduced.user_b, Introduced.group_id, Round.number)
        .join(Round, col(Round.id) == col(Introduced.round_id))
        .where(Introduced.workspace == workspace, Introduced.community_id == community_id)
    )
    met: dict[frozenset[str], int] = {}
    for a, b, group_id, number in [*session.exec(in_rounds), *_list_on_request(session, workspace, community_id)]:
        if missed.get(group_id, frozenset()).isdisjoint({a, b, EVERYBODY}):
            pair = frozenset((a, b))
            met[pair] = max(number, met.get(pair, 0))
    return met


def _list_on_request(session: Session, workspace: str, community_id: int) -> Iterator[tuple[str, str, int, int]]:
    """Yield who was introduced to whom on request, in which group, and the community's last round until then, or 0."""
    rounds = select(Round.started_at, Round.number).where(
        Round.workspace == workspace, Round.community_id == community_id
    )
    begun = session.exec(rounds.order_by(col(Round.started_at), col(Round.number))).all()
    asked_for = (
        select(Introduced.user_a, Introduced.user_b, Introduced.group_id, Round.started_at)
        .join(Round, col(Round.id) == col(Introduced.round_id))
        .where(Introduced.workspace == workspace, col(Introduced.community_id).is_(None))
    )
    for a, b, group_id, started_at in session.exec(asked_for):
        before = bisect_right(begun, started_at, key=itemgetter(0))
        yield a, b, group_id, begun[before - 1][1] if before else 0


def _list_missed(session: Session, workspace: str, community_id: int) -> dict[int, frozenset[str]]:
    """Return, by group, those who could not come, or EVERYBODY where the group said that it did not meet."""
    of_community = (Round.workspace == workspace, _counts_in(community_id))
    answers = (
        select(CheckIn.group_id, CheckIn.met, CheckIn.would_help)
        .join(Group, col(Group.id) == col(CheckIn.group_id))
        .join(Round, col(Round.id) == col(Group.round_id))
        .where(*of_community)
    )
    met: set[int] = set()
    untold = (
        select(Group.id)
        .join(Round, col(Round.id) == col(Group.round_id))
        .join(OutboxMessage, col(OutboxMessage.subject) == col(Group.id))
        .where(
            *of_community,
            OutboxMessage.workspace == workspace,
            col(OutboxMessage.kind).in_(INTRODUCTIONS),
            col(OutboxMessage.state).in_(NEVER_CAME),
        )
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
        .where(*of_community, Seat.state == SeatState.OUT, col(Seat.group_id).is_not(None))
    )
    for left, user_id in session.exec(gone):
        if left is not None:
            missed.setdefault(left, set()).add(user_id)
    return {group_id: frozenset(people) for group_id, people in missed.items() if group_id not in met}


def _counts_in(community_id: int) -> ColumnElement[bool]:
    """Return the condition for rounds whose introductions count in a community: its own, and what was asked for."""
    return (col(Round.community_id) == community_id) | col(Round.community_id).is_(None)


def list_introduced_in(session: Session, this_round: Round) -> frozenset[frozenset[str]]:
    """Return every two people who were introduced to each other in a round."""
    query = select(Introduced.user_a, Introduced.user_b).where(Introduced.round_id == this_round.id)
    return frozenset(frozenset(pair) for pair in session.exec(query))


def list_last_numbers(session: Session, workspace: str, community_id: int) -> dict[str, int]:
    """Return, by person, the number of the last round of a community in which they had a part."""
    query = (
        select(Seat.user_id, func.max(Round.number))
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(Seat.workspace == workspace, Round.community_id == community_id)
        .group_by(col(Seat.user_id))
    )
    return dict(session.exec(query).all())


def list_teaching(session: Session, workspace: str, community_id: int, since_number: int) -> dict[str, set[int]]:
    """Return, by person, the numbers of the rounds, from one on, in which they were the teacher of somebody."""
    query = (
        select(Lesson.teacher, Round.number)
        .join(Group, col(Group.id) == col(Lesson.group_id))
        .join(Round, col(Round.id) == col(Group.round_id))
        .where(Lesson.workspace == workspace, Round.community_id == community_id, col(Round.number) >= since_number)
    )
    found: dict[str, set[int]] = {}
    for teacher, number in session.exec(query):
        found.setdefault(teacher, set()).add(number)
    return found


def list_silent(session: Session, workspace: str, community_id: int, since_number: int) -> dict[str, frozenset[str]]:
    """Return, by person, those of their last group, from a round on, who never said a word about it."""
    of_community = (Round.workspace == workspace, Round.community_id == community_id)
    seats = (
        select(Seat.user_id, Seat.group_id)
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(*of_community, col(Round.number) >= since_number, Seat.state == SeatState.SEATED)
        .order_by(col(Round.number))
    )
    last = {user_id: group_id for user_id, group_id in session.exec(seats) if group_id is not None}
    answers = (
        select(CheckIn.group_id, CheckIn.user_id, CheckIn.met)
        .join(Group, col(Group.id) == col(CheckIn.group_id))
        .join(Round, col(Round.id) == col(Group.round_id))
        .where(*of_community, col(Round.number) >= since_number)
    )
    answered, met = set(), set()
    for group_id, user_id, answer in session.exec(answers):
        answered.add((group_id, user_id))
        if answer == Met.YES:
            met.add(group_id)
    together: dict[int, set[str]] = {}
    for user_id, group_id in last.items():
        together.setdefault(group_id, set()).add(user_id)
    return {
        user_id: frozenset(one for one in together[group_id] - {user_id} if (group_id, one) not in answered)
        for user_id, group_id in last.items()
        if group_id not in met
    }


def find_open_round(session: Session, workspace: str, community_id: int, now: datetime) -> Round | None:
    """Return the round of a community that runs at this moment, or None."""
    query = (
        select(Round)
        .where(
            Round.workspace == workspace,
            Round.community_id == community_id,
            Round.skipped == "",
            col(Round.started_at) <= now,
            col(Round.ends_at) > now,
        )
        .order_by(col(Round.number).desc())
    )
    return session.exec(query).first()


def list_groups(session: Session, this_round: Round) -> Sequence[Group]:
    """List every group that was formed in a round, the oldest first."""
    query = select(Group).where(Group.round_id == this_round.id).order_by(col(Group.id))
    return session.exec(query).all()


def list_planned_groups(session: Session, this_round: Round) -> list[tuple[str, ...]]:
    """List who was introduced to whom when a round began, whatever came later; ids and groups in order."""
    query = (
        select(Introduced.group_id, Introduced.user_a, Introduced.user_b)
        .join(Group, col(Group.id) == col(Introduced.group_id))
        .where(Introduced.round_id == this_round.id, col(Group.in_plan).is_(True))
    )
    people: dict[int, set[str]] = {}
    for group_id, one, other in session.exec(query):
        people.setdefault(group_id, set()).update((one, other))
    return sorted(tuple(sorted(group)) for group in people.values())


def list_answered_groups(session: Session, this_round: Round) -> dict[int, set[str]]:
    """Return what was answered about each group of a round."""
    query = (
        select(CheckIn.group_id, CheckIn.met)
        .join(Group, col(Group.id) == col(CheckIn.group_id))
        .where(Group.round_id == this_round.id)
    )
    answers: dict[int, set[str]] = {}
    for group_id, met in session.exec(query):
        answers.setdefault(group_id, set()).add(met)
    return answers


def list_lessons(session: Session, group: Group) -> Sequence[Lesson]:
    """List who can teach whom what in a group, in the order of the exchange."""
    return session.exec(select(Lesson).where(Lesson.group_id == group.id).order_by(col(Lesson.id))).all()


def count_taught(session: Session, workspace: str, teacher: str, since: datetime) -> dict[str, int]:
    """Return how often a person was to show each topic, by its key, in groups formed since a moment."""
    query = (
        select(Lesson.topic, func.count())
        .join(Group, col(Group.id) == col(Lesson.group_id))
        .where(Lesson.workspace == workspace, Lesson.teacher == teacher, col(Group.formed_at) >= since)
        .group_by(col(Lesson.topic))
    )
    return dict(session.exec(query).all())


def list_all_lessons(session: Session) -> Sequence[Lesson]:
    """List who could teach whom what in every group there is, of all workspaces."""
    return session.exec(select(Lesson)).all()


def find_round(session: Session, round_id: int) -> Round | None:
    """Return a round of any workspace, for the person who runs the bot, or None."""
    return session.get(Round, round_id)


def find_inputs(session: Session, this_round: Round) -> RoundInputs | None:
    """Return what a round was worked out from, or None when it was not kept."""
    return session.get(RoundInputs, this_round.id)


def list_inputs(session: Session, workspace: str) -> Sequence[RoundInputs]:
    """List what the rounds of a workspace were worked out from, as far as it is kept, oldest first."""
    query = select(RoundInputs).where(RoundInputs.workspace == workspace).order_by(col(RoundInputs.round_id))
    return session.exec(query).all()


def forget_inputs(session: Session, workspace: str, before: datetime) -> None:
    """Remove what rounds were worked out from that began before a moment."""
    old = select(Round.id).where(Round.workspace == workspace, col(Round.started_at) < before)
    session.exec(delete(RoundInputs).where(col(RoundInputs.workspace) == workspace, col(RoundInputs.round_id).in_(old)))


def list_sealed(session: Session) -> Sequence[RoundInputs]:
    """List the inputs of all workspaces in which something is sealed."""
    query = select(RoundInputs).where(RoundInputs.sealed != "").order_by(col(RoundInputs.round_id))
    return session.exec(query).all()


def find_last_meeting(session: Session, this_round: Round, people: Sequence[str]) -> int | None:
    """Return the last round before this one in which any two of these people were introduced, or None."""
    query = (
        select(func.max(Round.number))
        .select_from(Introduced)
        .join(Round, col(Round.id) == col(Introduced.round_id))
        .where(
            Introduced.workspace == this_round.workspace,
            Introduced.community_id == this_round.community_id,
            Round.number < this_round.number,
            col(Introduced.user_a).in_(people),
            col(Introduced.user_b).in_(people),
        )
    )
    return session.exec(query).one()


def count_larger(session: Session, workspace: str, community_id: int) -> dict[str, int]:
    """Count, for each person, in how many groups larger than the community's size they sat."""
    query = (
        select(Seat.user_id)
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            Seat.workspace == workspace,
            Round.community_id == community_id,
            col(Seat.in_larger).is_(True),
        )
    )
    counts: dict[str, int] = {}
    for user_id in session.exec(query):
        counts[user_id] = counts.get(user_id, 0) + 1
    return counts


def find_start(session: Session, this_round: Round, number: int) -> datetime:
    """Return when the first round of the same community began that has a number or, up to this round, a later one."""
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
            .where(Seat.workspace == workspace, Seat.user_id == user_id, col(Seat.group_id).is_not(None))
            .order_by(col(Round.started_at).desc())
            .limit(count)
        )
        starts += session.exec(query)
    return min(starts, default=None)


def list_recent_guides(session: Session, workspace: str, since: datetime) -> dict[str, dict[str, datetime]]:
    """Return, by person, the guides given in rounds of any community that began since a moment, and when last."""
    query = (
        select(Introduced.user_a, Introduced.user_b, Group.guide_ids, Round.started_at)
        .join(Group, col(Group.id) == col(Introduced.group_id))
        .join(Round, col(Round.id) == col(Introduced.round_id))
        .where(Introduced.workspace == workspace, col(Round.started_at) >= since)
        .order_by(col(Round.started_at))
    )
    used: dict[str, dict[str, datetime]] = {}
    for one, other, guide_ids, started_at in session.exec(query):
        for user_id in (one, other):
            used.setdefault(user_id, {})[guide_ids.split()[0]] = started_at
    return used


def count_rounds_before(session: Session, this_round: Round) -> dict[str, int]:
    """Return, by person, in how many earlier rounds of the same community they came into a group."""
    query = (
        select(Seat.user_id, func.count())
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            Seat.workspace == this_round.workspace,
            Round.community_id == this_round.community_id,
            col(Round.number) < this_round.number,
            col(Seat.group_id).is_not(None),
        )
        .group_by(col(Seat.user_id))
    )
    return dict(session.exec(query).all())


def has_met(session: Session, seat: Seat) -> bool:
    """Tell whether anybody of a seat's group said that they met."""
    if seat.group_id is None:
        return False
    query = select(CheckIn.id).where(CheckIn.group_id == seat.group_id, CheckIn.met == Met.YES)
    return session.exec(query).first() is not None


def find_last_seated_at(session: Session, workspace: str, community_id: int, user_id: str) -> datetime | None:
    """Return when a person was last given a seat in a community; None when never."""
    query = (
        select(Round.started_at)
        .join(Seat, col(Seat.round_id) == col(Round.id))
        .where(
            Seat.workspace == workspace,
            Round.community_id == community_id,
            Seat.user_id == user_id,
            col(Seat.group_id).is_not(None),
        )
        .order_by(col(Round.id).desc())
    )
    return session.exec(query).first()
