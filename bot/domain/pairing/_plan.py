"""From a pool to a plan: which way suits its size, and what the plan says about itself."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from bot.domain.pairing._large import large_groups, small_bound
from bot.domain.pairing._polish import polish
from bot.domain.pairing._pool import build_pool
from bot.domain.pairing._reasons import cause_for, reason_for, repeats_in
from bot.domain.pairing._rescue import place_leftovers
from bot.domain.pairing._scores import Scorer, build_scorer
from bot.domain.pairing._small import larger_groups, small_groups
from bot.domain.pairing._values import (
    Cause,
    History,
    Member,
    Plan,
    PlannedGroup,
    Quality,
    Repeats,
    Rules,
    Unplaced,
)

Group = tuple[int, ...]
PAIR = 2
# Up to so many people every pair is weighed at once, with all layers.
MOST_WEIGHED = 300


def plan(members: Iterable[Member], history: History, rules: Rules, round_number: int, seed: int) -> Plan:
    """Plan a round; see `plan_groups`."""
    people = list(members)
    if len(people) < PAIR:
        return Plan((), tuple(Unplaced(one.id, Cause.ALONE) for one in people), Repeats(), Quality(0, 0, exact=True))
    pool = build_pool(people, rules, history, round_number, seed)
    scorer = build_scorer(pool)
    bound: int | None = None
    if rules.group_size > PAIR:
        groups, exact = larger_groups(scorer)
    elif pool.size <= MOST_WEIGHED:
        groups, exact = small_groups(scorer)
    else:
        groups, bound, exact = large_groups(scorer)
    placed = {person for group in groups for person in group}
    left = [person for person in range(pool.size) if person not in placed]
    if rules.group_size > PAIR and not exact:
        groups, left = polish(scorer, groups, left)
    if left:
        groups, left = place_leftovers(scorer, groups, left)
    groups = sorted(tuple(sorted(group)) for group in groups)
    repeats = repeats_in(scorer, groups)
    value = _value(scorer, groups)
    if bound is None and not exact:
        bound = small_bound(scorer, repeats=repeats.total > 0)
    return Plan(
        tuple(PlannedGroup(tuple(pool.members[p].id for p in group), reason_for(pool, group)) for group in groups),
        tuple(cause_for(pool, person) for person in sorted(left)),
        repeats,
        Quality(value, value if exact else bound, exact=exact),
    )


def _value(scorer: Scorer, groups: list[Group]) -> int:
    """Return the points of groups: of each the sum of its pairs per person to talk to."""
    pairs = np.array([pair for group in groups for pair in combinations(group, 2)], np.int64).reshape(-1, 2)
    shares = np.array([12 // (len(group) - 1) for group in groups for _ in combinations(group, 2)], np.int64)
    points = scorer.pairs(pairs[:, 0], pairs[:, 1]).astype(np.int64)
    return int((points * shares).sum()) // 12
