"""A courier between a database of its own and a tiny Slack."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks.names import CommandNames
from bot.courier import Courier, Library
from bot.domain.pacing import SLACK_PACE
from bot.library import load_guides, load_prompts, load_thesaurus
from storage.database import Database
from tests.factories import MONDAY_8
from tests.fakes import FixedClock
from tests.tiny_slack import TinySlack

MACHINE = datetime(2030, 1, 1, tzinfo=UTC)
# Several messages in one channel at one moment, so that most tests need not move the machine's clock.
RESTLESS = replace(SLACK_PACE, rest=timedelta(0))


@pytest.fixture
def slack() -> Iterator[TinySlack]:
    server = TinySlack()
    yield server
    server.stop()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_8)


@pytest.fixture
def machine() -> FixedClock:
    """The machine's own clock, which Slack's limits follow."""
    return FixedClock(MACHINE)


@pytest.fixture(scope="session")
def words() -> Library:
    return Library(CommandNames(), load_prompts(), load_guides(), load_thesaurus())


@pytest.fixture
def courier(database: Database, slack: TinySlack, words: Library, clock: FixedClock, machine: FixedClock) -> Courier:
    return Courier(database, slack.gateway(), "T1", words, clock, machine, RESTLESS)
