"""Offers and wants keep the words by which they are searched, which the bot works out when it starts."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stems", sa.String(), nullable=False, server_default=""))
        batch_op.drop_index(batch_op.f("ix_topic_workspace"))
        batch_op.create_index("ix_topic_kind", ["workspace", "kind", "said_at"], unique=False)
