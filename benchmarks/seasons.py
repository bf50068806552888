"""Sixty rounds with one pool: how many pairs meet again, against other ways of pairing."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import rustworkx

from benchmarks import companies
from bot.domain.cadence import Window
from bot.domain.pairing import History, Member, Rules, plan_groups
from bot.domain.pairing._pool import build_pool
from bot.domain.pairing._scores import build_scorer

SIZES = (4, 5, 6, 10, 11, 14, 25, 30, 50, 100)
ROUNDS = 60
WAYS = ("ideal", "peerloop", "exact", "greedy", "shuffle")

Group = tuple[int, ...]
# Ages of earlier meetings, 0 for never, and points, for every two people.
Way = Callable[[list[list[int]], list[list[int]], random.Random], list[Group]]


@dataclass(frozen=True)
class Season:
    """The repeats of each way, the first round with one and the fewest rounds between two meetings."""

    people: int
    repeats: dict[str, int]
    first: dict[str, int | None]
    gap: dict[str, int | None]


def play(people: int, seed: int) -> Season:
    """Play sixty rounds with a pool without rules, in each way."""
    members = [
        replace(one, window=Window(), languages=frozenset(), manager="", blocked=frozenset())
        for one in companies.draw_company(people, seed)
    ]
    # A person who is one of three meets two people, which no ideal can avoid.
    pairs_a_round = people // 2 if people % 2 == 0 else (people + 3) // 2
    all_pairs = people * (people - 1) // 2
    season = Season(people, {"ideal": max(0, ROUNDS * pairs_a_round - all_pairs)}, {}, {})
    ideal_first = all_pairs // pairs_a_round + 1
    season.first["ideal"] = ideal_first if ideal_first <= ROUNDS else None
    # Nobody can be kept from a partner for longer than it takes to meet all others.
    season.gap["ideal"] = ideal_first - 1 if ideal_first <= ROUNDS else None
    season.repeats["peerloop"], season.first["peerloop"], season.gap["peerloop"] = _play_peerloop(members, seed)
    scorer = build_scorer(build_pool(members, Rules(), History(), 1, seed))
    points = scorer.rows(np.arange(people)).tolist()
    for name, way in (("exact", _exact), ("greedy", _greedy), ("shuffle", _shuffle)):
        season.repeats[name], season.first[name], season.gap[name] = _play(way, points, seed)
    return season


def table(seasons: Sequence[Season]) -> str:
    """Return the repeats of all ways as a table, each with the first round that had one."""
    lines = ["| people | " + " | ".join(WAYS) + " |", "| ---: |" + " ---: |" * len(WAYS)]
    for season in seasons:
        cells = [
            f"{season.repeats[way]} ({season.first[way]}, {season.gap[way]})" if season.repeats[way] else "0"
            for way in WAYS
        ]
        lines.append(f"| {season.people} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _play_peerloop(members: Sequence[Member], seed: int) -> tuple[int, int | None, int | None]:
    last: dict[frozenset[str], int] = {}
    people = {one.id: one for one in members}
    total, first = 0, None
    gaps = []
    for number in range(1, ROUNDS + 1):
        plan = plan_groups(people.values(), History.of(last), number, seed * 1000 + number)
        total += plan.repeats.total
        if plan.repeats.total and first is None:
            first = number
        pairs = [frozenset(two) for group in plan.groups for two in combinations(group.people, 2)]
        gaps += [number - last[pair] for pair in pairs if pair in last]
        for group in plan.groups:
            last.update({frozenset(two): number for two in combinations(group.people, 2)})
            if len(group.people) > 2:  # noqa: PLR2004 - the third seat
                people.update({p: replace(people[p], trios=people[p].trios + 1) for p in group.people})
    return total, first, min(gaps, default=None)


def _play(way: Way, points: list[list[int]], seed: int) -> tuple[int, int | None, int | None]:
    size = len(points)
    lots = random.Random(seed)  # noqa: S311 - not a secret
    last = [[0] * size for _ in range(size)]
    total, first = 0, None
    gaps = []
    for number in range(1, ROUNDS + 1):
        ages = [[number - met if met else 0 for met in row] for row in last]
        pairs = [two for group in way(ages, points, lots) for two in combinations(group, 2)]
        repeated = [ages[one][other] for one, other in pairs if ages[one][other]]
        again = len(repeated)
        gaps += repeated
        total += again
        if again and first is None:
            first = number
        for one, other in pairs:
            last[one][other] = last[other][one] = number
    return total, first, min(gaps, default=None)


def _with_third(pairs: list[Group], third: int | None, lots: random.Random) -> list[Group]:
    if third is not None:
        place = lots.randrange(len(pairs))
        pairs[place] = (*pairs[place], third)
    return pairs


def _order(size: int, lots: random.Random) -> tuple[list[int], int | None]:
    order = lots.sample(range(size), size)
    return (order[1:], order[0]) if size % 2 else (order, None)


def _shuffle(ages: list[list[int]], _points: list[list[int]], lots: random.Random) -> list[Group]:
    order, third = _order(len(ages), lots)
    return _with_third(list(zip(order[::2], order[1::2], strict=True)), third, lots)


def _worth(age: int, points: int) -> int:
    """Return what most bots use: never met, else the longest ago; then points."""
    return (10_000 if age == 0 else age) * 10_000 + points


def _greedy(ages: list[list[int]], points: list[list[int]], lots: random.Random) -> list[Group]:
    order, third = _order(len(ages), lots)
    pairs: list[Group] = []
    while order:
        one = order.pop()
        other = max(order, key=lambda p: _worth(ages[one][p], points[one][p]))
        order.remove(other)
        pairs.append((one, other))
    return _with_third(pairs, third, lots)


def _exact(ages: list[list[int]], points: list[list[int]], lots: random.Random) -> list[Group]:
    order, third = _order(len(ages), lots)
    graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(order)
    graph.add_edges_from(
        [
            (a, b, 10**6 + _worth(ages[one][other], points[one][other]))
            for (a, one), (b, other) in combinations(enumerate(order), 2)
        ]
    )
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return _with_third([(order[a], order[b]) for a, b in sorted(found)], third, lots)
