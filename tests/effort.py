"""How long a test that could go on for ever goes on, briefly or at length, and how long a test waits."""

import os
from typing import Final

import pytest

AT_LENGTH: Final = os.environ.get("PEERLOOP_TESTS_AT_LENGTH") == "1"

# How many seconds a test waits for what is to happen, since a busy machine takes a while. Only one that fails waits so.
PATIENCE: Final = 60.0

# Runs in both, and at more length in the second.
longer = pytest.mark.longer


def effort(brief: int, full: int) -> int:
    """Return how many examples, seeds or pools to try."""
    return full if AT_LENGTH else brief
