"""The nightly look at people, over a real connection."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain.pacing import SLACK_READING
from bot.domain.schedule import DueKind
from bot.roster import LOOKING, Roster, Turns
from bot.services.communities.communities import CommunityService
from bot.services.members.members import MemberService
from bot.services.operation.health import HealthService, Looked
from storage.communities import Community
from storage.database import Database
from storage.members import Membership, Person
from storage.nightly_looks import Look
from storage.processes import LastError
from tests.effort import PATIENCE
from tests.factories import MONDAY_8, TENANT, VAULT, add_community, add_group, add_members, due_row, rows
from tests.fakes import FixedClock, Stopwatch
from tests.postgres import Server
from tests.tiny_slack import Answer, Json, TinySlack, refusal

NIGHT = MONDAY_8 + timedelta(days=1)
LATER = NIGHT + timedelta(minutes=9)


class Bench:
    """A look over a Slack of its own.

    `waited` are the pauses it made; where pause number `stops_at` would be, its process is to end.
    """

    def __init__(self, database: Database, slack: TinySlack) -> None:
        self.database = database
        self.slack = slack
        self.clock = FixedClock(NIGHT)
        self.stopwatch = Stopwatch()
        self.waited: list[float] = []
        self.stops_at: int | None = None
        self.members = MemberService(database)
        self.roster = self.new_roster()

    def new_roster(self) -> Roster:
        """Return what a process that was just started looks with."""
        turns = Turns(self._pause, seconds=self.stopwatch)
        communities = CommunityService(self.database)
        return Roster(self.database, self.slack.gateway(), self.members, communities, TENANT, "UBOT", self.clock, turns)

    def _pause(self, seconds: float) -> bool:
        if len(self.waited) == self.stops_at:
            return True
        self.waited.append(round(seconds, 3))
        self.stopwatch.move(seconds)
        return False

    def begin(self) -> None:
        self.roster.begin(due_row(self.database, DueKind.PEOPLE, ""), self.clock.now())

    def look(self) -> None:
        self.begin()
        self.roster.go_on()

    def found(self) -> Look:
        (look,) = rows(self.database, Look)
        return look

    def asked(self) -> list[tuple[str, str]]:
        """What was asked for, in order: a channel's id or "accounts", and the cursor."""
        return [
            (given.get("channel", "accounts"), given.get("cursor", ""))
            for method, given in self.slack.calls
            if method in {"users.list", "conversations.members"}
        ]


@pytest.fixture
def slack() -> Iterator[TinySlack]:
    server = TinySlack()
    yield server
    server.stop()


@pytest.fixture
def bench(database: Database, slack: TinySlack) -> Bench:
    bench = Bench(database, slack)
    with database.write() as session:
        add_members(session, add_community(session, "C2"), "UC", "UD")
        add_members(session, add_community(session), "UA", "UB")
    bench.members.plan_look(TENANT, MONDAY_8)
    return bench


def present(*people: str, following: str = "") -> Answer:
    return Answer({"ok": True, "members": list(people), "response_metadata": {"next_cursor": following}})


def accounts(*people: Json, following: str = "") -> Answer:
    return Answer({"ok": True, "members": list(people), "response_metadata": {"next_cursor": following}})


def parts(database: Database) -> dict[str, str]:
    return {row.user_id: row.part for row in rows(database, Membership)}


def zones(database: Database) -> dict[str, str]:
    return {row.user_id: row.zone for row in rows(database, Person)}


def limited(seconds: int) -> Answer:
    return Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})


def test_the_night_puts_right_what_no_event_told(database: Database, bench: Bench, slack: TinySlack) -> None:
    told: list[Json] = [
        {"id": "UA", "tz": "Asia/Tokyo"},
        {"id": "UB", "deleted": True},
        {"id": "UX", "tz": "Asia/Tokyo"},
    ]
    slack.plan("users.list", accounts(*told))
    slack.plan("conversations.members", present("UBOT", "UA", "UB"), present("UBOT", "UD"))

    bench.look()

    people = {person.user_id: person for person in rows(database, Person)}
    assert (people["UA"].zone, people["UB"].gone_at, sorted(people)) == ("Asia/Tokyo", NIGHT, ["UA", "UB", "UC", "UD"])
    assert parts(database) == {"UA": "in", "UB": "in", "UC": "out", "UD": "in"}
    assert due_row(database, DueKind.PEOPLE, "").due_at > NIGHT
    assert (bench.found().is_under_way, bench.found().finished_at) == (False, NIGHT)


def test_channels_are_looked_at_first_and_every_page_at_slacks_pace(bench: Bench, slack: TinySlack) -> None:
    slack.plan("conversations.members", present("UBOT", "UA", following="m2"), present("UB"), present("UBOT", "UC"))
    pages = [accounts({"id": f"U{number}"}, following=f"a{number + 1}") for number in range(1, 40)]
    slack.plan("users.list", *pages, accounts({"id": "U40"}))

    bench.look()

    assert bench.asked()[:4] == [("C1", ""), ("C1", "m2"), ("C2", ""), ("accounts", "")]
    assert len(slack.asked("users.list")) == 40
    members, people = SLACK_READING.members.total_seconds(), SLACK_READING.accounts.total_seconds()
    assert bench.waited == [0, *[pytest.approx(members, abs=0.001)] * 3, *[pytest.approx(people, abs=0.001)] * 39]
    # Tier 2 allows 20 a minute, tier 4 a hundred.
    assert 60 / people < 20
    assert 60 / members <= 50


def test_what_slack_refuses_for_a_while_is_asked_again_when_it_said(
    database: Database, bench: Bench, slack: TinySlack
) -> None:
    slack.plan("users.list", accounts({"id": "UA", "tz": "Asia/Tokyo"}, following="a2"), limited(37), limited(1))
    slack.plan("users.list", accounts({"id": "UB", "tz": "Asia/Tokyo"}))

    bench.look()

    assert bench.waited[-2:] == [37, 1]
    assert bench.asked()[2:] == [("accounts", ""), *[("accounts", "a2")] * 3]
    assert zones(database)["UB"] == "Asia/Tokyo"
    assert bench.found().finished_at == NIGHT


@pytest.mark.parametrize("stops_at", range(1, 6))
def test_a_look_that_was_interrupted_goes_on_where_it_was(
    database: Database, bench: Bench, slack: TinySlack, stops_at: int
) -> None:
    slack.plan("conversations.members", present("UBOT", "UA", "UB"), present("UBOT", "UD"))
    for number, who in enumerate(("UA", "UB", "UC"), start=1):
        slack.plan("users.list", accounts({"id": who, "tz": "Asia/Tokyo"}, following=f"a{number}"))
    slack.plan("users.list", accounts({"id": "UD", "tz": "Asia/Tokyo"}))
    bench.stops_at = stops_at
    bench.look()
    assert bench.found().is_under_way
    bench.stops_at = None

    bench.new_roster().go_on()

    assert bench.asked() == [("C1", ""), ("C2", ""), *(("accounts", cursor) for cursor in ("", "a1", "a2", "a3"))]
    assert set(zones(database).values()) == {"Asia/Tokyo"}
    assert parts(database)["UC"] == "out"
    assert not bench.found().is_under_way


def test_a_look_that_is_over_is_not_gone_on_with(bench: Bench, slack: TinySlack) -> None:
    bench.look()
    slack.calls.clear()

    bench.roster.go_on()

    assert slack.calls == []


def test_the_next_night_goes_on_with_a_look_that_never_ended(bench: Bench, slack: TinySlack) -> None:
    bench.begin()
    slack.plan("users.list", accounts({"id": "UA"}, following="a2"), Answer("oops", 500))
    bench.roster.go_on()
    bench.clock.move(timedelta(days=1))
    slack.calls.clear()

    bench.begin()
    bench.new_roster().go_on()

    # The channels first, as every night, and the accounts from where the look had come to.
    assert bench.asked() == [("C1", ""), ("C2", ""), ("accounts", "a2")]
    assert (bench.found().began_at, bench.found().finished_at) == (NIGHT, bench.clock.now())
    bench.clock.move(timedelta(days=1))
    bench.stopwatch.move(5)
    bench.look()
    assert bench.asked()[3:] == [("C1", ""), ("C2", ""), ("accounts", "")]


def test_accounts_that_slack_never_lists_keep_the_channels_from_no_night(bench: Bench, slack: TinySlack) -> None:
    for _ in range(3):
        slack.calls.clear()
        slack.plan("users.list", Answer("oops", 500))

        bench.look()

        assert bench.asked() == [("C1", ""), ("C2", ""), ("accounts", "")]
        assert bench.found().is_under_way
        bench.clock.move(timedelta(days=1))
        bench.stopwatch.move(3_600)


def test_a_cursor_that_slack_has_forgotten_means_the_first_page(
    database: Database, bench: Bench, slack: TinySlack
) -> None:
    slack.plan("users.list", accounts({"id": "UA"}, following="a2"), refusal("invalid_cursor"))
    slack.plan("users.list", accounts({"id": "UA", "tz": "Asia/Tokyo"}))

    bench.look()

    assert bench.asked()[2:] == [("accounts", ""), ("accounts", "a2"), ("accounts", "")]
    assert zones(database)["UA"] == "Asia/Tokyo"
    assert not bench.found().is_under_way


def test_a_channel_that_cannot_be_seen_hides_no_other(database: Database, bench: Bench, slack: TinySlack) -> None:
    slack.plan("conversations.members", refusal("channel_not_found"), present("UBOT", "UD"))

    bench.look()

    assert parts(database) == {"UA": "in", "UB": "in", "UC": "out", "UD": "in"}
    assert not bench.found().is_under_way


def test_a_list_without_the_bot_itself_is_not_believed(database: Database, bench: Bench, slack: TinySlack) -> None:
    slack.plan("conversations.members", present(), present("UD"))

    bench.look()

    assert set(parts(database).values()) == {"in"}


def test_one_odd_account_is_left_out_and_those_behind_it_are_looked_at(
    database: Database, bench: Bench, slack: TinySlack, caplog: pytest.LogCaptureFixture
) -> None:
    vacation = {"status_emoji": ":palm_tree:", "status_expiration": 1_732_000_000_000}
    odd: list[Json] = [
        {"id": "UA", "profile": vacation, "tz": "Asia/Tokyo"},
        {"id": "UC", "profile": "?", "name": "Carla"},
    ]
    slack.plan("users.list", accounts(*odd, {"id": "UB", "deleted": True}))

    bench.look()

    people = {person.user_id: person for person in rows(database, Person)}
    assert (people["UA"].zone, people["UB"].gone_at) == ("Asia/Tokyo", NIGHT)
    assert "account UC is left out" in caplog.text
    assert "Carla" not in caplog.text
    assert not bench.found().is_under_way


def test_an_account_that_cannot_be_stored_keeps_no_other_from_it(
    database: Database, bench: Bench, slack: TinySlack, caplog: pytest.LogCaptureFixture
) -> None:
    with database.write() as session:
        # As a broken row would: what hangs on it can no longer be worked out.
        broken = session.exec(select(Person).where(Person.user_id == "UA")).one()
        broken.days = "x"
        broken.paused_until = (NIGHT + timedelta(days=9)).date()
    slack.plan("users.list", accounts({"id": "UA", "tz": "Asia/Tokyo"}, {"id": "UB", "tz": "Asia/Tokyo"}))

    bench.look()

    assert zones(database) == {"UB": "Asia/Tokyo", "UC": "Europe/Berlin", "UD": "Europe/Berlin"}
    assert "row ('T1', 'UA') of person is left out: days cannot be read" in caplog.text
    assert not bench.found().is_under_way


def test_a_page_without_its_members_takes_nobody_out(database: Database, bench: Bench, slack: TinySlack) -> None:
    odd = Answer({"ok": True})
    slack.plan("conversations.members", present("UBOT", "UA", following="m2"), *[odd, present("UBOT", following="m2")])
    slack.plan("conversations.members", odd, present("UBOT", following="m2"), odd, present("UBOT", "UC"))
    slack.plan("users.list", odd, accounts({"id": "UA", "tz": "Asia/Tokyo"}))
    bench.begin()

    for _ in range(5):
        bench.roster.go_on()
        bench.stopwatch.move(60)

    assert parts(database) == {"UA": "in", "UB": "in", "UC": "in", "UD": "out"}
    assert zones(database)["UA"] == "Asia/Tokyo"
    assert not bench.found().is_under_way


def test_a_list_that_leads_to_the_same_page_again_ends_with_a_warning_and_takes_nobody_out(
    database: Database, bench: Bench, slack: TinySlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.plan("conversations.members", *[present("UBOT", "UA", following="m2")] * 2, present("UBOT", "UC"))
    slack.plan("users.list", *[accounts({"id": "UA", "tz": "Asia/Tokyo"}, following="a2")] * 2)

    bench.look()

    assert bench.asked() == [("C1", ""), ("C1", "m2"), ("C2", ""), ("accounts", ""), ("accounts", "a2")]
    assert parts(database) == {"UA": "in", "UB": "in", "UC": "in", "UD": "out"}
    assert caplog.text.count("the same page again and again") == 2
    assert not bench.found().is_under_way


def last_error(database: Database) -> tuple[str, str]:
    (error,) = rows(database, LastError)
    return error.work, error.error


@pytest.mark.parametrize("error", ["missing_scope", "channel_not_found", "invalid_arguments", "some_new_error"])
def test_a_channel_that_slack_refuses_to_list_is_passed_at_once_and_told(
    database: Database, bench: Bench, slack: TinySlack, error: str
) -> None:
    slack.plan("conversations.members", present("UBOT", following="m2"), refusal(error), present("UBOT", "UC"))
    slack.plan("users.list", accounts({"id": "UA", "tz": "Asia/Tokyo"}))

    bench.look()

    assert bench.asked() == [("C1", ""), ("C1", "m2"), ("C2", ""), ("accounts", "")]
    assert parts(database) == {"UA": "in", "UB": "in", "UC": "in", "UD": "out"}
    assert zones(database)["UA"] == "Asia/Tokyo"
    assert last_error(database) == (LOOKING, error)
    assert not bench.found().is_under_way


def test_a_channel_whose_list_fails_again_and_again_is_passed_and_told(
    database: Database, bench: Bench, slack: TinySlack
) -> None:
    slack.plan("conversations.members", *[Answer("oops", 500)] * 3, present("UBOT", "UC"))
    slack.plan("users.list", accounts({"id": "UA", "tz": "Asia/Tokyo"}))
    bench.begin()

    for wait in (5, 10, 20, 0):
        bench.roster.go_on()
        asked = len(slack.calls)
        bench.roster.go_on()
        assert len(slack.calls) == asked
        bench.stopwatch.move(wait)

    assert bench.asked() == [*[("C1", "")] * 3, ("C2", ""), ("accounts", "")]
    assert parts(database) == {"UA": "in", "UB": "in", "UC": "in", "UD": "out"}
    assert zones(database)["UA"] == "Asia/Tokyo"
    assert last_error(database)[0] == LOOKING
    assert not bench.found().is_under_way


def test_a_channel_whose_list_failed_in_one_night_has_all_its_tries_in_the_next(bench: Bench, slack: TinySlack) -> None:
    for _ in range(2):
        slack.plan("conversations.members", *[Answer("oops", 500)] * 2)
        bench.begin()
        for _ in range(3):
            bench.roster.go_on()
            bench.stopwatch.move(60)
        assert bench.asked() == [*[("C1", "")] * 3, ("C2", ""), ("accounts", "")]
        slack.calls.clear()
        bench.clock.move(timedelta(days=1))


def test_when_all_of_slack_fails_few_channels_are_passed(database: Database, bench: Bench, slack: TinySlack) -> None:
    slack.plan("conversations.members", *[Answer("oops", 500)] * 5, present("UBOT", "UC"))
    bench.begin()

    for wait in (5, 10, 20, 40, 80):
        bench.roster.go_on()
        bench.stopwatch.move(wait - 1)
        asked = len(slack.calls)
        bench.roster.go_on()
        assert len(slack.calls) == asked
        bench.stopwatch.move(1)
    bench.roster.go_on()

    assert bench.asked() == [*[("C1", "")] * 3, *[("C2", "")] * 3, ("accounts", "")]
    assert parts(database)["UD"] == "out"


def test_a_channel_whose_leavers_cannot_be_stored_keeps_no_other_from_its_turn(
    database: Database, bench: Bench, slack: TinySlack, caplog: pytest.LogCaptureFixture
) -> None:
    with database.write() as session:
        add_group(session, session.exec(select(Community).where(Community.channel_id == "C1")).one(), "UA", "UB")
        # As a broken row would: when UB may be told that UA left can no longer be worked out.
        session.exec(select(Person).where(Person.user_id == "UB")).one().days = "x"
    slack.plan("conversations.members", present("UBOT", "UB"), present("UBOT", "UC"))

    bench.look()

    assert parts(database)["UD"] == "out"
    assert "row ('T1', 'UB') of person is left out: days cannot be read" in caplog.text
    assert not bench.found().is_under_way


def test_a_look_that_may_not_see_the_accounts_is_over_and_the_next_one_sees_the_channels(
    database: Database, bench: Bench, slack: TinySlack
) -> None:
    for _ in range(2):
        slack.plan("users.list", refusal("missing_scope"))

        bench.look()

        assert bench.asked() == [("C1", ""), ("C2", ""), ("accounts", "")]
        assert last_error(database) == (LOOKING, "missing_scope")
        assert not bench.found().is_under_way
        slack.calls.clear()
        bench.clock.move(timedelta(days=1))


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("users.list", Answer("oops", 500)),
        ("users.list", refusal("invalid_auth")),
        ("conversations.members", refusal("invalid_auth")),
    ],
)
def test_what_slack_does_not_answer_is_asked_for_later_and_later_and_told(
    database: Database, bench: Bench, slack: TinySlack, method: str, answer: Answer
) -> None:
    slack.plan(method, *[answer] * 4)
    bench.begin()

    for wait in (5, 10, 20, 40):
        bench.roster.go_on()
        asked = len(slack.asked(method))
        bench.roster.go_on()
        assert len(slack.asked(method)) == asked
        bench.stopwatch.move(wait)

    assert set(parts(database).values()) == {"in"}
    assert due_row(database, DueKind.PEOPLE, "").due_at > NIGHT
    assert [error.work for error in rows(database, LastError)] == [LOOKING]
    assert bench.found().is_under_way
    bench.roster.go_on()
    assert not bench.found().is_under_way


@pytest.fixture
def postgres_database(postgres: Server, fresh_database: str) -> Iterator[Database]:
    with postgres.database(like=fresh_database) as url:
        database = Database(url)
        yield database
        database.close()


def is_over(bench: Bench) -> bool:
    return not bench.found().is_under_way and bench.found().finished_at == NIGHT


def test_of_two_processes_one_looks(postgres_database: Database, slack: TinySlack) -> None:
    with postgres_database.write() as session:
        add_members(session, add_community(session), "UA", "UB")
    one, other = Bench(postgres_database, slack), Bench(Database(postgres_database.url), slack)
    one.members.plan_look(TENANT, MONDAY_8)
    one.begin()
    asked, may_answer = threading.Event(), threading.Event()

    def hold_back() -> None:
        asked.set()
        may_answer.wait(PATIENCE)

    slack.before_reply = hold_back
    looking = threading.Thread(target=one.roster.go_on)
    looking.start()
    assert asked.wait(PATIENCE)

    other.roster.go_on()

    assert len(slack.calls) <= 1
    may_answer.set()
    looking.join(PATIENCE)
    assert is_over(one)
    assert is_over(other)
    other.database.close()


def test_health_tells_of_the_look_and_is_not_fine_when_it_takes_too_long(database: Database, bench: Bench) -> None:
    health = HealthService(database, VAULT)
    bench.begin()

    assert health.look(LATER).looks == (Looked("T1", NIGHT, None, is_under_way=True),)
    assert not health.look(NIGHT + timedelta(hours=6)).looks_too_long
    assert health.look(NIGHT + timedelta(hours=6, seconds=1)).looks_too_long
    bench.clock.moment = LATER
    bench.roster.go_on()

    assert health.look(LATER).looks == (Looked("T1", NIGHT, LATER, is_under_way=False),)
    assert not health.look(NIGHT + timedelta(days=9)).looks_too_long
