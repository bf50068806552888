"""Communities: the channels that somebody switched on, and who looks after them."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlmodel import Field, Session, UniqueConstraint, col, select

from bot.domain.languages import ENGLISH
from storage.columns import UtcDateTime, Whole, ZoneName, list_of_words
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class Community(Table, table=True):
    """One Slack channel with a purpose and a rhythm.

    Nobody outside it hears of a community whose channel `is_private`.
    `language` is the code of the one spoken in its channel.
    `asleep_at` is set while the bot is not in the channel or the channel is archived.
    `group_size` is how many people meet; `again_after` after how many rounds partners may come back as if
    new, or None: not before everyone has met. `value_tags` are the company's values that thanks may name,
    separated by spaces; without any, thanks may name what they like. Without `thanks_here` no thanks are posted in the
    channel.
    """

    __table_args__ = (UniqueConstraint("workspace", "channel_id"),)

    id: int = Field(default=None, primary_key=True)
    workspace: str
    channel_id: str
    purpose: str
    zone: str = Field(sa_type=ZoneName)
    prompt_weekday: int = Field(sa_type=Whole(0, 6))
    prompt_at: time
    round_weeks: int = Field(sa_type=Whole(1, 52))
    group_size: int = Field(default=2, sa_type=Whole(2, 5))
    again_after: int | None = Field(default=None, sa_type=Whole(0, 1_000))
    is_private: bool = False
    language: str = ENGLISH
    value_tags: tuple[str, ...] = Field(default=(), sa_type=list_of_words())
    thanks_here: bool = True
    created_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    asleep_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    privacy = Entry(
        people={"created_by": Fate.EMPTIED},
        words=("purpose", "value_tags"),
        codes=("channel_id", "zone", "language"),
        told=("created_by",),
        # The purpose belongs to the person who wrote it last.
        columns=("channel_id", "created_at"),
        no_signs=("created_at", "asleep_at"),
    )


class Facilitator(Table, table=True):
    """A person who looks after a community."""

    community_id: int = Field(primary_key=True, foreign_key="community.id")
    user_id: str = Field(primary_key=True)
    workspace: str

    privacy = Entry(people={"user_id": Fate.REMOVED}, told=("user_id",), follows={"community_id": ("channel_id",)})


def get_community(session: Session, workspace: str, community_id: int) -> Community:
    """Return a community by its id; raises LookupError when this workspace has none such."""
    found = session.get(Community, community_id)
    if found is None or found.workspace != workspace:
        raise LookupError(f"community {community_id}")
    return found


def find_community_of_channel(session: Session, workspace: str, channel_id: str) -> Community | None:
    """Return the community of a channel, awake or asleep, or None."""
    query = select(Community).where(Community.workspace == workspace, Community.channel_id == channel_id)
    return session.exec(query).first()


def list_communities(session: Session, workspace: str) -> Sequence[Community]:
    """List the communities that are awake, oldest first."""
    query = (
        select(Community)
        .where(Community.workspace == workspace, col(Community.asleep_at).is_(None))
        .order_by(col(Community.id))
    )
    return session.exec(query).all()


def list_facilitators(session: Session, community: Community) -> Sequence[str]:
    """List the ids of the people who look after a community, in a stable order."""
    query = select(Facilitator.user_id).where(Facilitator.community_id == community.id)
    return sorted(session.exec(query))


def list_looked_after(session: Session, workspace: str, user_id: str) -> Sequence[Community]:
    """List the communities that are awake and that a person looks after, oldest first."""
    query = (
        select(Community)
        .join(Facilitator, col(Facilitator.community_id) == col(Community.id))
        .where(Community.workspace == workspace, Facilitator.user_id == user_id, col(Community.asleep_at).is_(None))
        .order_by(col(Community.id))
    )
    return session.exec(query).all()


def set_facilitators(session: Session, community: Community, user_ids: Sequence[str]) -> None:
    """Make exactly these people the facilitators of a community."""
    wanted = dict.fromkeys(user_ids)
    query = select(Facilitator).where(Facilitator.community_id == community.id)
    for row in session.exec(query).all():
        if row.user_id in wanted:
            del wanted[row.user_id]
        else:
            session.delete(row)
    for user_id in wanted:
        session.add(Facilitator(community_id=community.id, user_id=user_id, workspace=community.workspace))
