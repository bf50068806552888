"""The command `peerloop`: reads the settings and starts what was asked for."""

import logging
import os
import shlex
import signal
import sys
import threading
from collections.abc import Collection
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

import click
from dotenv import dotenv_values
from sqlalchemy import make_url

from bot.blocks.names import CommandNames
from bot.config import Settings, SettingsError, check_database_address, describe_settings, read_settings
from bot.journal import Formatter
from bot.limits import LIMITS
from bot.manifest import manifest_yaml

if TYPE_CHECKING:
    from bot.app import Bot, Worker

STOP_WITHIN_SECONDS: Final = 4.5
TRY_PORT: Final = 3970
# What must be set for `run`, and what is in for it where it is not needed.
SECRETS: Final = {"SLACK_BOT_TOKEN": "xoxb-not-needed-here", "SLACK_APP_TOKEN": "xapp-not-needed-here"}


@click.group()
@click.version_option(package_name="peerloop")
def main() -> None:
    """Peer-to-peer learning at work, in Slack."""


@main.command()
def run() -> None:
    """Connect to Slack and keep the loop going until stopped."""
    settings = _settings()
    # Slack's libraries take their time to load; no other command needs them.
    from bot.app import Bot  # noqa: PLC0415

    _stay(Bot, settings)


@main.command()
def work() -> None:
    """Help to send, beside `peerloop run` on the same PostgreSQL; needs no app token."""
    settings = _settings(needed=("SLACK_BOT_TOKEN",))
    if make_url(settings.database_url).get_backend_name() != "postgresql":
        _fail("peerloop work needs PostgreSQL. On SQLite one peerloop run does everything; see DATABASE_URL.")
    from bot.app import Worker  # noqa: PLC0415 - as above

    _stay(Worker, settings)


def _stay(kind: "type[Bot | Worker]", settings: Settings) -> NoReturn:
    """Start a program, and stop it when the process is asked to end."""
    _log_to_stderr(settings.log_level)
    # Bolt looks here too: for a token it then warns about, or for another way of signing in.
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        os.environ.pop(name, None)
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - loads the ORM

    from bot.clock import ClockError  # noqa: PLC0415
    from bot.slack_errors import SlackTrouble  # noqa: PLC0415
    from storage.database import DatabaseTroubleError, SchemaError  # noqa: PLC0415

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
        program.wait()
    except SlackTrouble as trouble:
        _fail(
            f"Slack refuses to work with these tokens ({trouble.error}). "
            "Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN, and that the app is installed from the manifest."
        )
    except SchemaError as error:
        _fail(str(error))
    except ClockError as error:
        _fail(f"{error}.")
    except OperationalError as error:
        # Another status than for what has to be put right first: a service manager may start it again.
        _fail(_without_database(error), status=1)
    except DatabaseTroubleError as error:
        _fail(str(error))
    finally:
        program.stop()
    logging.shutdown()
    # Nothing of ours is left to do; threads of Slack's library could still hold up an ordinary end.
    os._exit(0)


@main.command()
def migrate() -> None:
    """Bring the database's schema up to this version's."""
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - loads the ORM

    from storage.database import Database, DatabaseTroubleError, SchemaError  # noqa: PLC0415

    database = Database(_settings(needed=()).database_url)
    try:
        # Nobody's tables are changed while they are in use.
        database.hold()
        database.migrate()
        database.check_schema()
    except (SchemaError, DatabaseTroubleError) as error:
        _fail(str(error))
    except OperationalError as error:
        _fail(_without_database(error))
    finally:
        database.close()
    click.echo("The schema is up to date.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text, for monitoring.")
def check(*, as_json: bool) -> None:
    """Tell what is due, overdue, waiting and failed; status 0 fine, 1 not fine, 2 when it cannot look."""
    from bot import operations  # noqa: PLC0415 - loads the ORM

    current = _settings(needed=())
    try:
        status = operations.check(current, as_json=as_json)
    except Exception as error:
        _fail(operations.sentence_of(error))
    sys.exit(status)


@main.command()
@click.option("--to", "address", required=True, help="The address of an empty database, as DATABASE_URL would have it.")
def move(address: str) -> None:
    """Copy everything from the present database to an empty one, SQLite or PostgreSQL, and compare it."""
    from bot import operations  # noqa: PLC0415 - loads the ORM

    current = _settings(needed=())
    try:
        check_database_address(address)
    except ValueError as error:
        _fail(f"--to {error}.")
    try:
        operations.move_to(current, address)
    except Exception as error:
        _fail(operations.sentence_of(error))


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

    current = _settings(needed=())
    try:
        status = operations.renew_seals(current, workspace)
    except Exception as error:
        _fail(operations.sentence_of(error))
    sys.exit(status)


@main.group(name="round")
def rounds() -> None:
    """Look into rounds of introductions."""


@rounds.command()
@click.argument("round_id", type=int)
def replay(round_id: int) -> None:
    """Work a round's groups out again from what was stored; status 0 when they are the same."""
    from bot import operations  # noqa: PLC0415 - loads the ORM

    current = _settings(needed=())
    try:
        status = operations.replay(current, round_id)
    except Exception as error:
        _fail(operations.sentence_of(error))
    sys.exit(status)


@main.command()
def settings() -> None:
    """List every setting with its value, default and meaning, and every limit of the product."""
    current = _settings(needed=())
    values = {field.alias: getattr(current, name) for name, field in Settings.model_fields.items() if field.alias}
    values["DATABASE_URL"] = make_url(current.database_url).render_as_string(hide_password=True)
    given = _environment()
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
@click.option("--port", default=TRY_PORT, show_default=True, help="Where the page is served.")
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
    port: int,
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
        from playground.trial import Hosting, run_trial  # noqa: PLC0415 - an extra of the package
    except ModuleNotFoundError as error:
        _fail(f"The local workspace needs {error.name}. Install it with: pip install 'peerloop[try]'")
    if command is not None and app_manifest is not None:
        hosting = Hosting(
            app_manifest, data or Path(".local-workspace"), port, fresh=fresh, visit=visit, app_url=app_url
        )
        sys.exit(run_trial(shlex.split(command), hosting, {}))
    data = data or Path(".peerloop")
    data.mkdir(parents=True, exist_ok=True)
    database = data.resolve() / "peerloop.db"
    if fresh:
        for leftover in data.glob("peerloop.db*"):
            leftover.unlink()
    manifest_file = data / "manifest.yml"
    manifest_file.write_text(manifest_yaml(CommandNames()), encoding="utf-8")
    sys.exit(
        run_trial(
            app_command=[sys.executable, "-m", "bot", "run"],
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
    given = _environment()
    for name, stand_in in SECRETS.items():
        if name not in needed:
            given[name] = given.get(name, "").strip() or stand_in
    try:
        return read_settings(given)
    except SettingsError as error:
        _fail(str(error))


def _environment() -> dict[str, str]:
    """Return the variables of the environment, and of the file .env where the environment has none."""
    given = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    given.update(os.environ)
    return given


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    # At lower levels these write whole payloads, with what people typed.
    for name in ("slack_bolt", "slack_sdk", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # These tell of every small step.
    for name in ("alembic", "procrastinate"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_database(error: Exception) -> str:
    from bot.operations import sentence_of  # noqa: PLC0415 - loads the ORM

    return sentence_of(error)


def _fail(sentence: str, status: int = 2) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
