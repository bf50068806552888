"""From a pool to groups: pairs for an even pool, one trio more for an odd one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from heapq import nsmallest
from itertools import combinations

from bot.domain.pairing._costs import MOST_UNFAIR, Costs, pair_costs
from bot.domain.pairing._matching import cheapest_matching, split_into_rounds, without
from bot.domain.pairing._values import LONGEST, NEW, Candidate, Pair, Plan, PlannedGroup

PAIR, TRIO = 2, 3
# Up to this pool every due third seat is tried with everyone; above it three of them, drawn by lot, with
# those who suit each of them best.
SMALL_POOL = 60
COMPANY = 40
# Looking ahead takes a matching for each round to come: for this many people a quarter of a second, for
# 200 almost two.
MOST_LOOKED_AHEAD = 120
# Any week does for asking whether two people share working hours; this one has no clock change.
_ORDINARY_WEEK = date(2026, 1, 5)

Group = tuple[int, ...]


def plan_groups(
    pool: Sequence[Candidate],
    met: Mapping[Pair, int],
    round_number: int,
    seed: int,
    barred: frozenset[Pair] = frozenset(),
    *,
    week: date = _ORDINARY_WEEK,
) -> Plan:
    """Plan who meets whom: pairs, and one trio when the pool is odd.

    `met` holds, for pairs of ids, the last round in which the two were introduced; `round_number` is
    the one to plan, greater than those. Pairs in `barred` are never put together. `week` is the Monday
    whose clock offsets decide who shares a working hour.

    A person is left over only when everyone they may meet is taken and no pair may take them in. The
    third seat goes to somebody who was in a trio least often; who sits with them weighs less than a
    repeat.

    Raises:
        ValueError: An id stands twice in the pool.
    """
    people = sorted(pool, key=lambda person: person.id)
    ids = [person.id for person in people]
    if len(set(ids)) < len(ids):
        raise ValueError("Somebody stands twice in the pool.")
    if len(people) < PAIR:
        return Plan((), tuple(ids))
    costs = pair_costs(people, met, round_number, seed, barred, week)
    groups = _with_a_trio(people, costs) if len(people) % PAIR else _in_pairs(costs, seed)
    groups = _take_in(groups, range(len(people)), costs)
    placed = {person for group in groups for person in group}
    return Plan(
        tuple(PlannedGroup(tuple(ids[p] for p in group), _reason(group, costs)) for group in groups),
        tuple(ids[p] for p in range(len(people)) if p not in placed),
    )


def _reason(group: Group, costs: Costs) -> str:
    return NEW if all(costs.is_new(a, b) for a, b in combinations(group, PAIR)) else LONGEST


def _in_pairs(costs: Costs, seed: int) -> list[Group]:
    """Return the cheapest pairs that leave the way open to meeting everyone before any repeat.

    The cheapest pairs of a round can make a later round without a repeat impossible. While a pool stays
    the same, what is left of its never-met graph is regular, and the round is chosen so that it can
    still be split into full rounds. Source: Anderson (1991), Rosa and Wallis (1982) on premature sets
    of one-factors.
    """
    best = cheapest_matching(range(len(costs.pairs)), costs.pairs, costs.repeat)
    if len(costs.pairs) > MOST_LOOKED_AHEAD:
        return list(best)
    unmet = [frozenset(b for b in row if costs.is_new(a, b)) for a, row in enumerate(costs.pairs)]
    degree = len(unmet[0])
    if any(len(row) != degree for row in unmet) or degree <= 1:
        return list(best)
    # A regular graph of at least half of everyone can always be split. Source: Csaba, Kuehn, Lo,
    # Osthus and Treglown (2016), Proof of the 1-factorization and Hamilton decomposition conjectures.
    if degree - 1 >= len(unmet) // 2:
        return list(best)
    rest = without(unmet, best)
    regular = all(len(row) == degree - 1 for row in rest)
    if regular and split_into_rounds([frozenset(row) for row in rest], seed) is not None:
        return list(best)
    rounds = split_into_rounds(unmet, seed)
    return list(min(rounds, key=lambda match: _total(match, costs)) if rounds else best)


def _total(groups: Iterable[Group], costs: Costs) -> int:
    return sum(costs.pairs[a][b] for group in groups for a, b in combinations(group, PAIR))


def _with_a_trio(people: Sequence[Candidate], costs: Costs) -> list[Group]:
    """Return the best groups with one trio, or with none when nobody may sit as third."""
    everyone = list(range(len(people)))
    fewest = min(person.trios for person in people)
    due = [p for p in everyone if people[p].trios == fewest]
    close = [p for p in everyone if people[p].trios <= fewest + 1]
    best: list[Group] | None = None
    # Turns give way, one step at a time, only so that nobody is left over.
    for thirds, company in ((due, close), (due, everyone), (everyone, everyone)):
        found = _best_with_third(thirds, company, people, costs)
        if found is not None and (best is None or len(found) > len(best)):
            best = found
        if best is not None and len(best) == len(people) // PAIR:
            return best
    return best or list(cheapest_matching(everyone, costs.pairs))


def _best_with_third(
    thirds: Sequence[int], company: Sequence[int], people: Sequence[Candidate], costs: Costs
) -> list[Group] | None:
    """Return the best groups with a trio of one of `thirds` and two of `company`.

    None when no such three may meet. Exact for a small pool; else the most promising trios are tried,
    each with the exact matching of everyone else.
    """
    if len(people) > SMALL_POOL:
        # The cheapest edge of each is a lot of its own; it costs no second hash.
        thirds = nsmallest(3, thirds, key=lambda p: min(costs.pairs[p].values(), default=0))
    trios = {
        tuple(sorted((third, a, b)))
        for third in thirds
        for a, b in combinations(_company(third, company, len(people), costs), PAIR)
        if b in costs.pairs[a]
    }
    fewest = min(person.trios for person in people)

    def price(trio: Group) -> int:
        unfair = sum(min(people[p].trios - fewest, MOST_UNFAIR // TRIO) for p in trio)
        return _total([trio], costs) + unfair * costs.fair

    best: tuple[int, int] | None = None
    chosen: list[Group] | None = None
    for own, trio in nsmallest(_tries(len(people)), ((price(trio), trio) for trio in trios)):
        if best is not None and best <= (0, own):
            break
        pairs = cheapest_matching((p for p in range(len(people)) if p not in trio), costs.pairs, costs.repeat)
        worth = (len(people) - TRIO - PAIR * len(pairs), own + _total(pairs, costs))
        if best is None or worth < best:
            best, chosen = worth, [trio, *pairs]
        if best < (0, costs.soft):
            # Only lots could differ.
            break
    return chosen


def _company(third: int, company: Sequence[int], size: int, costs: Costs) -> list[int]:
    allowed = [p for p in company if p in costs.pairs[third]]
    return allowed if size <= SMALL_POOL else nsmallest(COMPANY, allowed, key=costs.pairs[third].__getitem__)


def _tries(size: int) -> int:
    """Return how many trios are worth an exact matching of everyone else."""
    small, middle = 11, 120
    if size <= small:
        return size**3
    if size <= SMALL_POOL:
        return 80
    return 8 if size <= middle else 2


def _take_in(groups: Sequence[Group], everyone: Iterable[int], costs: Costs) -> list[Group]:
    """Let pairs take in whoever is left over, as long as all three may meet; cheapest first."""
    taken = [tuple(sorted(group)) for group in groups]
    placed = {person for group in taken for person in group}
    for person in everyone:
        if person in placed:
            continue
        hosts = [
            group for group in taken if len(group) == PAIR and all(member in costs.pairs[person] for member in group)
        ]
        if hosts:
            host = min(hosts, key=lambda group: _total([(person, group[0]), (person, group[1])], costs))
            taken[taken.index(host)] = tuple(sorted((person, *host)))
    return sorted(taken)
