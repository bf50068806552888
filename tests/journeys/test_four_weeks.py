"""Four weeks in a channel of 25 people, played against the real bot over a real WebSocket."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from playground.client import Json, RunningWorkspace
from tests.databases import new_database
from tests.journeys.stage import ProcessStage, Stage, ThreadStage, in_utc

MONDAY_BEFORE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FIRST_MONDAY = date(2026, 11, 30)
PURPOSE = "Getting better at planning, together."
HOST, LEAVER, PAUSER, THANKER, LATECOMER = "U0JONAS", "U0SAM", "U0MEI", "U0AMARA", "U0LEE"


class FourWeeks:
    """The play: who does what when, and what was seen of it."""

    def __init__(self, stage: Stage, *, restarts: bool) -> None:
        self.stage = stage
        self.client = stage.client
        self.restarts = restarts
        self.learning = stage.client.channel("learning")
        self.people = [person["id"] for person in stage.client.people() if not person["is_restricted"]]
        assert len(self.people) == 25

    def play(self) -> None:
        self.switch_on()
        for person in self.people:
            if person != LATECOMER:
                self.count_in(person)
        for week in range(4):
            self.week(FIRST_MONDAY + timedelta(weeks=week), week)

    def switch_on(self) -> None:
        self.client.invite(HOST, self.learning)
        greeting = self.client.wait_for_message(HOST, self.learning, "I'm here")
        assert greeting["ephemeral"]
        self.client.click_text(HOST, self.learning, greeting["ts"], "Set this channel up")
        self.client.wait_for(lambda: self.client.views(HOST))
        assert self.client.submit(HOST, {"purpose": {"value": PURPOSE}})["closed"]
        self.stage.settle()

    def count_in(self, person: str) -> Json:
        intro = self.client.wait_for_message(person, self.learning, "This channel is now a learning community")
        return self.stage.reply_to(
            person,
            self.learning,
            lambda: self.client.click(person, "community.join", channel=self.learning, ts=intro["ts"]),
        )

    def week(self, monday: date, number: int) -> None:
        if number == 1:
            assert "You're in" in self.count_in(LATECOMER)["text"]
        if number == 2:
            reply = self.stage.type(LEAVER, self.learning, "/learn", "leave")
            assert reply["text"].startswith("*Done.")
        if number == 3:
            reply = self.stage.type(PAUSER, self.learning, "/learn", "pause 3w")
            assert "Quiet until" in reply["text"]
        self.stage.go_to(at(monday, 7, 5))
        if self.restarts:
            # The round is formed, and no introduction has gone out: the worst moment to go away.
            self.stage.restart_bot()
        for hour in range(8, 22):
            self.stage.go_to(at(monday, hour, 31))
        self.tuesday(monday + timedelta(days=1))
        if self.restarts:
            self.stage.go_to(at(monday + timedelta(days=2), 12))
            self.stage.restart_bot()
        if number == 0:
            self.thank_and_set_goal()
        self.thursday(monday + timedelta(days=3))
        if number == 3:
            reply = self.stage.type(THANKER, self.learning, "/learn", "done")
            assert reply["text"].startswith("*Done: run a retro on my own.*")

    def tuesday(self, day: date) -> None:
        self.stage.go_to(at(day, 9, 1))
        prompt = self.client.wait_for_message(HOST, self.learning, "This week")
        for person in self.people[:4]:
            self.stage.reply_to(
                person,
                self.learning,
                lambda who=person: self.client.click(who, "prompt.tap:did", channel=self.learning, ts=prompt["ts"]),  # type: ignore[misc]
            )
        self.stage.settle()
        labels = [label for label in button_labels(self.message_at(prompt["ts"])) if label.startswith("I did it")]
        assert labels == ["I did it · 4"]

    def thursday(self, day: date) -> None:
        self.stage.go_to(at(day, 9, 2))
        for hour in range(10, 22):
            self.stage.go_to(at(day, hour, 3))
        for person in self.people[::3]:
            self.answer_check_in(person)

    def answer_check_in(self, person: str) -> None:
        chat = self.client.dm(person, "U0BOT")
        notes = [note for note in self.client.messages(person, chat) if note["text"].startswith("*Did you")]
        if not notes or notes[-1]["edited"]:
            return
        self.client.click_text(person, chat, notes[-1]["ts"], "Yes")
        self.client.wait_for(lambda: self.edited(person, chat, notes[-1]["ts"]))

    def thank_and_set_goal(self) -> None:
        words = "@lee walked me through the migration twice, so that I could do the second one alone #patience"
        self.stage.thank(THANKER, self.learning, words)
        self.client.command(THANKER, self.learning, "/goal", "run a retro on my own")
        self.client.wait_for(lambda: self.client.views(THANKER))
        closed = self.client.submit(THANKER, {"evidence": {"value": "I do it alone once"}})
        assert closed["closed"]
        self.stage.settle()

    def edited(self, person: str, channel: str, ts: str) -> bool:
        return any(one["ts"] == ts and one["edited"] for one in self.client.messages(person, channel))

    def message_at(self, ts: str) -> Json:
        return next(one for one in self.client.messages(HOST, self.learning) if one["ts"] == ts)

    def seen(self, person: str) -> list[str]:
        """Everything the bot said to a person in direct and group messages, in order."""
        conversations = [
            one for one in self.client.state(person)["conversations"] if one["kind"] in {"mpim", "im", "app"}
        ]
        messages = [message for one in conversations for message in self.client.messages(person, one["id"])]
        return [one["text"] for one in sorted(messages, key=lambda one: float(one["ts"])) if one["bot"]]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def button_labels(message: Json) -> list[str]:
    return [
        element["text"]["text"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
    ]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("sqlite, without a pause", marks=pytest.mark.slow),
        pytest.param("postgresql, a process of its own, restarted each week", marks=pytest.mark.slow),
    ],
)
def played(
    request: pytest.FixtureRequest, workspace_process: RunningWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FourWeeks]:
    kind, _, how = request.param.partition(", ")
    restarts = "restarted" in how
    folder = tmp_path_factory.mktemp("four-weeks")
    with new_database(request, kind, folder) as database_url:
        stage: Stage = (
            ProcessStage(folder, MONDAY_BEFORE, database_url)
            if restarts
            else ThreadStage(workspace_process, folder, MONDAY_BEFORE, database_url)
        )
        try:
            play = FourWeeks(stage, restarts=restarts)
            play.play()
            yield play
        finally:
            stage.close()


def test_everybody_who_is_in_is_introduced_once_a_round(played: FourWeeks) -> None:
    rounds = played.stage.rows("select id, number, skipped from round order by number")
    assert [(number, skipped) for _, number, skipped in rounds] == [(1, ""), (2, ""), (3, ""), (4, "")]
    expected = [
        set(played.people) - {LATECOMER},
        set(played.people),
        set(played.people) - {LEAVER},
        set(played.people) - {LEAVER, PAUSER},
    ]
    for (round_id, _, _), everybody in zip(rounds, expected, strict=True):
        seats = played.stage.rows("select user_id from seat where round_id = ? and group_id is not null", round_id)
        assert Counter(user for (user,) in seats) == Counter(everybody)


def test_no_two_people_are_introduced_twice(played: FourWeeks) -> None:
    pairs = Counter(played.stage.rows("select user_a, user_b from introduced"))

    assert len(pairs) >= 4 * 12
    assert set(pairs.values()) == {1}


def test_an_odd_round_has_one_group_of_three(played: FourWeeks) -> None:
    sizes = played.stage.rows(
        """
        select round.number, count(*) from seat join round on round.id = seat.round_id
        where in_larger group by round.number order by round.number
        """
    )

    # 25 people in the second round, 23 in the fourth.
    assert sizes == [(2, 3), (4, 3)]


def test_each_person_saw_the_introductions_that_the_database_says(played: FourWeeks) -> None:
    for person in played.people:
        groups = played.stage.rows(
            "select group_id from seat where user_id = ? and group_id is not null order by round_id", person
        )
        introductions = [text for text in played.seen(person) if "*Why you " in text]
        assert len(introductions) == len(groups)
        for (group_id,), text in zip(groups, introductions, strict=True):
            members = played.stage.rows("select user_id from seat where group_id = ?", group_id)
            assert all(f"<@{member}>" in text.splitlines()[0] for (member,) in members)
            # Nobody meets anybody again in these weeks.
            (why,) = (line for line in text.splitlines() if line.startswith("*Why you "))
            assert "ago" not in why


def test_each_person_was_asked_once_a_round_whether_they_met_until_two_were_left_unanswered(
    played: FourWeeks,
) -> None:
    for person in played.people:
        ((rounds,),) = played.stage.rows("select count(*) from seat where user_id = ? and group_id is not null", person)
        seen = played.seen(person)
        asked = [text for text in seen if text.startswith(("*Did you", "*Good.*"))]
        assert len(asked) == (rounds if person in played.people[::3] else min(rounds, 2))


def test_answers_stand_in_the_database(played: FourWeeks) -> None:
    answers = played.stage.rows("select user_id, group_id, met from checkin")

    assert len(answers) == len(set(answers)) > 20
    assert {met for _, _, met in answers} == {"yes"}
    assert {user for user, _, _ in answers} <= set(played.people[::3])


def test_nobody_got_more_than_three_messages_a_week(played: FourWeeks) -> None:
    pings = played.stage.rows("select people, sent_at from outboxmessage where is_ping and state = 'sent'")
    per_week = Counter(
        (person, in_utc(sent_at).isocalendar()[:2]) for people, sent_at in pings for person in people.split()
    )

    assert max(per_week.values()) <= 3


def test_the_channel_saw_one_prompt_a_week_and_one_follow_up_each(played: FourWeeks) -> None:
    texts = [one["text"] for one in played.client.messages(HOST, played.learning) if one["bot"]]
    prompts = [text for text in texts if text.startswith("*This week")]
    follow_ups = played.stage.rows(
        "select state, count(*) from outboxmessage where kind = 'prompt.follow_up' group by 1"
    )

    assert len(prompts) == len(set(prompts)) == 4
    assert follow_ups == [("sent", 4)]


def test_the_thanks_stand_in_the_channel_once(played: FourWeeks) -> None:
    texts = [one["text"] for one in played.client.messages(LATECOMER, played.learning)]
    thanks = [text for text in texts if text.startswith(f"*<@{THANKER}> thanks <@{LATECOMER}>")]

    deed = "“walked me through the migration twice, so that I could do the second one alone”"
    assert thanks == [f"*<@{THANKER}> thanks <@{LATECOMER}> · #patience*\n{deed}"]
    assert played.stage.rows("select giver, tag from kudos") == [(THANKER, "patience")]


def test_the_goal_is_done_and_was_seen_by_its_owner_alone(played: FourWeeks) -> None:
    assert played.stage.rows("select owner, done_at is not null from goal") == [(THANKER, 1)]
    for person in played.people:
        everything = played.seen(person) + [one["text"] for one in played.client.messages(person, played.learning)]
        mentions_goal = any("run a retro on my own" in text for text in everything)
        assert mentions_goal == (person == THANKER)


def test_who_left_and_who_paused_heard_nothing_more(played: FourWeeks) -> None:
    for person, last_round in ((LEAVER, 2), (PAUSER, 3)):
        rounds = played.stage.rows(
            "select max(number) from seat join round on round.id = seat.round_id where user_id = ?", person
        )
        assert rounds == [(last_round,)]
        late = played.stage.rows(
            "select kind from outboxmessage where people like ? and state = 'sent' and sent_at >= ?",
            f"%{person}%",
            (FIRST_MONDAY + timedelta(weeks=3)).isoformat(),
        )
        assert late == []


def test_nothing_failed_and_nothing_is_left_over(played: FourWeeks) -> None:
    states = dict(played.stage.rows("select state, count(*) from outboxmessage group by 1"))

    assert set(states) <= {"sent", "dropped", "queued"}
    assert not [line for line in played.stage.log().splitlines() if " ERROR " in line or "Traceback" in line]


def test_nothing_broke_a_rule_of_slacks(played: FourWeeks) -> None:
    assert played.stage.client.violations() == []
