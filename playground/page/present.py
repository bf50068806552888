"""Gathers what the templates show: one person's view of one place in the workspace."""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup

from playground.agenda import Planned
from playground.page.blocks import Renderer, Surface
from playground.page.forms import kept_values
from playground.page.markdown import markdown
from playground.page.mrkdwn import mrkdwn
from playground.page.reader import Reader
from playground.people.crowd import Crowd
from playground.workspace import Workspace

Json = dict[str, Any]

APP_PLACE = "app"
BUILT_IN: tuple[Json, ...] = (
    {"command": "/invite", "usage_hint": "@someone", "description": "Add somebody to this channel"},
    {"command": "/leave", "usage_hint": "", "description": "Leave this channel"},
)
COLOURS = 8
RECORD_SHOWN = 40
MESSAGES_SHOWN = 50
AGENDA_SHOWN = 12
LAZY, NOT_LAZY = Markup(" data-people hx-morph-skip-children"), Markup("")
# Messages of one author nearer than this stand under one name.
TOGETHER = timedelta(minutes=5)


@dataclass(frozen=True)
class Place:
    """What the address says: who acts and what is open.

    `channel` is an id, or "app" for the app, whose `tab` is then "home" or "messages". `earlier` is how many
    messages beyond the newest are shown too.
    """

    user: str
    channel: str
    tab: str = "home"
    thread: str = ""
    record: str = ""
    earlier: str = ""

    def link(self, **changes: str) -> str:
        """Return the address of this place with some of it changed; another channel closes the thread."""
        return f"/?{self.query(**changes)}"

    def query(self, **changes: str) -> str:
        """Return what is in such an address after its question mark."""
        if "channel" in changes:
            changes = {"thread": "", "tab": "home", "earlier": ""} | changes
        there = replace(self, **changes)
        parts = {
            "as": there.user,
            "c": there.channel,
            "tab": there.tab if there.channel == APP_PLACE else "",
            "thread": there.thread,
            "record": there.record,
            "earlier": there.earlier,
        }
        return urlencode({name: value for name, value in parts.items() if value})


def read_place(workspace: Workspace, asked: Mapping[str, Any]) -> Place:
    """Return the place an address asks for, or the nearest: the first person, their first channel."""
    people = [person for person in workspace.people() if can_act(person)]
    user = str(asked.get("as", ""))
    if user not in {person["id"] for person in people}:
        user = str(people[0]["id"])
    conversations = workspace.conversations_for(user)
    channel = str(asked.get("c", ""))
    app = next((one["id"] for one in conversations if one["kind"] == "app"), None)
    if channel != APP_PLACE and channel == app:
        channel, asked = APP_PLACE, {**asked, "tab": "messages"}
    if channel != APP_PLACE and channel not in {one["id"] for one in conversations}:
        own = [one for one in conversations if one["is_member"] and one["kind"] != "app"]
        channel = str((own or conversations)[0]["id"])
    tab = "messages" if asked.get("tab") == "messages" else "home"
    earlier = str(asked.get("earlier", ""))
    return Place(
        user,
        channel,
        tab,
        str(asked.get("thread", "")),
        str(asked.get("record", "")),
        earlier if earlier.isdecimal() else "",
    )


def can_act(person: Json) -> bool:
    """Tell whether one can act as a person of the workspace."""
    return not person["is_bot"] and not person["deleted"]


def initials(name: str) -> str:
    """Return the letters of an avatar."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def colour(key: str) -> int:
    """Return the number of an avatar's colour; the same for the same person on every run."""
    return sum(key.encode()) % COLOURS


class Scene:
    """Everything one person sees at one place, gathered once for one answer."""

    def __init__(self, workspace: Workspace, place: Place) -> None:
        self._workspace = workspace
        self.place = place
        self.overview = workspace.about()
        self.people = {str(person["id"]): person for person in workspace.people()}
        self.me = self.people[place.user]
        self.app = self.overview["app"]
        self.conversations = self._read_conversations()
        self.reader = Reader(
            me=place.user,
            zone=ZoneInfo(str(self.me["tz"])),
            now=workspace.clock.now(),
            people={key: self.name_of(person) for key, person in self.people.items()},
            gone=frozenset(key for key, person in self.people.items() if person["deleted"]),
            channels={one["id"]: one["name"] for one in self.conversations if one["kind"] in ("channel", "private")},
        )
        self.conversation = self._current()
        # Whether there are earlier messages than those shown; known once they were gathered.
        self.has_earlier = False

    def _read_conversations(self) -> list[Json]:
        conversations = self._workspace.conversations_for(self.place.user)
        open_here = [one for one in conversations if one["unread"] and self._is_here(one)]
        for one in open_here:
            self._workspace.mark_read(self.place.user, one["id"])
            one["unread"] = 0
        return conversations

    def _is_here(self, conversation: Json) -> bool:
        if conversation["kind"] == "app":
            return self.place.channel == APP_PLACE and self.place.tab == "messages"
        return bool(conversation["id"] == self.place.channel)

    def _current(self) -> Json | None:
        kind_or_id = "kind" if self.place.channel == APP_PLACE else "id"
        return next((one for one in self.conversations if one[kind_or_id] == self.place.channel), None)

    @staticmethod
    def name_of(person: Json) -> str:
        """Return the name shown for a person."""
        return str(person["real_name"] or person["name"])

    @property
    def my_initials(self) -> str:
        """Return the letters of the acting person's avatar."""
        return initials(self.name_of(self.me))

    @property
    def my_colour(self) -> int:
        """Return the number of the acting person's colour."""
        return colour(self.place.user)

    def of_kind(self, *kinds: str) -> list[Json]:
        """Return the person's conversations of some kinds, those they are in first."""
        found = [one for one in self.conversations if one["kind"] in kinds and not one["archived"]]
        return sorted(found, key=lambda one: (not one["is_member"], str(one["name"]).casefold()))

    @property
    def lazy(self) -> Markup:
        """Return what makes a select fetch its people when it is opened, where they are too many to be sent along."""
        return NOT_LAZY if self.reader.knows_few else LAZY

    @property
    def choosable(self) -> list[tuple[str, str]]:
        """Return everybody one can act as, by name; nobody where they are too many."""
        return self.actors if self.reader.knows_few else []

    @cached_property
    def actors(self) -> list[tuple[str, str]]:
        """Return everybody one can act as, by name."""
        found = [(key, self.name_of(person)) for key, person in self.people.items() if can_act(person)]
        return sorted(found, key=lambda pair: pair[1].casefold())

    def neighbour(self, step: int) -> str:
        """Return the address of this place for the next or previous person."""
        keys = [key for key, _ in self.actors]
        return self.place.link(user=keys[(keys.index(self.place.user) + step) % len(keys)])

    def side_by_side(self) -> str:
        """Return the address that shows this person beside another: one who is in this place too, if possible."""
        here = self.conversation["members"] if self.conversation else []
        other = next((one for one in here if one != self.place.user and can_act(self.people[one])), None)
        if other is None:
            other = next(key for key, person in self.people.items() if key != self.place.user and can_act(person))
        return f"/_page/two{self.place.link().removeprefix('/')}&{urlencode({'and': other})}"

    @property
    def channel_id(self) -> str:
        """Return the id of the open conversation; empty when the app was never written to."""
        return str(self.conversation["id"]) if self.conversation else ""

    @property
    def with_app(self) -> bool:
        """Tell whether the app is in the open conversation."""
        return self.conversation is not None and self.app["bot_user_id"] in self.conversation["members"]

    @property
    def title(self) -> str:
        """Return the name of what is open."""
        if self.place.channel == APP_PLACE:
            return str(self.app["name"])
        if self.conversation is None:
            return ""
        sign = "#" if self.conversation["kind"] == "channel" else ""
        return f"{sign}{self.conversation['name']}"

    @property
    def shows_home(self) -> bool:
        """Tell whether the app's Home is open."""
        return self.place.channel == APP_PLACE and self.place.tab == "home"

    def commands(self) -> list[Json]:
        """Return the commands one can type here: the app's, and Slack's own that work."""
        return [*self.overview["commands"], *BUILT_IN]

    def mentionable(self) -> list[Json]:
        """Return whom the message field completes after an at sign; nobody where they are too many."""
        return self.everybody() if self.reader.knows_few else []

    def everybody(self) -> list[Json]:
        """Return everybody who is still there: id, handle and name, by name."""
        living = [person for person in self.people.values() if not person["deleted"]]
        found = [{"id": person["id"], "handle": person["name"], "name": self.name_of(person)} for person in living]
        return sorted(found, key=lambda one: str(one["name"]).casefold())

    def message_shortcuts(self) -> list[Json]:
        """Return the shortcuts of the app that act on a message."""
        return [one for one in self.overview["shortcuts"] if one["type"] == "message"]

    def global_shortcuts(self) -> list[Json]:
        """Return the shortcuts of the app that need no message."""
        return [one for one in self.overview["shortcuts"] if one["type"] == "global"]

    def messages(self) -> list[Json]:
        """Return the messages of the open conversation, ready to show."""
        if not self.channel_id:
            return []
        shown = self._shown_at_most
        # One more, which tells whether there are earlier ones.
        found = self._workspace.messages(self.channel_id, self.place.user, newest=shown + 1)
        self.has_earlier = len(found) > shown
        return list(self._ready(found[-shown:], "m"))

    @property
    def _shown_at_most(self) -> int:
        return MESSAGES_SHOWN + int(self.place.earlier or 0)

    def tools_of(self, ts: str) -> str:
        """Return the question that loads a message's menu."""
        return f"{self.place.query()}&ts={ts}"

    @staticmethod
    def mark(html: str) -> str:
        """Return what tells a part of the page from what it was before."""
        return f"{zlib.crc32(html.encode()):x}"

    def link_to_earlier(self) -> str:
        """Return the address that shows as many earlier messages too."""
        return self.place.link(earlier=str(self._shown_at_most))

    def thread(self) -> list[Json]:
        """Return the open thread, its first message first; empty when none is open."""
        if not self.place.thread or not self.channel_id:
            return []
        found = self._workspace.messages(self.channel_id, self.place.user, self.place.thread)
        return list(self._ready(found, "t"))

    def _ready(self, messages: list[Json], prefix: str) -> Iterator[Json]:
        before: Json | None = None
        for message in messages:
            at = datetime.fromtimestamp(float(message["ts"]), UTC)
            author = self.people.get(str(message["user"]), {})
            name = self.name_of(author) if author else str(message["user"])
            new_day = before is None or self.reader.local(before["at"]).date() != self.reader.local(at).date()
            ready = message | {
                "at": at,
                "name": name,
                "initials": initials(name),
                "colour": colour(str(message["user"])),
                "key": f"{prefix}-{message['ts']}".replace(".", "-"),
                "new_day": new_day,
                "status": author.get("status_emoji") or "",
            }
            first_reply = prefix == "t" and before is not None and before["ts"] == messages[0]["ts"]
            ready["joined"] = before is not None and not new_day and not first_reply and self._belongs(before, ready)
            ready["body"] = self._body(ready)
            before = ready
            yield ready

    @staticmethod
    def _belongs(before: Json, message: Json) -> bool:
        same = all(before[name] == message[name] for name in ("user", "ephemeral"))
        return bool(same and not message["subtype"] and message["at"] - before["at"] < TOGETHER)

    def _body(self, message: Json) -> Markup:
        if message.get("blocks"):
            chosen = self._workspace.chosen_values(self.channel_id, self.place.user, str(message["ts"]))
            renderer = Renderer(self.reader, Surface("message", str(message["key"]), kept_values(chosen)))
            return renderer.blocks(message["blocks"])
        if not message.get("text"):
            return Markup("")
        return Markup('<div class="text">{}</div>').format(mrkdwn(str(message["text"]), self.reader))

    def blocks(self, blocks: list[Json], key: str) -> Markup:
        """Render blocks that stand in an attachment."""
        return Renderer(self.reader, Surface("message", key)).blocks(blocks)

    def mrkdwn(self, text: object) -> Markup:
        """Render a piece of mrkdwn."""
        return mrkdwn(str(text or ""), self.reader)

    def home(self) -> Json | None:
        """Return the app's Home as last published for this person, with its blocks rendered."""
        view = self._workspace.home_view(self.place.user)
        if view is None:
            return None
        surface = Surface("home", f"home-{view['id']}", _kept(view))
        return view | {"body": Renderer(self.reader, surface).blocks(view["blocks"])}

    def modal(self) -> Json | None:
        """Return the modal on top, rendered, or None."""
        stack = self._workspace.modal_stack(self.place.user)
        if not stack:
            return None
        view = stack[-1]
        errors = {str(key): str(text) for key, text in (view.get("errors") or {}).items()}
        renderer = Renderer(self.reader, Surface("view", f"view-{view['id']}", _kept(view), errors))
        return view | {
            "body": renderer.blocks(view["blocks"]),
            "depth": len(stack),
            "version": f"{view['id']}.{view.get('hash', '')}.{_checksum(errors)}",
            "title_words": renderer.words(view.get("title")),
            "submit_words": renderer.words(view.get("submit")),
            "close_words": renderer.words(view.get("close")) or "Cancel",
            "unplaced": [text for key, text in errors.items() if key not in _block_ids(view)],
        }

    @staticmethod
    def json(entry: Json) -> str:
        """Return an entry of the record as readable JSON."""
        return json.dumps(entry, indent=2, ensure_ascii=False, default=str)

    def agenda(self) -> list[Planned]:
        """Return what the app will do next, soonest first."""
        return self._workspace.agenda.after(self.reader.now)[:AGENDA_SHOWN]

    @property
    def crowd(self) -> Crowd:
        """Return the colleagues who may answer by themselves."""
        return self._workspace.crowd

    def visit(self) -> Json | None:
        """Return the first visit as it stands: {title, steps, done, step, text, ways}; None when there is none."""
        newcomer = self._workspace.newcomer
        visitor = newcomer.visitor()
        if visitor is None:
            return None
        visit, done = newcomer.visit, newcomer.steps_done()
        step = visit.steps[done] if done < len(visit.steps) else None
        return {
            "title": visit.title,
            "steps": [one.title for one in visit.steps],
            "done": done,
            "step": step,
            "text": markdown(step.text if step else visit.end),
            "ways": [(way, self._link_to(way.place, visitor.id)) for way in (step.ways if step else ())],
        }

    def _link_to(self, place: str, visitor: str) -> str:
        """Return the address of a place that a visit names, for its visitor; empty when it is not there yet."""
        if place in ("home", "messages"):
            return Place(visitor, APP_PLACE, place).link()
        wanted = ("mpim", "") if place == "group" else ("channel", place)
        found = [
            one.id
            for one in self._workspace.state.conversations.values()
            if visitor in one.members and one.kind == wanted[0] and wanted[1] in ("", one.name)
        ]
        return Place(visitor, found[-1]).link() if found else ""

    def troubles(self) -> list[str]:
        """Return what is set to go wrong now, one line each."""
        return self._workspace.troubles()

    def record(self) -> list[Json]:
        """Return the last calls and deliveries of the chosen kind, the newest first."""
        wanted = RECORD_KINDS.get(self.place.record, _anything)
        entries = [
            entry | {"number": number, "subject": _subject(entry), "refused": _is_refused(entry)}
            for number, entry in enumerate(self._workspace.record_entries())
            if wanted(entry)
        ]
        return entries[: -RECORD_SHOWN - 1 : -1]

    def violations(self) -> list[Json]:
        """Return what broke Slack's rules, the newest first."""
        return self._workspace.record.violations()[: -RECORD_SHOWN - 1 : -1]

    @staticmethod
    def moment(text: str) -> datetime:
        """Read a time of the record."""
        return datetime.fromisoformat(text)


def _anything(entry: Json) -> bool:
    del entry
    return True


def _is_refused(entry: Json) -> bool:
    """Tell whether a call was refused, or a delivery not acknowledged."""
    if entry["kind"] == "call":
        return not (entry["answer"] or {}).get("ok")
    return entry["acked_ms"] is None


RECORD_KINDS: dict[str, Callable[[Json], bool]] = {
    "1": _anything,
    "calls": lambda entry: bool(entry["kind"] == "call"),
    "deliveries": lambda entry: bool(entry["kind"] == "delivery"),
    "refused": _is_refused,
}


def _subject(entry: Json) -> str:
    """Say what a delivery is about: the event's type, the command, the ids of what was pressed."""
    if entry["kind"] == "call":
        return ""
    payload = entry["payload"]
    actions = [str(one.get("action_id", "")) for one in payload.get("actions") or ()]
    parts = (
        (payload.get("event") or {}).get("type"),
        payload.get("command"),
        payload.get("type") if entry["type"] == "interactive" else None,
        *actions,
        payload.get("callback_id") or (payload.get("view") or {}).get("callback_id"),
    )
    return " ".join(str(part) for part in parts if part)


def _kept(view: Json) -> dict[str, list[str]]:
    return kept_values((view.get("state") or {}).get("values") or {})


def _checksum(errors: Mapping[str, str]) -> int:
    return zlib.crc32(json.dumps(errors, sort_keys=True).encode())


def _block_ids(view: Json) -> set[str]:
    return {str(block.get("block_id")) for block in view["blocks"] if block.get("type") == "input"}
