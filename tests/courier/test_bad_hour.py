"""Slack fails for a while: each class of message in each kind of trouble arrives, or whom it concerns is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bot.courier import Courier, Library
from bot.domain.kudos import Thanks
from bot.domain.messages import MessageKind
from bot.domain.schedule import PROMPT_LATENESS
from bot.services.delivery import DeliveryService
from bot.services.kudos.kudos import KudosService
from storage.database import Database
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.prompts import PromptPost
from tests.courier.bad_slack import DEFINITE, FAILURES, POSTING, BadSlack
from tests.courier.conftest import RESTLESS
from tests.databases import on_sqlite
from tests.factories import MONDAY_8, actor, add_community, add_group, add_members, messages, profile, queue
from tests.fakes import FixedClock

# What differs between the two databases is not what is looked at here.
pytestmark = on_sqlite

TEN = MONDAY_8.replace(hour=9)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BAD_MINUTE = timedelta(seconds=90)
GROUPS = 3
INTRODUCTIONS = [f"intro:{number}" for number in range(1, GROUPS + 1)]


@pytest.fixture
def slack(machine: FixedClock) -> Iterator[BadSlack]:
    server = BadSlack(machine.now)
    yield server
    server.stop()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(TEN)


class Life:
    """A community whose messages wait, and a courier that is woken again and again while time passes."""

    def __init__(self, database: Database, courier: Courier, clock: FixedClock, machine: FixedClock) -> None:
        self.database = database
        self.courier = courier
        self.clock = clock
        self.machine = machine
        with database.write() as session:
            self.community = add_community(session)

    def go_on_for(self, span: timedelta) -> None:
        """Wake the courier again and again, in the first two minutes every three seconds."""
        until, step = self.machine.now() + span, timedelta(seconds=3)
        while self.machine.now() < until:
            self.courier.drain_all()
            if until - self.machine.now() < span - timedelta(minutes=2):
                step = timedelta(seconds=15)
            self.machine.move(step)
            self.clock.move(step)
        self.courier.drain_all()

    def introduce(self, groups: int = GROUPS) -> None:
        with self.database.write() as session:
            for number in range(1, groups + 1):
                people = (f"UA{number}", f"UB{number}")
                # A round has many groups; here each community has a round of one.
                community = add_community(session, f"C{number + 1}")
                add_members(session, community, *people)
                add_group(session, community, *people)
                queue(
                    session,
                    f"intro:{number}",
                    MessageKind.INTRODUCTION,
                    channel_id="",
                    people=people,
                    subject=number,
                    now=TEN,
                    not_after=TEN + timedelta(days=6),
                )

    def write_to(self, people: int = 6, not_after: datetime | None = None) -> list[str]:
        """Queue a direct message to each of some people; returns the keys."""
        keys = [f"pause-over:{number}" for number in range(people)]
        with self.database.write() as session:
            add_members(session, self.community, *(f"UD{number}" for number in range(people)))
            for number, key in enumerate(keys):
                queue(
                    session,
                    key,
                    MessageKind.PAUSE_OVER,
                    channel_id="",
                    people=(f"UD{number}",),
                    now=TEN,
                    not_after=not_after,
                )
        return keys

    def thank(self, giver: str = "UG") -> None:
        KudosService(self.database).give(
            actor(giver, giver), "C1", Thanks(("UR",), "Walked me through the migration"), [profile("UR")], TEN
        )

    def prompt(self) -> None:
        with self.database.write() as session:
            session.add(
                PromptPost(
                    workspace="T1",
                    community_id=1,
                    prompt_id="tools-01",
                    cycle=1,
                    due_at=TEN,
                    posted_on=TEN.date(),
                )
            )
            queue(session, "prompt:1", MessageKind.PROMPT, now=TEN, not_after=TEN + PROMPT_LATENESS)

    def state_of(self, key: str) -> str:
        return next(message.state for message in messages(self.database) if message.key == key)

    def open_states(self) -> set[str]:
        return {str(message.state) for message in messages(self.database)} - {"sent", "dropped"}


@pytest.fixture
def life(database: Database, slack: BadSlack, words: Library, clock: FixedClock, machine: FixedClock) -> Life:
    courier = Courier(database, slack.gateway(), "T1", words, clock, machine, RESTLESS)
    return Life(database, courier, clock, machine)


everywhere = pytest.mark.parametrize(
    "only", [pytest.param("", marks=pytest.mark.slow, id="all of Slack"), pytest.param(POSTING, id="posting alone")]
)
# One that is definite, and one that leaves a doubt though it was done.
OFTEN = ("429", "lost answer")
each_failure = pytest.mark.parametrize(
    "failure", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.slow) for name in FAILURES]
)


@each_failure
@everywhere
def test_after_a_bad_minute_everybody_is_introduced(life: Life, slack: BadSlack, failure: str, only: str) -> None:
    life.introduce()
    slack.fail(failure, span=BAD_MINUTE, only=only)

    life.go_on_for(BAD_MINUTE * 3)

    assert life.open_states() == set()
    times = [slack.times(key) for key in INTRODUCTIONS]
    assert all(times)
    # Of what Slack took without saying so, once more after the trouble.
    assert max(times) <= (2 if FAILURES[failure].is_done else 1)


@each_failure
@everywhere
def test_after_a_bad_minute_everybody_has_got_their_direct_message_once(
    life: Life, slack: BadSlack, failure: str, only: str
) -> None:
    keys = life.write_to()
    slack.fail(failure, span=BAD_MINUTE, only=only)

    life.go_on_for(BAD_MINUTE * 4)

    assert life.open_states() == set()
    assert [slack.times(key) for key in keys] == [1] * len(keys)


@each_failure
@everywhere
@pytest.mark.parametrize("what", ["thanks", "prompt"])
def test_a_post_in_a_channel_is_there_or_somebody_is_asked_and_can_post_it_again(
    life: Life, slack: BadSlack, failure: str, only: str, what: str
) -> None:
    if what == "thanks":
        life.thank()
        key, asked = "kudos:1", "UG"
    else:
        life.prompt()
        key, asked = "prompt:1", "UF"
    slack.fail(failure, span=BAD_MINUTE, only=only)

    life.go_on_for(BAD_MINUTE * 4)

    question = f"delivery-asked:1:1:{asked}"
    if failure in DEFINITE:
        assert (life.state_of(key), slack.times(key), slack.times(question)) == ("sent", 1, 0)
        return
    assert (life.state_of(key), slack.times(key)) == ("unconfirmed", int(FAILURES[failure].is_done))
    assert slack.taken.count((asked, question)) == 1
    before = slack.times(key)
    assert DeliveryService(life.database).post_again(actor(asked), 1, life.clock.now())
    life.go_on_for(timedelta(seconds=2))
    assert (life.state_of(key), slack.times(key)) == ("sent", before + 1)


@each_failure
def test_an_edit_and_a_removal_are_done_in_the_end(life: Life, slack: BadSlack, failure: str) -> None:
    with life.database.write() as session:
        for key in ("community:1", "kudos:9"):
            queue(session, key, MessageKind.COMMUNITY_INTRO)
            row = outbox.find_message(session, "T1", key)
            assert row is not None
            row.state, row.ts = OutboxState.SENT, f"{key[-1]}.0"
        queue(session, "edit", MessageKind.COMMUNITY_INTRO_EDIT, edits="community:1", now=TEN)
        queue(session, "removal", MessageKind.KUDOS_REMOVED, edits="kudos:9", now=TEN)
    slack.fail(failure, span=BAD_MINUTE)

    life.go_on_for(BAD_MINUTE * 3)

    assert life.open_states() == set()
    assert (set(slack.edited), set(slack.removed)) == ({"1.0"}, {"9.0"})


@pytest.mark.slow
def test_nothing_is_lost_in_three_hours_of_everything_at_once(life: Life, slack: BadSlack) -> None:
    life.introduce()
    life.thank()
    life.prompt()
    keys = life.write_to()
    slack.fail(*FAILURES, span=3 * HOUR)

    life.go_on_for(3 * HOUR + 10 * MINUTE)

    assert [slack.times(key) for key in keys] == [1] * len(keys)
    assert all(1 <= slack.times(key) <= 2 for key in INTRODUCTIONS)
    is_asked = {key: slack.times(f"delivery-asked:{number}:1:{who}") for key, number, who in _posts(life)}
    assert all(slack.times(key) == 1 or is_asked[key] for key in is_asked)
    assert all(slack.times(key) <= 1 for key in is_asked)


@pytest.mark.parametrize("share", [0.3, *(pytest.param(share, marks=pytest.mark.slow) for share in (0.05, 0.8))])
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_whatever_share_of_calls_fails_nothing_is_lost_and_no_direct_message_comes_twice(
    life: Life, slack: BadSlack, share: float, seed: int
) -> None:
    life.introduce()
    life.thank()
    life.prompt()
    keys = life.write_to()
    slack.fail(*FAILURES, span=30 * MINUTE, share=share, seed=seed)

    life.go_on_for(45 * MINUTE)

    assert [slack.times(key) for key in keys] == [1] * len(keys)
    for key in INTRODUCTIONS:
        number = key.partition(":")[2]
        asked = [one for _, one in slack.taken if one.startswith("delivery-asked") and one.endswith(f"UA{number}")]
        assert slack.times(key) <= 2
        assert slack.times(key) or asked, key
    for key, post, who in _posts(life):
        assert slack.times(key) == 1 or slack.times(f"delivery-asked:{post}:1:{who}") == 1
        assert slack.times(key) <= 1


def _posts(life: Life) -> list[tuple[str, int, str]]:
    """Each post in a channel: its key, its number, who is asked about it."""
    ids = {message.key: message.id for message in messages(life.database)}
    return [("kudos:1", ids["kudos:1"], "UG"), ("prompt:1", ids["prompt:1"], "UF")]


@pytest.mark.slow
def test_an_introduction_in_doubt_is_not_posted_again_before_the_trouble_has_ended(life: Life, slack: BadSlack) -> None:
    life.introduce()
    slack.fail("lost answer", span=HOUR, only=POSTING)

    life.go_on_for(50 * MINUTE)
    during = [slack.times(key) for key in INTRODUCTIONS]
    life.go_on_for(20 * MINUTE)

    # After two minutes all their people are asked; the questions are looked up and found, so it is left to them.
    assert during == [1] * GROUPS
    assert [slack.times(key) for key in INTRODUCTIONS] == during
    asked = {channel for channel, key in slack.taken if key.startswith("delivery-asked")}
    assert asked == {f"U{letter}{number}" for letter in "AB" for number in range(1, GROUPS + 1)}


@pytest.mark.slow
@pytest.mark.parametrize("span", [BAD_MINUTE, 4 * MINUTE, 10 * MINUTE, 3 * HOUR])
@pytest.mark.parametrize("only", ["", POSTING])
def test_an_introduction_comes_once_or_twice_however_long_answers_get_lost(
    life: Life, slack: BadSlack, span: timedelta, only: str
) -> None:
    life.introduce()
    life.write_to()
    slack.fail("lost answer", span=span, only=only)

    life.go_on_for(span + 10 * MINUTE)

    assert {slack.times(key) for key in INTRODUCTIONS} <= {1, 2}


@pytest.mark.slow
def test_people_are_asked_whether_their_introduction_arrived_when_nothing_else_shows_it(
    life: Life, slack: BadSlack
) -> None:
    life.introduce(groups=1)
    slack.fail("internal_error", span=20 * MINUTE, only=POSTING)

    life.go_on_for(30 * MINUTE)

    # The question is what showed that the trouble had ended: after it the introduction came, and nobody else was asked.
    assert [key for _, key in slack.taken] == ["delivery-asked:1:1:UA1", "intro:1"]
    assert {message.key: message.reason for message in messages(life.database) if message.state == "dropped"} == {
        "delivery-asked:1:1:UB1": "known by now"
    }


@pytest.mark.slow
def test_what_stays_in_doubt_after_two_posts_is_left_to_those_it_is_to(life: Life, slack: BadSlack) -> None:
    life.introduce(groups=1)
    slack.fail("lost answer", span=HOUR, only=POSTING, to=("GUA1,UB1",))

    life.go_on_for(10 * MINUTE)

    assert slack.times("intro:1") == 2
    assert life.state_of("intro:1") == "unconfirmed"
    asked = {channel for channel, key in slack.taken if key.startswith("delivery-asked")}
    assert asked == {"UA1", "UB1"}


@pytest.mark.slow
def test_messages_that_fail_for_themselves_alone_keep_others_waiting_for_minutes_at_most(
    life: Life, slack: BadSlack
) -> None:
    broken = life.write_to(2)
    slack.fail("internal_error", span=9 * HOUR, only=POSTING, to=("UD0", "UD1"))
    life.go_on_for(20 * MINUTE)

    life.introduce()
    life.thank()
    life.go_on_for(7 * MINUTE)

    assert [slack.times(key) for key in (*INTRODUCTIONS, "kudos:1")] == [1] * (GROUPS + 1)
    # They are still tried.
    assert {life.state_of(key) for key in broken} <= {"queued", "sending"}


@pytest.mark.parametrize("failure", DEFINITE)
def test_what_slack_does_not_take_is_posted_soon_after_it_takes_it_again(
    life: Life, slack: BadSlack, failure: str
) -> None:
    life.thank()
    life.prompt()
    slack.fail(failure, span=BAD_MINUTE, only=POSTING)

    life.go_on_for(BAD_MINUTE * 2)

    assert {life.state_of(key): slack.times(key) for key in ("kudos:1", "prompt:1")} == {"sent": 1}


def test_while_posting_fails_one_post_in_a_channel_is_left_in_doubt_and_the_others_wait(
    life: Life, slack: BadSlack
) -> None:
    slack.fail("500", span=9 * MINUTE, only=POSTING)

    for number in range(3):
        life.thank(f"UG{number}")
        life.go_on_for(MINUTE)
    life.go_on_for(10 * MINUTE)

    # The question about the first is what finds out, again and again, whether Slack works.
    assert [message.state for message in messages(life.database, MessageKind.KUDOS)] == ["unconfirmed", "sent", "sent"]
    assert sorted(key for _, key in slack.taken) == ["delivery-asked:1:1:UG0", "kudos:2", "kudos:3"]
