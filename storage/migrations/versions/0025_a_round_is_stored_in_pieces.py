"""A round is stored in pieces, and its messages wait until it is whole."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forming_for", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_round_forming_for_community", "community", ["forming_for"], ["id"])
    with op.batch_alter_table("outboxmessage", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waits_for", sa.Integer(), nullable=True))
