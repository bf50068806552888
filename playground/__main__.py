"""`python -m playground`: runs a workspace on its own."""

import argparse
import asyncio
import gc
import sqlite3
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from playground.delivery.webhook import Addresses
from playground.manifest import ManifestError, read_manifest
from playground.people.sample import More
from playground.people.visit import VisitError, read_visit
from playground.server import Server, bind
from playground.state.store import OtherFormatError, Store
from playground.workspace import Workspace


def main() -> int:
    """Run until Ctrl-C; return the exit status."""
    wanted = _arguments()
    try:
        manifest = read_manifest(wanted.manifest)
        visit = read_visit(wanted.visit) if wanted.visit else None
        if wanted.app_url:
            manifest = replace(manifest, addresses=Addresses.all_at(wanted.app_url))
        store = Store(wanted.data / "workspace.db", fresh=wanted.fresh)
        listening = bind(wanted.host, wanted.port)
    except sqlite3.OperationalError as error:
        return _complain(f"Cannot keep a workspace in {wanted.data}, is another one running there? ({error})")
    except OtherFormatError as error:
        return _complain(f"{error} Start over with --fresh.")
    except (VisitError, ManifestError) as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"Cannot start: {error}")
    # Hundreds of thousands of messages are no garbage: searching them for some would hold up calls.
    gc.disable()
    workspace = Workspace(
        store,
        manifest,
        wanted.now,
        visit,
        More(wanted.people, wanted.channels),
        limited=wanted.limits == "on",
    )
    gc.freeze()
    gc.enable()
    asyncio.run(_serve(Server(workspace, listening)))
    return 0


def _complain(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


async def _serve(server: Server) -> None:
    server.stop_on_signals()
    await server.run_until_stopped(lambda: _say_ready(server.workspace.base_url))


def _say_ready(address: str) -> None:
    sys.stdout.write(f"Local workspace ready on {address}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="playground", description="A Slack that isn't there.")
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest, YAML or JSON")
    parser.add_argument("--data", type=Path, required=True, help="the folder that keeps the workspace")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=3970, help="0 takes a free one")
    parser.add_argument("--fresh", action="store_true", help="forget what was kept")
    parser.add_argument("--visit", type=Path, help="a first visit in steps and the colleagues' habits, YAML")
    parser.add_argument("--app-url", help="deliver everything over HTTP to this address")
    parser.add_argument("--limits", choices=("on", "off"), default="on", help="Slack's rate limits")
    parser.add_argument("--now", type=_moment, help="where the clock of a fresh workspace begins, ISO 8601")
    parser.add_argument(
        "--people", type=int, default=0, help="so many people beside the sample's, in a fresh workspace"
    )
    parser.add_argument("--channels", type=int, default=0, help="so many channels beside the sample's")
    return parser.parse_args()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("say the time zone too, such as 2026-11-24T09:00:00+01:00")
    return moment


if __name__ == "__main__":
    sys.exit(main())
