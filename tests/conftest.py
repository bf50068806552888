"""What many tests need: a database of their own, of either kind, and which tests are slow."""

import gc
import os
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from itertools import chain
from pathlib import Path

import pytest

from playground.client import RunningWorkspace
from storage.database import Database
from tests.databases import KINDS, SLOWLY
from tests.effort import effort
from tests.postgres import Server, UnavailableError, start_once, sweep
from tests.sessions import watched_sessions

_FOLDER = "PEERLOOP_TEST_POSTGRES"
# Modules that take the longest, and mostly wait for processes they started.
_FIRST = ("tests/journeys/", "tests/chaos/", "tests/docs/", "tests/gallery/", "tests/playground/", "tests/simulation/")
_JOURNEYS = "tests/journeys/"
# Folders whose tests `make test` leaves to `make test-all`. Nothing outside the local workspace can break its tests,
# as an import contract shows; the others repeat at length what quicker tests hold.
_SLOW = ("tests/chaos/", "tests/gallery/", "tests/playground/", "tests/simulation/")


def pytest_configure(config: pytest.Config) -> None:
    """Say, to all workers, where the test run's server is to be, and whose end is the end of the run."""
    if not hasattr(config, "workerinput"):
        os.environ[_FOLDER] = f"{tempfile.mkdtemp(prefix='peerloop-')}:{os.getpid()}"


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Have one worker more than there are cores, or two at length: what waits leaves them to others."""
    workers = yield
    return workers if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else workers + effort(1, 2)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on the databases its marker names; without one on SQLite, and slowly on PostgreSQL too.

    A journey without one needs PostgreSQL less: what the two do differently is tried below it, query by query.
    """
    if "database_kind" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("databases")
    usual = KINDS[:1] if metafunc.definition.nodeid.startswith(_JOURNEYS) else (KINDS[0], SLOWLY)
    kinds = marker.args if marker else usual
    metafunc.parametrize("database_kind", kinds, scope="session")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many seconds the tests of each folder took, over all workers; tests/README.md has the table."""
    seconds: defaultdict[str, float] = defaultdict(float)
    tests = Counter[str]()
    for report in chain.from_iterable(terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            folder = "/".join(report.nodeid.partition("::")[0].split("/")[1:-1]) or "tests"
            seconds[folder] += report.duration
            tests[folder] += report.when == "call"
    terminalreporter.section("seconds by folder", sep="-")
    for folder, took in sorted(seconds.items(), key=lambda one: -one[1]):
        terminalreporter.write_line(f"{took:8.1f}  {tests[folder]:5}  {folder}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave folders unread in which everything is slow when nothing slow is asked for; to read them takes seconds."""
    inside = collection_path.is_relative_to(config.rootpath)
    folder = f"{collection_path.relative_to(config.rootpath).as_posix()}/" if inside else ""
    return True if config.option.markexpr == "not slow" and folder in _SLOW else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is slow, and begin with what takes the longest; at the end it would be waited for by everybody."""
    for item in items:
        if item.nodeid.startswith(_SLOW):
            item.add_marker(pytest.mark.slow)
    again = _again_on_postgresql(items)
    config.hook.pytest_deselected(items=again)
    left_out = {*again}
    kept = [item for item in items if item not in left_out]
    items[:] = sorted(kept, key=lambda item: not item.nodeid.startswith(_FIRST))


def _again_on_postgresql(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests without a mark that would run on PostgreSQL once more, with other parameters."""
    seen: set[str] = set()
    again = []
    for item in items:
        chosen = getattr(item, "callspec", None)
        kind = chosen.params.get("database_kind") if chosen else None
        if kind == KINDS[1] and item.get_closest_marker("databases") is None:
            test = item.nodeid.partition("[")[0]
            if test in seen:
                again.append(item)
            seen.add(test)
    return again


def pytest_collection_finish() -> None:
    """Leave what is there from the first minute on to itself: modules and tests are never garbage."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the folder away when there was no server in it; a server's own guard takes its folder away."""
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ.pop(_FOLDER).partition(":")[0])
        if not (folder / "told.json").exists():
            shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def one_session_at_a_time() -> Iterator[None]:
    """Fail every test in which a thread opens a session while it holds another."""
    with watched_sessions() as sessions:
        yield
    if sessions.nested:
        pytest.fail(f"a session was opened inside another:\n{sessions.nested[0]}", pytrace=False)


@pytest.fixture(scope="session")
def postgres() -> Server:
    """The test run's PostgreSQL server, with a template that has this version's schema."""
    folder, _, run = os.environ[_FOLDER].partition(":")
    try:
        server = start_once(Path(folder), int(run))
    except UnavailableError as error:
        if os.environ.get("PEERLOOP_REQUIRE_POSTGRES") == "1":
            pytest.fail(f"PEERLOOP_REQUIRE_POSTGRES is 1, but {error}", pytrace=False)
        pytest.skip(f"no PostgreSQL: {error}")
    return server


@pytest.fixture(scope="session")
def fresh_database(postgres: Server) -> Iterator[str]:
    """The address of a PostgreSQL database with this version's schema and nothing in it, to be copied."""
    with postgres.database() as url:
        database = Database(url)
        database.migrate()
        database.close()
        yield url


@pytest.fixture(scope="session")
def used_database(postgres: Server, fresh_database: str) -> Iterator[str]:
    """The address of one PostgreSQL database with this version's schema, for one test after another.

    To make it empty takes milliseconds; to make a new one, half a second and more.
    """
    with postgres.database(like=fresh_database) as url:
        yield url


@pytest.fixture(scope="session")
def fresh_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with this version's schema and nothing in it."""
    path = tmp_path_factory.mktemp("schema") / "fresh.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="session")
def used_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a database file stands, for one test after another."""
    return tmp_path_factory.mktemp("used") / "peerloop.db"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """The address of a database with this version's schema and nothing in it."""
    if database_kind == "sqlite":
        path: Path = request.getfixturevalue("used_file")
        for old in path.parent.iterdir():
            old.unlink()
        shutil.copy(request.getfixturevalue("fresh_file"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("used_database")
    sweep(url)
    return url


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a schema."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@pytest.fixture(scope="session")
def databases() -> dict[str, Database]:
    """The databases of the tests by their addresses; each knows by heart how the statements before were written."""
    return {}


@pytest.fixture
def database(database_url: str, databases: dict[str, Database]) -> Iterator[Database]:
    """A database with nothing in it for a test."""
    if database_url not in databases:
        # What a test wrote need not outlive the machine's power.
        databases[database_url] = Database(database_url, is_lasting=False)
    database = databases[database_url]
    yield database
    database.close()


@pytest.fixture(scope="session")
def workspace_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorkspace]:
    """The workspace of all stages of a test run, one after another."""
    workspace = RunningWorkspace(Path(__file__).parents[1] / "manifest.yml", tmp_path_factory.mktemp("workspace"))
    yield workspace
    assert workspace.stop() == 0
