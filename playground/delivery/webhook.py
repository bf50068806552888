"""Delivery over HTTP: signed requests to the app's own address, in place of Socket Mode.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack and /apis/events-api
"""

import asyncio
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from playground.state.state import real_time
from playground.state.store import Json

SIGNING_SECRET = "local-workspace-secret"  # noqa: S105 - everybody may know it, as the tokens
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
ANSWER_WITHIN = 3.0
MOST_REDIRECTS = 2
OK = 200
SERVER_ERRORS = 500
KNOCK_EVERY = 0.3


class DeliveryError(ConnectionError):
    """The app gave no proper answer.

    Args:
        reason: what a retry says about it, in Slack's words.
        error: what a person reads who waits for it.
        final: whether the app wants no retry.
    """

    def __init__(self, reason: str, error: str = "dispatch_failed", *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.error = error
        self.final = final


@dataclass(frozen=True)
class Addresses:
    """Where an app takes what; an empty one takes nothing."""

    events: str = ""
    interactions: str = ""
    options: str = ""
    commands: str = ""

    @classmethod
    def all_at(cls, url: str) -> "Addresses":
        """Say that one address takes everything, as Bolt's does."""
        return cls(url, url, url, url)

    def of(self, kind: str, payload: Json) -> str:
        """Tell where something goes."""
        if kind == "events_api":
            return self.events
        if kind == "slash_commands":
            return self.commands
        return self.options if payload.get("type") == "block_suggestion" else self.interactions


class Webhook:
    """The app's addresses.

    Args:
        addresses: where it takes what.
    """

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self.verified = False
        # A connection for each delivery: one that is kept would be lost whenever the app starts again.
        self._client = httpx.AsyncClient(
            trust_env=False,
            timeout=ANSWER_WITHIN,
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def verify(self) -> None:
        """Knock until the app proves that the address for events is its own, as Slack does when it is set."""
        while not self.verified:
            challenge = secrets.token_hex(16)
            body = {"type": "url_verification", "token": "local", "challenge": challenge}
            try:
                answer = await self._post(self._addresses.events, json.dumps(body), "application/json", {})
                self.verified = not self._addresses.events or challenge in answer.text
            except (TimeoutError, DeliveryError):
                self.verified = False
            if not self.verified:
                await asyncio.sleep(KNOCK_EVERY)

    async def deliver(self, envelope: Json) -> Json | None:
        """Send what an envelope holds and give the app's answer, None for an empty one.

        Raises TimeoutError after 3 s and DeliveryError.
        """
        kind, payload = envelope["type"], envelope["payload"]
        url = self._addresses.of(kind, payload)
        headers = {}
        if kind == "events_api":
            body, content_type = json.dumps(payload), "application/json"
            if envelope.get("retry_attempt"):
                headers["X-Slack-Retry-Num"] = str(envelope["retry_attempt"])
                headers["X-Slack-Retry-Reason"] = envelope["retry_reason"]
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, content_type = urlencode(fields), "application/x-www-form-urlencoded"
        return _answer(await self._post(url, body, content_type, headers))

    async def _post(self, url: str, body: str, content_type: str, headers: dict[str, str]) -> httpx.Response:
        if not url:
            raise DeliveryError("unknown_error")
        stamp = str(int(real_time()))
        signature = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            **headers,
            "Content-Type": content_type,
            "User-Agent": AGENT,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={signature}",
        }
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                answer = await self._client.post(url, content=body.encode(), headers=headers)
        except httpx.TimeoutException:
            raise TimeoutError from None
        except httpx.TooManyRedirects:
            raise DeliveryError("too_many_redirects") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise DeliveryError("connection_failed") from None
        if answer.status_code != OK:
            error = "http_service_error" if answer.status_code >= SERVER_ERRORS else "http_client_error"
            raise DeliveryError("http_error", error, final=answer.headers.get("x-slack-no-retry") == "1")
        return answer


def _answer(response: httpx.Response) -> Json | None:
    """Read an answer: an object, or plain text that a command shows."""
    if not response.content:
        return None
    try:
        answer = response.json()
    except ValueError:
        return {"text": response.text}
    return answer if isinstance(answer, dict) else None
