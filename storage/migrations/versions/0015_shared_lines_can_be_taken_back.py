"""Shared lines can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.batch_alter_table("usecheck", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shared", sa.Integer(), nullable=False, server_default="0"))
