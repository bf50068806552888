"""Remembers what went over the wire: the app's calls and the deliveries to it."""

from collections import deque

from playground.store import Json

KEPT = 5_000
SECRET_ARGUMENTS = ("token",)


class Record:
    """The last 5,000 calls and deliveries, in memory only."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque(maxlen=KEPT)

    def add_call(
        self, at: str, method: str, arguments: Json, answer: Json, status: int = 200, fault: Json | None = None
    ) -> None:
        """Note a Web API call; tokens are left out.

        `status` is 0 when nothing was answered; `fault` is the one it met, {rule, what}.
        """
        shown = {name: value for name, value in arguments.items() if name not in SECRET_ARGUMENTS}
        entry = {"kind": "call", "at": at, "method": method, "arguments": shown, "answer": answer}
        self._entries.append(entry | {"status": status, "fault": fault})

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

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
