"""`peerloop check` and `peerloop move`, as an operator runs them."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from bot.services.operation.health import Reason
from storage import due, processes
from storage.database import Database
from storage.goals import Goal
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from tests.docs.command import BIN, peerloop, run
from tests.docs.pages import ROOT
from tests.factories import actor, add_community, add_group, add_members, contents, queue

NOW = datetime.now(UTC)


def on(database: str, folder: Path, *words: str) -> tuple[int, str, str]:
    """Run `peerloop` on a database and return its status and what it wrote to each stream."""
    told = peerloop(*words, cwd=folder, DATABASE_URL=database)
    return told.returncode, told.stdout, told.stderr


def fill(database: Database) -> None:
    """Put something into most tables, with texts and moments of every sort."""
    with database.write() as session:
        for workspace in ("T1", "T2"):
            community = add_community(session, workspace=workspace)
            add_members(session, community, "UA", "Ub", "U_c", "UÄ")
            add_group(session, community, "UA", "Ub", "U_c")
            for number in range(1_200):
                queue(session, f"kudos:{number}", workspace=workspace, not_after=NOW if number % 2 else None)
        session.add(
            Goal(
                workspace="T1",
                owner="UA",
                title="“Größer” 👋🏽 \\ ' \" \n zwei Zeilen",
                evidence="",
                due_on=date.max,
                plan="",
                why="",
                set_at=datetime(2026, 10, 25, 0, 30, 0, 123456, tzinfo=UTC),
            )
        )
        session.flush()
        # Numbers with gaps, as they are after years.
        session.connection().execute(text("update goal set id = 77"))


@pytest.mark.parametrize(("source_kind", "target_kind"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_everything_moves_row_by_row_and_the_source_stays(
    source_kind: str, target_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = {"sqlite": f"sqlite:///{tmp_path / 'one.db'}"}
    with request.getfixturevalue("postgres").database() as url["postgresql"]:
        source, target = Database(url[source_kind]), Database(url[target_kind])
        source.migrate()
        target.migrate()
        fill(source)
        before = contents(source)

        status, told, shown = on(url[source_kind], tmp_path, "move", "--to", url[target_kind])

        assert status == 0, shown
        assert (status, told.splitlines()[0]) == (
            0,
            f"{sum(map(len, before.values()))} rows are in the new database, each of them compared with the old one.",
        )
        assert "Moving" in shown
        assert {name: sorted(rows, key=str) for name, rows in contents(target).items()} == {
            name: sorted(rows, key=str) for name, rows in before.items()
        }
        assert contents(source) == before
        with target.write() as session:
            # The next number comes after the greatest, and a table that was empty begins with 1.
            goal = Goal(
                workspace="T1", owner="UA", title="t", evidence="", due_on=NOW.date(), plan="", why="", set_at=NOW
            )
            session.add(goal)
            session.flush()
            assert goal.id == 78
        again = on(url[source_kind], tmp_path, "move", "--to", url[target_kind])
        assert again[0] == 2
        assert again[2].splitlines()[-1].startswith("The database to move to is not empty: there are rows in community")
        source.close()
        target.close()


def test_what_cannot_be_moved_is_told_in_a_sentence(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    here = f"sqlite:///{tmp_path / 'here.db'}"
    with request.getfixturevalue("postgres").database() as there:
        source, target = Database(here), Database(there)
        source.migrate()

        unmigrated = on(here, tmp_path, "move", "--to", there)
        target.migrate()
        with target.write() as session:
            [head] = session.connection().scalars(text("select version_num from alembic_version"))
            session.connection().execute(text("update alembic_version set version_num = '9999'"))
        newer = on(here, tmp_path, "move", "--to", there)
        missing = on(here, tmp_path, "move", "--to", f"sqlite:///{tmp_path / 'none.db'}")
        away = on(here, tmp_path, "move", "--to", "postgresql+psycopg://peerloop:secret@127.0.0.1:1/x")
        other_kind = on(here, tmp_path, "move", "--to", "mysql://root@localhost/x")
        with target.write() as session:
            session.connection().execute(text("update alembic_version set version_num = :head"), {"head": head})
        with source.write() as session:
            add_community(session).purpose = "zero \0 character"
        unfit = on(here, tmp_path, "move", "--to", there)

        assert [told[0] for told in (unmigrated, newer, missing, away, other_kind, unfit)] == [2] * 6
        assert "The database to move to is not ready. Make its tables first" in unmigrated[2]
        assert "at schema 9999, which this version does not know" in newer[2]
        assert "There is no file" in missing[2]
        assert "The database to move to cannot be used. No database answers there" in away[2]
        assert "the port in --to" in away[2]
        assert "secret" not in away[2]
        assert "--to must be an SQLite address" in other_kind[2]
        assert "A row of community holds something the other database cannot keep" in unfit[2]
        assert not (tmp_path / "none.db").exists()
        assert all(rows == [] for rows in contents(target).values())
        source.close()
        target.close()


def trouble(session: Session) -> None:
    """A round that should have been an hour ago, and messages in every state."""
    due.set_due(session, "T1", DueKind.ROUND, "1", NOW - timedelta(hours=1))
    session.flush()
    late = due.find_due(session, "T1", DueKind.ROUND, "1")
    assert late is not None
    assert due.put_off(session, late, "LookupError", NOW - timedelta(hours=1), NOW + timedelta(minutes=1))
    processes.note_error(session, "T1", "sending", "ratelimited", NOW)
    processes.note_alive(session, "T1", "machine:1:ab", "run", datetime.now(UTC))
    for state in OutboxState:
        queue(session, f"{state}:1", now=NOW)
        session.flush()
        row = outbox.find_message(session, "T1", f"{state}:1")
        assert row is not None
        row.state = state
        row.reason = "channel_not_found" if state == OutboxState.FAILED else ""


def test_check_tells_what_is_wrong_and_ends_with_1(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        trouble(session)
        goal_form = "a private goal"
        session.add(
            Goal(
                workspace="T1",
                owner=actor().user_id,
                title=goal_form,
                evidence="",
                due_on=NOW.date(),
                plan="",
                why="",
                set_at=NOW,
            )
        )
    before = contents(database)

    status, told, _ = on(database.url, tmp_path, "check")
    status_too, told_too, _ = on(database.url, tmp_path, "check", "--json")

    assert (status, status_too) == (1, 1)
    first, *why = told.partition("\n\n")[0].splitlines()
    assert first.startswith("Not fine, at ")
    assert why == [
        "  Something has been due for more than five minutes: see what is overdue.",
        "  A message failed, and nobody has dealt with it yet: see peerloop settle.",
        "  Nobody knows whether a message arrived, and nobody has dealt with it: see peerloop settle.",
        "  Something that is due has failed for an hour: see what is failing.",
    ]
    assert "Messages: 1 queued, 1 sending, 1 sent, 1 dropped, 1 failed, 1 unconfirmed; the oldest" in told
    assert "T1  failed:1  channel_not_found" in told
    assert "T1  unconfirmed:1" in told
    assert "T1  round 1" in told
    assert "T1  round 1  LookupError, 1 times since " in told
    assert "T1  sending: ratelimited" in told
    values = json.loads(told_too)
    assert values["fine"] is False
    assert values["reasons"] == ["overdue", "failed", "unconfirmed", "fails_for_an_hour"]
    assert [(one["subject"], one["failures"], one["error"]) for one in values["failing"]] == [("1", 1, "LookupError")]
    assert [(one["workspace"], one["work"], one["error"]) for one in values["last_errors"]] == [
        ("T1", "sending", "ratelimited")
    ]
    assert values["messages"] == dict.fromkeys(OutboxState, 1)
    assert [one["subject"] for one in values["overdue"]] == ["1"]
    assert [one["key"] for one in values["failed"]] == ["failed:1"]
    assert (values["failed_lately"], values["unconfirmed_lately"]) == (1, 1)
    assert (values["failed_open"], values["unconfirmed_open"]) == (1, 1)
    assert values["oldest_waiting_seconds"] > 0
    assert goal_form not in told + told_too
    assert contents(database) == before


def test_check_of_a_sound_bot_ends_with_0(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        # The program asks its machine what time it is, minutes after this file was read.
        now = datetime.now(UTC)
        due.set_due(session, "T1", DueKind.ROUND, "1", now + timedelta(hours=1))
        due.set_due(session, "T1", DueKind.PROMPT, "1", now - timedelta(minutes=1))
        queue(session, "kudos:1", now=now)
        processes.note_alive(session, "T1", "machine:1:ab", "run", now)
        processes.note_alive(session, "T1", "machine:2:cd", "work", now - timedelta(minutes=2))

    status, told, _ = on(database.url, tmp_path, "check")
    _, values, _ = on(database.url, tmp_path, "check", "--json")

    assert status == 0
    assert re.match(r"Fine, at .*\.\n\n", told)
    assert json.loads(values)["reasons"] == []
    assert re.search("  run  machine:1:ab\n", told)
    assert re.search("  work  machine:2:cd  silent since ", told)
    assert [(one["name"], one["kind"], one["alive"]) for one in json.loads(values)["processes"]] == [
        ("machine:2:cd", "work", False),
        ("machine:1:ab", "run", True),
    ]
    assert told.index("prompt 1") < told.index("round 1")


def test_check_is_fine_whatever_is_overdue_in_a_workspace_without_a_token(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        now = datetime.now(UTC)
        processes.note_alive(session, "T1", "machine:1:ab", "run", now)
        due.set_due(session, "T1", DueKind.PROMPT, "1", now + timedelta(days=1))
        for kind in (DueKind.ROUND, DueKind.PROMPT):
            due.set_due(session, "T2", kind, "1", now - timedelta(days=9))
        queue(session, "kudos:1", workspace="T2", now=now - timedelta(days=9))
        processes.note_error(session, "T2", "sending", "invalid_auth", now)

    status, told, _ = on(database.url, tmp_path, "check")
    _, values, _ = on(database.url, tmp_path, "check", "--json")

    assert status == 0
    assert "Overdue: none" in told
    assert "Messages: none; nothing waits." in told
    assert "Left alone for want of a token:\n  T2  2 planned, 1 messages" in told
    assert json.loads(values)["left_alone"] == [{"workspace": "T2", "planned": 2, "messages": 1}]


@pytest.mark.parametrize("days", [1, 20])
@pytest.mark.parametrize("state", [OutboxState.FAILED, OutboxState.UNCONFIRMED])
def test_check_is_not_fine_until_somebody_has_dealt_with_a_message(
    database: Database, tmp_path: Path, state: OutboxState, days: int
) -> None:
    with database.write() as session:
        now = datetime.now(UTC)
        processes.note_alive(session, "T1", "machine:1:ab", "run", now)
        queue(session, "prompt:1", MessageKind.PROMPT, now=now - timedelta(days=days))
        row = outbox.find_message(session, "T1", "prompt:1")
        assert row is not None
        row.state = state

    before, told, _ = on(database.url, tmp_path, "check")
    other = on(database.url, tmp_path, "settle", "prompt:2")
    still, _, _ = on(database.url, tmp_path, "check")
    settled = on(database.url, tmp_path, "settle", "prompt:1")
    after, left, _ = on(database.url, tmp_path, "check")

    assert (before, "prompt:1" in told, other[1]) == (1, True, "0 messages are dealt with.\n")
    assert (still, settled[1]) == (1, "1 message is dealt with.\n")
    assert (after, "prompt:1" in left) == (0, False)


def test_settle_asks_for_what_is_meant_and_takes_everything_when_told(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        trouble(session)

    vague = on(database.url, tmp_path, "settle")
    both = on(database.url, tmp_path, "settle", "failed:1", "--all")
    everything = on(database.url, tmp_path, "settle", "--all")

    assert (vague[0], both[0]) == (2, 2)
    assert everything[:2] == (0, "2 messages are dealt with.\n")


@pytest.mark.parametrize(("minutes", "reasons"), [(19, ["refused"]), (21, [])])
def test_a_refusal_counts_for_twenty_minutes(
    database: Database, tmp_path: Path, minutes: int, reasons: list[str]
) -> None:
    with database.write() as session:
        now = datetime.now(UTC)
        processes.note_alive(session, "T1", "machine:1:ab", "run", now)
        processes.note_error(session, "T1", "sending", "invalid_auth", now - timedelta(minutes=minutes))

    status, told, _ = on(database.url, tmp_path, "check", "--json")

    assert (status, json.loads(told)["reasons"]) == (len(reasons), reasons)


def test_what_the_bot_posts_again_by_itself_is_no_reason_to_look_until_it_is_left_to_people(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as session:
        now = datetime.now(UTC)
        processes.note_alive(session, "T1", "machine:1:ab", "run", now)
        for key, ends_at in (("intro:1", now + timedelta(hours=1)), ("intro:2", None)):
            queue(session, key, MessageKind.INTRODUCTION, now=now, not_after=ends_at)
            row = outbox.find_message(session, "T1", key)
            assert row is not None
            row.state, row.retry_at = OutboxState.UNCONFIRMED, now

    status, told, _ = on(database.url, tmp_path, "check")
    _, values, _ = on(database.url, tmp_path, "check", "--json")

    assert (status, json.loads(values)["reasons"]) == (0, [])
    assert "Unconfirmed, 0 in all, 0 within two days: none" in told
    assert [one["key"] for one in json.loads(values)["posted_again"]] == ["intro:2", "intro:1"]

    with database.write() as session:
        row = outbox.find_message(session, "T1", "intro:1")
        assert row is not None
        # As the bot does when it is too late.
        row.retry_at = None
    status, told, _ = on(database.url, tmp_path, "check", "--json")

    assert (status, json.loads(told)["reasons"]) == (1, ["unconfirmed"])
    assert [one["key"] for one in json.loads(told)["unconfirmed"]] == ["intro:1"]


def test_operations_tells_every_reason() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    table = page.partition("| Word | Reason |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(Reason)


def test_check_is_not_fine_when_nobody_works(database: Database, tmp_path: Path) -> None:
    status, told, _ = on(database.url, tmp_path, "check")

    assert status == 1
    assert "  No process has given a sign of life for half a minute." in told
    assert "Processes: none" in told


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("sqlite:///nowhere.db", "There is no file nowhere.db. Make it with: peerloop migrate"),
        (
            "postgresql+psycopg://peerloop:secret@127.0.0.1:1/x",
            "No database answers there: the connection was refused.",
        ),
        ("mysql://localhost/x", "DATABASE_URL must be an SQLite address"),
    ],
)
def test_check_that_cannot_look_ends_with_2_and_makes_nothing(address: str, sentence: str, tmp_path: Path) -> None:
    status, told, error = on(address, tmp_path, "check")

    assert (status, told) == (2, "")
    assert error.startswith(sentence)
    assert "secret" not in error
    assert list(tmp_path.iterdir()) == []


def test_check_of_another_schema_says_what_to_do(empty_url: str, tmp_path: Path) -> None:
    database = Database(empty_url)
    with database.read() as session:
        session.connection()
    database.close()

    status, _, error = on(empty_url, tmp_path, "check")

    assert status == 2
    assert "this version needs" in error


def test_settings_show_no_password(tmp_path: Path) -> None:
    _, told, _ = on("postgresql+psycopg://peerloop:secret@db.example.com/peerloop", tmp_path, "settings")

    assert "DATABASE_URL=postgresql+psycopg://peerloop:***@db.example.com/peerloop" in told
    assert "secret" not in told


def test_a_start_without_its_database_ends_so_that_it_is_started_again(tmp_path: Path) -> None:
    told = run(
        BIN / "peerloop",
        "run",
        cwd=tmp_path,
        DATABASE_URL="postgresql+psycopg://peerloop:secret@127.0.0.1:1/x",
        SLACK_BOT_TOKEN="xoxb-local-workspace",
        SLACK_APP_TOKEN="xapp-local-workspace",
    )

    assert told.returncode == 1
    assert told.stderr.startswith("No database answers there: the connection was refused.")
    assert "secret" not in told.stderr
