"""Measure the pairing: `python -m benchmarks.pairing --people 10000 --seed 1 --json`, or `--write` for all.

Each size runs in a process of its own, so that its peak of memory is its own. Times are wall-clock, from
plain values to the plan, the best of a few runs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import companies, picture, seasons
from benchmarks.proofs import exact_value, peak_mb, proven_bound
from bot.domain.pairing import Rules, plan_groups

SIZES = (4, 5, 10, 25, 50, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
_ROUNDS_BEFORE = 12
# What a round of so many people may take and lack at most, with a history that was made for what people want and offer
# and whether or not there is a hot skill, on a machine with nothing else to do.
_EXACT_UP_TO = 1_000
_PROVEN_UP_TO = 10_000
_REPEATED_UP_TO = 10_000
_ROOT = Path(__file__).parent.parent
_DOCUMENT = _ROOT / "docs" / "pairing.md"
_PICTURE = _ROOT / "docs" / "images" / "pairing.svg"
_BEGIN, _END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"

Figures = dict[str, float | int | None]


def measure(people: int, seed: int, company: str = "mixed", before: int = _ROUNDS_BEFORE, past: str = "lot") -> Figures:
    """Plan the round after some of a virtual company and say how good and how dear that was."""
    members = companies.draw_pool(company, people, seed)
    # Nobody has met more people than there are; small pools have had as many rounds as leave a new one.
    rounds = min(before, max(0, people // 3))
    if past == "lived":
        history = companies.draw_lived_history(members, rounds, seed)
    else:
        history = companies.draw_history(people, rounds, seed)
    # Loading the libraries is part of the bot's start, not of a round.
    plan_groups(members[:2], history, rounds + 1, seed)
    seconds, busy = [], []
    for _ in range(3 if people <= _REPEATED_UP_TO else 1):
        start, used = time.perf_counter(), time.process_time()
        plan = plan_groups(members, history, rounds + 1, seed)
        seconds.append(time.perf_counter() - start)
        busy.append(time.process_time() - used)
    peak = peak_mb()
    pool = (members, Rules(), history, rounds + 1, seed)
    best = exact_value(*pool) if people <= _EXACT_UP_TO else None
    bound = plan.quality.bound
    if best is None and not plan.quality.exact and not plan.repeats.total and people <= _PROVEN_UP_TO and bound:
        bound = min(bound, proven_bound(*pool))
    value = plan.quality.value
    share, avoidable = None, plan.repeats.total
    if best is not None:
        share, avoidable = value / best.value, plan.repeats.total - best.repeats
    elif plan.quality.exact:
        # A tiny pool: the plan is the best of all there are, looked at one by one.
        share, avoidable = 1.0, 0
    return {
        "people": people,
        "seed": seed,
        "seconds": round(min(seconds), 3),
        "cpu_seconds": round(min(busy), 3),
        "peak_mb": round(peak, 1),
        "share_of_optimum": None if share is None else round(share, 6),
        "share_of_bound": round(value / bound, 6) if bound else None,
        "known_distance": None if plan.quality.distance is None else round(plan.quality.distance, 6),
        # Where no exact plan is known, every repeat is called avoidable.
        "avoidable_repeats": avoidable,
        "repeats": plan.repeats.total,
        "unplaced": len(plan.unplaced),
    }


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pairing", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--company", choices=list(companies.COMPANIES), default="mixed", help="what people are like")
    parser.add_argument("--rounds", type=int, default=_ROUNDS_BEFORE, help="how many rounds there were before")
    parser.add_argument("--history", choices=("lot", "lived"), default="lot", help="how the pairs before were made")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--write", action="store_true", help="measure every size and write the document's table")
    chosen = parser.parse_args()
    if chosen.write:
        write(chosen.seed)
        return
    figures = measure(chosen.people, chosen.seed, chosen.company, chosen.rounds, chosen.history)
    if chosen.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:26} {figure}")


def write(seed: int) -> None:
    """Measure all sizes and seasons; put the tables into the document and draw the picture."""
    figures = []
    for people in SIZES:
        figures.append(_in_own_process(people, seed))
        print(figures[-1], flush=True)
    played = [seasons.play(people, seed) for people in seasons.SIZES]
    text = _DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(_BEGIN)
    _, after = rest.split(_END)
    tables = f"\n{_table(figures)}\n{seasons.table(played)}\n"
    _DOCUMENT.write_text(f"{before}{_BEGIN}{tables}{_END}{after}", encoding="utf-8")
    _PICTURE.write_text(picture.draw(figures, played), encoding="utf-8")


def _in_own_process(people: int, seed: int) -> Figures:
    command = [sys.executable, "-m", "benchmarks.pairing", "--people", str(people), "--seed", str(seed), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=_ROOT)
    figures: Figures = json.loads(done.stdout)
    return figures


def _table(figures: list[Figures]) -> str:
    lines = [
        (
            "| people | seconds | CPU seconds | peak MB | share of the optimum | proven share "
            "| avoidable repeats | left over |"
        ),
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in figures:
        best = "" if row["share_of_optimum"] is None else f"{row['share_of_optimum']:.3%}"
        proven = "" if row["share_of_bound"] is None else f"{row['share_of_bound']:.3%}"
        lines.append(
            f"| {row['people']:,} | {row['seconds']:.3f} | {row['cpu_seconds']:.3f} | {row['peak_mb']:.0f} "
            f"| {best} | {proven} | {row['avoidable_repeats']} | {row['unplaced']} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
