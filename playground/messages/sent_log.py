"""Proof of what the app posted: every message that `chat.postMessage` or `chat.postEphemeral` ever accepted.

It outlives restarts of the server and the deletion of a message, so that the person who kills or disturbs an app can
count afterwards what was lost and what was said twice.
"""

import json
from collections import Counter

from playground.state.state import Message, State
from playground.state.store import Json


class Posted:
    """The messages in the order in which they were accepted.

    Args:
        state: keeps them.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, method: str, message: Message) -> None:
        """Note an accepted message."""
        entry: Json = {"method": method, "channel": message.channel, "ts": message.ts, "text": message.text}
        if message.reader is not None:
            entry["user"] = message.reader
        if message.metadata is not None:
            entry["event_type"] = message.metadata["event_type"]
            entry["key"] = _key(message.metadata["event_payload"])
        self._state.add_posted(entry)

    def shown(self) -> Json:
        """Everything of `GET /_/record/messages`.

        {messages[{method, channel, ts, text, user?(the reader of an ephemeral one), event_type?, key?,
        posted}], members{channel: ids}}. `key` is the `key` in the metadata's payload, or the whole payload as
        JSON; `posted` counts the messages of the same event type and key, without a key those of the same
        channel, reader and text.
        """
        posted = Counter(_sameness(entry) for entry in self._state.posted)
        channels = dict.fromkeys(entry["channel"] for entry in self._state.posted)
        return {
            "messages": [entry | {"posted": posted[_sameness(entry)]} for entry in self._state.posted],
            "members": {channel: self._state.conversations[channel].members for channel in channels},
        }


def _key(payload: object) -> str:
    if isinstance(payload, dict) and isinstance(payload.get("key"), str):
        return str(payload["key"])
    return json.dumps(payload, sort_keys=True)


def _sameness(entry: Json) -> tuple[object, ...]:
    if "key" in entry:
        return entry["event_type"], entry["key"]
    return entry["channel"], entry.get("user"), entry["text"]
