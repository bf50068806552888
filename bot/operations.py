"""What an operator does besides running the bot: see how it is, and move it to another database."""

import json
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click
from sqlalchemy import make_url

from bot.clock import Clock, RemoteClock, SystemClock
from bot.config import SECRETS, Settings
from bot.domain.pairing import PAIRING_VERSION
from bot.services.operation.health import (
    Failed,
    Failing,
    Health,
    HealthService,
    LeftAlone,
    Looked,
    Planned,
    Reason,
    Running,
    Troubled,
)
from bot.services.operation.seals import Seals, SealService, SeveralWorkspacesError
from bot.services.operation.settling import SettlingService
from bot.services.rounds.replay import Verdict, replay_round
from storage.database import Database, NoFileError
from storage.moving import MoveError, count_rows, move
from storage.privacy.vault import NoKeyError, Place, Vault
from storage.probe import why_not_written
from storage.unreadable import OddRow

NOT_FINE: Final = 1
# Of a round that an older pairing made; 2 is for what cannot be looked at at all.
MADE_OTHERWISE: Final = 3
# The person who looks waits for it.
ASKED_SECONDS: Final = 4
_WHY: Final = {
    Reason.NOBODY_WORKS: "No process has given a sign of life for half a minute.",
    Reason.REFUSED: "Slack refused the bot, or did not answer it, within the last 20 minutes: see the last errors.",
    Reason.OVERDUE: "Something has been due for more than five minutes: see what is overdue.",
    Reason.WAITS: "A message that may go has waited for more than an hour.",
    Reason.FAILED: "A message failed, and nobody has dealt with it yet: see peerloop settle.",
    Reason.UNCONFIRMED: "Nobody knows whether a message arrived, and nobody has dealt with it: see peerloop settle.",
    Reason.UNREADABLE: "Something stands in the database that cannot be read; its rows are left out everywhere.",
    Reason.FAILS_ON: "Something that is due has failed for an hour: see what is failing.",
    Reason.OTHER_KEY: "Private entries are sealed in an older way or with another key than the first. "
    "Run: peerloop keys renew",
    Reason.UNOPENED: "None of the keys in PEERLOOP_KEYS opens some private entries; their people are introduced to "
    "nobody. Add the key they were sealed with, behind the others.",
    Reason.LOOK: "A nightly look has been under way for more than six hours.",
    Reason.UNWRITABLE: "The database cannot be written.",
    Reason.CLOCK: "The machine's clock jumped within the last day, or the machine slept: see the processes.",
}
assert set(_WHY) == set(Reason)  # noqa: S101 - a reason without words must not start


def check(settings: Settings, *, as_json: bool, at_every_row: bool = False) -> int:
    """Print how things stand and give the exit status: 0 when all is well, 1 when somebody should look.

    Args:
        settings: Which database, and the keys.
        as_json: One JSON object instead of text.
        at_every_row: Whether to look through all rows for some that cannot be read, however long that takes.

    Raises:
        SchemaError, OSError, ClockError, SQLAlchemyError: It cannot look.
    """
    clock: Clock = RemoteClock(settings.clock_url) if settings.clock_url else SystemClock()
    with opened(settings.database_url) as database:
        database.check_schema()
        health = HealthService(database, Vault(settings.key_list)).look(clock.now(), at_every_row=at_every_row)
        unwritten = why_not_written(database)
    refused = _why_refused(settings)
    told = {Reason.UNWRITABLE: unwritten, Reason.REFUSED: refused}
    health = replace(health, trouble={reason: sentence for reason, sentence in told.items() if sentence})
    click.echo(_json(health) if as_json else _text(health))
    return 0 if health.is_fine else NOT_FINE


def settle(settings: Settings, keys: Collection[str]) -> None:
    """Take failed and unconfirmed messages off the list of what somebody has to look at, and say how many.

    Raises:
        SchemaError, OSError, SQLAlchemyError: It cannot be noted.
    """
    with opened(settings.database_url) as database:
        database.check_schema()
        count = SettlingService(database).settle(keys)
    click.echo(f"{count} messages are dealt with." if count != 1 else "1 message is dealt with.")


def _why_refused(settings: Settings) -> str:
    """Return a sentence on why Slack does not take the bot's token, asked now; empty when it does, or none is set."""
    token = settings.slack_bot_token.get_secret_value()
    if token in SECRETS.values():
        return ""
    # Loads Slack's library.
    from bot.clients import posting_client  # noqa: PLC0415
    from bot.complaints import complaint_about  # noqa: PLC0415
    from bot.gateway import SlackGateway  # noqa: PLC0415
    from bot.slack_errors import SlackTrouble  # noqa: PLC0415

    try:
        SlackGateway(posting_client(settings, token, ASKED_SECONDS)).identify()
    except SlackTrouble as trouble:
        return complaint_about(trouble).sentence
    return ""


def move_to(settings: Settings, address: str) -> None:
    """Copy everything to another database, with a progress bar, and say what to do next.

    Raises:
        MoveError, SchemaError, OSError, SQLAlchemyError: It cannot be moved; nothing was changed.
    """
    if make_url(settings.database_url) == make_url(address):
        raise MoveError("That is the database that is in use already. Take another, empty one.")
    with opened(settings.database_url) as source, opened(address) as target:
        source.check_schema()
        alive = [
            one.name
            for one in HealthService(source, Vault(settings.key_list)).look(SystemClock().now()).processes
            if one.is_alive
        ]
        if alive:
            raise MoveError(
                f"Peerloop still runs on the present database: {', '.join(alive)}. Stop it first; "
                "what it would write now would stay behind. "
                "A process that was killed counts as gone after half a minute."
            )
        # Each row is copied, and then compared.
        with click.progressbar(length=2 * count_rows(source), label="Moving", file=sys.stderr) as bar:
            count = move(source, target, bar.update)
    click.echo(f"{count} rows are in the new database, each of them compared with the old one.")
    click.echo("Put its address into DATABASE_URL and start Peerloop again. The old database is as it was.")


def renew_seals(settings: Settings, workspace: str) -> int:
    """Seal private entries with the first key and say which keys still open some; 1 when some cannot be opened.

    Args:
        settings: Which database, and the keys.
        workspace: Whose entries; empty when the database has those of one only.

    Raises:
        SeveralWorkspacesError, NoKeyError, SchemaError, OSError, SQLAlchemyError: Nothing was changed.
    """
    vault = Vault(settings.key_list)
    if not vault.has_key:
        raise NoKeyError
    with opened(settings.database_url) as database:
        database.check_schema()
        service = SealService(database, vault)
        present = service.workspaces()
        if not workspace and len(present) > 1:
            raise SeveralWorkspacesError(
                f"Private entries of several workspaces are there: {', '.join(present)}. Each may have keys of its "
                "own. Say whose to seal with yours: peerloop keys renew --workspace ID"
            )
        named = [workspace] if workspace else present
        seals = service.renew(named[0]) if named else Seals((0,) * vault.key_count, 0, ())
    click.echo("\n".join(_keys(seals)))
    return NOT_FINE if seals.unopened else 0


def _keys(seals: Seals) -> list[str]:
    lines = [f"Key {number}: {count} entries" for number, count in enumerate(seals.by_key, start=1)]
    lines += [f"None of the keys: {_place(one)}" for one in seals.unopened]
    if len(seals.by_key) > 1 and not sum(seals.by_key[1:]):
        lines.append("Only the first key is needed. Take the others off PEERLOOP_KEYS and restart.")
    return lines


def _place(one: Place) -> str:
    return f"{one.workspace}  {one.purpose} {one.owner}"


def replay(settings: Settings, round_id: int) -> int:
    """Work a round out again and compare it with its groups; return the exit status.

    0: they are the same. 1: they are not, or the inputs were changed. 3: an older pairing made the round.

    Raises:
        ReplayError, SchemaError, OSError, SQLAlchemyError: It cannot be worked out again.
    """
    with opened(settings.database_url) as database:
        database.check_schema()
        replayed = replay_round(database, Vault(settings.key_list), round_id)
    for people, reason in replayed.groups:
        click.echo(f"{' '.join(people)}  {reason}")
    if replayed.unplaced:
        causes = ", ".join(f"{count} {cause}" for cause, count in sorted(replayed.unplaced.items()))
        click.echo(f"Without a group: {causes}.")
    made_by = f"version {replayed.version}, now {PAIRING_VERSION}"
    status, sentence = {
        Verdict.SAME: (0, f"The same {len(replayed.groups)} groups as round {round_id} began with."),
        Verdict.OTHER: (
            NOT_FINE,
            f"Not the same: round {round_id} began with other groups. Its inputs are as they were stored.",
        ),
        Verdict.CHANGED_INPUTS: (NOT_FINE, f"Not as stored: the inputs of round {round_id} were changed."),
        Verdict.OLDER_PAIRING: (
            MADE_OTHERWISE,
            f"Round {round_id} was made by an older way of pairing ({made_by}). Its inputs are as they were stored.",
        ),
    }[replayed.verdict]
    click.echo(sentence)
    return status


def simulate_company(people: int, weeks: int, seed: int, *, as_json: bool, plot: Path | None) -> None:
    """Play a virtual company, with a progress bar, and print what came out.

    Raises:
        ModuleNotFoundError: There is nothing to draw with; nothing was played.
    """
    from bot.simulation import simulate  # noqa: PLC0415 - loads Slack's library, which the other commands need not

    if plot is not None:
        from bot.simulation.picture import draw  # noqa: PLC0415 - an extra of the package
    with click.progressbar(length=weeks, label="Simulating", file=sys.stderr) as bar:
        figures = simulate(people, weeks, seed, bar.update)
    click.echo(json.dumps(figures.values()) if as_json else figures.text())
    if plot is not None:
        draw(figures, plot)


@contextmanager
def opened(address: str) -> Iterator[Database]:
    """Open a database that has to be there already.

    Raises:
        NoFileError: There is no such SQLite file; opening would make one.
    """
    url = make_url(address)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise NoFileError(f"There is no file {url.database}. Make it with: peerloop migrate")
    database = Database(address)
    try:
        yield database
    finally:
        database.close()


def _text(health: Health) -> str:
    states = ", ".join(f"{count} {state}" for state, count in health.messages.items() if count) or "none"
    waiting = "nothing waits"
    if health.oldest_waiting is not None:
        waiting = f"the oldest that may go has waited for {_span(health.looked_at - health.oldest_waiting)}"
    lines = [
        f"{'Fine' if health.is_fine else 'Not fine'}, at {_moment(health.looked_at)}.",
        *(f"  {health.trouble.get(reason) or _WHY[reason]}" for reason in health.reasons),
        "",
        f"Messages: {states}; {waiting}.",
        *_list("Processes", [_running(one) for one in health.processes]),
        *_list("Nightly look", [_looked(one) for one in health.looks]),
        *_list("Overdue", [_planned(one) for one in health.overdue]),
        *_list("Failing", [_failing(one) for one in health.failing]),
        *_list("Rows that cannot be read", [_odd(one) for one in health.unreadable]),
        *_list("Last errors", [_failed(one) for one in health.last_errors]),
        *_list(
            f"Failed, {health.failed_open} in all, {health.failed_lately} within two days",
            [_troubled(one) for one in health.failed],
        ),
        *_list("Unconfirmed, and posted again by the bot", [_troubled(one) for one in health.posted_again]),
        *_list(
            f"Unconfirmed, {health.unconfirmed_open} in all, {health.unconfirmed_lately} within two days",
            [_troubled(one) for one in health.unconfirmed],
        ),
        *_list("Next", [_planned(one) for one in health.next_due]),
        *_list("Private entries, by key", _keys(health.seals)),
        *_list("Left alone for want of a token", [_left_alone(one) for one in health.left_alone]),
    ]
    return "\n".join(lines)


def _list(name: str, lines: list[str]) -> list[str]:
    return [f"{name}:", *(f"  {line}" for line in lines)] if lines else [f"{name}: none"]


def _planned(one: Planned) -> str:
    return f"{_moment(one.due_at)}  {one.workspace}  {one.kind} {one.subject}".rstrip()


def _running(one: Running) -> str:
    life = "" if one.is_alive else f"  silent since {_moment(one.seen_at)}"
    jump = ""
    if one.jumped_at is not None:
        where = "forward" if one.jumped_by > timedelta(0) else "back"
        jump = f"  clock jumped {where} by {_span(abs(one.jumped_by))} at {_moment(one.jumped_at)}"
    return f"{_moment(one.started_at)}  {one.workspace}  {one.kind}  {one.name}{life}{jump}"


def _failing(one: Failing) -> str:
    retry = f", again at {one.retry_at:%H:%M:%S}" if one.retry_at else ""
    return f"{_planned(one.what)}  {one.error}, {one.failures} times since {_moment(one.since)}{retry}"


def _failed(one: Failed) -> str:
    return f"{_moment(one.failed_at)}  {one.workspace}  {one.work}: {one.error}"


def _troubled(one: Troubled) -> str:
    return f"{_moment(one.queued_at)}  {one.workspace}  {one.key}  {one.reason}".rstrip()


def _looked(one: Looked) -> str:
    last = f"finished {_moment(one.finished_at)}" if one.finished_at else "never finished"
    return f"{one.workspace}  " + (f"under way since {_moment(one.began_at)}, {last}" if one.is_under_way else last)


def _odd(one: OddRow) -> str:
    return f"{one.table}  {one.key}  {', '.join(one.columns)}"


def _left_alone(one: LeftAlone) -> str:
    return f"{one.workspace}  {one.planned} planned, {one.messages} messages"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004 - an hour


def _json(health: Health) -> str:
    waited = None
    if health.oldest_waiting is not None:
        waited = (health.looked_at - health.oldest_waiting).total_seconds()
    return json.dumps(
        {
            "fine": health.is_fine,
            "reasons": list(health.reasons),
            "trouble": dict(health.trouble),
            "looked_at": health.looked_at.isoformat(),
            "processes": [_running_values(one) for one in health.processes],
            "messages": health.messages,
            "oldest_waiting_seconds": waited,
            "failed_lately": health.failed_lately,
            "failed_open": health.failed_open,
            "nightly_looks": [_looked_values(one) for one in health.looks],
            "unconfirmed_lately": health.unconfirmed_lately,
            "unconfirmed_open": health.unconfirmed_open,
            "overdue": [_planned_values(one) for one in health.overdue],
            "failing": [
                {
                    **_planned_values(one.what),
                    "failures": one.failures,
                    "since": one.since.isoformat(),
                    "error": one.error,
                }
                for one in health.failing
            ],
            "last_errors": [_failed_values(one) for one in health.last_errors],
            "unreadable": [asdict(one) for one in health.unreadable],
            "next": [_planned_values(one) for one in health.next_due],
            "failed": [_troubled_values(one) for one in health.failed],
            "posted_again": [_troubled_values(one) for one in health.posted_again],
            "unconfirmed": [_troubled_values(one) for one in health.unconfirmed],
            "sealed": {
                "by_key": list(health.seals.by_key),
                "outdated": health.seals.outdated,
                "unopened": [asdict(one) for one in health.seals.unopened],
            },
            "left_alone": [asdict(one) for one in health.left_alone],
        }
    )


def _planned_values(one: Planned) -> dict[str, str]:
    return {
        "workspace": one.workspace,
        "kind": one.kind,
        "subject": one.subject,
        "due_at": one.due_at.isoformat(),
    }


def _looked_values(one: Looked) -> dict[str, str | bool | None]:
    return {
        "workspace": one.workspace,
        "under_way": one.is_under_way,
        "began_at": one.began_at.isoformat(),
        "finished_at": one.finished_at.isoformat() if one.finished_at else None,
    }


def _running_values(one: Running) -> dict[str, str | bool | float | None]:
    return {
        "workspace": one.workspace,
        "name": one.name,
        "kind": one.kind,
        "started_at": one.started_at.isoformat(),
        "seen_at": one.seen_at.isoformat(),
        "alive": one.is_alive,
        "clock_jumped_at": one.jumped_at.isoformat() if one.jumped_at else None,
        "clock_jumped_seconds": one.jumped_by.total_seconds(),
    }


def _failed_values(one: Failed) -> dict[str, str]:
    return {
        "workspace": one.workspace,
        "work": one.work,
        "error": one.error,
        "failed_at": one.failed_at.isoformat(),
    }


def _troubled_values(one: Troubled) -> dict[str, str]:
    return {
        "workspace": one.workspace,
        "key": one.key,
        "reason": one.reason,
        "queued_at": one.queued_at.isoformat(),
    }
