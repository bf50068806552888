"""Graphs that can be dealt out in full rounds: every edge gets a round, and nobody two in the same.

The search puts in one edge after the other. Where the two have no free round in common, the edges of two
rounds change places along a chain; where no chain helps, another edge makes room and is put in again, and
a chain somewhere is turned by lot.
Source: Misra and Gries (1992), A constructive proof of Vizing's theorem, for the chains.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from bot.domain.pairing._matching import Match, match_edges

# So many steps for each edge. A graph that can be split takes about one; one that cannot is given up.
_STEPS = 30


def split_into_rounds(graph: Sequence[Iterable[int]]) -> list[list[Match]] | None:
    """Split a regular graph into perfect matchings, so that everyone meets all neighbours in turn.

    `graph` holds each person's neighbours, the same number for all. The same graph gives the same split
    wherever it is asked for. None when no split was found, which for the sizes of a learning community
    hardly ever means anything but that there is none.
    """
    edges = [(one, other) for one, row in enumerate(graph) for other in row if one < other]
    if not edges:
        return []
    if 2 * len(match_edges(len(graph), [(one, other, 0) for one, other in sorted(edges)])) < len(graph):
        return None
    split = _Split(len(graph), 2 * len(edges) // len(graph))
    return split.rounds() if split.put_in(sorted(edges)) else None


def without(graph: Sequence[Iterable[int]], match: Iterable[Match]) -> list[set[int]]:
    """Return the graph without the edges of a matching."""
    rest = [set(neighbours) for neighbours in graph]
    for one, other in match:
        rest[one].discard(other)
        rest[other].discard(one)
    return rest


class _Split:
    """Some edges of a graph, each in a round."""

    def __init__(self, size: int, rounds: int) -> None:
        # For each round whom each person meets in it, -1 for nobody.
        self._mates = [[-1] * size for _ in range(rounds)]
        # Always the same lots, so that what is left of a split next time is found next time.
        self._lots = random.Random(0)  # noqa: S311 - no secret

    def put_in(self, edges: list[Match]) -> bool:
        """Give every edge a round; False when that was given up."""
        waiting = self._lots.sample(edges, len(edges))
        for _ in range(_STEPS * len(edges)):
            if not waiting:
                break
            one, other = waiting.pop()
            if not self._add(one, other):
                self._stir()
                waiting.append(self._push_in(one, other))
        return not waiting

    def rounds(self) -> list[list[Match]]:
        """Return the edges of each round, sorted."""
        return [[(one, other) for one, other in enumerate(mates) if one < other] for mates in self._mates]

    def _add(self, one: int, other: int) -> bool:
        mine, theirs = self._free(one), self._free(other)
        common = [number for number in mine if number in theirs]
        if common:
            self._set(self._lots.choice(common), one, other)
            return True
        ways = [(a, b) for a in mine for b in theirs]
        for a, b in self._lots.sample(ways, len(ways)):
            chain = self._chain(other, a, b)
            if one not in chain:
                self._turn(chain, a, b)
                self._set(a, one, other)
                return True
        return False

    def _stir(self) -> None:
        """Let two rounds change places along some chain, so that the next search meets something new."""
        if len(self._mates) > 1:
            a, b = self._lots.sample(range(len(self._mates)), 2)
            person = self._lots.randrange(len(self._mates[0]))
            self._turn({*self._chain(person, a, b), *self._chain(person, b, a)}, a, b)

    def _push_in(self, one: int, other: int) -> Match:
        """Give an edge a round that only one of the two has free; return the edge that had to go."""
        if self._lots.random() < 0.5:  # noqa: PLR2004 - either side
            one, other = other, one
        number = self._lots.choice(self._free(one))
        gone = self._mates[number][other]
        self._mates[number][gone] = -1
        self._set(number, one, other)
        return other, gone

    def _free(self, person: int) -> list[int]:
        return [number for number, mates in enumerate(self._mates) if mates[person] < 0]

    def _set(self, number: int, one: int, other: int) -> None:
        mates = self._mates[number]
        mates[one], mates[other] = other, one

    def _chain(self, person: int, a: int, b: int) -> list[int]:
        """Return whom one reaches from a person by edges of two rounds in turn, beginning with `a`."""
        chain = [person]
        while (person := self._mates[a][person]) >= 0 and person != chain[0]:
            chain.append(person)
            a, b = b, a
        return chain

    def _turn(self, chain: Iterable[int], a: int, b: int) -> None:
        """Let the edges of a chain change from one of two rounds to the other."""
        for person in chain:
            first, second = self._mates[a], self._mates[b]
            first[person], second[person] = second[person], first[person]
