"""Whatever one row holds, other people's rounds, notes, searches, Home, export and erasure go on, and the app starts.

Every example writes garbage by raw SQL into some cells of a database in which each table has rows, and plays a week.
"""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlmodel import SQLModel

from bot.app import Services
from bot.blocks.names import CommandNames
from bot.courier import Courier, Library
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicForm, TopicKind
from bot.domain.schedule import DueKind
from bot.library import load_guides, load_prompts, load_thesaurus
from bot.roster import Roster, Turns
from bot.services.offers.offers import renew_keys
from bot.services.operation.health import HealthService, Reason
from bot.services.operation.processes import ProcessService
from bot.services.privacy.exports import gather
from bot.timekeeper import Timekeeper
from handlers.home import HomeHandlers
from storage.database import Database
from storage.members import Person
from storage.outbox.outbox import OutboxState
from storage.rounds.rounds import Round, Seat, SeatState
from tests.courier.conftest import RESTLESS
from tests.effort import effort, longer
from tests.everything import Everywhere
from tests.factories import MONDAY_8, TENANT, VAULT, actor, add_community, add_members, due_row, messages, profile, rows
from tests.fakes import FixedClock
from tests.tiny_slack import TinySlack

OTHERS: Final = ("UA", "UB", "UC", "UD", "UE", "UG")
# Their colleagues, in whose rows there may be garbage.
COLLEAGUES: Final = ("UY", "UZ")
COMMUNITY: Final = 7
WEEK = timedelta(weeks=1)
# At length a thousand cells in all.
AT_ONCE, EXAMPLES = effort(12, 24), effort(5, 42)
GARBAGE: Final[tuple[object, ...]] = (
    *(
        None,
        "",
        " ",
        "0",
        "-1",
        "x",
        "None",
        "null",
        "true",
        "NaN",
        "inf",
        "1e999",
        "[]",
        "{}",
        '{"a":',
        "[1,2",
        '""',
        "'",
    ),
    *(
        "Mars/Olympus",
        "Europe/Atlantis",
        "UTC+25",
        "../../etc/passwd",
        "/",
        "\\",
        "C:\\",
        "%s",
        "{0}",
        "{people}",
        "<!channel>",
    ),
    *(
        "a\x00b",
        "\x00",
        "\x01\x02",
        "\x1b[0m",
        "\u202e",
        "\ufeff",
        "\ud7ff",
        "\U0001f389" * 40,
        "é" * 300,
        "x" * 5000,
        "\n\n",
        "\t",
    ),
    *(
        "weekly",
        "weekly:9:99:99:UTC:0",
        "weekly:0:08:00:Mars:1",
        "weekly:0:08:00:Europe/Berlin:999999999",
        "daily:25:00:UTC",
    ),
    *(
        "monthly:0:9:08:00:UTC",
        "round.unknown",
        "unknown",
        "QUEUED",
        "seated ",
        "in,out",
        "5:6",
        "a b c d e f",
        "=cmd",
        "hours:x",
    ),
    *(
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59.999999",
        "1970-01-01 00:00:00",
        "2026-13-45 99:99:99",
        "2026-11-23",
        "08:00",
    ),
    *(
        "2026-11-23 07:00:00+02:00",
        "99:99",
        "24:00:00",
        "0001-01-01",
        "9999-12-31",
        "2026-02-30",
        "-4713-01-01",
        "12/31/2026",
    ),
    *(0, 1, -1, 2, 7, 99, -99, 1_000, 10**6, -(10**6), 2**31, 2**31 - 1, -(2**31), 2**53, 2**62, 2**63 - 1, -(2**63)),
    *(0.5, -0.5, 1e308, -1e308, 1e-308, 3.7, b"", b"\x00", b"\xff\xfe", b"x" * 100, b"not compressed"),
    *(
        True,
        False,
        "U",
        "UZZZZZZZZ",
        "U\nA",
        "C404",
        "D0",
        "T2",
        "first-hello  ",
        "no-such-guide",
        "prompt-404",
        "de_DE",
        "xx",
    ),
)


@pytest.fixture(scope="module")
def slack() -> Iterator[TinySlack]:
    server = TinySlack()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def words() -> Library:
    return Library(CommandNames(), load_prompts(), load_guides(), load_thesaurus(), VAULT)


@pytest.fixture(scope="module")
def lived_in(fresh_file: Path, tmp_path_factory: pytest.TempPathFactory, words: Library) -> Path:
    """A database with a round behind it, and with rows of others in every table."""
    path = tmp_path_factory.mktemp("lived_in") / "peerloop.db"
    shutil.copy(fresh_file, path)
    database = Database(f"sqlite:///{path}")
    services = Services.over(database, words, VAULT)
    with database.write() as session:
        Everywhere(session, "UV", ("UW", "UX")).fill()
    with database.write() as session:
        community = add_community(session)
        assert community.id == COMMUNITY
        add_members(session, community, *OTHERS, *COLLEAGUES)
    services.offers.save(actor("UB"), TopicForm(TopicKind.OFFER, "SQL joins"), profile("UB"), MONDAY_8)
    services.rounds.start(due_row(database, DueKind.ROUND, COMMUNITY), MONDAY_8)
    database.close()
    return path


class Week:
    """The app over a database, from its start on a Monday to the weekly notes of that Thursday."""

    def __init__(self, database: Database, slack: TinySlack, words: Library) -> None:
        self.database = database
        self.clock = FixedClock(MONDAY_8 + WEEK)
        self.services = services = Services.over(database, words, VAULT)
        roster = Roster(
            database, slack.gateway(), services.members, services.communities, TENANT, "UBOT", self.clock, Turns(bool)
        )
        self._time = Timekeeper(database, "T1", self.clock, services.due_handlers(roster))
        machine = FixedClock(datetime(2030, 1, 1, tzinfo=UTC))
        self._courier = Courier(database, slack.gateway(), "T1", words, self.clock, machine, RESTLESS)
        self._home = HomeHandlers(services.home, services.pings, words.prompts, words.guides, words.names, self.clock)
        self._words = words

    def start(self) -> None:
        """Do what a process does before it beats."""
        self.database.check_schema()
        renew_keys(self.database, "T1", self._words.thesaurus)
        self.services.members.plan_look(TENANT, self.clock.now())
        self.services.tidying.plan(TENANT, self.clock.now())
        self.services.offers.plan(TENANT, self.clock.now())
        ProcessService(self.database).alive("T1", "this one", "run", self.clock.now())

    def play(self) -> None:
        """Let the round begin, people look around, and their notes come."""
        self.start()
        self._time.beat()
        who = actor("UA")
        assert [found.user_id for found in self.services.offers.find(who, "SQL joins", self.clock.now())] == ["UB"]
        assert self._home.view(who)["blocks"]
        with self.database.read() as session:
            assert gather(session, VAULT, "T1", "UA", self.clock.now()).tables["person"]
        self.clock.move(timedelta(hours=3))
        self._courier.drain_all()
        self.clock.move(timedelta(days=3, hours=4))
        self._time.beat()
        self._courier.drain_all()
        HealthService(self.database, VAULT).look(self.clock.now())

    def erase(self) -> None:
        """Let one of the others be erased."""
        self.services.privacy.plan_erasure(actor("UG"), self.clock.now())
        self.clock.move(timedelta(minutes=1))
        self._time.beat()
        assert "UG" not in [person.user_id for person in rows(self.database, Person)]

    def check(self) -> None:
        """The others were introduced, and asked."""
        newest = max(
            (one for one in rows(self.database, Round) if one.community_id == COMMUNITY), key=lambda one: one.id
        )
        assert newest.started_at == MONDAY_8 + WEEK
        seats = [one for one in rows(self.database, Seat) if one.round_id == newest.id]
        assert {one.user_id for one in seats if one.state == SeatState.SEATED} >= {*OTHERS}
        sent = {
            one.people: one.state
            for one in messages(self.database, MessageKind.WEEKLY_NOTE)
            if one.not_before > MONDAY_8 + WEEK
        }
        assert {sent.get(one) for one in OTHERS} == {OutboxState.SENT}, sent


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The database of all examples; it knows by heart how the statements before were written."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('used') / 'peerloop.db'}", is_lasting=False)
    yield database
    database.close()


@pytest.fixture
def week(lived_in: Path, used: Database, slack: TinySlack, words: Library) -> Week:
    used.close()
    path = Path(used.url.removeprefix("sqlite:///"))
    for old in path.parent.iterdir():
        old.unlink()
    shutil.copy(lived_in, path)
    return Week(used, slack, words)


def spoil(path: Path, lots: random.Random, count: int) -> list[str]:
    """Write garbage into some cells of rows on which none of the others' own week depends; return which."""
    tables = list(SQLModel.metadata.sorted_tables)
    spoiled: list[str] = []
    connection = sqlite3.connect(path, isolation_level=None)
    while len(spoiled) < count:
        table = lots.choice(tables)
        column = lots.choice(list(table.columns)).name
        if column == "id":
            # The database makes it; with another one, what belongs to the row belongs to the next row that is made.
            continue
        rowids = [
            row["at"]
            for row in _rows(connection, f'select rowid as at, * from "{table.name}"')  # noqa: S608 - our own names
            if not _is_others(table.name, row)
        ]
        value = lots.choice(GARBAGE)
        if rowids:
            rowid = lots.choice(rowids)
            try:
                connection.execute(f'update "{table.name}" set "{column}" = ? where rowid = ?', (value, rowid))  # noqa: S608
            except (sqlite3.IntegrityError, UnicodeEncodeError, OverflowError):
                # The database itself refuses it.
                continue
            spoiled.append(f"{table.name} {rowid}: {column} = {value!r:.60}")
    connection.close()
    return spoiled


def _rows(connection: sqlite3.Connection, query: str) -> list[dict[str, object]]:
    answer = connection.execute(query)
    names = [one[0] for one in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer]


def _is_others(table: str, row: dict[str, object]) -> bool:
    """Tell whether a row is what makes the others' week: that they are there, their community, what is due for it."""
    if table in {"person", "membership", "topic"}:
        return row["user_id"] in OTHERS
    if table == "community":
        return row["id"] == COMMUNITY
    if table == "due":
        return (row["kind"], row["subject"]) == (DueKind.ROUND, str(COMMUNITY))
    return table == "outboxmessage" and row["people"] in OTHERS


@longer
@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_whatever_some_rows_hold_the_week_of_the_others_goes_on(week: Week, seed: int) -> None:
    lots = random.Random(seed)  # noqa: S311 - not a secret
    spoiled = spoil(Path(week.database.url.removeprefix("sqlite:///")), lots, AT_ONCE)
    try:
        week.play()
        week.check()
        week.erase()
    except Exception as error:
        error.add_note("\n".join(spoiled))
        raise


def test_check_names_what_cannot_be_read_and_what_points_nowhere(week: Week) -> None:
    path = week.database.url.removeprefix("sqlite:///")
    before = HealthService(week.database, VAULT).look(MONDAY_8)
    with sqlite3.connect(path) as connection:
        connection.execute("update community set zone = 'Mars/Olympus' where id = 6")
        connection.execute("update seat set round_id = 999 where id = (select max(id) from seat)")

    health = HealthService(week.database, VAULT).look(MONDAY_8)

    assert before.unreadable == ()
    assert [(one.table, one.columns) for one in health.unreadable] == [
        ("community", ("zone",)),
        ("seat", ("points to a row of round that is not there",)),
    ]
    assert health.unreadable[0].key == "id=6"
    assert Reason.UNREADABLE in health.reasons


def test_check_looks_at_the_newest_rows_and_at_all_when_asked_to(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.operation.health.NEWEST_ROWS", 2)
    path = week.database.url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("update seat set state = 'unknown' where id in (select min(id) from seat)")
    health = HealthService(week.database, VAULT)

    assert health.look(MONDAY_8).unreadable == ()
    assert [one.table for one in health.look(MONDAY_8, at_every_row=True).unreadable] == ["seat"]

    with sqlite3.connect(path) as connection:
        connection.execute("update seat set state = 'unknown' where id in (select max(id) from seat)")
    assert [one.table for one in health.look(MONDAY_8).unreadable] == ["seat"]


def test_an_unreadable_last_round_does_not_keep_a_community_from_its_next_one(week: Week) -> None:
    with sqlite3.connect(week.database.url.removeprefix("sqlite:///")) as connection:
        connection.execute("update round set due_at = 'xx' where community_id = ?", (COMMUNITY,))

    week.play()

    week.check()


def test_the_garbage_is_of_a_hundred_kinds() -> None:
    assert len(set(map(repr, GARBAGE))) > 100
