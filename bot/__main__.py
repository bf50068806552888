"""The command `peerloop`: reads the settings and starts what was asked for."""

import gc
import json
import logging
import os
import shlex
import signal
import sys
import tempfile
import threading
from collections.abc import Collection
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

import click
from sqlalchemy import make_url

from bot.blocks.names import CommandNames
from bot.config import (
    SECRETS,
    Settings,
    SettingsError,
    check_database_address,
    describe_settings,
    read_file,
    read_settings,
    shown_address,
)
from bot.journal import Formatter
from bot.limits import LIMITS
from bot.manifest import manifest_yaml

if TYPE_CHECKING:
    from bot.app import Bot, Worker

STOP_WITHIN_SECONDS: Final = 4.5
TRY_PORT: Final = 3970
HIGHEST_PORT: Final = 65_535
ENV_FILE: Final = Path(".env")
# A service manager starts these again when they end with 1, and leaves them ended when they end with 2.
_STAYING: Final = frozenset({"run", "work"})
_CANNOT: Final = 2


class Words(click.Group):
    """The words of the command; one that fails ends with a sentence, whichever it is and whatever went wrong."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a word."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            sentence, passes = _complaint(error)
            _fail(sentence, status=1 if passes and ctx.invoked_subcommand in _STAYING else _CANNOT)


@click.group(cls=Words)
@click.version_option(package_name="peerloop")
def main() -> None:
    """Peer-to-peer learning at work, in Slack."""


@main.command()
def run() -> None:
    """Connect to Slack and keep the loop going until stopped."""
    settings = _settings()
    # What is loaded now stays loaded, so that looking through it for garbage only takes time; see `_stay`.
    gc.disable()
    # Slack's libraries take their time to load; no other command needs them.
    from bot.app import Bot  # noqa: PLC0415

    _stay(Bot, settings)


@main.command()
def work() -> None:
    """Help to send, beside `peerloop run` on the same PostgreSQL; needs no app token."""
    settings = _settings(needed=("SLACK_BOT_TOKEN",))
    if make_url(settings.database_url).get_backend_name() != "postgresql":
        _fail("peerloop work needs PostgreSQL. On SQLite one peerloop run does everything; see DATABASE_URL.")
    gc.disable()
    from bot.app import Worker  # noqa: PLC0415 - as above

    _stay(Worker, settings)


def _stay(kind: "type[Bot | Worker]", settings: Settings) -> NoReturn:
    """Start a program, and stop it when the process is asked to end."""
    # Bolt looks here too: for a token it then warns about, or for another way of signing in.
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        os.environ.pop(name, None)
    _log_to_stderr(settings.log_level)
    program = kind(settings)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # Whatever still hangs then is put right at the next start: nothing is only in memory.
        watchdog = threading.Timer(STOP_WITHIN_SECONDS, os._exit, args=(0,))
        watchdog.daemon = True
        watchdog.start()
        program.ask_to_stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        program.start()
        gc.freeze()
        gc.enable()
        program.wait()
    finally:
        program.stop()
    logging.shutdown()
    # Nothing of ours is left to do; threads of Slack's library could still hold up an ordinary end.
    os._exit(0)


@main.command()
def migrate() -> None:
    """Bring the database's schema up to this version's."""
    from storage.database import Database  # noqa: PLC0415 - loads the ORM

    database = Database(_settings(needed=()).database_url)
    try:
        # Nobody's tables are changed while they are in use.
        database.hold()
        database.migrate()
        database.check_schema()
    finally:
        database.close()
    click.echo("The schema is up to date.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text, for monitoring.")
@click.option("--every-row", "at_every_row", is_flag=True, help="Look at old rows too for some that cannot be read.")
def check(*, as_json: bool, at_every_row: bool) -> None:
    """Tell what is due, overdue, waiting and failed; status 0 fine, 1 not fine, 2 when it cannot look."""
    try:
        current = _settings(needed=())
        from bot import operations  # noqa: PLC0415 - loads the ORM

        status = operations.check(current, as_json=as_json, at_every_row=at_every_row)
    except Exception as error:
        if not as_json:
            raise
        sentence, _ = _complaint(error)
        click.echo(json.dumps({"fine": False, "reasons": ["cannot_look"], "cannot_look": sentence}))
        _fail(sentence)
    sys.exit(status)


@main.command()
@click.argument("keys", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All of them, instead of those of some keys.")
def settle(keys: tuple[str, ...], *, everything: bool) -> None:
    """Take failed and unconfirmed messages, by their keys, off the reasons of `check`: somebody has dealt with them."""
    if bool(keys) == everything:
        _fail("Name the keys that peerloop check shows, or say --all.")
    from bot import operations  # noqa: PLC0415 - loads the ORM

    operations.settle(_settings(needed=()), keys)


@main.command()
@click.option("--to", "address", required=True, help="The address of an empty database, as DATABASE_URL would have it.")
def move(address: str) -> None:
    """Copy everything from the present database to an empty one, SQLite or PostgreSQL, and compare it."""
    from bot import operations  # noqa: PLC0415 - loads the ORM

    current = _settings(needed=())
    try:
        address = check_database_address(address.strip())
    except ValueError as error:
        _fail(f"--to {error}.")
    operations.move_to(current, address)


@main.command()
def key() -> None:
    """Print a new key for PEERLOOP_KEYS; keep it as safe as the database, but not beside it."""
    from storage.privacy.vault import new_key  # noqa: PLC0415 - loads the cipher

    click.echo(new_key())


@main.group()
def keys() -> None:
    """Look after the keys in PEERLOOP_KEYS."""


@keys.command()
@click.option("--workspace", default="", help="Whose entries, where the database has those of several workspaces.")
def renew(workspace: str) -> None:
    """Seal all private entries with the first key; status 0 when each key's are counted, 1 when some do not open."""
    from bot import operations  # noqa: PLC0415 - loads the ORM

    sys.exit(operations.renew_seals(_settings(needed=()), workspace))


@main.group(name="round")
def rounds() -> None:
    """Look into rounds of introductions."""


@rounds.command()
@click.argument("round_id", type=int)
def replay(round_id: int) -> None:
    """Work a round's groups out again from what was stored; status 0 when they are the same."""
    from bot import operations  # noqa: PLC0415 - loads the ORM

    current = _settings(needed=())
    sys.exit(operations.replay(current, round_id))


@main.command()
def settings() -> None:
    """List every setting with its value, default and meaning, and every limit of the product."""
    current = _settings(needed=())
    values = {field.alias: getattr(current, name) for name, field in Settings.model_fields.items() if field.alias}
    values["DATABASE_URL"] = shown_address(current.database_url)
    given = {**read_file(ENV_FILE), **os.environ}
    for name, default, meaning in describe_settings():
        is_missing = name in {*SECRETS, "PEERLOOP_KEYS"} and not given.get(name, "").strip()
        click.echo(f"{name}={'(not set)' if is_missing else values[name]}")
        click.echo(f"    {meaning} Default: {default}.")
    click.echo("\nLimits, the same for everybody:")
    for name, value in LIMITS:
        click.echo(f"    {name}: {value}")


@main.command()
def manifest() -> None:
    """Print the app manifest for Slack, with the command names that are set."""
    current = _settings(needed=())
    names = CommandNames(current.learn_command, current.goal_command, current.kudos_command)
    click.echo(manifest_yaml(names), nl=False)


@main.command(name="try")
@click.option("--fresh", is_flag=True, help="Start over: forget everything the last visit left.")
@click.option(
    "--port",
    type=click.IntRange(0, HIGHEST_PORT),
    help=f"Where the page is served.  [default: {TRY_PORT}, or another when it is taken]",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where everything is kept.  [default: .peerloop, for another app .local-workspace]",
)
@click.option("--app", "command", help='Another app to play with, such as "python mybot.py".')
@click.option(
    "--manifest",
    "app_manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The manifest of that app.",
)
@click.option("--app-url", help="Where that app listens, if it does without Socket Mode.")
@click.option(
    "--visit",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A first visit with colleagues' habits for that app.",
)
def try_it(
    *,
    fresh: bool,
    port: int | None,
    data: Path | None,
    command: str | None,
    app_manifest: Path | None,
    app_url: str | None,
    visit: Path | None,
) -> None:
    """Play the product, or any other Slack app, in a local workspace: no Slack account, no settings."""
    if (command is None) != (app_manifest is None):
        _fail("Another app needs both --app and --manifest.")
    try:
        from playground.manifest import ManifestError  # noqa: PLC0415 - an extra of the package
        from playground.trial import Hosting, is_free, run_trial  # noqa: PLC0415 - the same
    except ModuleNotFoundError as error:
        _fail(f"The local workspace needs {error.name}. Install it with: pip install 'peerloop[try]'")
    if port is not None and not is_free(port):
        _fail(f"The port {port} is taken by another program. Take another, or leave --port out.")
    port = TRY_PORT if port is None else port
    data = data or Path(".local-workspace" if command else ".peerloop")
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            # Nothing is written; it only has to be possible.
            pass
    except OSError as error:
        _fail(f"The folder {data} cannot be written ({error.strerror}). Name another with --data.")
    if command is not None and app_manifest is not None:
        hosting = Hosting(app_manifest, data, port, fresh=fresh, visit=visit, app_url=app_url)
        try:
            sys.exit(run_trial(shlex.split(command), hosting, {}))
        except ManifestError as error:
            _fail(str(error))
        except ValueError:
            _fail("--app has a quotation mark that is not closed.")
    database = data.resolve() / "peerloop.db"
    if fresh:
        for leftover in data.glob("peerloop.db*"):
            leftover.unlink()
    manifest_file = data / "manifest.yml"
    manifest_file.write_text(manifest_yaml(CommandNames()), encoding="utf-8")
    sys.exit(
        run_trial(
            app_command=[sys.executable, "-P", "-m", "bot", "run"],
            hosting=Hosting(
                manifest_file, data, port, fresh=fresh, visit=Path(__file__).parent / "content" / "visit.yml"
            ),
            # What the operator set for the real bot has no say in the trial.
            environment={
                **{
                    str(field.alias): str(field.default)
                    for field in Settings.model_fields.values()
                    if str(field.alias).startswith("PEERLOOP_")
                },
                "DATABASE_URL": f"sqlite:///{database}",
                "PEERLOOP_KEYS": _trial_key(data / "key"),
            },
            clock_variable="PEERLOOP_CLOCK_URL",
            agenda_variable="PEERLOOP_AGENDA_URL",
        )
    )


@main.command(name="simulate")
@click.option("--people", default=30, show_default=True, type=click.IntRange(4, 100_000), help="How many there are.")
@click.option("--weeks", default=26, show_default=True, type=click.IntRange(1, 520), help="How long it goes on.")
@click.option("--seed", default=1, show_default=True, help="The same number gives the same company and weeks.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw the rounds into a PNG file.")
def simulate_it(*, people: int, weeks: int, seed: int, as_json: bool, plot: Path | None) -> None:
    """Play a virtual company's weeks through the real services and sum up how its introductions went."""
    from bot import operations  # noqa: PLC0415 - loads everything

    _log_to_stderr("ERROR")
    try:
        operations.simulate_company(people, weeks, seed, as_json=as_json, plot=plot)
    except ModuleNotFoundError as error:
        _fail(f"Drawing needs {error.name}. Install it with: pip install 'peerloop[simulate]'")
    except OSError as error:
        _fail(f"The picture cannot be written to {plot} ({error.strerror}). Its folder has to be there and writable.")


def _trial_key(path: Path) -> str:
    """Return the key of a trial, which lies beside its database: there is nothing to hide in it."""
    from storage.privacy.vault import new_key  # noqa: PLC0415 - loads the cipher

    if not path.exists():
        path.write_text(new_key(), encoding="ascii")
    return path.read_text(encoding="ascii")


def _settings(needed: Collection[str] = tuple(SECRETS)) -> Settings:
    return read_settings(os.environ, ENV_FILE, needed)


def _complaint(error: Exception) -> tuple[str, bool]:
    """Return what kept a word from its work, as a sentence, and whether it may be over by itself."""
    if isinstance(error, SettingsError):
        return str(error), False
    from bot.complaints import complaint_about  # noqa: PLC0415 - loads the ORM and Slack's library

    complaint = complaint_about(error)
    return complaint.sentence, complaint.passes


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    # At lower levels these write whole payloads, with what people typed.
    for name in ("slack_bolt", "slack_sdk", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # It tells of each failed call, with what the failure says; the failure is raised too, and told by a word for it.
    logging.getLogger("slack_sdk.web").setLevel(logging.CRITICAL)
    # These tell of every small step.
    for name in ("alembic", "procrastinate", "storage.postgresql.FairPool"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _fail(sentence: str, status: int = _CANNOT) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
