"""Pairs for a small even pool, with a look ahead so that a stable pool meets everybody before a repeat."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.pairing._layers import Layers
from bot.domain.pairing._matching import Match, best_matching
from bot.domain.pairing._splits import split_into_rounds, without

# Looking ahead takes a matching for each round to come: for this many people a quarter of a second, for
# 200 almost two.
MOST_LOOKED_AHEAD = 120


def best_pairs(layers: Layers) -> tuple[list[Match], bool]:
    """Return the best pairs that leave the way open to meeting everyone before any repeat.

    Also returns whether no pairs are better for this round alone.

    The best pairs of a round can make a later round without a repeat impossible. While a pool stays the
    same, what is left of its never-met graph is regular, and the round is chosen so that it can still be
    split into full rounds. Source: Anderson (1991), Rosa and Wallis (1982) on premature sets of
    one-factors.
    """
    size = layers.size
    best = best_matching(range(size), layers.pairs)
    again_after = layers.pool.rules.again_after
    if size > MOST_LOOKED_AHEAD or (again_after is not None and again_after < size - 1):
        return best, True
    unmet = [
        frozenset(other for other, may in enumerate(row) if may and not layers.repeat[person][other])
        for person, row in enumerate(layers.allowed)
    ]
    degree = len(unmet[0])
    if any(len(row) != degree for row in unmet) or degree <= 1:
        return best, True
    # A regular graph of at least half of everyone can always be split. Source: Csaba, Kuehn, Lo,
    # Osthus and Treglown (2016), Proof of the 1-factorization and Hamilton decomposition conjectures.
    if degree - 1 >= size // 2:
        return best, True
    if _can_be_split(unmet, best, degree):
        return best, True
    # Whatever is played, what is left can be split: the same search will find it so in the next round.
    rounds = sorted(split_into_rounds(unmet) or [], key=layers.total, reverse=True)
    return next(((match, False) for match in rounds if _can_be_split(unmet, match, degree)), (best, True))


def _can_be_split(unmet: Sequence[frozenset[int]], match: Sequence[Match], degree: int) -> bool:
    """Tell whether the never-met pairs without those of a matching can be split into full rounds."""
    rest = without(unmet, match)
    return all(len(row) == degree - 1 for row in rest) and split_into_rounds(rest) is not None
