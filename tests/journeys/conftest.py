"""Small communities in a local workspace, for plays that need no month."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.journeys.stage import Stage

SMALL_GROUP = ("U0AMARA", "U0TOMASZ", "U0JONAS", "U0MEI")

StageAt = Callable[..., Stage]


@pytest.fixture
def stage_at(tmp_path: Path) -> Iterator[StageAt]:
    """Give a function that raises a stage at a moment; it is taken down after the test."""
    raised: list[Stage] = []

    def raise_stage(now: datetime, **environment: str) -> Stage:
        raised.append(Stage(tmp_path, now, **environment))
        return raised[-1]

    yield raise_stage
    for stage in raised:
        stage.close()
