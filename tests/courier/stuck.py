"""A process whose courier never comes to an end: `python -m tests.courier.stuck URL`."""

import sys
import time

from bot.courier.engine import DrainRunner
from bot.courier.queue import QueueEngine
from tests.courier.test_engines import QUICK


def stay(workspace: str) -> None:
    """Say what is drained, and stay there."""
    print("draining", workspace, flush=True)  # noqa: T201 - told to the test
    time.sleep(600)


if __name__ == "__main__":
    engine = QueueEngine(sys.argv[1], DrainRunner(stay, lambda _workspace, _error: None), "couriers", QUICK)
    engine.start()
    while True:
        engine.wake("T1")
        time.sleep(0.2)
