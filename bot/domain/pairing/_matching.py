"""The matching of greatest worth."""

from __future__ import annotations

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
