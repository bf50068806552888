"""Rules for suggestions: how long one is at most, and how many of one person are passed on in a day."""

from typing import Final

LEAST: Final = 3
MAX_SUGGESTION: Final = 300
MOST_A_DAY: Final = 3
