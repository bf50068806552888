"""The fewest people alone and the fewest repeats a round could have had, by ways that prove it."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import combinations

import rustworkx

from bot.domain.pairing import Member
from bot.domain.round_inputs import Inputs
from bot.simulation.rules import may_meet

# Above this many people all pairs are too many to match exactly in the time a simulation has.
MOST_SOLVED = 200
# Up to so many people every way to form groups is tried.
MOST_TRIED = 9
LARGEST = 5

Pair = frozenset[str]


def fewest_alone(inputs: Inputs, alone: int) -> int | None:
    """Return how many people any plan leaves in no group; `alone` are those of the plan to compare with.

    None where that is not known: more people are alone than have nobody whom they may meet, and they are too many
    to try everything.
    """
    members = _with_somebody(inputs)
    hopeless = len(inputs.members) - len(members)
    if alone <= hopeless:
        return hopeless
    return hopeless + _best(inputs, members)[0] if len(members) <= MOST_TRIED else None


def fewest_repeats(inputs: Inputs, repeats: int) -> int | None:
    """Return the fewest repeats of any plan that leaves as few as possible alone, in groups of as good sizes and turns.

    `repeats` are those of the plan to compare with; the search ends where no better one can come. Of many people
    all who may meet somebody have to be placed in pairs and, if they are odd, one trio in turn. None where that
    cannot be, or the pool is too large.
    """
    if repeats == 0:
        return 0
    members = _with_somebody(inputs)
    if len(members) <= MOST_TRIED:
        return _best(inputs, members)[2]
    return _fewest_of_many(inputs, members)


def _with_somebody(inputs: Inputs) -> Sequence[Member]:
    """Return those who may meet anybody of the pool."""
    week = inputs.rules.week
    return [
        one
        for one in inputs.members
        if any(other is not one and may_meet((one, other), week) for other in inputs.members)
    ]


def _best(inputs: Inputs, members: Sequence[Member]) -> tuple[int, int, int]:
    """Return the least of all ways to form groups: people alone, then sizes and turns, then repeats."""
    wish, again = inputs.rules.group_size, _again(inputs)
    fewest = min((member.trios for member in members), default=0)
    groups = [
        (
            frozenset(group),
            (size - wish) ** 2 * 3 + (_out_of_turn([members[p] for p in group], fewest) if size > wish else 0),
            sum(frozenset((members[a].id, members[b].id)) in again for a, b in combinations(group, 2)),
        )
        for size in range(2, min(wish + 1, LARGEST) + 1)
        for group in combinations(range(len(members)), size)
        if may_meet([members[p] for p in group], inputs.rules.week)
    ]

    @cache
    def best(free: frozenset[int]) -> tuple[int, int, int]:
        if not free:
            return 0, 0, 0
        first = min(free)
        alone, sizes, repeats = best(free - {first})
        ways = [(alone + 1, sizes, repeats)]
        for group, own_sizes, own_repeats in groups:
            if first in group and group <= free:
                alone, sizes, repeats = best(free - group)
                ways.append((alone, sizes + own_sizes, repeats + own_repeats))
        return min(ways)

    return best(frozenset(range(len(members))))


def _fewest_of_many(inputs: Inputs, members: Sequence[Member]) -> int | None:
    if len(members) > MOST_SOLVED or inputs.rules.group_size > 2:  # noqa: PLR2004 - pairs
        return None
    again = _again(inputs)
    if len(members) % 2 == 0:
        return _matching(members, again, inputs.rules.week)
    fewest = min(member.trios for member in members)
    trios = [
        (_out_of_turn(trio, fewest), sum(frozenset((a.id, b.id)) in again for a, b in combinations(trio, 2)), trio)
        for trio in combinations(members, 3)
        if may_meet(trio, inputs.rules.week)
    ]
    if not trios:
        return None
    turn = min(out for out, _, _ in trios)
    best: int | None = None
    for _, own, trio in sorted((one for one in trios if one[0] == turn), key=lambda one: one[1]):
        if best is not None and own >= best:
            break
        rest = _matching([member for member in members if member not in trio], again, inputs.rules.week)
        if rest is not None and (best is None or own + rest < best):
            best = own + rest
            if best == 0:
                break
    return best


def _again(inputs: Inputs) -> set[Pair]:
    after = inputs.rules.again_after
    return {pair for pair, number in inputs.met.items() if after is None or inputs.number - number < after}


def _out_of_turn(trio: Sequence[Member], fewest: int) -> int:
    trios = [member.trios for member in trio]
    return (min(trios) > fewest) + (max(trios) > fewest + 1)


def _matching(members: Sequence[Member], again: set[Pair], week: date) -> int | None:
    graph: rustworkx.PyGraph[None, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from([None] * len(members))
    graph.add_edges_from(
        [
            (a, b, 1 if frozenset((members[a].id, members[b].id)) in again else 2)
            for a, b in combinations(range(len(members)), 2)
            if may_meet((members[a], members[b]), week)
        ]
    )
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    if 2 * len(found) < len(members):
        return None
    return sum(graph.get_edge_data(a, b) == 1 for a, b in found)
