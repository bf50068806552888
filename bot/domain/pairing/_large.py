"""Pairs for a pool too large to weigh every pair: candidates, an auction, a repair, a proof."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.domain.pairing._auction import SCALE, Assignment, auction, rows_of
from bot.domain.pairing._bound import bound_from_best, bound_of, prove
from bot.domain.pairing._candidates import Edges, build_index, candidates
from bot.domain.pairing._cycles import pairs_of
from bot.domain.pairing._matching import Match, match_edges
from bot.domain.pairing._repair import pair_leftovers
from bot.domain.pairing._scores import FEWEST_POINTS, Scorer
from bot.domain.pairing._sorts import bound_from_sorts

Group = tuple[int, ...]
PAIR = 2

KEPT = (12, 8, 6)
# Above the number of people at which every pair can be looked at, less is enough: there are so many good
# partners that time is scarcer.
_KEPT_OF_MANY = (8, 6, 4)
_COARSE = 2 * SCALE
# Up to so many people the exact optimum is computed, and up to so many every pair is looked at for a bound.
MOST_EXACT = 2_000
_MOST_LOOKED_AT = 20_000
# Up to so many people every pair is looked at in any case, above if the candidates alone do not bring the
# plan as close to the bound as this.
_ALWAYS_LOOKED_AT = 5_000
_CLOSE = 0.01
# The bound for a few sorts of people is tighter.
_CLOSE_FOR_SORTS = 0.001
# Pairs that miss their two prices by more than this are hardly in a good matching.
_NEAR = 40
_STEP = 80 * SCALE
_TRIO_TURN = 200


@dataclass(frozen=True)
class _Matched:
    pairs: list[Match]
    left: list[int]
    value: int

    def or_better(self, other: _Matched) -> _Matched:
        """Return the one that leaves fewer people over and then has more points."""
        return other if (-len(other.left), other.value) > (-len(self.left), self.value) else self


def large_groups(scorer: Scorer) -> tuple[list[Group], int, bool]:
    """Return the groups of a large pool, a bound on their points, and whether they are proven best."""
    size = scorer.pool.size
    third = _third_seat(scorer) if size % PAIR else None
    index = build_index(scorer.pool)
    huge = size > _MOST_LOOKED_AT
    edges = candidates(scorer, index, _KEPT_OF_MANY if huge else KEPT).without(third)
    found = auction(rows_of(edges, size), finest=_COARSE if huge else 1)
    best = _match(scorer, pairs_of(scorer, found.partners), third)
    of_sorts = bound_from_sorts(scorer.pool, found.prices)
    bound = bound_from_best(scorer, index)
    close = _CLOSE
    if of_sorts is not None:
        bound, close = min(bound, of_sorts), _CLOSE_FOR_SORTS
    exact = False
    if size <= _ALWAYS_LOOKED_AT or (size <= _MOST_LOOKED_AT and bound - best.value > close * abs(bound)):
        prices = found.prices.copy()
        if third is not None:
            prices[third] = int(np.median(prices))
        proof = prove(scorer, prices, _NEAR)
        bound = min(bound, proof.bound)
        more = edges.joined(proof.near.without(third), size)
        again = auction(rows_of(more, size), prices, _STEP)
        best = best.or_better(_match(scorer, _pairs_again(scorer, more, again), third))
        # What was missing has moved the prices, and with them the bound.
        bound = min(bound, bound_of(scorer, again.prices))
        is_best = bound - best.value < 1 or proof.bound - best.value < proof.missed
        exact = third is None and not best.left and is_best
    groups: list[Group] = list(best.pairs)
    return (groups if third is None else _seat_third(scorer, groups, third)), bound, exact


def small_bound(scorer: Scorer, *, repeats: bool) -> int:
    """Return a bound for a pool that was planned in another way."""
    index = build_index(scorer.pool)
    bound = bound_from_best(scorer, index)
    if scorer.pool.size > MOST_EXACT:
        return bound
    found = auction(rows_of(candidates(scorer, index, KEPT), scorer.pool.size))
    return min(bound, prove(scorer, found.prices, 0, repeats=repeats).bound)


def _pairs_again(scorer: Scorer, edges: Edges, found: Assignment) -> list[Match]:
    """Return the pairs with those that were missing: exactly, or those of the auction where that takes too long."""
    size = scorer.pool.size
    if size > MOST_EXACT:
        return pairs_of(scorer, found.partners)
    return match_edges(size, list(zip(edges.one.tolist(), edges.other.tolist(), edges.points.tolist(), strict=True)))


def _match(scorer: Scorer, pairs: list[Match], third: int | None) -> _Matched:
    """Place those whom pairs leave over, the third seat excepted, and count the points."""
    free = np.ones(scorer.pool.size, np.bool_)
    for pair in pairs:
        free[list(pair)] = False
    if third is not None:
        free[third] = False
    left = np.flatnonzero(free).tolist()
    if left:
        pairs, left = pair_leftovers(scorer, pairs, left)
    both = np.array(pairs, np.int64).reshape(-1, PAIR)
    return _Matched(pairs, left, int(scorer.pairs(both[:, 0], both[:, 1]).sum(dtype=np.int64)))


def _third_seat(scorer: Scorer) -> int:
    """Return by lot one of those who were in a trio least often."""
    trios = np.array([member.trios for member in scorer.pool.members])
    due = np.flatnonzero(trios == trios.min())
    return int(due[scorer.pool.lots[due].argmin()])


def _seat_third(scorer: Scorer, groups: list[Group], third: int) -> list[Group]:
    """Let the pair take in the third that suits best, new people and those with few turns first."""
    pool = scorer.pool
    pairs = np.array(groups)
    row = scorer.new_rows(np.array([third]))[0].astype(np.int64)
    trios = np.array([member.trios for member in pool.members])
    one, other = pairs[:, 0], pairs[:, 1]
    present = scorer.pairs(one, other).astype(np.int64)
    worth = (row[one] + row[other] - present) // 2 - _TRIO_TURN * (trios[one] + trios[other])
    legal = (row[one] >= FEWEST_POINTS) & (row[other] >= FEWEST_POINTS)
    for place in np.lexsort((-worth, ~legal)):
        trio = tuple(sorted((third, *groups[place])))
        if legal[place] and pool.kinds.together(trio):
            return [*groups[:place], *groups[place + 1 :], trio]
        if not legal[place]:
            break
    return groups
