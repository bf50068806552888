"""The page about speed tells what is declared, and what is declared runs."""

import json

import pytest

from benchmarks.__main__ import table_of
from benchmarks.declared import BENCHMARKS, Benchmark
from tests.docs.command import BIN, run
from tests.docs.pages import ROOT, rows

PAGE = ROOT / "docs" / "performance.md"


def test_the_page_lists_every_measurement_with_its_command_and_goals() -> None:
    first, *_ = PAGE.read_text(encoding="utf-8").replace("`", "").split("\n## ")
    told = [tuple(row) for row in rows(first)]

    assert told == [
        (
            one.name,
            one.company,
            f"python -m {' '.join(one.command)}",
            ", ".join(f"{figure} {goal}" for figure, goal in one.wanted.items()),
        )
        for one in BENCHMARKS
    ]


def test_each_figure_stands_beside_its_goal() -> None:
    one = Benchmark("round", "round_start", "ten people", goals={"longest_lock_ms": 500})

    assert list(table_of([(one, "", {"longest_lock_ms": 7, "people": 10})]))[2:] == [
        "| round | ten people | longest_lock_ms | at most 500 | 7 |",
        "| round | ten people | people |  | 10 |",
    ]


def measured(name: str) -> dict[str, object]:
    done = run(str(BIN / "python"), "-m", "benchmarks", "--small", "--only", name, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout.splitlines()[0])
    return dict(found)


def test_a_measurement_that_is_wanted_alone_is_run_and_has_its_figures() -> None:
    found = measured("round-in-two")

    assert found["people"] == 20
    assert found.keys() >= {"longest_lock_ms", "refused", "statements"}


@pytest.mark.slow
@pytest.mark.parametrize("one", BENCHMARKS, ids=lambda one: one.name)
def test_every_measurement_runs_and_has_the_figures_of_its_goals(one: Benchmark) -> None:
    assert measured(one.name).keys() >= {*one.wanted}
