"""What is due and fails keeps since when it has failed, and when it was tried last."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    with op.batch_alter_table("due", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failing_since", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("tried_at", UtcDateTime(), nullable=True))
    # What failed before this version was due when it failed first, or a little before.
    op.execute("update due set failing_since = due_at, tried_at = due_at where failures > 0")
