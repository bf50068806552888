"""What speaks for a pair, in points: the preferences in their order.

Each preference is worth more than all below it together: a lesson and above all a swap, no meeting within
the last eight weeks, different teams, never met, a partner who responds after one who did not, common hours, the lot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.domain.pairing._pool import Ints, Links, Pool, Words, bits_of

Points = npt.NDArray[np.int16]

LESSON = 640
SWAP = 200
RECENT = 320
SAME_TEAM = 160
KNOWN = 80
SILENT = 40
HOUR = 8
LOTS = 8
# Not allowed. Far below everything, and its sum with any price fits the type.
NO = -16_384
FEWEST_POINTS = -2 * LESSON - RECENT - SAME_TEAM - KNOWN - SILENT

# Up to so many topics one multiplication of matrices is faster than going from topic to topic.
_DENSE_TOPICS = 256
_NETS = 3


def lesson_points(learns: int, teaches: int) -> int:
    """Return the points of two people by whether one can learn from the other, and vice versa: 1 or 0.

    -1 when all they could learn is what its teacher should rest from.
    """
    return LESSON * (learns + teaches) + (SWAP if learns > 0 and teaches > 0 else 0)


_TABLE = np.array([lesson_points(a - 1, b - 1) for a in range(_NETS) for b in range(_NETS)], np.int16)


@dataclass(frozen=True)
class Scorer:
    """Counts the points of pairs of one pool, by rows or by lists of pairs."""

    pool: Pool
    repeats: Links
    wants: Words
    offers: Words
    resting: Words
    kind_points: Points
    wants_matrix: npt.NDArray[np.float32] | None
    offers_matrix: npt.NDArray[np.float32] | None
    order: tuple[Sequence[Ints], Sequence[Ints], Sequence[Ints]]

    def rows(self, people: Ints, first: int = 0) -> Points:
        """Return the points of each of `people` with everybody from `first` on, of whom all of `people` are.

        Below FEWEST_POINTS the rules forbid it.
        """
        pool = self.pool
        points = self._lessons(people, first)
        kinds = pool.kinds.of
        points += self.kind_points[kinds[people]].take(kinds[first:], axis=1)
        team = pool.team.astype(np.int32)
        points -= (team[people][:, None] == team[None, first:]) * np.int16(SAME_TEAM)
        low = (pool.lots & np.uint64(LOTS - 1)).astype(np.int8)
        points += low[people][:, None] ^ low[None, first:]
        for row, person in zip(points, people.tolist(), strict=True):
            others, ages = pool.ages.of_person(person)
            begin = int(np.searchsorted(others, first))
            row[others[begin:] - first] -= self._for_age(ages[begin:])
            row[_from(pool.barred.of_person(person)[0], first)] = NO
            row[person - first] = NO
        return points

    def new_rows(self, people: Ints, first: int = 0) -> Points:
        """Return the same with partners who should not meet yet as forbidden."""
        points = self.rows(people, first)
        for row, person in zip(points, people.tolist(), strict=True):
            row[_from(self.repeats.of_person(person)[0], first)] = NO
        return points

    def pairs(self, one: Ints, other: Ints) -> Points:
        """Return the points of each listed pair; NO where the rules forbid it."""
        pool = self.pool
        code = (self._net(one, other) + 1) * _NETS + self._net(other, one) + 1
        points = _TABLE.take(code).astype(np.int64)
        points += self.kind_points[pool.kinds.of[one], pool.kinds.of[other]]
        points -= (pool.team[one] == pool.team[other]) * SAME_TEAM
        lots = pool.lots
        points += ((lots[one] ^ lots[other]) & np.uint64(LOTS - 1)).astype(np.int64)
        ages = pool.ages.of_pairs(one, other, 0)
        points -= np.where(ages > 0, self._for_age(ages), 0)
        forbidden = (one == other) | (pool.barred.of_pairs(one, other, -1) >= 0) | (points < FEWEST_POINTS)
        return np.where(forbidden, NO, points).astype(np.int16)

    def _for_age(self, ages: Ints) -> Points:
        return np.where(ages <= self.pool.rules.fresh_after, KNOWN + RECENT, KNOWN).astype(np.int16)

    def _net(self, learner: Ints, teacher: Ints) -> Ints:
        wants = self.wants[learner]
        fresh = np.bitwise_count(wants & self.offers[teacher]).sum(axis=1, dtype=np.int64)
        rests = np.bitwise_count(wants & self.resting[teacher]).sum(axis=1, dtype=np.int64)
        net: Ints = np.clip(fresh - rests, -1, 1)
        return net

    def _lessons(self, people: Ints, first: int) -> Points:
        if not self.pool.topics:
            return np.zeros((len(people), self.pool.size - first), np.int16)
        learns, teaches = self._nets(people, first)
        np.clip(learns, -1, 1, out=learns)
        np.clip(teaches, -1, 1, out=teaches)
        learns *= _NETS
        learns += teaches
        learns += _NETS + 1
        return _TABLE.take(learns)

    def _nets(self, people: Ints, first: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
        if self.wants_matrix is not None and self.offers_matrix is not None:
            # Sums of a few ones are exact in any order and on any machine.
            learns = (self.wants_matrix[people] @ self.offers_matrix[first:].T).astype(np.int8)
            return learns, (self.offers_matrix[people] @ self.wants_matrix[first:].T).astype(np.int8)
        learns = np.zeros((len(people), self.pool.size - first), np.int8)
        teaches = np.zeros_like(learns)
        pool, (offering, resting, wanting) = self.pool, self.order
        for place, person in enumerate(people.tolist()):
            for topic in pool.wants[person]:
                learns[place, _from(offering[topic], first)] += 1
                learns[place, _from(resting[topic], first)] -= 1
            for topic in pool.offers[person]:
                teaches[place, _from(wanting[topic], first)] += 1
            for topic in pool.resting[person]:
                teaches[place, _from(wanting[topic], first)] -= 1
        return learns, teaches


def _from(people: Ints, first: int) -> Ints:
    """Return people, given in ascending order, from `first` on, counted from there."""
    return people[np.searchsorted(people, first) :] - first


def build_scorer(pool: Pool) -> Scorer:
    """Prepare the tables that counting points needs."""
    count = len(pool.topics)
    dense = count <= _DENSE_TOPICS
    wants, offers, resting = (bits_of(some, count) for some in (pool.wants, pool.offers, pool.resting))
    kinds = pool.kinds
    return Scorer(
        pool=pool,
        repeats=pool.repeats(),
        wants=wants,
        offers=offers,
        resting=resting,
        kind_points=np.where(kinds.talk & kinds.meet, kinds.hours * HOUR - kinds.let_down * SILENT, NO).astype(
            np.int16
        ),
        wants_matrix=_matrix(pool.wants, count) if dense else None,
        offers_matrix=_matrix(pool.offers, count) - _matrix(pool.resting, count) if dense else None,
        order=(
            people_by_topic(pool.offers, count),
            people_by_topic(pool.resting, count),
            people_by_topic(pool.wants, count),
        ),
    )


def _matrix(topics: Sequence[Sequence[int]], count: int) -> npt.NDArray[np.float32]:
    matrix = np.zeros((len(topics), max(1, count)), np.float32)
    for row, some in zip(matrix, topics, strict=True):
        row[some] = 1
    return matrix


def people_by_topic(topics: Sequence[Sequence[int]], count: int) -> list[Ints]:
    """Return for each topic the people who have it, ascending."""
    people: list[list[int]] = [[] for _ in range(count)]
    for person, some in enumerate(topics):
        for topic in some:
            people[topic].append(person)
    return [np.array(some, np.int64) for some in people]
