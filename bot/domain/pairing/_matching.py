"""Perfect matchings: the cheapest one, and graphs that can be dealt out in full rounds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nsmallest

import rustworkx

Match = tuple[int, int]

# The solver looks at every edge and holds up every other thread meanwhile: with all of them, 300 people take
# a tenth of a second and 1,000 more than ten.
MOST_WITH_ALL_EDGES = 300
FEWEST_EDGES_EACH = 16


def cheapest_matching(
    people: Iterable[int], costs: Sequence[Mapping[int, int]], good: int | None = None
) -> list[Match]:
    """Return as many disjoint pairs of `people` as their costs allow and, of those, the cheapest.

    Somebody without a cost towards anyone left stays alone. Pairs are sorted. Among many people the first
    matching is taken in which nobody stays alone and every pair costs less than `good`.
    """
    chosen = sorted(people)
    each = FEWEST_EDGES_EACH
    while good is not None and len(chosen) > MOST_WITH_ALL_EDGES and each < len(chosen):
        found = _solve(chosen, _cheapest_edges(chosen, costs, each))
        if len(found) == len(chosen) // 2 and all(costs[a][b] < good for a, b in found):
            return found
        each *= 4
    return _solve(
        chosen,
        [
            (place, other_place, costs[one][other])
            for place, one in enumerate(chosen)
            for other_place, other in enumerate(chosen[place + 1 :], start=place + 1)
            if other in costs[one]
        ],
    )


def _cheapest_edges(chosen: Sequence[int], costs: Sequence[Mapping[int, int]], each: int) -> list[tuple[int, int, int]]:
    """Return the cheapest edges of every person, by their places in `chosen`, each edge once."""
    places = {person: place for place, person in enumerate(chosen)}
    edges = {}
    for place, person in enumerate(chosen):
        row = costs[person]
        for other in nsmallest(each, (one for one in row if one in places), key=row.__getitem__):
            edges[min(place, places[other]), max(place, places[other])] = row[other]
    return [(a, b, cost) for (a, b), cost in sorted(edges.items())]


def _solve(chosen: Sequence[int], edges: Sequence[tuple[int, int, int]]) -> list[Match]:
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
