"""What people want and offer decides first; then no recent meeting, teams, new faces and partners who answer."""

from dataclasses import replace
from itertools import combinations

import pytest

from bot.domain.pairing import History, Lesson, Member, Plan, ReasonKind, Rules, plan_groups
from tests.domain.pairing.pools import play, skilled


def member(name: str, offers: str = "", wants: str = "", team: str = "") -> Member:
    return Member(name, offers=frozenset(offers.split()), wants=frozenset(wants.split()), team=team)


def groups(plan: Plan) -> list[tuple[str, ...]]:
    return [group.people for group in plan.groups]


def test_a_swap_goes_before_a_lesson_and_says_who_teaches_whom_what() -> None:
    people = [member("a", "sql", "go"), member("b", "go", "sql"), member("c", "go"), member("d", "", "sql")]

    for seed in range(20):
        plan = plan_groups(people, History(), 1, seed)
        assert groups(plan) == [("a", "b"), ("c", "d")]
        assert plan.groups[0].reason.kind == ReasonKind.SWAP
        assert plan.groups[0].reason.lessons == (Lesson("a", "b", "sql"), Lesson("b", "a", "go"))
        assert plan.groups[1].reason.kind == ReasonKind.LOT


# Each row: what a and b have that a and c have not, strongest first; the rest is a lot.
ALONE = frozenset({frozenset("ad")})


def best_partner(bonus: str, malus: str, seed: int) -> str:
    """Return whom `a` gets of b, with `bonus`, and c, whom everything but `malus` speaks for."""
    a, b, c, d = (member(name, team="") for name in "abcd")
    last: dict[frozenset[str], int] = {frozenset("bd"): 5, frozenset("cd"): 5, frozenset("ad"): 89}
    if bonus == "lesson":
        b, a = replace(b, offers=frozenset({"sql"})), replace(a, wants=frozenset({"sql"}))
    if malus == "recent":
        last[frozenset("ac")] = 85
    if malus == "team":
        a, c = replace(a, team="blue"), replace(c, team="blue")
    if malus == "met":
        last[frozenset("ac")] = 40
    if malus == "silent":
        a = replace(a, silent=frozenset("c"))
    for weaker in ("team", "met", "silent"):
        if bonus == weaker:
            break
    plan = plan_groups([a, b, c, d], History.of(last), 90, seed, Rules(again_after=4))
    return next(other for group in groups(plan) if "a" in group for other in group if other != "a")


@pytest.mark.parametrize("malus", ["recent", "team", "met", "silent"])
def test_each_preference_decides_when_nothing_above_it_does(malus: str) -> None:
    assert {best_partner("", malus, seed) for seed in range(20)} == {"b"}


def test_whoever_had_no_response_gets_somebody_who_gave_one() -> None:
    a = replace(member("a"), silent=frozenset({"x"}))
    d = replace(member("d"), silent=frozenset({"c"}))

    for seed in range(20):
        assert groups(plan_groups([a, member("b"), member("c"), d], History(), 1, seed)) == [("a", "d"), ("b", "c")]


def test_the_order_of_the_preferences() -> None:
    # a has b and c; each step gives b the stronger advantage and c all the weaker ones.
    blue_a, blue_b = member("a", team="blue"), member("b", "sql", team="blue")
    last = {frozenset("ab"): 85, frozenset("cd"): 85, frozenset("bd"): 85, frozenset("ad"): 89}
    for seed in range(20):
        people = [replace(blue_a, wants=frozenset({"sql"})), blue_b, member("c", team="red"), member("d")]
        plan = plan_groups(people, History.of(last), 90, seed, Rules(again_after=4))
        assert ("a", "b") in groups(plan)
        people = [blue_a, replace(blue_b, offers=frozenset()), member("c", team="red"), member("d")]
        last_seen = {frozenset("ac"): 85, frozenset("bd"): 85, frozenset("ad"): 85, frozenset("bc"): 85}
        plan = plan_groups(people, History.of(last_seen), 90, seed, Rules(again_after=4))
        assert ("a", "b") in groups(plan)


def test_whoever_taught_two_rounds_running_rests_while_others_offer_the_same() -> None:
    tired = replace(member("a", "sql"), taught=2)
    people = [tired, member("b", "sql"), member("c", wants="sql"), member("d")]

    for seed in range(20):
        plan = plan_groups(people, History(), 3, seed)
        assert groups(plan) == [("a", "d"), ("b", "c")]
        assert not plan.groups[0].reason.lessons
    only_one = [tired, member("b"), member("c", wants="sql"), member("d")]
    assert ("a", "c") in groups(plan_groups(only_one, History(), 3, 7))


@pytest.mark.parametrize("seed", range(3))
def test_nobody_teaches_three_rounds_running_while_others_offer_the_same(seed: int) -> None:
    people = skilled(24, seed)
    running = dict.fromkeys((one.id for one in people), 0)
    for _, plan in play(people, 20, seed):
        lessons = [lesson for group in plan.groups for lesson in group.reason.lessons]
        teachers = {lesson.teacher for lesson in lessons}
        running = {name: (rounds + 1) * (name in teachers) for name, rounds in running.items()}
        for lesson in lessons:
            others = [one for one in people if lesson.topic in one.offers and one.id != lesson.teacher]
            assert running[lesson.teacher] <= 2 or not others


def test_three_teach_each_other_in_a_ring_where_no_two_can_swap() -> None:
    people = [member("a", "go", "sql"), member("b", "css", "go"), member("c", "sql", "css")]
    people += [member(name) for name in "defghijklmno"]

    for seed in range(10):
        plan = plan_groups(people, History(), 1, seed, Rules(group_size=3))
        ring = next(group for group in plan.groups if "a" in group.people)
        assert ring.people == ("a", "b", "c")
        assert ring.reason.kind == ReasonKind.RING
        assert [lesson.topic for lesson in ring.reason.lessons] == ["go", "css", "sql"]


def test_teams_mix_when_nobody_has_anything_to_teach() -> None:
    people = [member(f"{place}{team}", team=team) for place in range(8) for team in ("blue", "red")]

    for seed in range(5):
        plan = plan_groups(people, History(), 1, seed)
        assert {group.reason.kind for group in plan.groups} == {ReasonKind.TEAMS}


def test_never_met_is_said_once_somebody_has_met() -> None:
    people = [member(name) for name in "abcd"]

    plan = plan_groups(people, History.of({frozenset("ab"): 1, frozenset("cd"): 1}), 2, 7)

    assert {group.reason.kind for group in plan.groups} == {ReasonKind.NEW}
    assert all(frozenset(two) not in ({"a", "b"}, {"c", "d"}) for g in groups(plan) for two in combinations(g, 2))
