"""Why a group is a group, why somebody is in none, and which repeats a round had to accept."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, permutations

import numpy as np

from bot.domain.pairing._hours import Bools
from bot.domain.pairing._pool import Ints, Pool
from bot.domain.pairing._scores import FEWEST_POINTS, Scorer
from bot.domain.pairing._values import Cause, Lesson, Reason, ReasonKind, Repeats, Unplaced

Group = tuple[int, ...]


def reason_for(pool: Pool, group: Group) -> Reason:
    """Return the strongest preference that a group fulfils."""
    taught = {
        (teacher, learner): topics
        for teacher, learner in permutations(group, 2)
        if (topics := set(pool.offers[teacher]) & set(pool.wants[learner]))
    }
    ages = [age for one, other in combinations(group, 2) if (age := _age(pool, one, other))]
    latest = min(ages, default=None)
    kind, leading = _exchange(group, taught)
    if kind is None:
        return Reason(_without_lessons(pool, group, latest), (), latest)
    order = [*leading, *(pair for pair in sorted(taught) if pair not in leading)]
    return Reason(kind, tuple(_lesson(pool, *pair, taught[pair]) for pair in order), latest)


def _exchange(
    group: Group, taught: dict[tuple[int, int], set[int]]
) -> tuple[ReasonKind | None, Sequence[tuple[int, int]]]:
    for one, other in combinations(group, 2):
        if (one, other) in taught and (other, one) in taught:
            return ReasonKind.SWAP, ((one, other), (other, one))
    for a, b, c in permutations(group, 3):
        ring = ((a, b), (b, c), (c, a))
        if all(pair in taught for pair in ring):
            return ReasonKind.RING, ring
    return (ReasonKind.LESSON, ()) if taught else (None, ())


def _lesson(pool: Pool, teacher: int, learner: int, topics: set[int]) -> Lesson:
    # Of several topics the one that fewest can teach; topics are numbered by name.
    topic = min(topics, key=lambda t: (pool.teachers[t], t))
    return Lesson(pool.members[teacher].id, pool.members[learner].id, pool.topics[topic])


def _without_lessons(pool: Pool, group: Group, latest: int | None) -> ReasonKind:
    if latest is not None and pool.is_repeat(latest):
        return ReasonKind.LONGEST
    teams = [pool.members[person].team for person in group]
    if all(teams) and len(set(teams)) == len(teams):
        return ReasonKind.TEAMS
    if latest is not None:
        return ReasonKind.LONGEST
    # Where nobody has met anybody, it decided nothing that these had not.
    return ReasonKind.NEW if len(pool.ages.keys) else ReasonKind.LOT


def _age(pool: Pool, one: int, other: int) -> int:
    return int(pool.ages.of_pairs(np.array([one]), np.array([other]), 0)[0])


def repeats_in(scorer: Scorer, groups: Sequence[Group]) -> Repeats:
    """Count the pairs that meet again too early, by cause."""
    pool = scorer.pool
    pairs = np.array([pair for group in groups for pair in combinations(group, 2)], np.int64).reshape(-1, 2)
    links = scorer.repeats
    ages = links.of_pairs(pairs[:, 0], pairs[:, 1], 0)
    again, ages = pairs[ages > 0], ages[ages > 0]
    recent = int((ages <= pool.rules.recent_rounds).sum())
    all_met = 0
    for start in range(0, len(again), 64):
        some = again[start : start + 64]
        fresh = [_has_somebody_new(scorer, some[:, side]) for side in (0, 1)]
        all_met += int((~(fresh[0] & fresh[1])).sum())
    return Repeats(all_met, len(again) - all_met, recent)


def _has_somebody_new(scorer: Scorer, people: Ints) -> Bools:
    links = scorer.repeats
    allowed = scorer.rows(people) >= FEWEST_POINTS
    for row, person in zip(allowed, people.tolist(), strict=True):
        row[links.of_person(person)[0]] = False
    somebody: Bools = np.asarray(allowed.any(axis=1))
    return somebody


def cause_for(pool: Pool, person: int) -> Unplaced:
    """Return why somebody is in no group."""
    kinds = pool.kinds
    kind = kinds.of[person]
    others = np.ones(pool.size, np.bool_)
    others[person] = False
    talk = others & kinds.talk[kind][kinds.of]
    meet = talk & kinds.meet[kind][kinds.of]
    free = meet.copy()
    free[pool.barred.of_person(person)[0]] = False
    steps = (
        (others, Cause.ALONE),
        (talk, Cause.LANGUAGE),
        (meet, Cause.HOURS),
        (free, Cause.RULES),
    )
    cause = next((cause for some, cause in steps if not some.any()), Cause.TAKEN)
    return Unplaced(pool.members[person].id, cause)
