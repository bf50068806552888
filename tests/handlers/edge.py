"""The real listeners over a real database, reached by raw requests; Slack is a small server that writes down."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs

from slack_bolt import App, BoltRequest, BoltResponse

from bot.app import Services, assemble_app, assemble_topics
from bot.blocks.names import CommandNames
from bot.config import Settings, read_settings
from bot.courier import Library
from bot.domain.communities import SetUp
from bot.domain.identity import Actor, Profile, Room, Tenant
from bot.gateway import Identity
from bot.library import load_guides, load_prompts, load_thesaurus
from bot.services.communities.communities import CommunityService
from playground.messages.elements import preset
from storage.database import Database
from tests.factories import VAULT

Json = dict[str, Any]
Result = TypeVar("Result")

TEAM = "T0HOME"
BOT = "U0BOT"
LEARNING = "C0LEARNING"
DESIGN = "C0DESIGN"
GENERAL = "C0GENERAL"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
# Read once: every edge has the same.
CONTENT = (load_prompts(), load_guides(), load_thesaurus())
GUEST, GONE = "U0VERA", "U0OLDBEN"
PEOPLE = ("U0AMARA", "U0TOMASZ", "U0LEE", "U0JONAS", "U0MEI", "U0ANA", "U0SAM", "U0PRIYA")


class AtOnce(Executor):
    """Runs a listener in the thread that submits it, so that a request is over when it is answered."""

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:  # noqa: ANN401
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class StillClock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment


class People:
    """Slack's accounts as the edge asks for them; `broken` lets every question fail."""

    def __init__(self) -> None:
        self.broken: Exception | None = None
        self.absent: set[tuple[str, str]] = set()

    def begin_again(self) -> None:
        """Answer as in the beginning."""
        self.broken = None
        self.absent.clear()

    def find_profile(self, user_id: str) -> Profile | None:
        if self.broken:
            raise self.broken
        if user_id in PEOPLE:
            return Profile(user_id, "Europe/Berlin")
        if user_id == GUEST:
            return Profile(user_id, "Europe/Berlin", is_guest=True)
        if user_id == GONE:
            return Profile(user_id, "Europe/Berlin", is_active=False)
        return Profile(user_id, None, is_person=False) if user_id == BOT else None

    def is_colleague(self, user_id: str) -> bool:
        return user_id in PEOPLE

    def find_room(self, channel_id: str) -> Room | None:
        return Room(channel_id, is_private=False) if channel_id in {LEARNING, DESIGN} else None

    def has_member(self, channel_id: str, user_id: str) -> bool:
        return (channel_id, user_id) not in self.absent

    def zones_in(self, channel_id: str) -> list[str]:
        del channel_id
        return ["Europe/Berlin"]


class WritingSlack:
    """Accepts every call and answer, and writes them down in order as (method, arguments)."""

    def __init__(self) -> None:
        calls: list[tuple[str, Json]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
                is_json = "json" in (self.headers["Content-Type"] or "")
                given = json.loads(body or "{}") if is_json else {k: v[0] for k, v in parse_qs(body).items()}
                calls.append((self.path.strip("/").removeprefix("api/"), given))
                answer = b'{"ok": true, "channel": "D1", "ts": "1.0"}'
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                del format, args

        self.calls = calls
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def switch_on(database: Database) -> None:
    """Switch #learning on, as the first person of the workspace does."""
    amara = People().find_profile("U0AMARA")
    assert amara is not None
    who = Actor(Tenant(TEAM), "U0AMARA", "test:switch-on")
    purpose = SetUp("Getting better at planning, together")
    CommunityService(database).set_up(who, LEARNING, purpose, amara, (), NOW)


class Slack(Protocol):
    """A server that writes down what it is asked, and where it is."""

    calls: list[tuple[str, Json]]

    @property
    def url(self) -> str: ...


class Edge:
    """The bot's edge in one workspace, over a database in which `switch_on` has switched #learning on."""

    def __init__(self, database: Database, slack: Slack, names: CommandNames | None = None) -> None:
        self.slack = slack
        self.clock = StillClock()
        self.people = People()
        self.names = names or CommandNames()
        self.tenant = Tenant(TEAM)
        self.database = database
        library = Library(self.names, *CONTENT)
        self.services = Services.over(self.database, library, VAULT)
        identity = Identity(TEAM, BOT, "B0BOT")
        self.app: App = assemble_app(
            self._settings(), identity, self.services, library, self.people, (self.clock, self.database), AtOnce()
        )
        _, self.topics = assemble_topics(identity, self.services, library, self.people, self.clock)
        self._number = 0

    def _settings(self) -> Settings:
        return read_settings(
            {
                "SLACK_BOT_TOKEN": "xoxb-1",
                "SLACK_APP_TOKEN": "xapp-1",
                "SLACK_API_URL": f"{self.slack.url}api/",
                "PEERLOOP_LEARN_COMMAND": self.names.learn,
                "PEERLOOP_GOAL_COMMAND": self.names.goal,
                "PEERLOOP_KUDOS_COMMAND": self.names.kudos,
            }
        )

    def begin_again(self) -> None:
        """Forget everything but what stands in the database."""
        self.slack.calls.clear()
        self.clock.moment = NOW
        self.people.begin_again()
        self._number = 0

    def close(self) -> None:
        self.database.close()

    def actor(self, who: str) -> Actor:
        return Actor(self.tenant, who, f"test:{self.next()}")

    def next(self) -> int:
        self._number += 1
        return self._number

    def send(self, body: Json) -> BoltResponse:
        """Let one payload in, as Socket Mode does."""
        return self.app.dispatch(BoltRequest(mode="socket_mode", body=body))

    def answers(self) -> list[Json]:
        """What was told or shown since the last look, without its method; forms as their view, Homes left out."""
        found = [
            self._view(given) if "view" in given else given
            for method, given in self.slack.calls
            if method != "views.publish"
        ]
        self.slack.calls.clear()
        return found

    def homes(self) -> list[Json]:
        """The Homes that were drawn since the last look; everything else is forgotten."""
        found = [self._view(given) for method, given in self.slack.calls if method == "views.publish"]
        self.slack.calls.clear()
        return found

    def _view(self, given: Json) -> Json:
        view = given["view"]
        return dict(json.loads(view)) if isinstance(view, str) else dict(view)

    def say(self, body: Json) -> str:
        """Let a payload in and return the text of the one answer."""
        assert self.send(body).status == 200
        (answer,) = self.answers()
        return str(answer["text"])

    # Payloads ------------------------------------------------------------------------------------

    def command(self, who: str, command: str, text: str = "", channel: str = LEARNING) -> Json:
        return {
            "team_id": TEAM,
            "channel_id": channel,
            "channel_name": "directmessage" if channel.startswith("D") else "learning",
            "user_id": who,
            "command": command,
            "text": text,
            "trigger_id": f"trigger.{self.next()}",
            "response_url": f"{self.slack.url}respond",
        }

    def click(self, who: str, action_id: str, value: str = "", **action: object) -> Json:
        element = {"action_id": action_id, "block_id": "b", "type": "button", "action_ts": f"{self.next()}.0"}
        return {
            "type": "block_actions",
            "user": {"id": who, "team_id": TEAM},
            "team": {"id": TEAM},
            "channel": {"id": LEARNING, "name": "learning"},
            "container": {"type": "message"},
            "trigger_id": f"trigger.{self.next()}",
            "response_url": f"{self.slack.url}respond",
            "actions": [{**element, **({"value": value} if value else {}), **action}],
        }

    def shortcut(self, who: str, callback_id: str, message: Json | None = None, channel: str = LEARNING) -> Json:
        """Use a shortcut: of a message with these properties, or from anywhere."""
        body = {
            "type": "shortcut",
            "callback_id": callback_id,
            "action_ts": f"{self.next()}.0",
            "user": {"id": who, "team_id": TEAM},
            "team": {"id": TEAM, "domain": "home"},
            "trigger_id": f"trigger.{self.next()}",
        }
        if message is None:
            return body
        return body | {
            "type": "message_action",
            "channel": {"id": channel, "name": "learning"},
            "message_ts": "1700000000.000100",
            "message": {"type": "message", "user": "U0ANA", "ts": "1700000000.000100", "text": "Done.", **message},
            "response_url": f"{self.slack.url}respond",
        }

    def form(self, who: str, view: Json, **values: Json) -> Json:
        """Send a form that was opened, with these entries and what stood in it already elsewhere."""
        fields = [(block["block_id"], block["element"]) for block in view["blocks"] if block["type"] == "input"]
        state = {name: {element["action_id"]: preset(element)} for name, element in fields}
        state |= {name: {"value": {"type": "x", **entry}} for name, entry in values.items()}
        return {
            "type": "view_submission",
            "user": {"id": who, "team_id": TEAM},
            "team": {"id": TEAM},
            "trigger_id": f"trigger.{self.next()}",
            "view": {**view, "id": f"V{self.next()}", "state": {"values": state}},
        }

    def event(self, event: Json, event_id: str | None = None) -> Json:
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": event_id or f"Ev{self.next()}",
            "authorizations": [{"team_id": TEAM, "enterprise_id": None}],
            "event": event,
        }

    def direct_message(self, who: str, text: str, **more: object) -> Json:
        ts = f"{self.next()}.000100"
        return {"type": "message", "channel_type": "im", "channel": "D1", "user": who, "text": text, "ts": ts, **more}

    def mention(self, who: str, text: str, channel: str = LEARNING, **more: object) -> Json:
        """A message in a channel, or with `thread_ts` in a thread, that has the bot's name in it."""
        ts = f"{self.next()}.000100"
        return {"type": "app_mention", "channel": channel, "user": who, "text": text, "ts": ts, "event_ts": ts, **more}
