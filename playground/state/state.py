"""What a workspace holds: people, conversations, messages, views; and how each is kept.

All of it is in memory, and every `save_…` writes through to the store, so a restart finds it again.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Literal

from playground.state.store import Json, Store

TEAM_ID = "T0LOCAL1"
TEAM_NAME = "Local workspace"
TEAM_DOMAIN = "local-workspace"
BOT_USER_ID = "U0BOT"
BOT_ID = "B0BOT"
APP_ID = "A0LOCAL"

# Facts that are kept and found again, whatever they mean to others.
OTHER_FACTS = ("scheduled", "usergroup")

Kind = Literal["channel", "private", "mpim", "im"]


class WorkspaceError(Exception):
    """A person tried something the workspace refuses; the text is a sentence for them."""


@dataclass
class Person:
    """A colleague, a guest, somebody of another workspace or the app's bot user.

    An ultra-restricted guest is one for a single channel, and restricted too. Somebody whose `team` is another one
    is external, and here by a shared channel. `status_expiration` is a Unix time, 0 for never.
    `dnd_start` and `dnd_end` are the present or next do-not-disturb, as Unix times; an end of 0 means none.
    """

    id: str
    name: str
    real_name: str
    tz: str
    email: str = ""
    locale: str = "en-US"
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    team: str = TEAM_ID
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0
    dnd_start: int = 0
    dnd_end: int = 0
    updated: int = 0


@dataclass
class Conversation:
    """A channel, private channel, group direct message (`mpim`) or direct message (`im`).

    `name` is without "#"; an `im` has none. `last_read` maps a member to the ts read last.
    """

    id: str
    kind: Kind
    name: str
    members: list[str]
    topic: str = ""
    purpose: str = ""
    archived: bool = False
    creator: str = ""
    created: int = 0
    last_read: dict[str, str] = field(default_factory=dict)

    @property
    def with_app(self) -> bool:
        """Tell whether this is somebody's direct message with the app."""
        return self.kind == "im" and BOT_USER_ID in self.members

    @property
    def is_named(self) -> bool:
        """Tell whether this is a channel, public or private."""
        return self.kind in ("channel", "private")


@dataclass
class Message:
    """One message. `text` is raw mrkdwn as Slack would keep it; `reader` is set on ephemeral ones."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    edited: str | None = None
    reader: str | None = None
    subtype: str | None = None
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    reactions: list[Json] = field(default_factory=list)
    bot: bool = False


@dataclass
class View:
    """A Home tab or one modal of a person's stack.

    `content` is what the app sent (title, blocks, private_metadata, ...); `values` is Slack's
    `state.values` for what the person chose so far; `errors` are those of the last submission.
    """

    id: str
    owner: str
    content: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


class State:
    """Everything the workspace knows, in memory and in the store.

    Args:
        store: where it is kept.
        changed: called after every change.
    """

    def __init__(self, store: Store, changed: Callable[[], None]) -> None:
        self._store = store
        self._changed = changed
        self.load()

    def load(self) -> None:
        """Read everything from the store."""
        store = self._store
        self.people = {key: Person(**body) for key, body in store.all_of("person").items()}
        self.conversations = {key: Conversation(**body) for key, body in store.all_of("conversation").items()}
        self._named: dict[str, Conversation] = {}
        self._directs: dict[frozenset[str], Conversation] = {}
        for conversation in self.conversations.values():
            self._place(conversation)
        for body in store.all_of("read").values():
            self.conversations[body["channel"]].last_read[body["user"]] = body["ts"]
        self.messages: dict[str, list[Message]] = {key: [] for key in self.conversations}
        for body in store.all_of("message").values():
            self.messages.setdefault(body["channel"], []).append(Message(**body))
        self._threads: dict[tuple[str, str], list[Message]] = {}
        for messages in self.messages.values():
            messages.sort(key=lambda message: message.ts)
            for message in messages:
                self._index(message)
        self.homes = {key: View(**body) for key, body in store.all_of("home").items()}
        self.modals = {key: [View(**view) for view in body["stack"]] for key, body in store.all_of("modals").items()}
        self.files = store.all_of("file")
        self.posted = list(store.all_of("posted").values())
        self.pending = store.all_of("pending")
        self._facts = {kind: store.all_of(kind) for kind in OTHER_FACTS}
        self._numbers = {key: int(body["value"]) for key, body in store.all_of("number").items()}

    def save_person(self, person: Person) -> None:
        """Keep a new or changed person."""
        self.people[person.id] = person
        self._keep("person", person.id, asdict(person))

    def save_conversation(self, conversation: Conversation) -> None:
        """Keep a new or changed conversation."""
        self.conversations[conversation.id] = conversation
        self._place(conversation)
        self.messages.setdefault(conversation.id, [])
        self._keep("conversation", conversation.id, asdict(conversation))

    def save_read(self, conversation: Conversation, user: str, ts: str) -> None:
        """Keep how far somebody has read; on its own, as a big channel's members are not to be written for it."""
        conversation.last_read[user] = ts
        self._keep("read", f"{conversation.id}:{user}", {"channel": conversation.id, "user": user, "ts": ts})

    def outsiders(self) -> dict[str, str]:
        """Find the people of other workspaces, with their team."""
        return {person.id: person.team for person in self.people.values() if person.team != TEAM_ID}

    def named(self) -> Iterable[Conversation]:
        """List all channels, public and private."""
        return self._named.values()

    def move_conversation(self, conversation: Conversation, new_id: str) -> None:
        """Give a conversation another id, as Slack does when one is shared; everything in it goes along."""
        old_id = conversation.id
        for message in self.messages[old_id]:
            self._store.drop("message", f"{old_id}:{message.ts}")
            self._store.put("message", f"{new_id}:{message.ts}", asdict(message) | {"channel": new_id})
        for user, ts in conversation.last_read.items():
            self._store.drop("read", f"{old_id}:{user}")
            self._store.put("read", f"{new_id}:{user}", {"channel": new_id, "user": user, "ts": ts})
        for kind in OTHER_FACTS:
            for key, body in self._facts[kind].items():
                if body.get("channel") == old_id:
                    self._store.put(kind, key, body | {"channel": new_id})
        self._store.drop("conversation", old_id)
        self._store.put("conversation", new_id, asdict(conversation) | {"id": new_id})
        self.load()
        self._changed()

    def find_direct(self, members: Iterable[str]) -> Conversation | None:
        """Find the direct message or group of exactly these people."""
        return self._directs.get(frozenset(members))

    def save_message(self, message: Message) -> None:
        """Keep a new or changed message; a ts never changes."""
        messages = self.messages.setdefault(message.channel, [])
        # Every new ts is greater than all before it.
        if not messages or message.ts > messages[-1].ts:
            messages.append(message)
            self._index(message)
        self._keep("message", f"{message.channel}:{message.ts}", asdict(message))

    def drop_message(self, message: Message) -> None:
        """Forget a message."""
        messages = self.messages[message.channel]
        del messages[_position(messages, message.ts)]
        if message in self.replies(message.channel, message.thread_ts or ""):
            self._threads[message.channel, message.thread_ts or ""].remove(message)
        self._store.drop("message", f"{message.channel}:{message.ts}")
        self._changed()

    def find_message(self, channel: str, ts: str) -> Message | None:
        """Find a message, ephemeral or not."""
        messages = self.messages.get(channel, [])
        at = _position(messages, ts)
        return messages[at] if at < len(messages) and messages[at].ts == ts else None

    def messages_after(self, channel: str, ts: str) -> list[Message]:
        """List a conversation's messages since a ts, ephemeral ones too, by ts."""
        messages = self.messages.get(channel, [])
        return messages[bisect_right(messages, ts, key=lambda message: message.ts) :]

    def replies(self, channel: str, root_ts: str) -> list[Message]:
        """List a thread's replies that everybody in the conversation can see, by ts."""
        return list(self._threads.get((channel, root_ts), ()))

    def save_home(self, view: View) -> None:
        """Keep a person's Home."""
        self.homes[view.owner] = view
        self._keep("home", view.owner, asdict(view))

    def save_modals(self, user: str, stack: list[View]) -> None:
        """Keep a person's open modals, the top one last."""
        self.modals[user] = stack
        self._keep("modals", user, {"stack": [asdict(view) for view in stack]})

    def save_file(self, file: Json) -> None:
        """Keep what is known of an uploaded file."""
        self.files[file["id"]] = file
        self._keep("file", file["id"], file)

    def drop_file(self, file_id: str) -> None:
        """Forget an uploaded file; its bytes are out of reach with it."""
        self.files.pop(file_id, None)
        self._store.drop("file", file_id)
        self._changed()

    def save_upload(self, file_id: str, content: bytes) -> None:
        """Keep the bytes of an uploaded file."""
        self._store.put_upload(file_id, content)

    def find_upload(self, file_id: str) -> bytes | None:
        """Find the bytes of an uploaded file."""
        return self._store.find_upload(file_id)

    def add_posted(self, entry: Json) -> None:
        """Keep for good that the app posted a message; deleting the message changes nothing here."""
        self.posted.append(entry)
        self._store.put("posted", f"{entry['channel']}:{entry['ts']}", entry)

    def save_pending(self, event_id: str, body: Json) -> None:
        """Keep an event that the app has not acknowledged yet."""
        self.pending[event_id] = body
        self._store.put("pending", event_id, body)

    def drop_pending(self, event_id: str) -> None:
        """Forget an event that needs no more delivery."""
        self.pending.pop(event_id, None)
        self._store.drop("pending", event_id)

    def facts(self, kind: str) -> dict[str, Json]:
        """Read all facts of one of the kinds that nothing else here knows."""
        return self._facts[kind]

    def save_fact(self, kind: str, key: str, body: Json) -> None:
        """Keep a fact of such a kind."""
        self._facts[kind][key] = body
        self._keep(kind, key, body)

    def drop_fact(self, kind: str, key: str) -> None:
        """Forget a fact of such a kind."""
        self._facts[kind].pop(key, None)
        self._store.drop(kind, key)
        self._changed()

    def number(self, name: str) -> int:
        """Read a kept whole number, 0 when it was never set."""
        return self._numbers.get(name, 0)

    def set_number(self, name: str, value: int) -> None:
        """Keep a whole number."""
        self._numbers[name] = value
        self._store.put("number", name, {"value": value})

    def new_id(self, prefix: str) -> str:
        """Make an id that no other thing of this workspace ever has."""
        number = self.number("ids") + 1
        self.set_number("ids", number)
        return f"{prefix}0{number:08X}"

    def new_ts(self, now: float) -> str:
        """Make a message ts: the given Unix time, or just after the last one made."""
        micros = max(int(now * 1_000_000), self.number("ts") + 1)
        self.set_number("ts", micros)
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def together(self) -> AbstractContextManager[None]:
        """Keep all changes made inside at once or, when the process dies, none of them."""
        return self._store.together()

    def clear(self) -> None:
        """Forget everything."""
        self._store.clear()
        self.load()
        self._changed()

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _place(self, conversation: Conversation) -> None:
        if conversation.is_named:
            self._named[conversation.id] = conversation
        else:
            # Nobody ever joins or leaves a direct message.
            self._directs.setdefault(frozenset(conversation.members), conversation)

    def _index(self, message: Message) -> None:
        if message.thread_ts not in (None, message.ts) and message.reader is None:
            self._threads.setdefault((message.channel, message.thread_ts or ""), []).append(message)

    def _keep(self, kind: str, key: str, body: Json) -> None:
        self._store.put(kind, key, body)
        self._changed()


def _position(messages: list[Message], ts: str) -> int:
    """Find where a ts stands, or would stand, in messages sorted by it."""
    return bisect_left(messages, ts, key=lambda message: message.ts)


def real_time() -> float:
    """Read the computer's own Unix time: acknowledgements and triggers expire by it, not by the clock."""
    return time.time()
