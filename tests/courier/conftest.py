"""A courier between a database of its own and a tiny Slack."""

from collections.abc import Iterator

import pytest

from bot.blocks.names import CommandNames
from bot.courier import Courier, Library
from bot.library import load_guides, load_prompts
from storage.database import Database
from tests.factories import MONDAY_8
from tests.fakes import FixedClock, Stopwatch
from tests.tiny_slack import TinySlack


@pytest.fixture
def slack() -> Iterator[TinySlack]:
    server = TinySlack()
    yield server
    server.stop()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_8)


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture(scope="session")
def words() -> Library:
    return Library(CommandNames(), load_prompts(), load_guides())


@pytest.fixture
def courier(database: Database, slack: TinySlack, words: Library, clock: FixedClock, stopwatch: Stopwatch) -> Courier:
    return Courier(database, slack.gateway(), words, clock, stopwatch)
