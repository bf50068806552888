"""People the bot knows of, and the communities they chose to take part in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import identity_key
from sqlmodel import Field, Index, Session, UniqueConstraint, col, func, select, update
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.cadence import Window
from bot.domain.languages import ENGLISH
from bot.domain.messages import MessageKind
from bot.domain.pings import read_less, write_less
from bot.domain.schedule import NOTE_AT, NOTE_WEEKDAY
from storage.bulk import batches
from storage.columns import UtcDateTime, Weekdays, Whole, WordOf, Written, ZoneName, list_of_words
from storage.communities import Community
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table

_USUAL = Window()


class Part(StrEnum):
    """Whether a person takes part in a community's introductions."""

    IN = "in"
    OUT = "out"
    RESTING = "resting"
    NOT_NOW = "not_now"
    NO_THANKS = "no_thanks"


class Person(Table, table=True):
    """A Slack account the bot has met; no name and no address are kept.

    `paused_until` is the first day, in the person's own zone, on which the bot may write again.
    `away_until` is until when the person's status in Slack says that they are away.
    `gone_at` is set while the account is deactivated in Slack.
    `language` is the code of the one to speak to them, as their account in Slack has it until it `is_language_chosen`.
    `meets_in` are the codes of the languages in which they can meet, sorted; empty fits everybody.
    What the person said for the pairing: `team`, `manager` (an id), `writing_ok` and `pace`, the number of
    rounds from one of their introductions to the next. Without `mentions_ok` nobody's thanks mention them in a channel.
    `witness_ok` tells whether others may ask them to be the witness of a goal.
    When they may be written to, in their own zone: `days`, the digits of weekdays from 0 for Monday, from `hours_start`
    to `hours_end`. `less_of` names the kinds of message they want less of, each with since when.
    When their weekly note comes: `note_weekday` and `note_at`, unless they want none.
    """

    workspace: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    zone: str = Field(sa_type=ZoneName)
    is_guest: bool = False
    paused_until: date | None = None
    away_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    onboarded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    team: str = ""
    manager: str = ""
    writing_ok: bool = False
    pace: int = Field(default=1, sa_type=Whole(1, 52))
    language: str = ENGLISH
    is_language_chosen: bool = False
    meets_in: tuple[str, ...] = Field(default=(), sa_type=list_of_words())
    mentions_ok: bool = True
    witness_ok: bool = True
    days: str = Field(default="01234", sa_type=Weekdays)
    hours_start: time = _USUAL.start
    hours_end: time = _USUAL.end
    has_note: bool = True
    note_weekday: int = Field(default=NOTE_WEEKDAY, sa_type=Whole(0, 6))
    note_at: time = NOTE_AT
    less_of: Mapping[MessageKind, datetime] = Field(default_factory=dict, sa_type=Written(write_less, read_less))

    privacy = Entry(
        # Whom others call their manager is what they said, and stays with them.
        people={"user_id": Fate.REMOVED, "manager": Fate.EMPTIED},
        words=("team",),
        codes=("zone", "language", "meets_in", "days", "less_of"),
        told=("user_id",),
        no_signs=("away_until", "onboarded_at", "gone_at"),
    )

    @property
    def window(self) -> Window:
        """Return when this person may be written to."""
        return Window(self.hours_start, self.hours_end, frozenset(map(int, self.days)), self.zone)


class Membership(Table, table=True):
    """A person's own choice about one community."""

    __table_args__ = (
        UniqueConstraint("community_id", "user_id"),
        Index("ix_membership_person", "workspace", "user_id"),
    )

    id: int = Field(default=None, primary_key=True)
    workspace: str
    community_id: int = Field(foreign_key="community.id")
    user_id: str
    part: Part = Field(sa_type=WordOf(Part))
    changed_at: datetime = Field(sa_type=UtcDateTime)

    privacy = Entry(
        people={"user_id": Fate.REMOVED},
        codes=("part",),
        told=("user_id",),
        follows={"community_id": ("channel_id",)},
        signs={"changed_at": "user_id"},
    )


def find_person(session: Session, workspace: str, user_id: str) -> Person | None:
    """Return a person, or None when the bot has not met the account."""
    return session.get(Person, (workspace, user_id))


def find_language(session: Session, workspace: str, user_id: str) -> str | None:
    """Return the code of a person's language, or None when the bot has not met the account."""
    query = select(Person.language).where(Person.workspace == workspace, Person.user_id == user_id)
    return session.exec(query).first()


_OF_IDS: Final = select(Person).where(
    col(Person.workspace) == bindparam("of_workspace"), col(Person.user_id).in_(bindparam("ids", expanding=True))
)


def list_people(session: Session, workspace: str, user_ids: Sequence[str] | None = None) -> Sequence[Person]:
    """List the known people of a workspace, all or those named, in the order of their ids."""
    if user_ids is None:
        return _in_order(session.exec(select(Person).where(Person.workspace == workspace)))
    # What a transaction has read stays as it is until its end.
    keys = {identity_key(Person, (workspace, one)) for one in user_ids}
    known = [person for key in keys if isinstance(person := session.identity_map.get(key), Person)]
    if len(known) == len(keys):
        return _in_order(known)
    return _in_order(
        person
        for some in batches(user_ids)
        for person in session.exec(_OF_IDS, params={"of_workspace": workspace, "ids": some})
    )


def list_gone_before(session: Session, workspace: str, before: datetime) -> Sequence[str]:
    """List the ids of those whose account was deactivated before a moment, and is."""
    query = select(Person.user_id).where(Person.workspace == workspace, col(Person.gone_at) < before)
    return session.exec(query.order_by(Person.user_id)).all()


def find_membership(session: Session, community: Community, user_id: str) -> Membership | None:
    """Return a person's choice about a community, or None when there never was one."""
    query = select(Membership).where(
        Membership.workspace == community.workspace,
        Membership.community_id == community.id,
        Membership.user_id == user_id,
    )
    return session.exec(query).first()


def let_rest(session: Session, community: Community, user_ids: Sequence[str], now: datetime) -> Sequence[str]:
    """Let those of some people rest who are in a community; return them."""
    session.flush()
    resting: list[str] = []
    for some in batches(user_ids):
        changed = (
            update(Membership)
            .where(
                col(Membership.workspace) == community.workspace,
                col(Membership.community_id) == community.id,
                col(Membership.part) == Part.IN,
                col(Membership.user_id).in_(some),
            )
            .values(part=Part.RESTING, changed_at=now)
            .returning(col(Membership.user_id))
        )
        resting += session.exec(changed).scalars()
    return sorted(resting)


def list_memberships(session: Session, workspace: str, user_id: str) -> Sequence[Membership]:
    """List the communities a person takes part in, oldest choice first."""
    query = (
        select(Membership)
        .where(
            Membership.workspace == workspace,
            Membership.user_id == user_id,
            Membership.part == Part.IN,
        )
        .order_by(col(Membership.id))
    )
    return session.exec(query).all()


def in_several(workspace: str) -> SelectOfScalar[str]:
    """Return the query for the people who take part in more than one community."""
    return (
        select(Membership.user_id)
        .where(Membership.workspace == workspace, Membership.part == Part.IN)
        .group_by(col(Membership.user_id))
        .having(func.count() > 1)
    )


def list_taking_part(
    session: Session, workspace: str, user_ids: Sequence[str] | SelectOfScalar[str]
) -> Sequence[tuple[str, int]]:
    """List the communities in which each of some people takes part, by their ids, oldest choice first."""
    query = (
        select(Membership.user_id, Membership.community_id)
        .where(Membership.workspace == workspace, Membership.part == Part.IN, col(Membership.user_id).in_(user_ids))
        .order_by(col(Membership.id))
    )
    return session.exec(query).all()


def list_joined_since(session: Session, community: Community, since: datetime) -> Sequence[str]:
    """List the ids of the active people who take part and have said so since a moment."""
    query = select(Person.user_id).join(Membership, _SAME_PERSON)
    return session.exec(query.where(*_takes_part(community), col(Membership.changed_at) >= since)).all()


def list_colleagues(session: Session, workspace: str, user_id: str) -> frozenset[str]:
    """Return the active people who take part in a community together with a person."""
    own = aliased(Membership)
    query = (
        select(Membership.user_id)
        .join(own, col(own.community_id) == col(Membership.community_id))
        .join(Person, _SAME_PERSON)
        .where(
            Membership.workspace == workspace,
            Membership.part == Part.IN,
            own.user_id == user_id,
            own.part == Part.IN,
            Membership.user_id != user_id,
            col(Person.gone_at).is_(None),
            col(Person.is_guest).is_(False),
        )
    )
    return frozenset(session.exec(query))


def count_active(session: Session, workspace: str) -> int:
    """Count the people of a workspace whom the bot has met and who are neither guests nor deactivated."""
    query = (
        select(func.count())
        .select_from(Person)
        .where(Person.workspace == workspace, col(Person.gone_at).is_(None), col(Person.is_guest).is_(False))
    )
    return session.exec(query).one()


def count_in_both(session: Session, one: Community, other_id: int) -> int:
    """Count the people who take part in a community and in another one of its workspace."""
    other = aliased(Membership)
    query = (
        select(func.count())
        .select_from(Membership)
        .join(other, col(other.user_id) == col(Membership.user_id))
        .where(
            Membership.workspace == one.workspace,
            Membership.community_id == one.id,
            Membership.part == Part.IN,
            other.workspace == one.workspace,
            other.community_id == other_id,
            other.part == Part.IN,
        )
    )
    return session.exec(query).one()


def count_participants(session: Session, community: Community) -> int:
    """Count the people whom `list_participants` lists."""
    query = select(func.count()).select_from(Person).join(Membership, _SAME_PERSON).where(*_takes_part(community))
    return session.exec(query).one()


def count_all_participants(session: Session, workspace: str) -> dict[int, int]:
    """Count the people whom `list_participants` lists, by the id of their community."""
    query = (
        select(Membership.community_id, func.count())
        .select_from(Person)
        .join(Membership, _SAME_PERSON)
        .where(Membership.workspace == workspace, *_IS_ACTIVE)
        .group_by(col(Membership.community_id))
    )
    return dict(session.exec(query).all())


def list_participants(session: Session, community: Community) -> Sequence[Person]:
    """List the active people who take part, paused ones too, in the order of their ids."""
    query = select(Person).join(Membership, _SAME_PERSON).where(*_takes_part(community))
    return _in_order(session.exec(query))


def _in_order(people: Iterable[Person]) -> list[Person]:
    # Not by the database: PostgreSQL sorts by the language it was set up for, and a round must come out the same.
    return sorted(people, key=lambda person: person.user_id)


_SAME_PERSON = (col(Person.workspace) == col(Membership.workspace)) & (col(Person.user_id) == col(Membership.user_id))


_IS_ACTIVE = (
    col(Membership.part) == Part.IN,
    col(Person.gone_at).is_(None),
    col(Person.is_guest).is_(False),
)


def _takes_part(community: Community) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Membership.workspace) == community.workspace,
        col(Membership.community_id) == community.id,
        *_IS_ACTIVE,
    )
