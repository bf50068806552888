"""The best pairs, and splitting a graph into rounds."""

from itertools import combinations

import pytest

from bot.domain.pairing._matching import best_matching
from bot.domain.pairing._splits import split_into_rounds


def graph(size: int, edges: list[tuple[int, int]]) -> list[frozenset[int]]:
    return [frozenset(b for pair in edges if a in pair for b in pair if b != a) for a in range(size)]


def test_more_pairs_go_before_better_pairs() -> None:
    worth: list[dict[int, int]] = [{1: -1}, {0: -1, 2: 9}, {1: 9, 3: -1}, {2: -1}]

    assert best_matching(range(4), worth) == [(0, 1), (2, 3)]
    assert best_matching([1, 2], worth) == [(1, 2)]
    assert best_matching([0, 3], worth) == []


def test_worths_far_beyond_64_bits_still_count_exactly() -> None:
    high = 1 << 90
    worth: list[dict[int, int]] = [{} for _ in range(4)]
    for (a, b), value in zip(combinations(range(4), 2), [high, high, high, high, high + 1, high], strict=True):
        worth[a][b] = worth[b][a] = value
    worth[0][1] = worth[1][0] = high - 2

    assert best_matching(range(4), worth) == [(0, 2), (1, 3)]


@pytest.mark.parametrize("size", [2, 4, 6, 8, 14])
def test_a_whole_pool_splits_into_one_round_less_than_people(size: int) -> None:
    every = list(combinations(range(size), 2))

    rounds = split_into_rounds(graph(size, every))

    assert rounds is not None
    assert len(rounds) == size - 1
    assert sorted(pair for match in rounds for pair in match) == every
    assert all(len({person for pair in match for person in pair}) == size for match in rounds)


def test_a_dead_end_is_seen() -> None:
    two_triangles = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]
    # Three rounds of the Petersen graph look possible for everyone, and are not.
    petersen = [(a, (a + 1) % 5) for a in range(5)] + [(a, a + 5) for a in range(5)]
    petersen += [(a + 5, (a + 2) % 5 + 5) for a in range(5)]

    assert split_into_rounds(graph(6, two_triangles)) is None
    assert split_into_rounds(graph(10, petersen)) is None
