"""How far the nightly look at each workspace's channels and people has come."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Field, Session, col, select

from storage.columns import UtcDateTime
from storage.privacy.inventory import Entry
from storage.tables import Table


class Look(Table, table=True):
    """The look that is under way in a workspace, or the last one.

    `after_channel` is the id of the channel that was looked at last, in the order of their ids, and `cursor` Slack's
    word for the page of accounts that comes next; both are empty at the beginning.
    """

    workspace: str = Field(primary_key=True)
    began_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_under_way: bool = True
    after_channel: str = ""
    cursor: str = ""

    privacy = Entry(codes=("after_channel", "cursor"))


def find_look(session: Session, workspace: str) -> Look | None:
    """Return the look at a workspace, under way or over; None before the first."""
    return session.get(Look, workspace)


def list_looks(session: Session, workspaces: Collection[str]) -> Sequence[Look]:
    """List the looks at some workspaces."""
    return session.exec(select(Look).where(col(Look.workspace).in_(workspaces)).order_by(col(Look.began_at))).all()


def begin(session: Session, workspace: str, last_channel: str, now: datetime) -> None:
    """Begin a look at a workspace; one that is under way goes on where it is.

    Where it has come to the accounts, the channels have their turn again first, of which `last_channel` is the last:
    accounts that Slack does not list must not keep the channels from being looked at, night after night.
    """
    look = find_look(session, workspace) or Look(workspace=workspace, began_at=now, is_under_way=False)
    if not look.is_under_way:
        look.began_at, look.is_under_way, look.after_channel, look.cursor = now, True, "", ""
        session.add(look)
    elif look.after_channel >= last_channel:
        look.after_channel = ""
        session.add(look)


def pass_channel(session: Session, workspace: str, channel_id: str) -> None:
    """Note that a channel was looked at."""
    look = session.get_one(Look, workspace)
    look.after_channel = channel_id
    session.add(look)


def turn_page(session: Session, workspace: str, cursor: str) -> None:
    """Note which page of accounts comes next; an empty cursor is the first one."""
    look = session.get_one(Look, workspace)
    look.cursor = cursor
    session.add(look)


def finish(session: Session, workspace: str, now: datetime) -> None:
    """Note that a look is over."""
    look = session.get_one(Look, workspace)
    look.finished_at, look.is_under_way, look.cursor = now, False, ""
    session.add(look)
