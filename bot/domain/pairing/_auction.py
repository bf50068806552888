"""An auction: everybody bids for a partner, and prices rise until nobody would rather have another.

People bid as one side and are bid for as the other, so the result assigns partners that need not choose
each other; `_cycles` makes pairs of it. Prices prove how good it is.
Source: Bertsekas (1988), The auction algorithm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.domain.pairing._candidates import Edges
from bot.domain.pairing._pool import Ints

# Points are whole; prices have quarters of them.
SCALE = 4
# What it is worth to stay alone: so little that hardly any exchange could make it better.
_ALONE = -(1 << 18)
# From here on one bid at a time is faster than all at once.
_ONE_BY_ONE = 12
_FACTOR = 5
# A step that does not end, about three times as long as usual, is cut short; the person who has no partner after
# the last is placed by the repair.
_MOST_BIDS_EACH = 30


@dataclass(frozen=True)
class Rows:
    """The candidates of each person, from both sides, in quarter points."""

    starts: Ints
    partners: Ints
    values: Ints


@dataclass(frozen=True)
class Assignment:
    """Whom each person was assigned, -1 for nobody, and the price of each, the same on both sides."""

    partners: Ints
    prices: Ints


def rows_of(edges: Edges, size: int) -> Rows:
    """Return edges as rows of both ends."""
    ends = np.concatenate([edges.one, edges.other])
    partners = np.concatenate([edges.other, edges.one])
    values = np.concatenate([edges.points, edges.points]) * SCALE
    order = np.argsort(ends * size + partners, kind="stable")
    return Rows(np.searchsorted(ends[order], np.arange(size + 1)), partners[order], values[order])


def auction(rows: Rows, prices: Ints | None = None, step: int | None = None, finest: int = 1) -> Assignment:
    """Assign partners of nearly the greatest total; `prices` and `step` continue an earlier auction.

    Nobody loses more than the `finest` step, in quarter points, against whom they would rather have.
    """
    size = len(rows.starts) - 1
    prices = np.zeros(size, np.int64) if prices is None else prices.copy()
    if step is None:
        step = max(1, int(np.ptp(rows.values)) // _FACTOR) if len(rows.values) else 1
    steps = [step]
    while steps[-1] > finest:
        steps.append(max(finest, steps[-1] // _FACTOR))
    partners = np.full(size, -1, np.int64)
    for step in steps:
        partners = _round(rows, prices, step)
    return Assignment(partners, _of_both_sides(rows, prices))


def _of_both_sides(rows: Rows, prices: Ints) -> Ints:
    """Return for each person the middle of what they cost and what they gain."""
    some = np.flatnonzero(np.diff(rows.starts))
    if not len(some):
        return prices
    gains = np.maximum.reduceat(rows.values - prices[rows.partners], rows.starts[some])
    both = prices.copy()
    both[some] = (prices[some] + np.maximum(gains, _ALONE)) // 2
    return both


def _round(rows: Rows, prices: Ints, step: int) -> Ints:
    """Let everybody bid until each has what they want most, to within a step; changes the prices."""
    size = len(prices)
    partners = np.full(size, -1, np.int64)
    owners = np.full(size, -1, np.int64)
    degree = np.diff(rows.starts)
    free = np.flatnonzero(degree > 0)
    left = _MOST_BIDS_EACH * size
    while len(free) > _ONE_BY_ONE and left > 0:
        left -= len(free)
        free = _bid_together(rows, prices, partners, owners, free, step)
    queue = free.tolist()
    while queue and left > 0:
        left -= 1
        person = queue.pop()
        loser = _bid_alone(rows, prices, partners, owners, person, step)
        if loser >= 0:
            queue.append(loser)
    return partners


def _bid_together(rows: Rows, prices: Ints, partners: Ints, owners: Ints, free: Ints, step: int) -> Ints:
    """Let all of `free` bid at once; return who has nobody afterwards and still bids."""
    begin = rows.starts[free]
    length = rows.starts[free + 1] - begin
    first = np.cumsum(length) - length
    row = np.repeat(np.arange(len(free)), length)
    place = np.arange(len(row)) + (begin - first)[row]
    worth = rows.values[place] - prices[rows.partners[place]]
    best = np.maximum.reduceat(worth, first)
    hits = np.flatnonzero(worth == best[row])
    # Of several equally good the first; partners are sorted.
    chosen = hits[np.append(np.True_, row[hits][1:] != row[hits][:-1])]
    worth[chosen] = _ALONE
    second = np.maximum(np.maximum.reduceat(worth, first), _ALONE)
    stays = best > _ALONE
    wanted = rows.partners[place[chosen]][stays]
    offer = prices[wanted] + (best - second)[stays] + step
    bidder = free[stays]
    if not len(bidder):
        return bidder
    order = np.lexsort((bidder, -offer, wanted))
    wins = order[np.append(np.True_, wanted[order][1:] != wanted[order][:-1])]
    won, winner = wanted[wins], bidder[wins]
    losers = owners[won]
    partners[losers[losers >= 0]] = -1
    owners[won] = winner
    partners[winner] = won
    prices[won] = offer[wins]
    lost = np.ones(len(bidder), np.bool_)
    lost[wins] = False
    return np.sort(np.concatenate([bidder[lost], losers[losers >= 0]]))


def _bid_alone(rows: Rows, prices: Ints, partners: Ints, owners: Ints, person: int, step: int) -> int:
    """Let one person bid; return who lost their partner by that, -1 for nobody."""
    here = slice(rows.starts[person], rows.starts[person + 1])
    worth = rows.values[here] - prices[rows.partners[here]]
    place = int(worth.argmax())
    best = int(worth[place])
    if best <= _ALONE:
        return -1
    worth[place] = _ALONE
    wanted = int(rows.partners[here][place])
    prices[wanted] += best - max(int(worth[worth.argmax()]), _ALONE) + step
    loser = int(owners[wanted])
    owners[wanted] = person
    partners[person] = wanted
    if loser >= 0:
        partners[loser] = -1
    return loser
