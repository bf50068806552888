"""A pool so small that every way to form groups is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

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
    size = layers.size
    groups = _worths(layers)
    # For each set of people still free, as bits: the best worth and the group of the lowest of them.
    worths = [0] * (1 << size)
    chosen: list[Group | None] = [None] * (1 << size)
    for lowest in reversed(range(size)):
        alone = 1 << lowest
        above = (1 << size) - 2 * alone
        for others in _subsets(above):
            worths[alone | others] = worths[others]
        for bits, worth, group in groups[lowest]:
            for others in _subsets(above & ~bits):
                total = worth + worths[others]
                if total > worths[bits | others]:
                    worths[bits | others] = total
                    chosen[bits | others] = group
    found = []
    free = (1 << size) - 1
    while free:
        next_group = chosen[free]
        if next_group is None:
            free &= free - 1
        else:
            found.append(next_group)
            free ^= sum(1 << person for person in next_group)
    return found


def _subsets(people: int) -> Iterator[int]:
    """Yield every set of some people, as bits, from all of them to none."""
    some = people
    while some:
        yield some
        some = (some - 1) & people
    yield 0


def value_of(layers: Layers, groups: Iterable[Group]) -> int:
    """Return what is greatest for the best groups."""
    fewest = min(member.trios for member in layers.members)
    return sum(_worth(layers, group, fewest) for group in groups)


def _worths(layers: Layers) -> Sequence[Sequence[tuple[int, int, Group]]]:
    """Return for each person the allowed groups in which they are the lowest number."""
    members = layers.members
    fewest = min(member.trios for member in members)
    groups: list[list[tuple[int, int, Group]]] = [[] for _ in members]
    for size in range(2, largest_group(layers.pool.rules.group_size) + 1):
        for group in combinations(range(len(members)), size):
            if layers.may_meet(group):
                bits = sum(1 << person for person in group)
                groups[group[0]].append((bits, _worth(layers, group, fewest), group))
    return groups


def _worth(layers: Layers, group: Group, fewest: int) -> int:
    size, wish = len(group), layers.pool.rules.group_size
    worth = layers.worth(group) + (size << _PLACED_SHIFT) - ((size - wish) ** 2 << _SIZE_SHIFT)
    if size > wish:
        trios = [layers.members[person].trios for person in group]
        worth -= layers.unfair(group, fewest)
        worth -= (min(trios) > fewest) + (max(trios) > fewest + 1) << _TURN_SHIFT
    return worth
