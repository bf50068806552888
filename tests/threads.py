"""Many threads that do one thing at the same moment."""

import threading
from collections.abc import Callable
from typing import TypeVar

ResultT = TypeVar("ResultT")


def at_once(count: int, act: Callable[[], ResultT]) -> list[ResultT]:
    """Run an act on many threads that start together; gives what each returned."""
    barrier = threading.Barrier(count)
    results: list[ResultT] = []

    def run() -> None:
        barrier.wait()
        results.append(act())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results
