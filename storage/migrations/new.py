"""Writes a migration: what the tables of the code have and the newest migration does not make."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script
from sqlalchemy import create_engine

from storage.schema import MIGRATIONS, newest


def add_migration(name: str) -> Path:
    """Compare the tables with an empty database that has every migration, and write the difference.

    Migrations are numbered 0001, 0002 and so on. The file wants to be read before it is kept: a renamed
    column looks like one removed and one added.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    number = int(newest()) + 1
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            written = command.revision(config, name.rstrip("."), autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()
    if not isinstance(written, Script):
        raise TypeError("Alembic wrote no single migration")
    return Path(written.path)


if __name__ == "__main__":
    add_migration(sys.argv[1])
