"""The nightly look keeps where it is."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "look",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("is_under_way", sa.Boolean(), nullable=False),
        sa.Column("after_channel", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace"),
    )
