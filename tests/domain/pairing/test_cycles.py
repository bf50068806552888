"""Pairs out of rings and chains: disjoint, and the best that leaves nobody out but one."""

import random

import numpy as np
import pytest

from bot.domain.pairing._cycles import _odd_chain, _odd_ring


@pytest.mark.parametrize("size", [3, 5, 7, 9, 21])
def test_the_best_half_of_an_odd_ring(size: int) -> None:
    for seed in range(50):
        points = random.Random(seed).choices(range(100), k=size)  # noqa: S311 - not a secret

        chosen = _odd_ring(np.array(points))

        people = [person for place in chosen for person in (place, (place + 1) % size)]
        assert len(set(people)) == len(people) == size - 1
        every = [[(out + 1 + 2 * step) % size for step in range(size // 2)] for out in range(size)]
        assert sum(points[place] for place in chosen) == max(sum(points[p] for p in places) for places in every)


@pytest.mark.parametrize("size", [3, 5, 7, 21])
def test_the_best_half_of_an_odd_chain(size: int) -> None:
    for seed in range(50):
        points = random.Random(seed).choices(range(100), k=size - 1)  # noqa: S311 - not a secret

        chosen = _odd_chain(np.array(points))

        people = [person for place in chosen for person in (place, place + 1)]
        assert len(set(people)) == len(people) == size - 1
        every = [[*range(0, out, 2), *range(out + 1, size - 1, 2)] for out in range(0, size, 2)]
        assert sum(points[place] for place in chosen) == max(sum(points[p] for p in places) for places in every)
