"""The notification budget, as the courier keeps it: three a week, one a day, over everything and whatever happens."""

import threading
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlmodel import select, update

from bot.courier import Courier, Library
from bot.courier.unconfirmed import IN_DOUBT_AFTER
from bot.domain.backoff import ASK_AFTER
from bot.domain.messages import MessageKind
from bot.gateway import SlackGateway
from storage import communities, members
from storage.database import Database
from storage.outbox import outbox, pings
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.outbox.pings import Ping
from tests.databases import on_both
from tests.effort import PATIENCE
from tests.factories import MONDAY_8, add_community, add_group, add_members, messages, queue, rows
from tests.fakes import FixedClock
from tests.tiny_slack import RESET, Answer, TinySlack, refusal

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TUESDAY_OPEN = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
NOTE = datetime(2026, 11, 26, 13, tzinfo=UTC)
DAY = timedelta(days=1)
QUIET, OVER = MessageKind.PROMPT_QUIET, MessageKind.PAUSE_OVER


@pytest.fixture(autouse=True)
def world(database: Database, clock: FixedClock) -> None:
    """Two communities, with UA and UB in a group of the first, whose round lasts four weeks."""
    clock.moment = MONDAY
    with database.write() as session:
        one = add_community(session)
        add_community(session, "C2")
        add_members(session, one, "UA", "UB")
        add_group(session, one, "UA", "UB", ends_at=datetime(2026, 12, 21, 7, tzinfo=UTC))


def tell(database: Database, key: str, kind: MessageKind = OVER, *people: str, **more: object) -> None:
    with database.write() as session:
        queue(session, key, kind, channel_id="", people=people or ("UA",), **more)


def got(slack: TinySlack) -> list[str]:
    return [given["metadata"]["event_payload"]["key"] for given in slack.asked("chat.postMessage")]


def fate(database: Database, key: str) -> tuple[str, str]:
    return next((row.state, row.reason) for row in messages(database) if row.key == key)


def waits_until(database: Database, key: str) -> datetime:
    return next(row.not_before for row in messages(database) if row.key == key)


def pinged(database: Database) -> list[tuple[str, str]]:
    """Who was pinged when, by the day of the month."""
    return sorted((one.user_id, f"{one.pinged_on:%d}") for one in rows(database, Ping))


def test_a_second_message_of_a_day_waits_whatever_community_it_is_from(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    tell(database, "first", QUIET, subject=1)
    tell(database, "second", QUIET, subject=2)

    courier.drain_all()
    assert (got(slack), waits_until(database, "second")) == (["first"], TUESDAY_OPEN)
    clock.moment = TUESDAY_OPEN
    courier.drain_all()

    assert got(slack) == ["first", "second"]
    assert pinged(database) == [("UA", "23"), ("UA", "24")]


def test_whoever_looks_after_communities_and_never_joined_has_the_same_budget(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    clock.moment = MONDAY.replace(hour=8)
    for number in range(5):
        tell(database, f"message {number}", QUIET, "UF", subject=1 + number % 2)

    courier.drain_all()
    # Half past nine in Berlin, where the communities are that they look after.
    assert (got(slack), waits_until(database, "message 0")) == ([], MONDAY.replace(hour=8, minute=30))
    for day in range(5):
        clock.moment = MONDAY.replace(hour=10) + day * DAY
        courier.drain_all()

    assert got(slack) == ["message 0", "message 1", "message 2"]
    assert pinged(database) == [("UF", "23"), ("UF", "24"), ("UF", "25")]
    assert "UF" not in {person.user_id for person in rows(database, members.Person)}


@pytest.mark.parametrize(("who", "opens_at"), [("UK", time(4, 0)), ("UX", time(9, 30))])
def test_a_stranger_is_written_to_in_the_hours_of_the_community_they_look_after(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, who: str, opens_at: time
) -> None:
    with database.write() as session:
        communities.set_facilitators(session, add_community(session, "C3", zone="Asia/Kolkata"), ["UK"])
    clock.moment = TUESDAY_OPEN.replace(hour=1)
    tell(database, "quiet", QUIET, who, subject=3)

    courier.drain_all()

    assert (got(slack), waits_until(database, "quiet")) == ([], datetime.combine(TUESDAY_OPEN, opens_at, UTC))


def test_a_fourth_message_of_a_week_is_not_sent_that_week(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    for number in range(5):
        clock.moment = MONDAY + number * DAY
        tell(database, f"message {number}", subject=1, now=clock.moment)
        courier.drain_all()

    assert got(slack) == ["message 0", "message 1", "message 2"]


@on_both
def test_two_couriers_race_for_the_last_ping_of_a_week_and_one_gets_it(
    database: Database, slack: TinySlack, words: Library, clock: FixedClock
) -> None:
    with database.write() as session:
        for number in range(4):
            queue(session, f"note {number}", OVER, channel_id="", people=("UA",))
        people = members.list_people(session, "T1", ["UA"])
        for number in range(2):
            row = outbox.find_message(session, "T1", f"note {number}")
            assert row is not None
            row.state = OutboxState.SENT
            pings.add_pings(session, row, people, MONDAY + number * DAY)
    clock.moment = MONDAY + 2 * DAY
    couriers = [Courier(database, slack.gateway(), "T1", words, clock) for _ in range(4)]
    start = threading.Barrier(len(couriers))

    def race(courier: Courier) -> None:
        start.wait(PATIENCE)
        courier.drain("T1")

    threads = [threading.Thread(target=race, args=(courier,)) for courier in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got(slack)) == 1
    assert len(rows(database, Ping)) == 3


@pytest.mark.parametrize("error", ["ratelimited", "user_not_found", "invalid_auth"])
def test_what_slack_did_not_take_costs_nothing(
    database: Database, courier: Courier, slack: TinySlack, error: str
) -> None:
    tell(database, "lost")
    slack.plan("chat.postMessage", refusal(error))

    courier.drain_all()

    assert fate(database, "lost")[0] in {"queued", "failed"}
    assert pinged(database) == []


def test_what_may_have_arrived_counts_and_sent_again_that_day_it_counts_once(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, machine: FixedClock
) -> None:
    tell(database, "intro:1", MessageKind.INTRODUCTION, "UA", "UB", subject=1)
    slack.plan("chat.postMessage", Answer("oops", 500))

    courier.drain_all()
    assert pinged(database) == [("UA", "23"), ("UB", "23")]
    for wait in (IN_DOUBT_AFTER, ASK_AFTER):
        machine.move(wait)
        courier.drain_all()
    assert fate(database, "intro:1") == ("sent", "")
    for day in range(1, 5):
        clock.moment = MONDAY + day * DAY
        tell(database, f"message {day}", now=clock.moment)
        courier.drain_all()

    assert got(slack) == ["intro:1", "delivery-asked:1:1:UA", "intro:1", "message 1", "message 2"]


def test_what_its_sender_records_while_another_looks_for_it_keeps_its_place(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(database, "late")
    slack.plan("chat.postMessage", RESET)
    courier.drain_all()

    def find_nothing(*_: object) -> None:
        with database.write() as session:
            session.exec(update(OutboxMessage).values(state=OutboxState.SENT))

    monkeypatch.setattr(SlackGateway, "find_message", find_nothing)
    machine.move(IN_DOUBT_AFTER)
    courier.drain_all()

    assert fate(database, "late")[0] == "sent"
    assert pinged(database) == [("UA", "23")]


def test_an_introduction_waits_for_whoever_has_no_room_and_the_halfway_line_gives_way_to_it(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    tell(database, "earlier", OVER, "UB")
    courier.drain_all()
    tell(database, "intro:1", MessageKind.INTRODUCTION, "UA", "UB", subject=1)
    courier.drain_all()
    assert waits_until(database, "intro:1") == TUESDAY_OPEN
    clock.moment = TUESDAY_OPEN
    tell(database, "halfway", MessageKind.HALFWAY, "UA", "UB", subject=1)

    courier.drain_all()

    assert got(slack) == ["earlier", "intro:1"]
    assert waits_until(database, "halfway") == TUESDAY_OPEN + DAY


def test_what_has_no_room_moves_into_the_weekly_note_if_it_is_still_true(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    thursday = NOTE.replace(hour=9)
    clock.moment = thursday
    tell(database, "note:UA:2026-W48", MessageKind.WEEKLY_NOTE, not_before=NOTE)
    tell(database, "pause over", OVER)
    tell(database, "quiet, not true any more", QUIET, subject=1, not_after=NOTE - timedelta(hours=1))

    courier.drain_all()
    assert got(slack) == []
    assert fate(database, "pause over") == ("dropped", "moved into the weekly note")
    clock.moment = NOTE
    courier.drain_all()

    (note,) = slack.asked("chat.postMessage")
    assert "Your pause is over" in note["text"]
    assert "quiet weeks" not in note["text"]
    assert pinged(database) == [("UA", "26")]


def test_without_room_for_three_working_days_it_waits_in_next_weeks_note_and_never_piles_up(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    for number in range(3):
        clock.moment = MONDAY + number * DAY
        tell(database, f"message {number}", now=clock.moment)
        courier.drain_all()
    clock.moment = MONDAY + 3 * DAY
    sunday = datetime(2026, 11, 29, tzinfo=UTC)
    tell(database, "halfway", MessageKind.HALFWAY, "UA", subject=1, not_after=sunday)

    courier.drain_all()
    assert fate(database, "halfway") == ("dropped", "moved into the weekly note")
    assert waits_until(database, "note:UA:2026-W48") == NOTE
    clock.moment = NOTE
    courier.drain_all()

    assert got(slack) == ["message 0", "message 1", "message 2"]


def test_when_an_introduction_finds_no_room_both_are_told(
    database: Database, courier: Courier, clock: FixedClock
) -> None:
    with database.write() as session:
        person = members.find_person(session, "T1", "UA")
        assert person is not None
        person.away_until = datetime(2027, 1, 1, tzinfo=UTC)
    tell(database, "intro:1", MessageKind.INTRODUCTION, "UA", "UB", subject=1)

    for day in range(5):
        clock.moment = MONDAY + day * DAY
        courier.drain_all()

    assert fate(database, "intro:1") == ("dropped", "no room within three working days")
    assert fate(database, "unreachable:1:UB") == ("sent", "")


@pytest.mark.parametrize(
    ("start", "end", "told_at"),
    [
        (MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=2), MONDAY + timedelta(hours=2)),
        (MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=8), TUESDAY_OPEN),
        (MONDAY + timedelta(hours=8), MONDAY + timedelta(hours=20), MONDAY),
    ],
)
def test_it_waits_while_slack_says_do_not_disturb(
    database: Database,
    courier: Courier,
    slack: TinySlack,
    clock: FixedClock,
    start: datetime,
    end: datetime,
    told_at: datetime,
) -> None:
    quiet = {"dnd_enabled": True, "next_dnd_start_ts": start.timestamp(), "next_dnd_end_ts": end.timestamp()}
    slack.plan("dnd.teamInfo", Answer({"ok": True, "users": {"UA": quiet}}))
    tell(database, "message")

    courier.drain_all()
    assert waits_until(database, "message") == (told_at if told_at > MONDAY else MONDAY_8)
    clock.moment = told_at
    courier.drain_all()

    assert got(slack) == ["message"]


def set_hours(database: Database, user_id: str, **columns: object) -> None:
    with database.write() as session:
        person = members.find_person(session, "T1", user_id)
        assert person is not None
        session.add(person.sqlmodel_update(columns))


def test_a_message_waits_for_the_hours_that_a_person_chose(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    # In Berlin it is Monday at ten.
    set_hours(database, "UA", days="05", hours_start=time(11), hours_end=time(12))
    saturday = datetime(2026, 11, 28, 10, tzinfo=UTC)
    tell(database, "first", QUIET, subject=1)
    tell(database, "second", QUIET, subject=2)

    courier.drain_all()
    clock.moment = MONDAY + timedelta(hours=1)
    courier.drain_all()
    assert (got(slack), waits_until(database, "second")) == (["first"], saturday)
    clock.moment = saturday
    courier.drain_all()

    assert got(slack) == ["first", "second"]


def test_an_introduction_waits_for_the_one_day_of_one_of_two(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    next_monday = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
    set_hours(database, "UA", days="0")
    clock.moment = MONDAY + DAY
    tell(database, "intro:1", MessageKind.INTRODUCTION, "UA", "UB", subject=1, now=clock.moment)

    courier.drain_all()
    assert (got(slack), waits_until(database, "intro:1")) == ([], next_monday)
    clock.moment = next_monday
    courier.drain_all()

    assert got(slack) == ["intro:1"]


def test_who_wants_no_note_gets_none_and_it_keeps_no_place(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    set_hours(database, "UA", has_note=False)
    for one in ("UA", "UB"):
        tell(database, f"note {one}", MessageKind.WEEKLY_NOTE, one, subject=0, not_before=NOTE)
    for number in range(3):
        clock.moment = MONDAY + number * DAY
        for one in ("UA", "UB"):
            tell(database, f"{number} {one}", OVER, one, now=clock.moment)
        courier.drain_all()
    clock.moment = NOTE
    courier.drain_all()

    # For UB the third place of the week is the note's.
    assert got(slack) == ["0 UA", "0 UB", "1 UA", "1 UB", "2 UA"]
    assert fate(database, "note UA") == ("dropped", "no weekly note wanted")
    assert fate(database, "note UB") == ("dropped", "nothing to say")


@pytest.mark.parametrize(
    "answer",
    [refusal("missing_scope"), Answer({"ok": False}, 429, {"Retry-After": "30"}), Answer("oops", 500), Answer({})],
)
def test_trouble_with_asking_holds_no_message_back(
    database: Database, courier: Courier, slack: TinySlack, answer: Answer
) -> None:
    slack.plan("dnd.teamInfo", answer)
    tell(database, "message")

    courier.drain_all()

    assert got(slack) == ["message"]


def test_a_round_asks_for_fifty_people_at_once(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    people = [f"U{number:03}" for number in range(120)]
    with database.write() as session:
        for one in people:
            session.add(members.Person(workspace="T1", user_id=one, zone="Europe/Berlin"))
            queue(session, f"over {one}", OVER, channel_id="", people=(one,))
    courier.drain_all()
    asked = [given["users"].split(",") for given in slack.asked("dnd.teamInfo")]

    assert Counter(one for some in asked for one in some) == Counter(people)
    assert [len(some) for some in asked] == [50, 50, 20]
    assert len(got(slack)) == 120
    clock.move(timedelta(minutes=1))
    tell(database, "intro:1", MessageKind.INTRODUCTION, "UA", "UB", subject=1)
    courier.drain_all()
    assert len(slack.asked("dnd.teamInfo")) == 4


def test_slack_is_never_asked_inside_a_transaction(database: Database, courier: Courier, slack: TinySlack) -> None:
    tell(database, "message")
    written = []

    def write() -> None:
        with database.write("T1") as session:
            written.append(session.exec(select(OutboxMessage.id)).first())

    slack.before_reply = write
    courier.drain_all()

    assert len(written) == len(slack.calls) >= 2
