"""What follows for people when Slack does not take a message: partners, thanks, facilitators."""

from datetime import date, timedelta

import pytest

from bot.courier import Courier, Library
from bot.courier.courier import DEAD_FOR
from bot.courier.unconfirmed import IN_DOUBT_AFTER
from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from bot.services.rounds.rounds import RoundService
from storage import communities, members
from storage.communities import Community
from storage.database import Database
from storage.members import Membership, Person
from storage.outbox.pings import DeferredToNote
from storage.rounds import history
from storage.rounds.rounds import Seat, SeatState
from tests.factories import (
    BERLIN,
    MONDAY_8,
    VAULT,
    actor,
    add_community,
    add_group,
    add_kudos,
    add_members,
    due_row,
    messages,
    queue,
    rows,
)
from tests.fakes import FixedClock
from tests.tiny_slack import RESET, Answer, TinySlack, refusal

INTRO = MessageKind.INTRODUCTION


@pytest.fixture(autouse=True)
def world(database: Database, clock: FixedClock) -> None:
    """A community of five in the open round of which nobody sits yet."""
    clock.moment = MONDAY_8.replace(hour=10)
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB", "UC", "UD", "UE")


def introduce(database: Database, *people: str) -> None:
    with database.write() as session:
        community = communities.get_community(session, "T1", 1)
        group = add_group(session, community, *people)
        queue(session, f"intro:{group.id}", INTRO, channel_id="", people=people, subject=group.id)


def account(user_id: str, **more: object) -> Answer:
    return Answer({"ok": True, "user": {"id": user_id, "tz": BERLIN, **more}})


def fates(database: Database) -> dict[str, tuple[str, str]]:
    return {row.key: (row.state, row.reason) for row in messages(database)}


def seats(database: Database) -> dict[str, str]:
    return {seat.user_id: seat.state for seat in rows(database, Seat)}


def person(database: Database, user_id: str) -> Person:
    return next(one for one in rows(database, Person) if one.user_id == user_id)


@pytest.mark.parametrize(
    ("error", "gone"),
    [
        ("user_disabled", account("UB", deleted=True)),
        ("user_not_found", refusal("user_not_found")),
        ("user_is_restricted", account("UB", is_restricted=True)),
    ],
)
def test_the_partner_of_an_account_that_is_gone_gets_somebody_else(
    database: Database,
    courier: Courier,
    slack: TinySlack,
    clock: FixedClock,
    words: Library,
    error: str,
    gone: Answer,
) -> None:
    introduce(database, "UA", "UB")
    with database.write() as session:
        session.add(Seat(workspace="T1", round_id=1, user_id="UC", state=SeatState.LOOKING))
    slack.plan("conversations.open", refusal(error))
    slack.plan("users.info", account("UA"), gone)

    courier.drain_all()

    assert seats(database) == {"UA": "looking", "UB": "out", "UC": "looking"}
    assert fates(database)["intro:1"][0] == "dropped"
    # The partner was told of nobody, and so hears of nobody's absence.
    assert slack.asked("chat.postMessage") == []
    RoundService(database, words.guides, VAULT).place(due_row(database, DueKind.PLACE), clock.now())
    courier.drain_all()
    assert seats(database) == {"UA": "seated", "UB": "out", "UC": "seated"}
    assert [given["users"] for given in slack.asked("conversations.open")] == ["UA,UB", "UA,UC"]
    with database.read() as session:
        community = communities.get_community(session, "T1", 1)
        assert "UB" not in {one.user_id for one in members.list_participants(session, community)}


def test_whoever_was_to_meet_somebody_who_pauses_in_the_last_moment_hears_of_it(
    database: Database, courier: Courier, slack: TinySlack
) -> None:
    introduce(database, "UA", "UB")
    with database.write() as session:
        found = members.find_person(session, "T1", "UA")
        assert found is not None
        found.paused_until = date(2026, 12, 24)

    courier.drain_all()

    assert fates(database) == {
        "intro:1": ("dropped", "paused"),
        "unreachable:1:UA": ("dropped", "paused"),
        "unreachable:1:UB": ("sent", ""),
    }
    (told,) = slack.asked("chat.postMessage")
    assert told["channel"] == "UB"
    assert "<@UA>" in told["text"]


def test_a_halfway_line_in_doubt_is_said_in_the_weekly_notes_of_its_people(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    with database.write() as session:
        add_group(session, communities.get_community(session, "T1", 1), "UA", "UB")
        queue(session, "halfway:1", MessageKind.HALFWAY, channel_id="", people=("UA", "UB"), subject=1)
    slack.plan("chat.postMessage", RESET)

    courier.drain_all()
    machine.move(IN_DOUBT_AFTER)
    courier.drain_all()

    assert fates(database)["halfway:1"][0] == "unconfirmed"
    notes = {note.id: note.people for note in messages(database, MessageKind.WEEKLY_NOTE)}
    assert {row.user_id: notes[row.note_id] for row in rows(database, DeferredToNote)} == {"UA": "UA", "UB": "UB"}


@pytest.mark.parametrize("error", ["user_not_visible", "restricted_action", "method_deprecated", "some_new_one"])
def test_nobody_is_taken_out_because_slack_does_not_say_who_is_gone(
    database: Database, courier: Courier, slack: TinySlack, error: str
) -> None:
    introduce(database, "UA", "UB", "UC")
    slack.plan("conversations.open", refusal("users_not_found"))
    slack.plan("users.info", *[refusal(error)] * 3)

    courier.drain_all()

    assert {one.gone_at for one in rows(database, Person)} == {None}
    assert seats(database) == {"UA": "seated", "UB": "seated", "UC": "seated"}
    assert fates(database)["intro:1"] == ("failed", "users_not_found")


def test_the_others_of_three_are_introduced_without_the_one_who_is_gone(
    database: Database, courier: Courier, slack: TinySlack
) -> None:
    introduce(database, "UA", "UB", "UC")
    slack.plan("conversations.open", refusal("user_disabled"))
    slack.plan("users.info", account("UA"), account("UB", deleted=True), account("UC"))

    courier.drain_all()

    assert [given["users"] for given in slack.asked("conversations.open")] == ["UA,UB,UC", "UA,UC"]
    assert fates(database) == {"intro:1": ("sent", "")}
    assert person(database, "UB").gone_at is not None


def test_whoever_leaves_three_between_the_conversation_and_its_words_does_not_read_them(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, words: Library
) -> None:
    introduce(database, "UA", "UB", "UC")
    slack.plan("chat.postMessage", Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "7"}))
    courier.drain_all()

    RoundService(database, words.guides, VAULT).cannot(actor("UB"), 1, MONDAY_8.replace(hour=10))
    machine.move(timedelta(seconds=7))

    courier.drain_all()

    assert [given["users"] for given in slack.asked("conversations.open")] == ["UA,UB,UC", "UA,UC"]
    assert slack.asked("chat.postMessage")[-1]["channel"] == "GUA,UC"


@pytest.mark.parametrize(
    ("answers", "state", "met"),
    [([], "sent", {frozenset({"UA", "UB"})}), ([refusal("invalid_user_combination")], "failed", set())],
)
def test_nobody_counts_as_having_met_who_was_never_told_of_the_other(
    database: Database,
    courier: Courier,
    slack: TinySlack,
    answers: list[Answer],
    state: str,
    met: set[frozenset[str]],
) -> None:
    introduce(database, "UA", "UB")
    slack.plan("conversations.open", *answers)

    courier.drain_all()

    assert fates(database)["intro:1"][0] == state
    with database.read() as session:
        assert set(history.list_met(session, "T1", 1)) == met


def test_whoever_may_not_use_the_app_is_taken_out_and_can_come_back(
    database: Database, courier: Courier, slack: TinySlack
) -> None:
    with database.write() as session:
        queue(session, "note", MessageKind.PAUSE_OVER, channel_id="", people=("UA",))
    slack.plan("chat.postMessage", refusal("app_access_restricted"))

    courier.drain_all()

    assert fates(database)["note"] == ("failed", "app_access_restricted")
    parts = {one.user_id: one.part for one in rows(database, Membership)}
    assert parts == {"UA": "out", "UB": "in", "UC": "in", "UD": "in", "UE": "in"}
    assert person(database, "UA").gone_at is None


@pytest.mark.parametrize(
    # An archived channel is asked for once: its community sleeps after that.
    ("error", "times"),
    [("restricted_action_read_only_channel", 2), ("is_archived", 1)],
)
def test_thanks_that_a_channel_does_not_take_reach_those_who_were_thanked(
    database: Database, courier: Courier, slack: TinySlack, error: str, times: int
) -> None:
    thank(database, "UA", "UB", "UC")
    thank(database, "UB", "UA")
    slack.plan("chat.postMessage", *[refusal(error)] * times)

    courier.drain_all()

    found = fates(database)
    assert found["kudos:1"] == ("failed", error)
    assert found["kudos:2"][0] in {"failed", "dropped"}
    # Each reads them in a message of their own.
    assert {found[key] for key in ("kudos:3", "kudos:4", "kudos:5")} == {("sent", "")}
    told = {given["channel"] for given in slack.asked("chat.postMessage") if "migration" in given["text"]}
    assert {"UA", "UB", "UC"} <= told


def test_a_message_whose_key_slack_does_not_take_goes_out_without_it(
    database: Database, courier: Courier, slack: TinySlack
) -> None:
    thank(database, "UA", "UB")
    slack.plan("chat.postMessage", refusal("metadata_too_large"))

    courier.drain_all()

    assert fates(database) == {"kudos:1": ("sent", "")}
    with_key, without = slack.asked("chat.postMessage")
    assert ("metadata" in with_key, "metadata" in without) == (True, False)


def test_a_message_that_is_too_long_goes_out_as_plain_text(
    database: Database, courier: Courier, slack: TinySlack
) -> None:
    thank(database, "UA", "UB")
    slack.plan("chat.postMessage", refusal("msg_too_long"))

    courier.drain_all()

    assert fates(database) == {"kudos:1": ("sent", "")}
    assert slack.asked("chat.postMessage")[-1]["blocks"] == []


def test_a_token_that_is_refused_for_hours_is_logged_once(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    thank(database, "UA", "UB")
    slack.plan("chat.postMessage", refusal("token_revoked"))
    slack.plan("auth.test", *[refusal("token_revoked")] * 5)

    for _ in range(6):
        courier.drain_all()
        machine.move(DEAD_FOR)

    assert len(slack.asked("auth.test")) == 5
    assert caplog.text.count("Slack refuses the bot token") == 1


def test_what_the_administrators_forbid_everywhere_puts_no_community_to_sleep_and_blames_nobody(
    database: Database, courier: Courier, slack: TinySlack, machine: FixedClock
) -> None:
    thank(database, "UA", "UB")
    introduce(database, "UA", "UB")
    slack.plan("conversations.open", refusal("ekm_access_denied"))
    slack.plan("chat.postMessage", refusal("ekm_access_denied"))

    for _ in range(3):
        courier.drain_all()
        machine.move(DEAD_FOR)

    assert rows(database, Community)[0].asleep_at is None
    assert fates(database) == {"kudos:1": ("sent", ""), "intro:1": ("sent", "")}


def thank(database: Database, giver: str, *receivers: str) -> None:
    """Store thanks and queue their post."""
    with database.write() as session:
        row = add_kudos(session, communities.get_community(session, "T1", 1), giver, *receivers)
        queue(session, f"kudos:{row.id}", MessageKind.KUDOS, subject=row.id)
