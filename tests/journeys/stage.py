"""The real bot in a local workspace, with a clock that stands still: in this process, or as processes of its own."""

import contextlib
import logging
import os
import sqlite3
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg

from bot.app import Bot
from bot.config import read_settings
from bot.journal import Formatter
from playground.client import Json, RunningWorkspace, WorkspaceClient
from tests.effort import PATIENCE

FORM_TRIES: Final = 4
ROOT = Path(__file__).parents[2]
# A process loads everything when it starts, which takes a machine long that does much else.
START_PATIENCE: Final = 5 * PATIENCE

# As the command `peerloop` has it: at lower levels these write whole payloads, or every small step.
_QUIET: Final = ("slack_bolt", "slack_sdk", "urllib3", "alembic", "procrastinate")


class Stage(ABC):
    """A workspace and a bot; the database keeps what the bot knows over restarts."""

    def __init__(self, client: WorkspaceClient, folder: Path, database_url: str, environment: dict[str, str]) -> None:
        self.client = client
        self.folder = folder
        self.database_url = database_url
        self._environment = environment
        self._reader = _connect(database_url)

    @abstractmethod
    def start_bot(self) -> None:
        """Start the bot and wait until it is connected."""

    @abstractmethod
    def stop_bot(self) -> None:
        """Stop the bot as an operator does, and wait until it has ended well."""

    def close(self) -> None:
        """Stop everything."""
        self._reader.close()

    def restart_bot(self) -> None:
        """Stop the bot and start it again."""
        self.stop_bot()
        self.client.wait_for(lambda: not self.client.state()["app"]["connected"])
        self.start_bot()

    def variables(self) -> dict[str, str]:
        """Return the settings of the bot."""
        return {
            "SLACK_BOT_TOKEN": "xoxb-local-workspace",
            "SLACK_APP_TOKEN": "xapp-local-workspace",
            "SLACK_API_URL": f"{self.client.base_url}api/",
            "PEERLOOP_CLOCK_URL": f"{self.client.base_url}clock",
            "DATABASE_URL": self.database_url,
            "PEERLOOP_HEARTBEAT_SECONDS": "0.1",
            **self._environment,
        }

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the bot's database, reading only; a question mark stands for each value."""
        if isinstance(self._reader, sqlite3.Connection):
            return self._reader.execute(query, values).fetchall()
        return self._reader.execute(query.replace("%", "%%").replace("?", "%s"), values).fetchall()

    def look_again(self) -> None:
        """Connect to the bot's database once more, after it was away."""
        self._reader.close()
        self._reader = _connect(self.database_url)

    def settle(self, timeout: float = PATIENCE) -> None:
        """Wait until everything that is due by now was handled and everything that may be sent was sent."""
        until = time.monotonic() + timeout
        while left := self.open_rows():
            assert time.monotonic() < until, f"still open: {left[:9]}\n{self.log()[-3000:]}"
            time.sleep(0.03)

    def open_rows(self) -> list[tuple[Any, ...]]:
        """Return what is due and not handled, and what may be sent and was not; the kind and when, or the state."""
        now = self.client.now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        if not isinstance(self._reader, sqlite3.Connection):
            now += "+00"
        open_rows = """
            select kind, cast(due_at as varchar) from due where due_at <= ?
            union all
            select kind, state from outboxmessage
            where (state = 'queued' and not_before <= ?) or state = 'sending'
        """
        return self.rows(open_rows, now, now)

    def go_to(self, moment: datetime) -> None:
        """Move the clock to a moment and let the bot do what is due then."""
        self.client.move_clock(to=moment, frozen=True)
        self.settle()

    def log(self) -> str:
        """Return what the bots wrote to their logs so far."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("bot*.log")))

    def reply_to(self, who: str, channel: str, act: Callable[[], object]) -> Json:
        """Do something and return the first message that only this person sees afterwards."""
        before = {message["ts"] for message in self.client.messages(who, channel)}
        act()
        return self.client.wait_for(
            lambda: [
                message
                for message in self.client.messages(who, channel)
                if message["ts"] not in before and (message["ephemeral"] or message["bot"])
            ]
        )[0]

    def type(self, who: str, channel: str, command: str, text: str = "") -> Json:
        """Type a slash command and return the private answer."""
        return self.reply_to(who, channel, lambda: self.client.command(who, channel, command, text))

    def open_form(self, who: str, channel: str, command: str, text: str) -> None:
        """Type a command until its form is there: on a busy machine the bot is later than Slack allows."""
        for _ in range(FORM_TRIES):
            self.client.command(who, channel, command, text)
            with contextlib.suppress(TimeoutError):
                self.client.wait_for(lambda: self.client.views(who), timeout=PATIENCE / FORM_TRIES)
                return
        raise AssertionError(f"no form came\n{self.log()[-3000:]}")

    def thank(self, who: str, channel: str, text: str) -> Json:
        """Type thanks, let them be posted as they are shown, and return the confirmation."""
        before = {message["ts"] for message in self.client.messages(who, channel)}

        def newest(part: str) -> list[Json]:
            # Others' thanks may come into the channel meanwhile.
            shown = self.client.messages(who, channel)
            return [one for one in shown if one["ts"] not in before and part in one["text"]]

        self.client.command(who, channel, "/kudos", text)
        preview = self.client.wait_for(lambda: newest("This is how it reads"))[0]
        self.client.click_text(who, channel, preview["ts"], "Post here")
        return self.client.wait_for(lambda: newest("Thank you for thanking"))[0]

    def switch_on(self, people: Sequence[str], purpose: str = "Getting better at planning, together.") -> str:
        """Switch #learning on, let these people in, and return the channel's id."""
        channel = self.client.channel("learning")
        self.client.invite(people[0], channel)
        self.open_form(people[0], channel, "/learn", "setup")
        assert self.client.submit(people[0], {"purpose": {"value": purpose}})["closed"]
        self.settle()
        for person in people:
            assert "You're in" in self.type(person, channel, "/learn", "join")["text"]
        self.settle()
        return channel

    def said_in(self, who: str, channel: str) -> list[str]:
        """Return what the bot said in a conversation, as somebody sees it."""
        return [message["text"] for message in self.client.messages(who, channel) if message["bot"]]

    def groups_of(self, who: str) -> list[str]:
        """Return the group messages somebody is in."""
        return [one["id"] for one in self.client.state(who)["conversations"] if one["kind"] == "mpim"]


class ThreadStage(Stage):
    """The bot on threads of this process, in a workspace that others used before and will use after.

    Starting costs a tenth of what a process costs. What needs a process to kill, or two of them, takes `ProcessStage`.
    """

    def __init__(
        self, workspace: RunningWorkspace, folder: Path, now: datetime, database_url: str, **environment: str
    ) -> None:
        super().__init__(workspace.client, folder, database_url, environment)
        self.client.reset(now)
        self.client.move_clock(by=timedelta(seconds=60), frozen=True)
        self._log = _LogFile(folder / "bot.log")
        self._bot: Bot | None = None
        self.start_bot()

    def start_bot(self) -> None:
        """Start the bot and wait until it is connected."""
        self._bot = Bot(read_settings(self.variables()))
        self._bot.start()
        self.client.wait_until_connected()

    def stop_bot(self) -> None:
        """Stop the bot and wait until it has ended."""
        if self._bot is not None:
            self._bot.stop()
            self._bot = None

    def close(self) -> None:
        """Stop the bot."""
        self.stop_bot()
        self._log.close()
        super().close()


class ProcessStage(Stage):
    """The bot as a process of its own, or as several, in a workspace of its own; `options` are the workspace's."""

    def __init__(
        self, folder: Path, now: datetime, database_url: str, options: Sequence[str] = (), **environment: str
    ) -> None:
        self._workspace = RunningWorkspace(
            ROOT / "manifest.yml", folder / "workspace", "--now", now.isoformat(), *options
        )
        super().__init__(self._workspace.client, folder, database_url, environment)
        self.client.move_clock(by=timedelta(seconds=60), frozen=True)
        self.bot: subprocess.Popen[str] | None = None
        self.others: list[subprocess.Popen[str]] = []
        try:
            self.start_bot()
        except BaseException:
            # Nobody else knows of the processes yet.
            self.close()
            raise

    def start_bot(self) -> None:
        """Start the bot and wait until it is connected."""
        self.bot = self.launch("bot.log")
        self.client.wait_until_connected(START_PATIENCE)

    def stop_bot(self) -> None:
        """Ask the bot to end, and wait until it has ended with status 0."""
        assert self.bot is not None
        self.bot.terminate()
        assert self.bot.wait(PATIENCE) == 0
        self.bot = None

    def start_another_bot(self) -> None:
        """Start a bot beside those that run, on the same database, and wait until it is connected too."""
        name = f"bot-{len(self.others) + 2}.log"
        self.others.append(self.launch(name))
        self.client.wait_for(lambda: "connected to workspace" in (self.folder / name).read_text())

    def start_worker(self) -> "subprocess.Popen[str]":
        """Start a process that only sends, without an app token, and wait until it works."""
        name = f"bot-{len(self.others) + 2}.log"
        worker = self.launch(name, "work", SLACK_APP_TOKEN="")
        self.others.append(worker)
        self.client.wait_for(lambda: "working for workspace" in (self.folder / name).read_text())
        return worker

    def launch(self, log_name: str, word: str = "run", **more: str) -> "subprocess.Popen[str]":
        """Start a process that writes to a log, and wait for nothing; the caller ends it."""
        with (self.folder / log_name).open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "bot", word], env=self._environ() | more, stderr=log, text=True, cwd=ROOT
            )

    def run_second(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Start another command of the bot on the same database and wait until it has given up."""
        command = [sys.executable, "-m", "bot", *words]
        return subprocess.run(
            command, env=self._environ(), capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
        )

    def close(self) -> None:
        """Stop everything."""
        for bot in (self.bot, *self.others):
            if bot is not None:
                bot.kill()
                bot.wait()
        super().close()
        assert self._workspace.stop() == 0

    def _environ(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
        return ours | self.variables()


class _LogFile:
    """Writes what the bot logs in this process to a file, as the command `peerloop` writes it to standard error."""

    def __init__(self, path: Path) -> None:
        self._handler = logging.FileHandler(path)
        self._handler.setFormatter(Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._levels = {name: logging.getLogger(name).level for name in ("", *_QUIET)}
        for name in _QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger().setLevel(logging.INFO)
        logging.getLogger().addHandler(self._handler)

    def close(self) -> None:
        """Stop writing."""
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)


def in_utc(moment: datetime | str) -> datetime:
    """A moment of the bot's tables as either database gives it: SQLite as a text without its zone, which is UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC) if isinstance(moment, str) else moment.astimezone(UTC)


def _connect(database_url: str) -> "sqlite3.Connection | psycopg.Connection[Any]":
    if database_url.startswith("sqlite:///"):
        # The bot makes the file; the person who looks at it must not be the first to.
        path = Path(database_url.removeprefix("sqlite:///"))
        path.touch()
        return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5, isolation_level=None)
    return psycopg.connect(
        database_url.replace("+psycopg", ""), autocommit=True, options="-c default_transaction_read_only=on"
    )
