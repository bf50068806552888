"""The version of the pairing tells what made a round: other results for the same pools need another version."""

from hashlib import sha256

from benchmarks.companies import draw_company, draw_history
from bot.domain.pairing import PAIRING_VERSION, Rules
from tests.domain.pairing.pools import Case, draw_case

# What each version makes of the same pools; the line of a version that was released never changes.
RESULTS = {
    1: "272744f7f8f3d3c2d4788d9115fce64922492f97811679e0fa37fac6fd486063",
    2: "f09759597351cbec87197f5ef34c4743014203d7742d5a463b8452b8baa67a7b",
}


def test_another_result_of_the_same_pools_has_another_version() -> None:
    cases = [draw_case(seed, (3, 4, 7, 12, 40, 90)) for seed in range(40)]
    cases.append(Case(draw_company(320, 3), draw_history(320, 6, 3), Rules(), 7, 3))

    results = sha256()
    for case in cases:
        plan = case.plan()
        made = (
            [(group.people, group.reason.kind.value) for group in plan.groups],
            [(one.person, one.cause.value) for one in plan.unplaced],
        )
        results.update(repr(made).encode())

    assert results.hexdigest() == RESULTS.get(PAIRING_VERSION), (
        "The pairing makes other groups of the same pools than it did. Old rounds cannot be worked out again with it: "
        "raise PAIRING_VERSION in bot/domain/pairing and add a line with the new digest to RESULTS."
    )
