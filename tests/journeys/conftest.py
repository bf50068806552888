"""Small communities in a local workspace, for plays that need no month."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tests.journeys.stage import Stage
from tests.postgres import Server

SMALL_GROUP = ("U0AMARA", "U0TOMASZ", "U0JONAS", "U0MEI")

on_sqlite = pytest.mark.parametrize("bot_database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("bot_database", ["postgresql"], indirect=True)

StageAt = Callable[..., Stage]


@pytest.fixture(params=["sqlite", "postgresql"])
def bot_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of the bot's database: of each kind in turn, but for tests of what only one of them can do."""
    with new_database(request, request.param, tmp_path) as url:
        yield url


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


@pytest.fixture
def stage_at(tmp_path: Path, bot_database: str) -> Iterator[StageAt]:
    """Give a function that raises a stage at a moment; it is taken down after the test."""
    raised: list[Stage] = []

    def raise_stage(now: datetime, options: Sequence[str] = (), **environment: str) -> Stage:
        raised.append(Stage(tmp_path, now, bot_database, options, **environment))
        return raised[-1]

    yield raise_stage
    for stage in raised:
        stage.close()
