"""Goals have witnesses and check-ins."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("visibility", sa.String(), nullable=False, server_default="me"))
        batch_op.add_column(sa.Column("witness", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("witness_says", sa.String(), nullable=False, server_default=""))
        # Whoever set a goal before was never told of check-ins.
        batch_op.add_column(sa.Column("check_weeks", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("check_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("line", sa.String(), nullable=False, server_default=""))

    op.create_table(
        "goalcheck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("goal_id", "asked_on"),
    )
    op.create_index(op.f("ix_goalcheck_workspace"), "goalcheck", ["workspace"], unique=False)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("witness_ok", sa.Boolean(), nullable=False, server_default=sa.true()))
