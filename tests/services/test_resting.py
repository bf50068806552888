"""People who leave question after question without an answer are introduced no more, and come back with one tap."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, SQLModel, select

from bot.domain.errors import Problem, UserError
from bot.domain.messages import MessageKind
from bot.domain.offers import TopicKind
from bot.domain.prompts import TapKind
from bot.domain.rounds import Met
from bot.services.members.members import MemberService
from bot.services.rounds.inactivity import list_silent, rest_the_silent
from storage import communities
from storage import members as people
from storage.activity import LastAct
from storage.database import Database
from storage.goals import Goal, GoalCheck
from storage.members import Membership, Person
from storage.offers import Topic
from storage.outbox import pings
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.prompts import PromptPost, PromptTap
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Group, Round, Seat, SeatState
from storage.suggestions import Suggestion
from tests.factories import (
    MONDAY_8,
    actor,
    add_community,
    add_members,
    keys,
    profile,
    queue,
    rows,
)

WEEK = timedelta(weeks=1)
NOTE = timedelta(days=3, hours=6)
# After three rounds with a question each, of which the third came as late as one a month does.
ASKED_IN = (1, 2, 6)
EIGHTH = MONDAY_8 + 8 * WEEK


def add_round(session: Session, number: int, *user_ids: str) -> Group:
    """Add a round of a week, begun so many weeks after MONDAY_8, with one group of these people."""
    starts_at = MONDAY_8 + number * WEEK
    this_round = Round(
        workspace="T1",
        community_id=1,
        number=number,
        seed=1,
        due_at=starts_at,
        started_at=starts_at,
        ends_at=starts_at + WEEK,
    )
    session.add(this_round)
    session.flush()
    group = Group(workspace="T1", round_id=this_round.id, reason="new", guide_ids=("first-hello",), formed_at=starts_at)
    session.add(group)
    session.flush()
    for one in user_ids:
        session.add(
            Seat(workspace="T1", round_id=this_round.id, group_id=group.id, user_id=one, state=SeatState.SEATED)
        )
    session.flush()
    return group


def ask(session: Session, number: int, *user_ids: str, state: OutboxState = OutboxState.SENT) -> None:
    """Send people the weekly note of the Thursday of a round."""
    at = MONDAY_8 + number * WEEK + NOTE
    for user_id in user_ids:
        queue(session, f"note:{user_id}:{number}", MessageKind.WEEKLY_NOTE, subject=0, channel_id="", people=[user_id])
        note = people_note(session, f"note:{user_id}:{number}")
        note.state = state
        pings.add_pings(session, note, people.list_people(session, "T1", [user_id]), at)


def people_note(session: Session, key: str) -> OutboxMessage:
    return next(row for row in session.exec(select(OutboxMessage)) if row.key == key)


@pytest.fixture(autouse=True)
def world(database: Database) -> None:
    """Seven rounds in which UA and UB were introduced, and in three of which a question came to each of them."""
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB", "UC", "UD")
        for number in range(1, 8):
            add_round(session, number, "UA", "UB")
        for number in ASKED_IN:
            ask(session, number, "UA", "UB")


def resting(database: Database, now: datetime = EIGHTH) -> list[str]:
    """Let the silent rest as a round begins, and tell who does."""
    with database.write() as session:
        community = communities.get_community(session, "T1", 1)
        rest_the_silent(session, community, list_silent(session, community, now), now)
    return [row.user_id for row in rows(database, Membership) if row.part == "resting"]


def test_three_questions_over_six_weeks_are_enough_and_are_told_once(database: Database) -> None:
    assert resting(database) == ["UA", "UB"]
    assert len(keys(database, MessageKind.RESTING)) == 2

    assert resting(database) == ["UA", "UB"]
    assert len(keys(database, MessageKind.RESTING)) == 2


def test_nobody_rests_before_six_weeks_have_passed_since_the_first_question(database: Database) -> None:
    first = MONDAY_8 + WEEK + NOTE

    assert resting(database, first + 6 * WEEK - timedelta(seconds=1)) == []
    assert resting(database, first + 6 * WEEK) == ["UA", "UB"]


@pytest.mark.parametrize("state", [OutboxState.FAILED, OutboxState.DROPPED, OutboxState.UNCONFIRMED])
def test_a_question_that_did_not_come_or_may_not_have_does_not_count(database: Database, state: OutboxState) -> None:
    with database.write() as session:
        people_note(session, "note:UA:2").state = state

    assert resting(database) == ["UB"]


def test_a_note_that_asks_about_no_meeting_does_not_count(database: Database) -> None:
    with database.write() as session:
        # UA could not come that week, so the note was about a goal.
        seat = next(row for row in session.exec(select(Seat)) if (row.round_id, row.user_id) == (2, "UA"))
        seat.state = SeatState.OUT

    assert resting(database) == ["UB"]


def test_people_who_are_introduced_week_after_week_without_being_asked_do_not_rest(database: Database) -> None:
    with database.write() as session:
        for number in range(8, 12):
            add_round(session, number, "UC", "UD")
        ask(session, 8, "UC", "UD")
        ask(session, 9, "UC", "UD")

    assert resting(database, MONDAY_8 + 12 * WEEK) == ["UA", "UB"]


def test_a_partners_yes_is_one_for_all_of_the_group(database: Database) -> None:
    with database.write() as session:
        session.add(CheckIn(workspace="T1", group_id=7, user_id="UB", met=Met.YES, answered_at=EIGHTH - WEEK + NOTE))

    assert resting(database) == []
    # No other question came since.
    assert resting(database, MONDAY_8 + 12 * WEEK) == []


def test_a_question_about_a_group_that_has_met_by_a_partners_word_does_not_count(
    database: Database,
) -> None:
    with database.write() as session:
        # Before UA's own note came.
        session.add(
            CheckIn(workspace="T1", group_id=1, user_id="UB", met=Met.YES, answered_at=MONDAY_8 + WEEK + NOTE / 2)
        )

    assert resting(database) == []


def test_a_partners_no_is_no_sign_of_the_others(database: Database) -> None:
    with database.write() as session:
        session.add(CheckIn(workspace="T1", group_id=6, user_id="UB", met=Met.NO, answered_at=EIGHTH - WEEK))

    assert resting(database) == ["UA"]


def test_where_a_group_found_a_time_all_of_it_gave_a_sign(database: Database) -> None:
    with database.write() as session:
        session.get_one(Group, 5).booked_at = MONDAY_8 + 5 * WEEK

    assert resting(database) == []


@pytest.mark.parametrize("column", ["paused_until", "away_until"])
def test_nobody_rests_who_is_paused_or_away(database: Database, column: str) -> None:
    until = {"paused_until": date(2027, 3, 1), "away_until": EIGHTH + WEEK}
    with database.write() as session:
        setattr(session.get_one(Person, ("T1", "UA")), column, until[column])

    assert resting(database) == ["UB"]


THEN = MONDAY_8 + 2 * WEEK
SIGNS: dict[str, Callable[[], Sequence[SQLModel]]] = {
    "an answer": lambda: [CheckIn(workspace="T1", group_id=1, user_id="UA", met=Met.NO, answered_at=THEN)],
    "an offer": lambda: [Topic(workspace="T1", user_id="UA", kind=TopicKind.OFFER, topic="R", key="r", said_at=THEN)],
    "a suggestion": lambda: [Suggestion(workspace="T1", community_id=1, author="UA", proposal="-", made_at=THEN)],
    "a goal check": lambda: [
        Goal(
            id=1,
            workspace="T1",
            owner="UA",
            title="-",
            evidence="-",
            due_on=date(2027, 1, 1),
            plan="",
            why="",
            set_at=MONDAY_8,
        ),
        GoalCheck(workspace="T1", goal_id=1, asked_on=date(2026, 12, 1), answer="moved", answered_at=THEN),
    ],
    "whatever else": lambda: [LastAct(workspace="T1", user_id="UA", acted_at=THEN)],
}


@pytest.mark.parametrize("sign", SIGNS)
def test_any_sign_since_the_first_of_them_is_enough(database: Database, sign: str) -> None:
    with database.write() as session:
        for row in SIGNS[sign]():
            session.add(row)
            session.flush()

    assert resting(database) == ["UB"]


def test_a_tap_under_a_prompt_is_a_sign_and_one_before_these_questions_is_none(database: Database) -> None:
    with database.write() as session:
        session.add(
            PromptPost(
                workspace="T1", community_id=1, prompt_id="x", cycle=1, due_at=MONDAY_8, posted_on=MONDAY_8.date()
            )
        )
        session.flush()
        for user_id, at in (("UA", MONDAY_8 + 3 * WEEK), ("UB", MONDAY_8)):
            session.add(PromptTap(workspace="T1", post_id=1, user_id=user_id, kind=TapKind.DID, tapped_at=at))

    assert resting(database) == ["UB"]


def test_one_tap_brings_them_back_and_they_are_not_silent_at_once(database: Database, members: MemberService) -> None:
    resting(database)

    joined = members.join(actor("UA"), "C1", profile("UA"), EIGHTH)

    assert joined.is_new
    assert resting(database) == ["UB"]


@pytest.mark.parametrize(("is_out", "part"), [(True, "out"), (False, "resting")])
def test_they_stay_out_or_are_introduced_only_when_they_ask(
    database: Database, members: MemberService, *, is_out: bool, part: str
) -> None:
    resting(database)

    members.rest(actor("UA"), "C1", EIGHTH, is_out=is_out)

    assert rows(database, Membership)[0].part == part


def test_whoever_is_in_cannot_rest_by_an_old_button(members: MemberService) -> None:
    with pytest.raises(UserError) as refused:
        members.rest(actor("UD"), "C1", EIGHTH, is_out=True)

    assert refused.value.trouble.problem is Problem.GONE
