"""Hard rules, over thousands of random pools of every size and kind."""

import random
from collections import Counter
from itertools import combinations

import pytest

from bot.domain.pairing import Cause, History, Member, ReasonKind, plan_groups
from tests.domain.pairing.pools import Case, draw_case, may_meet, pairs_in
from tests.effort import effort, longer

CASES = effort(300, 2000)
# Every size, and much more often the small ones, which take a tenth of the time.
SIZES = (*range(61), *15 * tuple(range(21)))
BATCHES = 20


def check(case: Case) -> None:
    plan = case.plan()

    people = {member.id: member for member in case.members}
    placed = Counter(person for group in plan.groups for person in group.people)
    alone = [one.person for one in plan.unplaced]
    assert placed == Counter(people.keys() - set(alone))
    assert sorted([*placed, *alone]) == sorted(people)
    for group in plan.groups:
        assert 2 <= len(group.people) <= min(case.rules.group_size + 1, 5)
        assert may_meet([people[person] for person in group.people])
        check_reason(case, group.people, group.reason)
    again = [pair for pair in pairs_in(plan) if pair in case.repeats]
    assert plan.repeats.total == len(again)
    assert plan.repeats.recent == sum(case.met[pair] <= 8 for pair in again)
    for one in plan.unplaced:
        lonely = people[one.person]
        others = [other for other in case.members if other is not lonely]
        nobody_allowed = not any(may_meet([lonely, other]) for other in others)
        assert (one.cause == Cause.TAKEN) != nobody_allowed
        # A person who stays alone fits in no group that has room, and with nobody else who stays alone.
        for group in plan.groups:
            if len(group.people) < min(case.rules.group_size + 1, 5):
                assert not may_meet([lonely, *(people[person] for person in group.people)])
        assert not any(may_meet([lonely, people[other]]) for other in alone if other != one.person)


def check_reason(case: Case, group: tuple[str, ...], reason: object) -> None:
    people = {member.id: member for member in case.members}
    met = case.met
    ages = [met[pair] for two in combinations(group, 2) if (pair := frozenset(two)) in met]
    assert reason.rounds_ago == min(ages, default=None)  # type: ignore[attr-defined]
    lessons = reason.lessons  # type: ignore[attr-defined]
    for lesson in lessons:
        assert {lesson.teacher, lesson.learner} <= set(group)
        assert lesson.topic in people[lesson.teacher].offers & people[lesson.learner].wants
    kind = reason.kind  # type: ignore[attr-defined]
    if kind == ReasonKind.SWAP:
        assert (lessons[0].teacher, lessons[0].learner) == (lessons[1].learner, lessons[1].teacher)
    if kind == ReasonKind.RING:
        assert [lesson.learner for lesson in lessons[:3]] == [lessons[place].teacher for place in (1, 2, 0)]
    if kind == ReasonKind.TEAMS:
        teams = [people[person].team for person in group]
        assert all(teams)
        assert len(set(teams)) == len(teams)
    assert bool(lessons) == (kind in {ReasonKind.SWAP, ReasonKind.RING, ReasonKind.LESSON})


@longer
@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_rule_is_ever_broken(batch: int) -> None:
    for seed in range(batch * CASES // BATCHES, (batch + 1) * CASES // BATCHES):
        check(draw_case(seed, SIZES))


@longer
def test_the_order_of_the_input_changes_nothing() -> None:
    for seed in range(effort(20, 100)):
        case = draw_case(seed, range(30))
        lots = random.Random(seed)  # noqa: S311 - not a secret
        members = lots.sample(case.members, len(case.members))

        again = Case(members, case.history, case.rules, case.number, case.seed)

        assert again.plan() == case.plan()


def test_the_groups_are_the_same_on_every_machine() -> None:
    names = [f"U{place:02}" for place in range(9)]
    people = [Member(name, team=f"team {place % 3}") for place, name in enumerate(names)]

    plan = plan_groups(people, History.of({frozenset(names[:2]): 1}), 3, 2026)

    assert [group.people for group in plan.groups] == [
        ("U00", "U04", "U08"),
        ("U01", "U02"),
        ("U03", "U05"),
        ("U06", "U07"),
    ]
