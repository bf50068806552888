"""Thanks, and the people they are for."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, func, select

from storage.columns import UtcDateTime


class Kudos(SQLModel, table=True):
    """One precise thank-you, posted in a community's channel."""

    id: int = Field(default=None, primary_key=True)
    workspace: str = Field(index=True)
    community_id: int = Field(foreign_key="community.id")
    giver: str = Field(index=True)
    deed: str
    effect: str
    tag: str | None
    given_at: datetime = Field(sa_type=UtcDateTime)


class KudosReceiver(SQLModel, table=True):
    """A person who was thanked."""

    kudos_id: int = Field(primary_key=True, foreign_key="kudos.id")
    user_id: str = Field(primary_key=True, index=True)
    workspace: str


def get_kudos(session: Session, workspace: str, kudos_id: int) -> Kudos:
    """Return thanks by their id; raises LookupError when this workspace has none such."""
    found = session.get(Kudos, kudos_id)
    if found is None or found.workspace != workspace:
        raise LookupError(f"kudos {kudos_id}")
    return found


def list_receivers(session: Session, kudos: Kudos) -> Sequence[str]:
    """List the ids of the people who were thanked."""
    query = select(KudosReceiver.user_id).where(KudosReceiver.kudos_id == kudos.id)
    return sorted(session.exec(query))


def count_given_since(session: Session, workspace: str, giver: str, since: datetime) -> int:
    """Count the thanks a person gave since a moment."""
    query = (
        select(func.count())
        .select_from(Kudos)
        .where(Kudos.workspace == workspace, Kudos.giver == giver, col(Kudos.given_at) >= since)
    )
    return session.exec(query).one()
