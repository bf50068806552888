"""Acts as anybody in a running local workspace: its control API, typed. Every method waits for its answer."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, TypeVar

import httpx

from playground.trial import READY, app_environment

Json = dict[str, Any]
Seen = TypeVar("Seen")


class RefusedError(AssertionError):
    """The workspace refused what was asked; the text is its sentence."""


class WorkspaceClient:
    """The control API of the workspace at `base_url` (with or without a slash at its end)."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        # An ambient proxy has no business with a local server.
        self._http = httpx.Client(base_url=self.base_url, timeout=60, trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    # Looking

    def state(self, as_: str = "U0AMARA") -> Json:
        """Everything that a person's page begins with; see docs/local-workspace.md."""
        return self._get("state", {"as": as_})

    def people(self) -> list[Json]:
        """Everybody but bots and deactivated people."""
        people: list[Json] = self._get("people", {})["people"]
        return [person for person in people if not person["is_bot"] and not person["deleted"]]

    def channel(self, name: str, as_: str = "U0AMARA") -> str:
        """The id of the conversation with this name, as `as_` sees it."""
        for conversation in self.state(as_)["conversations"]:
            if conversation["name"] == name:
                return str(conversation["id"])
        raise LookupError(name)

    def messages(self, as_: str, channel: str, thread_ts: str | None = None) -> list[Json]:
        """What a person sees in a conversation, or in one of its threads."""
        asked = {"as": as_, "channel": channel} | ({"thread_ts": thread_ts} if thread_ts else {})
        found: list[Json] = self._get("messages", asked)["messages"]
        return found

    def views(self, as_: str) -> list[Json]:
        """The open modals, the top one last."""
        found: list[Json] = self._get("views", {"as": as_})["views"]
        return found

    def home(self, as_: str) -> Json | None:
        """The Home as published last; does not open it."""
        answer = self._http.get("/_/home", params={"as": as_})
        return self._checked(answer)

    def record(self, method: str | None = None) -> list[Json]:
        """Everything recorded, or only the calls of one Web API method."""
        entries: list[Json] = self._get("record", {} if method is None else {"method": method})["entries"]
        return entries

    def fetch(self, url: str) -> bytes:
        """The bytes of an uploaded file."""
        return self._http.get(url).raise_for_status().content

    # Acting

    def say(self, as_: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Post a message; gives its ts."""
        asked = {"as": as_, "channel": channel, "text": text, "thread_ts": thread_ts}
        return str(self._post("say", asked)["ts"])

    def command(self, as_: str, channel: str, command: str, text: str = "") -> Json:
        """Use a slash command and wait for its acknowledgement."""
        return self._post("command", {"as": as_, "channel": channel, "command": command, "text": text})

    def click(self, as_: str, action_id: str, **where_and_what: object) -> Json:
        """Act on an element: `channel` and `ts`, or `view_id`; and what was chosen."""
        return self._post("click", {"as": as_, "action_id": action_id, **where_and_what})

    def options(self, as_: str, action_id: str, typed: str, **where: object) -> list[Json]:
        """The options that the app offers for what is typed into an external select."""
        asked = {"as": as_, "action_id": action_id, "typed": typed, **where}
        found: list[Json] = self._post("options", asked)["options"]
        return found

    def click_text(self, as_: str, channel: str, ts: str, label: str) -> Json:
        """Press the button, or choose the option, that reads `label` in a message."""
        message = next(one for one in self.messages(as_, channel) if one["ts"] == ts)
        return self.click(as_, channel=channel, ts=ts, **find_by_label(message["blocks"], label))

    def click_view_text(self, as_: str, label: str, view_id: str | None = None) -> Json:
        """The same in the top modal, else in the Home, or in the view `view_id`."""
        for view in [*reversed(self.views(as_)), self.home(as_)]:
            if view is not None and view_id in (None, view["id"]):
                return self.click(as_, view_id=view["id"], **find_by_label(view["blocks"], label))
        raise LookupError(label)

    def upload(self, as_: str, name: str, content: str) -> str:
        """Bring a text file along for a form; gives its id."""
        return str(self._post("upload", {"as": as_, "name": name, "content": content})["id"])

    def submit(self, as_: str, values: Json, view_id: str | None = None) -> Json:
        """Submit the top modal with {block_id: {action_id: simple value}}."""
        return self._post("submit", {"as": as_, "view_id": view_id, "values": values})

    def close_view(self, as_: str, view_id: str) -> None:
        """Close a modal by its button."""
        self._post("close", {"as": as_, "view_id": view_id})

    def shortcut(self, as_: str, callback_id: str, channel: str | None = None, ts: str | None = None) -> Json:
        """Use a global shortcut, or a message shortcut on a message."""
        return self._post("shortcut", {"as": as_, "callback_id": callback_id, "channel": channel, "ts": ts})

    def open_home(self, as_: str, tab: str = "home") -> None:
        """Open the app's Home, or its Messages tab."""
        self._http.post("/_/home", json={"as": as_, "tab": tab}).raise_for_status()

    def mark_read(self, as_: str, channel: str) -> None:
        """Read a conversation to its end."""
        self._post("read", {"as": as_, "channel": channel})

    def react(self, as_: str, channel: str, ts: str, name: str) -> None:
        """Add a reaction, or take it away again."""
        self._post("react", {"as": as_, "channel": channel, "ts": ts, "name": name})

    def dm(self, as_: str, user: str) -> str:
        """Open the direct message with a person or the app (`U0BOT`); gives its id."""
        return str(self._post("dm", {"as": as_, "user": user})["channel"])

    def invite(self, as_: str, channel: str, user: str = "U0BOT") -> None:
        """Bring the app or a person into a channel."""
        self._post("invite", {"as": as_, "channel": channel, "user": user})

    def remove(self, as_: str, channel: str, user: str = "U0BOT") -> None:
        """Take the app or a person out of a channel."""
        self._post("remove", {"as": as_, "channel": channel, "user": user})

    def join(self, as_: str, channel: str) -> None:
        """Join a public channel."""
        self._post("join", {"as": as_, "channel": channel})

    def leave(self, as_: str, channel: str) -> None:
        """Leave a channel."""
        self._post("leave", {"as": as_, "channel": channel})

    def create_channel(self, as_: str, name: str, *, private: bool = False) -> str:
        """Make a channel; gives its id."""
        return str(self._post("channels", {"as": as_, "name": name, "private": private})["channel"])

    def archive(self, as_: str, channel: str, *, archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        self._post("archive", {"as": as_, "channel": channel, "archived": archived})

    def move_channel(self, as_: str, channel: str) -> str:
        """Give a channel another id, as Slack does when it is shared; return the id."""
        return str(self._post("move", {"as": as_, "channel": channel})["channel"])

    def create_group(self, as_: str, name: str, handle: str, *users: str) -> str:
        """Make a user group with these people; gives its id."""
        return str(self._post("usergroups", {"as": as_, "name": name, "handle": handle, "users": users})["id"])

    def install(self, *, installed: bool) -> None:
        """Take the app away from the workspace, or install it again."""
        self._post("install", {"installed": installed})

    def rename(self, as_: str, channel: str, name: str) -> None:
        """Give a channel another name."""
        self._post("rename", {"as": as_, "channel": channel, "name": name})

    def add_person(self, name: str, real_name: str, tz: str = "Europe/Berlin", kind: str = "member") -> Json:
        """Let a `member`, `guest`, `single_channel_guest` or somebody `external` in; return the person."""
        return self._post("people", {"name": name, "real_name": real_name, "tz": tz, "kind": kind})

    def patch_person(self, user: str, **changes: object) -> Json:
        """Change `deleted`, `tz`, `locale`, `real_name`, `status_text` or `status_emoji`."""
        return self._object(self._http.patch(f"/_/people/{user}", json=changes))

    # The workspace itself

    def now(self) -> datetime:
        """Tell the workspace's time."""
        return datetime.fromisoformat(self._object(self._http.get("/clock"))["now"])

    def move_clock(
        self,
        *,
        to: datetime | None = None,
        by: timedelta | None = None,
        next_: tuple[int, str, str] | None = None,
        frozen: bool | None = None,
    ) -> datetime:
        """Move the clock forwards; `next_` is (weekday from Monday 0, "09:00", zone). Gives the new time."""
        asked: Json = {}
        if to is not None:
            asked["to"] = to.isoformat()
        if by is not None:
            asked["by_seconds"] = by.total_seconds()
        if next_ is not None:
            asked["next"] = {"weekday": next_[0], "time": next_[1], "zone": next_[2]}
        if frozen is not None:
            asked["frozen"] = frozen
        return datetime.fromisoformat(self._post("clock", asked)["now"])

    def disconnect(self, reason: str = "refresh_requested") -> int:
        """Ask the app to reconnect, as Slack does, or give a `warning`; return the number of connections."""
        return int(self._post("disconnect", {"reason": reason})["connections"])

    def cut(self) -> int:
        """Break the app's connections without a goodbye."""
        return int(self._post("cut", {})["connections"])

    def repeat_event(self, *, new_id: bool = False) -> str:
        """Deliver the last event again; return the event id."""
        return str(self._post("repeat", {"what": "event", "new_id": new_id})["event_id"])

    def repeat_interaction(self) -> Json:
        """Deliver the last command, click or form again; gives what the app answered."""
        return self._post("repeat", {"what": "interaction"})

    # What goes wrong

    def fault(self, what: str, on: str = "*", **how: object) -> int:
        """Let something go wrong; return the rule's id.

        `on` is a Web API method, a type of event or `*`; without `times`, `share` (and `seed`) or `seconds` it
        is the next one. `where` narrows it by arguments; the rest (`delay`, `retry_after`, `status`, `error`)
        depends on `what`. See docs/local-workspace.md.
        """
        return int(self._post("faults", {"what": what, "on": on, **how})["id"])

    def faults(self) -> list[Json]:
        """All faults since they were cleared last, with how many have `met` each."""
        rules: list[Json] = self._get("faults", {})["faults"]
        return rules

    def clear_faults(self, fault: int | None = None) -> None:
        """Forget one fault, or all."""
        self._post("faults/clear", {"id": fault})

    def outage(self, mode: str, seconds: float | None = None) -> None:
        """Take Slack away (`refused`, `unavailable` or `frozen`), for some seconds or until `end_outage`."""
        # While connections are refused, only the second address takes new ones.
        self._http.base_url = self.control_url
        self._post("outage", {"mode": mode, "seconds": seconds})

    def end_outage(self) -> None:
        """Bring Slack back."""
        self._post("outage", {"mode": None})

    @property
    def control_url(self) -> str:
        """The address at which the control API and `/clock` answer whatever happens to the first."""
        return str(self._get("outage", {})["control_url"])

    def set_limits(self, *, on: bool, speed: float = 1) -> None:
        """Switch Slack's rate limits on or off, with windows `speed` times shorter; forgets all counts."""
        self._post("limits", {"on": on, "speed": speed})

    def limits(self) -> Json:
        """How often each method was allowed and refused: {on, speed, methods}."""
        return self._get("limits", {})

    def violations(self) -> list[Json]:
        """What broke Slack's rules, oldest first: [{at, where, error, messages}]."""
        found: list[Json] = self._get("violations", {})["violations"]
        return found

    def waiting_events(self) -> list[Json]:
        """The events that the app has not acknowledged, oldest first: [{payload, attempt, reason, fault}]."""
        found: list[Json] = self._get("waiting", {})["events"]
        return found

    def refuse_scopes(self, *scopes: str) -> None:
        """Refuse these optional scopes and grant all others."""
        self._post("scopes", {"refused": list(scopes)})

    def posted(self) -> list[Json]:
        """Every message that the app ever posted, each with its conversation's `members`, oldest first."""
        record = self._get("record/messages", {})
        return [one | {"members": record["members"][one["channel"]]} for one in record["messages"]]

    def agenda(self) -> list[Json]:
        """What the app says it will do, soonest first."""
        items: list[Json] = self._get("agenda", {})["items"]
        return items

    def steps_done(self) -> int:
        """How many steps of the first visit are done."""
        return int(self._get("visit", {})["done"])

    def reset(self, now: datetime | None = None) -> None:
        """Start over with the sample, at an aware moment or the real time."""
        self._post("reset", {} if now is None else {"now": now.isoformat()})

    def wait_for(self, predicate: Callable[[], Seen | None], timeout: float = 60) -> Seen:
        """Ask again and again until the answer is truthy; gives that answer.

        Raises TimeoutError with the last answer.
        """
        until = time.monotonic() + timeout
        while True:
            seen = predicate()
            if seen:
                return seen
            if time.monotonic() > until:
                raise TimeoutError(f"Nothing within {timeout} s; the last answer was {seen!r}.")
            time.sleep(0.05)

    def wait_for_message(self, as_: str, channel: str, part: str, timeout: float = 60) -> Json:
        """Wait until somebody sees a message whose text contains `part`; return the last such message."""
        return self.wait_for(lambda: [one for one in self.messages(as_, channel) if part in one["text"]], timeout)[-1]

    def wait_until_connected(self, timeout: float = 60) -> None:
        """Wait until the app has a socket open."""
        self.wait_for(lambda: self.state()["app"]["connected"], timeout)

    def ask(self, method: str, path: str, **headers: str) -> httpx.Response:
        """Send a bare request, for what has no method here."""
        return self._http.request(method, path, headers=headers)

    def ask_with(self, method: str, path: str, content: bytes) -> httpx.Response:
        """Send a bare request with a body."""
        return self._http.request(method, path, content=content)

    def _get(self, name: str, asked: Json) -> Json:
        return self._object(self._http.get(f"/_/{name}", params=asked))

    def _post(self, name: str, asked: Json) -> Json:
        return self._object(self._http.post(f"/_/{name}", json=asked))

    def _object(self, answer: httpx.Response) -> Json:
        body = self._checked(answer)
        if body is None:
            raise LookupError("The workspace answered with nothing.")
        return body

    def _checked(self, answer: httpx.Response) -> Json | None:
        body: Json | None = answer.json()
        if answer.is_error:
            raise RefusedError(body["error"] if body else answer.text)
        return body


class RunningWorkspace:
    """`python -m playground` as a child process on a free port; `more` are options such as `--now`.

    Rate limits are off, since tests let weeks pass in seconds; `--limits on` switches them on.
    """

    def __init__(self, manifest: Path, data: Path, *more: str) -> None:
        command = [sys.executable, "-m", "playground", "--manifest", str(manifest), "--data", str(data)]
        command += ["--port", "0", "--limits", "off", *more]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
        line = self._output.readline()
        if not line.startswith(READY):
            raise RuntimeError(f"The workspace did not start: {line!r}.")
        self.base_url = line.split()[-1]
        self.client = WorkspaceClient(self.base_url)
        self._apps: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        """What an app needs to know: the SLACK_ variables, and this process's others."""
        return app_environment(self.base_url)

    def start_app(self, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Start an app, with more variables if need be, and wait until it is connected."""
        app = subprocess.Popen(command, env=self.environment | environment)  # noqa: S603 - the caller's own app
        self._apps.append(app)
        self.client.wait_until_connected()
        return app

    def stop(self) -> int:
        """Stop the apps, then the workspace the way Ctrl-C does; gives its exit status."""
        for app in self._apps:
            app.terminate()
            app.wait(60)
        self.client.close()
        self.process.terminate()
        status = self.process.wait(60)
        self._output.close()
        return status

    @property
    def _output(self) -> IO[str]:
        if self.process.stdout is None:
            raise RuntimeError("Nobody reads what the workspace says.")
        return self.process.stdout


def find_by_label(blocks: list[Json], label: str) -> Json:
    """What to send to click the button or choose the option that reads `label`."""
    for block in blocks:
        for element in _elements(block):
            named = {"block_id": block["block_id"], "action_id": element["action_id"]}
            if element.get("text", {}).get("text") == label:
                # Buttons of one block may share their action id and differ in their value.
                return named | ({"value": element["value"]} if "value" in element else {})
            for option in element.get("options", []):
                if option["text"]["text"] == label:
                    many = element["type"] == "checkboxes" or element["type"].startswith("multi_")
                    chosen = option["value"]
                    return named | ({"selected_options": [chosen]} if many else {"selected_option": chosen})
    raise LookupError(f"Nothing here reads {label!r}.")


def _elements(part: Json) -> Iterator[Json]:
    """Everything in a block that can be acted on."""
    if "action_id" in part:
        yield part
    for inner in part.values():
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                yield from _elements(one)
