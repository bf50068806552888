"""People and channels get a language."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # English for everybody who is there already; the nightly look at people brings each account's own.
    with op.batch_alter_table("community") as table:
        table.add_column(sa.Column("language", sa.String(), nullable=False, server_default="en"))
    with op.batch_alter_table("community") as table:
        table.alter_column("language", server_default=None)
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("language", sa.String(), nullable=False, server_default="en"))
        table.add_column(sa.Column("is_language_chosen", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("person") as table:
        table.alter_column("language", server_default=None)
        table.alter_column("is_language_chosen", server_default=None)
