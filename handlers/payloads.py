"""Slack's payloads read into small frozen values; nothing else knows payloads.

Which workspace a payload is about is what Bolt authorized; no field of the payload is asked for it.

What people typed is made fit to be kept and shown here, once: PostgreSQL takes no character of value zero, no database
takes half of a character, and some characters turn round how the words of others behind them read. Of a long text only
the beginning is read.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final, TypeVar

from bot.blocks.block_kit import GIVEN_BACK, VALUE
from bot.domain.commands import unescaped
from bot.domain.errors import Problem, UserError
from bot.domain.identity import LARGEST_ID, Actor, Tenant
from bot.domain.messages import Posted

Payload = Mapping[str, Any]
Default = TypeVar("Default", int, None)

# No rule takes as much, and an answer can still give all of it back.
MOST_TYPED: Final = GIVEN_BACK
# What ends a text for some databases, and Unicode's embeddings, overrides and isolates of a direction. Arabic and
# Hebrew read right without these, by the letters themselves.
_TURNING: Final = re.compile("[\0\u202a-\u202e\u2066-\u2069]")
# Spaces, of which Unicode's last is U+3000, and the joiners and marks of no width that copied text brings along.
_SPACES: Final = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())
_UNSEEN: Final = _SPACES + "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

_ID: Final = re.compile("[0-9]{1,10}")
_CHANNEL: Final = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^<>]*)?>")
_NO_CHANNEL: Final = re.compile(r"(?:^|\s)(#\w[\w-]*)")


@dataclass(frozen=True, slots=True)
class Command:
    """Words somebody typed: after a slash command, or to the bot in a direct message, a channel or a thread.

    Args:
        who: The person.
        channel_id: The channel where it was typed; empty in a direct message and in a group's.
        text: The words as Slack delivers them, without the command itself; of a long text only the beginning.
        can_open_form: Whether Slack lets a form be opened as an answer.
        length: How many characters were typed; `text` is cut when these are more than MOST_TYPED.
    """

    who: Actor
    channel_id: str
    text: str
    can_open_form: bool
    length: int = 0


@dataclass(frozen=True, slots=True)
class Click:
    """A button pressed or a choice made.

    Args:
        who: The person.
        channel_id: The channel of the message it was in; empty in App Home and forms.
        value: What the button or the chosen entry carries; for a date picker, the date.
        variant: What stands after the colon of the action's id.
        stands: Where the message stands; None in App Home, in forms and for what only one person sees.
    """

    who: Actor
    channel_id: str
    value: str
    variant: str
    stands: Posted | None


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry chosen from Slack's shortcuts, of a message or from anywhere; without a message all but `who` is empty.

    Args:
        who: The person.
        channel_id: The conversation in which the message stands, also one that the bot is not in.
        author: Id of who wrote the message; empty when an app did.
        text: The message's words as Slack delivers them.
        link: The message's address, for those who may see it.
    """

    who: Actor
    channel_id: str = ""
    author: str = ""
    text: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that was sent.

    Args:
        who: The person.
        metadata: What the form was opened with.
        values: What is in each field, by its block id.
    """

    who: Actor
    metadata: str
    values: Mapping[str, Any]

    def text(self, block_id: str) -> str:
        """Return what was typed in a field, trimmed; empty when nothing was."""
        return trimmed(self.values.get(block_id, {}).get("value"))

    def choice(self, block_id: str) -> str:
        """Return the value of the chosen entry; empty when none was."""
        return str((self.values.get(block_id, {}).get("selected_option") or {}).get("value") or "")

    def number(self, block_id: str, choices: Iterable[int], default: Default) -> int | Default:
        """Return the number chosen; `default` when none was, or one that is no choice."""
        chosen = self.choice(block_id)
        return next((one for one in choices if str(one) == chosen), default)

    def choices(self, block_id: str) -> tuple[str, ...]:
        """Return the values of the chosen entries."""
        chosen = self.values.get(block_id, {}).get("selected_options") or ()
        return tuple(str(option.get("value") or "") for option in chosen)

    def people(self, block_id: str) -> tuple[str, ...]:
        """Return the ids of the people chosen."""
        return tuple(self.values.get(block_id, {}).get("selected_users") or ())

    def person(self, block_id: str) -> str:
        """Return the id of the one person chosen; empty when nobody was."""
        return str(self.values.get(block_id, {}).get("selected_user") or "")

    def day(self, block_id: str) -> date | None:
        """Return the day chosen, or None."""
        chosen = self.values.get(block_id, {}).get("selected_date")
        return day_in(chosen) if chosen else None

    def time_of_day(self, block_id: str) -> time:
        """Return the time chosen; midnight when none was."""
        chosen = self.values.get(block_id, {}).get("selected_time") or "00:00"
        try:
            return time.fromisoformat(chosen)
        except ValueError:
            raise UserError(Problem.GONE) from None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in Slack; `body` is the inner event."""

    tenant: Tenant
    event_id: str
    body: Payload

    def actor(self, user_id: str) -> Actor:
        """Return the person of the event, for services that want an actor."""
        return Actor(self.tenant, user_id, f"event:{self.event_id}")


def command_from(body: Payload, tenant: Tenant) -> Command:
    """Read a slash command."""
    who = Actor(tenant, user_id=str(body["user_id"]), act_id=f"command:{body['trigger_id']}")
    place, name = str(body["channel_id"]), str(body.get("channel_name") or "")
    is_direct = place.startswith("D") or name == "directmessage" or name.startswith("mpdm-")
    text, length = beginning(body.get("text"))
    return Command(who, "" if is_direct else place, text, can_open_form=True, length=length)


def command_from_message(event: Event) -> Command:
    """Read a message to the bot, direct or with its name in a channel, as words of the main command.

    One message can arrive under several event ids, so it is known by where and when it was written.
    """
    body = event.body
    act_id = f"message:{body['channel']}:{body['ts']}"
    who = Actor(event.tenant, str(body["user"]), act_id)
    place = "" if body.get("channel_type") in {"im", "mpim"} else str(body["channel"])
    text, length = beginning(body.get("text"))
    return Command(who, place, text, can_open_form=False, length=length)


def click_from(body: Payload, tenant: Tenant) -> Click:
    """Read a click on an element of a message, a form or App Home."""
    action = body["actions"][0]
    who = _actor(body, tenant, f"click:{action.get('action_ts')}:{action['action_id']}")
    chosen = action.get("selected_option") or {}
    value = action.get("value") or chosen.get("value") or action.get("selected_date") or ""
    channel_id = str((body.get("channel") or {}).get("id") or "")
    ts = (body.get("message") or {}).get("ts")
    is_for_one = bool((body.get("container") or {}).get("is_ephemeral"))
    return Click(
        who=who,
        channel_id=channel_id,
        value=fit(value),
        variant=str(action["action_id"]).partition(":")[2],
        stands=Posted(channel_id, str(ts)) if ts and not is_for_one else None,
    )


def shortcut_from(body: Payload, tenant: Tenant) -> Shortcut:
    """Read a shortcut, with the message it was used on, if there is one."""
    who = _actor(body, tenant, f"shortcut:{body.get('action_ts')}:{body['callback_id']}")
    message = body.get("message")
    if not message:
        return Shortcut(who)
    is_from_app = bool(message.get("bot_id") or message.get("subtype") == "bot_message")
    return Shortcut(
        who=who,
        channel_id=str(body["channel"]["id"]),
        author="" if is_from_app else str(message.get("user") or ""),
        text=fit(message.get("text")),
        link=_link_to(body),
    )


def submission_from(body: Payload, tenant: Tenant) -> Submission:
    """Read a form that was sent."""
    view = body["view"]
    values = {block_id: state.get(VALUE, {}) for block_id, state in view["state"]["values"].items()}
    return Submission(_actor(body, tenant, f"form:{view['id']}"), fit(view.get("private_metadata")), values)


def reader(body: Payload, tenant: Tenant) -> Actor | None:
    """Return who reads the answer to what happened; None when nobody gets one."""
    if "command" in body:
        return command_from(body, tenant).who
    if "event" not in body:
        return _actor(body, tenant, "view")
    event = event_from(body, tenant)
    inner = event.body
    # A person who invites the bot is answered, though the event is about the bot.
    user_id = inner.get("user") if inner.get("type") == "app_home_opened" or is_said_to_bot(inner) else None
    user_id = user_id or inner.get("inviter")
    return event.actor(user_id) if isinstance(user_id, str) and not inner.get("bot_id") else None


def is_said_to_bot(event: Payload) -> bool:
    """Tell whether an event is a message to the bot: a direct one, or one that has its name in it."""
    return event.get("type") == "app_mention" or event.get("channel_type") == "im"


def homes(body: Payload) -> frozenset[str]:
    """Return the workspaces, or organizations, that a payload names as the homes of the person who acts.

    The field depends on the kind of payload. Most payloads name the workspace itself or nothing; in a shared channel
    and in an organization there are others.
    """
    event = body.get("event")
    if event is not None:
        is_persons = is_said_to_bot(event) and isinstance(event.get("user"), str) and not event.get("bot_id")
        named = [event.get(field) for field in ("user_team", "source_team", "team")] if is_persons else []
    else:
        named = [(body.get("user") or {}).get("team_id"), (body.get("team") or {}).get("id")]
    return frozenset(str(home) for home in named if home)


def event_from(body: Payload, tenant: Tenant) -> Event:
    """Read an event."""
    return Event(tenant, str(body.get("event_id") or ""), body["event"])


def fit(typed: object) -> str:
    """Return up to 3,000 characters of typed words, without those that cannot be kept, or turn others round."""
    return _fit(typed)[:MOST_TYPED]


def trimmed(typed: object) -> str:
    """Return up to 3,000 characters of typed words, fit to be kept, without what nobody sees at either end."""
    return _fit(typed).strip(_UNSEEN)[:MOST_TYPED]


def beginning(typed: object) -> tuple[str, int]:
    """Return words of a message trimmed, or their first 3,000 characters when there are more, and how many there are.

    Slack escapes three characters, each of which counts as the one that was typed.
    """
    text = _fit(typed).strip(_UNSEEN)
    length = len(unescaped(text))
    return text if length <= MOST_TYPED else text[:MOST_TYPED], length


def channel_in(text: str) -> str | None:
    """Return the id of the first channel that typed words name, or None.

    Raises:
        UserError: They name one that Slack did not recognise.
    """
    if found := _CHANNEL.search(text):
        return found[1]
    if unknown := _NO_CHANNEL.search(text):
        raise UserError(Problem.NO_SUCH_CHANNEL, typed=unknown[1])
    return None


def id_in(value: str) -> int:
    """Return the id of a row that a button or a form carries.

    Raises:
        UserError: No row can have it; the button is broken, forged, or of another version.
    """
    if not _ID.fullmatch(value) or int(value) > LARGEST_ID:
        raise UserError(Problem.GONE)
    return int(value)


def day_in(value: str) -> date:
    """Return the day that a button, a form or a calendar carries.

    Raises:
        UserError: It is none.
    """
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UserError(Problem.GONE) from None


def describe(body: Payload) -> dict[str, object]:
    """Say in ids what a payload is, for the log; no word of a person is in it."""
    action = (body.get("actions") or [{}])[0].get("action_id")
    view = (body.get("view") or {}).get("callback_id")
    event = (body.get("event") or {}).get("type")
    what = body.get("command") or action or view or event or body.get("callback_id") or body.get("type")
    user = body.get("user_id") or (body.get("user") or {}).get("id")
    return {"what": what, "user": user, "event_id": body.get("event_id")}


def _fit(typed: object) -> str:
    return _TURNING.sub("", str(typed or "")).encode(errors="replace").decode()


def _link_to(body: Payload) -> str:
    """Return the address of the message that a shortcut was used on, as `chat.getPermalink` would.

    Slack itself gives it only for conversations in which the bot is. Empty where the payload names no workspace.
    """
    message, channel_id = body["message"], body["channel"]["id"]
    ts, thread_ts = str(message["ts"]), message.get("thread_ts")
    domain = (body.get("team") or {}).get("domain")
    if not domain:
        return ""
    place = f"https://{domain}.slack.com/archives/{channel_id}/p{ts.replace('.', '')}"
    return f"{place}?thread_ts={thread_ts}&cid={channel_id}" if thread_ts and thread_ts != ts else place


def _actor(body: Payload, tenant: Tenant, act_id: str) -> Actor:
    user_id = str(body["user"]["id"])
    return Actor(tenant, user_id, f"{act_id}:{user_id}")
