"""Many threads that start at the same moment."""

import threading
from collections.abc import Callable
from typing import TypeVar

ResultT = TypeVar("ResultT")


def at_once(count: int, act: Callable[[], ResultT]) -> list[ResultT]:
    """Do one thing on many threads; gives what each returned."""
    return together(*[act] * count)


def together(*acts: Callable[[], ResultT]) -> list[ResultT]:
    """Do several things on a thread each; gives what each returned."""
    barrier = threading.Barrier(len(acts))
    results: list[ResultT] = []

    def run(act: Callable[[], ResultT]) -> None:
        barrier.wait()
        results.append(act())

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(acts)
    return results
