"""People get hours, and a day and time of their weekly note."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # What held for everybody holds on for those who are there already.
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("days", sa.String(), nullable=False, server_default="01234"))
        table.add_column(sa.Column("hours_start", sa.Time(), nullable=False, server_default="09:30:00.000000"))
        table.add_column(sa.Column("hours_end", sa.Time(), nullable=False, server_default="16:30:00.000000"))
        table.add_column(sa.Column("has_note", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("note_weekday", sa.Integer(), nullable=False, server_default="3"))
        table.add_column(sa.Column("note_at", sa.Time(), nullable=False, server_default="14:00:00.000000"))
    with op.batch_alter_table("person") as table:
        for name in ("days", "hours_start", "hours_end", "has_note", "note_weekday", "note_at"):
            table.alter_column(name, server_default=None)
