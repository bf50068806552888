"""Messages are found by kind and by people."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("outboxmessage", schema=None) as batch_op:
        batch_op.create_index("ix_outboxmessage_kind", ["workspace", "kind", "not_before"], unique=False)
        batch_op.create_index("ix_outboxmessage_people", ["workspace", "people", "kind"], unique=False)
