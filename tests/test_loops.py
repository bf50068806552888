from collections.abc import Callable

import pytest

from tests.loops import for_each


def loop_over(*numbers: int) -> Callable[..., None]:
    @for_each("number", numbers)
    def odd(number: int, others: list[int]) -> None:
        others.append(number)
        assert number % 2 == 1

    return odd


def test_everything_is_tried_and_all_that_fails_is_named() -> None:
    tried: list[int] = []

    with pytest.raises(AssertionError) as failed:
        loop_over(1, 2, 3, 4)(others=tried)

    assert tried == [1, 2, 3, 4]
    assert [line[0] for line in str(failed.value).splitlines() if line[:1].isdigit()] == ["2", "4"]


def test_it_passes_when_each_does_and_never_over_nothing() -> None:
    loop_over(1, 3)(others=[])

    with pytest.raises(AssertionError):
        loop_over()
