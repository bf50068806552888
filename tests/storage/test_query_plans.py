"""The queries that every screen asks find a person's rows by the person, however many rows a workspace has."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session

from storage import (
    activity,
    goals,
    kudos,
    members,
    notes,
    offers,
    private_lists,
    prompts,
    requests,
    uses,
)
from storage.database import Database
from storage.outbox import outbox, pings
from storage.rounds import check_ins, history, rounds
from tests.databases import on_both
from tests.storage.test_workspaces import FINDS, build, name_of

pytestmark = on_both

HOT: tuple[Callable[..., Any], ...] = (
    activity.find_last_act,
    check_ins.find_last_answered_at,
    check_ins.find_own,
    check_ins.list_takeaways,
    goals.count_open_goals,
    goals.list_open_goals,
    goals.list_open_goals_of,
    history.list_last_seated,
    kudos.count_given_since,
    kudos.find_oldest_draft,
    kudos.list_received,
    members.find_person,
    members.list_memberships,
    notes.count_notes,
    notes.list_newest,
    offers.find_topic,
    outbox.list_reaching,
    outbox.list_waiting_for,
    pings.list_received,
    pings.list_spent,
    private_lists.list_blocked,
    prompts.list_posts,
    requests.find_last_between,
    requests.list_agreed,
    requests.list_open_for,
    requests.list_open_of,
    rounds.count_taught,
    rounds.find_open_round,
    rounds.find_seat,
    rounds.list_open_seats,
    rounds.list_seats_near,
    uses.find_last_answer,
    uses.list_uses,
)
# What reads all rows of a table, or all of a workspace.
READS_ALL = re.compile(
    r"SCAN (?!CONSTANT|\(|SUBQUERY)\w+|SEARCH \w+ USING (COVERING )?INDEX \S+ \(workspace=\?\)"
    r"|Seq Scan on \w+|Index Cond: \(\(?workspace\)?(::text)? = '[^']*'(::\w+( \w+)?)?\)$"
)


def plans(session: Session, ask: Callable[[], object]) -> list[str]:
    """The lines of the plans of every query that is asked."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    ask()
    event.remove(Engine, "before_cursor_execute", note)
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        # Of a table of a few rows any index is as good as another, and none is as good as all.
        connection.exec_driver_sql("update pg_class set reltuples = 1000000, relpages = 1 where relkind = 'r'")
    word = "explain query plan" if is_sqlite else "explain"
    lines: list[str] = []
    for statement, parameters in asked:
        lines += [str(line[-1]).strip() for line in connection.exec_driver_sql(f"{word} {statement}", parameters)]
    return lines


def test_the_queries_of_every_screen_read_a_person_s_rows_and_no_others(database: Database) -> None:
    with database.write() as session:
        own = build(session, "T1")
        session.flush()
        found = {}
        for function in HOT:
            session.expunge_all()
            found[name_of(function)] = plans(session, partial(FINDS[function], session, own, own))

    assert all(found.values())
    assert {name: lines for name, lines in found.items() if any(map(READS_ALL.search, lines))} == {}
