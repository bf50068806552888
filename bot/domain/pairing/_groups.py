"""Groups of three to five: a search by exchanges of two people, first also those that cost a little.

Splitting people into threes is hard in theory, so this is a search, not a proof. An exchange that costs something
is made in the beginning and less and less often, so that the search gets out of what only looks like the best.
Source: Charon and Hudry (1993), The noising method.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from bot.domain.pairing._layers import mixed, weigh
from bot.domain.pairing._pool import Ints
from bot.domain.pairing._scores import Scorer
from bot.domain.pairing._tiny import Group, largest_group

# So many people are searched at once; the tables grow with the square of it.
_BLOCK = 1_200
# A search looks at somebody so often, and at each of a small pool at most so many times.
_LOOKS, _MOST_SWEEPS = 30_000, 100
# A pool in several blocks has to be content with fewer.
_LOOKS_OF_MANY = 20_000
# How much the most welcome lot may add in the beginning, in points; an exchange has to bring five eighths of it.
# So loud that a repeat may come back.
_NOISE, _LOUD = 800, 1 << 16
_MORE_SEARCHES = 3
_NOISES = 1 << 16
_SHIFT = 4
_LOTS = (1 << _SHIFT) - 1
# Sums of a group's are far from the ends of the type.
_FORBIDDEN, _REPEAT, _OLDER = -(1 << 25), 1 << 20, 1 << 12
_MOST_OLDER = 63
_NEVER = -(1 << 30)
# So many of somebody's best exchanges are looked at for one that the rules allow.
_TRIES = 8

_Table = npt.NDArray[np.int32]


def planned_sizes(people: int, group_size: int) -> list[int]:
    """Return the sizes of groups nearest to the wish, the larger ones first; nobody is left over.

    One person alone makes no group.
    """
    most = largest_group(group_size)
    plans = []
    for count in range(max(1, people // most), people // 2 + 1):
        small, larger = divmod(people, count)
        sizes = [small + 1] * larger + [small] * (count - larger)
        if sizes[0] <= most:
            plans.append((sum((size - group_size) ** 2 for size in sizes), sizes))
    return min(plans)[1] if plans else []


def search_groups(scorer: Scorer) -> list[Group]:
    """Return good groups of the planned sizes; what the rules forbid is left out, so people may be missing."""
    pool = scorer.pool
    # Neighbours in language and hours, then by lot, so that most of a block may meet.
    order = np.lexsort((pool.lots, pool.kinds.of))
    full = pool.size // pool.rules.group_size
    count = -(-pool.size // _BLOCK)
    # All but the last can be split into groups of the size that is wished for.
    ends = [len(some) * pool.rules.group_size for some in np.array_split(np.arange(full), count)]
    looks = _LOOKS if count == 1 else _LOOKS_OF_MANY
    groups: list[Group] = []
    for block in np.split(order, np.cumsum(ends[:-1])):
        searches = [_Search(scorer, np.sort(block))]
        searches[0].improve(looks, _NOISE)
        # Where all have met many, one search in which repeats come and go may find a way without any.
        while searches[-1].has_repeats and len(searches) <= _MORE_SEARCHES:
            again = _Search(scorer, np.sort(block), len(searches))
            again.improve(looks, _LOUD)
            again.improve(looks, _NOISE)
            searches.append(again)
        groups += max(searches, key=_Search.total).legal_groups()
    return groups


class _Search:
    """Some people in groups, here numbered from 0, and what each would be worth in every group."""

    def __init__(self, scorer: Scorer, people: Ints, turn: int = 0) -> None:
        self._pool = scorer.pool
        self._people = people.tolist()
        self._lots = mixed(scorer.pool.lots[people] + np.uint64(turn))
        self._trios = [scorer.pool.members[person].trios for person in self._people]
        self._fewest = min(self._trios)
        self._worth = self._weigh(scorer, people)
        self._groups = self._begin()
        self._of = np.zeros(len(people), np.int64)
        for place, group in enumerate(self._groups):
            self._of[group] = place
        # For each group what everybody is worth together with all of it.
        self._ties: _Table = np.array([self._worth[group].sum(axis=0) for group in self._groups], np.int32)
        self._here: _Table = self._ties[self._of, np.arange(len(people))]
        self._faults = [self._fault(group) for group in self._groups]

    @property
    def has_repeats(self) -> bool:
        """Tell whether somebody is in a group with people they should not meet, or not yet."""
        return bool((self._here < -_REPEAT // 2).any())

    def total(self) -> int:
        """Return what all groups are worth, with what is wrong with them."""
        return int(self._here.sum(dtype=np.int64)) // 2 + sum(self._faults) * _FORBIDDEN

    def improve(self, looks: int, loudest: int) -> None:
        """Exchange people: first with up to so much noise on what an exchange brings, then only for the better."""
        size = len(self._people)
        sweeps = min(_MOST_SWEEPS, looks // size)
        noise = (mixed(np.arange(_NOISES + size, dtype=np.uint64) ^ self._lots[0]) >> np.uint64(48)).astype(np.int64)
        for sweep in range(sweeps):
            most = (loudest << _SHIFT) * (sweeps - sweep) // sweeps
            some = (noise * most >> 16).astype(np.int32)
            lots = mixed(self._lots + np.uint64(sweep))
            begins = (lots % np.uint64(_NOISES)).tolist()
            for person in np.argsort(lots, kind="stable").tolist():
                begin = begins[person]
                self._exchange(person, some[begin : begin + size], most * 5 // 8)
        waiting = dict.fromkeys(np.argsort(self._lots, kind="stable").tolist())
        none = np.zeros(size, np.int32)
        # An exchange changes what the others of both groups would bring.
        while waiting:
            person = next(iter(waiting))
            del waiting[person]
            waiting |= dict.fromkeys(self._exchange(person, none, 0))

    def legal_groups(self) -> list[Group]:
        """Return the groups in the numbers of the pool, without those who make one illegal."""
        found = []
        for group in self._groups:
            legal = self._legal_part(tuple(sorted(group)))
            if legal:
                found.append(tuple(self._people[person] for person in legal))
        return found

    def _weigh(self, scorer: Scorer, people: Ints) -> _Table:
        weights = weigh(scorer, people)
        # The order of the costs is kept, their sums no longer are; a search needs no more.
        ranks = np.unique(weights.cost, return_inverse=True)[1].reshape(weights.cost.shape)
        lots = mixed(self._lots[:, None] ^ self._lots[None, :]) & np.uint64(_LOTS)
        worth = (weights.points << _SHIFT) + lots.astype(np.int64)
        worth -= np.where(weights.cost > 0, _REPEAT + np.minimum(ranks, _MOST_OLDER) * _OLDER, 0)
        worth[~weights.allowed] = _FORBIDDEN
        np.fill_diagonal(worth, 0)
        return worth.astype(np.int32)

    def _begin(self) -> list[list[int]]:
        """Deal people out, into the larger groups those whose turn it is, and neighbours together."""
        wish = self._pool.rules.group_size
        sizes = planned_sizes(len(self._people), wish)
        kinds = self._pool.kinds.of[self._people]
        seats = sum(size for size in sizes if size > wish)
        turns = np.lexsort((self._lots, self._trios))
        parts = (turns[:seats], turns[seats:])
        order = np.concatenate([part[np.lexsort((self._lots[part], kinds[part]))] for part in parts])
        return [some.tolist() for some in np.split(order, np.cumsum(sizes)[:-1])]

    def _exchange(self, person: int, noise: _Table, least: int) -> Sequence[int]:
        """Exchange a person for the one with whom that brings most and more than `least`; return whom it concerns."""
        mine = int(self._of[person])
        gains = self._ties[:, person][self._of]
        gains += self._ties[mine]
        gains -= self._here
        gains -= 2 * self._worth[person]
        gains += noise
        gains[self._groups[mine]] = _NEVER
        enough = int(self._here[person]) + least
        for _ in range(_TRIES):
            other = int(gains.argmax())
            if gains[other] <= enough:
                break
            theirs = int(self._of[other])
            first = [other if one == person else one for one in self._groups[mine]]
            second = [person if one == other else one for one in self._groups[theirs]]
            faults = self._fault(first), self._fault(second)
            if sum(faults) <= self._faults[mine] + self._faults[theirs]:
                self._faults[mine], self._faults[theirs] = faults
                self._groups[mine], self._groups[theirs] = first, second
                self._move(person, other)
                return [*first, *second]
            gains[other] = _NEVER
        return ()

    def _move(self, person: int, other: int) -> None:
        mine, theirs = self._of[person], self._of[other]
        change = self._worth[other] - self._worth[person]
        self._ties[mine] += change
        self._ties[theirs] -= change
        self._of[person], self._of[other] = theirs, mine
        for place in (int(mine), int(theirs)):
            group = self._groups[place]
            self._here[group] = self._ties[place, group]

    def _fault(self, group: Sequence[int]) -> int:
        """Return how wrong a group is apart from its pairs: 2 when not all can meet at once, 1 for a turn too early."""
        fault = 0 if self._pool.kinds.together([self._people[person] for person in group]) else 2
        if len(group) > self._pool.rules.group_size:
            turns = [self._trios[person] for person in group]
            fault += min(turns) > self._fewest or max(turns) > self._fewest + 1
        return fault

    def _legal_part(self, group: Group) -> Group | None:
        """Return the group without those who make it illegal; None when no two are left."""
        while len(group) > 1 and not self._may_meet(group):
            parts = [tuple(person for person in group if person != out) for out in group]
            group = max(parts, key=lambda part: (self._legal_pairs(part), self._may_meet(part), part))
        return group if len(group) > 1 else None

    def _may_meet(self, group: Group) -> bool:
        pairs = len(group) * (len(group) - 1) // 2
        if self._legal_pairs(group) < pairs:
            return False
        return len(group) == 2 or self._pool.kinds.together([self._people[p] for p in group])  # noqa: PLR2004 - two need no more

    def _legal_pairs(self, group: Group) -> int:
        return sum(int(self._worth[one, other]) > _FORBIDDEN for one, other in combinations(group, 2))
