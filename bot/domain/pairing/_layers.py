"""What a group is worth in a small pool, as one whole number made of layers.

Each layer is worth more than everything below it over a whole round, so that the greatest total means:
first fewest repeats, of those fewest and oldest within the recent rounds, then oldest at all; then turns
for the larger groups; then points; then the lot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from bot.domain.pairing._hours import Bools
from bot.domain.pairing._pool import Ints, Pool, Words
from bot.domain.pairing._scores import FEWEST_POINTS, Scorer
from bot.domain.pairing._values import Member

LARGEST = 5
# Divisible by one less than every size of a group, so that groups of all sizes compare as whole numbers.
_SHARES = 12
_LOT_BITS = 16
_FAIR_SHIFT = 58
_REPEAT_SHIFT = 70
# Nobody's turn is worth more than this many larger groups, so that the layer has an end.
MOST_UNFAIR = 300


@dataclass(frozen=True)
class Layers:
    """The worth of every pair of a few people of a pool, taken apart; here they are numbered from 0.

    Attributes:
        pool: The whole pool.
        people: Their numbers in the pool, ascending.
        allowed: Whether two may meet.
        repeat: Whether two who may meet should not yet.
        cost: What a repeat costs.
        points: What speaks for two, in points.
        gain: The same with the lot.
    """

    pool: Pool
    people: Sequence[int]
    allowed: Sequence[Sequence[bool]]
    repeat: Sequence[Sequence[bool]]
    cost: Sequence[Sequence[int]]
    points: Sequence[Sequence[int]]
    gain: Sequence[Sequence[int]]

    @property
    def size(self) -> int:
        """Return how many people there are."""
        return len(self.people)

    @cached_property
    def members(self) -> list[Member]:
        """Return the people."""
        return [self.pool.members[person] for person in self.people]

    @cached_property
    def kinds(self) -> list[int]:
        """Return the kind of each person."""
        of: list[int] = self.pool.kinds.of[list(self.people)].tolist()
        return of

    @cached_property
    def pairs(self) -> list[dict[int, int]]:
        """Return for each person what a pair with each allowed other is worth."""
        return [
            {
                other: _SHARES * self.gain[person][other] - (self.cost[person][other] << _REPEAT_SHIFT)
                for other, may in enumerate(row)
                if may
            }
            for person, row in enumerate(self.allowed)
        ]

    def worth(self, group: Sequence[int]) -> int:
        """Return what a group is worth: all costs of its pairs, and its points per person to talk to."""
        cost = gain = 0
        for one, other in combinations(group, 2):
            cost += self.cost[one][other]
            gain += self.gain[one][other]
        return self.worth_of(len(group), cost, gain)

    @staticmethod
    def worth_of(size: int, cost: int, gain: int) -> int:
        """Return what a group of a size is worth, from the costs and the gains of all its pairs."""
        return _SHARES // (size - 1) * gain - (cost << _REPEAT_SHIFT)

    def total(self, groups: Sequence[Sequence[int]]) -> int:
        """Return what groups are worth together."""
        return sum(self.worth(group) for group in groups)

    def unfair(self, group: Sequence[int], fewest: int) -> int:
        """Return what it costs that people sit in a larger group who had more turns than the fewest."""
        turns = sum(min(self.members[person].trios - fewest, MOST_UNFAIR) for person in group)
        return turns << _FAIR_SHIFT

    def may_meet(self, group: Sequence[int]) -> bool:
        """Tell whether the rules allow a group."""
        if not all(self.allowed[one][other] for one, other in combinations(group, 2)):
            return False
        return len(group) == 2 or self.pool.kinds.together([self.people[p] for p in group])  # noqa: PLR2004 - two need no more


def repeat_cost(worth: int) -> int:
    """Return what the repeats in a worth cost; 0 when there is none."""
    return -((worth + (1 << (_REPEAT_SHIFT - 1))) >> _REPEAT_SHIFT)


def mixed(words: Words) -> Words:
    """Return words that look drawn by lot, the same for the same on every machine."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        # Source: Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators.
        words = (words ^ (words >> np.uint64(shift))) * np.uint64(factor)
    return words


def _pair_lots(lots: Words) -> Ints:
    """Draw a number below 65,536 for every two people."""
    return (mixed(lots[:, None] ^ lots[None, :]) >> np.uint64(64 - _LOT_BITS)).astype(np.int64)


@dataclass(frozen=True)
class Weights:
    """The worth of every two of some people as tables; see `Layers`. An age of 0 means that they are no repeat."""

    allowed: Bools
    ages: Ints
    cost: Ints
    points: Ints


def weigh(scorer: Scorer, people: Ints) -> Weights:
    """Weigh every two of some people, given in ascending order."""
    pool, size = scorer.pool, len(people)
    one, other = np.repeat(people, size), np.tile(people, size)
    points = scorer.pairs(one, other).astype(np.int64)
    ages = scorer.repeats.of_pairs(one, other, 0)
    # More pairs than this are in no round, whatever the size of its groups.
    most = size * LARGEST
    oldest = int(ages.max(initial=0))
    recent = np.maximum(0, pool.rules.recent_rounds + 1 - ages)
    severity = pool.rules.recent_rounds * most + 1
    cost = (severity + recent) * ((oldest + 1) * most) + oldest - ages
    square = (size, size)
    return Weights(
        allowed=(points >= FEWEST_POINTS).reshape(square),
        ages=ages.reshape(square),
        cost=np.where(ages > 0, cost, 0).reshape(square),
        points=points.reshape(square),
    )


def build_layers(scorer: Scorer, people: Ints) -> Layers:
    """Weigh every two of some people, at most a few hundred, given in ascending order."""
    weights = weigh(scorer, people)
    gain = weights.points * (len(people) * LARGEST << _LOT_BITS) + _pair_lots(scorer.pool.lots[people])
    return Layers(
        pool=scorer.pool,
        people=people.tolist(),
        allowed=weights.allowed.tolist(),
        repeat=(weights.allowed & (weights.ages > 0)).tolist(),
        cost=weights.cost.tolist(),
        points=weights.points.tolist(),
        gain=gain.tolist(),
    )
