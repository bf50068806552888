"""How long Slack is left alone after it failed, and when a message of unknown fate is posted again or asked about.

All spans are of the machine's clock, since Slack's troubles do not follow one that somebody moves.
"""

from datetime import timedelta
from typing import Final

_SECOND: Final = timedelta(seconds=1)
_LONGEST_OF_MESSAGE: Final = 300 * _SECOND
# So often at most the bot posts a message by itself that it cannot look up, and that is better read twice than never.
MOST_POSTS: Final = 2
# For so long after the first post the end of the trouble is waited for before people are asked.
ASK_AFTER: Final = timedelta(minutes=2)


def wait_of_message(failures: int) -> timedelta:
    """Return how long a message waits that failed so often: 5 seconds, then twice as long, up to 5 minutes."""
    return min(5 * _SECOND * (1 << min(failures - 1, 9)), _LONGEST_OF_MESSAGE)


def wait_of_method(failures: int, lasted: timedelta) -> timedelta:
    """Return how long a method is not asked for that failed so often in a row, over a span: half as long as that.

    One failure alone keeps no other message waiting; more do so for 2 seconds to 2 minutes.
    """
    return timedelta(0) if failures == 1 else min(max(lasted / 2, 2 * _SECOND), 120 * _SECOND)


def wait_of_the_careful(wait: timedelta) -> timedelta:
    """Return how long a method that must wait is not asked for what can neither be looked up nor be said twice.

    Others find out meanwhile whether the trouble has ended, so that few messages are left in doubt for good. It is
    less than the longest wait of a message, or messages that fail for themselves alone would keep it waiting for ever.
    """
    return min(4 * wait, _LONGEST_OF_MESSAGE - 60 * _SECOND)


def wait_of_slack(lasted: timedelta) -> timedelta:
    """Return how long nothing is asked for when Slack has not even said for a span who the bot is: 5 to 60 seconds."""
    return min(max(lasted, 5 * _SECOND), 60 * _SECOND)
