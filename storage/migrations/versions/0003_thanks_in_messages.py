"""Thanks in messages of their own, private ones, drafts, and who says so too."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("community", sa.Column("value_tags", sa.String(), nullable=False, server_default=""))
    op.add_column("person", sa.Column("mentions_ok", sa.Boolean(), nullable=False, server_default=sa.true()))
    _add_posts()
    _widen_thanks()
    op.create_table(
        "kudosmetoo",
        sa.Column("kudos_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("tapped_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["kudos_id"], ["kudos.id"]),
        sa.PrimaryKeyConstraint("kudos_id", "user_id"),
    )
    op.create_index("ix_kudosmetoo_user_id", "kudosmetoo", ["user_id"])
    op.create_table(
        "kudosdraft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("giver", sa.String(), nullable=False),
        sa.Column("people", sa.String(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_kudosdraft_giver", "kudosdraft", ["giver"])


def _add_posts() -> None:
    """Give the thanks of before one message each, of the same number: messages that were sent are known by it."""
    op.create_table(
        "kudospost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    for column in ("workspace", "community_id", "reader"):
        op.create_index(f"ix_kudospost_{column}", "kudospost", [column])
    op.execute(
        "insert into kudospost (id, workspace, community_id, reader, posted_at) "
        "select id, workspace, community_id, '', given_at from kudos"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "select setval(pg_get_serial_sequence('kudospost', 'id'), coalesce(max(id), 1), max(id) is not null) "
            "from kudospost"
        )


def _widen_thanks() -> None:
    """Let thanks be private, and each person thanked know the message; SQLite makes both tables anew for it."""
    receivers = op.get_bind().execute(sa.text("select kudos_id, user_id, workspace from kudosreceiver")).all()
    op.drop_table("kudosreceiver")
    with op.batch_alter_table("kudos", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("link", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("score", sa.Integer(), nullable=False, server_default="0"))
        batch.alter_column("community_id", existing_type=sa.Integer(), nullable=True)
    thanked = op.create_table(
        "kudosreceiver",
        sa.Column("kudos_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kudos_id"], ["kudos.id"]),
        sa.ForeignKeyConstraint(["post_id"], ["kudospost.id"]),
        sa.PrimaryKeyConstraint("kudos_id", "user_id"),
    )
    op.create_index("ix_kudosreceiver_user_id", "kudosreceiver", ["user_id"])
    op.create_index("ix_kudosreceiver_post_id", "kudosreceiver", ["post_id"])
    if receivers:
        op.bulk_insert(thanked, [{**row._mapping, "post_id": row.kudos_id} for row in receivers])  # noqa: SLF001 - SQLAlchemy's public name
