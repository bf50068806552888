"""One test over many things, which names each of them that fails."""

import functools
import inspect
from collections.abc import Callable, Iterable

LONGEST = 300


def for_each(name: str, things: Iterable[object]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Turn a test of one thing into a test of all of them, for tables so long that an item for each would be slow.

    Args:
        name: The parameter of the test that gets a thing; the others are fixtures, as in any test.
        things: What is tried, each of them also after one that failed.
    """
    every = list(things)

    def over_all(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)

        @functools.wraps(test)
        def loop(**fixtures: object) -> None:
            broken = {}
            for thing in every:
                try:
                    test(**{name: thing}, **fixtures)
                except AssertionError as error:
                    broken[thing] = str(error)[:LONGEST]
            assert not broken, "\n".join(f"{thing}: {said}" for thing, said in broken.items())

        kept = [parameter for parameter in signature.parameters.values() if parameter.name != name]
        loop.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]  # pytest reads it
        return loop

    assert every
    return over_all
