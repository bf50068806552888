"""A Slack at the very edge of the bot: it takes every message at once, and remembers which and when.

The gateway, the courier and everything before them are the real ones; only the call over the wire is answered here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

TEAM = "T0YEAR"
BOT = "U0BOT"


@dataclass(frozen=True, slots=True)
class Said:
    """A message: its key and when it was accepted, aware UTC."""

    key: str
    at: datetime


class Edge(WebClient):
    """Answers the Web API's methods that the bot calls by itself.

    Args:
        members: The people of each channel.
        zones: The zone of each person.
        now: What time it is.
    """

    def __init__(
        self, members: Mapping[str, Sequence[str]], zones: Mapping[str, str], now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self._members = members
        self._zones = zones
        self._now = now
        self.said: list[Said] = []

    def api_call(self, api_method: str, **how: Any) -> SlackResponse:  # noqa: ANN401 - as the SDK has it
        """Answer one call."""
        asked = how.get("json") or how.get("params") or {}
        return SlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data={"ok": True} | self._answer(api_method, asked),
            headers={},
            status_code=200,
        )

    def _answer(self, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        if method == "chat.postMessage":
            self.said.append(Said(asked["metadata"]["event_payload"]["key"], self._now()))
            return {"channel": asked["channel"], "ts": f"{len(self.said)}.0"}
        if method == "conversations.open":
            return {"channel": {"id": f"G{asked['users'].replace(',', '')}"}}
        if method == "conversations.members":
            return {"members": [*self._members[asked["channel"]], BOT]}
        if method == "users.info":
            return {"user": self._account(asked["user"])}
        return {"team_id": TEAM, "user_id": BOT, "members": [self._account(who) for who in self._zones]}

    def _account(self, who: str) -> dict[str, Any]:
        return {"id": who, "tz": self._zones.get(who, "UTC"), "is_bot": who == BOT}
