"""Which databases a test runs on, and how it gets one of its own.

Without a mark a test runs on SQLite, and in `make test-all` on PostgreSQL too; there one of its sets of parameters is
enough, since the others try its rule and not the database.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.postgres import Server

KINDS: Final = ("sqlite", "postgresql")
# For what locks, races, sorts, commits or migrates.
on_both = pytest.mark.databases(*KINDS)
SLOWLY: Final = pytest.param(KINDS[1], marks=pytest.mark.slow)
# For parameters that are themselves what the database is asked: on PostgreSQL all of them too, in `make test-all`.
each_on_both_at_length = pytest.mark.databases(KINDS[0], SLOWLY)
on_sqlite = pytest.mark.databases("sqlite")
on_postgresql = pytest.mark.databases("postgresql")


@contextmanager
def new_database(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[str]:
    """Give the address of a database of a kind, with this version's schema, that is there while the block runs."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("fresh_file"), folder / "peerloop.db")
        yield f"sqlite:///{folder / 'peerloop.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database(like=request.getfixturevalue("fresh_database")) as url:
        yield url
