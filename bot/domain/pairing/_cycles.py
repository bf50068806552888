"""Pairs out of an assignment in which A may want B, B want C and C want A."""

from __future__ import annotations

import numpy as np

from bot.domain.pairing._pool import Ints
from bot.domain.pairing._scores import Scorer

Match = tuple[int, int]


def pairs_of(scorer: Scorer, partners: Ints) -> list[Match]:
    """Return disjoint pairs of an assignment: two of two, the better half of the rest.

    From a ring or chain of odd length the person is left out without whom the others do best.
    """
    everyone = np.arange(len(partners))
    mutual = (partners >= 0) & (partners[partners] == everyone)
    pairs = [(int(one), int(partners[one])) for one in np.flatnonzero(mutual & (partners > everyone))]
    rest = np.flatnonzero((partners >= 0) & ~mutual)
    follows = dict(zip(rest.tolist(), partners[rest].tolist(), strict=True))
    sure = set(np.flatnonzero(mutual).tolist())
    wanted = set(follows.values())
    # Chains begin with somebody whom nobody was assigned; what is left then are rings.
    begins = [person for person in follows if person not in wanted]
    for start in [*begins, *follows]:
        walk = [start] if start in follows else []
        while walk and walk[-1] in follows:
            walk.append(follows.pop(walk[-1]))
        ring = len(walk) > 1 and walk[0] == walk[-1]
        walk = [person for person in (walk[:-1] if ring else walk) if person not in sure]
        pairs += _better_half(scorer, walk, ring=ring)
    return pairs


def _better_half(scorer: Scorer, walk: list[int], *, ring: bool) -> list[Match]:
    size = len(walk)
    if size < 2:  # noqa: PLR2004 - nobody to pair with
        return []
    steps = np.array(walk)
    points = scorer.pairs(steps, np.roll(steps, -1)).astype(np.int64)
    if size % 2 == 0:
        first, second = range(0, size, 2), range(1, size - (0 if ring else 1), 2)
        full = not ring or points[first].sum() >= points[second].sum()
        chosen = first if full else second
        return [(walk[place], walk[(place + 1) % size]) for place in chosen]
    chosen_places = _odd_ring(points) if ring else _odd_chain(points[:-1])
    return [(walk[place], walk[(place + 1) % size]) for place in chosen_places]


def _odd_ring(points: Ints) -> list[int]:
    """Return every second step of a ring so that the person left out costs least."""
    size = len(points)
    # Going round in twos visits every step once; each choice is a run of half of them.
    order = np.arange(size) * 2 % size
    twice = np.concatenate([[0], np.cumsum(np.concatenate([points[order], points[order]]))])
    half = size // 2
    begin = int((twice[half : half + size] - twice[:size]).argmax())
    return [int(order[(begin + step) % size]) for step in range(half)]


def _odd_chain(points: Ints) -> list[int]:
    """Return every second step of a chain, with one person left out where the step changes."""
    before = np.concatenate([[0], np.cumsum(points[0::2])])
    after = np.concatenate([[0], np.cumsum(points[1::2][::-1])])[::-1]
    change = int((before + after).argmax())
    return [2 * place for place in range(change)] + [2 * place + 1 for place in range(change, len(points) // 2)]
