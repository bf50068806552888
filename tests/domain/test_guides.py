"""Which guide a group gets."""

import pytest

from bot.domain.guides import choose_guides
from bot.library import load_guides

LIBRARY = load_guides()
NONE: frozenset[str] = frozenset()


def situations(chosen: tuple[str, ...]) -> list[str]:
    return [LIBRARY.guides[guide].use_when for guide in chosen]


@pytest.mark.parametrize("situation", [name for name in LIBRARY.situations if name != "trio"])
def test_the_first_situation_that_has_a_guide_decides(situation: str) -> None:
    for seed in "abcdefgh":
        chosen = choose_guides(LIBRARY, [situation, "goal"], 2, NONE, seed)

        assert situations(chosen)[0] == situation
        assert len(set(chosen)) == 3


def test_three_people_get_a_guide_for_three() -> None:
    for seed in "abcdefgh":
        chosen = choose_guides(LIBRARY, ["exchange"], 3, NONE, seed)

        assert situations(chosen)[0] == "trio"
        assert all(LIBRARY.guides[guide].fits in {"trio", "both"} for guide in chosen)


def test_two_people_never_get_a_guide_for_three() -> None:
    every = frozenset(LIBRARY.guides)

    for used in (NONE, every):
        chosen = choose_guides(LIBRARY, ["trio"], 2, used, "s")
        assert all(LIBRARY.guides[guide].fits in {"pair", "both"} for guide in chosen)


def test_without_a_situation_a_first_meeting_and_then_looking_back() -> None:
    first = frozenset(guide.id for guide in LIBRARY.guides.values() if guide.use_when == "first")

    assert situations(choose_guides(LIBRARY, [], 2, NONE, "s"))[0] == "first"
    assert situations(choose_guides(LIBRARY, [], 2, first, "s"))[0] == "reflect"


def test_a_used_guide_comes_back_only_when_nothing_else_is_left() -> None:
    used: set[str] = set()
    fitting = {guide.id for guide in LIBRARY.guides.values() if guide.fits in {"pair", "both"}}

    while used < fitting:
        chosen = choose_guides(LIBRARY, ["stuck"], 2, frozenset(used), "s")
        assert chosen[0] not in used
        used.add(chosen[0])

    assert situations(choose_guides(LIBRARY, ["stuck"], 2, frozenset(used), "s"))[0] == "stuck"


def test_a_guide_can_be_asked_for_by_its_id() -> None:
    wanted = next(guide for guide in LIBRARY.guides.values() if guide.use_when == "quiet")

    assert choose_guides(LIBRARY, [wanted.id], 2, NONE, "s")[0] == wanted.id


def test_the_seed_decides_among_equals_and_always_alike() -> None:
    firsts = {choose_guides(LIBRARY, ["goal"], 2, NONE, f"seed {number}")[0] for number in range(40)}

    assert len(firsts) > 2
    assert choose_guides(LIBRARY, ["goal"], 2, NONE, "x") == choose_guides(LIBRARY, ["goal"], 2, NONE, "x")
