"""Short versions of `make chaos` and `make year`, so that both are known to work and to find what they look for."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaos.counts import Counts
from chaos.killing import Wanted, play
from chaos.year import play as play_year
from tests.databases import new_database
from tests.postgres import Server

SPRING = datetime(2026, 3, 26, 12, 0, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)


# On PostgreSQL the wake-up of a killed process is given again only after ten seconds of silence.
@pytest.mark.parametrize(("kind", "processes", "kills"), [("sqlite", 1, 4), ("postgresql", 3, 2)])
def test_killed_processes_lose_nothing_and_say_nothing_twice_to_one_person(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, processes: int, kills: int
) -> None:
    with new_database(request, kind, tmp_path) as url:
        counts = play(tmp_path, url, Wanted(kills, seed=3, people=8, processes=processes))

    assert counts.holds, counts
    assert counts.kills == kills
    # A person who swaps or skips in between is introduced once more.
    assert counts.introductions >= 4
    assert counts.messages > 8


@pytest.mark.parametrize("begins", [SPRING, NEW_YEAR])
def test_clock_changes_and_the_end_of_a_year_keep_their_hours(postgres: Server, begins: datetime) -> None:
    with postgres.database() as url:
        year = play_year(url, 40, 1, begins)

    assert (year.wrong_hour, year.twice, year.unsaid, year.over_a_week) == (0, 0, 0, 0)
    assert year.prompts >= 7
    assert year.rounds == 8
    assert year.messages > 40


def test_a_run_fails_by_every_bar() -> None:
    fine = Counts(
        kills=1,
        lost_answers=1,
        messages=9,
        lost=0,
        doubled_facts=0,
        doubled_messages=1,
        unconfirmed=1,
        direct=0,
        acts=1,
        introductions=2,
    )

    assert fine.holds
    assert not replace(fine, lost=1).holds
    assert not replace(fine, doubled_facts=1).holds
    assert not replace(fine, kills=0).holds
    assert not replace(fine, lost_answers=0).holds
    assert not replace(fine, unconfirmed=2).holds
    assert not replace(fine, doubled_messages=2).holds
    assert not replace(fine, direct=1).holds
