"""Files that people are handed and that are taken back again, when Slack has had too many or an answer is lost."""

from datetime import timedelta

import pytest

from bot.courier import Courier
from bot.courier.unconfirmed import IN_DOUBT_AFTER
from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from bot.services.privacy.privacy import PrivacyService
from storage.database import Database
from tests.factories import MONDAY_8, VAULT, actor, add_community, due_row, messages, queue
from tests.fakes import FixedClock
from tests.tiny_slack import RESET, Answer, Json, TinySlack

LIMIT = Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "7"})
SEVEN = timedelta(seconds=7)


def with_file(file_id: str) -> Json:
    return {"ts": "9.0", "bot_id": "B1", "files": [{"id": file_id}]}


def erase(database: Database, clock: FixedClock) -> None:
    privacy = PrivacyService(database, VAULT)
    privacy.plan_erasure(actor("UA"), clock.now())
    privacy.erase(due_row(database, DueKind.ERASE, "UA"), clock.now())


def removals(database: Database) -> list[tuple[str, str]]:
    return [(row.about, row.channel_id) for row in messages(database, MessageKind.EXPORT_REMOVED)]


def pass_time(clock: FixedClock, machine: FixedClock, span: timedelta) -> None:
    clock.move(span)
    machine.move(span)


def asked_around(
    span: timedelta, courier: Courier, slack: TinySlack, clock: FixedClock, machine: FixedClock, method: str
) -> tuple[int, int]:
    """How often a method was asked for until just before a span is over, and once it is."""
    pass_time(clock, machine, span - timedelta(milliseconds=1))
    courier.drain_all()
    before = len(slack.asked(method))
    pass_time(clock, machine, timedelta(milliseconds=1))
    courier.drain_all()
    return before, len(slack.asked(method))


@pytest.mark.parametrize("method", ["conversations.open", "files.getUploadURLExternal", "files.completeUploadExternal"])
def test_nobody_is_handed_a_file_before_slack_takes_files_again(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, machine: FixedClock, method: str
) -> None:
    slack.plan(method, LIMIT)
    for user_id in ("UA", "UB"):
        PrivacyService(database, VAULT).ask_for_export(actor(user_id), MONDAY_8)
    with database.write() as session:
        add_community(session)
        queue(session, "community:1", MessageKind.COMMUNITY_INTRO)

    courier.drain_all()
    # What is no file goes out meanwhile.
    assert {row.key for row in messages(database) if row.state == "sent"} >= {"community:1"}
    assert len(slack.asked(method)) == 1
    count_before, count_after = asked_around(SEVEN, courier, slack, clock, machine, method)

    assert (count_before, count_after) == (1, 3)
    assert [(row.state, row.attempts) for row in messages(database, MessageKind.EXPORT)] == [("sent", 1)] * 2


@pytest.mark.parametrize("method", ["conversations.history", "files.delete"])
def test_no_file_is_taken_back_before_slack_takes_it_again(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, machine: FixedClock, method: str
) -> None:
    slack.plan(method, LIMIT)
    with database.write() as session:
        for name in ("F1", "F2"):
            queue(session, f"export-removed:{name}", MessageKind.EXPORT_REMOVED, subject=0, about=name, channel_id="D1")

    courier.drain_all()
    assert len(slack.asked(method)) == 1
    count_before, count_after = asked_around(SEVEN, courier, slack, clock, machine, method)

    assert (count_before, count_after) == (1, 3)
    assert {row.state for row in messages(database)} == {"sent"}


@pytest.mark.parametrize("did_arrive", [True, False])
def test_a_file_in_doubt_is_looked_for_and_shared_again_only_if_it_is_not_there(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, machine: FixedClock, *, did_arrive: bool
) -> None:
    slack.plan("files.completeUploadExternal", RESET)
    PrivacyService(database, VAULT).ask_for_export(actor("UA"), MONDAY_8)
    courier.drain_all()
    ((first, _),) = removals(database)
    slack.histories["DUA"] = [with_file(first if did_arrive else "F-other")]

    pass_time(clock, machine, IN_DOUBT_AFTER)
    courier.drain_all()

    (export,) = messages(database, MessageKind.EXPORT)
    shared = [given["files"] for given in slack.asked("files.completeUploadExternal")]
    assert export.state == "sent"
    assert len(shared) == (1 if did_arrive else 2)
    assert export.ts in str(shared[-1])
    # What Slack was promised is taken back in any case; a file that is not there is no trouble then.
    assert removals(database)[-1] == (export.ts, "DUA")
    assert len(removals(database)) == len(shared)


def test_a_file_in_doubt_goes_with_the_person(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, machine: FixedClock
) -> None:
    slack.plan("files.completeUploadExternal", RESET)
    PrivacyService(database, VAULT).ask_for_export(actor("UA"), MONDAY_8)
    courier.drain_all()
    ((file_id, _),) = removals(database)
    slack.histories["DUA"] = [with_file(file_id)]

    erase(database, clock)
    pass_time(clock, machine, IN_DOUBT_AFTER)
    courier.drain_all()

    assert [given["file"] for given in slack.asked("files.delete")] == [file_id]
    assert len(slack.asked("files.completeUploadExternal")) == 1


def test_who_is_erased_is_told_so_once_though_the_answer_got_lost(
    database: Database, courier: Courier, slack: TinySlack, clock: FixedClock, machine: FixedClock
) -> None:
    erase(database, clock)
    slack.plan("chat.postMessage", RESET)
    courier.drain_all()
    (told,) = messages(database, MessageKind.ERASED)
    slack.histories["DUA"] = [
        {
            "ts": "9.0",
            "bot_id": "B1",
            "metadata": {"event_type": "peerloop_message", "event_payload": {"key": told.key}},
        }
    ]

    pass_time(clock, machine, IN_DOUBT_AFTER)
    courier.drain_all()

    assert len(slack.asked("chat.postMessage")) == 1
    assert [row.state for row in messages(database, MessageKind.ERASED)] == ["sent"]
