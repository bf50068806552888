"""Requests to be introduced, and who may be found for a topic."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("pair", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("over_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_asked"), ["asked"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_asker"), ["asker"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_workspace"), ["workspace"], unique=False)
        batch_op.create_index(
            "uq_request_open",
            ["workspace", "pair"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sentence", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("findable", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("asked_at", UtcDateTime(), nullable=True))
    # Offers were always shown to those who want them; wants were shown to nobody.
    op.execute(sa.text("UPDATE topic SET findable = false WHERE kind = 'want'"))
