"""Work in lanes: what belongs together is done in order, and a slow lane holds up no other."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

# More lanes than these that are slow at the same moment wait for each other.
THREADS: Final = 8
# For so long is waited for the lanes; what takes longer goes on by itself.
PATIENCE_SECONDS: Final = 0.5


class Lanes:
    """A few threads that work on lanes.

    Args:
        threads: How many lanes are worked on at once.
        patience: How many seconds `run` waits at most.
    """

    def __init__(self, threads: int = THREADS, patience: float = PATIENCE_SECONDS) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="lane")
        self._patience = patience
        self._running: dict[str, Future[None]] = {}
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    def run(self, lanes: Mapping[str, Sequence[Callable[[], None]]]) -> None:
        """Do what is in each lane, one after another; a lane that is not done with what it had is left alone.

        What a lane raises ends it, and is raised here, or by the next run when it was not done in time.
        """
        with self._lock:
            for name, acts in lanes.items() if not self._stopped.is_set() else ():
                if name not in self._running:
                    self._running[name] = self._threads.submit(self._do, acts)
        wait(self._running.values(), self._patience)
        done = {name: self._running.pop(name) for name, work in [*self._running.items()] if work.done()}
        for work in done.values():
            work.result()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is being done."""
        with self._lock:
            self._stopped.set()
        self._threads.shutdown(wait=True)

    def _do(self, acts: Sequence[Callable[[], None]]) -> None:
        for act in acts:
            if self._stopped.is_set():
                return
            act()
