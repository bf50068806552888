"""A pool so small that every way to form groups is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.pairing._layers import LARGEST, Layers

Group = tuple[int, ...]

# Of a whole pool up to so many people every way is looked at, in a second; of a few groups up to fewer.
MOST_OF_A_POOL, MOST = 13, 10
# Above everything that a worth can be in so small a pool.
_TURN_SHIFT = 126
_SIZE_SHIFT = 132
_PLACED_SHIFT = 140


def largest_group(group_size: int) -> int:
    """Return how many people a group may have: one more than the community's size, up to 5."""
    return min(group_size + 1, LARGEST)


def best_groups(layers: Layers) -> list[Group]:
    """Return the best groups: most people placed, sizes nearest to the wish, turns, then worth."""
    groups = _worths(layers)
    # For each set of people still free, as bits: the best worth; and the group of the lowest of them, none if alone.
    worths: dict[int, int] = {0: 0}
    chosen: dict[int, tuple[int, Group | None]] = {}

    def find(free: int) -> int:
        alone = free & -free
        rest = free ^ alone
        worth = worths[rest] if rest in worths else find(rest)
        choice: tuple[int, Group | None] = rest, None
        for bits, own, group in groups[alone.bit_length() - 1]:
            if bits & free == bits:
                rest = free ^ bits
                total = own + (worths[rest] if rest in worths else find(rest))
                if total > worth:
                    worth, choice = total, (rest, group)
        worths[free], chosen[free] = worth, choice
        return worth

    free = (1 << layers.size) - 1
    find(free)
    found = []
    while free:
        free, group = chosen[free]
        if group is not None:
            found.append(group)
    return found


def value_of(layers: Layers, groups: Iterable[Group]) -> int:
    """Return what is greatest for the best groups."""
    fewest = min(member.trios for member in layers.members)
    return sum(_with_turns(layers, group, layers.worth(group), fewest) for group in groups)


@dataclass(frozen=True, slots=True)
class _Some:
    """People who may be one group, and what all of them have in common."""

    people: Group
    bits: int
    cost: int
    gain: int
    languages: int
    starts: int
    writing: bool

    def and_one(self, layers: Layers, person: int) -> _Some | None:
        """Return the group with somebody more; None when the rules forbid it."""
        allowed, kinds = layers.allowed[person], layers.pool.kinds
        kind = layers.kinds[person]
        languages, starts = self.languages & kinds.languages[kind], self.starts & kinds.starts[kind]
        writing = self.writing and kinds.writing[kind]
        if not (languages and (starts or writing) and all(allowed[one] for one in self.people)):
            return None
        cost, gain = layers.cost[person], layers.gain[person]
        return _Some(
            (*self.people, person),
            self.bits | 1 << person,
            self.cost + sum(cost[one] for one in self.people),
            self.gain + sum(gain[one] for one in self.people),
            languages,
            starts,
            writing,
        )


def _worths(layers: Layers) -> Sequence[Sequence[tuple[int, int, Group]]]:
    """Return for each person the allowed groups in which they are the lowest number."""
    kinds = layers.pool.kinds
    fewest = min(member.trios for member in layers.members)
    groups: list[list[tuple[int, int, Group]]] = [[] for _ in layers.members]
    some = [
        _Some((person,), 1 << person, 0, 0, kinds.languages[kind], kinds.starts[kind], kinds.writing[kind])
        for person, kind in enumerate(layers.kinds)
    ]
    for _ in range(2, largest_group(layers.pool.rules.group_size) + 1):
        # A person who is in an allowed group is in allowed smaller ones, so nothing is missed.
        some = [
            larger
            for one in some
            for person in range(one.people[-1] + 1, layers.size)
            if (larger := one.and_one(layers, person)) is not None
        ]
        for one in some:
            worth = _with_turns(layers, one.people, layers.worth_of(len(one.people), one.cost, one.gain), fewest)
            groups[one.people[0]].append((one.bits, worth, one.people))
    return groups


def _with_turns(layers: Layers, group: Group, worth: int, fewest: int) -> int:
    size, wish = len(group), layers.pool.rules.group_size
    worth += (size << _PLACED_SHIFT) - ((size - wish) ** 2 << _SIZE_SHIFT)
    if size > wish:
        trios = [layers.members[person].trios for person in group]
        worth -= layers.unfair(group, fewest)
        worth -= (min(trios) > fewest) + (max(trios) > fewest + 1) << _TURN_SHIFT
    return worth
