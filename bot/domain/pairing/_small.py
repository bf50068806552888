"""Groups for a pool small enough to weigh every pair exactly."""

from __future__ import annotations

import numpy as np

from bot.domain.pairing import _tiny
from bot.domain.pairing._groups import search_groups
from bot.domain.pairing._layers import build_layers
from bot.domain.pairing._pairs import best_pairs
from bot.domain.pairing._scores import Scorer
from bot.domain.pairing._trios import best_with_trio

Group = tuple[int, ...]
PAIR = 2


def small_groups(scorer: Scorer) -> tuple[list[Group], bool]:
    """Return the groups of a small pool of pairs, and whether no better ones exist at all."""
    size = scorer.pool.size
    layers = build_layers(scorer, np.arange(size))
    if size % PAIR:
        if size <= _tiny.MOST_OF_A_POOL:
            return _tiny.best_groups(layers), True
        return best_with_trio(layers), False
    pairs, best = best_pairs(layers)
    if PAIR * len(pairs) < size <= _tiny.MOST_OF_A_POOL:
        return _tiny.best_groups(layers), True
    return list(pairs), best


def larger_groups(scorer: Scorer) -> tuple[list[Group], bool]:
    """Return groups of three to five for a pool of any size, and whether no better ones exist."""
    pool = scorer.pool
    if pool.size <= _tiny.MOST_OF_A_POOL:
        return _tiny.best_groups(build_layers(scorer, np.arange(pool.size))), True
    return search_groups(scorer), False
