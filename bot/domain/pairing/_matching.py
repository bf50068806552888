"""Matchings: the one of greatest worth, and graphs that can be dealt out in full rounds."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

import rustworkx

Match = tuple[int, int]
Edge = tuple[int, int, int]


def best_matching(people: Iterable[int], worth: Sequence[Mapping[int, int]]) -> list[Match]:
    """Return as many disjoint pairs of `people` as may meet and, of those, the ones of greatest worth.

    `worth` holds, for each person, everyone they may meet. Somebody with nobody left stays alone. Pairs
    are sorted.
    """
    chosen = sorted(people)
    places = {person: place for place, person in enumerate(chosen)}
    edges = [
        (place, places[other], value)
        for place, person in enumerate(chosen)
        for other, value in worth[person].items()
        if other > person and other in places
    ]
    return sorted((chosen[a], chosen[b]) for a, b in match_edges(len(chosen), edges))


def match_edges(size: int, edges: Sequence[Edge]) -> list[Match]:
    """Return the same for people numbered from 0 and a list of edges, exactly; worths may be negative."""
    # The solver wants weights above 0; a constant changes nothing among matchings of the same size.
    lowest = min((value for _, _, value in edges), default=0) - 1
    graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(size))
    graph.add_edges_from([(one, other, value - lowest) for one, other, value in edges])
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=_as_it_is)
    return sorted((min(a, b), max(a, b)) for a, b in found)


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
        match = _random_matching(graph, lots)
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


def _random_matching(graph: Sequence[set[int]], lots: random.Random) -> list[Match]:
    edges = [(a, b, lots.randrange(1 << 16)) for a, neighbours in enumerate(graph) for b in sorted(neighbours) if a < b]
    return match_edges(len(graph), edges)
