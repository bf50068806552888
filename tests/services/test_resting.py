"""Whoever gives no sign for three rounds is introduced no more, is told so once, and comes back with one tap."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, SQLModel, select

from bot.domain.messages import MessageKind
from bot.errors import Problem, UserError
from bot.services.members import MemberService
from bot.services.resting import rest_the_silent
from storage import communities
from storage.check_ins import CheckIn
from storage.database import Database
from storage.members import Membership
from storage.offers import Topic
from storage.prompts import PromptPost, PromptTap
from storage.rounds import Group, Round, Seat
from tests.factories import MONDAY_8, actor, add_community, add_members, add_person, keys, let_in, profile, rows

WEEK = timedelta(weeks=1)
FOURTH = MONDAY_8 + 4 * WEEK


def add_round(session: Session, number: int, *user_ids: str, skipped: str = "") -> Group:
    """Add a round of a week, begun so many weeks after MONDAY_8, with one group of these people."""
    starts_at = MONDAY_8 + number * WEEK
    this_round = Round(
        workspace="T1",
        community_id=1,
        number=number,
        seed=1,
        skipped=skipped,
        due_at=starts_at,
        started_at=starts_at,
        ends_at=starts_at + WEEK,
    )
    session.add(this_round)
    session.flush()
    group = Group(workspace="T1", round_id=this_round.id, reason="new", guide_ids="first-hello", formed_at=starts_at)
    session.add(group)
    session.flush()
    for one in user_ids:
        session.add(Seat(workspace="T1", round_id=this_round.id, group_id=group.id, user_id=one, state="seated"))
    return group


@pytest.fixture(autouse=True)
def world(database: Database) -> None:
    """Three rounds that are over: UA and UB had a part in each, UC in the last two."""
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB", "UC")
        add_round(session, 1, "UA", "UB")
        add_round(session, 2, "UA", "UB", "UC")
        add_round(session, 3, "UA", "UB", "UC")


def resting(database: Database, now: datetime = FOURTH) -> list[str]:
    """Let the silent rest as the fourth round begins, or at another moment, and tell who does."""
    with database.write() as session:
        rest_the_silent(session, communities.get_community(session, "T1", 1), now)
    return [row.user_id for row in rows(database, Membership) if row.part == "resting"]


def test_three_silent_rounds_are_enough_and_two_are_not(database: Database) -> None:
    assert resting(database) == ["UA", "UB"]
    assert len(keys(database, MessageKind.RESTING)) == 2

    assert resting(database) == ["UA", "UB"]
    assert len(keys(database, MessageKind.RESTING)) == 2


@pytest.mark.parametrize(("pace", "numbers"), [(2, (1, 3, 5)), (4, (1, 5, 9))])
def test_whose_pace_leaves_rounds_out_rests_after_three_of_their_own(
    database: Database, pace: int, numbers: tuple[int, int, int]
) -> None:
    with database.write() as session:
        slow = add_person(session, "US")
        slow.pace = pace
        let_in(session, communities.get_community(session, "T1", 1), "US")
        for number in range(4, numbers[-1] + 1):
            add_round(session, number)
        starts = {row.number: row.id for row in session.exec(select(Round))}
        for number in numbers[:-1]:
            session.add(Seat(workspace="T1", round_id=starts[number], user_id="US", state="seated"))
    after = MONDAY_8 + (numbers[-1] + 1) * WEEK

    assert "US" not in resting(database, after)
    with database.write() as session:
        session.add(Seat(workspace="T1", round_id=starts[numbers[-1]], user_id="US", state="seated"))
    assert "US" in resting(database, after)


def test_whose_own_rounds_were_interrupted_does_not_rest(database: Database) -> None:
    with database.write() as session:
        # UA and UB paused for a round.
        add_round(session, 4, "UC")
        add_round(session, 5, "UA", "UB")

    assert "UA" not in resting(database, MONDAY_8 + 6 * WEEK)


SIGNS: dict[str, Callable[[], list[SQLModel]]] = {
    "an answer": lambda: [
        CheckIn(workspace="T1", group_id=1, user_id="UA", met="no", answered_at=MONDAY_8 + 2 * WEEK),
    ],
    "an offer": lambda: [
        Topic(workspace="T1", user_id="UA", kind="offer", topic="R", key="r", said_at=MONDAY_8 + 2 * WEEK),
    ],
}


@pytest.mark.parametrize("sign", SIGNS)
def test_any_sign_since_the_first_of_them_is_enough(database: Database, sign: str) -> None:
    with database.write() as session:
        session.add_all(SIGNS[sign]())

    assert resting(database) == ["UB"]


def test_a_tap_under_a_prompt_is_a_sign_and_one_before_these_rounds_is_none(database: Database) -> None:
    with database.write() as session:
        session.add(
            PromptPost(
                workspace="T1", community_id=1, prompt_id="x", cycle=1, due_at=MONDAY_8, posted_on=MONDAY_8.date()
            )
        )
        session.flush()
        for user_id, at in (("UA", MONDAY_8 + 3 * WEEK), ("UB", MONDAY_8)):
            session.add(PromptTap(workspace="T1", post_id=1, user_id=user_id, kind="did", tapped_at=at))

    assert resting(database) == ["UB"]


def test_where_a_group_found_a_time_all_of_it_gave_a_sign(database: Database) -> None:
    with database.write() as session:
        group = session.get(Group, 2)
        assert group is not None
        group.booked_at = MONDAY_8 + 2 * WEEK

    assert resting(database) == []


def test_nobody_rests_while_the_third_round_runs_and_a_skipped_one_does_not_count(database: Database) -> None:
    with database.write() as session:
        add_round(session, 4, skipped="away")
        rest_the_silent(session, communities.get_community(session, "T1", 1), FOURTH - timedelta(seconds=1))

    assert [row.part for row in rows(database, Membership)] == ["in"] * 3
    assert resting(database) == ["UA", "UB"]


def test_one_tap_brings_them_back_and_they_are_not_silent_at_once(database: Database, members: MemberService) -> None:
    resting(database)

    joined = members.join(actor("UA"), "C1", profile("UA"), FOURTH)

    assert joined.is_new
    assert resting(database) == ["UB"]


@pytest.mark.parametrize(("is_out", "part"), [(True, "out"), (False, "resting")])
def test_they_stay_out_or_are_introduced_only_when_they_ask(
    database: Database, members: MemberService, *, is_out: bool, part: str
) -> None:
    resting(database)

    members.rest(actor("UA"), "C1", FOURTH, is_out=is_out)

    assert rows(database, Membership)[0].part == part


def test_whoever_is_in_cannot_rest_by_an_old_button(members: MemberService) -> None:
    with pytest.raises(UserError) as refused:
        members.rest(actor("UC"), "C1", FOURTH, is_out=True)

    assert refused.value.trouble.problem is Problem.GONE
