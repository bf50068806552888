"""`response_url`: answering a command or a click without a token.

Source: https://docs.slack.dev/interactivity/handling-user-interaction
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from playground.block_kit import LONGEST_BLOCKS, MESSAGE, review_blocks, text_length
from playground.messages.posts import Draft, Posts
from playground.state.state import BOT_USER_ID, Message, State, real_time
from playground.state.store import Json

MOST_USES = 5
LIFE = 30 * 60.0


class ResponseRefusedError(Exception):
    """A response URL is unknown, used up or too old; the text is Slack's error code."""


@dataclass
class Response:
    """Where an answer goes: a person in a channel, and the message they acted on, if any."""

    user: str
    channel: str
    message_ts: str | None
    in_channel: bool
    expires_at: float
    uses: int = 0


class Responses:
    """All response URLs that are alive; a restart forgets them.

    Args:
        state: finds the messages to replace.
        posts: posts the answers.
        base_url: tells where this server listens, with a slash at its end.
    """

    def __init__(self, state: State, posts: Posts, base_url: Callable[[], str]) -> None:
        self._state = state
        self._posts = posts
        self._base_url = base_url
        self._responses: dict[str, Response] = {}

    def new_url(self, user: str, channel: str, message_ts: str | None = None, *, in_channel: bool = False) -> str:
        """Make a URL, good for five answers within 30 minutes of real time; what is not `in_channel` is private."""
        key = secrets.token_hex(16)
        self._responses[key] = Response(user, channel, message_ts, in_channel, real_time() + LIFE)
        return f"{self._base_url()}respond/{key}"

    def answer(self, key: str, body: Json) -> None:
        """Do what an app posted to a URL.

        Raises ResponseRefusedError.
        """
        response = self._responses.get(key)
        if response is None:
            raise ResponseRefusedError("invalid_url")
        if real_time() > response.expires_at:
            raise ResponseRefusedError("expired_url")
        if response.uses >= MOST_USES:
            raise ResponseRefusedError("used_url")
        if not any(body.get(name) for name in ("text", "blocks", "attachments", "delete_original")):
            raise ResponseRefusedError("no_text")
        _check(body)
        response.uses += 1
        self._apply(response, body)

    def answer_to(self, user: str, channel: str, body: Json) -> None:
        """Show what an app put into the acknowledgement of a command itself.

        Raises ResponseRefusedError for what is no message.
        """
        if body.get("text") or body.get("blocks"):
            _check(body)
            self._apply(Response(user, channel, None, in_channel=False, expires_at=0), body)

    def _apply(self, response: Response, body: Json) -> None:
        original = self._original(response)
        if body.get("delete_original"):
            if original is not None:
                self._posts.delete(original)
            return
        if body.get("replace_original") and original is not None:
            self._posts.change(original, text=_text(body, "text"), blocks=body.get("blocks") or [])
            return
        draft = Draft(_text(body, "text"), body.get("blocks") or [], body.get("attachments") or [])
        is_private = body.get("response_type", "in_channel" if response.in_channel else "") != "in_channel"
        reader = response.user if is_private else None
        self._posts.post(BOT_USER_ID, response.channel, draft, thread_ts=_text(body, "thread_ts"), reader=reader)

    def _original(self, response: Response) -> Message | None:
        if response.message_ts is None:
            return None
        message = self._state.find_message(response.channel, response.message_ts)
        # An app can only replace what it said itself.
        return message if message is not None and message.bot else None


def _check(body: Json) -> None:
    """Refuse what is no message; raises ResponseRefusedError."""
    blocks, attachments = body.get("blocks") or [], body.get("attachments") or []
    if review_blocks(blocks, MESSAGE):
        raise ResponseRefusedError("invalid_blocks")
    if text_length(blocks) > LONGEST_BLOCKS:
        raise ResponseRefusedError("msg_blocks_too_long")
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise ResponseRefusedError("invalid_attachments")
    if any(review_blocks(one.get("blocks") or [], MESSAGE) for one in attachments):
        raise ResponseRefusedError("invalid_attachments")


def _text(body: Json, name: str) -> str | None:
    """Read a text as the Web API does: a number is taken for one."""
    value = body.get(name)
    return None if value is None else str(value)
