"""The heartbeat: what is due is handled, and nothing stops it."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from apscheduler.schedulers import base
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.blocks.names import CommandNames
from bot.clock import RemoteClock
from bot.domain.identity import Actor
from bot.domain.messages import Came, MessageKind
from bot.domain.schedule import ABOUT_A_COMMUNITY, DueKind
from bot.lanes import Lanes
from bot.services.communities.communities import CommunityService
from bot.services.goals.goals import GoalService
from bot.services.members.members import MemberService
from bot.services.operation.health import HealthService
from bot.timekeeper import Beat, Heartbeat, Timekeeper
from handlers.guard import Guard
from handlers.members import MemberHandlers
from storage import due
from storage.database import Database
from storage.due import Due
from storage.prompts import PromptPost
from tests.databases import on_both
from tests.effort import PATIENCE
from tests.factories import MONDAY_8, VAULT, add_community, due_row, messages, rows
from tests.fakes import FixedClock
from tests.tiny_slack import TinySlack

NOWHERE = "http://127.0.0.1:9/clock"


def answer_at_once(who: Actor, key: str, came: Came, *, reference: str = "") -> None:
    raise AssertionError(f"Slack took the answer: {who} {key} {came} {reference}")


def plan(database: Database, *rows: tuple[DueKind, str, int]) -> None:
    with database.write() as session:
        for kind, subject, minutes in rows:
            due.set_due(session, "T1", kind, subject, MONDAY_8 + timedelta(minutes=minutes))


def test_each_row_goes_to_the_method_of_its_kind_when_it_is_due(database: Database) -> None:
    handled: list[tuple[str, str, datetime]] = []

    def handler(name: str) -> Callable[[Due, datetime], None]:
        return lambda row, now: handled.append((name, row.subject, now))

    plan(database, (DueKind.ROUND, "later", 6), (DueKind.ROUND, "second", 5), (DueKind.PROMPT, "first", 0))
    clock = FixedClock(MONDAY_8 + timedelta(minutes=5))
    timekeeper = Timekeeper(database, "T1", clock, {DueKind.PROMPT: handler("prompt"), DueKind.ROUND: handler("round")})

    timekeeper.beat()

    assert handled == [("prompt", "first", clock.now()), ("round", "second", clock.now())]


def test_what_is_due_in_a_workspace_that_the_token_is_not_of_is_left_alone(database: Database) -> None:
    handled: list[str] = []
    with database.write() as session:
        for workspace in ("T1", "T2", "E1:T1"):
            due.set_due(session, workspace, DueKind.ROUND, workspace, MONDAY_8)
    timekeeper = Timekeeper(
        database, "T1", FixedClock(MONDAY_8), {DueKind.ROUND: lambda row, _now: handled.append(row.subject)}
    )

    timekeeper.beat()

    assert handled == ["T1"]
    assert [row.failures for row in rows(database, Due)] == [0, 0, 0]


def test_a_handler_that_raises_hinders_no_other_and_its_row_stays_due(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    handled: list[str] = []

    def handle(row: Due, _now: datetime) -> None:
        if row.subject == "bad":
            raise RuntimeError("broken")
        handled.append(row.subject)
        with database.write() as session:
            assert due.advance(session, row, None)

    plan(
        database,
        (DueKind.ROUND, "bad", 0),
        (DueKind.PROMPT_FOLLOW_UP, "of an unknown kind", 1),
        (DueKind.ROUND, "good", 2),
        (DueKind.ROUND, "better", 3),
    )
    timekeeper = Timekeeper(database, "T1", FixedClock(MONDAY_8 + timedelta(hours=1)), {DueKind.ROUND: handle})

    timekeeper.beat()
    timekeeper.beat()

    assert handled == ["good", "better"]
    assert caplog.text.count("due round bad failed and is tried again in") == 2
    with database.read() as session:
        assert [row.subject for row in due.list_due(session, "T1", MONDAY_8 + timedelta(hours=1), 9)] == [
            *("bad", "of an unknown kind"),
        ]


@pytest.mark.slow
def test_what_fails_again_and_again_is_tried_later_and_later_and_told(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[datetime] = []

    def fail(_row: Due, now: datetime) -> None:
        tries.append(now)
        raise LookupError("what people typed")

    plan(database, (DueKind.ROUND, "bad", 0))
    clock = FixedClock(MONDAY_8)
    timekeeper = Timekeeper(database, "T1", clock, {DueKind.ROUND: fail})

    for _ in range(3_600):
        timekeeper.beat()
        clock.move(timedelta(seconds=1))

    waits = [int((later - sooner).total_seconds()) for sooner, later in pairwise(tries)]
    assert waits == [1, 1, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert caplog.text.count("due round bad failed") == len(tries)
    assert [record.levelname for record in caplog.records if "round bad failed" in record.getMessage()] == [
        "ERROR",
        *["WARNING"] * (len(tries) - 1),
    ]
    health = HealthService(database, VAULT).look(clock.now())
    assert [(one.what.subject, one.failures, one.error) for one in health.failing] == [("bad", 13, "LookupError")]
    assert [one.subject for one in health.overdue] == ["bad"]
    assert [(one.workspace, one.work, one.error) for one in health.last_errors] == [("T1", "due round", "LookupError")]
    assert "what people typed" not in str(health)


def test_what_went_well_after_failures_starts_afresh(database: Database) -> None:
    fails = [True]

    def handle(row: Due, _now: datetime) -> None:
        if fails[0]:
            raise LookupError
        with database.write() as session:
            assert due.advance(session, row, MONDAY_8 + timedelta(days=7))

    plan(database, (DueKind.ROUND, "1", 0))
    clock = FixedClock(MONDAY_8)
    timekeeper = Timekeeper(database, "T1", clock, {DueKind.ROUND: handle})
    for _ in range(3):
        timekeeper.beat()
    fails[0] = False
    clock.move(timedelta(seconds=5))

    timekeeper.beat()

    row = due_row(database, DueKind.ROUND)
    assert (row.due_at, row.failures, row.error, row.retry_at) == (MONDAY_8 + timedelta(days=7), 0, "", None)
    assert (row.failing_since, row.tried_at) == (None, None)


class Failing:
    """A timekeeper whose every handler fails, and the messages that come from that."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.clock = FixedClock(MONDAY_8)
        self._timekeeper = Timekeeper(database, "T1", self.clock, dict.fromkeys(DueKind, self._fail))

    def _fail(self, _row: Due, _now: datetime) -> None:
        raise LookupError("what people typed")

    def go_on_for(self, span: timedelta, step: timedelta = timedelta(minutes=20)) -> None:
        for _ in range(span // step):
            self._timekeeper.beat()
            self.clock.move(step)

    def told(self) -> list[tuple[str, str]]:
        """Who is told, and the kind of the row that fails."""
        kinds = {row.id: row.kind for row in rows(self._database, Due)}
        found = [row for row in messages(self._database) if row.kind == MessageKind.COMMUNITY_FAILING]
        return sorted((row.people, kinds[row.subject]) for row in found)


@pytest.fixture
def failing(database: Database) -> Failing:
    with database.write("T1") as session:
        community = add_community(session, facilitators=("UF", "UG"))
        post = PromptPost(
            workspace="T1",
            community_id=community.id,
            prompt_id="tools-01",
            cycle=1,
            due_at=MONDAY_8,
            posted_on=MONDAY_8.date(),
        )
        session.add(post)
        add_community(session, "C2", facilitators=("UH",))
        session.flush()
        for kind in DueKind:
            subject = {DueKind.PROMPT_FOLLOW_UP: post.id}.get(kind, community.id)
            due.set_due(session, "T1", kind, str(subject), MONDAY_8)
        due.clear_due(session, "T1", DueKind.ROUND, "2")
    return Failing(database)


def test_what_fails_for_an_hour_is_told_to_those_who_look_after_its_community(failing: Failing) -> None:
    failing.go_on_for(timedelta(minutes=60))
    before = failing.told()

    failing.go_on_for(timedelta(minutes=20))

    assert before == []
    its_kinds = sorted((*ABOUT_A_COMMUNITY, DueKind.PROMPT_FOLLOW_UP))
    assert failing.told() == [(user_id, kind) for user_id in ("UF", "UG") for kind in its_kinds]


def test_what_fails_on_is_told_once_a_day(failing: Failing) -> None:
    failing.go_on_for(timedelta(days=2, hours=16), timedelta(hours=8))

    assert failing.told().count(("UF", DueKind.ROUND)) == 3


def test_what_fails_on_is_one_error_an_hour_in_the_log(failing: Failing, caplog: pytest.LogCaptureFixture) -> None:
    failing.go_on_for(timedelta(hours=3))

    told = [record for record in caplog.records if record.getMessage().startswith("due round 1 failed")]
    errors = [record for record in told if record.levelno == logging.ERROR]
    assert len(errors) == 3
    assert all(record.exc_info for record in errors)
    assert not any(record.exc_info for record in told if record not in errors)
    assert f"it has failed since {MONDAY_8.isoformat()}" in errors[-1].getMessage()


def test_a_community_that_cannot_be_read_keeps_nobody_else_from_being_told(
    failing: Failing, database: Database
) -> None:
    with database.write("T1") as session:
        due.set_due(session, "T1", DueKind.ROUND, "no number", MONDAY_8)
        due.set_due(session, "T1", DueKind.PLACE, "99", MONDAY_8)

    failing.go_on_for(timedelta(minutes=120), timedelta(minutes=40))

    assert ("UF", DueKind.ROUND) in failing.told()


def test_the_heart_beats_on_when_the_clock_stops_and_when_sending_fails(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "bot.timekeeper")
    beats = {"time": 0, "send": 0}
    enough = threading.Event()
    timekeeper = Timekeeper(database, "T1", RemoteClock(NOWHERE), {})

    def keep_time() -> None:
        beats["time"] += 1
        timekeeper.beat()

    def send() -> None:
        beats["send"] += 1
        if min(beats.values()) >= 3:
            enough.set()
        raise RuntimeError("no Slack today")

    heartbeat = Heartbeat(Beat("time", 0.05, keep_time), Beat("send", 0.05, send))
    heartbeat.start()

    assert enough.wait(PATIENCE)
    heartbeat.stop()
    stopped_at = dict(beats)
    threading.Event().wait(0.2)
    assert beats == stopped_at


def test_keeping_time_does_not_wait_for_sending() -> None:
    sending, kept = threading.Event(), threading.Event()

    def keep_time() -> None:
        if sending.is_set():
            kept.set()

    def send() -> None:
        sending.set()
        kept.wait(PATIENCE)

    heartbeat = Heartbeat(Beat("time", 0.05, keep_time), Beat("send", 0.05, send))
    heartbeat.start()

    assert kept.wait(PATIENCE)
    heartbeat.stop()


def test_a_command_gets_the_apology_when_the_clock_does_not_answer(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    slack = TinySlack()
    names = CommandNames()
    app = App(
        client=WebClient(base_url=slack.url, retry_handlers=[]),
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_token="xoxb-test", bot_id="B1", bot_user_id="UBOT"
        ),
        signing_secret="",
        process_before_response=True,
        request_verification_enabled=False,
    )
    handlers = MemberHandlers(
        MemberService(database),
        CommunityService(database),
        GoalService(database, VAULT),
        slack.gateway(),
        names,
        RemoteClock(NOWHERE),
    )
    guard = Guard(names, lambda _who: {}, lambda _who: "en", lambda _who: None, answer_at_once, lambda _user_id: False)
    app.command("/learn")(guard.command(lambda command: handlers.pause(command, "2w")))
    body: dict[str, Any] = {
        "command": "/learn",
        "text": "pause 2w",
        "team_id": "T1",
        "user_id": "UA",
        "channel_id": "C1",
        "trigger_id": "1.2.3",
        "response_url": f"{slack.url}respond",
    }

    answer = app.dispatch(BoltRequest(body=body, mode="socket_mode"))

    (reply,) = slack.asked("respond")
    slack.stop()
    assert answer.status == 200
    assert reply["response_type"] == "ephemeral"
    assert "pause 2w" in str(reply)
    assert "ClockError" in caplog.text
    with database.read() as session:
        assert due.find_due(session, "T1", DueKind.PAUSE_OVER, "UA") is None


@dataclass
class MovedClock:
    """A clock that somebody sets, and with it the moment that APScheduler sees."""

    by: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.by

    def datetime(self) -> type[datetime]:
        clock = self

        class Moved(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "Moved":
                return cls.fromtimestamp(clock(), tz)

        return Moved


@pytest.mark.parametrize("seconds", [-120, -7_200, 120, 7_200, 30 * 86_400], ids=str)
def test_the_heart_beats_on_when_the_clock_of_the_machine_is_set(
    seconds: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = MovedClock()
    monkeypatch.setattr(base, "datetime", clock.datetime())
    beats: list[float] = []
    jumps: list[timedelta] = []
    heartbeat = Heartbeat(Beat("time", 0.2, lambda: beats.append(time.monotonic())), jumped=jumps.append, clock=clock)
    heartbeat.start()
    wait_for(lambda: len(beats) >= 3)

    clock.by = seconds
    count = len(beats)
    wait_for(lambda: len(beats) >= count + 5 and bool(jumps))

    heartbeat.stop()
    assert max(later - sooner for sooner, later in pairwise(beats)) < 2
    assert [round(jump.total_seconds()) for jump in jumps] == [seconds]
    assert f"the machine's clock jumped {'forward' if seconds > 0 else 'back'}" in caplog.text


def test_a_beat_that_apscheduler_puts_off_for_any_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = MovedClock()
    monkeypatch.setattr(base, "datetime", clock.datetime())
    beats: list[float] = []
    # Only APScheduler sees the clock that is set back.
    heartbeat = Heartbeat(Beat("time", 0.2, lambda: beats.append(time.monotonic())))
    heartbeat.start()
    wait_for(lambda: len(beats) >= 2)

    clock.by = -3_600
    count = len(beats)
    wait_for(lambda: len(beats) >= count + 5)

    heartbeat.stop()
    assert max(later - sooner for sooner, later in pairwise(beats)) < 2


def wait_for(is_so: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_a_database_that_is_away_is_one_line_however_many_beats_fail(caplog: pytest.LogCaptureFixture) -> None:
    database = Database("postgresql+psycopg://peerloop:very-secret@127.0.0.1:1/x")
    timekeeper = Timekeeper(database, "T1", FixedClock(MONDAY_8), {})
    beats: list[str] = []
    is_away = [True]

    def beat(name: str) -> None:
        beats.append(name)
        if is_away[0]:
            timekeeper.beat()

    heartbeat = Heartbeat(*(Beat(name, 0.05, partial(beat, name)) for name in ("time", "send", "alive")))
    heartbeat.start()
    wait_for(lambda: min(beats.count(name) for name in ("time", "send", "alive")) >= 3)
    is_away[0] = False
    wait_for(lambda: "is back" in caplog.text)
    heartbeat.stop()
    database.close()

    assert [record.getMessage().partition(":")[0].partition(" after")[0] for record in caplog.records] == [
        "the database is away",
        "the database is back",
    ]
    assert "the connection was refused" in caplog.text
    assert "very-secret" not in caplog.text
    assert "Traceback" not in caplog.text


@on_both
def test_a_slow_round_of_one_community_holds_up_nobody_else_s_rows_and_its_own_stay_in_order(
    database: Database,
) -> None:
    plan(database, (DueKind.ROUND, "1", 0), (DueKind.PROMPT, "1", 1), (DueKind.ROUND, "2", 2), (DueKind.ERASE, "U", 3))
    handled: list[tuple[str, str]] = []
    may_end, others_are_done = threading.Event(), threading.Event()

    def handle(row: Due, _now: datetime) -> None:
        if (row.kind, row.subject) == (DueKind.ROUND, "1"):
            assert may_end.wait(PATIENCE)
        with database.write("T1") as session:
            if due.advance(session, row, None):
                handled.append((row.kind, row.subject))
        if len(handled) == 2:
            others_are_done.set()

    lanes = Lanes(patience=0.01)
    kinds = dict.fromkeys((DueKind.ROUND, DueKind.PROMPT, DueKind.ERASE), handle)
    timekeeper = Timekeeper(database, "T1", FixedClock(MONDAY_8 + timedelta(hours=1)), kinds, lanes)

    timekeeper.beat()
    assert others_are_done.wait(PATIENCE)
    assert {*handled} == {(DueKind.ROUND, "2"), (DueKind.ERASE, "U")}
    plan(database, (DueKind.ROUND, "3", 0))
    while ("round", "3") not in handled:
        timekeeper.beat()
    may_end.set()
    while len(handled) < 5:
        timekeeper.beat()
    timekeeper.stop()

    assert handled[-2:] == [(DueKind.ROUND, "1"), (DueKind.PROMPT, "1")]


def test_what_a_slow_lane_raises_is_raised_by_a_later_run() -> None:
    may_end = threading.Event()

    def fail() -> None:
        assert may_end.wait(PATIENCE)
        raise ConnectionError

    lanes = Lanes(patience=0.01)
    lanes.run({"one": [fail]})
    may_end.set()

    lanes.stop()

    with pytest.raises(ConnectionError):
        lanes.run({})
