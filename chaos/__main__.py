"""`python -m chaos`: kill the bot's processes while it works, on either database, and count what came of it.

The last line on stdout is one JSON object; the exit status is 1 when a bar is missed.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from chaos.counts import Counts
from chaos.killing import Wanted, play
from tests.postgres import start_once

PROCESSES = {"sqlite": 1, "postgresql": 3}


def main() -> None:
    """Run what was asked for, print the counts, and fail when one of them is over its bar."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000, help="for each database")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--lost-answers", type=float, default=0.0, help="the share of posts whose answer gets lost")
    parser.add_argument("--only", choices=PROCESSES, help="one database instead of both")
    asked = parser.parse_args()
    results = {}
    for engine in [asked.only] if asked.only else PROCESSES:
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder, database(engine, Path(folder)) as url:
            wanted = Wanted(asked.kills, asked.seed, asked.people, PROCESSES[engine], asked.lost_answers)
            results[engine] = play(Path(folder), url, wanted)
            _tell(engine, results[engine])
    print(json.dumps({engine: _shown(counts) for engine, counts in results.items()} | {"seed": asked.seed}))
    sys.exit(0 if all(counts.holds for counts in results.values()) else 1)


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database of a kind that is there while the block runs."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'peerloop.db'}"
        return
    # The server's guard outlives this process by a moment, and takes its folder away itself.
    with start_once(Path(tempfile.mkdtemp(prefix="chaos-postgres-")), os.getpid()).database() as url:
        yield url


def _tell(engine: str, counts: Counts) -> None:
    print(f"{engine}: {_shown(counts)}", file=sys.stderr)
    for what, names in (("lost", counts.what_was_lost), ("twice", counts.what_was_doubled)):
        for name in names[:20]:
            print(f"  {what}: {name}", file=sys.stderr)


def _shown(counts: Counts) -> dict[str, object]:
    return {name: value for name, value in asdict(counts).items() if not name.startswith("what_")}


if __name__ == "__main__":
    main()
