"""Measure groups of three to five: `python -m benchmarks.groups --people 1000 --company hot --json`.

The points are compared with those of a plain search over all exchanges. The history is one that was made for what
people want and offer.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter

from benchmarks import companies
from benchmarks.proofs import peak_mb, searched_value
from bot.domain.pairing import Rules, plan_groups
from bot.domain.pairing._pool import build_pool

# The least share, and the most of the others, for a thousand people on a machine with nothing else to do.
SEARCHED_SECONDS = 3.0
_ROUNDS_BEFORE = 12

Figures = dict[str, float | int | str]


def measure(people: int, seed: int, company: str, group_size: int, searched: float) -> Figures:
    """Plan the round after twelve of a virtual company and say how good and how dear that was."""
    members = companies.draw_pool(company, people, seed)
    history = companies.draw_lived_history(members, _ROUNDS_BEFORE, seed)
    rules, number = Rules(group_size=group_size), _ROUNDS_BEFORE + 1
    # Loading the libraries is part of the bot's start, not of a round.
    plan_groups(members[:2], history, number, seed)
    used = []
    for _ in range(2):
        before = time.process_time()
        plan = plan_groups(members, history, number, seed, rules)
        used.append(time.process_time() - before)
    peak = peak_mb()
    sizes = Counter(len(group.people) for group in plan.groups)
    value = plan.quality.value
    return {
        "people": people,
        "company": company,
        "seed": seed,
        "group_size": group_size,
        "cpu_seconds": round(min(used), 2),
        "peak_mb": round(peak, 1),
        "points": value,
        "share_of_search": round(
            value / searched_value(build_pool(members, rules, history, number, seed), searched), 3
        ),
        "repeats": plan.repeats.total,
        "unplaced": len(plan.unplaced),
        # Two smaller groups and one of the wish make two of the wish and a larger one.
        "avoidable_pairs": sizes[2] if group_size > 2 and people > 5 else 0,  # noqa: PLR2004 - pairs
        "sizes": ", ".join(f"{count} of {size}" for size, count in sorted(sizes.items())),
    }


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.groups", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--company", choices=list(companies.COMPANIES), default="mixed", help="what people are like")
    parser.add_argument("--group-size", type=int, default=3)
    parser.add_argument("--searched", type=float, default=SEARCHED_SECONDS, help="seconds that the plain search has")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    figures = measure(chosen.people, chosen.seed, chosen.company, chosen.group_size, chosen.searched)
    if chosen.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:16} {figure}")


if __name__ == "__main__":
    main()
