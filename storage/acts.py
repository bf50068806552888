"""When each person last did something with the bot, whatever it was."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel

from storage.columns import UtcDateTime


class LastAct(SQLModel, table=True):
    """The moment at which a person last used a command, a button or a form, or wrote to the bot; not what it was."""

    workspace: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    acted_at: datetime = Field(sa_type=UtcDateTime)


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
