"""Messages and Slack's methods count how often they failed."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    with op.batch_alter_table("outboxmessage", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("retry_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("slack_wait", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("since", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("careful_until", UtcDateTime(), nullable=True))
