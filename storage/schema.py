"""The schema's versions: the newest there is, the one a database has, and how it gets from the one to the other."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def newest() -> str:
    """Return the version this code works with: migrations are numbered, at the beginning of their files' names."""
    return max(_versions())


def version_of(connection: Connection) -> str | None:
    """Return the version of a database, or None when it has no tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("select version_num from alembic_version")).scalar()
    return version


def is_in_use(connection: Connection) -> bool:
    """Tell whether a database has tables, of this program or another."""
    return bool(inspect(connection).get_table_names())


def is_known(version: str) -> bool:
    """Whether there is a migration to a version."""
    return version in _versions()


def upgrade(connection: Connection) -> None:
    """Run the migrations that a database lacks, in the transaction that is open."""
    # A start that finds everything as it should be, and nearly all do, need not load them.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    # In a configuration a percent sign begins a name to fill in.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _versions() -> list[str]:
    return [path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")]
