"""People have a last act, and what two of them agreed to is no message of the bot's own."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0016"
down_revision = "0015"

_MESSAGES = sa.table(
    "outboxmessage", sa.column("kind", sa.String), sa.column("state", sa.String), sa.column("is_ping", sa.Boolean)
)


def upgrade() -> None:
    op.create_table(
        "lastact",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("acted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user_id"),
    )
    # Those that wait would otherwise wait for room in a budget that no longer knows of them.
    op.execute(
        _MESSAGES.update()
        .where(_MESSAGES.c.kind == "request.introduction", _MESSAGES.c.state.in_(("queued", "sending")))
        .values(is_ping=False)
    )
