"""Repeats and people left over, compared with solvers that look at everything."""

from collections.abc import Sequence
from itertools import combinations

import pytest
import rustworkx

from bot.domain.pairing import Member
from tests.domain.pairing.pools import Case, draw_case, may_meet, pairs_in
from tests.effort import effort, longer

Key = tuple[int, int, int]


def out_of_turn(group: Sequence[Member], fewest: int) -> int:
    """Return how many rules of turns a larger group breaks: somebody is due, nobody is far ahead."""
    trios = [member.trios for member in group]
    return (min(trios) > fewest) + (max(trios) > fewest + 1)


def best_by_trying_everything(case: Case) -> Key:
    """Return the best of all ways to form groups: people left over, then sizes and turns, then repeats."""
    wish, again, people = case.rules.group_size, case.repeats, case.members
    fewest = min((member.trios for member in people), default=0)
    known: dict[frozenset[int], Key] = {frozenset(): (0, 0, 0)}
    groups = {
        group: (
            0,
            (len(group) - wish) ** 2 * 100 + (len(group) > wish) * turns,
            sum(frozenset((people[a].id, people[b].id)) in again for a, b in combinations(group, 2)),
        )
        for size in range(2, min(wish + 1, 5) + 1)
        for group in combinations(range(len(people)), size)
        if may_meet([people[p] for p in group])
        for turns in [out_of_turn([people[p] for p in group], fewest)]
    }

    def best(free: frozenset[int]) -> Key:
        if free not in known:
            first = min(free)
            alone, sizes, repeats = best(free - {first})
            ways = [(alone + 1, sizes, repeats)]
            for group, key in groups.items():
                if group[0] == first and free.issuperset(group):
                    rest = best(free - set(group))
                    ways.append((rest[0], rest[1] + key[1], rest[2] + key[2]))
            known[free] = min(ways)
        return known[free]

    return best(frozenset(range(len(people))))


def key_of(case: Case) -> Key:
    plan = case.plan()
    people = {member.id: member for member in case.members}
    wish = case.rules.group_size
    fewest = min((member.trios for member in case.members), default=0)
    sizes = 0
    for group in plan.groups:
        turns = out_of_turn([people[person] for person in group.people], fewest)
        sizes += (len(group.people) - wish) ** 2 * 100 + (len(group.people) > wish) * turns
    return len(plan.unplaced), sizes, sum(pair in case.repeats for pair in pairs_in(plan))


@longer
@pytest.mark.parametrize("batch", range(10))
def test_nothing_better_exists_in_a_tiny_pool(batch: int) -> None:
    for seed in range(batch * 60, batch * 60 + effort(15, 60)):
        case = draw_case(seed + 10_000, range(10))

        assert key_of(case) == best_by_trying_everything(case), seed


@longer
@pytest.mark.parametrize("seed", [600_015, 600_023, 600_029, 600_030, 600_051, 600_061, 600_063][: effort(2, 7)])
def test_nothing_better_exists_in_a_pool_of_a_few_groups(seed: int) -> None:
    case = draw_case(seed, (11, 12), (3, 4, 5))

    assert key_of(case) == best_by_trying_everything(case)


def solve(case: Case, people: Sequence[Member]) -> tuple[int, int]:
    """Return how many people pairs must leave over, and the fewest repeats then, by an exact matching."""
    again = case.repeats
    graph: rustworkx.PyGraph[None, int] = rustworkx.PyGraph()
    graph.add_nodes_from([None] * len(people))
    graph.add_edges_from(
        [
            (a, b, 1 if frozenset((people[a].id, people[b].id)) in again else 2)
            for a, b in combinations(range(len(people)), 2)
            if may_meet([people[a], people[b]])
        ]
    )
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return len(people) - 2 * len(found), sum(graph.get_edge_data(a, b) == 1 for a, b in found)


@longer
@pytest.mark.parametrize("batch", range(10))
def test_an_even_pool_has_no_repeat_and_nobody_alone_that_an_exact_matching_avoids(batch: int) -> None:
    for seed in range(batch * 60, batch * 60 + effort(10, 60)):
        case = draw_case(seed + 20_000, range(12, 61, 2), (2,))
        alone, repeats = solve(case, case.members)

        found = key_of(case)

        assert found[0] <= alone
        if alone == 0:
            assert found == (0, 0, repeats), seed


@longer
@pytest.mark.parametrize("batch", range(10))
def test_an_odd_pool_repeats_no_more_than_the_best_trio_in_turn(batch: int) -> None:
    for seed in range(batch * 6, batch * 6 + effort(1, 6)):
        case = draw_case(seed + 30_000, (11, 13, 15), (2,))
        fewest = min(member.trios for member in case.members)
        plans = []
        for trio in combinations(case.members, 3):
            if may_meet(trio) and not out_of_turn(trio, fewest):
                alone, repeats = solve(case, [member for member in case.members if member not in trio])
                pairs = [frozenset((one.id, other.id)) for one, other in combinations(trio, 2)]
                plans.append((alone, 100, repeats + sum(pair in case.repeats for pair in pairs)))

        if plans and min(plans)[0] == 0:
            assert key_of(case) == min(plans), seed
