"""Sending is leased for a term."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "workspace"),
    )
