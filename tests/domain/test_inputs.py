"""What a round was worked out from is read back exactly as it was written down."""

import zlib

import pytest

from bot.domain.round_inputs import Inputs, digest_of, read_back, write_down
from tests.domain.pairing.pools import draw_case


@pytest.mark.parametrize("seed", range(60))
def test_inputs_come_back_as_they_were_and_give_the_same_plan(seed: int) -> None:
    case = draw_case(seed, range(24))
    met = {pair: case.number - age for pair, age in case.met.items()}
    inputs = Inputs(tuple(case.members), met, case.rules, case.number, case.seed)

    written = write_down(inputs, "a lot")

    again = read_back(written.packed, written.secret)
    assert again == inputs
    assert again.plan() == inputs.plan()
    assert digest_of(written.packed, written.secret) == written.digest


def test_private_lists_stand_in_the_secret_part_only_and_cannot_be_tried_out_against_the_digest() -> None:
    cases = (draw_case(seed, (12,)) for seed in range(100))
    case = next(one for one in cases if any(member.blocked for member in one.members))
    inputs = Inputs(tuple(case.members), {}, case.rules, case.number, case.seed)

    one, other = write_down(inputs, "one lot"), write_down(inputs, "another lot")

    assert b"blocked" not in zlib.decompress(one.packed)
    assert "blocked" in one.secret
    assert one.packed == other.packed
    assert one.digest != other.digest
