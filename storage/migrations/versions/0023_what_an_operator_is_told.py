"""Processes note when their machine's clock jumped, and failed messages that somebody has dealt with them."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    with op.batch_alter_table("process", schema=None) as batch_op:
        batch_op.add_column(sa.Column("jumped_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("jumped_seconds", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("outboxmessage", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_dealt_with", sa.Boolean(), nullable=False, server_default=sa.false()))
