"""The fewest repeats a round could have had, by exact matching over every way to seat the odd one."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations

import rustworkx

from bot.domain.inputs import Inputs
from bot.domain.pairing import Member
from bot.simulation.rules import may_meet

# Above this many people all pairs are too many to match exactly in the time a simulation has.
MOST_SOLVED = 200

Pair = frozenset[str]


def fewest_repeats(inputs: Inputs, repeats: int) -> int | None:
    """Return the fewest repeats of any plan that places everybody in pairs and, if they are odd, one trio in turn.

    `repeats` are those of the plan to compare with; the search ends where no better one can come. None where
    the pool is too large, or nobody can place everybody in this way.
    """
    members = inputs.members
    if repeats == 0:
        return 0
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


def _out_of_turn(trio: tuple[Member, ...], fewest: int) -> int:
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
