"""When each person last did something with the bot, whatever it was."""

from datetime import datetime

from sqlmodel import Field, Session

from storage.columns import UtcDateTime
from storage.privacy.inventory import Entry, Fate
from storage.tables import Table


class LastAct(Table, table=True):
    """The moment at which a person last used a command, a button or a form, or wrote to the bot; not what it was."""

    workspace: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    acted_at: datetime = Field(sa_type=UtcDateTime)

    privacy = Entry(people={"user_id": Fate.REMOVED}, told=("user_id",), signs={"acted_at": "user_id"})


def find_last_act(session: Session, workspace: str, user_id: str) -> datetime | None:
    """Return when a person last did something, or None when nobody knows."""
    found = session.get(LastAct, (workspace, user_id))
    return found.acted_at if found is not None else None


def note_act(session: Session, workspace: str, user_id: str, now: datetime) -> None:
    """Note that a person is doing something now."""
    row = session.get(LastAct, (workspace, user_id))
    if row is None:
        row = LastAct(workspace=workspace, user_id=user_id, acted_at=now)
    row.acted_at = now
    session.add(row)
