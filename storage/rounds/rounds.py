"""Rounds, the groups that were introduced in them, and what people said of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, bindparam, true
from sqlmodel import Field, Index, Session, UniqueConstraint, col, delete, func, select

from bot.domain.privacy import read_counts, write_counts
from bot.domain.rounds import Met
from storage.bulk import among
from storage.columns import UtcDateTime, WordOf, Written, list_of_words
from storage.communities import Community
from storage.privacy.inventory import Entry, Fate
from storage.privacy.vault import Place, Vault
from storage.rounds.check_ins import CheckIn
from storage.rounds.told import untold_groups, was_told
from storage.tables import Table


class SeatState(StrEnum):
    """What a person does in a round."""

    SEATED = "seated"
    LOOKING = "looking"
    OUT = "out"


class Round(Table, table=True):
    """One round of introductions in one community, or the one introduction of two people on request.

    What was asked for belongs to no community, and has the number 0. So does a round that is still being stored, piece
    by piece, for the community `forming_for`: it lies so far back that it runs for nobody, until all of it is there.
    `seed` makes the grouping repeatable. `ends_at` is the moment the next round may begin.
    `skipped` says why nobody was introduced, and is empty for a round that took place. `unplaced` counts those
    who were in no group when it began, by cause.
    """

    __table_args__ = (
        UniqueConstraint("community_id", "due_at"),
        UniqueConstraint("community_id", "number"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    community_id: int | None = Field(default=None, foreign_key="community.id")
    number: int
    due_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    seed: int = Field(sa_type=BigInteger)
    skipped: str = ""
    unplaced: Mapping[str, int] = Field(default_factory=dict, sa_type=Written(write_counts, read_counts))
    forming_for: int | None = Field(default=None, foreign_key="community.id")

    privacy = Entry(codes=("skipped", "unplaced"))


class RoundInputs(Table, table=True):
    """Everything a round was worked out from, so that it can be worked out again.

    `packed` is the whole without private lists; `sealed` holds those, empty when nobody had any. `digest`
    tells whether both are as they were.
    """

    round_id: int = Field(primary_key=True, foreign_key="round.id")
    workspace: str
    digest: str
    packed: bytes
    sealed: str = ""

    privacy = Entry(among={"packed": Fate.OWN_STEP, "sealed": Fate.OWN_STEP}, codes=("digest",))


class Group(Table, table=True):
    """People introduced to each other in a round.

    `reason` is the kind of what decided it. `guide_ids` are the chosen conversation guide and its
    alternatives. `in_plan` tells the groups the round began with from those formed later.
    """

    __tablename__ = "pair_group"

    id: int = Field(default=None, primary_key=True)
    workspace: str
    round_id: int = Field(foreign_key="round.id", index=True)
    reason: str
    guide_ids: tuple[str, ...] = Field(sa_type=list_of_words())
    in_plan: bool = True
    formed_at: datetime = Field(sa_type=UtcDateTime)
    booked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    privacy = Entry(codes=("reason", "guide_ids"))


class Seat(Table, table=True):
    """A person's place in a round: one group, or looking for one, or out.

    `in_larger` tells that the group had more people than the community chose. `why_alone` is why somebody
    looks, as far as they may know it: hours or language, else empty.
    """

    __table_args__ = (
        UniqueConstraint("round_id", "user_id"),
        Index("ix_seat_person", "workspace", "user_id"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    round_id: int = Field(foreign_key="round.id")
    group_id: int | None = Field(default=None, foreign_key="pair_group.id", index=True)
    user_id: str
    state: SeatState = Field(sa_type=WordOf(SeatState))
    in_larger: bool = False
    why_alone: str = ""

    privacy = Entry(
        people={"user_id": Fate.REMOVED},
        codes=("state", "why_alone"),
        told=("user_id",),
        follows={"round_id": ("number", "started_at"), "group_id": ("reason", "guide_ids", "booked_at")},
    )


class Lesson(Table, table=True):
    """Who can teach whom what in a group, in the order of the exchange; `topic` is the topic's key."""

    __table_args__ = (Index("ix_lesson_teacher", "workspace", "teacher"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str
    group_id: int = Field(foreign_key="pair_group.id", index=True)
    teacher: str
    learner: str
    topic: str

    privacy = Entry(
        people={"teacher": Fate.REMOVED, "learner": Fate.REMOVED},
        among={"topic": Fate.NAMELESS},
        told=("teacher", "learner"),
    )


class Introduced(Table, table=True):
    """The lasting record that two people were introduced; `user_a` sorts before `user_b`.

    It has the community of its round: none when it was asked for.
    """

    __table_args__ = (
        UniqueConstraint("group_id", "user_a", "user_b"),
        Index("ix_introduced_pair", "community_id", "user_a", "user_b"),
        Index("ix_introduced_one", "workspace", "user_a"),
        Index("ix_introduced_other", "workspace", "user_b"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    community_id: int | None = Field(default=None, foreign_key="community.id")
    round_id: int = Field(foreign_key="round.id", index=True)
    group_id: int = Field(foreign_key="pair_group.id")
    user_a: str
    user_b: str

    privacy = Entry(
        people={"user_a": Fate.OWN_STEP, "user_b": Fate.OWN_STEP},
        told=("user_a", "user_b"),
        follows={"community_id": ("channel_id",), "round_id": ("number", "started_at")},
    )


def is_whole() -> ColumnElement[bool]:
    """Return the condition for rounds that are there; one that is still being stored is nobody's business.

    Nearly every question asks for a community's rounds, or for those of some time, and finds no such round anyway.
    """
    return col(Round.forming_for).is_(None)


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


def find_last_number(session: Session, community: Community) -> int:
    """Return the number of the newest round of a community, 0 before the first; also when little else can be read.

    Numbers are taken whatever else a row says, even of another workspace.
    """
    query = select(Round.number).where(Round.community_id == community.id)
    return max(session.exec(query), default=0)


def list_left_out(session: Session, workspace: str, community_id: int, now: datetime) -> Sequence[Round]:
    """List the rounds of a community that did not take place and in whose stead none has come yet, oldest first."""
    query = select(Round).where(
        Round.workspace == workspace,
        Round.community_id == community_id,
        Round.skipped != "",
        col(Round.ends_at) > now,
    )
    return session.exec(query.order_by(col(Round.number))).all()


def find_round_due(session: Session, workspace: str, community_id: int, due_at: datetime) -> Round | None:
    """Return the round of a community for which a moment was planned, skipped or not, or None."""
    query = select(Round).where(
        Round.workspace == workspace, Round.community_id == community_id, Round.due_at == due_at
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


def find_skipped(session: Session, workspace: str, round_id: int) -> Round | None:
    """Return a round that did not take place; None where one has come in its stead."""
    found = session.get(Round, round_id)
    return found if found is not None and found.workspace == workspace and found.skipped else None


def find_community(session: Session, its_round: Round) -> Community | None:
    """Return the community of a round; None for an introduction on request."""
    return None if its_round.community_id is None else session.get_one(Community, its_round.community_id)


def get_community(session: Session, its_round: Round) -> Community:
    """Return the community of a round; raises LookupError for an introduction on request, which has none."""
    found = find_community(session, its_round)
    if found is None:
        raise LookupError(f"community of round {its_round.id}")
    return found


_SEATED: Final = select(Seat).where(col(Seat.group_id) == bindparam("group_id"), col(Seat.state) == SeatState.SEATED)


def list_seats_of_group(session: Session, group: Group) -> Sequence[Seat]:
    """List the people who still stand in a group, in the order of their ids."""
    return sorted(session.exec(_SEATED, params={"group_id": group.id}), key=lambda seat: seat.user_id)


def list_introduced(session: Session, group: Group) -> Sequence[str]:
    """List everyone who was introduced in a group, also those who left it since."""
    query = select(Introduced).where(Introduced.group_id == group.id)
    people = {person for row in session.exec(query) for person in (row.user_a, row.user_b)}
    return sorted(people)


def find_seat(session: Session, workspace: str, round_id: int, user_id: str) -> Seat | None:
    """Return a person's seat in a round, or None."""
    query = select(Seat).where(Seat.workspace == workspace, Seat.round_id == round_id, Seat.user_id == user_id)
    return session.exec(query).first()


def list_seats(session: Session, this_round: Round, people: Collection[str] | None = None) -> Sequence[Seat]:
    """List the seats of a round, all or those of some people, the oldest first."""
    # The round is of one workspace; asked for that too, SQLite would read the seats of every round.
    query = select(Seat).where(Seat.round_id == this_round.id, among(Seat.user_id, people))
    return sorted(session.exec(query), key=lambda seat: seat.id)


class Placed(NamedTuple):
    """Where somebody is in a round."""

    user_id: str
    group_id: int | None
    state: SeatState


def list_placed(session: Session, this_round: Round, people: Collection[str] | None = None) -> Sequence[Placed]:
    """List where everybody is in a round, or some people are."""
    query = select(Seat.user_id, Seat.group_id, Seat.state).where(
        Seat.round_id == this_round.id, among(Seat.user_id, people)
    )
    # Without objects: a round may have as many seats as a company has people.
    return [Placed(*row) for row in session.exec(query)]


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


def list_introduced_in(
    session: Session, this_round: Round, people: Collection[str] | None = None
) -> frozenset[frozenset[str]]:
    """Return every two people who were introduced to each other in a round, or on request since it began.

    With `people`, one of the two is one of them.
    """
    query = (
        select(Introduced.user_a, Introduced.user_b)
        .join(Round, col(Round.id) == col(Introduced.round_id))
        .where(
            Introduced.workspace == this_round.workspace,
            (col(Round.id) == this_round.id)
            | (col(Round.community_id).is_(None) & (col(Round.started_at) >= this_round.started_at)),
        )
    )
    return frozenset(frozenset(pair) for side in sides_with(people) for pair in session.exec(query.where(side)))


def sides_with(people: Collection[str] | None) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the queries that together find whom some people were introduced to; None for all.

    Each finds its rows by an index of its own, which one query for both sides would not.
    """
    if people is None:
        return (true(),)
    return among(Introduced.user_a, people), among(Introduced.user_b, people)


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


def list_untold(session: Session, this_round: Round) -> frozenset[int]:
    """Return the groups of a round whose introduction never came."""
    untold = col(Group.id).in_(untold_groups(this_round.workspace))
    return frozenset(session.exec(select(Group.id).where(Group.round_id == this_round.id, untold)))


def list_groups(session: Session, this_round: Round) -> Sequence[Group]:
    """List every group that was formed in a round, the oldest first."""
    query = select(Group).where(Group.round_id == this_round.id).order_by(col(Group.id))
    return session.exec(query).all()


def list_open_groups(session: Session, this_round: Round, group_ids: Collection[int] | None = None) -> Sequence[int]:
    """List the groups of a round, all or of some, that have booked nothing and about which nobody said anything."""
    said = select(CheckIn.id).where(CheckIn.group_id == Group.id)
    query = (
        select(Group.id)
        .where(Group.round_id == this_round.id, col(Group.booked_at).is_(None), ~said.exists())
        .where(among(Group.id, group_ids))
        .order_by(col(Group.id))
    )
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


def count_taught(session: Session, workspace: str, teacher: str, since: datetime) -> dict[str, int]:
    """Return how often a person was to show each topic, by its key, in groups formed since a moment."""
    query = (
        select(Lesson.topic, func.count())
        .join(Group, col(Group.id) == col(Lesson.group_id))
        .join(Round, col(Round.id) == col(Group.round_id))
        .where(
            Lesson.workspace == workspace,
            Lesson.teacher == teacher,
            is_whole(),
            col(Group.formed_at) >= since,
            was_told(Lesson.group_id, workspace),
        )
        .group_by(col(Lesson.topic))
    )
    return dict(session.exec(query).all())


def list_all_lessons(session: Session, workspace: str) -> Sequence[Lesson]:
    """List who could teach whom what in every group of a workspace."""
    return session.exec(select(Lesson).where(Lesson.workspace == workspace)).all()


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


def place_of(row: RoundInputs) -> Place:
    """Return where the lists of a round are sealed for: in another round's row they do not open."""
    return Place("round inputs", row.workspace, str(row.round_id))


def secret_of(vault: Vault, row: RoundInputs) -> str:
    """Return the private lists in a round's inputs as they were written down; empty when nobody had any.

    Raises:
        NoKeyError, WrongKeyError: They cannot be opened.
    """
    return vault.open(row.sealed, place_of(row)) if row.sealed else ""


def list_sealed(session: Session, workspace: str) -> Sequence[RoundInputs]:
    """List the inputs of a workspace's rounds in which something is sealed."""
    query = select(RoundInputs).where(RoundInputs.workspace == workspace, RoundInputs.sealed != "")
    return session.exec(query.order_by(col(RoundInputs.round_id))).all()


def list_sealed_workspaces(session: Session) -> Sequence[str]:
    """List the workspaces in which something of a round's inputs is sealed."""
    return session.exec(select(RoundInputs.workspace).where(RoundInputs.sealed != "").distinct()).all()


def has_met(session: Session, seat: Seat) -> bool:
    """Tell whether anybody of a seat's group said that they met."""
    if seat.group_id is None:
        return False
    query = select(CheckIn.id).where(CheckIn.group_id == seat.group_id, CheckIn.met == Met.YES)
    return session.exec(query).first() is not None
