"""Groups of three to five: a greedy start, then exchanges of two people as long as one helps.

Splitting people into threes is hard in theory, so this is a search, not a proof.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.domain.pairing._layers import Layers
from bot.domain.pairing._pool import Ints
from bot.domain.pairing._tiny import Group, largest_group

# So many people are searched at once; the effort grows with the square of it.
BLOCK = 120
_FORBIDDEN = -(1 << 40)
_REPEAT = 1 << 20
_OLDER = 1 << 12


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


def search_groups(layers: Layers) -> list[Group]:
    """Return good groups of the planned sizes; what the rules forbid is left out, so people may be missing."""
    worth = _plain_worth(layers)
    groups = _greedy(layers, worth)
    _exchange(worth, groups)
    return [legal for group in groups if (legal := _legal_part(layers, tuple(sorted(group))))]


def _plain_worth(layers: Layers) -> Ints:
    cost = np.array(layers.cost)
    # The order of the costs is kept, their sums no longer are; a search needs no more.
    ranks = np.unique(cost, return_inverse=True)[1].reshape(cost.shape)
    lots = np.array(layers.gain) & 15
    worth = (np.array(layers.points) << 4) + lots - np.where(cost > 0, _REPEAT + np.minimum(ranks, 63) * _OLDER, 0)
    worth[~np.array(layers.allowed)] = _FORBIDDEN
    np.fill_diagonal(worth, 0)
    return worth


def _greedy(layers: Layers, worth: Ints) -> list[list[int]]:
    """Build one group after the other around the person who has the fewest people left to meet."""
    free = np.ones(layers.size, np.bool_)
    trios = np.array([member.trios for member in layers.members])
    lots = layers.pool.lots[layers.people]
    groups: list[list[int]] = []
    for size in planned_sizes(layers.size, layers.pool.rules.group_size):
        left = np.flatnonzero(free)
        choices = (worth[np.ix_(left, left)] > _FORBIDDEN).sum(axis=1)
        # Larger groups go round; the others begin with the hardest.
        turn = trios[left] if size > layers.pool.rules.group_size else np.zeros(len(left))
        first = int(left[np.lexsort((lots[left], choices, turn))[0]])
        group = [first]
        free[first] = False
        if size > 2:  # noqa: PLR2004 - with two there is no third to look at
            left = np.flatnonzero(free)
            both = worth[first, left][:, None] + worth[first, left][None, :] + worth[np.ix_(left, left)]
            np.fill_diagonal(both, np.iinfo(np.int64).min)
            one, other = np.unravel_index(int(both.argmax()), both.shape)
            group += [int(left[one]), int(left[other])]
            free[group] = False
        while len(group) < size:
            left = np.flatnonzero(free)
            group.append(int(left[worth[group][:, left].sum(axis=0).argmax()]))
            free[group] = False
        groups.append(group)
    return groups


def _exchange(worth: Ints, groups: Sequence[list[int]]) -> None:
    """Exchange the two people whose exchange helps most, until none does."""
    size = len(worth)
    of = np.zeros(size, np.int64)
    for place, group in enumerate(groups):
        of[group] = place
    ties = worth @ (of[:, None] == np.arange(len(groups))[None, :]).astype(np.int64)
    everyone = np.arange(size)
    for _ in range(4 * size):
        here = ties[everyone, of]
        there = ties[:, of] - worth
        better = there + there.T - here[:, None] - here[None, :]
        better[of[:, None] == of[None, :]] = 0
        best = int(better.argmax())
        one, other = divmod(best, size)
        if better[one, other] <= 0:
            return
        a, b = int(of[one]), int(of[other])
        groups[a][groups[a].index(one)], groups[b][groups[b].index(other)] = other, one
        change = worth[:, other] - worth[:, one]
        ties[:, a] += change
        ties[:, b] -= change
        of[one], of[other] = b, a


def _legal_part(layers: Layers, group: Group) -> Group | None:
    """Return the group without those who make it illegal; None when no two are left."""
    while len(group) >= 2 and not layers.may_meet(group):  # noqa: PLR2004 - two are a group
        parts = [tuple(p for p in group if p != out) for out in group]
        group = max(parts, key=lambda part: (_legal_pairs(layers, part), layers.may_meet(part), part))
    return group if len(group) >= 2 else None  # noqa: PLR2004 - two are a group


def _legal_pairs(layers: Layers, group: Group) -> int:
    return sum(layers.allowed[one][other] for one in group for other in group if one < other)
