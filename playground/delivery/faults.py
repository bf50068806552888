"""Faults on demand: rules that say which calls, sockets, events and interactions go wrong, and how.

A rule meets what it is `on` (a Web API method, a type of event, a kind of interaction, or `*` for all) while it
lasts: for its next `times`, for a seeded `share` of them, for some `seconds` of real time. The first rule that
fits wins. Nothing here does anything: the places that call `meet` do what the rule says.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.state.state import WorkspaceError
from playground.state.store import Json

CALL, SOCKET, EVENT, INTERACTION = "call", "socket", "event", "interaction"
# What can go wrong -> where.
FAULTS: dict[str, str] = {
    "rate_limited": CALL,
    "status": CALL,
    "html": CALL,
    "error": CALL,
    "reset_before": CALL,
    "reset_after": CALL,
    "slow_before": CALL,
    "slow_after": CALL,
    "socket_refused": SOCKET,
    "hello_withheld": SOCKET,
    "event_repeated": EVENT,
    "event_repeated_as_new": EVENT,
    "event_delayed": EVENT,
    "event_only_as_retry": EVENT,
    "events_shuffled": EVENT,
    "interaction_repeated": INTERACTION,
}
# Those that say how long something takes, and how long when nobody says; the rest knows no `delay`.
DELAYS = {
    "slow_before": 5.0,
    "slow_after": 5.0,
    "event_delayed": 5.0,
    "event_only_as_retry": 0.0,
    "events_shuffled": 10.0,
    "hello_withheld": 10.0,
}
LARGEST_STATUS = 599


@dataclass
class Rule:
    """One fault and what meets it.

    `left` is how many more times, None for no end; `share` is the probability of each; `until` is when the rule
    ends by itself, in seconds of the clock that `Faults` has. `where` holds arguments that a call must have.
    """

    id: int
    what: str
    on: str = "*"
    left: int | None = 1
    share: float = 1.0
    seed: int = 1
    until: float | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    retry_after: int | None = None
    status: int = 500
    error: str = ""
    met: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - faults are to be repeatable, not secret

    def fits(self, place: str, name: str, arguments: Mapping[str, object]) -> bool:
        """Tell whether this is what the rule is about, its share aside."""
        return (
            FAULTS[self.what] == place
            and self.on in ("*", name)
            and all(value in _values(arguments.get(key)) for key, value in self.where.items())
        )

    def noted(self) -> Json:
        """Say in the record that this rule was met."""
        return {"rule": self.id, "what": self.what}

    def shown(self, now: float) -> Json:
        """Show the rule as the control API does: `left` None for no end, `seconds` what is left of its time."""
        shown: Json = {"id": self.id, "what": self.what, "on": self.on, "left": self.left, "met": self.met}
        shown |= {"share": self.share, "seed": self.seed, "where": dict(self.where)}
        shown["seconds"] = None if self.until is None else round(max(0.0, self.until - now), 3)
        if self.what in DELAYS:
            shown["delay"] = self.delay
        if self.what == "rate_limited":
            shown["retry_after"] = self.retry_after
        if self.what in ("status", "html"):
            shown["status"] = self.status
        if self.what == "error":
            shown["error"] = self.error
        return shown


class Faults:
    """The rules of the workspace; in memory only.

    Args:
        now: real seconds that never jump.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._rules: list[Rule] = []
        self._last_id = 0

    def add(self, asked: Json) -> Json:
        """Add a rule as `POST /_/faults` takes it; return the rule; raises WorkspaceError."""
        self._last_id += 1
        rule = _rule(self._last_id, asked, self._now())
        self._rules.append(rule)
        return rule.shown(self._now())

    def clear(self, rule_id: int | None = None) -> None:
        """Forget one rule, or all; raises WorkspaceError for a rule that is not there."""
        kept = [rule for rule in self._rules if rule_id is not None and rule.id != rule_id]
        if rule_id is not None and len(kept) == len(self._rules):
            raise WorkspaceError(f"There is no fault {rule_id}.")
        self._rules = kept

    def active(self) -> list[Json]:
        """List the rules that can still be met, the oldest first."""
        now = self._now()
        return [rule.shown(now) for rule in self._rules if _lasts(rule, now)]

    def shown(self) -> list[Json]:
        """List all rules since the last `clear`, those at their end too, the oldest first."""
        return [rule.shown(self._now()) for rule in self._rules]

    def meet(self, place: str, name: str, arguments: Mapping[str, object], what: str | None = None) -> Rule | None:
        """Find the rule that this call, socket, event or interaction meets, and count that; None for none.

        `what` asks for rules of one kind only.
        """
        now = self._now()
        for rule in self._rules:
            if not _lasts(rule, now) or what not in (None, rule.what) or not rule.fits(place, name, arguments):
                continue
            # Drawn for every one that fits, so that the seed alone decides which of them are met.
            if rule.random.random() >= rule.share:
                continue
            rule.met += 1
            if rule.left is not None:
                rule.left -= 1
            return rule
        return None


def fault_line(rule: Json) -> str:
    """Say a shown rule in one line, such as `error on conversations.open, user_disabled, 3 more`."""
    parts = [f"{rule['what']} on {rule['on']}"]
    parts += [str(rule[name]) for name in ("error", "status") if rule.get(name)]
    parts += [f"{name} {value}" for name, value in rule["where"].items()]
    parts += [f"share {rule['share']:g} by seed {rule['seed']}"] if rule["share"] < 1 else []
    parts += [f"{rule['left']} more"] if rule["left"] is not None else []
    parts += [f"for {rule['seconds']:.0f} s"] if rule["seconds"] is not None else []
    return ", ".join([*parts, f"met {rule['met']} times"])


def _lasts(rule: Rule, now: float) -> bool:
    return rule.left != 0 and (rule.until is None or now < rule.until)


def _rule(rule_id: int, asked: Json, now: float) -> Rule:
    known = {"what", "on", "times", "share", "seed", "seconds", "where", "delay", "retry_after", "status", "error"}
    what = asked["what"]
    if what not in FAULTS:
        raise WorkspaceError(f"There is no fault {what!r}; there are {', '.join(FAULTS)}.")
    if strange := set(asked) - known:
        raise WorkspaceError(f"A fault knows no {', '.join(sorted(strange))}.")
    share, seconds, times = asked.get("share"), asked.get("seconds"), asked.get("times")
    # A person who gives a share or a time means all that comes, the person who gives nothing means the next one.
    endless = times is None and (share is not None or seconds is not None)
    try:
        rule = Rule(
            id=rule_id,
            what=what,
            on=str(asked.get("on") or "*"),
            left=None if endless else int(1 if times is None else times),
            share=1.0 if share is None else float(share),
            seed=int(asked.get("seed") or 1),
            until=None if seconds is None else now + float(seconds),
            where={str(name): str(value) for name, value in (asked.get("where") or {}).items()},
            delay=float(asked["delay"] if asked.get("delay") is not None else DELAYS.get(what, 0.0)),
            retry_after=None if asked.get("retry_after") is None else int(asked["retry_after"]),
            status=int(asked.get("status") or (200 if what == "html" else 500)),
            error=str(asked.get("error") or ""),
        )
    except (TypeError, AttributeError, ValueError) as error:
        raise WorkspaceError(f"A fault is not described like that: {error}.") from error
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    """Raise WorkspaceError for a rule that makes no sense."""
    if rule.left is not None and rule.left < 1:
        raise WorkspaceError("A fault happens at least once.")
    if not 0 < rule.share <= 1:
        raise WorkspaceError("A share lies above 0 and reaches to 1.")
    if rule.delay < 0 or (rule.retry_after or 0) < 0:
        raise WorkspaceError("No time is shorter than none.")
    if not 200 <= rule.status <= LARGEST_STATUS:  # noqa: PLR2004 - statuses below 200 are no answers
        raise WorkspaceError("A status lies between 200 and 599.")
    if rule.what == "error" and not rule.error:
        raise WorkspaceError("Say the 'error' too, such as 'channel_not_found'.")


def _values(argument: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever an app sent
    """Read an argument as the values it may stand for: itself, or the parts of a list."""
    if isinstance(argument, list):
        return tuple(str(one) for one in argument)
    return (str(argument), *str(argument).split(","))
