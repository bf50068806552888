"""What becomes of rows that carried the id of an organization before that of their workspace."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlmodel import Session, SQLModel, select

from bot.domain.messages import MessageKind
from bot.domain.requests import RequestState
from bot.domain.schedule import DueKind
from bot.services.operation.seals import Seals, SealService
from storage import communities, due, members, private_lists
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.members import Membership, Part, Person
from storage.outbox import outbox
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.privacy import answers, erasures
from storage.privacy.answers import AnswerCount
from storage.private_lists import PrivateList
from storage.prompts import PromptPost
from storage.requests import Request
from storage.rounds import history, rounds
from storage.rounds.rounds import Round
from tests.databases import each_on_both_at_length
from tests.factories import (
    KEY,
    MONDAY_8,
    VAULT,
    add_community,
    add_group,
    add_members,
    add_person,
    contents,
    let_in,
    open_request,
    queue,
    rows,
)
from tests.storage.test_migrating import filled_before
from tests.storage.test_workspaces import build

OLD, NEW = "T1", "E1:T1"
pytestmark = each_on_both_at_length

TUESDAY = MONDAY_8 + timedelta(days=1)
SAID = list(product([(Part.IN, 1), (Part.OUT, 3)], [(Part.IN, 2), (Part.RESTING, 2)]))
Fill = Callable[[Session], object]
Joined = Callable[[Fill], Database]


@pytest.fixture
def joined(empty_url: str) -> Iterator[Joined]:
    """Give a function that fills a database as it was before, and brings it up to date."""
    made: list[Database] = []

    def join(fill: Fill) -> Database:
        made.append(filled_before(empty_url, "0016", lambda session: seal_as_before(session, fill)))
        made[-1].migrate()
        return made[-1]

    yield join
    for database in made:
        database.close()


def seal_as_before(session: Session, fill: Fill) -> None:
    """Fill a database with private lists that are sealed in the way of then, for no place in particular."""
    fill(session)
    for row in session.exec(select(PrivateList)):
        row.sealed = Fernet(KEY).encrypt(VAULT.open(row.sealed, private_lists.place_of(row)).encode()).decode()


def workspaces(database: Database) -> dict[str, set[str]]:
    """The workspaces that each table knows."""
    with database.read() as session:
        return {
            table.name: set(session.connection().execute(select(table.columns["workspace"])).scalars())
            for table in SQLModel.metadata.sorted_tables
            if "workspace" in table.columns
        }


def without_seals(everything: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: [row[:2] for row in found] if name in ("privatelist", "roundinputs") else found
        for name, found in everything.items()
    }


def test_every_row_of_a_workspace_of_an_organization_becomes_the_workspaces_own(joined: Joined, tmp_path: Path) -> None:
    other = filled_before(
        f"sqlite:///{tmp_path / 'other.db'}",
        "0016",
        lambda session: seal_as_before(session, lambda _: build(session, OLD)),
    )
    other.migrate()

    moved = joined(lambda session: build(session, NEW))

    assert without_seals(contents(moved)) == without_seals(contents(other))
    other.close()
    with moved.read() as session:
        assert private_lists.list_blocked(session, VAULT, OLD, "UA") == ("UC",)


def test_another_workspace_of_the_organization_stays_another(joined: Joined) -> None:
    database = joined(lambda session: [build(session, workspace) for workspace in (NEW, "E1:T2", "T3")])

    assert set.union(*workspaces(database).values()) == {"T1", "T2", "T3"}


# In both orders, since which rows are the newer does not hang on their ids.
@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)], ids=["older first", "newer first"])
def test_two_of_everything_become_one_workspace(joined: Joined, order: tuple[str, str]) -> None:
    database = joined(lambda session: [build(session, workspace) for workspace in order])

    assert set.union(*workspaces(database).values()) == {OLD}
    counts = {name: len(found) for name, found in contents(database).items()}
    once = ("community", "facilitator", "membership", "person", "due", "topic", "privatelist", "seen", "last_error")
    assert {name: counts[name] for name in once} == {
        **dict.fromkeys(("community", "facilitator", "topic", "privatelist", "seen", "last_error"), 1),
        "membership": 2,
        "person": 3,
        "due": 2,
    }
    # What happened happened twice.
    twice = ("round", "pair_group", "introduced", "kudos", "promptpost", "goal", "checkin", "erasure", "learningnote")
    assert {name: counts[name] for name in twice} == {
        **dict.fromkeys(("round", "pair_group", "introduced", "kudos", "promptpost", "checkin", "erasure"), 2),
        "goal": 4,
        "learningnote": 2,
    }
    assert counts["outboxmessage"] == 12
    assert sorted(one.number for one in rows(database, Round)) == [1, 2]
    assert [one.state for one in rows(database, Request)].count(RequestState.OPEN) == 1
    queued = [row.key for row in rows(database, OutboxMessage) if row.state == OutboxState.QUEUED]
    assert sorted(queued) == ["a-key", "a-note", "an-edit"]


def test_what_people_said_last_of_themselves_holds_and_the_rest_stays(joined: Joined) -> None:
    def fill(session: Session) -> None:
        older, newer = (add_person(session, "UA", workspace=workspace) for workspace in (OLD, NEW))
        older.team, older.pace, older.days, older.language, older.is_language_chosen = "Sales", 2, "012", "de", True
        older.mentions_ok, older.onboarded_at = False, MONDAY_8
        newer.team, newer.zone, newer.pace = "Design", "Asia/Tokyo", 3

    (person,) = rows(joined(fill), Person)

    assert (person.workspace, person.team, person.zone, person.pace) == (OLD, "Design", "Asia/Tokyo", 3)
    assert (person.days, person.language, person.is_language_chosen) == ("012", "de", True)
    assert (person.mentions_ok, person.onboarded_at) == (False, MONDAY_8)


DECEMBER_1, DECEMBER_8 = date(2026, 12, 1), date(2026, 12, 8)
# Of each person: the older pause and the newer, the one that holds, and when its end is due.
PAUSES = {
    "UA": (DECEMBER_1, None, DECEMBER_1, MONDAY_8),
    "UB": (None, DECEMBER_8, DECEMBER_8, TUESDAY),
    "UC": (DECEMBER_1, DECEMBER_8, DECEMBER_8, TUESDAY),
    # Nothing ends a pause without an end.
    "UD": (DECEMBER_1, date.max, date.max, None),
    "UE": (date.max, None, date.max, None),
}


def test_a_pause_lasts_as_its_owner_said_last(joined: Joined) -> None:
    def fill(session: Session) -> None:
        for user_id, (older, newer, _, _) in PAUSES.items():
            for workspace, pause, moment in ((OLD, older, MONDAY_8), (NEW, newer, TUESDAY)):
                add_person(session, user_id, workspace=workspace, paused_until=pause)
                if pause not in {None, date.max}:
                    due.set_due(session, workspace, DueKind.PAUSE_OVER, user_id, moment)

    database = joined(fill)

    paused = {person.user_id: person.paused_until for person in rows(database, Person)}
    ends = {row.subject: row.due_at for row in rows(database, Due)}
    assert {user_id: (paused[user_id], ends.get(user_id)) for user_id in PAUSES} == {
        user_id: (until, end) for user_id, (_, _, until, end) in PAUSES.items()
    }


def test_the_last_word_decides_who_is_in(joined: Joined) -> None:
    said = {f"U{number}": words for number, words in enumerate(SAID)}

    def fill(session: Session) -> None:
        for column, workspace in enumerate((OLD, NEW)):
            community = add_community(session, workspace=workspace)
            for user_id, words in said.items():
                add_members(session, community, user_id)
                membership = members.find_membership(session, community, user_id)
                assert membership is not None
                part, day = words[column]
                membership.part, membership.changed_at = part, MONDAY_8 + timedelta(days=day)

    database = joined(fill)

    assert {one.user_id: one.part for one in rows(database, Membership)} == {
        user_id: max(words, key=lambda word: word[1])[0] for user_id, words in said.items()
    }


def test_private_lists_are_put_together_without_the_key_and_sealed_as_one_with_it(joined: Joined) -> None:
    def fill(session: Session) -> None:
        private_lists.set_blocked(session, VAULT, OLD, "UA", ["UB", "UC"])
        private_lists.set_blocked(session, VAULT, NEW, "UA", ["UD", "UB"])
        private_lists.set_blocked(session, VAULT, NEW, "UX", ["UB"])

    database = joined(fill)

    for _ in range(2):
        with database.read() as session:
            assert private_lists.list_blocked(session, VAULT, OLD, "UA") == ("UB", "UC", "UD")
            assert private_lists.list_blocked(session, VAULT, OLD, "UX") == ("UB",)
            assert set(private_lists.list_all_blocked(session, VAULT, OLD)) == {"UA", "UX"}
        assert SealService(database, VAULT).renew(OLD) == Seals((2,), 0, ())


def say_everything(session: Session, community: Community) -> None:
    """Queue what a community says of itself: its prompt, its card, and a welcome."""
    workspace = community.workspace
    post = PromptPost(
        workspace=workspace,
        community_id=community.id,
        prompt_id="P",
        cycle=1,
        due_at=MONDAY_8,
        posted_on=MONDAY_8.date(),
    )
    session.add(post)
    session.flush()
    queue(session, f"prompt:{post.id}", MessageKind.PROMPT, subject=post.id, workspace=workspace)
    queue(session, f"community:{community.id}", MessageKind.COMMUNITY_INTRO, subject=community.id, workspace=workspace)
    queue(
        session,
        "onboarding:UM",
        MessageKind.ONBOARDING,
        subject=community.id,
        workspace=workspace,
        channel_id="",
        people=["UM"],
    )


def test_a_community_is_as_it_was_set_up_last_with_the_history_of_both(joined: Joined) -> None:
    def fill(session: Session) -> None:
        older = add_community(session, workspace=OLD, facilitators=("UF", "UX"))
        newer = add_community(session, workspace=NEW, zone="Asia/Tokyo", facilitators=("UF", "UY"))
        other = add_community(session, "C2", workspace=OLD)
        newer.purpose, newer.created_at = "Presenting, together", TUESDAY
        for community in (older, newer, other):
            let_in(session, community, "UM")
        for number in (1, 2, 3):
            group = add_group(session, older, "UA", "UB", number=number)
            its_round = rounds.get_round(session, OLD, group.round_id)
            its_round.due_at = its_round.started_at = MONDAY_8 + timedelta(weeks=number)
        group = add_group(session, newer, "UA", "UC", number=1)
        its_round = rounds.get_round(session, NEW, group.round_id)
        # Both were due on the second Monday.
        its_round.due_at = MONDAY_8 + timedelta(weeks=2)
        its_round.started_at = its_round.due_at + timedelta(minutes=1)
        for community in (older, newer):
            say_everything(session, community)

    database = joined(fill)

    with database.read() as session:
        community = communities.find_community_of_channel(session, OLD, "C1")
        assert community is not None
        assert (community.purpose, community.zone, community.created_at) == (
            *("Presenting, together", "Asia/Tokyo"),
            MONDAY_8,
        )
        assert set(communities.list_facilitators(session, community)) == {"UF", "UY"}
        assert history.list_met(session, OLD, community.id) == {
            frozenset({"UA", "UB"}): 4,
            frozenset({"UA", "UC"}): 3,
        }
        for kind in (DueKind.ROUND, DueKind.PROMPT):
            planned = [row.subject for row in session.exec(select(Due).where(Due.kind == kind, Due.subject != "3"))]
            assert planned == [str(community.id)]
        states = {(row.kind, row.state) for row in session.exec(select(OutboxMessage).where(OutboxMessage.id <= 3))}
        assert states == {
            *((kind, "dropped") for kind in ("prompt", "community.intro", "member.onboarding")),
        }
        onboarding = outbox.find_message(session, OLD, "onboarding:UM")
        assert onboarding is not None
        assert (onboarding.state, onboarding.subject) == ("queued", community.id)
        assert len(session.exec(select(PromptPost).where(PromptPost.community_id == community.id)).all()) == 2
    assert [one.channel_id for one in rows(database, Community)] == ["C1", "C2"]


@pytest.mark.parametrize("came_back", [False, True])
def test_a_person_who_was_erased_since_is_erased_from_the_older_rows_too(joined: Joined, came_back: bool) -> None:  # noqa: FBT001 - a case
    def fill(session: Session) -> None:
        for user_id in ("UA", "UB"):
            add_person(session, user_id, workspace=OLD)
        erasures.add_erasure(session, NEW, "UA", "asked", TUESDAY)
        erasures.add_erasure(session, NEW, "UC", "asked", TUESDAY)
        if came_back:
            add_person(session, "UA", workspace=NEW)

    database = joined(fill)

    planned = [(row.workspace, row.kind, row.subject, row.due_at) for row in rows(database, Due)]
    assert planned == ([] if came_back else [(OLD, DueKind.ERASE, "UA", TUESDAY)])


def test_what_was_counted_twice_is_added_up(joined: Joined) -> None:
    month, question = date(2026, 11, 1), "checkin.met"

    def fill(session: Session) -> None:
        for workspace, count in ((OLD, 3), (NEW, 4)):
            answers.add_counts(session, workspace, {(month, question, "yes"): count, (month, question, workspace): 1})

    database = joined(fill)

    assert [(row.answer, row.count) for row in rows(database, AnswerCount) if row.answer == "yes"] == [("yes", 7)]
    assert len(rows(database, AnswerCount)) == 3


def test_the_newer_of_two_open_requests_waits_for_its_answer(joined: Joined) -> None:
    def fill(session: Session) -> None:
        for workspace, asker, asked in ((OLD, "UA", "UB"), (NEW, "UB", "UA")):
            request = open_request(asker, asked, workspace=workspace)
            session.add(request)
            session.flush()
            due.set_due(session, workspace, DueKind.REQUEST_OVER, str(request.id), TUESDAY)

    database = joined(fill)

    assert [(one.asker, one.state) for one in rows(database, Request)] == [("UA", "taken_back"), ("UB", "open")]
    assert [row.subject for row in rows(database, Due)] == ["2"]


def test_an_edit_of_the_older_message_stays_with_it(joined: Joined) -> None:
    def fill(session: Session) -> None:
        for workspace in (OLD, NEW):
            queue(session, "kudos:1", MessageKind.KUDOS, workspace=workspace)
            queue(session, "kudos-changed:1", MessageKind.KUDOS_EDIT, workspace=workspace, edits="kudos:1")
        sent = outbox.find_message(session, OLD, "kudos:1")
        assert sent is not None
        sent.state, sent.ts = OutboxState.SENT, "1.0"

    database = joined(fill)

    found = {row.id: (row.key, row.state, row.edits) for row in rows(database, OutboxMessage)}
    assert found == {
        1: ("kudos:1:1", "sent", ""),
        2: ("kudos-changed:1:2", "dropped", "kudos:1:1"),
        3: ("kudos:1", "queued", ""),
        4: ("kudos-changed:1", "queued", "kudos:1"),
    }
