"""Which guide a group gets."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.guides import OLD_HAND_ROUNDS, choose_guides, situations_of
from bot.library import load_guides

LIBRARY = load_guides()
NONE: dict[str, datetime] = {}
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


def used_now(guides: Iterable[str]) -> dict[str, datetime]:
    return dict.fromkeys(guides, MONDAY)


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
    every = used_now(LIBRARY.guides)

    for used in (NONE, every):
        chosen = choose_guides(LIBRARY, ["trio"], 2, used, "s")
        assert all(LIBRARY.guides[guide].fits in {"pair", "both"} for guide in chosen)


def test_without_a_situation_a_first_meeting_and_then_looking_back() -> None:
    first = used_now(guide.id for guide in LIBRARY.guides.values() if guide.use_when == "first")

    assert situations(choose_guides(LIBRARY, [], 2, NONE, "s"))[0] == "first"
    assert situations(choose_guides(LIBRARY, [], 2, first, "s"))[0] == "reflect"


def test_a_used_guide_comes_back_only_when_nothing_else_is_left() -> None:
    used: set[str] = set()
    fitting = {guide.id for guide in LIBRARY.guides.values() if guide.fits in {"pair", "both"}}

    while used < fitting:
        chosen = choose_guides(LIBRARY, ["stuck"], 2, used_now(used), "s")
        assert chosen[0] not in used
        used.add(chosen[0])

    assert situations(choose_guides(LIBRARY, ["stuck"], 2, used_now(used), "s"))[0] == "stuck"


@pytest.mark.parametrize("size", [2, 3])
def test_when_all_were_used_the_one_that_is_longest_ago_comes_back(size: int) -> None:
    sizes = {"trio" if size == 3 else "pair", "both"}
    fitting = sorted(guide.id for guide in LIBRARY.guides.values() if guide.fits in sizes)
    used = {guide: MONDAY - timedelta(weeks=place) for place, guide in enumerate(fitting)}

    assert choose_guides(LIBRARY, ["goal"], size, used, "s") == tuple(reversed(fitting[-3:]))


@pytest.mark.parametrize("size", [2, 3])
def test_there_are_enough_guides_that_nobody_gets_one_again_within_six_rounds(size: int) -> None:
    # At worst everybody had six guides, and no two of them the same one.
    for seed in range(50):
        used: dict[str, datetime] = {}
        for _ in range(6 * size):
            guide = choose_guides(LIBRARY, ["goal", "bridge"], size, used, str(seed))[0]
            if size == 2:
                assert guide not in used
            used[guide] = MONDAY


def test_what_a_group_is_told_by_is_what_holds_most_telling_first() -> None:
    plain = {"writing_only": False, "is_exchange": False, "all_have_goals": False, "teams_differ": False}

    def found(before: list[int], *, has_asked_for_help: bool = False, **holds: bool) -> tuple[str, ...]:
        return situations_of(rounds_before=before, has_asked_for_help=has_asked_for_help, **{**plain, **holds})

    assert found([3, 3]) == ()
    assert found([0, OLD_HAND_ROUNDS]) == ("newcomer-and-old-hand",)
    assert found([0, OLD_HAND_ROUNDS - 1]) == found([1, OLD_HAND_ROUNDS]) == ()
    everything = found([9, 0], has_asked_for_help=True, **dict.fromkeys(plain, True))
    assert everything == ("write-first", "exchange", "stuck", "goal", "newcomer-and-old-hand", "bridge")
    for name in set(everything) & LIBRARY.guides.keys() - {"write-first"}:
        assert LIBRARY.guides[name].use_when == "different"


def test_a_guide_can_be_asked_for_by_its_id() -> None:
    wanted = next(guide for guide in LIBRARY.guides.values() if guide.use_when == "quiet")

    assert choose_guides(LIBRARY, [wanted.id], 2, NONE, "s")[0] == wanted.id


def test_the_seed_decides_among_equals_and_always_alike() -> None:
    firsts = {choose_guides(LIBRARY, ["goal"], 2, NONE, f"seed {number}")[0] for number in range(40)}

    assert len(firsts) > 2
    assert choose_guides(LIBRARY, ["goal"], 2, NONE, "x") == choose_guides(LIBRARY, ["goal"], 2, NONE, "x")
