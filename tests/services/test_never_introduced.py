"""Whose introduction never came counts as not introduced, wherever it is asked who was."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session

from bot.domain.identity import Actor
from bot.domain.messages import MessageKind
from bot.domain.rounds import Standing
from bot.services.rounds.rounds import RoundService
from storage import communities
from storage.communities import Community
from storage.database import Database
from storage.outbox import outbox
from storage.outbox.outbox import NEVER_CAME, OutboxState
from storage.rounds import history, rounds
from storage.rounds.rounds import Lesson, Round, Seat
from tests.databases import on_sqlite
from tests.factories import MONDAY_8, actor, add_community, add_group, add_members, queue

# What differs between the two databases is not what is looked at here.
pytestmark = on_sqlite

LATER = MONDAY_8 + timedelta(days=8)
LONG_AGO = MONDAY_8 - timedelta(days=99)
NEXT = Round(
    workspace="T1", community_id=1, number=2, due_at=LATER, started_at=LATER, ends_at=LATER + timedelta(days=7), seed=1
)
# Everything that asks earlier rounds who was introduced.
QUESTIONS: dict[str, Callable[[Session, Community], object]] = {
    "this week": lambda s, _: history.list_introduced_since(s, "T1", LONG_AGO),
    "who met": lambda s, c: history.list_met(s, "T1", c.id),
    "who never said that they met": lambda s, c: history.list_unconfirmed(s, c, ["UA", "UB"], LONG_AGO),
    "who had a part": lambda s, c: history.list_last_numbers(s, "T1", c.id),
    "who taught": lambda s, c: history.list_teaching(s, "T1", c.id, 0),
    "how often": lambda s, _: rounds.count_taught(s, "T1", "UA", LONG_AGO),
    "who is silent": lambda s, c: history.list_silent(s, "T1", c.id, 0),
    "when they met": lambda s, _: history.find_last_meeting(s, NEXT, ["UA", "UB"]),
    "who sat with more": lambda s, c: history.count_larger(s, "T1", c.id),
    "the last rounds": lambda s, _: history.find_start_of_last(s, "T1", ["UA"], 1),
    "their guides": lambda s, _: history.list_recent_guides(s, "T1", LONG_AGO),
    "how many rounds": lambda s, _: history.count_rounds_before(s, NEXT),
    "when somebody sat": lambda s, _: history.list_last_seated(s, "T1", ["UA"]),
}


@pytest.fixture
def community(database: Database) -> Community:
    with database.write() as session:
        row = add_community(session)
        add_members(session, row, "UA", "UB")
        return row


def introduce(database: Database, state: OutboxState) -> None:
    """Form a group in which something of everything is known, and let its introduction be in a state."""
    with database.write() as session:
        group = add_group(session, communities.get_community(session, "T1", 1), "UA", "UB")
        session.add(Lesson(workspace="T1", group_id=group.id, teacher="UA", learner="UB", topic="pivot"))
        for number in (1, 2):
            session.get_one(Seat, number).in_larger = True
        queue(session, "intro:1", MessageKind.INTRODUCTION, channel_id="", people=("UA", "UB"), subject=group.id)
        row = outbox.find_message(session, "T1", "intro:1")
        assert row is not None
        row.state = state


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("state", OutboxState)
def test_no_question_about_earlier_rounds_counts_them(
    database: Database, community: Community, question: str, state: OutboxState
) -> None:
    ask = QUESTIONS[question]
    with database.read() as session:
        before = ask(session, community)

    introduce(database, state)

    with database.read() as session:
        after = ask(session, community)
    # Where it came, or may have, or is to come, they are counted: so the question is one that counts.
    assert (after or None) == (before or None) if state in NEVER_CAME else after != before


@pytest.mark.parametrize("state", OutboxState)
def test_neither_the_facilitator_nor_they_themselves_read_of_a_group(
    database: Database, community: Community, rounds: RoundService, state: OutboxState
) -> None:
    introduce(database, state)

    status = rounds.status(Actor(actor().tenant, "UF", "act"), community.channel_id, MONDAY_8)
    card = rounds.current(actor("UA"), MONDAY_8)

    is_told = state not in NEVER_CAME
    assert (status.groups, status.seated) == ((1, 2) if is_told else (0, 0))
    assert (card.standing, card.others) == ((Standing.SEATED, ("UB",)) if is_told else (Standing.ALONE, ()))
