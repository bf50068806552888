"""Slack fails while somebody is answered: what was done is done, nothing says otherwise, and an answer comes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient
from sqlmodel import select

from bot.blocks import goals
from bot.blocks.ids import MemberId
from bot.blocks.names import CommandNames
from bot.courier import Courier, Library
from bot.domain.goals import GoalForm
from bot.domain.messages import MessageKind
from bot.gateway import SlackGateway
from storage.database import Database
from storage.outbox.outbox import OutboxMessage
from storage.privacy import erasures
from tests.courier.bad_slack import FAILURES, POSTING, BadSlack
from tests.courier.conftest import RESTLESS
from tests.fakes import FixedClock
from tests.handlers.edge import CONTENT, NOW, TEAM, Edge, Json
from tests.tiny_slack import HALF, RESET, Answer, refusal

CHAT = "DU0LEE"
LOST = "*Slack had trouble when I answered you, and my answer may be missing.*"
DONE = f"{LOST} What you asked for is done. `/learn` shows how things are."
OFTEN = ("429", "500", "lost answer")
each_failure = pytest.mark.parametrize(
    "failure", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.slow) for name in FAILURES]
)


class Life:
    """The edge and a courier over one database and a Slack that fails, while the machine's time passes."""

    def __init__(self, database: Database) -> None:
        self.machine = FixedClock(datetime.now(UTC))
        self.slack = BadSlack(self.machine.now)
        client = WebClient(token="xoxb-1", base_url=self.slack.url, timeout=5, retry_handlers=[])
        self.slack.url = self.slack.url.removesuffix("api/")
        self.edge = Edge(database, self.slack)
        library = Library(CommandNames(), *CONTENT)
        self.courier = Courier(
            self.edge.database, SlackGateway(client), TEAM, library, self.edge.clock, self.machine, RESTLESS
        )

    def write(self, text: str) -> None:
        self.edge.send(self.edge.event(self.edge.direct_message("U0LEE", text, channel=CHAT)))

    def go_on_for(self, minutes: int) -> None:
        for _ in range(minutes * 12):
            self.courier.drain_all()
            self.machine.move(timedelta(seconds=5))
            self.edge.clock.moment += timedelta(seconds=5)

    def pass_over(self, span: timedelta) -> None:
        self.machine.move(span)
        self.edge.clock.moment += span

    def read(self) -> list[str]:
        """What Slack took for the person, in order."""
        said = {one["metadata"]["event_payload"]["key"]: str(one["text"]) for one in self._asked(POSTING)}
        return [said[key] for room, key in self.slack.taken if room in {CHAT, "U0LEE"}]

    def answered_at_once(self) -> list[str]:
        """What stood in the bodies sent to the payloads' own addresses, taken or not."""
        return [str(given["text"]) for given in self._asked("/respond")]

    def _asked(self, method: str) -> list[Json]:
        return [given for name, given in self.slack.calls if name == method]

    def offers(self) -> list[str]:
        own = self.edge.services.offers.own(self.edge.actor("U0LEE"), self.edge.clock.now())
        return [card.topic for card in own]

    def waiting(self) -> list[OutboxMessage]:
        with self.edge.database.read() as session:
            return list(session.exec(select(OutboxMessage).where(OutboxMessage.kind == MessageKind.ANSWER_LOST)))


@pytest.fixture
def life(own_database: Database) -> Iterator[Life]:
    one = Life(own_database)
    yield one
    one.slack.stop()


@each_failure
def test_what_was_done_is_never_said_to_have_failed_and_is_answered_once(life: Life, failure: str) -> None:
    life.slack.fail(failure, span=timedelta(seconds=90), only=POSTING)

    life.write("teach pivot tables in 15 min")
    life.go_on_for(10)

    assert life.offers() == ["pivot tables"]
    (said,) = life.read()
    assert said.startswith("*Saved: you can show") if FAILURES[failure].is_done else said == DONE
    assert all("on my side" not in str(given) for _, given in life.slack.calls)


def test_a_refusal_that_slack_kept_is_told_as_one(life: Life) -> None:
    life.slack.fail("500", span=timedelta(seconds=90), only=POSTING)

    life.write("met")
    life.go_on_for(10)

    assert life.read() == [f"{LOST} What you asked for couldn't be done that way. Ask once more, and I'll say why."]


def test_an_apology_that_slack_kept_is_told_with_its_number(life: Life, caplog: pytest.LogCaptureFixture) -> None:
    life.edge.people.broken = RuntimeError("no")
    life.slack.fail("500", span=timedelta(seconds=90), only=POSTING)

    life.write("pause 2w")
    life.go_on_for(10)

    (said,) = life.read()
    assert said.startswith(f"{LOST} Something failed on my side.")
    number = said.rpartition(": ")[2].removesuffix(".")
    assert f"reference {number}" in caplog.text


@pytest.mark.slow
def test_an_answer_comes_also_after_three_bad_hours(life: Life) -> None:
    life.slack.fail("503", span=timedelta(hours=3), only=POSTING)

    life.write("teach pivot tables in 15 min")
    life.go_on_for(190)

    assert life.read() == [DONE]


def test_an_answer_of_the_day_before_is_left_out(life: Life) -> None:
    life.slack.fail("503", span=timedelta(hours=25), only=POSTING)
    life.write("teach pivot tables in 15 min")

    life.pass_over(timedelta(hours=25))
    life.go_on_for(1)

    assert life.read() == []
    assert [row.reason for row in life.waiting()] == ["too late"]


def test_the_outbox_holds_no_word_of_what_was_typed_or_answered(life: Life) -> None:
    life.slack.fail("500", span=timedelta(seconds=90), only=POSTING)

    life.write("teach pivot tables in 15 min")

    (row,) = life.waiting()
    assert (row.people, row.about, row.subject, row.is_ping) == ("U0LEE", "done:", 0, False)
    assert "pivot" not in str(row.model_dump())


NOT_TAKEN = [
    *(Answer("no_service", 500), Answer("", 503), Answer("expired_url", 404), Answer("used_url", 404)),
    *(Answer({"ok": False, "error": "ratelimited"}, 429), RESET, HALF),
]


@pytest.mark.parametrize("answer", NOT_TAKEN)
def test_an_answer_that_its_address_did_not_take_is_said_in_the_direct_message(life: Life, answer: Answer) -> None:
    # What breaks off is tried twice at its own address.
    life.slack.plan("/respond", *[answer] * 4)

    life.edge.send(life.edge.command("U0LEE", "/learn", "teach pivot tables in 15 min"))
    life.edge.send(life.edge.click("U0LEE", MemberId.PAUSE, "2w"))
    life.go_on_for(2)

    assert life.offers() == ["pivot tables"]
    taught, paused = dict.fromkeys(life.answered_at_once())
    assert life.read() == [taught, paused]
    assert taught.startswith("*Saved: you can show")
    assert life.waiting() == []


def test_who_pressed_or_typed_a_command_is_answered_when_slack_takes_nothing_at_all(life: Life) -> None:
    life.slack.plan("/respond", Answer("no_service", 500), Answer("used_url", 404))
    life.slack.fail("500", span=timedelta(seconds=90), only=POSTING)

    life.edge.send(life.edge.command("U0LEE", "/learn", "teach pivot tables in 15 min"))
    life.edge.send(life.edge.click("U0LEE", MemberId.PAUSE, "2w"))
    life.go_on_for(10)

    assert life.offers() == ["pivot tables"]
    assert life.read() == [DONE, DONE]


@pytest.mark.parametrize("answer", [Answer("", 500), Answer("", 503), RESET, HALF, refusal("internal_error")])
def test_a_form_is_opened_once_more_when_slack_fails_for_a_moment(life: Life, answer: Answer) -> None:
    life.slack.plan("views.open", answer)

    life.edge.send(life.edge.command("U0LEE", "/goal"))

    assert [method for method, _ in life.slack.calls].count("views.open") == 2
    assert life.answered_at_once() == []


def test_a_form_that_stood_open_already_is_not_apologized_for(life: Life) -> None:
    life.slack.plan("views.open", RESET, refusal("exchanged_trigger_id"))

    life.edge.send(life.edge.command("U0LEE", "/goal"))

    assert life.answered_at_once() == []


def test_who_sent_a_form_is_answered_when_slack_refused_the_answer(life: Life) -> None:
    life.slack.fail("500", span=timedelta(seconds=90))
    view = goals.goal_form(GoalForm("", "", NOW.date()))

    life.edge.send(
        life.edge.form(
            "U0LEE",
            view,
            title={"value": "Run a retro"},
            evidence={"value": "I show it"},
            due_on={"selected_date": "2026-12-20"},
        )
    )
    life.go_on_for(10)

    assert [goal.title for goal in life.edge.services.goals.open(life.edge.actor("U0LEE"))] == ["Run a retro"]
    assert life.read() == [DONE]


def test_a_form_that_slack_did_not_open_is_owned_up_to(life: Life) -> None:
    life.slack.plan("views.open", Answer({"ok": False, "error": "expired_trigger_id"}))

    life.edge.send(life.edge.command("U0LEE", "/goal"))

    (said,) = life.answered_at_once()
    assert said.startswith("That didn't work, and it's on my side.")


def test_nothing_is_stored_of_a_person_who_was_erased_meanwhile(life: Life) -> None:
    with life.edge.database.write() as session:
        erasures.add_erasure(session, TEAM, "U0LEE", "wish", NOW)
    life.slack.fail("500", span=timedelta(seconds=90), only=POSTING)

    life.write("help")

    assert life.waiting() == []
