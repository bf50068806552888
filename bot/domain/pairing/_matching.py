"""Perfect matchings: the cheapest one, and graphs that can be dealt out in full rounds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence

import rustworkx

Match = tuple[int, int]


def cheapest_matching(people: Iterable[int], costs: Sequence[Mapping[int, int]]) -> list[Match]:
    """Return as many disjoint pairs of `people` as their costs allow and, of those, the cheapest.

    Somebody without a cost towards anyone left stays alone. Pairs are sorted.
    """
    chosen = sorted(people)
    edges = [
        (place, other_place, costs[one][other])
        for place, one in enumerate(chosen)
        for other_place, other in enumerate(chosen[place + 1 :], start=place + 1)
        if other in costs[one]
    ]
    # The solver looks for the greatest weight; more pairs go before any weight.
    top = max((cost for _, _, cost in edges), default=0) + 1
    graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(chosen)
    graph.add_edges_from([(one, other, top - cost) for one, other, cost in edges])
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=_as_it_is)
    return sorted((min(chosen[a], chosen[b]), max(chosen[a], chosen[b])) for a, b in found)


def _as_it_is(weight: int) -> int:
    return weight


def split_into_rounds(graph: Sequence[frozenset[int]], seed: int) -> list[list[Match]] | None:
    """Split a regular graph into perfect matchings, so that everyone meets all neighbours in turn.

    `graph` holds each person's neighbours, the same number for all. None when no split was found, which
    for the sizes of a learning community hardly ever means anything but that there is none.
    """
    # A seeded shuffle, not a secret.
    return _split([set(neighbours) for neighbours in graph], random.Random(seed))  # noqa: S311


def _split(graph: list[set[int]], lots: random.Random) -> list[list[Match]] | None:
    degree = len(graph[0])
    if degree == 0:
        return []
    # Sparse graphs have the dead ends, and there another try is cheap.
    tries = 24 if degree <= 4 else 2  # noqa: PLR2004
    for _ in range(tries):
        match = _random_matching(graph, lots.randrange)
        if 2 * len(match) < len(graph):
            return None
        rest = _split(without(graph, match), lots)
        if rest is not None:
            return [match, *rest]
        if degree == 1:
            return None
    return None


def without(graph: Sequence[Iterable[int]], match: Iterable[Match]) -> list[set[int]]:
    """Return the graph without the edges of a matching."""
    rest = [set(neighbours) for neighbours in graph]
    for a, b in match:
        rest[a].discard(b)
        rest[b].discard(a)
    return rest


def _random_matching(graph: Sequence[set[int]], draw: Callable[[int], int]) -> list[Match]:
    costs: list[dict[int, int]] = [{} for _ in graph]
    for a, neighbours in enumerate(graph):
        for b in sorted(neighbours):
            if a < b:
                costs[a][b] = costs[b][a] = draw(1 << 16)
    return cheapest_matching(range(len(graph)), costs)
