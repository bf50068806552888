"""Places for those who are left over: in a group with room, or by forming a few groups again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice

import numpy as np

from bot.domain.pairing import _tiny
from bot.domain.pairing._layers import build_layers
from bot.domain.pairing._pool import Ints
from bot.domain.pairing._scores import FEWEST_POINTS, Scorer
from bot.domain.pairing._tiny import Group, largest_group

# So many ways to form a few groups again are tried for each person.
_TRIES = 150


def place_leftovers(scorer: Scorer, groups: Sequence[Group], left: Sequence[int]) -> tuple[list[Group], list[int]]:
    """Return groups with as many of those left over as a place was found for, and who has none.

    A person who stays has nobody with a free place whom they may meet, and no few groups around them can be
    formed again so that all have one.
    """
    placed = list(groups)
    waiting = list(left)
    still = []
    while waiting:
        person = waiting.pop(0)
        rows = scorer.rows(np.array([person]))[0] >= FEWEST_POINTS
        new = _take_in(scorer, placed, person, rows) or _form_anew(scorer, placed, person, rows, waiting)
        if new is None:
            still.append(person)
            continue
        old, formed = new
        for group in old:
            placed.remove(group)
        placed += formed
        inside = {p for group in formed for p in group}
        waiting = [p for p in waiting if p not in inside]
    return placed, still


_Change = tuple[Sequence[Group], Sequence[Group]]


def _take_in(scorer: Scorer, groups: Sequence[Group], person: int, allowed: Ints) -> _Change | None:
    """Return the group with room that suits a person best, with and without them."""
    most = largest_group(scorer.pool.rules.group_size)
    hosts = [group for group in groups if len(group) < most and allowed[list(group)].all()]
    # Everybody's worth with everybody costs more than a place is worth; by lot some are enough.
    found = []
    for host in hosts[:_TRIES]:
        joined = tuple(sorted((person, *host)))
        layers = build_layers(scorer, np.array(joined))
        if layers.may_meet(range(len(joined))):
            repeats = sum(cost for row in layers.cost for cost in row) - 2 * sum(
                layers.cost[a][b] for a, b in combinations([joined.index(p) for p in host], 2)
            )
            trios = sum(member.trios for member in layers.members)
            found.append(((len(host), repeats, trios, -layers.worth(range(len(joined)))), host, joined))
    if not found:
        return None
    _, host, joined = min(found)
    return [host], [joined]


def _form_anew(
    scorer: Scorer, groups: Sequence[Group], person: int, allowed: Ints, waiting: Sequence[int]
) -> _Change | None:
    """Form a few groups again so that a person, and nobody less, has a place."""
    near = [group for group in groups if allowed[list(group)].any()]
    # With the people of two groups most of what can be done is done.
    sets: list[tuple[Group, ...]] = [(group,) for group in near]
    sets += islice(((a, b) for a in near for b in groups if a != b), _TRIES)
    others = [p for p in waiting if p != person][:1]
    for old in sets[: 2 * _TRIES]:
        for extra in ([], others) if others else ([],):
            people = sorted({person, *extra, *(p for group in old for p in group)})
            if len(people) > _tiny.MOST:
                continue
            layers = build_layers(scorer, np.array(people))
            formed = [tuple(people[p] for p in group) for group in _tiny.best_groups(layers)]
            if {person, *(p for group in old for p in group)} <= {p for group in formed for p in group}:
                return old, formed
    return None
