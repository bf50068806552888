"""Whether people used what they learned."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "usecheck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("share", sa.String(), nullable=True),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace", "owner", "source", "source_id"),
    )
    with op.batch_alter_table("usecheck", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usecheck_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_usecheck_workspace"), ["workspace"], unique=False)
