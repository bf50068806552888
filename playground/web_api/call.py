"""One call of a Web API method: its arguments, and what every method may ask of it."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playground.api_error import ApiError, invalid_arguments
from playground.bodies import read_json
from playground.state.state import BOT_USER_ID, Conversation, Person
from playground.state.store import Json
from playground.workspace import Workspace

BOT_TOKEN = "xoxb-local-workspace"  # noqa: S105 - everybody may know the tokens of a workspace on one's own machine
APP_TOKEN = "xapp-local-workspace"  # noqa: S105 - the same
# A page before the last lacks one in so many.
SHORT_BY = 10
FALSE = (None, "", "0", "false", "False", 0, False)


@dataclass(frozen=True)
class Call:
    """The arguments of a call, as they came (form fields are texts), and the workspace it is made in."""

    workspace: Workspace
    arguments: Json

    def text(self, name: str) -> str:
        """Read a required text; raises ApiError."""
        value = self.arguments.get(name)
        if value in (None, ""):
            raise invalid_arguments(f"missing required field: {name}")
        return str(value)

    def optional(self, name: str) -> str | None:
        """Read a text that may be missing."""
        value = self.arguments.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Read a truth value in any of the ways clients write one."""
        return self.arguments[name] not in FALSE if name in self.arguments else default

    def data(self, name: str, refusal: str = "invalid_arguments") -> object:
        """Read JSON that came as JSON or as a text of it; None when missing; raises ApiError."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return read_json(value)
        except ValueError:
            raise ApiError(refusal) from None

    def objects(self, name: str, refusal: str) -> list[Json] | None:
        """Read a list of JSON objects; None when missing; raises ApiError."""
        value = self.data(name, refusal)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise ApiError(refusal)
        return value

    def ids(self, name: str) -> list[str]:
        """Read ids from a list or a comma-separated text."""
        value = self.arguments.get(name) or []
        items = value if isinstance(value, list) else str(value).split(",")
        return [str(item).strip() for item in items if str(item).strip()]

    def advise(self, message: str) -> None:
        """Note something that Slack accepts but advises against."""
        self.workspace.record.violate("chat.postMessage", "advice", message)

    def need_scope(self, *scopes: str) -> None:
        """Refuse the call unless the app has one of the scopes."""
        provided = self.workspace.grants.scopes
        if not provided.intersection(scopes):
            raise ApiError("missing_scope", needed=scopes[0], provided=",".join(sorted(provided)))

    def need_scope_for(self, conversation: Conversation, suffix: str) -> None:
        """Refuse the call unless the app has the scope for this kind of conversation."""
        prefix = {"channel": "channels", "private": "groups", "mpim": "mpim", "im": "im"}
        self.need_scope(f"{prefix[conversation.kind]}:{suffix}")

    def conversation(self, name: str = "channel") -> Conversation:
        """Find a conversation that the app may know of; raises ApiError `channel_not_found`."""
        conversation = self.workspace.state.conversations.get(self.text(name))
        if conversation is None:
            raise ApiError("channel_not_found")
        if conversation.kind != "channel" and BOT_USER_ID not in conversation.members:
            raise ApiError("channel_not_found")
        return conversation

    def person(self, user: str) -> Person:
        """Find a person; raises ApiError `user_not_found`."""
        person = self.workspace.state.people.get(user)
        if person is None:
            raise ApiError("user_not_found")
        return person

    def page(self, items: Sequence[object], key: str, *, default_limit: int, most: int = 1000) -> Json:
        """Cut one page out of a list: {ok, key: items, response_metadata{next_cursor}}; raises ApiError.

        Slack may give fewer than asked for before the end. Here it always does, so that nobody takes a short page
        for the last one.
        """
        try:
            limit = int(self.optional("limit") or 0)
        except ValueError:
            raise ApiError("invalid_limit") from None
        try:
            start = _position(self.optional("cursor"))
        except ValueError:
            raise ApiError("invalid_cursor") from None
        if not 0 <= limit <= most:
            raise ApiError("invalid_limit")
        limit = limit or default_limit
        after = start + limit
        if after < len(items):
            after -= limit // SHORT_BY
        cursor = base64.b64encode(f"next:{after}".encode()).decode() if after < len(items) else ""
        return {"ok": True, key: items[start:after], "response_metadata": {"next_cursor": cursor}}


@dataclass(frozen=True)
class Method:
    """A Web API method: its name, what answers it, the scopes of which one is needed, whose token."""

    name: str
    answer: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    token: str | None = BOT_TOKEN


def _position(cursor: str | None) -> int:
    if not cursor:
        return 0
    word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
    if word != "next":
        raise ValueError(cursor)
    return int(number)
