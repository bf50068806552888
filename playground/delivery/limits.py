"""Slack's rate limits: how often the app may call which method.

Counted by real time, per method, and for `chat.postMessage` per conversation too. What was called is counted with
the limits off as well, so that a benchmark can say what share of a rate was used.

Source: https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.state.store import Json

MINUTE = 60.0
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
# "Several hundred messages per minute" for a whole workspace; Slack names no number.
POSTS_A_MINUTE = 300
# One message a second and conversation; "short bursts" are allowed, Slack does not say how short.
BURST = 3
POST = "chat.postMessage"
USUAL_TIER = 3
# The others are of tier 3. None means that Slack names no limit that an app could meet.
TIER_OF: dict[str, int | None] = {
    "auth.test": None,
    "blocks.validate": None,
    "chat.getPermalink": None,
    "chat.postEphemeral": 4,
    "conversations.close": 2,
    "conversations.create": 2,
    "conversations.archive": 2,
    "conversations.rename": 2,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.setTopic": 2,
    "conversations.setPurpose": 2,
    "dnd.teamInfo": 2,
    "emoji.list": 2,
    "files.getUploadURLExternal": 4,
    "files.completeUploadExternal": 4,
    "files.info": 4,
    "pins.add": 2,
    "pins.list": 2,
    "reactions.list": 2,
    "reminders.add": 2,
    # Five answers for each address, counted where it is used.
    "response_url": None,
    # The bytes of a file go to an address of their own, which no rate is known of.
    "upload": None,
    "usergroups.list": 2,
    "usergroups.create": 2,
    "usergroups.disable": 2,
    "usergroups.enable": 2,
    "usergroups.update": 2,
    "usergroups.users.list": 2,
    "usergroups.users.update": 2,
    "users.info": 4,
    "users.list": 2,
    "users.profile.get": 4,
    "views.open": 4,
    "views.push": 4,
    "views.update": 4,
    "views.publish": 4,
}


@dataclass
class Window:
    """A minute that moves along, in which only so many calls are allowed."""

    most: int
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float, length: float) -> float:
        """Tell how many seconds a call has to wait; 0 when it is allowed now."""
        while self.times and self.times[0] <= now - length:
            self.times.popleft()
        return 0.0 if len(self.times) < self.most else self.times[0] + length - now

    def take(self, now: float) -> None:
        """Count an allowed call."""
        self.times.append(now)


@dataclass
class Bucket:
    """A few calls at once, then one each time a drop is back; `full_at` is when it holds all of them again."""

    full_at: float = 0.0

    def wait(self, now: float, drop: float) -> float:
        """Tell how many seconds a call has to wait; `drop` is the time for one drop."""
        return max(0.0, self.full_at - now - (BURST - 1) * drop)

    def take(self, now: float, drop: float) -> None:
        """Count an allowed call."""
        self.full_at = max(self.full_at, now) + drop


@dataclass
class Count:
    """How a method was called; both times are of allowed calls, in real seconds."""

    allowed: int = 0
    refused: int = 0
    first_at: float = 0.0
    last_at: float = 0.0


class Limits:
    """All limits of the workspace.

    Args:
        now: real seconds that never jump.
        on: whether they are on to begin with.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, *, on: bool = True) -> None:
        self._now = now
        self._on_at_first = on
        self.reset()

    def reset(self) -> None:
        """Go back to how it was to begin with, and forget all counts."""
        self.set(on=self._on_at_first)

    def set(self, *, on: bool, speed: float = 1.0) -> None:
        """Switch the limits on or off, and forget all counts; windows are `speed` times shorter than Slack's."""
        self.on = on
        self.speed = speed
        self._windows: dict[str, Window] = {}
        self._buckets: dict[str, Bucket] = {}
        # (method, conversation or "") -> until when everything is refused.
        self._blocked: dict[tuple[str, str], float] = {}
        self._counts: dict[str, Count] = {}

    def refuse(self, method: str, conversation: str) -> int | None:
        """Count a call; return None when it is allowed, else the whole seconds of `Retry-After`.

        A refusal holds until the time told is over, for this method only, and when a single conversation was
        written to too fast, for that conversation only.
        """
        now = self._now()
        count = self._counts.setdefault(method, Count())
        if self.on:
            wait = max(self._wait(method, "", now), self._wait(method, conversation, now) if method == POST else 0.0)
            if wait > 0:
                count.refused += 1
                return math.ceil(wait)
            self._take(method, conversation, now)
        count.first_at = count.first_at if count.allowed else now
        count.allowed, count.last_at = count.allowed + 1, now
        return None

    def shown(self) -> Json:
        """Everything of `GET /_/limits`.

        {on, speed, methods{name: {allowed, refused, per_minute, used}}}; `per_minute` is None without a limit,
        `used` the share of the rate that the allowed calls took up from the first to the last of them.
        """
        return {
            "on": self.on,
            "speed": self.speed,
            "methods": {name: self._shown(name, count) for name, count in sorted(self._counts.items())},
        }

    def _shown(self, method: str, count: Count) -> Json:
        most = _most(method)
        shown: Json = {"allowed": count.allowed, "refused": count.refused, "per_minute": most, "used": None}
        span = count.last_at - count.first_at
        if most is not None and span > 0:
            # The first call opens the span, so it is not part of what happened in it.
            shown["used"] = round((count.allowed - 1) / (most * span * self.speed / MINUTE), 4)
        return shown

    def _wait(self, method: str, conversation: str, now: float) -> float:
        blocked = self._blocked.get((method, conversation), 0.0) - now
        if blocked > 0:
            return blocked
        if conversation:
            wait = self._bucket(conversation).wait(now, 1 / self.speed)
        else:
            window = self._window(method)
            wait = 0.0 if window is None else window.wait(now, MINUTE / self.speed)
        if wait > 0:
            self._blocked[method, conversation] = now + math.ceil(wait)
        return wait

    def _take(self, method: str, conversation: str, now: float) -> None:
        window = self._window(method)
        if window is not None:
            window.take(now)
        if method == POST and conversation:
            self._bucket(conversation).take(now, 1 / self.speed)

    def _window(self, method: str) -> Window | None:
        most = _most(method)
        return None if most is None else self._windows.setdefault(method, Window(most))

    def _bucket(self, conversation: str) -> Bucket:
        return self._buckets.setdefault(conversation, Bucket())


def _most(method: str) -> int | None:
    """Tell how many calls of a method a minute allows."""
    if method == POST:
        return POSTS_A_MINUTE
    tier = TIER_OF.get(method, USUAL_TIER)
    return None if tier is None else TIERS[tier]
