"""Partners for those whom a matching on some of the pairs left over, looking at all pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.domain.pairing._hours import Bools
from bot.domain.pairing._matching import Match, match_edges
from bot.domain.pairing._pool import Ints
from bot.domain.pairing._scores import FEWEST_POINTS, Points, Scorer

# Chains of exchanges are searched up to so many people.
_MOST_REACHED = 4_000
_ROWS = 32
# From so many on, those left over find partners among themselves: in a crowd that large there are good ones.
_MANY = 32
_CROWD = 400
# So many of those left over are compared for one of them.
_COMPARED = 8


def pair_leftovers(scorer: Scorer, pairs: Sequence[Match], left: Sequence[int]) -> tuple[list[Match], list[int]]:
    """Return pairs in which as many of those left over are placed as pairs can, new pairs before repeats.

    Many are matched among themselves first. Then by breaking one pair, at the least loss; then by a chain
    of exchanges of any length; then the same with partners who should not meet yet.
    """
    mates = np.full(scorer.pool.size, -1, np.int64)
    for one, other in pairs:
        mates[one], mates[other] = other, one
    out = np.zeros(scorer.pool.size, np.bool_)
    out[np.setdiff1d(np.flatnonzero(mates < 0), np.array(left, np.int64))] = True
    waiting = sorted(left)
    if len(waiting) > _MANY:
        waiting = _pair_among_themselves(scorer, mates, waiting)
    for again in (False, True):
        still: list[int] = []
        while waiting:
            person = waiting.pop(0)
            others = [*waiting, *still]
            if not others:
                still.append(person)
                break
            if not (
                _break_one(scorer, mates, person, others, out, again=again)
                or _chain(scorer, mates, person, others, out, again=again)
            ):
                still.append(person)
                continue
            waiting = [p for p in waiting if mates[p] < 0]
            still = [p for p in still if mates[p] < 0]
        waiting = still
    everyone = np.arange(len(mates))
    return [(int(p), int(mates[p])) for p in everyone[mates > everyone]], waiting


def _pair_among_themselves(scorer: Scorer, mates: Ints, left: list[int]) -> list[int]:
    """Match those left over with each other, some hundred at a time; return who has nobody still."""
    for start in range(0, len(left), _CROWD):
        crowd = np.array(left[start : start + _CROWD])
        first, second = np.triu_indices(len(crowd), 1)
        one, other = crowd[first], crowd[second]
        points = scorer.pairs(one, other).astype(np.int64)
        legal = (points >= FEWEST_POINTS) & (scorer.repeats.of_pairs(one, other, 0) == 0)
        edges = zip(first[legal].tolist(), second[legal].tolist(), points[legal].tolist(), strict=True)
        for a, b in match_edges(len(crowd), list(edges)):
            _join(mates, int(crowd[a]), int(crowd[b]))
    return [person for person in left if mates[person] < 0]


def _rows(scorer: Scorer, people: Ints, out: Bools, *, again: bool) -> Points:
    rows = scorer.rows(people) if again else scorer.new_rows(people)
    rows[:, out] = 2 * FEWEST_POINTS
    return rows


def _break_one(scorer: Scorer, mates: Ints, person: int, others: Sequence[int], out: Bools, *, again: bool) -> bool:
    """Pair a person with another one left over, or both with the two of a pair, at the least loss."""
    compared = np.array([person, *others[:_COMPARED]])
    rows = _rows(scorer, compared, out, again=again).astype(np.int64)
    paired = np.flatnonzero(mates >= 0)
    mate = mates[paired]
    present = scorer.pairs(paired, mate).astype(np.int64)
    legal = rows[0, paired] >= FEWEST_POINTS
    best: tuple[int, int, int] | None = None
    for place, other in enumerate(compared[1:].tolist(), start=1):
        direct = int(rows[0, other])
        options = [(direct, other, -1)] if direct >= FEWEST_POINTS else []
        fits = np.flatnonzero(legal & (rows[place, mate] >= FEWEST_POINTS))
        if len(fits):
            gains = rows[0, paired[fits]] + rows[place, mate[fits]] - present[fits]
            top = int(gains.argmax())
            options.append((int(gains[top]), other, int(paired[fits[top]])))
        best = max([*options, *([best] if best else [])], default=None)
    if best is None:
        return False
    _, other, broken = best
    if broken < 0:
        _join(mates, person, other)
    else:
        freed = int(mates[broken])
        _join(mates, person, broken)
        _join(mates, other, freed)
    return True


def _join(mates: Ints, one: int, other: int) -> None:
    mates[one], mates[other] = other, one


def _chain(scorer: Scorer, mates: Ints, person: int, others: Sequence[int], out: Bools, *, again: bool) -> bool:
    """Find a chain in which each takes the partner of the next, from a person to somebody left over."""
    before: dict[int, int] = {}
    reached = np.zeros(len(mates), np.bool_)
    reached[person] = True
    goals = set(others)
    queue = [person]
    asked = 0
    while asked < min(len(queue), _MOST_REACHED):
        some = queue[asked : asked + _ROWS]
        asked += len(some)
        legal = _rows(scorer, np.array(some), out, again=again) >= FEWEST_POINTS
        for asker, row in zip(some, legal, strict=True):
            for wanted in np.flatnonzero(row & ~reached).tolist():
                reached[wanted] = True
                before[wanted] = asker
                if wanted in goals:
                    _exchange(mates, before, wanted)
                    return True
                freed = int(mates[wanted])
                if freed >= 0 and not reached[freed]:
                    reached[freed] = True
                    queue.append(freed)
    return False


def _exchange(mates: Ints, before: dict[int, int], goal: int) -> None:
    wanted = goal
    while True:
        asker = before[wanted]
        freed = int(mates[asker])
        _join(mates, asker, wanted)
        if freed < 0:
            return
        wanted = freed
