"""The tables of Procrastinate, in a schema of their own beside ours; PostgreSQL only.

Nothing in them has to last: a wake-up that is lost is given again. So another version of the library gets new
tables instead of a migration.
"""

from importlib.metadata import version
from typing import Final

from sqlalchemy import Connection, text

SCHEMA: Final = "procrastinate"
# How we use the tables; no process would hear a wake-up that was stored in another way.
_LAYOUT: Final = "a queue for each workspace"
_MADE_BY: Final = text("select obj_description(to_regnamespace(:schema), 'pg_namespace')")


def prepare(connection: Connection) -> None:
    """Make the tables that the installed library needs, unless they are there; only one process may do so at a time."""
    installed = f"{version('procrastinate')}, {_LAYOUT}"
    if connection.execute(_MADE_BY, {"schema": SCHEMA}).scalar_one() == installed:
        return
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - nobody on SQLite has to load it

    # The library gives one text with many statements, which the driver takes only when there is nothing to fill in.
    plain = {"no_parameters": True}
    path = connection.exec_driver_sql("show search_path").scalar_one()
    for step in (
        f"drop schema if exists {SCHEMA} cascade",
        f"create schema {SCHEMA}",
        f"comment on schema {SCHEMA} is '{installed}'",
        f"set local search_path to {SCHEMA}",
        SchemaManager.get_schema(),
        f"set local search_path to {path}",
    ):
        connection.exec_driver_sql(step, execution_options=plain)
