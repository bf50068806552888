"""The edge, over a database of its own for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.handlers.edge import Edge, WritingSlack, switch_on


@pytest.fixture(scope="session")
def writing_slack() -> Iterator[WritingSlack]:
    slack = WritingSlack()
    yield slack
    slack.close()


@pytest.fixture(scope="session")
def switched_on(tmp_path_factory: pytest.TempPathFactory, fresh_file: Path) -> Path:
    """A database file in which #learning is switched on and nothing else has happened."""
    file = Path(shutil.copy(fresh_file, tmp_path_factory.mktemp("switched-on")))
    database = Database(f"sqlite:///{file}")
    switch_on(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def usual_edge(tmp_path_factory: pytest.TempPathFactory, writing_slack: WritingSlack) -> Edge:
    """The edge of all tests, one after another: to build one takes longer than most of them."""
    file = tmp_path_factory.mktemp("edge") / "edge.db"
    return Edge(Database(f"sqlite:///{file}", is_lasting=False), writing_slack)


@pytest.fixture
def edge(usual_edge: Edge, switched_on: Path) -> Iterator[Edge]:
    """An edge to which nothing has happened yet."""
    file = Path(usual_edge.database.url.removeprefix("sqlite:///"))
    for old in file.parent.iterdir():
        old.unlink()
    shutil.copy(switched_on, file)
    usual_edge.begin_again()
    yield usual_edge
    usual_edge.close()


@pytest.fixture
def own_database(tmp_path: Path, switched_on: Path) -> Iterator[Database]:
    """What the edge of one test stands over that needs an edge unlike the usual one."""
    database = Database(f"sqlite:///{shutil.copy(switched_on, tmp_path)}", is_lasting=False)
    yield database
    database.close()


@pytest.fixture(scope="module")
def shared_edge(
    tmp_path_factory: pytest.TempPathFactory, writing_slack: WritingSlack, switched_on: Path
) -> Iterator[Edge]:
    """One edge for all tests of a module."""
    file = shutil.copy(switched_on, tmp_path_factory.mktemp("shared"))
    one = Edge(Database(f"sqlite:///{file}", is_lasting=False), writing_slack)
    yield one
    one.close()
