"""Files that people are handed and that are taken back again, when Slack has had too many of them."""

from datetime import timedelta

import pytest

from bot.courier import Courier
from bot.domain.messages import MessageKind
from bot.services.privacy import PrivacyService
from storage.database import Database
from tests.factories import MONDAY_8, VAULT, actor, add_community, messages, queue
from tests.fakes import FixedClock
from tests.tiny_slack import Answer, TinySlack

LIMIT = Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "7"})
SEVEN = timedelta(seconds=7)


def pass_time(clock: FixedClock, machine: FixedClock, span: timedelta) -> None:
    clock.move(span)
    machine.move(span)


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
    pass_time(clock, machine, SEVEN - timedelta(milliseconds=1))
    courier.drain_all()
    assert len(slack.asked(method)) == 1
    pass_time(clock, machine, timedelta(milliseconds=1))
    courier.drain_all()

    assert len(slack.asked(method)) == 3
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
    pass_time(clock, machine, SEVEN - timedelta(milliseconds=1))
    courier.drain_all()
    assert len(slack.asked(method)) == 1
    pass_time(clock, machine, timedelta(milliseconds=1))
    courier.drain_all()

    assert len(slack.asked(method)) == 3
    assert {row.state for row in messages(database)} == {"sent"}
