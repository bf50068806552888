"""A bound for a pool of a few sorts of people: a look at every two sorts instead of every two people.

People of one sort have the same hours, languages, team, topics and lot as far as it counts points. Whom
they have met, and whom they must not meet, only takes points away, so a bound without it is one all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.domain.pairing._auction import SCALE
from bot.domain.pairing._pool import Ints, Links, Pool
from bot.domain.pairing._scores import FEWEST_POINTS, LOTS, build_scorer

# With more sorts than this, people are not alike.
_MOST_SORTS = 500
# So often the numbers of the bound are brought closer to what is needed.
_STEPS = 30


@dataclass(frozen=True)
class _Sorts:
    """Sorts of people.

    Attributes:
        of: The sort of each person.
        first: Somebody of each sort.
        second: Somebody else of it, the same as the first where there is nobody else.
    """

    of: Ints
    first: Ints
    second: Ints


def bound_from_sorts(pool: Pool, prices: Ints) -> int | None:
    """Return a bound from prices of an auction; None where there are too many sorts."""
    sorts = _sorts_of(pool)
    if sorts is None:
        return None
    count = np.bincount(sorts.of)
    worth = _worth(pool, sorts)
    number = np.bincount(sorts.of, weights=prices).astype(np.int64) // count
    bounds = []
    for _ in range(_STEPS):
        lacks = (worth - number[None, :]).max(axis=1) - number
        # A person who may meet nobody brings nothing; their number is 0.
        lacks[worth.max(axis=1) < FEWEST_POINTS * SCALE] = 0
        number[worth.max(axis=1) < FEWEST_POINTS * SCALE] = 0
        number += -(-lacks // 2)
        bounds.append(int(number @ count))
    return -(-min(bounds) // SCALE)


def _sorts_of(pool: Pool) -> _Sorts | None:
    known: dict[tuple[object, ...], int] = {}
    of: list[int] = []
    # A person who has no team has a negative number, which no two share.
    teams = np.maximum(pool.team, -1).tolist()
    lots = (pool.lots & np.uint64(LOTS - 1)).tolist()
    columns = zip(pool.kinds.of.tolist(), teams, lots, pool.wants, pool.offers, pool.resting, strict=True)
    for kind, team, lot, *topics in columns:
        of.append(known.setdefault((kind, team, lot, *map(tuple, topics)), len(known)))
        if len(known) > _MOST_SORTS:
            return None
    numbers = np.array(of)
    first = np.unique(numbers, return_index=True)[1]
    second = len(of) - 1 - np.unique(numbers[::-1], return_index=True)[1]
    return _Sorts(numbers, first, second)


def _worth(pool: Pool, sorts: _Sorts) -> Ints:
    """Return the quarter points of every two sorts at best, far too few where they may not meet."""
    count = len(sorts.first)
    some = np.concatenate([sorts.first, sorts.second])
    rows = build_scorer(_part_of(pool, some)).rows(np.arange(count)).astype(np.int64)
    worth = rows[:, :count]
    # Two of one sort, where there are two.
    alone = sorts.first == sorts.second
    worth[np.arange(count), np.arange(count)] = np.where(alone, worth.diagonal(), rows.diagonal(count))
    return worth * SCALE


def _part_of(pool: Pool, people: Ints) -> Pool:
    """Return some people as a pool of their own in which nobody has met or barred anybody."""
    nothing = np.zeros(0, np.int64)
    links = Links.of(nothing, nothing, nothing, len(people))

    def some(topics: Sequence[Sequence[int]]) -> list[Sequence[int]]:
        return [topics[person] for person in people]

    return replace(
        pool,
        members=[pool.members[person] for person in people],
        kinds=replace(pool.kinds, of=pool.kinds.of[people]),
        team=pool.team[people],
        wants=some(pool.wants),
        offers=some(pool.offers),
        resting=some(pool.resting),
        barred=links,
        ages=links,
        lots=pool.lots[people],
    )
