"""Measures everything that is declared, and prints it with the goal beside each figure."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.declared import BENCHMARKS, Benchmark

Row = tuple[Benchmark, str, dict[str, Any]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=[one.name for one in BENCHMARKS], help="this one alone")
    parser.add_argument("--growth", action="store_true", help="at several sizes, up to 20,000")
    parser.add_argument("--small", action="store_true", help="at the smallest size, to find out that all of them run")
    wanted = parser.parse_args()
    rows = [
        (one, size, run(one, arguments))
        for one in BENCHMARKS
        if wanted.only in {None, one.name}
        for size, arguments in runs_of(one, is_growing=wanted.growth, is_small=wanted.small)
    ]
    print(json.dumps([{"name": one.name, "size": size, "goals": one.wanted, **found} for one, size, found in rows]))
    print()
    print("\n".join(table_of(rows)))


def runs_of(one: Benchmark, *, is_growing: bool, is_small: bool) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the runs of a measurement: what its size is called, and the arguments of its module."""
    if is_small:
        yield "small", one.small
        return
    yield "", one.arguments
    for size in one.sizes if is_growing else ():
        # What is said last counts.
        yield f"{size:,}", (*one.arguments, one.size, str(size))


def run(one: Benchmark, arguments: Sequence[str]) -> dict[str, Any]:
    """Measure in a process of its own, and return the figures."""
    command = [sys.executable, "-m", f"benchmarks.{one.module}", *arguments, "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def table_of(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a table in Markdown, a line for each figure."""
    yield "| Measured | Of | Figure | Goal | Now |"
    yield "|---|---|---|---|---|"
    for one, size, found in rows:
        for figure, value in found.items():
            yield f"| {one.name} | {size or one.company} | {figure} | {one.wanted.get(figure, '')} | {value} |"


if __name__ == "__main__":
    main()
