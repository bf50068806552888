"""Introductions on request are rounds of two, which belong to no community."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0014"
down_revision = "0013"

# One of those that messages chose by themselves, which nobody wrote down.
_GUIDE = "teach-me-one-thing"


def upgrade() -> None:
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.alter_column("community_id", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("introduced", schema=None) as batch_op:
        batch_op.alter_column("community_id", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_request_group_id_pair_group", "pair_group", ["group_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_request_group_id"), ["group_id"], unique=False)
    _form_groups()


_REQUEST = sa.table(
    "request",
    *(sa.column(name, sa.String()) for name in ("workspace", "pair", "state")),
    sa.column("id", sa.Integer()),
    sa.column("group_id", sa.Integer()),
    sa.column("ended_at", UtcDateTime()),
)
_ROUND = sa.table(
    "round",
    *(sa.column(name, sa.String()) for name in ("workspace", "skipped", "unplaced")),
    *(sa.column(name, sa.Integer()) for name in ("id", "number", "seed")),
    *(sa.column(name, UtcDateTime()) for name in ("due_at", "started_at", "ends_at")),
)
_GROUP = sa.table(
    "pair_group",
    *(sa.column(name, sa.String()) for name in ("workspace", "reason", "guide_ids")),
    *(sa.column(name, sa.Integer()) for name in ("id", "round_id")),
    sa.column("in_plan", sa.Boolean()),
    sa.column("formed_at", UtcDateTime()),
)
_SEAT = sa.table(
    "seat",
    *(sa.column(name, sa.String()) for name in ("workspace", "user_id", "state", "why_alone")),
    *(sa.column(name, sa.Integer()) for name in ("round_id", "group_id")),
    sa.column("in_larger", sa.Boolean()),
)
_INTRODUCED = sa.table(
    "introduced",
    *(sa.column(name, sa.String()) for name in ("workspace", "user_a", "user_b")),
    *(sa.column(name, sa.Integer()) for name in ("round_id", "group_id")),
)
_MESSAGE = sa.table(
    "outboxmessage",
    *(sa.column(name, sa.String()) for name in ("workspace", "key")),
    sa.column("subject", sa.Integer()),
)


def _form_groups() -> None:
    """Give those who were introduced on request so far what others get who are introduced from now on."""
    connection = op.get_bind()
    agreed = sa.select(_REQUEST).where(_REQUEST.c.state == "agreed").order_by(_REQUEST.c.id)
    for request in connection.execute(agreed).all():
        since: datetime = request.ended_at
        monday = datetime.combine(since.date() - timedelta(days=since.weekday()), time(0), since.tzinfo)
        whose = {"workspace": request.workspace}
        its_round = {"number": 0, "seed": request.id, "skipped": "", "unplaced": "", "due_at": since}
        until = {"started_at": since, "ends_at": monday + timedelta(weeks=2)}
        round_id = _insert(_ROUND, **whose, **its_round, **until)
        chosen = {"reason": "request", "guide_ids": _GUIDE, "in_plan": False, "formed_at": since}
        group_id = _insert(_GROUP, **whose, **chosen, round_id=round_id)
        where = {**whose, "round_id": round_id, "group_id": group_id}
        one, other = request.pair.split()
        for user_id in (one, other):
            seat = {"user_id": user_id, "state": "seated", "in_larger": False, "why_alone": ""}
            connection.execute(sa.insert(_SEAT).values(**where, **seat))
        connection.execute(sa.insert(_INTRODUCED).values(**where, user_a=one, user_b=other))
        connection.execute(sa.update(_REQUEST).where(_REQUEST.c.id == request.id).values(group_id=group_id))
        connection.execute(
            sa.update(_MESSAGE)
            .where(_MESSAGE.c.workspace == request.workspace, _MESSAGE.c.key == f"request-intro:{request.id}")
            .values(key=f"intro:{group_id}", subject=group_id)
        )


def _insert(table: sa.TableClause, **values: object) -> int:
    return int(op.get_bind().execute(sa.insert(table).values(**values).returning(table.c.id)).scalar_one())
