"""Small communities in a local workspace, for plays that need no month."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from playground.client import RunningWorkspace
from tests.databases import new_database
from tests.journeys.stage import ProcessStage, Stage, ThreadStage

SMALL_GROUP = ("U0AMARA", "U0TOMASZ", "U0JONAS", "U0MEI")

StageAt = Callable[..., Stage]
ProcessesAt = Callable[..., ProcessStage]


@pytest.fixture
def bot_database(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of the bot's database."""
    with new_database(request, database_kind, tmp_path) as url:
        yield url


@pytest.fixture
def stage_at(workspace_process: RunningWorkspace, tmp_path: Path, bot_database: str) -> Iterator[StageAt]:
    """Give a function that raises a stage at a moment, with a bot in this process."""
    yield from _raising(lambda *given, **more: ThreadStage(workspace_process, tmp_path, *given, **more), bot_database)


@pytest.fixture
def processes_at(tmp_path: Path, bot_database: str) -> Iterator[ProcessesAt]:
    """Give a function that raises a stage at a moment, with a bot that is a process of its own."""
    yield from _raising(lambda *given, **more: ProcessStage(tmp_path, *given, **more), bot_database)


def _raising(build: Callable[..., Any], database_url: str) -> Iterator[Callable[..., Any]]:
    raised: list[Stage] = []

    def raise_stage(now: datetime, *given: Any, **environment: str) -> Stage:  # noqa: ANN401 - what a stage takes
        raised.append(build(now, database_url, *given, **environment))
        return raised[-1]

    yield raise_stage
    for stage in raised:
        stage.close()
