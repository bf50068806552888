"""The edge, fresh for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.handlers.edge import Edge, WritingSlack


@pytest.fixture(scope="session")
def writing_slack() -> Iterator[WritingSlack]:
    slack = WritingSlack()
    yield slack
    slack.close()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database to copy: making one takes longer than most tests."""
    file = tmp_path_factory.mktemp("empty") / "edge.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    database.close()
    return file


@pytest.fixture
def edge(tmp_path: Path, writing_slack: WritingSlack, empty_database: Path) -> Iterator[Edge]:
    writing_slack.calls.clear()
    one = Edge(Path(shutil.copy(empty_database, tmp_path)), writing_slack)
    yield one
    one.close()
