"""The clients of Slack's Web API: one that sends and never repeats, one that reads and asks again."""

from collections.abc import Callable
from typing import Final

from slack_sdk import WebClient
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryState
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from bot.config import Settings
from bot.gateway import ANSWER_SECONDS
from bot.slack_errors import seconds_to_wait

# A page of a thousand accounts takes Slack a while.
READING_SECONDS: Final = 30
READ_AGAIN: Final = 3
# A read that Slack wants to be left alone with for longer is begun again by the nightly look itself.
LONGEST_PAUSE_SECONDS: Final = 60


def posting_client(settings: Settings, token: str | None = None, timeout: int = ANSWER_SECONDS) -> WebClient:
    """Return a client that makes each call once: a post that is repeated by itself could appear twice.

    Args:
        settings: Which Slack to talk to.
        token: The bot's token; None where each call brings its own.
        timeout: How many seconds to wait for an answer.
    """
    return WebClient(token=token, base_url=settings.slack_api_url, timeout=timeout, retry_handlers=[])


def reading_client(settings: Settings, token: str, pause: Callable[[float], bool]) -> WebClient:
    """Return a client that waits longer than a client for posts does, and repeats a call that failed.

    Args:
        settings: Which Slack to talk to.
        token: The bot's token.
        pause: Waits for some seconds; True as soon as the process is to end.
    """
    return WebClient(
        token=token,
        base_url=settings.slack_api_url,
        timeout=READING_SECONDS,
        retry_handlers=[
            _LeftAlone(pause),
            ConnectionErrorRetryHandler(max_retry_count=READ_AGAIN),
            ServerErrorRetryHandler(max_retry_count=READ_AGAIN),
        ],
    )


class _LeftAlone(RateLimitErrorRetryHandler):
    """Repeats a read when Slack says that it may be; the end of the process interrupts the wait.

    Args:
        pause: Waits for some seconds; True as soon as the process is to end.
    """

    def __init__(self, pause: Callable[[float], bool]) -> None:
        super().__init__(max_retry_count=READ_AGAIN)
        self._pause = pause

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        is_limited = super()._can_retry(state=state, request=request, response=response, error=error)
        return is_limited and _retry_after(response) <= LONGEST_PAUSE_SECONDS

    def prepare_for_next_attempt(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Wait for as long as Slack says."""
        del request, error
        state.next_attempt_requested = not self._pause(_retry_after(response))
        state.increment_current_attempt()


def _retry_after(response: HttpResponse | None) -> float:
    headers = response.headers if response is not None else {}
    told = next((values[0] for name, values in headers.items() if name.lower() == "retry-after" and values), "")
    return seconds_to_wait(told)
