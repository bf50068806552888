"""Rounds of introductions: everyone once, nobody barred, no repeat that could be avoided."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import time
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.cadence import Window
from bot.domain.pairing import Candidate, Plan, plan_groups

Pair = frozenset[str]
NOBODY: frozenset[Pair] = frozenset()


def people(count: int, trios: Counter[str] | None = None) -> list[Candidate]:
    ids = [f"U{number:02}" for number in range(count)]
    return [Candidate(person, Window(), (trios or Counter())[person]) for person in ids]


def pairs_in(plan: Plan) -> list[Pair]:
    return [frozenset(two) for group in plan.groups for two in combinations(group.people, 2)]


def play(count: int, rounds: int, seed: int) -> Iterator[tuple[int, Plan, list[int], Counter[str]]]:
    """Play rounds with one pool; yield the number, the plan, the ages of repeats and trios so far."""
    met: dict[Pair, int] = {}
    trios: Counter[str] = Counter()
    for number in range(1, rounds + 1):
        plan = plan_groups(people(count, trios), met, number, seed * 1000 + number)
        ages = [number - met[pair] for pair in pairs_in(plan) if pair in met]
        met.update(dict.fromkeys(pairs_in(plan), number))
        trios.update(person for group in plan.groups if len(group.people) == 3 for person in group.people)
        yield number, plan, ages, trios


@pytest.mark.parametrize("count", [4, 8, 10, 24])
def test_an_even_pool_meets_everyone_before_any_repeat_and_then_in_the_same_rhythm(count: int) -> None:
    for seed in range(5):
        for number, plan, ages, _ in play(count, 2 * count, seed):
            assert not plan.unplaced
            assert [len(group.people) for group in plan.groups] == [2] * (count // 2)
            assert set(ages) <= {count - 1}
            assert bool(ages) == (number >= count)


def test_twenty_five_people_have_four_rounds_without_a_repeat() -> None:
    for seed in range(50):
        for number, plan, ages, trios in play(25, 4, seed):
            assert ages == []
            assert sorted(len(group.people) for group in plan.groups) == [2] * 11 + [3]
            assert len(trios) == 3 * number


@pytest.mark.parametrize("count", [3, 5, 7, 9, 13])
def test_in_an_odd_pool_the_turns_for_three_go_round(count: int) -> None:
    for seed in range(3):
        for _, plan, _, trios in play(count, 3 * count, seed):
            assert not plan.unplaced
            assert sum(len(group.people) == 3 for group in plan.groups) == 1
            turns = [trios[person.id] for person in people(count)]
            assert max(turns) - min(turns) <= 2


def test_the_third_seat_is_for_somebody_who_had_it_least() -> None:
    trios = Counter({person.id: 1 for person in people(9)[:8]})

    for seed in range(20):
        plan = plan_groups(people(9, trios), {}, 1, seed)
        three = next(group for group in plan.groups if len(group.people) == 3)
        assert "U08" in three.people


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_is_introduced_to_nobody(count: int) -> None:
    assert plan_groups(people(count), {}, 1, 7) == Plan((), tuple(person.id for person in people(count)))


def test_two_people_meet_again_rather_than_nobody() -> None:
    plan = plan_groups(people(2), {frozenset(("U00", "U01")): 4}, 5, 7)

    assert [(group.people, group.reason) for group in plan.groups] == [(("U00", "U01"), "longest")]


def test_a_new_group_says_so() -> None:
    met = {frozenset(("U00", "U01")): 1, frozenset(("U00", "gone")): 1}

    assert {group.reason for group in plan_groups(people(4), met, 2, 7).groups} == {"new"}


def test_one_person_twice_in_a_pool_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        plan_groups([*people(3), people(1)[0]], {}, 1, 7)


def test_a_common_working_hour_is_worth_something_and_less_than_meeting_somebody_new() -> None:
    day, night = Window(), Window(time(20), time(3))
    pool = [Candidate(person, window) for person, window in zip("abcd", (day, day, night, night), strict=True)]
    together = {frozenset("ab"): 1, frozenset("cd"): 1}

    for seed in range(20):
        assert set(pairs_in(plan_groups(pool, {}, 30, seed))) == set(together)
        assert set(pairs_in(plan_groups(pool, together, 30, seed))).isdisjoint(together)


def test_the_seed_is_the_lot() -> None:
    plans = {plan_groups(people(10), {}, 1, seed) for seed in range(30)}

    assert len(plans) > 20


def test_the_groups_are_the_same_on_every_machine() -> None:
    assert [group.people for group in plan_groups(people(7), {}, 3, 2026).groups] == [
        ("U00", "U02", "U04"),
        ("U01", "U06"),
        ("U03", "U05"),
    ]


def test_a_pair_takes_in_whoever_would_stay_alone() -> None:
    nobody_for_d = frozenset(frozenset(("d", other)) for other in "abc")

    plan = plan_groups([Candidate(person, Window()) for person in "abcd"], {}, 1, 7, nobody_for_d)

    assert [group.people for group in plan.groups] == [("a", "b", "c")]
    assert plan.unplaced == ("d",)


def test_turns_for_three_give_way_before_somebody_stays_alone() -> None:
    pool = [Candidate("a", Window(), 0), *(Candidate(person, Window(), 5) for person in "bcde")]
    barred = frozenset(frozenset(("a", other)) for other in "cde")

    plan = plan_groups(pool, {}, 1, 7, barred)

    assert [group.people for group in plan.groups] == [("a", "b"), ("c", "d", "e")]


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[Candidate], dict[Pair, int], frozenset[Pair], int]:
    count = draw(st.integers(2, 9))
    pool = people(count, Counter({f"U{place:02}": draw(st.integers(0, 3)) for place in range(count)}))
    every = [frozenset((one.id, other.id)) for one, other in combinations(pool, 2)]
    met = draw(st.dictionaries(st.sampled_from(every), st.integers(1, 19)))
    barred = draw(st.frozensets(st.sampled_from(every), max_size=draw(st.integers(0, 2 * count))))
    return pool, met, barred, draw(st.integers(0, 1 << 40))


@settings(max_examples=150)
@given(pools(), st.randoms(use_true_random=False))
def test_hard_rules_hold_whatever_the_history(
    drawn: tuple[list[Candidate], dict[Pair, int], frozenset[Pair], int], order: object
) -> None:
    pool, met, barred, seed = drawn

    plan = plan_groups(pool, met, 20, seed, barred)

    placed = [person for group in plan.groups for person in group.people]
    assert sorted([*placed, *plan.unplaced]) == [person.id for person in pool]
    assert {len(group.people) for group in plan.groups} <= {2, 3}
    assert barred.isdisjoint(pairs_in(plan))
    for group in plan.groups:
        met_before = any(frozenset(two) in met for two in combinations(group.people, 2))
        assert group.reason == ("longest" if met_before else "new")
    for alone in plan.unplaced:
        hosts = [group.people for group in plan.groups if len(group.people) == 2]
        for company in [*hosts, *((other,) for other in plan.unplaced if other != alone)]:
            assert any(frozenset((alone, member)) in barred for member in company)
    shuffled = list(pool)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert plan_groups(shuffled, dict(reversed(met.items())), 20, seed, barred) == plan


def every_grouping(ids: Sequence[str]) -> Iterator[list[tuple[str, ...]]]:
    """Yield every way to make pairs, and one trio when the number is odd."""
    if not ids:
        yield []
        return
    first, rest = ids[0], ids[1:]
    sizes = (1, 2) if len(ids) % 2 else (1,)
    for size in sizes:
        for company in combinations(rest, size):
            left = [person for person in rest if person not in company]
            if len(ids) % 2 and size == 1 and len(left) < 3:
                continue
            for others in every_grouping(left):
                yield [(first, *company), *others]


def repeats(groups: Sequence[tuple[str, ...]], met: dict[Pair, int], now: int) -> tuple[int, int]:
    """Return what repeats cost: within the last eight rounds, and at all, rising the newer they are."""
    oldest = max((now - last for last in met.values()), default=1)
    pairs = (frozenset(two) for group in groups for two in combinations(group, 2))
    ages = [now - met[pair] for pair in pairs if pair in met]
    return sum(max(0, 9 - age) for age in ages), sum(2 * oldest - age for age in ages)


@settings(max_examples=60)
@given(st.integers(2, 8), st.data())
def test_no_other_grouping_repeats_less(count: int, data: st.DataObject) -> None:
    pool = people(count)
    every = [frozenset((one.id, other.id)) for one, other in combinations(pool, 2)]
    met = {pair: last for pair in every if (last := data.draw(st.integers(0, 19)))}

    plan = plan_groups(pool, met, 20, data.draw(st.integers(0, 99)))

    best = min(repeats(groups, met, 20) for groups in every_grouping([person.id for person in pool]))
    assert repeats([group.people for group in plan.groups], met, 20) == best
