"""Pairs and one trio for an odd pool: who takes the third seat, and who sits with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.pairing._layers import Layers, repeat_cost
from bot.domain.pairing._matching import best_matching, match_edges

Group = tuple[int, ...]
PAIR, TRIO = 2, 3

# How many of those due for the third seat are tried first, drawn by lot, and how many trios besides, each
# with an exact matching of everyone else: up to 11 people all there are, then fewer the longer it takes.
_TRIES = ((11, 11, 1_000), (30, 30, 40), (60, 10, 30), (120, 5, 8))
_LARGE_POOL = (3, 2)
# So many more thirds are tried when somebody would meet again or stay alone.
_MORE_THIRDS = 60


@dataclass(frozen=True)
class _Found:
    """Groups with the key they are compared by: people placed, then worth."""

    key: tuple[int, int]
    groups: list[Group]


def best_with_trio(layers: Layers) -> list[Group]:
    """Return the best groups with one trio, or only pairs when no three may meet.

    At least one of the three was in a trio least often, and nobody in more than one more than that.
    These turns give way, one step at a time, only so that nobody is left over.
    """
    members = layers.members
    fewest = min(member.trios for member in members)
    everyone = list(range(len(members)))
    due = [p for p in everyone if members[p].trios == fewest]
    close = [p for p in everyone if members[p].trios <= fewest + 1]
    best: _Found | None = None
    for thirds, company in ((due, close), (due, everyone), (everyone, everyone)):
        found = _best_with_third(layers, thirds, company, fewest)
        if found is not None and (best is None or found.key[0] > best.key[0]):
            best = found
        if best is not None and best.key[0] == len(members):
            break
    pairs: list[Group] = list(best_matching(everyone, layers.pairs))
    return best.groups if best and best.key[0] > PAIR * len(pairs) else pairs


def _best_with_third(layers: Layers, thirds: Sequence[int], company: Sequence[int], fewest: int) -> _Found | None:
    """Return the best groups with a trio of one of `thirds` and two of `company`; None when there are none.

    First each third seat in turn with the two that suit it best if those two are not looked at together:
    what that costs in repeats is a lower bound, and mostly reached. Then the most promising trios, each
    with the exact matching of everyone else.
    """
    by_lot = sorted(thirds, key=lambda p: int(layers.pool.lots[layers.people[p]]))
    some, _ = _tries(layers.size)
    best = _best_of(layers, by_lot[:some], company, fewest)
    rest = by_lot[some:_MORE_THIRDS]
    if rest and (best is None or best.key[0] < layers.size or repeat_cost(best.key[1])):
        best = _better(best, _best_of(layers, rest, company, fewest))
    return best


def _best_of(layers: Layers, thirds: Sequence[int], company: Sequence[int], fewest: int) -> _Found | None:
    best: _Found | None = None
    tried: set[Group] = set()
    for trio in (_split_third(layers, third, company, fewest) for third in thirds):
        if trio is not None and trio not in tried:
            tried.add(trio)
            best = _better(best, _with(layers, trio, fewest))
    _, left = _tries(layers.size)
    for trio in _promising(layers, thirds, company, left):
        if left == 0:
            break
        if trio not in tried and layers.may_meet(trio):
            tried.add(trio)
            left -= 1
            best = _better(best, _with(layers, trio, fewest))
    return best


def _better(one: _Found | None, other: _Found | None) -> _Found | None:
    if one is None or other is None:
        return one or other
    return other if other.key > one.key else one


def _with(layers: Layers, trio: Group, fewest: int) -> _Found:
    pairs = best_matching((p for p in range(layers.size) if p not in trio), layers.pairs)
    worth = layers.worth(trio) - layers.unfair(trio, fewest) + layers.total(pairs)
    return _Found((TRIO + PAIR * len(pairs), worth), [trio, *pairs])


def _split_third(layers: Layers, third: int, company: Sequence[int], fewest: int) -> Group | None:
    """Return the trio in the best plan in which the third meets two people who need not suit each other.

    The third is matched twice, once under their own number and once under a number of its own. None when
    the two may not meet.
    """
    size = layers.size
    double = size
    edges = [(one, other, worth) for one, row in enumerate(layers.pairs) for other, worth in row.items() if one < other]
    edges = [edge for edge in edges if third not in edge[:2]]
    for other in company:
        if other != third and layers.allowed[third][other]:
            # Half of the pair's points, like in a trio, and all of its repeat.
            worth = layers.pairs[third][other] - 6 * layers.gain[third][other] - layers.unfair((other,), fewest)
            edges += [(other, third, worth), (other, double, worth)]
    found = match_edges(size + 1, edges)
    two = [one + other - seat for one, other in found for seat in (third, double) if seat in (one, other)]
    trio = tuple(sorted((third, *two)))
    return trio if len(trio) == TRIO and layers.may_meet(trio) else None


def _promising(layers: Layers, thirds: Sequence[int], company: Sequence[int], tries: int) -> list[Group]:
    """Return trios whose pairs may meet, best first by repeats, turns and points; enough for the tries."""
    cost, gain = np.array(layers.cost), np.array(layers.gain)
    allowed = np.array(layers.allowed)
    trios = np.array([member.trios for member in layers.members])
    among = np.zeros(len(trios), np.bool_)
    among[list(company)] = True
    found = []
    for third in thirds:
        fit = np.flatnonzero(allowed[third] & among)
        one, other = (fit[place] for place in np.triu_indices(len(fit), 1))
        legal = allowed[one, other]
        one, other = one[legal], other[legal]
        key = (
            cost[third, one] + cost[third, other] + cost[one, other],
            trios[third] + trios[one] + trios[other],
            -(gain[third, one] + gain[third, other] + gain[one, other]),
        )
        first = np.lexsort(key[::-1])[: 2 * tries]
        rows = zip(*(part[first].tolist() for part in (*key, one, other)), strict=True)
        found += [(c, f, g, tuple(sorted((third, a, b)))) for c, f, g, a, b in rows]
    return [trio for *_, trio in sorted(set(found))]


def _tries(size: int) -> tuple[int, int]:
    """Return how many third seats and how many trios are worth an exact matching of everyone else."""
    return next(((thirds, trios) for most, thirds, trios in _TRIES if size <= most), _LARGE_POOL)
