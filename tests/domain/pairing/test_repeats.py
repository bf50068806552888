"""A pool over many rounds: everybody before anybody twice, and turns for the third seat."""

from collections import Counter
from dataclasses import replace

import pytest

from bot.domain.pairing import History, Member, ReasonKind, Rules, plan_groups
from tests.domain.pairing.pools import Pair, pairs_in, play, skilled
from tests.effort import effort, longer


@longer
@pytest.mark.parametrize("count", range(4, 31, 2))
@pytest.mark.parametrize("seed", range(effort(1, 4)))
def test_an_even_pool_meets_everyone_before_any_repeat_while_following_preferences(count: int, seed: int) -> None:
    for _, plan in play(skilled(count, seed), count - 1, seed):
        assert not plan.unplaced
        assert plan.repeats.total == 0
        assert [len(group.people) for group in plan.groups] == [2] * (count // 2)


@pytest.mark.parametrize(("count", "seed", "topics", "teams"), [(18, 1004, 40, 5), (22, 1005, 3, 9), (26, 1001, 40, 2)])
def test_an_even_pool_that_had_to_leave_its_best_pairs_finds_its_way_to_the_end(
    count: int, seed: int, topics: int, teams: int
) -> None:
    for _, plan in play(skilled(count, seed, topics, teams), count - 1, seed):
        assert plan.repeats.total == 0


@pytest.mark.parametrize("count", [4, 8, 14, 24])
def test_then_the_oldest_meeting_comes_first(count: int) -> None:
    last: dict[Pair, int] = {}
    for number, plan in play(skilled(count, 3), 3 * count, 3):
        ages = {number - last[pair] for pair in pairs_in(plan) if pair in last}
        assert ages <= {count - 1}
        assert bool(ages) == (number >= count)
        last.update(dict.fromkeys(pairs_in(plan), number))


@longer
@pytest.mark.parametrize(("count", "rounds"), [(7, 2), (9, 4), (13, 7), (25, 16), (31, 22)])
def test_an_odd_pool_has_most_of_its_rounds_without_a_repeat(count: int, rounds: int) -> None:
    for seed in range(effort(1, 4)):
        for _, plan in play(skilled(count, seed), rounds, seed):
            assert plan.repeats.total == 0


@pytest.mark.parametrize(("count", "rounds"), [(24, 8), (30, 11)])
@longer
@pytest.mark.parametrize("seed", range(effort(1, 2)))
def test_groups_of_three_repeat_nobody_for_most_of_the_rounds_there_can_be(count: int, rounds: int, seed: int) -> None:
    for _, plan in play(skilled(count, seed), rounds, seed, Rules(group_size=3)):
        assert [len(group.people) for group in plan.groups] == [3] * (count // 3)
        assert plan.repeats.total == 0


@longer
@pytest.mark.parametrize("count", [3, 5, 7, 9, 13, 21])
def test_in_an_odd_pool_the_turns_for_three_go_round(count: int) -> None:
    for seed in range(effort(1, 3)):
        turns = dict.fromkeys((member.id for member in skilled(count, seed)), 0)
        for _, plan in play(skilled(count, seed), 3 * count, seed):
            larger = [group.people for group in plan.groups if len(group.people) == 3]
            assert len(larger) == 1
            # Nobody is in a trio again before one of the three had the fewest turns of all.
            assert min(turns[person] for person in larger[0]) == min(turns.values())
            turns.update({person: turns[person] + 1 for person in larger[0]})
            assert max(turns.values()) - min(turns.values()) <= 2


def test_whoever_could_not_meet_has_not_met() -> None:
    members = [Member(person) for person in "abcd"]
    every_other = [("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]
    pairs = [*every_other, ("a", "b"), ("c", "d")]
    history = History(
        [one for one, _ in pairs], [other for _, other in pairs], [1] * 6, [*(pair in every_other for pair in pairs)]
    )

    for seed in range(20):
        plan = plan_groups(members, history, 2, seed)
        assert [group.people for group in plan.groups] == [("a", "b"), ("c", "d")]
        assert plan.repeats.total == 0
        assert {group.reason.rounds_ago for group in plan.groups} == {None}


def test_a_good_partner_may_come_back_after_as_many_rounds_as_the_community_says() -> None:
    one, other = ("a", "python", "sql"), ("b", "sql", "python")
    members = [Member(name, offers=frozenset({o}), wants=frozenset({w})) for name, o, w in (one, other)]
    members += [Member("c"), Member("d")]
    history = History.of({frozenset("ab"): 1, frozenset("cd"): 1})

    again = plan_groups(members, history, 11, 7, Rules(again_after=10))
    too_early = plan_groups(members, history, 10, 7, Rules(again_after=10))

    assert [group.people for group in again.groups] == [("a", "b"), ("c", "d")]
    assert again.groups[0].reason.kind == ReasonKind.SWAP
    assert again.groups[0].reason.rounds_ago == 10
    assert again.repeats.total == 0
    assert ("a", "b") not in [group.people for group in too_early.groups]


def test_a_repeat_is_a_cost_and_never_a_wall() -> None:
    history = History.of({frozenset("ab"): 4})

    plan = plan_groups([Member("a"), Member("b")], history, 5, 7)

    assert [group.people for group in plan.groups] == [("a", "b")]
    assert plan.groups[0].reason.kind == ReasonKind.LONGEST
    assert plan.groups[0].reason.rounds_ago == 1
    assert (plan.repeats.all_met, plan.repeats.not_enough, plan.repeats.recent) == (1, 0, 1)


def test_joiners_leavers_and_paces_bring_no_avoidable_repeat() -> None:
    everyone = [replace(member, team="") for member in skilled(40, 5)]
    last: dict[Pair, int] = {}
    seen: Counter[int] = Counter()
    for number in range(1, 19):
        # Joins one a round, leaves by number, and every third comes every second or fourth round only.
        here = [
            member
            for place, member in enumerate(everyone)
            if place <= 21 + number and place >= number // 4 and (place % 3 or number % (2 + 2 * (place % 2)) == 0)
        ]
        plan = plan_groups(here, History.of(last), number, number)
        assert not plan.unplaced
        seen[plan.repeats.total] += 1
        last.update(dict.fromkeys(pairs_in(plan), number))
    assert seen == {0: 18}
