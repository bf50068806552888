"""Every Web API call the bot starts by itself."""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, Final, Generic, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.addresses import keeps_secrets
from bot.blocks.block_kit import Message, mark
from bot.domain.files import File
from bot.domain.identity import NO_END, Profile, Room, away_until
from bot.domain.languages import language_of
from bot.domain.messages import Posted
from bot.slack_errors import (
    CannotReachError,
    FilesRefusedError,
    OperatorNeededError,
    SlackTrouble,
    SwitchedOffError,
    TryLaterError,
    trouble_of,
    unknown_outcome,
)

PAGE: Final = 200
# Source: slack-facts 12; the largest page of `users.list`.
ACCOUNTS_PAGE: Final = 1_000
SAMPLE: Final = 30
NEWEST: Final = 100
# For so long Slack's answer is waited for.
ANSWER_SECONDS: Final = 10
# For so long an answer may go on that began in time; who cannot connect fails before, and that leaves no doubt.
MOST_PIECES_SECONDS: Final = 1

_log = logging.getLogger(__name__)

_RowT = TypeVar("_RowT")
_ID: Final = re.compile(r"[A-Z0-9]+")
# Slack writes 0, or 1, where there is no time.
_NO_TIME: Final = datetime.fromtimestamp(1, UTC)
# What files are first asked for with; a file that could not be uploaded begins there again.
_UPLOAD: Final = "files.getUploadURLExternal"
# Source: slack-facts 9. No other refusal says of an account that there is none.
_NO_ACCOUNT: Final = frozenset({"user_not_found", "users_not_found"})
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


@dataclass(frozen=True, slots=True)
class Page(Generic[_RowT]):
    """A page of a list; `cursor` is Slack's word for the next one, empty on the last."""

    rows: tuple[_RowT, ...]
    cursor: str


class SlackGateway:
    """The Web API, for what the bot does by itself.

    Args:
        client: A client with the bot's token and without retry handlers, since a post must not be repeated.
        reading: A client whose handlers repeat a call that failed, for lists that no person waits for.
    """

    def __init__(self, client: WebClient, reading: WebClient | None = None) -> None:
        self._client = client
        self._reading = reading or client
        self._team_id = ""

    def identify(self) -> Identity:
        """Ask Slack who the bot is, before anything else; raises SlackTrouble when the token does not work."""
        answer = self._call("auth.test")
        if answer.get("is_enterprise_install"):
            # Such a token speaks for many workspaces, and names none.
            raise OperatorNeededError("the app is installed for an organization, not in one of its workspaces")
        with _making_sense("auth.test"):
            identity = Identity(
                team_id=_needed(answer, "team_id"),
                bot_user_id=_needed(answer, "user_id"),
                bot_id=str(answer.get("bot_id") or ""),
            )
        self._team_id = identity.team_id
        return identity

    def open_conversation(self, people: Sequence[str]) -> str:
        """Return the conversation of the bot with these people; opening again finds the same."""
        answer = self._call("conversations.open", users=",".join(people))
        with _making_sense("conversations.open"):
            return _needed(answer["channel"], "id")

    def post(self, channel_id: str, message: Message, key: str, thread_ts: str = "") -> Posted:
        """Post a message; `key` goes along as metadata, so that it can be recognised, unless it is empty."""
        more: dict[str, object] = {"thread_ts": thread_ts} if thread_ts else {}
        if key:
            more["metadata"] = mark(key)
        answer = self._call(
            "chat.postMessage",
            channel=channel_id,
            text=message.text,
            blocks=list(message.blocks),
            unfurl_links=False,
            unfurl_media=False,
            **more,
        )
        with _making_sense("chat.postMessage"):
            return Posted(_needed(answer, "channel"), _needed(answer, "ts"))

    def post_for_one(self, channel_id: str, reader: str, message: Message) -> Posted:
        """Post a message in a channel that only one person sees."""
        answer = self._call(
            "chat.postEphemeral",
            channel=channel_id,
            user=reader,
            text=message.text,
            blocks=list(message.blocks),
        )
        with _making_sense("chat.postEphemeral"):
            return Posted(channel_id, _needed(answer, "message_ts"))

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

        Return None when it is not among the newest hundred there.
        """
        channel_id = self.open_conversation([user_id])
        answer = self._call("conversations.history", channel=channel_id, limit=NEWEST, include_all_metadata=True)
        with _making_sense("conversations.history"):
            for message in answer["messages"]:
                metadata = message.get("metadata") or {}
                # Anybody may post metadata; what the bot posted carries its id.
                if message.get("bot_id") and (metadata.get("event_payload") or {}).get("key") == key:
                    return Posted(channel_id, _needed(message, "ts"))
        return None

    def find_file(self, channel_id: str, file_id: str) -> Posted | None:
        """Look for a file that was shared in a direct message; None when it is not among the newest hundred there."""
        history = self._call("conversations.history", channel=channel_id, limit=NEWEST)
        with _making_sense("conversations.history"):
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
        with _making_sense(_UPLOAD):
            address, file_id = _needed(promised, "upload_url"), _needed(promised, "file_id")
            if not keeps_secrets(address):
                raise ValueError("upload_url")
        self._upload(address, file.content)
        return file_id

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
        with _making_sense("conversations.history"):
            shared_at = [_needed(message, "ts") for message in history["messages"] if _has_file(message, file_id)]
        for ts in shared_at:
            self.remove(Posted(channel_id, ts))
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
            raise TryLaterError(f"upload: {error.code}", _UPLOAD) from None
        except (OSError, HTTPException) as error:
            # Nothing is to be seen of a file whose upload was not completed.
            raise TryLaterError(f"upload: {type(error).__name__}", _UPLOAD) from None

    def find_profile(self, user_id: str) -> Profile | None:
        """Return an account as Slack has it, or None when Slack knows none of that id.

        When Slack cannot be asked, or refuses for any other reason, the account is taken for an active person in an
        unknown zone: what somebody wants now is not refused for it, and the nightly look puts it right.
        """
        try:
            answer = self._call("users.info", user=user_id, include_locale=True)
            with _making_sense("users.info"):
                return profile_of(answer["user"], self._team_id)
        except SlackTrouble as trouble:
            if trouble.error in _NO_ACCOUNT:
                return None
            _log.warning("users.info failed: %s", trouble.error)
            return Profile(user_id=user_id, zone=None)

    def is_colleague(self, user_id: str) -> bool:
        """Tell whether an account belongs to this workspace; when Slack cannot be asked, it does not."""
        try:
            answer = self._call("users.info", user=user_id)
            with _making_sense("users.info"):
                return is_ours(answer["user"], self._team_id)
        except SlackTrouble as trouble:
            _log.warning("users.info failed: %s", trouble.error)
            return False

    def find_quiet(self, people: Sequence[str]) -> dict[str, Quiet]:
        """Return the present or next do-not-disturb of those of these people who have one.

        Raises:
            SlackTrouble: Slack cannot be asked, or the app may not ask.
        """
        answer = self._call("dnd.teamInfo", users=",".join(people))
        with _making_sense("dnd.teamInfo"):
            spans = {
                str(user_id): (_moment(told.get("next_dnd_start_ts")), _moment(told.get("next_dnd_end_ts")))
                for user_id, told in (answer.get("users") or {}).items()
                if told.get("dnd_enabled")
            }
        return {user_id: Quiet(start, end) for user_id, (start, end) in spans.items() if start and end}

    def list_accounts(self, cursor: str) -> Page[Profile]:
        """Return a page of the workspace's accounts, without those that cannot be read; an empty cursor is the first.

        Raises:
            SlackTrouble: Slack cannot be asked; the cursor is still good.
        """
        more = {"cursor": cursor} if cursor else {}
        page = self._read("users.list", limit=ACCOUNTS_PAGE, include_locale=True, **more)
        with _making_sense("users.list"):
            return Page(tuple(_readable(_members(page), self._team_id)), _next_cursor(page, cursor))

    def list_members(self, channel_id: str, cursor: str) -> Page[str]:
        """Return a page of the ids of everybody in a channel; an empty cursor is the first.

        Raises:
            SlackTrouble: Slack cannot be asked, or the bot is not in the channel.
        """
        more = {"cursor": cursor} if cursor else {}
        page = self._read("conversations.members", channel=channel_id, limit=PAGE, **more)
        with _making_sense("conversations.members"):
            return Page(_ids(page), _next_cursor(page, cursor))

    def find_room(self, channel_id: str) -> Room | None:
        """Return a channel in which the bot is, or None.

        When Slack cannot be asked, the bot is taken to be in it and the channel to be private.
        """
        try:
            answer = self._call("conversations.info", channel=channel_id)
            with _making_sense("conversations.info"):
                channel = answer["channel"]
                is_member, is_private = bool(channel.get("is_member", True)), bool(channel.get("is_private"))
        except SlackTrouble as trouble:
            _log.warning("conversations.info failed: %s", trouble.error)
            # A private channel without the bot looks to it like none.
            return None if trouble.error == "channel_not_found" else Room(channel_id, is_private=True)
        return Room(channel_id, is_private) if is_member else None

    def has_member(self, channel_id: str, user_id: str) -> bool:
        """Tell whether a person is in a channel; when Slack cannot be asked, they are taken to be."""
        try:
            return any(user_id in page for page in self._pages_of_members(channel_id))
        except SlackTrouble as trouble:
            _log.warning("conversations.members failed: %s", trouble.error)
            return True

    def zones_in(self, channel_id: str) -> list[str]:
        """Return the time zones of up to thirty people of a channel; none when Slack has trouble."""
        try:
            page = self._call("conversations.members", channel=channel_id, limit=SAMPLE)
            with _making_sense("conversations.members"):
                people = _ids(page)
            answers = [self._call("users.info", user=user_id) for user_id in people]
        except SlackTrouble as trouble:
            # Thirty questions without an answer would delay everything that is due by minutes.
            _log.warning("the zones in %s are not known: %s", channel_id, trouble.error)
            return []
        profiles = _readable([answer.get("user") for answer in answers], self._team_id)
        return [profile.zone for profile in profiles if profile.is_person and profile.zone]

    def _pages_of_members(self, channel_id: str) -> Iterator[tuple[str, ...]]:
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = self._call("conversations.members", channel=channel_id, limit=PAGE, **more)
            with _making_sense("conversations.members"):
                people, cursor = _ids(page), _next_cursor(page, cursor)
            yield people
            if not cursor:
                return

    def _call(self, method: str, **arguments: object) -> dict[str, Any]:
        return self._ask(self._client, method, arguments)

    def _read(self, method: str, **arguments: object) -> dict[str, Any]:
        return self._ask(self._reading, method, arguments)

    def _ask(self, client: WebClient, method: str, arguments: dict[str, object]) -> dict[str, Any]:
        # chat.* take JSON, the rest forms; the same split as in the SDK's own methods.
        as_json = method.startswith("chat.")
        try:
            with _making_sense(method):
                answer = self._within_the_time(
                    client,
                    lambda: client.api_call(
                        method, json=arguments if as_json else None, params=None if as_json else arguments
                    ),
                )
        except SlackApiError as error:
            with _making_sense(method):
                raise trouble_of(method, error.response) from None
        except URLError as error:
            # What goes wrong while connecting or sending is wrapped in this one, so Slack did not get it all.
            raise TryLaterError(f"no connection: {type(error.reason).__name__}", method) from None
        except (OSError, HTTPException) as error:
            raise unknown_outcome(method, type(error).__name__) from None
        data = answer.data
        if not isinstance(data, dict):
            raise unknown_outcome(method, "an answer that is no JSON")
        return data

    def _within_the_time(self, client: WebClient, call: Callable[[], SlackResponse]) -> SlackResponse:
        """Wait for all of an answer only a little longer than the client waits for each piece of it.

        A list that no person waits for takes the time it needs.

        Raises:
            TimeoutError: It took longer; what was asked for may still be done.
        """
        if client is not self._client:
            return call()
        answer: Future[SlackResponse] = Future()

        def run() -> None:
            try:
                answer.set_result(call())
            except Exception as error:
                answer.set_exception(error)

        # A call that was given up may hang for long, and must not keep the process from ending.
        threading.Thread(target=run, daemon=True, name="call").start()
        return answer.result(client.timeout + MOST_PIECES_SECONDS)


@contextmanager
def _making_sense(method: str) -> Iterator[None]:
    """Raise, for an answer that cannot be read or lacks what it should hold, that nobody knows what was done."""
    try:
        yield
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise unknown_outcome(method, f"an answer without sense: {type(error).__name__}") from None


def profile_of(user: dict[str, Any], team_id: str) -> Profile:
    """Read one of Slack's user objects, as seen from a workspace; fields may be missing, null or empty.

    Source: slack-facts 6.1.

    Raises:
        AttributeError, LookupError, TypeError, ValueError: It is no account.
    """
    is_bot = bool(user.get("is_bot") or user.get("is_workflow_bot") or user.get("is_connector_bot"))
    status, zone = user.get("profile") or {}, user.get("tz") or None
    if not _ID.fullmatch(user["id"]):
        raise ValueError("an account needs an id")
    return Profile(
        user_id=user["id"],
        language=language_of(user["locale"]) if user.get("locale") else None,
        zone=zone if isinstance(zone, str) and zone.isprintable() else None,
        away_until=away_until(
            str(status.get("status_text") or ""),
            str(status.get("status_emoji") or ""),
            _moment(status.get("status_expiration")),
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


def _readable(users: Iterable[Any], team_id: str) -> Iterator[Profile]:
    """Read accounts, and leave out an account that cannot be read, so that it hides no other."""
    for user in users:
        try:
            yield profile_of(user, team_id)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            told = user.get("id") if isinstance(user, Mapping) else None
            name = told if isinstance(told, str) and _ID.fullmatch(told) else "without an id"
            _log.warning("account %s is left out, since it cannot be read: %s", name, type(error).__name__)


def _moment(told: object) -> datetime | None:
    """Read a Unix time; None for a missing time, and for a time that no calendar has.

    Source: slack-facts 12: on odd accounts times come in milliseconds, as texts, and far in the future.
    """
    try:
        moment = datetime.fromtimestamp(float(str(told or 0)), UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return moment if _NO_TIME < moment < NO_END else None


def _needed(answer: Mapping[str, Any], name: str) -> str:
    """Return a text that an answer must hold; raise LookupError, TypeError or ValueError where it does not."""
    told = answer[name]
    if not isinstance(told, str) or not told:
        raise ValueError(name)
    return told


def _members(page: Mapping[str, Any]) -> list[Any]:
    """Return the rows of a page; one without them is no end of its list, and says nothing of who is missing."""
    rows = page["members"]
    if not isinstance(rows, list):
        raise TypeError("members")
    return rows


def _ids(page: Mapping[str, Any]) -> tuple[str, ...]:
    rows = _members(page)
    if not all(isinstance(one, str) for one in rows):
        raise TypeError("members")
    return tuple(rows)


def _next_cursor(page: Mapping[str, Any], cursor: str) -> str:
    """Return Slack's word for the page after this one, which was asked for with `cursor`; empty on the last.

    Raises:
        CannotReachError: It is the same page again, and would be for ever.
    """
    following = (page.get("response_metadata") or {}).get("next_cursor") or ""
    if not isinstance(following, str):
        raise TypeError("next_cursor")
    if cursor and following == cursor:
        raise CannotReachError("the same page again and again")
    return following


def is_ours(user: Mapping[str, Any], team_id: str) -> bool:
    """Tell whether an account belongs to a workspace: as its home, or as one of its workspaces in an organization.

    Source: slack-facts 5.5.
    """
    home, organization = user.get("team_id"), user.get("enterprise_user") or {}
    return not home or home == team_id or team_id in (organization.get("teams") or ())


def _has_file(message: Mapping[str, Any], file_id: str) -> bool:
    """Tell whether a message is the bot's own and holds a file."""
    return bool(message.get("bot_id")) and file_id in {file.get("id") for file in message.get("files") or ()}
