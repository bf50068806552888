"""How good a plan can be at most: proofs from prices, and from what each person could find at best.

With a number for each person such that no pair has more points than its two numbers together, no groups
have more points than all numbers together, whatever their sizes. Prices of an auction are nearly such
numbers; what is missing is added to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bot.domain.pairing._auction import SCALE
from bot.domain.pairing._candidates import Edges, Index, distinct, most_points
from bot.domain.pairing._hours import Bools
from bot.domain.pairing._pool import Ints, Words
from bot.domain.pairing._scores import FEWEST_POINTS, NO, Points, Scorer

# Where many pairs are equally near, so many of each person's are enough to choose from.
_MOST_NEAR = 32
# So many points of pairs are looked at together.
_AT_ONCE = 2_000_000
# The sum of two prices and of the points of a forbidden pair fits the type.
_MOST_PRICE = 6_000


def bound_from_best(scorer: Scorer, index: Index) -> int:
    """Return half of what everybody's best conceivable partner would bring; takes no look at pairs."""
    return int(most_points(scorer, index).sum()) // 2 + 1


def whole_prices(prices: Ints) -> Points:
    """Return prices of an auction in points, small enough for the type of points."""
    return np.clip(prices // SCALE, -_MOST_PRICE, _MOST_PRICE).astype(np.int16)


def _walk(scorer: Scorer, price: Points, *, repeats: bool) -> Iterator[tuple[Ints, int, Points]]:
    """Yield people, a first one, and by how much their pairs with all from that one on exceed the two prices.

    Each pair comes once, but for those of people who come together.
    """
    size, start = scorer.pool.size, 0
    while start < size:
        people = np.arange(start, min(size, start + max(1, _AT_ONCE // (size - start))))
        points = scorer.rows(people, start) if repeats else scorer.new_rows(people, start)
        points -= price[None, start:]
        points -= price[people][:, None]
        yield people, start, points
        start += len(people)


class _Lacks:
    """What each person's price lacks, so that half of what two lack makes up for all that their pair exceeds."""

    def __init__(self, price: Points) -> None:
        self._price = price.astype(np.int64)
        self._most = np.full(len(price), np.iinfo(np.int16).min)

    def note(self, people: Ints, start: int, points: Points) -> None:
        """Look at some pairs of `_walk`."""
        self._most[people] = np.maximum(self._most[people], points.max(axis=1))
        self._most[start:] = np.maximum(self._most[start:], points.max(axis=0))

    def bound(self) -> int:
        """Return the sum of all prices with what they lack."""
        # A person who may meet nobody brings nothing; their number is 0.
        lacks = np.where(self._is_alone(), -2 * self._price, self._most)
        return int(self._price.sum()) - (-int(lacks.sum()) // 2)

    def least(self) -> int:
        """Return the least that a person lacks who may meet somebody, at most 0."""
        return int(self._most[~self._is_alone()].min(initial=0))

    def _is_alone(self) -> Bools:
        return self._most < FEWEST_POINTS - 2 * _MOST_PRICE


def bound_of(scorer: Scorer, prices: Ints) -> int:
    """Return a bound on plans without a repeat."""
    price = whole_prices(prices)
    lacks = _Lacks(price)
    for people, start, points in _walk(scorer, price, repeats=False):
        lacks.note(people, start, points)
    return lacks.bound()


@dataclass(frozen=True)
class Proof:
    """What a look at every pair showed.

    Attributes:
        bound: No plan has more points.
        near: Pairs that are nearly worth their two numbers: all, or of each person the nearest and, of
            those equally near, some by lot.
        missed: A pair that is not among them misses its two numbers of the bound by at least this.
    """

    bound: int
    near: Edges
    missed: int


def prove(scorer: Scorer, prices: Ints, near: int, *, repeats: bool = False) -> Proof:
    """Look at every pair and return a bound, and the pairs within `near` points of their prices.

    Without `repeats` both are about plans without a repeat.
    """
    price = whole_prices(prices)
    lacks, size = _Lacks(price), scorer.pool.size
    keys = [np.zeros(0, np.int64)]
    complete = True
    for people, start, points in _walk(scorer, price, repeats=repeats):
        lacks.note(people, start, points)
        row, other, whole = _nearest(points, np.full(len(people), -near, np.int16), scorer.pool.lots[people])
        complete &= whole
        one, other = people[row], other + start
        keys.append(np.minimum(one, other) * size + np.maximum(one, other))
    found = distinct(np.concatenate(keys))
    one, other = found // size, found % size
    edges = Edges(one, other, scorer.pairs(one, other).astype(np.int64))
    least = lacks.least()
    return Proof(lacks.bound(), edges, least + near if complete else least)


def _nearest(points: Points, least: Points, lots: Words) -> tuple[Ints, Ints, bool]:
    """Return the pairs above `least` in each row, only some where there are many, and whether these are all.

    Of a long row those count that are nearest, in steps of twice the width, and of the last step a run that
    begins at a place by lot; if all rows began at the same place, all would want the same few.
    """
    size = points.shape[1]
    close = points > least[:, None]
    long = np.flatnonzero(np.count_nonzero(close, axis=1) > _MOST_NEAR)
    complete = not len(long)
    close[long] = False
    some = points[long]
    top = some.max(axis=1, initial=NO)
    ends, width = top + np.int16(1), 0
    while len(long):
        begins = np.maximum(top - np.int16(width), least[long] + np.int16(1))
        hits = some >= begins[:, None]
        full = np.count_nonzero(hits, axis=1) >= _MOST_NEAR
        rows = long[full]
        above = some[full] >= ends[full][:, None]
        place = np.flatnonzero(hits[full] & ~above)
        starts = np.searchsorted(place, np.arange(len(rows) + 1) * size)
        length = np.diff(starts)
        first = (lots[rows] % length.astype(np.uint64)).astype(np.int64)
        run = (first[:, None] + np.arange(_MOST_NEAR)) % length[:, None] + starts[:-1, None]
        close[rows] = above
        close[rows[:, None], place[run] % size] = True
        long, some, top, ends, width = long[~full], some[~full], top[~full], begins[~full], 2 * width + 1
    row, other = np.divmod(np.flatnonzero(close), size)
    return row, other, complete
