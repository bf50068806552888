"""Rounds, the groups that were introduced in them, and what people said of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger
from sqlmodel import Field, Index, Session, SQLModel, UniqueConstraint, col, func, select

from bot.domain.rounds import Met
from storage.columns import UtcDateTime


class SeatState(StrEnum):
    """What a person does in a round."""

    SEATED = "seated"
    LOOKING = "looking"
    OUT = "out"


class Round(SQLModel, table=True):
    """One round of introductions in one community.

    `seed` makes the grouping repeatable. `ends_at` is the moment the next round may begin.
    `skipped` says why nobody was introduced, and is empty for a round that took place.
    """

    __table_args__ = (
        UniqueConstraint("community_id", "due_at"),
        UniqueConstraint("community_id", "number"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    community_id: int = Field(foreign_key="community.id")
    number: int
    due_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    seed: int = Field(sa_type=BigInteger)
    skipped: str = ""


class Group(SQLModel, table=True):
    """Two or three people introduced to each other in a round.

    `guide_ids` are the chosen conversation guide and its alternatives, separated by spaces.
    """

    __tablename__ = "pair_group"

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    reason: str
    guide_ids: str
    formed_at: datetime = Field(sa_type=UtcDateTime)
    booked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Seat(SQLModel, table=True):
    """A person's place in a round: one group, or looking for one, or out."""

    __table_args__ = (UniqueConstraint("round_id", "user_id"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    round_id: int = Field(foreign_key="round.id")
    group_id: int | None = Field(default=None, foreign_key="pair_group.id", index=True)
    user_id: str = Field(index=True)
    state: str
    in_trio: bool = False


class Introduced(SQLModel, table=True):
    """The lasting record that two people were introduced; `user_a` sorts before `user_b`."""

    __table_args__ = (
        UniqueConstraint("group_id", "user_a", "user_b"),
        Index("ix_introduced_pair", "community_id", "user_a", "user_b"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    community_id: int = Field(foreign_key="community.id")
    round_id: int = Field(foreign_key="round.id", index=True)
    group_id: int = Field(foreign_key="pair_group.id")
    user_a: str
    user_b: str


class CheckIn(SQLModel, table=True):
    """What one person answered about one group.

    `met` is yes, booked, no or skip; `meets_on` is the day given with booked.
    """

    __table_args__ = (UniqueConstraint("group_id", "user_id"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    group_id: int = Field(foreign_key="pair_group.id")
    user_id: str = Field(index=True)
    met: str
    answered_at: datetime = Field(sa_type=UtcDateTime)
    meets_on: date | None = None
    worth: str | None = None
    first_time: bool | None = None
    would_help: str | None = None
    takeaway: str | None = None
    takeaway_for: str | None = None


def has_begun(session: Session, workspace: str, community_id: int) -> bool:
    """Tell whether any round of a community took place."""
    query = select(Round.id).where(
        Round.workspace == workspace, Round.community_id == community_id, Round.skipped == ""
    )
    return session.exec(query.limit(1)).first() is not None


def find_last_round(session: Session, workspace: str, community_id: int) -> Round | None:
    """Return the newest round of a community, skipped ones included, or None."""
    query = (
        select(Round)
        .where(Round.workspace == workspace, Round.community_id == community_id)
        .order_by(col(Round.number).desc())
    )
    return session.exec(query).first()


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


def list_seats_near(session: Session, workspace: str, user_id: str, now: datetime) -> Sequence[tuple[Seat, Round]]:
    """List a person's seats in rounds that run now or ended within the last three days, newest first."""
    return list_open_seats(session, workspace, user_id, now - timedelta(days=3))


def list_introduced_since(session: Session, workspace: str, since: datetime) -> frozenset[str]:
    """Return the people who came into a group of any round that started since a moment."""
    query = (
        select(Seat.user_id)
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(Seat.workspace == workspace, col(Round.started_at) >= since, col(Seat.group_id).is_not(None))
    )
    return frozenset(session.exec(query))


def list_met(session: Session, workspace: str, community_id: int) -> dict[frozenset[str], int]:
    """Return the last round number in which each two people of a community were introduced."""
    query = (
        select(Introduced.user_a, Introduced.user_b, Round.number)
        .join(Round, col(Round.id) == col(Introduced.round_id))
        .where(Introduced.workspace == workspace, Introduced.community_id == community_id)
        .order_by(col(Round.number))
    )
    return {frozenset((a, b)): number for a, b, number in session.exec(query)}


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


def count_trios(session: Session, workspace: str, community_id: int) -> dict[str, int]:
    """Count, for each person, in how many groups of three they sat in a community."""
    query = (
        select(Seat.user_id)
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            Seat.workspace == workspace,
            Round.community_id == community_id,
            col(Seat.in_trio).is_(True),
        )
    )
    counts: dict[str, int] = {}
    for user_id in session.exec(query):
        counts[user_id] = counts.get(user_id, 0) + 1
    return counts


def list_recent_guides(session: Session, workspace: str, community_id: int, since_number: int) -> dict[str, set[str]]:
    """Return the guides each person was given in the rounds from a number on."""
    query = (
        select(Seat.user_id, Group.guide_ids)
        .join(Group, col(Group.id) == col(Seat.group_id))
        .join(Round, col(Round.id) == col(Seat.round_id))
        .where(
            Seat.workspace == workspace,
            Round.community_id == community_id,
            col(Round.number) >= since_number,
        )
    )
    used: dict[str, set[str]] = {}
    for user_id, guide_ids in session.exec(query):
        used.setdefault(user_id, set()).add(guide_ids.split()[0])
    return used


def find_check_in(session: Session, group: Group, user_id: str) -> CheckIn | None:
    """Return what a person answered about a group, or None."""
    query = select(CheckIn).where(CheckIn.group_id == group.id, CheckIn.user_id == user_id)
    return session.exec(query).first()


def get_check_in(session: Session, workspace: str, check_in_id: int) -> CheckIn:
    """Return an answer by its id; raises LookupError when this workspace has none such."""
    found = session.get(CheckIn, check_in_id)
    if found is None or found.workspace != workspace:
        raise LookupError(f"check-in {check_in_id}")
    return found


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
