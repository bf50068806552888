"""Random pools with all that makes pairing hard, and the rules read once more, slowly."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache, cached_property
from itertools import combinations

from bot.domain.cadence import Window, common_openings
from bot.domain.pairing import History, Member, Plan, Rules, plan_groups

WINDOWS = (
    Window(),
    Window(time(8), time(17), zone="Europe/Berlin"),
    Window(time(9), time(17, 15), zone="America/Chicago"),
    Window(time(20), time(4), zone="Asia/Kolkata"),
    Window(time(9), time(11), frozenset({0, 1}), "Europe/Lisbon"),
)
WEEK = datetime(2026, 1, 4, tzinfo=UTC)
Pair = frozenset[str]


@dataclass(frozen=True)
class Case:
    """Everything the pairing takes."""

    members: list[Member]
    history: History
    rules: Rules
    number: int
    seed: int

    def plan(self) -> Plan:
        """Plan the round."""
        return plan_groups(self.members, self.history, self.number, self.seed, self.rules)

    @cached_property
    def met(self) -> dict[Pair, int]:
        """Return the ages of meetings that count, for those who are there."""
        here = {member.id for member in self.members}
        columns = zip(self.history.one, self.history.other, self.history.rounds, self.history.met, strict=True)
        found: dict[Pair, int] = {}
        for one, other, number, met in columns:
            if met and one in here and other in here:
                pair = frozenset((one, other))
                found[pair] = min(self.number - number, found.get(pair, self.number))
        return found

    @cached_property
    def repeats(self) -> set[Pair]:
        """Return the pairs that should not meet yet."""
        again = self.rules.again_after
        return {pair for pair, age in self.met.items() if again is None or age < again}


def draw_case(seed: int, sizes: Sequence[int], group_sizes: Sequence[int] = (2, 2, 2, 3, 4, 5)) -> Case:
    """Draw a pool: plain or hard, new or long-standing."""
    lots = random.Random(seed)  # noqa: S311 - not a secret
    size = lots.choice(sizes)
    ids = [f"U{number:03}" for number in range(size)]
    hard = lots.choice((0, 0, 0.5, 1))
    number = lots.choice((1, 5, 30, 60))
    topics = [f"topic {number}" for number in range(lots.choice((3, 12, 80)))]

    def some(population: Sequence[str], most: int) -> frozenset[str]:
        return frozenset(lots.sample(population, min(len(population), lots.randint(0, most))))

    members = [
        Member(
            person,
            window=lots.choice(WINDOWS) if lots.random() < hard else Window(),
            languages=frozenset(lots.sample(("de", "en", "fr"), lots.randint(1, 2)))
            if lots.random() < hard
            else frozenset(),
            writing_ok=lots.random() < 0.3,
            team=lots.choice(("", "blue", "green", "red")),
            manager=lots.choice([*ids, "elsewhere", ""]) if lots.random() < hard else "",
            blocked=some([*ids, "elsewhere"], 3) - {person} if lots.random() < hard / 2 else frozenset(),
            offers=some(topics, 3),
            wants=some(topics, 3),
            trios=lots.randint(0, 2) if number > 1 else 0,
            taught=lots.randint(0, 3),
            silent=some(ids, 1) - {person},
        )
        for person in ids
    ]
    everyone = [*ids, "left"]
    rows = lots.randint(0, size * min(number, 30)) if number > 1 and size else 0
    pairs = [lots.sample(everyone, 2) for _ in range(rows)]
    history = History(
        [one for one, _ in pairs],
        [other for _, other in pairs],
        [lots.randint(1, number - 1) for _ in pairs],
        [lots.random() < 0.9 for _ in pairs],
    )
    rules = Rules(group_size=lots.choice(group_sizes), again_after=lots.choice((None, None, 8, 20)))
    return Case(members, history, rules, number, lots.randrange(1 << 40))


@cache
def openings(window: Window) -> list[tuple[datetime, datetime]]:
    """Return when a window is open in the ordinary week and a day on either side."""
    return common_openings([window], WEEK, WEEK + timedelta(days=9))


@cache
def share_an_hour(windows: frozenset[Window]) -> bool:
    """Tell whether all windows are open for the same whole hour."""
    together = common_openings(list(windows), WEEK, WEEK + timedelta(days=9))
    return any(shuts - opens >= timedelta(hours=1) for opens, shuts in together)


def may_meet(group: Sequence[Member]) -> bool:
    """Tell whether the hard rules allow a group."""
    for one, other in combinations(group, 2):
        if other.id in {one.manager, *one.blocked} or one.id in {other.manager, *other.blocked}:
            return False
        if one.languages and other.languages and not one.languages & other.languages:
            return False
        both_write = one.writing_ok and other.writing_ok
        if not both_write and not share_an_hour(frozenset((one.window, other.window))):
            return False
    spoken = [member.languages for member in group if member.languages]
    if spoken and not frozenset.intersection(*spoken):
        return False
    return all(member.writing_ok for member in group) or share_an_hour(frozenset(m.window for m in group))


def pairs_in(plan: Plan) -> list[Pair]:
    """Return everyone who meets anyone."""
    return [frozenset(two) for group in plan.groups for two in combinations(group.people, 2)]


def play(members: Sequence[Member], rounds: int, seed: int, rules: Rules | None = None) -> Iterator[tuple[int, Plan]]:
    """Play rounds with one pool, keeping history, turns and teaching; yield each plan."""
    last: dict[Pair, int] = {}
    people = {member.id: member for member in members}
    rules = rules or Rules()
    for number in range(1, rounds + 1):
        plan = plan_groups(people.values(), History.of(last), number, seed * 1000 + number, rules)
        last.update(dict.fromkeys(pairs_in(plan), number))
        teachers = {lesson.teacher for group in plan.groups for lesson in group.reason.lessons}
        larger = {p for group in plan.groups if len(group.people) > rules.group_size for p in group.people}
        people = {
            one.id: replace(one, trios=one.trios + (one.id in larger), taught=(one.taught + 1) * (one.id in teachers))
            for one in people.values()
        }
        yield number, plan


def skilled(count: int, seed: int, topics: int = 12, teams: int = 5) -> list[Member]:
    """Return people with teams, offers and wants."""
    lots = random.Random(seed)  # noqa: S311 - not a secret
    names = [f"topic {number}" for number in range(topics)]
    return [
        Member(
            f"U{number:03}",
            team=f"team {lots.randrange(teams)}",
            offers=frozenset(lots.sample(names, 2)),
            wants=frozenset(lots.sample(names, 2)),
        )
        for number in range(count)
    ]
