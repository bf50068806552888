"""Groups whose introduction never came: nobody was introduced in them, whatever was planned."""

from sqlalchemy import BindParameter, ColumnElement, String, cast
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.messages import INTRODUCTIONS
from storage.outbox.outbox import NEVER_CAME, OutboxMessage


def untold_groups(workspace: str | BindParameter[str]) -> SelectOfScalar[int]:
    """Return the query for the groups of a workspace whose introduction was left out, or not taken by Slack."""
    # What never came is little among all introductions. SQLite would find those by their kind, and so does not see it.
    kind = cast(OutboxMessage.kind, String)
    return select(OutboxMessage.subject).where(
        col(OutboxMessage.workspace) == workspace,
        kind.in_([one.value for one in INTRODUCTIONS]),
        col(OutboxMessage.state).in_(NEVER_CAME),
    )


def was_told(group_id: int | None, workspace: str | BindParameter[str]) -> ColumnElement[bool]:
    """Return the condition on a column that its group was introduced, or is to be; false where there is no group."""
    return col(group_id).is_not(None) & col(group_id).not_in(untold_groups(workspace))
