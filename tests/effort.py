"""How long a test that could go on for ever goes on: briefly in `make test`, at length in `make test-all`."""

import os
from typing import Final

import pytest

AT_LENGTH: Final = os.environ.get("PEERLOOP_TESTS_AT_LENGTH") == "1"

# Runs in both, and at more length in the second.
longer = pytest.mark.longer


def effort(brief: int, full: int) -> int:
    """Return how many examples, seeds or pools to try."""
    return full if AT_LENGTH else brief
