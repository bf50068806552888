"""What goes out, in which order, when, and what is dropped."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.courier import Courier, Library
from bot.domain.kudos import Thanks
from bot.domain.messages import MessageKind, Posted
from bot.domain.pings import A_WEEK
from bot.domain.rounds import Met, Share
from bot.domain.schedule import DueKind
from bot.services.kudos.kudos import KudosService
from bot.services.members.members import MemberService
from bot.services.offers.requests import RequestService
from bot.services.offers.search import Finder
from bot.services.rounds.check_ins import CheckInService
from bot.services.rounds.rounds import RoundService
from storage import communities as tables
from storage.database import Database
from storage.members import Person
from storage.outbox import outbox, pings
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.prompts import PromptPost
from storage.rounds import rounds
from tests.factories import (
    MONDAY_8,
    VAULT,
    actor,
    add_community,
    add_group,
    add_members,
    add_person,
    due_row,
    messages,
    open_request,
    profile,
    queue,
)
from tests.fakes import FixedClock
from tests.tiny_slack import TinySlack

OPEN = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
INTRO = MessageKind.INTRODUCTION


def fates(database: Database) -> dict[str, tuple[str, str]]:
    return {row.key: (row.state, row.reason) for row in messages(database)}


def sent_keys(slack: TinySlack) -> list[str]:
    return [given["metadata"]["event_payload"]["key"] for given in slack.asked("chat.postMessage")]


def thank(database: Database, times: int = 1) -> None:
    for number in range(times):
        KudosService(database).give(
            actor(f"U{number}", str(number)),
            "C1",
            Thanks(("UB",), f"Walked me through migration {number}"),
            [profile("UB")],
            MONDAY_8,
        )


@pytest.fixture
def pair(database: Database) -> None:
    """UA and UB of Berlin, in a group whose introduction waits."""
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB")
        add_group(session, community, "UA", "UB")
        queue(session, "intro:1", INTRO, channel_id="", people=("UA", "UB"), not_after=MONDAY_8 + timedelta(weeks=1))


def test_the_most_urgent_goes_first_and_each_goes_once(database: Database, courier: Courier, slack: TinySlack) -> None:
    with database.write() as session:
        add_community(session)
        session.add(
            PromptPost(
                workspace="T1",
                community_id=1,
                prompt_id="tools-01",
                cycle=1,
                due_at=MONDAY_8,
                posted_on=date(2026, 11, 23),
            )
        )
        queue(session, "prompt:1", MessageKind.PROMPT)
        queue(session, "community:1", MessageKind.COMMUNITY_INTRO)
    thank(database, 2)

    for _ in range(2):
        courier.drain_all()

    assert sent_keys(slack) == ["kudos:1", "kudos:2", "community:1", "prompt:1"]
    (first, *_) = [row for row in messages(database) if row.key == "kudos:1"]
    assert (first.state, first.attempts, first.channel_id, first.ts, first.sent_at) == (
        *("sent", 1, "C1", "1.000", MONDAY_8),
    )


def test_nothing_goes_before_its_time(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "community:1", MessageKind.COMMUNITY_INTRO, not_before=MONDAY_8 + timedelta(minutes=1))

    courier.drain("T1")
    assert slack.calls == []

    clock.move(timedelta(minutes=1))
    courier.drain("T1")
    assert sent_keys(slack) == ["community:1"]


def test_what_comes_too_late_is_dropped(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    with database.write() as session:
        add_community(session)
        for minutes in (4, 5):
            queue(
                session,
                f"until {minutes}",
                MessageKind.COMMUNITY_INTRO,
                not_after=MONDAY_8 + timedelta(minutes=minutes),
            )
    clock.move(timedelta(minutes=5))

    courier.drain("T1")

    # A person who looks after the community is told.
    assert fates(database) == {
        "until 4": ("dropped", "too late"),
        "until 5": ("sent", ""),
        "delivery-late:1:UF": ("sent", ""),
    }
    assert sent_keys(slack) == ["until 5", "delivery-late:1:UF"]


@pytest.mark.usefixtures("pair")
def test_a_message_to_people_waits_for_their_hours(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    courier.drain("T1")
    (waiting,) = messages(database)
    assert (waiting.state, waiting.not_before, slack.calls) == ("queued", OPEN, [])

    clock.moment = OPEN
    courier.drain("T1")

    assert fates(database)["intro:1"] == ("sent", "")
    assert slack.asked("conversations.open") == [{"users": "UA,UB"}]
    assert slack.asked("chat.postMessage")[0]["channel"] == "GUA,UB"


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize("gone", ["paused", "deactivated"])
def test_nobody_is_written_to_while_paused_or_gone(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, gone: str
) -> None:
    with database.write() as session:
        more = {"paused_until": date(2026, 12, 1)} if gone == "paused" else {"gone_at": MONDAY_8}
        add_person(session, "UX", **more)
        queue(session, "note", MessageKind.WEEKLY_NOTE, channel_id="", people=("UX",))
    clock.moment = OPEN

    courier.drain("T1")

    assert fates(database) == {"note": ("dropped", gone), "intro:1": ("sent", "")}
    assert sent_keys(slack) == ["intro:1"]


def test_two_who_agreed_are_not_introduced_while_one_of_them_is_paused_and_both_hear_so(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, words: Library
) -> None:
    clock.moment = OPEN
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UT")
        request = open_request("UA", "UT")
        session.add(request)
        session.flush()
        request_id = request.id
    requests = RequestService(database, Finder(words.thesaurus, VAULT), words.guides)
    requests.answer(actor("UT"), request_id, OPEN, agrees=True)
    with database.write() as session:
        # As of a pause that was stored while the message was on its way.
        session.get_one(Person, ("T1", "UA")).paused_until = date(2026, 12, 1)

    courier.drain("T1")

    assert fates(database)["intro:1"] == ("dropped", "paused")
    told = {given["channel"]: given["text"] for given in slack.asked("chat.postMessage")}
    assert told.keys() == {"UA", "UT"}
    assert "You're paused" in told["UA"]
    assert "pause" not in told["UT"]
    assert {row.state for row in messages(database, MessageKind.REQUEST_OFF)} == {"sent"}


def test_who_has_no_room_for_another_message_and_no_notes_hears_that_an_introduction_is_called_off(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, words: Library
) -> None:
    clock.moment = OPEN
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UT")
        session.get_one(Person, ("T1", "UA")).has_note = False
        request = open_request("UA", "UT")
        session.add(request)
        for number in range(A_WEEK):
            queue(session, f"full:{number}", MessageKind.PAUSE_OVER, channel_id="", people=("UA",))
        session.flush()
        people = [session.get_one(Person, ("T1", "UA"))]
        for row in session.exec(select(OutboxMessage).where(OutboxMessage.kind == MessageKind.PAUSE_OVER)):
            row.mark_sent(Posted("DUA", row.key), OPEN)
            pings.add_pings(session, row, people, OPEN)
        request_id = request.id
    requests = RequestService(database, Finder(words.thesaurus, VAULT), words.guides)
    requests.answer(actor("UT"), request_id, OPEN, agrees=True)

    MemberService(database).pause(actor("UT"), None, profile("UT"), OPEN)
    courier.drain("T1")

    assert {given["channel"] for given in slack.asked("chat.postMessage")} == {"UA", "UT"}


@pytest.mark.usefixtures("pair")
def test_a_group_that_changed_is_not_introduced_and_who_stays_hears_only_that_nobody_was_left(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    MemberService(database).leave(actor("UA"), None, MONDAY_8)
    clock.moment = OPEN

    courier.drain("T1")

    assert fates(database)["intro:1"] == ("dropped", "the group changed")
    assert sent_keys(slack) == ["no-partner:1:UB"]
    assert slack.asked("chat.postMessage")[0]["channel"] == "UB"
    assert "<@UA>" not in slack.asked("chat.postMessage")[0]["text"]


@pytest.mark.usefixtures("pair")
def test_who_stays_in_a_group_that_was_introduced_hears_that_somebody_cannot(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    clock.moment = OPEN
    courier.drain("T1")
    MemberService(database).leave(actor("UA"), None, OPEN)

    courier.drain("T1")
    # One message a day.
    assert sent_keys(slack) == ["intro:1"]
    clock.move(timedelta(days=1))
    courier.drain("T1")

    assert sent_keys(slack) == ["intro:1", "partner-out:1:UA:UB"]
    assert slack.asked("chat.postMessage")[1]["text"].startswith("*<@UA> can't make it this round")


def test_an_edit_changes_the_message_that_was_sent(database: Database, courier: Courier, slack: TinySlack) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "edit", MessageKind.COMMUNITY_INTRO_EDIT, edits="community:1")
        queue(session, "community:1", MessageKind.COMMUNITY_INTRO)

    courier.drain("T1")

    assert [method for method, _ in slack.calls] == ["chat.postMessage", "chat.update"]
    (edit,) = slack.asked("chat.update")
    assert (edit["channel"], edit["ts"]) == ("C1", "1.000")


def test_an_answer_goes_into_the_thread(database: Database, courier: Courier, slack: TinySlack) -> None:
    with database.write() as session:
        add_community(session)
        session.add(
            PromptPost(
                workspace="T1",
                community_id=1,
                prompt_id="tools-01",
                cycle=1,
                due_at=MONDAY_8,
                posted_on=date(2026, 11, 23),
            )
        )
        queue(session, "follow-up", MessageKind.PROMPT_FOLLOW_UP, replies_to="prompt:1")
        queue(session, "prompt:1", MessageKind.PROMPT)

    courier.drain("T1")

    first, second = slack.asked("chat.postMessage")
    assert (first.get("thread_ts"), second["thread_ts"]) == (None, "1.000")


@pytest.mark.parametrize("state", [OutboxState.FAILED, OutboxState.UNCONFIRMED, OutboxState.DROPPED, None])
def test_what_belongs_to_something_that_was_not_sent_is_dropped(
    database: Database, courier: Courier, slack: TinySlack, state: OutboxState | None
) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "edit", MessageKind.COMMUNITY_INTRO_EDIT, edits="community:1")
        if state is not None:
            queue(session, "community:1", MessageKind.COMMUNITY_INTRO)
            row = outbox.find_message(session, "T1", "community:1")
            assert row is not None
            row.state = state

    courier.drain("T1")

    assert fates(database)["edit"] == ("dropped", "what it belongs to was not sent")
    assert slack.calls == []


def test_in_a_community_that_sleeps_nothing_is_said_but_thanks_arrive_in_private(
    database: Database, courier: Courier, slack: TinySlack
) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "community:1", MessageKind.COMMUNITY_INTRO)
        queue(session, "one", MessageKind.COMMUNITY_INTRO_FOR_ONE, reader="UX")
    thank(database)
    with database.write() as session:
        tables.get_community(session, "T1", 1).asleep_at = MONDAY_8

    courier.drain("T1")

    asleep = ("dropped", "the community is asleep")
    assert {key: fate for key, fate in fates(database).items() if fate != asleep} == {
        "kudos:2": ("sent", ""),
        "kudos-moved:1": ("sent", ""),
    }
    given, told = slack.asked("chat.postMessage")
    assert (len(slack.calls), given["channel"], told["channel"]) == (2, "UB", "U0")
    assert "takes no messages from me" in told["text"]


def test_a_message_for_one_reader_is_shown_to_that_one(database: Database, courier: Courier, slack: TinySlack) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "one", MessageKind.COMMUNITY_INTRO_FOR_ONE, reader="UX")

    courier.drain("T1")

    (given,) = slack.asked("chat.postEphemeral")
    assert (given["channel"], given["user"]) == ("C1", "UX")


@pytest.mark.usefixtures("pair")
def test_a_takeaway_that_was_taken_back_is_not_shared(database: Database, courier: Courier, slack: TinySlack) -> None:
    check_ins = CheckInService(database)
    check_ins.answer(actor("UA"), 1, Met.YES, MONDAY_8)
    check_ins.take_away(actor("UA"), 1, "For the channel", Share.CHANNEL, MONDAY_8)
    check_ins.take_away(actor("UA"), 1, "No, for myself", Share.PRIVATE, MONDAY_8)

    courier.drain("T1")

    assert fates(database)["takeaway:1:channel"] == ("dropped", "taken back")
    assert slack.calls == []


def test_no_channel_hears_that_a_round_was_left_out_that_is_held_after_all(
    database: Database, courier: Courier, slack: TinySlack
) -> None:
    with database.write() as session:
        group = add_group(session, add_community(session), "UA", "UB")
        queue(session, "round-skipped:1", MessageKind.ROUND_SKIPPED, subject=group.round_id)

    courier.drain("T1")

    assert fates(database) == {"round-skipped:1": ("dropped", "held after all")}
    assert slack.asked("chat.postMessage") == []


def test_words_are_made_from_what_is_true_when_they_are_sent(
    database: Database, courier: Courier, slack: TinySlack
) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "community:1", MessageKind.COMMUNITY_INTRO)
        tables.get_community(session, "T1", 1).purpose = "Reading a balance sheet"

    courier.drain("T1")

    assert "Reading a balance sheet" in slack.asked("chat.postMessage")[0]["text"]


def test_one_message_without_words_hinders_no_other(
    database: Database, courier: Courier, caplog: pytest.LogCaptureFixture
) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "prompt:99", MessageKind.PROMPT, subject=99)
    thank(database)

    courier.drain("T1")

    assert fates(database) == {"prompt:99": ("failed", "it could not be put into words"), "kudos:1": ("sent", "")}
    assert "prompt:99 could not be put into words" in caplog.text


@pytest.mark.usefixtures("pair")
def test_an_introduction_without_words_is_told_to_both(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock
) -> None:
    with database.write() as session:
        rounds.get_group(session, "T1", 1).guide_ids = ("no-such-guide",)
    clock.moment = OPEN

    courier.drain("T1")

    assert fates(database)["intro:1"][0] == "failed"
    assert sent_keys(slack) == ["unreachable:1:UA", "unreachable:1:UB"]


def test_nothing_is_sent_for_a_workspace_that_the_token_is_not_of(
    database: Database, courier: Courier, slack: TinySlack
) -> None:
    with database.write() as session:
        for workspace in ("T1", "T2", "E1:T1"):
            community = add_community(session, workspace=workspace)
            queue(
                session,
                f"community:{workspace}",
                MessageKind.COMMUNITY_INTRO,
                workspace=workspace,
                subject=community.id,
            )

    courier.drain_all()
    for workspace in ("T2", "E1:T1"):
        courier.drain(workspace)

    assert sent_keys(slack) == ["community:T1"]
    assert [row.state for row in messages(database)] == ["sent", "queued", "queued"]
    assert not courier.has_waiting()


def test_a_stopped_courier_takes_nothing_more(database: Database, courier: Courier, slack: TinySlack) -> None:
    with database.write() as session:
        add_community(session)
        queue(session, "community:1", MessageKind.COMMUNITY_INTRO)

    courier.stop()
    courier.drain_all()

    assert slack.calls == []


def test_a_whole_round_goes_out_each_message_once(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, words: Library
) -> None:
    ids = [f"U{number:02}" for number in range(21)]
    with database.write() as session:
        add_members(session, add_community(session), *ids)
    RoundService(database, words.guides, VAULT).start(due_row(database, DueKind.ROUND), MONDAY_8)

    for moment in (OPEN, datetime(2026, 11, 26, 13, tzinfo=UTC)):
        clock.moment = moment
        for _ in range(2):
            courier.drain_all()

    unsent = {key for key, (state, _) in fates(database).items() if state != "sent"}
    # The channel's introduction was never posted here, so there is nothing to edit.
    assert all(key.startswith("community-standing:") for key in unsent)
    introduced = [user for given in slack.asked("conversations.open") for user in given["users"].split(",")]
    assert sorted(introduced) == ids
    assert len(sent_keys(slack)) == len(set(sent_keys(slack))) == 10 + 21
