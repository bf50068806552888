"""When somebody last did something: whatever it was, in one workspace, and by themselves."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Table
from sqlmodel import Session

from storage.activity import LastAct
from storage.database import Database
from storage.goals import Goal, GoalCheck
from storage.privacy.inventory import Entry, list_entries
from storage.privacy.last_signs import list_last_signs
from tests.databases import each_on_both_at_length
from tests.everything import Everywhere
from tests.factories import MONDAY_8

DAY = timedelta(days=1)


def goal(session: Session, workspace: str = "T1") -> Goal:
    row = Goal(
        workspace=workspace,
        owner="UA",
        title="-",
        evidence="-",
        due_on=date(2027, 1, 1),
        plan="",
        why="",
        set_at=MONDAY_8,
    )
    session.add(row)
    session.flush()
    return row


def test_the_last_of_all_that_a_person_did_counts(database: Database) -> None:
    with database.write() as session:
        check = GoalCheck(workspace="T1", goal_id=goal(session).id, asked_on=date(2026, 12, 1), answer="moved")
        check.answered_at = MONDAY_8 + DAY
        session.add_all([check, LastAct(workspace="T1", user_id="UB", acted_at=MONDAY_8)])

        assert list_last_signs(session, "T1", MONDAY_8) == {"UA": MONDAY_8 + DAY, "UB": MONDAY_8}
        assert list_last_signs(session, "T1", MONDAY_8 + DAY) == {"UA": MONDAY_8 + DAY}
        assert list_last_signs(session, "T1", MONDAY_8, ["UB", "UX"]) == {"UB": MONDAY_8}
        assert list_last_signs(session, "T2", MONDAY_8) == {}


@each_on_both_at_length
@pytest.mark.parametrize(
    ("table", "entry"), [pytest.param(*both, id=both[0].name) for both in list_entries() if both[1].signs]
)
def test_each_table_that_holds_signs_is_looked_into(database: Database, table: Table, entry: Entry) -> None:
    later = MONDAY_8 + 30 * DAY
    with database.write() as session:
        Everywhere(session, "UA", ("UB", "UC")).fill()
        assert "UA" not in list_last_signs(session, "T1", later)
        session.connection().execute(table.update().values(dict.fromkeys(entry.signs, later)))

        assert list_last_signs(session, "T1", later)["UA"] == later
