"""What many tests need: a database of their own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database


@pytest.fixture(scope="session")
def fresh_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with this version's schema and nothing in it."""
    path = tmp_path_factory.mktemp("schema") / "fresh.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def database(fresh_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A database in a file of its own, copied from the fresh one."""
    path = tmp_path / "peerloop.db"
    shutil.copy(fresh_file, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()
