"""The edge, fresh for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.handlers.edge import Edge, WritingSlack


@pytest.fixture(scope="session")
def writing_slack() -> Iterator[WritingSlack]:
    slack = WritingSlack()
    yield slack
    slack.close()


@pytest.fixture
def edge(tmp_path: Path, writing_slack: WritingSlack) -> Iterator[Edge]:
    writing_slack.calls.clear()
    one = Edge(tmp_path, writing_slack)
    yield one
    one.close()
