"""A Slack that fails for a while, in every way in which it can, and remembers what it took all the same."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.tiny_slack import HALF, RESET, Answer, Json, TinySlack, refusal

POSTING = "chat.postMessage"


@dataclass(frozen=True)
class Failure:
    """One way in which a call fails; with `is_done` Slack has done what was asked for."""

    answer: Answer
    is_done: bool = False


# Nobody can tell from the first of each pair what the second is.
FAILURES = {
    "500": Failure(Answer("Something went wrong", 500)),
    "502 after all": Failure(Answer("<html>Bad Gateway</html>", 502), is_done=True),
    "503": Failure(Answer("Service Unavailable", 503)),
    "503 behind Envoy after all": Failure(
        Answer("upstream connect error or disconnect/reset before headers", 503), is_done=True
    ),
    "service_unavailable": Failure(Answer({"ok": False, "error": "service_unavailable"}, 503)),
    "reset": Failure(RESET),
    "lost answer": Failure(RESET, is_done=True),
    "half an answer": Failure(HALF, is_done=True),
    "garbage": Failure(Answer("<!DOCTYPE html><html></html>")),
    "garbage after all": Failure(Answer("[]"), is_done=True),
    "internal_error": Failure(refusal("internal_error")),
    "fatal_error after all": Failure(refusal("fatal_error"), is_done=True),
    "request_timeout": Failure(refusal("request_timeout")),
    "429": Failure(Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "5"})),
}
# A person who gets these knows that nothing was done, or very likely not.
DEFINITE = ("503", "service_unavailable", "429")


@dataclass
class Trouble:
    """A time in which a share of some calls fails, by the machine's clock.

    Args:
        failures: The ways in which they fail, by chance.
        until: When it is over.
        only: The one method that fails; empty for all of them.
        to: The conversations in which it fails; empty for all of them.
        share: How many of the calls fail.
        seed: What the chance comes from.
    """

    failures: list[Failure]
    until: datetime
    only: str = ""
    to: tuple[str, ...] = ()
    share: float = 1.0
    seed: int = 1
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - to be repeatable, not secret

    def find(self, method: str, given: Json, now: datetime) -> Failure | None:
        """Return how a call fails, if it does."""
        is_meant = self.only in ("", method) and (not self.to or given.get("channel") in self.to)
        if now >= self.until or not is_meant or self.chance.random() >= self.share:
            return None
        return self.chance.choice(self.failures)


class BadSlack(TinySlack):
    """Answers well but for its trouble; `taken` holds each message it took, as its conversation and its key."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.trouble: Trouble | None = None
        self.taken: list[tuple[str, str]] = []
        self.edited: list[str] = []
        self.removed: list[str] = []
        self.refused: set[str] = set()
        self.refusal = ""
        self._now = now

    def fail(self, *names: str, span: timedelta, **how: Any) -> None:  # noqa: ANN401 - fields of every type
        """Fail from now on in these ways."""
        self.trouble = Trouble([FAILURES[name] for name in names], self._now() + span, **how)

    def refuse(self, error: str, keys: set[str]) -> None:
        """Refuse the messages of these keys from now on."""
        self.refusal, self.refused = error, keys

    def times(self, key: str) -> int:
        """Return how often a message was taken."""
        return Counter(one for _, one in self.taken)[key]

    def reply(self, handler: BaseHTTPRequestHandler, method: str, given: Json) -> None:
        """Answer one call, or fail."""
        failure = self.trouble.find(method, given, self._now()) if self.trouble else None
        is_refused = method == POSTING and given["metadata"]["event_payload"]["key"] in self.refused
        if is_refused:
            self.plan(method, refusal(self.refusal))
        elif failure is None or failure.is_done:
            self._do(method, given)
        if failure is not None:
            self.planned[method].clear()
            self.plan(method, failure.answer)
        super().reply(handler, method, given)

    def _do(self, method: str, given: Json) -> None:
        if method == POSTING:
            channel = str(given["channel"])
            self.taken.append((channel, str(given["metadata"]["event_payload"]["key"])))
            room = channel if channel.startswith(("C", "D", "G")) else f"D{channel}"
            said = {"ts": f"{len(self.taken)}.5", "bot_id": "B1", "metadata": given["metadata"]}
            self.histories[room].insert(0, said)
        elif method == "chat.postEphemeral":
            self.taken.append((str(given["channel"]), f"for {given['user']}"))
        elif method == "chat.update":
            self.edited.append(str(given["ts"]))
        elif method == "chat.delete":
            self.removed.append(str(given["ts"]))
