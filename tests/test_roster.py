"""The nightly look at people, over a real connection."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.domain.schedule import DueKind
from bot.roster import Roster
from bot.services.communities import CommunityService
from bot.services.members import MemberService
from storage.database import Database
from storage.members import Membership, Person
from tests.factories import MONDAY_8, TENANT, add_community, add_members, due_row, rows
from tests.tiny_slack import Answer, TinySlack, refusal

NIGHT = MONDAY_8 + timedelta(days=1)


@pytest.fixture
def slack() -> Iterator[TinySlack]:
    server = TinySlack()
    yield server
    server.stop()


@pytest.fixture
def roster(database: Database, slack: TinySlack) -> Roster:
    members = MemberService(database)
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB")
        add_members(session, add_community(session, "C2"), "UC", "UD")
    members.plan_look(TENANT, MONDAY_8)
    return Roster(slack.gateway(), members, CommunityService(database), TENANT, "UBOT")


def present(*people: str) -> Answer:
    return Answer({"ok": True, "members": list(people)})


def look(database: Database, roster: Roster) -> None:
    roster.refresh(due_row(database, DueKind.PEOPLE, ""), NIGHT)


def parts(database: Database) -> dict[str, str]:
    return {row.user_id: row.part for row in rows(database, Membership)}


def test_the_night_puts_right_what_no_event_told(database: Database, roster: Roster, slack: TinySlack) -> None:
    accounts = [{"id": "UA", "tz": "Asia/Tokyo"}, {"id": "UB", "deleted": True}, {"id": "UX", "tz": "Asia/Tokyo"}]
    slack.plan("users.list", Answer({"ok": True, "members": accounts}))
    slack.plan("conversations.members", present("UBOT", "UA", "UB"), present("UBOT", "UD"))

    look(database, roster)

    people = {person.user_id: person for person in rows(database, Person)}
    assert (people["UA"].zone, people["UB"].gone_at, sorted(people)) == ("Asia/Tokyo", NIGHT, ["UA", "UB", "UC", "UD"])
    assert parts(database) == {"UA": "in", "UB": "in", "UC": "out", "UD": "in"}
    assert due_row(database, DueKind.PEOPLE, "").due_at > NIGHT


def test_a_channel_that_cannot_be_seen_hides_no_other(database: Database, roster: Roster, slack: TinySlack) -> None:
    slack.plan("conversations.members", refusal("channel_not_found"), present("UBOT", "UD"))

    look(database, roster)

    assert parts(database) == {"UA": "in", "UB": "in", "UC": "out", "UD": "in"}


def test_a_list_without_the_bot_itself_is_not_believed(database: Database, roster: Roster, slack: TinySlack) -> None:
    slack.plan("conversations.members", present(), present("UD"))

    look(database, roster)

    assert set(parts(database).values()) == {"in"}


@pytest.mark.parametrize("method", ["users.list", "conversations.members"])
def test_what_slack_does_not_answer_tonight_is_asked_tomorrow(
    database: Database, roster: Roster, slack: TinySlack, method: str
) -> None:
    slack.plan(method, Answer("oops", 500))

    look(database, roster)

    assert set(parts(database).values()) == {"in"}
    assert due_row(database, DueKind.PEOPLE, "").due_at > NIGHT
