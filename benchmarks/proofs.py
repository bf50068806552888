"""What the best plan would be worth: exactly for small pools, as a proven bound for larger ones."""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import rustworkx

from bot.domain.pairing import History, Member, Rules
from bot.domain.pairing._auction import auction, rows_of
from bot.domain.pairing._bound import prove
from bot.domain.pairing._candidates import build_index, candidates
from bot.domain.pairing._groups import planned_sizes
from bot.domain.pairing._pool import Pool, build_pool
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


def searched_value(pool: Pool, seconds: float) -> int:
    """Return the points of the best groups that a plain search finds in so many seconds of the processor.

    It deals people out by lot and makes the best exchange of two people, for each in turn, while one helps; then it
    deals them out again. Of repeats and of what the rules forbid it is kept by a price; that a whole group needs one
    language and one hour is not looked at, which is to its advantage.
    """
    scorer, size = build_scorer(pool), pool.size
    points = scorer.rows(np.arange(size)).astype(np.int64)
    for person in range(size):
        points[person, scorer.repeats.of_person(person)[0]] = -_REPEAT
    points[points < FEWEST_POINTS] = -_REPEAT
    np.fill_diagonal(points, 0)
    lots = random.Random(size)  # noqa: S311 - not a secret
    ends = np.cumsum(planned_sizes(size, pool.rules.group_size))
    best, until = 0, time.process_time() + seconds
    while True:
        of = np.zeros(size, np.int64)
        of[lots.sample(range(size), size)] = np.searchsorted(ends, np.arange(size), side="right")
        is_done = _exchange_all(points, of, until)
        within = (of[:, None] == of[None, :]) & ~np.eye(size, dtype=np.bool_)
        shares = within.sum(axis=1)
        best = max(best, int((np.where(within, points, 0).sum(axis=1) / (2 * shares)).sum()))
        if not is_done:
            return best


def _exchange_all(points: npt.NDArray[np.int64], of: npt.NDArray[np.int64], until: float) -> bool:
    """Exchange people while one exchange helps; False when the time is over before."""
    size = len(of)
    ties = np.stack([points[of == group].sum(axis=0) for group in range(int(of.max()) + 1)])
    everyone = np.arange(size)
    helped = True
    while helped:
        helped = False
        for one in range(size):
            here = ties[of, everyone]
            gains = ties[of, one] + ties[of[one]] - 2 * points[one] - here - here[one]
            gains[of == of[one]] = 0
            other = int(gains.argmax())
            if gains[other] > 0:
                helped = True
                change = points[other] - points[one]
                ties[of[one]] += change
                ties[of[other]] -= change
                of[one], of[other] = of[other], of[one]
            if time.process_time() > until:
                return False
    return True


def peak_mb() -> float:
    """Return the most memory this process has had so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in kilobytes, macOS in bytes.
    return peak / 1024 if sys.platform != "darwin" else peak / (1 << 20)
