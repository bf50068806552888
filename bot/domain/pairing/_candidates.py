"""Promising pairs for a large pool: people who can teach each other, and some of everybody.

Swaps are found without looking at all pairs: the person who wants `a` and offers `b` looks among those who offer
`a` and want `b`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.pairing._pool import Ints, Pool, Words
from bot.domain.pairing._scores import FEWEST_POINTS, LESSON, LOTS, SWAP, Scorer

# Draws per person: for each two topics of a swap, for each topic of a lesson, from the same kind of
# people, from everybody.
_SWAPS, _LESSONS, _KIND, _ANYBODY = 12, 8, 8, 8
# What all else than lessons can take from the points of a pair, nearly always.
_BELOW = 400
_DRAWN_AT_ONCE = 1_000_000
_MULTIPLIER = 0x9E3779B97F4A7C15


# How many partners of each person are kept: for a swap, for a lesson, for neither.
Keep = tuple[int, int, int]


@dataclass(frozen=True)
class Edges:
    """Pairs of a pool with their points, each once, the lower number first, sorted."""

    one: Ints
    other: Ints
    points: Ints

    def without(self, person: int | None) -> Edges:
        """Return the edges that do not touch a person."""
        if person is None:
            return self
        keep = (self.one != person) & (self.other != person)
        return Edges(self.one[keep], self.other[keep], self.points[keep])

    def joined(self, more: Edges, size: int) -> Edges:
        """Return these and more edges of a pool of some size, each once."""
        keys = np.concatenate([self.one * size + self.other, more.one * size + more.other])
        keys, first = np.unique(keys, return_index=True)
        return Edges(keys // size, keys % size, np.concatenate([self.points, more.points])[first])


def candidates(scorer: Scorer, index: Index, keep: Keep) -> Edges:
    """Return for each person the best partners found who would be no repeat, of each tier as many as `keep` says."""
    size = scorer.pool.size
    # Half of the most that somebody could bring is about the price at which they will go.
    likely = most_points(scorer, index) // 2
    best = np.zeros(0, np.int64)
    each = max(1, _DRAWN_AT_ONCE // 150)
    for start in range(0, size, each):
        people = np.arange(start, min(size, start + each))
        best = np.concatenate([best, _best_of(scorer, index, people, keep, likely)])
    edges = _unique(scorer, best)
    degree = np.bincount(np.concatenate([edges.one, edges.other]), minlength=size)
    # A person who has fewer than are kept gets the best of everybody.
    few = np.flatnonzero(degree < min(keep))
    if len(few):
        edges = _unique(scorer, np.concatenate([best, _best_of_everybody(scorer, few, keep)]))
    return edges


def most_points(scorer: Scorer, index: Index) -> Ints:
    """Return for each person what no partner of theirs can exceed, by topics and hours."""
    pool = scorer.pool
    hours = np.maximum(scorer.kind_points, 0).max(axis=1)[pool.kinds.of].astype(np.int64)
    lessons = np.zeros(pool.size, np.int64)
    topics = len(pool.topics)
    for asked, points in ((index.teachers, LESSON), (index.learners, LESSON), (index.swaps, 2 * LESSON + SWAP)):
        person, bucket = asked.asks
        some = asked.starts[bucket + 1] > asked.starts[bucket]
        if asked is index.swaps:
            # Not those who want or offer nothing.
            some &= (bucket // (topics + 1) < topics) & (bucket % (topics + 1) < topics)
        lessons[person[some]] = np.maximum(lessons[person[some]], points)
    most: Ints = hours + lessons + LOTS - 1
    return most


def _best_of(scorer: Scorer, index: Index, people: Ints, keep: Keep, likely: Ints) -> Ints:
    """Return the keys of the best drawn partners of some people."""
    size = scorer.pool.size
    keys = np.concatenate([one * size + other for one, other in _draws(scorer, index, people)])
    keys = distinct(keys)
    one, other = keys // size, keys % size
    points = _new_points(scorer, one, other)
    legal = points >= FEWEST_POINTS
    one, other, points = one[legal], other[legal], points[legal]
    # A person's swaps, lessons and others are ranked apart: when popular partners are taken, the rest is
    # needed. All fits into one whole number that sorts fast: person, tier, best first.
    tier = (points < 2 * LESSON - _BELOW).astype(np.int64) + (points < LESSON - _BELOW)
    order = np.argsort((((one << 2) + tier) << 14) - (points - likely[other]), kind="stable")
    one, other, tier = one[order], other[order], tier[order]
    shelf = (one << 2) + tier
    rank = np.arange(len(one)) - np.searchsorted(shelf, shelf)
    top = rank < np.array(keep)[tier]
    one, other = one[top], other[top]
    best: Ints = np.minimum(one, other) * size + np.maximum(one, other)
    return best


def _unique(scorer: Scorer, keys: Ints) -> Edges:
    size = scorer.pool.size
    keys = distinct(keys)
    one, other = keys // size, keys % size
    return Edges(one, other, scorer.pairs(one, other).astype(np.int64))


def distinct(keys: Ints) -> Ints:
    """Return each key once, ascending; several times as fast as numpy's own way."""
    ordered = np.sort(keys)
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    once: Ints = ordered[first]
    return once


def _new_points(scorer: Scorer, one: Ints, other: Ints) -> Ints:
    points = scorer.pairs(one, other).astype(np.int64)
    points[scorer.repeats.of_pairs(one, other, 0) > 0] = 2 * FEWEST_POINTS
    return points


def _best_of_everybody(scorer: Scorer, people: Ints, keep: Keep) -> Ints:
    """Return the keys of the best partners of people who are hard to place."""
    size = scorer.pool.size
    found = []
    for start in range(0, len(people), 64):
        some = people[start : start + 64]
        points = scorer.new_rows(some)
        for person, row in zip(some.tolist(), points, strict=True):
            legal = np.flatnonzero(row >= FEWEST_POINTS)
            # Those with few people to meet need all of them; the others the best and some by lot.
            best = legal[np.argsort(-row[legal].astype(np.int64), kind="stable")[: sum(keep)]]
            found.append(np.minimum(person, best) * size + np.maximum(person, best))
    return np.concatenate(found)


def _draws(scorer: Scorer, index: Index, people: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of one of `people` and somebody drawn, with doubles."""
    lots = scorer.pool.lots
    for person, bucket in index.swaps.asked(people):
        yield index.swaps.draw(person, bucket, _SWAPS, lots)
    for person, bucket in index.teachers.asked(people):
        yield index.teachers.draw(person, bucket, _LESSONS, lots)
    for person, bucket in index.learners.asked(people):
        yield index.learners.draw(person, bucket, _LESSONS, lots)
    yield index.kinds.draw(people, scorer.pool.kinds.of[people], _KIND, lots)
    yield index.everybody.draw(people, np.zeros(len(people), np.int64), _ANYBODY, lots)


@dataclass(frozen=True)
class Buckets:
    """People sorted into buckets, in each by lot, and which buckets each person asks.

    Attributes:
        people: Everybody, bucket after bucket.
        starts: Where each bucket begins, and the end.
        asks: Person and bucket, sorted by person.
    """

    people: Ints
    starts: Ints
    asks: tuple[Ints, Ints]

    @staticmethod
    def of(people: Ints, buckets: Ints, count: int, lots: Ints, asks: tuple[Ints, Ints]) -> Buckets:
        """Sort people into `count` buckets."""
        order = np.lexsort((lots[people], buckets))
        starts = np.searchsorted(buckets[order], np.arange(count + 1))
        return Buckets(people[order], starts, asks)

    def asked(self, people: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yield people of a range and the buckets they ask."""
        here = slice(*np.searchsorted(self.asks[0], (people[0], people[-1] + 1)))
        yield self.asks[0][here], self.asks[1][here]

    def draw(self, person: Ints, bucket: Ints, most: int, lots: Words) -> tuple[Ints, Ints]:
        """Draw up to `most` people for each person from a bucket: a run that begins anywhere."""
        length = self.starts[bucket + 1] - self.starts[bucket]
        count = np.minimum(length, most)
        begin = (lots[person] ^ (bucket.astype(np.uint64) * np.uint64(_MULTIPLIER))) >> np.uint64(11)
        row = np.repeat(np.arange(len(person)), count)
        step = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        first = (begin % np.maximum(length, 1).astype(np.uint64)).astype(np.int64)
        place = self.starts[bucket][row] + (first[row] + step) % length[row]
        return person[row], self.people[place]


@dataclass(frozen=True)
class Index:
    """Where to look for partners."""

    swaps: Buckets
    teachers: Buckets
    learners: Buckets
    kinds: Buckets
    everybody: Buckets


def build_index(pool: Pool) -> Index:
    """Sort a pool into buckets by topics, by swaps, by kind."""
    count = len(pool.topics)
    everyone = np.arange(pool.size)
    lots = (pool.lots >> np.uint64(3)).astype(np.int64)
    nobody = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    wants, offers = _flat(pool.wants), _flat(pool.offers)
    has = _product(pool.offers, pool.wants, count)
    asks = _product(pool.wants, pool.offers, count)
    kinds = pool.kinds.of
    return Index(
        swaps=Buckets.of(*has, (count + 1) ** 2, lots, asks),
        teachers=Buckets.of(*offers, count, lots, wants),
        learners=Buckets.of(*wants, count, lots, offers),
        kinds=Buckets.of(everyone, kinds, len(pool.kinds.languages), lots, nobody),
        everybody=Buckets.of(everyone, np.zeros(pool.size, np.int64), 1, lots, nobody),
    )


def _flat(topics: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    person = np.repeat(np.arange(len(topics)), [len(some) for some in topics])
    return person, np.array([topic for some in topics for topic in some], np.int64)


def _product(first: Sequence[Sequence[int]], second: Sequence[Sequence[int]], count: int) -> tuple[Ints, Ints]:
    """Return every person with every combination of a topic of the first and one of the second.

    A person who has none has nothing as a topic of its own, so that those who only offer find those who only
    want, and those with neither find each other.
    """
    nothing = [count]
    sizes = [max(1, len(a)) * max(1, len(b)) for a, b in zip(first, second, strict=True)]
    both = [
        a * (count + 1) + b
        for one, other in zip(first, second, strict=True)
        for a in one or nothing
        for b in other or nothing
    ]
    return np.repeat(np.arange(len(first)), sizes), np.array(both, np.int64)
