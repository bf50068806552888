"""Remembers what went over the wire: the app's calls, the deliveries to it, and what broke Slack's rules."""

from collections import deque
from collections.abc import Callable

from playground.state.store import Json

KEPT = 5_000
KEPT_VIOLATIONS = 1_000
SECRET_ARGUMENTS = ("token",)


class Record:
    """The last 5,000 calls and deliveries and the last 1,000 violations, in memory only.

    Args:
        now: the workspace's time as text.
    """

    def __init__(self, now: Callable[[], str]) -> None:
        self._now = now
        self._entries: deque[Json] = deque(maxlen=KEPT)
        self._violations: deque[Json] = deque(maxlen=KEPT_VIOLATIONS)

    def add_call(
        self, at: str, method: str, arguments: Json, answer: Json, status: int = 200, fault: Json | None = None
    ) -> None:
        """Note a Web API call; tokens are left out.

        `status` is 0 when nothing was answered; `fault` is the one it met, {rule, what}.
        """
        shown = {name: value for name, value in arguments.items() if name not in SECRET_ARGUMENTS}
        entry = {"kind": "call", "at": at, "method": method, "arguments": shown, "answer": answer}
        self._entries.append(entry | {"status": status, "fault": fault})
        if fault is None and answer.get("ok") is False:
            self.violate(method, str(answer["error"]), *reasons(answer))

    def add_delivery(self, at: str, envelope: Json, fault: Json | None = None) -> Json:
        """Note a delivery; the entry given back is completed when the app acknowledges."""
        payload = envelope["payload"]
        entry = {
            "kind": "delivery",
            "at": at,
            "type": envelope["type"],
            "envelope_id": envelope["envelope_id"],
            "event_id": payload.get("event_id"),
            "retry_attempt": envelope.get("retry_attempt", 0),
            "acked_ms": None,
            "payload": payload,
            "response": None,
            "fault": fault,
        }
        self._entries.append(entry)
        return entry

    def entries(self) -> list[Json]:
        """List everything remembered, oldest first."""
        return list(self._entries)

    def violate(self, where: str, error: str, *messages: str) -> None:
        """Note that the app broke one of Slack's rules.

        Args:
            where: a method, or the kind of delivery.
            error: Slack's code for it, or ours for what Slack only advises against.
            messages: what exactly is wrong, if that is known.
        """
        self._violations.append({"at": self._now(), "where": where, "error": error, "messages": list(messages)})

    def violations(self) -> list[Json]:
        """List what broke Slack's rules, oldest first: [{at, where, error, messages}]."""
        return list(self._violations)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._violations.clear()


def reasons(answer: Json) -> list[str]:
    """Say why a call was refused, from its answer."""
    messages = [str(one) for one in (answer.get("response_metadata") or {}).get("messages", [])]
    needed = [f"needs the scope {answer['needed']}"] if "needed" in answer else []
    return [*messages, *needed]
