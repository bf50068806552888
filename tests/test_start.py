"""What a starting bot loads."""

import subprocess
import sys

import pytest

# Each takes megabytes and tenths of a second, and a bot on SQLite needs it later or never.
LATER = {"cryptography", "numpy", "procrastinate", "psycopg", "rapidfuzz", "snowballstemmer"}
START = f"""
import sys
import bot.app
from bot.library import load_thesaurus
from storage.privacy.vault import Vault

load_thesaurus()
Vault(["{"A" * 43}="])
print(*sorted({LATER} & sys.modules.keys()))
"""


@pytest.mark.slow
def test_a_starting_bot_loads_nothing_that_it_needs_later_or_never() -> None:
    done = subprocess.run([sys.executable, "-c", START], check=True, capture_output=True, text=True)

    assert done.stdout.split() == []
