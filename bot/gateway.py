"""Every Web API call the bot starts by itself."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks.kit import Message
from bot.domain.files import File
from bot.domain.identity import Profile, Room, away_until
from bot.domain.languages import language_of
from bot.domain.messages import Posted
from bot.troubles import (
    RETRY_SECONDS,
    CannotReachError,
    FilesRefusedError,
    OperatorNeededError,
    OutcomeUnknownError,
    SlackTrouble,
    SwitchedOffError,
    TryLaterError,
    trouble_of,
)

PAGE: Final = 200
SAMPLE: Final = 30
NEWEST: Final = 100
EVENT_TYPE: Final = "peerloop_message"
# For so long Slack's answer is waited for.
ANSWER_SECONDS: Final = 10

_log = logging.getLogger(__name__)

_FILE_GONE: Final = frozenset({"file_not_found", "file_deleted"})


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in its workspace, as Slack tells it."""

    team_id: str
    bot_user_id: str
    bot_id: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """A stretch of do-not-disturb, from `start` until before `end`, aware UTC."""

    start: datetime
    end: datetime


class SlackGateway:
    """The Web API, for what the bot does by itself.

    Args:
        client: A client with the bot's token and without retry handlers, since a post must not be repeated.
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._team_id = ""

    def identify(self) -> Identity:
        """Ask Slack who the bot is, before anything else; raises SlackTrouble when the token does not work."""
        answer = self._call("auth.test")
        if answer.get("is_enterprise_install"):
            # Such a token speaks for many workspaces, and names none.
            raise OperatorNeededError("the app is installed for an organization, not in one of its workspaces")
        self._team_id = str(answer["team_id"])
        return Identity(
            team_id=self._team_id,
            bot_user_id=str(answer["user_id"]),
            bot_id=str(answer.get("bot_id") or ""),
        )

    def open_conversation(self, people: Sequence[str]) -> str:
        """Return the conversation of the bot with these people; opening again finds the same."""
        answer = self._call("conversations.open", users=",".join(people))
        return str(answer["channel"]["id"])

    def post(self, channel_id: str, message: Message, key: str, thread_ts: str = "") -> Posted:
        """Post a message; `key` goes along as metadata, so that it can be recognised, unless it is empty."""
        more: dict[str, object] = {"thread_ts": thread_ts} if thread_ts else {}
        if key:
            more["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
        answer = self._call(
            "chat.postMessage",
            channel=channel_id,
            text=message.text,
            blocks=list(message.blocks),
            unfurl_links=False,
            unfurl_media=False,
            **more,
        )
        return Posted(str(answer["channel"]), str(answer["ts"]))

    def post_for_one(self, channel_id: str, reader: str, message: Message) -> Posted:
        """Post a message in a channel that only one person sees."""
        answer = self._call(
            "chat.postEphemeral",
            channel=channel_id,
            user=reader,
            text=message.text,
            blocks=list(message.blocks),
        )
        return Posted(channel_id, str(answer["message_ts"]))

    def edit(self, at: Posted, message: Message) -> Posted:
        """Change a message that was posted."""
        self._call("chat.update", channel=at.channel_id, ts=at.ts, text=message.text, blocks=list(message.blocks))
        return at

    def remove(self, at: Posted) -> Posted:
        """Take a message that was posted away; one that is gone already stays so."""
        try:
            self._call("chat.delete", channel=at.channel_id, ts=at.ts)
        except CannotReachError as trouble:
            if trouble.error != "message_not_found":
                raise
        return at

    def find_message(self, user_id: str, key: str) -> Posted | None:
        """Look in the direct message with a person for the message that was posted with a key.

        Gives None when it is not among the newest hundred there.
        """
        channel_id = self.open_conversation([user_id])
        answer = self._call("conversations.history", channel=channel_id, limit=NEWEST, include_all_metadata=True)
        for message in answer["messages"]:
            metadata = message.get("metadata") or {}
            # Anybody may post metadata; what the bot posted carries its id.
            if message.get("bot_id") and (metadata.get("event_payload") or {}).get("key") == key:
                return Posted(channel_id, str(message["ts"]))
        return None

    def find_file(self, channel_id: str, file_id: str) -> Posted | None:
        """Look for a file that was shared in a direct message; None when it is not among the newest hundred there."""
        history = self._call("conversations.history", channel=channel_id, limit=NEWEST)
        is_there = any(_has_file(message, file_id) for message in history["messages"])
        return Posted(channel_id, file_id) if is_there else None

    def upload(self, file: File) -> str:
        """Give Slack a file, which nobody sees before it is shared; returns its id.

        Raises:
            FilesRefusedError: The app, or everybody, may not do so in this workspace.
        """
        try:
            promised = self._call(
                "files.getUploadURLExternal",
                filename=file.name,
                length=len(file.content),
                alt_txt=file.description,
            )
        except SwitchedOffError as trouble:
            raise FilesRefusedError(trouble.error) from None
        self._upload(str(promised["upload_url"]), file.content)
        return str(promised["file_id"])

    def share(self, channel_id: str, file_id: str, title: str, words: str) -> Posted:
        """Post an uploaded file with some words.

        Raises:
            FilesRefusedError: The app, or everybody, may not do so in this workspace.
        """
        files = json.dumps([{"id": file_id, "title": title}])
        try:
            self._call("files.completeUploadExternal", files=files, channel_id=channel_id, initial_comment=words)
        except SwitchedOffError as trouble:
            raise FilesRefusedError(trouble.error) from None
        return Posted(channel_id, file_id)

    def take_back(self, channel_id: str, file_id: str) -> None:
        """Remove a file that was handed over, and the words it came with as far as they are found."""
        history = self._call("conversations.history", channel=channel_id, limit=NEWEST)
        for message in history["messages"]:
            if _has_file(message, file_id):
                self._call("chat.delete", channel=channel_id, ts=str(message["ts"]))
        try:
            self._call("files.delete", file=file_id)
        except CannotReachError as trouble:
            # The person has removed it, or it went with its message.
            if trouble.error not in _FILE_GONE:
                raise

    def _upload(self, url: str, content: bytes) -> None:
        try:
            with urlopen(  # noqa: S310 - the address comes from Slack's own answer
                Request(url, data=content, method="POST"),  # noqa: S310 - as above
                timeout=self._client.timeout,
                context=self._client.ssl,
            ):
                return
        except HTTPError as error:
            raise TryLaterError(f"upload: {error.code}", RETRY_SECONDS) from None
        except (OSError, HTTPException) as error:
            # Nothing is to be seen of a file whose upload was not completed.
            raise TryLaterError(f"upload: {type(error).__name__}", RETRY_SECONDS) from None

    def find_profile(self, user_id: str) -> Profile | None:
        """Return an account as Slack has it, or None when Slack knows none of that id.

        When Slack cannot be asked, the account is taken for an active person in an unknown zone: what
        somebody wants now is not refused for it, and the nightly look puts it right.
        """
        try:
            answer = self._call("users.info", user=user_id, include_locale=True)
        except CannotReachError:
            return None
        except SlackTrouble as trouble:
            _log.warning("users.info failed: %s", trouble.error)
            return Profile(user_id=user_id, zone=None)
        return profile_of(answer["user"], self._team_id)

    def is_colleague(self, user_id: str) -> bool:
        """Tell whether an account belongs to this workspace; when Slack cannot be asked, it does not."""
        try:
            answer = self._call("users.info", user=user_id)
        except SlackTrouble as trouble:
            _log.warning("users.info failed: %s", trouble.error)
            return False
        return is_ours(answer["user"], self._team_id)

    def find_quiet(self, people: Sequence[str]) -> dict[str, Quiet]:
        """Return the present or next do-not-disturb of those of these people who have one.

        Raises:
            SlackTrouble: Slack cannot be asked, or the app may not ask.
        """
        answer = self._call("dnd.teamInfo", users=",".join(people))
        return {
            str(user_id): Quiet(*(datetime.fromtimestamp(told[f"next_dnd_{end}_ts"], UTC) for end in ("start", "end")))
            for user_id, told in (answer.get("users") or {}).items()
            if told.get("dnd_enabled")
        }

    def list_profiles(self) -> Iterator[list[Profile]]:
        """Walk through all accounts of the workspace, a page at a time."""
        for page in self._pages("users.list", include_locale=True):
            yield [profile_of(user, self._team_id) for user in page.get("members") or []]

    def list_channel(self, channel_id: str) -> list[str]:
        """Return the ids of everybody in a channel."""
        return [
            str(user)
            for page in self._pages("conversations.members", channel=channel_id)
            for user in page.get("members") or []
        ]

    def find_room(self, channel_id: str) -> Room | None:
        """Return a channel in which the bot is, or None.

        When Slack cannot be asked, the bot is taken to be in it and the channel to be private.
        """
        try:
            answer = self._call("conversations.info", channel=channel_id)
        except SlackTrouble as trouble:
            _log.warning("conversations.info failed: %s", trouble.error)
            # A private channel without the bot looks to it like none.
            return None if trouble.error == "channel_not_found" else Room(channel_id, is_private=True)
        channel = answer["channel"]
        return Room(channel_id, bool(channel.get("is_private"))) if channel.get("is_member", True) else None

    def has_member(self, channel_id: str, user_id: str) -> bool:
        """Tell whether a person is in a channel; when Slack cannot be asked, they are taken to be."""
        try:
            return any(
                user_id in (page.get("members") or [])
                for page in self._pages("conversations.members", channel=channel_id)
            )
        except SlackTrouble as trouble:
            _log.warning("conversations.members failed: %s", trouble.error)
            return True

    def zones_in(self, channel_id: str) -> list[str]:
        """Return the time zones of up to thirty people of a channel; fewer when Slack has trouble."""
        try:
            people = self.list_channel(channel_id)[:SAMPLE]
        except SlackTrouble as trouble:
            _log.warning("conversations.members failed: %s", trouble.error)
            return []
        profiles = [self.find_profile(user_id) for user_id in people]
        return [profile.zone for profile in profiles if profile and profile.is_person and profile.zone]

    def _pages(self, method: str, **arguments: object) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = self._call(method, limit=PAGE, **arguments, **more)
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _call(self, method: str, **arguments: object) -> dict[str, Any]:
        # chat.* take JSON, the rest forms; the same split as in the SDK's own methods.
        as_json = method.startswith("chat.")
        try:
            answer = self._client.api_call(
                method, json=arguments if as_json else None, params=None if as_json else arguments
            )
        except SlackApiError as error:
            raise trouble_of(method, error.response) from None
        except URLError as error:
            # What goes wrong while connecting or sending is wrapped in this one, so Slack did not get it all.
            raise TryLaterError(f"no connection: {type(error.reason).__name__}", RETRY_SECONDS) from None
        except (OSError, HTTPException) as error:
            raise OutcomeUnknownError(type(error).__name__) from None
        data = answer.data
        if not isinstance(data, dict):
            raise OutcomeUnknownError("an answer that is no JSON")
        return data


def profile_of(user: dict[str, Any], team_id: str) -> Profile:
    """Read one of Slack's user objects, as seen from a workspace; fields may be missing, null or empty.

    Source: slack-facts 6.1.
    """
    is_bot = bool(user.get("is_bot") or user.get("is_workflow_bot") or user.get("is_connector_bot"))
    status = user.get("profile") or {}
    expires = int(status.get("status_expiration") or 0)
    return Profile(
        user_id=str(user["id"]),
        language=language_of(user["locale"]) if user.get("locale") else None,
        zone=user.get("tz") or None,
        away_until=away_until(
            str(status.get("status_text") or ""),
            str(status.get("status_emoji") or ""),
            datetime.fromtimestamp(expires, UTC) if expires else None,
        ),
        is_person=not is_bot and user["id"] != "USLACKBOT",
        is_active=not user.get("deleted") and not user.get("is_invited_user"),
        is_guest=bool(
            user.get("is_restricted")
            or user.get("is_ultra_restricted")
            or user.get("is_stranger")
            or not is_ours(user, team_id)
        ),
    )


def is_ours(user: Mapping[str, Any], team_id: str) -> bool:
    """Tell whether an account belongs to a workspace: it is its home, or one of those it is in of its organization.

    Source: slack-facts 5.5.
    """
    home, organization = user.get("team_id"), user.get("enterprise_user") or {}
    return not home or home == team_id or team_id in (organization.get("teams") or ())


def _has_file(message: Mapping[str, Any], file_id: str) -> bool:
    """Tell whether a message is the bot's own and holds a file."""
    return bool(message.get("bot_id")) and file_id in {file.get("id") for file in message.get("files") or ()}
