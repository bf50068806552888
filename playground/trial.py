"""Runs a workspace and an app side by side, for trying the app out."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from playground.delivery.webhook import SIGNING_SECRET
from playground.manifest import read_manifest
from playground.server import bind
from playground.state.state import BOT_USER_ID
from playground.web_api import APP_TOKEN, BOT_TOKEN

HOST = "127.0.0.1"
BOLTS_ADDRESS = f"http://{HOST}:3000/slack/events"
POLL = 0.1
# How long a child may take to stop before it is killed.
STOP_WITHIN = 10.0
READY = "Local workspace ready on "


class _StoppedError(Exception):
    """Somebody asked to stop."""


@dataclass(frozen=True)
class Hosting:
    """How the workspace of a trial is run.

    `data` is the folder that keeps it, `fresh` forgets what that kept. A free port is taken when `port` is in use.
    `visit` is a first visit with the colleagues' habits, see `playground.people.visit`. `app_url` is where an app
    without Socket Mode listens, at Bolt's usual address when None.
    """

    manifest: Path
    data: Path
    port: int
    fresh: bool = False
    visit: Path | None = None
    app_url: str | None = None


def run_trial(
    app_command: Sequence[str],
    hosting: Hosting,
    environment: Mapping[str, str],
    *,
    clock_variable: str = "CLOCK_URL",
    agenda_variable: str = "AGENDA_URL",
) -> int:
    """Run until Ctrl-C, SIGTERM or the end of either side; return the exit status.

    Prints one address to open once the app is connected.

    Args:
        app_command: starts the app; it finds SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET and
            SLACK_API_URL set.
        hosting: how the workspace is run.
        environment: more variables for the app. Other SLACK_ variables of this process do not reach it.
        clock_variable: the variable that tells the app where to ask for the time.
        agenda_variable: the variable that tells the app where to say what it will do and when.
    """
    server_command = _server_command(hosting)
    with _stop_signals():
        server: subprocess.Popen[str] | None = None
        app: subprocess.Popen[bytes] | None = None
        try:
            # Sessions of their own: Ctrl-C in the terminal reaches us alone, and we stop the app first.
            server = subprocess.Popen(  # noqa: S603 - our own module
                server_command, stdout=subprocess.PIPE, text=True, start_new_session=True
            )
            address = _wait_until_ready(server)
            if address is None:
                return _complain("The local workspace did not start", server.wait())
            app = subprocess.Popen(  # noqa: S603 - the caller says which app to run
                list(app_command),
                env=app_environment(address)
                | {**environment, clock_variable: f"{address}clock", agenda_variable: f"{address}agenda"},
                start_new_session=True,
            )
            return _watch(server, app, address)
        except _StoppedError:
            return 0
        finally:
            # A second Ctrl-C must not leave a child behind.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            for child in (app, server):
                _stop(child)


def _watch(server: "subprocess.Popen[str]", app: "subprocess.Popen[bytes]", address: str) -> int:
    """Say where to go once the app is connected, and wait for the end of either."""
    told = False
    while True:
        if app.poll() is not None:
            return _complain("The app stopped by itself", app.returncode)
        if server.poll() is not None:
            return _complain("The local workspace stopped by itself", server.returncode)
        if not told and _is_connected(address):
            sys.stdout.write(f"Open {address} in your browser. Ctrl-C stops everything.\n")
            sys.stdout.flush()
            told = True
        time.sleep(POLL)


def _complain(what: str, status: int) -> int:
    sys.stderr.write(f"{what} (exit status {status}).\n")
    return status if status > 0 else 1


def _server_command(hosting: Hosting) -> list[str]:
    # Without -P a folder or a file of the same name where the command is typed would be run instead.
    command = [
        sys.executable,
        "-P",
        "-m",
        "playground",
        "--manifest",
        str(hosting.manifest),
        "--data",
        str(hosting.data),
    ]
    command += ["--host", HOST, "--port", str(_free_port(hosting.port))]
    command += ["--fresh"] if hosting.fresh else []
    command += ["--visit", str(hosting.visit)] if hosting.visit else []
    if hosting.app_url is not None or read_manifest(hosting.manifest).addresses is not None:
        # The addresses in a manifest are those of the app in production.
        command += ["--app-url", hosting.app_url or BOLTS_ADDRESS]
    return command


def _free_port(wished: int) -> int:
    """Give the wished port when nobody has it, else 0 for any."""
    return wished if is_free(wished) else 0


def is_free(port: int) -> bool:
    """Tell whether nobody listens at a port of this machine."""
    try:
        bind(HOST, port).close()
    except OSError:
        return False
    return True


def _wait_until_ready(server: "subprocess.Popen[str]") -> str | None:
    """Read the server's address from its ready line; None when it ends without one."""
    for line in server.stdout or ():
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    return None


def app_environment(address: str) -> dict[str, str]:
    """Say what an app finds set: our own variables without SLACK_ ones, and those of the workspace at an address."""
    # A client id or signing secret of the developer's own would change how Bolt starts.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    return {
        **inherited,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": f"{address}api/",
    }


def _is_connected(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}_/state?as={BOT_USER_ID}", timeout=5) as answer:
            return bool(json.load(answer)["app"]["connected"])
    except OSError:
        # On a busy machine an answer may come late; whether the workspace is still there is seen elsewhere.
        return False


def _stop(child: "subprocess.Popen[str] | subprocess.Popen[bytes] | None") -> None:
    if child is None or child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextmanager
def _stop_signals() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into an exception, and put back what was there."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise _StoppedError

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
