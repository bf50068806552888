"""A database a year old, made once and kept: what the other benchmarks measure on, each on a copy.

    with aged.copied(aged.SQLITE, Size(10_000)) as url:
        ...

It is made again when the tables or what makes its rows have changed.
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import json
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, create_engine
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from benchmarks import companies, preferences, years
from benchmarks.years import Row, Size, write_year
from storage.bulk import batches, usual_of
from storage.columns import Written
from storage.database import Database
from storage.moving import set_sequence
from storage.privacy.vault import Vault
from storage.schema import newest
from tests.postgres import Server, start

SQLITE, POSTGRESQL = KINDS = ("sqlite", "postgresql")
FOLDER: Final = Path(__file__).parents[1] / ".peerloop" / "aged"
_MADE: Final = 5_000
# The private lists of the people who were made up are sealed with it.
VAULT: Final = Vault([base64.urlsafe_b64encode(b"a year that never really happened"[:32]).decode()])


def main() -> None:
    """Make a database a year old of each kind, unless it is there, and print how large it is."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.aged", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    result: dict[str, Any] = {}
    for kind in wanted.kind or KINDS:
        begun, used = time.perf_counter(), time.process_time()
        with copied(kind, size_of(wanted)) as url:
            seconds = {"seconds": round(time.perf_counter() - begun, 1)}
            seconds |= {"cpu_seconds": round(time.process_time() - used, 1)}
            result[kind] = seconds | _contents(url)
    if wanted.json:
        print(json.dumps(result))
    else:
        for kind, told in result.items():
            print(kind, *(f"{key}={value}" for key, value in told.items()))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let a benchmark be asked for a size and a kind of database."""
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=52)
    parser.add_argument("--communities", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", choices=KINDS, help="only on this kind of database")


def size_of(wanted: argparse.Namespace) -> Size:
    """Return the size that was asked for."""
    return Size(wanted.people, wanted.rounds, wanted.communities, wanted.seed)


@contextmanager
def copied(kind: str, size: Size, folder: Path = FOLDER) -> Iterator[str]:
    """Give the address of a copy of a database a year old, which is gone when the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{size}-{_recipe()}"
    if kind == SQLITE:
        with tempfile.TemporaryDirectory() as place:
            copy = Path(place) / "peerloop.db"
            with _alone(folder / f"{kind}.lock"):
                shutil.copyfile(_kept_file(folder / f"{name}.db", size), copy)
            yield f"sqlite:///{copy}"
    else:
        # One server at a time can serve the files.
        with (
            _alone(folder / f"{kind}.lock"),
            _served(folder / POSTGRESQL) as server,
            _copied_database(server, name, size) as url,
        ):
            yield url


def _kept_file(kept: Path, size: Size) -> Path:
    if not kept.exists():
        unfinished = kept.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        _build(f"sqlite:///{unfinished}", size)
        unfinished.rename(kept)
    return kept


@contextmanager
def _copied_database(server: Server, name: str, size: Size) -> Iterator[str]:
    name = f"aged_{sha256(name.encode()).hexdigest()[:16]}"
    with server.connect() as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            connection.execute("create database unfinished template template0")
            _build(server.url("unfinished"), size)
            connection.execute(f"alter database unfinished rename to {name}")
    with server.database(like=server.url(name)) as url:
        yield url


@contextmanager
def _served(folder: Path) -> Iterator[Server]:
    """Run the server that keeps the databases, as careful as it is by default."""
    for above in folder.parents[:2]:
        above.chmod(above.stat().st_mode | 0o111)
    folder.mkdir(exist_ok=True)
    process, server = start(folder, {})
    try:
        with server.connect() as connection:
            connection.execute("drop database if exists unfinished with (force)")
            for (left,) in connection.execute("select datname from pg_database where datname like 'test_%'").fetchall():
                connection.execute(f"drop database {left} with (force)")
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _recipe() -> str:
    """Return a name for what decides how the rows look."""
    sources = [Path(str(module.__file__)).read_bytes() for module in (companies, preferences, years)]
    return sha256(b"\0".join([newest().encode(), *sources])).hexdigest()[:12]


def _build(url: str, size: Size) -> None:
    database = Database(url, is_lasting=False)
    database.migrate()
    database.close()
    engine = create_engine(url)
    with engine.begin() as connection:
        write_year(_Rows(connection), size, VAULT)
        if connection.dialect.name == POSTGRESQL:
            for table in SQLModel.metadata.sorted_tables:
                set_sequence(connection, table)
    if engine.dialect.name == POSTGRESQL:
        # As the server does by itself after a while.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("vacuum analyze")
    engine.dispose()


class _Rows:
    """Writes rows the quickest way there is, with the values as the columns' types make them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        driver: Any = connection.connection.driver_connection
        self._cursor = driver.cursor()
        self._makers: dict[TypeEngine[Any], Callable[[Any], Any] | None] = {}

    def __call__(self, table: type[SQLModel], rows: Iterable[Row]) -> None:
        columns: Table = SQLModel.metadata.tables[str(table.__tablename__)]
        usual = usual_of(table)
        dialect = self._connection.dialect
        makers = [(column.name, usual.get(column.name), self._maker(column.type)) for column in columns.columns]
        values = (
            [make(row.get(name, default)) if make else row.get(name, default) for name, default, make in makers]
            for row in rows
        )
        names = ", ".join(f'"{name}"' for name, _, _ in makers)
        if dialect.name == SQLITE:
            into = f'insert into "{columns.name}" ({names}) values ({", ".join("?" for _ in makers)})'  # noqa: S608 - our own names
            for some in batches(values):
                self._cursor.executemany(into, some)
        else:
            with self._cursor.copy(f'copy "{columns.name}" ({names}) from stdin') as copy:
                for one in values:
                    copy.write_row(one)

    def _maker(self, kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
        """Return what makes values of a type; of moments and words there are few."""
        if kind not in self._makers:
            make = kind.dialect_impl(self._connection.dialect).bind_processor(self._connection.dialect)
            # The values of a type of ours may be lists, which nothing can be looked up by.
            self._makers[kind] = lru_cache(_MADE)(make) if make and not isinstance(kind, Written) else make
        return self._makers[kind]


def _contents(url: str) -> dict[str, Any]:
    """Return how many rows each table has, and how large all of it is."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        counts = {
            table.name: connection.exec_driver_sql(f'select count(*) from "{table.name}"').scalar_one()  # noqa: S608 - our own names
            for table in tables
        }
        size = (
            "select page_count * page_size from pragma_page_count(), pragma_page_size()"
            if engine.dialect.name == SQLITE
            else "select pg_database_size(current_database())"
        )
        whole = int(connection.exec_driver_sql(size).scalar_one())
    engine.dispose()
    return {"mb": round(whole / 1e6, 1), "rows": sum(counts.values())} | {k: v for k, v in counts.items() if v}


if __name__ == "__main__":
    main()
