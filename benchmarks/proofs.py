"""What the best plan would be worth: exactly for small pools, as a proven bound for larger ones."""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import rustworkx

from bot.domain.pairing import History, Member, Rules
from bot.domain.pairing._auction import auction, rows_of
from bot.domain.pairing._bound import prove
from bot.domain.pairing._candidates import build_index, candidates
from bot.domain.pairing._pool import build_pool
from bot.domain.pairing._scores import FEWEST_POINTS, Scorer, build_scorer

_PAIR = 2
_KEPT = (16, 12, 8)
_REPEAT = 1 << 30


@dataclass(frozen=True)
class Best:
    """The fewest repeats, and the most points then."""

    repeats: int
    value: int


def exact_value(members: Sequence[Member], rules: Rules, history: History, number: int, seed: int) -> Best | None:
    """Solve pairs for an even pool exactly over all pairs; None where that does not say what is best.

    For an odd pool the trio is not part of the matching, and when somebody stays alone neither.
    """
    scorer = build_scorer(build_pool(members, rules, history, number, seed))
    size = len(members)
    if size % _PAIR:
        return None
    points = scorer.rows(np.arange(size)).astype(int)
    again = scorer.repeats
    graph: rustworkx.PyGraph[None, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * size)
    repeats = {(int(key) // size, int(key) % size) for key in again.keys}
    graph.add_edges_from(
        [
            (one, other, int(points[one, other]) + 10_000 + (0 if (one, other) in repeats else _REPEAT))
            for one, other in combinations(range(size), 2)
            if points[one, other] >= FEWEST_POINTS
        ]
    )
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    if _PAIR * len(found) < size:
        return None
    return Best(
        sum((min(pair), max(pair)) in repeats for pair in found), sum(int(points[one, other]) for one, other in found)
    )


def proven_bound(members: Sequence[Member], rules: Rules, history: History, number: int, seed: int) -> int:
    """Return a bound over all pairs: prices of an auction, twice brought up to pairs that were missing."""
    scorer: Scorer = build_scorer(build_pool(members, rules, history, number, seed))
    size = len(members)
    edges = candidates(scorer, build_index(scorer.pool), _KEPT)
    found = auction(rows_of(edges, size))
    best = prove(scorer, found.prices, 5)
    again = auction(rows_of(edges.joined(best.near, size), size), found.prices, 80)
    return min(best.bound, prove(scorer, again.prices, 0).bound)


def peak_mb() -> float:
    """Return the most memory this process has had so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in kilobytes, macOS in bytes.
    return peak / 1024 if sys.platform != "darwin" else peak / (1 << 20)
