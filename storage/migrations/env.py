"""What Alembic runs: the connection comes from `storage.database`, or from an address for development."""

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import storage

assert storage.TOPICS  # noqa: S101 - the import registers the tables

connection = context.config.attributes.get("connection")
if connection is None:
    connection = create_engine(context.config.get_main_option("sqlalchemy.url") or "").connect()
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
