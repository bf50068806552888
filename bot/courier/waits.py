"""What of Slack waits after a failure, and for how long."""

from collections.abc import Callable
from datetime import timedelta

from bot.domain.backoff import wait_of_method, wait_of_slack
from bot.slack_errors import OutcomeUnknownError, SlackTrouble, TryLaterError
from storage.outbox import slack_waits


def method_of(trouble: SlackTrouble) -> str:
    """Return the method that failed, or `EVERYTHING` where Slack names none."""
    return trouble.method if isinstance(trouble, TryLaterError | OutcomeUnknownError) else slack_waits.EVERYTHING


def wait_after(method: str, trouble: SlackTrouble) -> Callable[[int, timedelta], timedelta]:
    """Return what says how long to wait after so many failures over a span; longer, where Slack itself says so."""
    told = timedelta(seconds=trouble.seconds if isinstance(trouble, TryLaterError) else 0.0)

    def growing_wait(failures: int, lasted: timedelta) -> timedelta:
        growing = wait_of_slack(lasted) if method == slack_waits.EVERYTHING else wait_of_method(failures, lasted)
        return max(growing, told)

    return growing_wait
