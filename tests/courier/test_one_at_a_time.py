"""One courier sends in a workspace at a time, however many processes there are."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from slack_sdk import WebClient

from bot.blocks.block_kit import Message
from bot.blocks.names import CommandNames
from bot.clock import Clock, SystemClock
from bot.courier import Courier, Library
from bot.courier.unconfirmed import IN_DOUBT_AFTER
from bot.domain.messages import MessageKind, Posted
from bot.gateway import SlackGateway
from bot.library import load_guides, load_prompts, load_thesaurus
from bot.slack_errors import CannotReachError, LimitedError, SlackTrouble
from storage.database import Database
from tests.courier.conftest import RESTLESS
from tests.databases import on_postgresql
from tests.effort import PATIENCE
from tests.factories import MONDAY_8, add_community, add_kudos, messages, queue
from tests.fakes import FixedClock
from tests.postgres import ALONE, lose_lease

pytestmark = on_postgresql


class SlowSlack(SlackGateway):
    """Takes a message and answers only when it is told to."""

    def __init__(self) -> None:
        super().__init__(WebClient(token="xoxb-nowhere"))
        self.asked = threading.Event()
        self.answer = threading.Event()
        self.posted: list[str] = []
        self.trouble: SlackTrouble | None = None

    def post(self, channel_id: str, message: Message, key: str, thread_ts: str = "") -> Posted:
        del message, thread_ts
        self.posted.append(key)
        self.asked.set()
        assert self.answer.wait(PATIENCE)
        if self.trouble is not None:
            raise self.trouble
        return Posted(channel_id, "1.0")

    def find_message(self, user_id: str, key: str) -> Posted | None:
        """Find nothing: what was asked has not arrived yet."""
        del user_id, key
        return None


def courier(database: Database, slack: SlackGateway, machine: Clock | None = None) -> Courier:
    library = Library(CommandNames(), load_prompts(), load_guides(), load_thesaurus())
    return Courier(database, slack, "T1", library, FixedClock(MONDAY_8), machine, pace=RESTLESS)


@contextmanager
def sending(database: Database, slack: SlowSlack) -> Iterator[threading.Thread]:
    """While the block runs, one process has asked Slack to post thanks and has no answer yet."""
    with database.write() as session:
        community = add_community(session)
        for number in (1, 2):
            add_kudos(session, community, "UA", "UB")
            queue(session, f"kudos:{number}", subject=number, channel_id=f"C{number}")
    thread = threading.Thread(target=lambda: courier(database, slack).drain("T1"))
    thread.start()
    assert slack.asked.wait(PATIENCE)
    yield thread
    slack.answer.set()
    thread.join()


def test_a_process_that_starts_leaves_alone_what_another_is_sending(database: Database) -> None:
    slack, second_slack = SlowSlack(), SlowSlack()
    second_slack.answer.set()
    other = Database(database.url)

    with sending(database, slack):
        starting = courier(other, second_slack)
        starting.drain_all()
        assert [message.state for message in messages(other)] == ["sending", "queued"]
    starting.drain_all()

    assert slack.posted == ["kudos:1", "kudos:2"]
    assert second_slack.posted == []
    assert [(message.state, message.attempts) for message in messages(other)] == [("sent", 1), ("sent", 1)]
    other.close()


def test_when_a_courier_stands_still_another_goes_on_and_the_first_takes_nothing_more(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    slack, second_slack = SlowSlack(), SlowSlack()
    second_slack.answer.set()
    other = Database(database.url)

    with sending(database, slack) as thread:
        lose_lease(other)
        courier(other, second_slack).drain("T1")
        slack.answer.set()
        thread.join()

    # Thanks are never said twice: the one on its way is in doubt until its own sender hears from Slack.
    assert second_slack.posted == ["kudos:2"]
    assert slack.posted == ["kudos:1"]
    assert [message.state for message in messages(other)] == ["sent", "sent"]
    assert "another process has taken over courier in T1" in caplog.text
    other.close()


@pytest.mark.parametrize("skew", [timedelta(seconds=90), timedelta(seconds=-90)], ids=["ahead", "behind"])
def test_a_courier_on_a_machine_whose_clock_is_wrong_settles_nothing_too_soon(
    database: Database, skew: timedelta
) -> None:
    slack, second_slack = SlowSlack(), SlowSlack()
    second_slack.answer.set()
    other = Database(database.url, machine=lambda: SystemClock().now() + skew)

    with sending(database, slack):
        lose_lease(other)
        courier(other, second_slack).drain("T1")
        assert second_slack.posted == ["kudos:2"]
        assert [message.state for message in messages(other)] == ["sending", "sent"]

    attempts = [message.attempted_at for message in messages(other)]
    assert all(at is not None and abs(at - SystemClock().now()) < timedelta(seconds=60) for at in attempts)
    other.close()


def test_a_courier_whose_connections_break_goes_on(database: Database) -> None:
    slack = SlowSlack()
    other = Database(database.url)

    with sending(database, slack) as thread:
        with other.write() as session:
            session.connection().exec_driver_sql(ALONE)
        slack.answer.set()
        thread.join()

    assert slack.posted == ["kudos:1", "kudos:2"]
    assert [(message.state, message.attempts) for message in messages(other)] == [("sent", 1), ("sent", 1)]
    other.close()


@pytest.mark.parametrize(
    "trouble",
    [LimitedError("ratelimited", "chat.postMessage", 1.0), CannotReachError("account_inactive"), None],
    ids=["rate limit", "refusal", "success"],
)
def test_whoever_lost_the_right_to_send_in_a_call_without_end_undoes_nothing(
    database: Database, trouble: SlackTrouble | None
) -> None:
    slack, second_slack = SlowSlack(), SlowSlack()
    second_slack.answer.set()
    slack.trouble = trouble
    other = Database(database.url)
    with database.write() as session:
        add_community(session)
        queue(session, "direct", MessageKind.COMMUNITY_INTRO, channel_id="", people=("UA",))
    thread = threading.Thread(target=lambda: courier(database, slack).drain("T1"))
    thread.start()
    assert slack.asked.wait(PATIENCE)

    lose_lease(other)
    courier(other, second_slack, FixedClock(SystemClock().now() + IN_DOUBT_AFTER)).drain("T1")
    by_the_second = messages(other)[0].sent_at
    slack.answer.set()
    thread.join()

    (message,) = messages(other)
    assert second_slack.posted == ["direct"]
    assert (message.state, message.attempts, message.sent_at) == ("sent", 2, by_the_second)
    courier(other, second_slack).drain("T1")
    assert second_slack.posted == ["direct"]
    other.close()
