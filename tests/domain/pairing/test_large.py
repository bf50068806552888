"""Pools in which not every pair can be weighed: the same rules, nobody left over, and a proof."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.companies import COMPANIES, draw_company, draw_history, draw_lived_history, draw_pool
from benchmarks.proofs import exact_value, searched_value
from bot.domain.pairing import Cause, History, Member, Rules, plan_groups
from bot.domain.pairing._auction import SCALE
from bot.domain.pairing._bound import bound_of, prove
from bot.domain.pairing._pool import build_pool
from bot.domain.pairing._repair import pair_leftovers
from bot.domain.pairing._scores import build_scorer
from tests.domain.pairing.pools import Case, may_meet, pairs_in
from tests.effort import effort, longer


@longer
@pytest.mark.parametrize("size", [301, 302, 700, 2001, 2600][: effort(2, 5)])
@pytest.mark.parametrize("group_size", [2, 3])
def test_every_rule_holds_and_nobody_meets_again(size: int, group_size: int) -> None:
    case = Case(draw_company(size, 3), draw_history(size, 12, 3), Rules(group_size=group_size), 13, 3)

    plan = case.plan()

    people = {member.id: member for member in case.members}
    placed = Counter(person for group in plan.groups for person in group.people)
    assert not plan.unplaced
    assert placed == Counter(people.keys())
    assert all(may_meet([people[person] for person in group.people]) for group in plan.groups)
    if group_size == 2:
        assert sorted(Counter(len(group.people) for group in plan.groups)) == ([2, 3] if size % 2 else [2])
        assert not set(pairs_in(plan)) & case.repeats
        assert plan.repeats.total == 0
        assert plan.quality.distance is not None
        assert plan.quality.distance < 0.02


@longer
@pytest.mark.parametrize(("company", "size"), [("mixed", 200), ("hot", 400), ("mixed", 1_000)][: effort(1, 3)])
def test_groups_of_three_are_as_good_as_those_of_a_plain_search(company: str, size: int) -> None:
    members = draw_pool(company, size, 3)
    case = Case(members, draw_lived_history(members, 12, 3), Rules(group_size=3), 13, 3)

    plan = case.plan()

    pool = build_pool(case.members, case.rules, case.history, case.number, case.seed)
    assert plan.quality.value >= 0.98 * searched_value(pool, 0.1 * effort(3, 30))
    assert sum(len(group.people) != 3 for group in plan.groups) == (size % 3 > 0)
    assert plan.repeats.total == 0


@longer
@pytest.mark.parametrize("seed", range(effort(1, 3)))
def test_the_plan_of_some_hundred_people_is_the_best_of_all_pairs(seed: int) -> None:
    case = Case(draw_company(400, seed), draw_history(400, 12, seed), Rules(), 13, seed)

    plan = case.plan()

    best = exact_value(case.members, case.rules, case.history, case.number, case.seed)
    assert best is not None
    assert plan.repeats.total == best.repeats == 0
    assert 0.9995 * best.value <= plan.quality.value <= best.value
    assert plan.quality.bound is not None
    assert plan.quality.bound >= best.value


@longer
@pytest.mark.parametrize("seed", range(effort(20, 200)))
def test_any_prices_prove_a_bound_that_no_plan_exceeds(seed: int) -> None:
    lots = np.random.default_rng(seed)
    size = 2 * int(lots.integers(8, 30))
    members = draw_pool(("mixed", "hot", "few-topics", "two-teams")[seed % 4], size, seed)
    case = Case(members, draw_lived_history(members, 4, seed), Rules(), 5, seed)
    best = exact_value(case.members, case.rules, case.history, case.number, case.seed)
    scorer = build_scorer(build_pool(case.members, case.rules, case.history, case.number, case.seed))
    prices = lots.integers(-1_000, 4_000, size)

    bound = bound_of(scorer, prices)

    # The same with each pair looked at from both sides.
    price = prices // SCALE
    lacks = (scorer.new_rows(np.arange(size)).astype(int) - price[None, :]).max(axis=1) - price
    assert bound == prove(scorer, prices, 0).bound == price.sum() - (-lacks.sum() // 2)
    assert best is None or best.repeats or bound >= best.value


@longer
@pytest.mark.parametrize(("company", "size"), [("hot", 600), ("hot", 2_600), ("mixed", 2_600)][: effort(1, 3)])
def test_a_round_knows_how_near_to_the_best_it_is(company: str, size: int) -> None:
    members = draw_pool(company, size, 3)
    case = Case(members, draw_lived_history(members, 12, 3), Rules(), 13, 3)

    quality = case.plan().quality

    assert quality.distance is not None
    assert quality.distance < 0.0015
    if size < 1_000:
        best = exact_value(case.members, case.rules, case.history, case.number, case.seed)
        assert best is not None
        assert quality.value <= best.value <= (quality.bound or 0)


def test_the_same_seed_gives_the_same_plan_in_any_order() -> None:
    members, history = draw_company(800, 5), draw_history(800, 6, 5)

    one = plan_groups(members, history, 7, 11)
    other = plan_groups(members[::-1], history, 7, 11)

    assert one == other
    assert plan_groups(members, history, 7, 12) != one


def test_repeats_come_only_where_nobody_else_is_allowed() -> None:
    crowd = [Member(f"U{place:03}", languages=frozenset({"en"})) for place in range(400)]
    few = [Member(name, languages=frozenset({"fi"})) for name in "XYZ"]
    lonely = Member("Q", languages=frozenset({"mt"}))
    met = {frozenset(pair): 3 for pair in ("XY", "XZ", "YZ")}

    plan = plan_groups([*crowd, *few, lonely], History.of(met), 9, 7)

    assert [(one.person, one.cause) for one in plan.unplaced] == [("Q", Cause.LANGUAGE)]
    assert ("X", "Y", "Z") in [group.people for group in plan.groups]
    assert (plan.repeats.total, plan.repeats.all_met) == (3, 3)


def test_a_chain_of_exchanges_places_two_whom_no_single_exchange_can() -> None:
    names = "abcdef"
    # Only a-b, b-c, c-d, d-e and e-f may meet; b-c and d-e are pairs, a and f are left over.
    line = {frozenset(two) for two in pairwise(names)}
    members = [
        Member(one, blocked=frozenset(other for other in names if frozenset((one, other)) not in line and other != one))
        for one in names
    ]
    scorer = build_scorer(build_pool(members, Rules(), History(), 1, 1))

    pairs, left = pair_leftovers(scorer, [(1, 2), (3, 4)], [0, 5])

    assert sorted(pairs) == [(0, 1), (2, 3), (4, 5)]
    assert left == []


@longer
@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("size", [340, 401][: effort(1, 2)])
def test_people_who_are_all_alike_are_paired_as_well_as_others(company: str, size: int) -> None:
    members, history = draw_pool(company, size, 2), draw_history(size, 10, 2)
    case = Case(members, history, Rules(), 11, 2)

    plan = case.plan()

    people = {member.id: member for member in members}
    assert not plan.unplaced
    assert all(may_meet([people[person] for person in group.people]) for group in plan.groups)
    assert not set(pairs_in(plan)) & case.repeats
    bound = plan.quality.bound
    assert bound is not None
    assert plan.quality.value <= bound
    best = exact_value(members, case.rules, history, case.number, case.seed)
    if best is not None:
        assert best.value - 0.001 * abs(best.value) <= plan.quality.value <= best.value <= bound


def test_equally_good_partners_take_no_more_room_than_others() -> None:
    scorer = build_scorer(build_pool(draw_pool("silent", 2500, 1), Rules(), History(), 1, 1))

    proof = prove(scorer, np.zeros(2500, np.int64), 40)

    degree = np.bincount(np.concatenate([proof.near.one, proof.near.other]), minlength=2500)
    assert degree.min() >= 16
    assert len(proof.near.one) <= 2500 * 32
