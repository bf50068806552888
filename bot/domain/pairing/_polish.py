"""Groups of three to five made better where something is wrong with one: a few are formed again, exactly.

Something is wrong with a group in which people meet again too early or that has not the size it should
have, and with people left over. Splitting into threes is hard, so what remains is good and not proven.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice

import numpy as np

from bot.domain.pairing import _tiny
from bot.domain.pairing._layers import build_layers
from bot.domain.pairing._scores import Scorer
from bot.domain.pairing._tiny import Group

# So many times a few groups are formed again for one that something is wrong with; for all together, so many
# sets of people may be looked at.
_TRIES, _MOST_SETS = 60, 1 << 13


def polish(scorer: Scorer, groups: Sequence[Group], left: Sequence[int]) -> tuple[list[Group], list[int]]:
    """Return groups of which no few that were looked at can be formed better, and who is in none."""
    found, alone, sets = list(groups), list(left), _MOST_SETS
    queue = _faulty(scorer, found, alone)
    while queue and sets > 0:
        group = queue.pop(0)
        for company in islice(_companies(found, group), _TRIES):
            some = [*([group] if group else []), *company]
            sets -= 1 << sum(map(len, some))
            better = _form_anew(scorer, some, alone)
            if better is not None:
                formed, alone = better
                found = [one for one in found if one not in some] + formed
                queue = _faulty(scorer, found, alone)
                break
    return found, alone


def _faulty(scorer: Scorer, groups: Sequence[Group], left: Sequence[int]) -> list[Group]:
    """Return the groups something is wrong with; an empty one stands for those left over."""
    wish = scorer.pool.rules.group_size
    faulty = [group for group in groups if len(group) != wish or _meet_again(scorer, group)]
    return [*([()] if left else []), *faulty]


def _meet_again(scorer: Scorer, group: Group) -> bool:
    pairs = np.array(list(combinations(group, 2)))
    return bool(scorer.repeats.of_pairs(pairs[:, 0], pairs[:, 1], 0).any())


def _companies(groups: Sequence[Group], group: Group) -> Iterator[Sequence[Group]]:
    """Yield other groups to form again with one: two that fit with it, then each alone."""
    others = [one for one in groups if one != group]
    fitting = (two for two in combinations(others, 2) if len(group) + sum(map(len, two)) <= _tiny.MOST)
    yield from ([one] for one in others if len(group) + len(one) <= _tiny.MOST)
    yield from fitting


def _form_anew(scorer: Scorer, groups: Sequence[Group], left: Sequence[int]) -> tuple[list[Group], list[int]] | None:
    """Form a few groups again, with some of those left over; None when that makes nothing better."""
    inside = [person for group in groups for person in group]
    people = sorted([*inside, *left[: _tiny.MOST - len(inside)]])
    layers = build_layers(scorer, np.array(people))
    before = [tuple(people.index(person) for person in group) for group in groups]
    after = _tiny.best_groups(layers)
    if _tiny.value_of(layers, after) <= _tiny.value_of(layers, before):
        return None
    formed = [tuple(people[person] for person in group) for group in after]
    placed = {person for group in formed for person in group}
    return formed, [person for person in [*left, *inside] if person not in placed]
