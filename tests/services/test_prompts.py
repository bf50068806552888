"""The weekly prompt."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.errors import Problem, UserError
from bot.domain.messages import MessageKind, Posted
from bot.domain.prompts import PromptLibrary, TapKind
from bot.domain.schedule import DueKind
from bot.services.communities.prompts import PromptService
from storage import communities as tables
from storage.database import Database
from storage.due import Due
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.prompts import PromptPost, PromptTap
from storage.rounds.rounds import Round
from tests.databases import on_both
from tests.factories import (
    MONDAY_8,
    actor,
    add_community,
    add_members,
    contents,
    due_row,
    keys,
    let_in,
    messages,
    rows,
)
from tests.threads import at_once

TUESDAY_10 = datetime(2026, 11, 24, 9, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def test_a_prompt_is_posted_and_the_next_one_planned(
    database: Database, prompts: PromptService, library: PromptLibrary
) -> None:
    with database.write() as session:
        add_community(session)

    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10 + timedelta(seconds=3))

    (post,) = rows(database, PromptPost)
    assert (post.prompt_id, post.cycle, post.due_at, post.posted_on) == (
        *(library.warm_up[0], 1, TUESDAY_10, date(2026, 11, 24)),
    )
    (message,) = messages(database)
    assert (message.key, message.kind, message.subject, message.channel_id) == (
        *("prompt:1", MessageKind.PROMPT, post.id, "C1"),
    )
    assert message.not_after == TUESDAY_10 + timedelta(days=1, seconds=3)
    assert due_row(database, DueKind.PROMPT).due_at == TUESDAY_10 + WEEK
    assert due_row(database, DueKind.PROMPT_FOLLOW_UP).due_at == TUESDAY_10 + timedelta(days=2)


def test_a_prompt_is_posted_once_however_often_its_row_is_handled(database: Database, prompts: PromptService) -> None:
    with database.write() as session:
        add_community(session)
    row = due_row(database, DueKind.PROMPT)

    for _ in range(3):
        prompts.post(row, TUESDAY_10)

    assert keys(database) == ["prompt:1"]
    assert len(rows(database, PromptPost)) == 1


@on_both
def test_a_prompt_is_posted_once_by_two_threads(database: Database, prompts: PromptService) -> None:
    with database.write() as session:
        add_community(session)
    row = due_row(database, DueKind.PROMPT)

    at_once(2, lambda: prompts.post(row, TUESDAY_10))

    assert keys(database) == ["prompt:1"]
    assert len(rows(database, PromptPost)) == 1


@pytest.mark.parametrize(
    ("late", "posted"), [(timedelta(days=1), 1), (timedelta(days=1, seconds=1), 0), (timedelta(days=40), 0)]
)
def test_a_prompt_is_left_out_when_it_is_more_than_a_day_late(
    database: Database, prompts: PromptService, late: timedelta, posted: int
) -> None:
    with database.write() as session:
        add_community(session)

    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10 + late)

    assert len(messages(database)) == len(rows(database, PromptPost)) == posted
    next_at = due_row(database, DueKind.PROMPT).due_at
    assert TUESDAY_10 + late < next_at <= TUESDAY_10 + late + WEEK
    assert (next_at - TUESDAY_10) % WEEK == timedelta()


def test_a_sleeping_community_gets_no_prompt_and_keeps_its_rhythm(database: Database, prompts: PromptService) -> None:
    with database.write() as session:
        add_community(session, asleep_at=MONDAY_8)

    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10)

    assert messages(database) == []
    assert due_row(database, DueKind.PROMPT).due_at == TUESDAY_10 + WEEK


@pytest.mark.parametrize(
    ("taps", "late", "said"),
    [(1, timedelta(), 1), (0, timedelta(), 0), (1, timedelta(days=1, seconds=1), 0)],
)
def test_the_follow_up_comes_only_with_taps_and_in_time(
    database: Database,
    prompts: PromptService,
    taps: int,
    late: timedelta,
    said: int,
) -> None:
    with database.write() as session:
        add_community(session)
    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10)
    for _ in range(taps):
        prompts.tap(actor("UA"), 1, TapKind.ANSWER, TUESDAY_10)
    row = due_row(database, DueKind.PROMPT_FOLLOW_UP)

    for _ in range(2):
        prompts.follow_up(row, row.due_at + late)

    found = messages(database, MessageKind.PROMPT_FOLLOW_UP)
    assert [(one.key, one.replies_to, one.channel_id) for one in found] == [
        ("prompt-follow-up:1", "prompt:1", "C1")
    ] * said
    assert [one.kind for one in rows(database, Due)] == ["round", "prompt"]


def test_a_sleeping_community_gets_no_follow_up(database: Database, prompts: PromptService) -> None:
    with database.write() as session:
        add_community(session)
    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10)
    prompts.tap(actor("UA"), 1, TapKind.DID, TUESDAY_10)
    with database.write() as session:
        tables.get_community(session, "T1", 1).asleep_at = TUESDAY_10
    row = due_row(database, DueKind.PROMPT_FOLLOW_UP)

    prompts.follow_up(row, row.due_at)

    assert messages(database, MessageKind.PROMPT_FOLLOW_UP) == []


@on_both
def test_a_tap_counts_once_for_each_person_and_button(database: Database, prompts: PromptService) -> None:
    with database.write() as session:
        add_community(session)
    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10)

    counted = at_once(20, lambda: prompts.tap(actor("UA"), 1, TapKind.DID, TUESDAY_10))

    assert sorted(counted) == [False] * 19 + [True]
    assert prompts.tap(actor("UA"), 1, TapKind.USEFUL, TUESDAY_10)
    assert prompts.tap(actor("UB"), 1, TapKind.DID, TUESDAY_10)
    assert len(rows(database, PromptTap)) == 3


def test_many_taps_wait_for_one_edit_that_shows_the_newest(database: Database, prompts: PromptService) -> None:
    with database.write() as session:
        add_community(session)
    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10)
    for number in range(50):
        prompts.tap(actor(f"U{number}"), 1, TapKind.DID, TUESDAY_10)
    (edit,) = messages(database, MessageKind.PROMPT_EDIT)
    assert (edit.edits, edit.channel_id) == ("prompt:1", "C1")

    with database.write() as session:
        edit.state = OutboxState.SENT
        session.add(edit)
    prompts.tap(actor("UX"), 1, TapKind.DID, TUESDAY_10)

    assert len(messages(database, MessageKind.PROMPT_EDIT)) == 2


def set_state(database: Database, state: OutboxState, attempts: int = 0) -> None:
    with database.write() as session:
        row = outbox.find_message(session, "T1", "prompt:1")
        assert row is not None
        row.state, row.attempts = state, attempts
        session.add(row)


# One that is sent and has no place is one of which somebody said that it is there.
WITHOUT_A_PLACE = [OutboxState.SENDING, OutboxState.UNCONFIRMED, OutboxState.SENT]


# The last one waits to be posted once more.
@pytest.mark.parametrize("state", [*WITHOUT_A_PLACE, OutboxState.QUEUED])
def test_a_tap_proves_that_a_prompt_in_doubt_arrived_and_shows_where(
    database: Database, prompts: PromptService, state: OutboxState
) -> None:
    with database.write() as session:
        add_community(session)
    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10)
    set_state(database, state, attempts=1)

    prompts.tap(actor("UA"), 1, TapKind.DID, TUESDAY_10 + WEEK, Posted("C1", "7.0"))

    (prompt,) = messages(database, MessageKind.PROMPT)
    assert (prompt.state, prompt.channel_id, prompt.ts) == (OutboxState.SENT, "C1", "7.0")
    assert prompt.sent_at == TUESDAY_10 + WEEK


@pytest.mark.parametrize("state", sorted(set(OutboxState) - set(WITHOUT_A_PLACE)))
def test_a_tap_changes_nothing_about_any_other_prompt(
    database: Database, prompts: PromptService, state: OutboxState
) -> None:
    with database.write() as session:
        add_community(session)
    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10)
    set_state(database, state)

    prompts.tap(actor("UA"), 1, TapKind.DID, TUESDAY_10, Posted("C9", "7.0"))

    (prompt,) = messages(database, MessageKind.PROMPT)
    assert (prompt.state, prompt.channel_id, prompt.ts, prompt.sent_at) == (state, "C1", "", None)


def test_a_tap_does_not_move_a_prompt_whose_place_is_known(database: Database, prompts: PromptService) -> None:
    with database.write() as session:
        add_community(session)
    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10)
    for place in ("7.0", "8.0"):
        set_state(database, OutboxState.SENDING if place == "7.0" else OutboxState.SENT)
        prompts.tap(actor("UA"), 1, TapKind.DID, TUESDAY_10, Posted("C1", place))

    (prompt,) = messages(database, MessageKind.PROMPT)
    assert (prompt.state, prompt.ts) == (OutboxState.SENT, "7.0")


def test_who_taps_again_under_a_prompt_that_is_found_has_the_numbers_shown(
    database: Database, prompts: PromptService
) -> None:
    with database.write() as session:
        add_community(session)
    prompts.post(due_row(database, DueKind.PROMPT), TUESDAY_10)
    prompts.tap(actor("UA"), 1, TapKind.DID, TUESDAY_10)
    with database.write() as session:
        # What the courier does with an edit whose message it gave up.
        outbox.withdraw(session, "T1", "prompt-count:1:1")
    set_state(database, OutboxState.UNCONFIRMED)

    assert not prompts.tap(actor("UA"), 1, TapKind.DID, TUESDAY_10, Posted("C1", "7.0"))

    edits = messages(database, MessageKind.PROMPT_EDIT)
    assert [(edit.key, edit.state) for edit in edits if edit.state == OutboxState.QUEUED] == [
        ("prompt-count:1:found", OutboxState.QUEUED)
    ]


@on_both
def test_a_tap_on_what_is_not_there_is_refused_without_a_trace(database: Database, prompts: PromptService) -> None:
    before = contents(database)

    with pytest.raises(UserError) as refusal:
        prompts.tap(actor("UA"), 99, TapKind.DID, TUESDAY_10)

    assert refusal.value.trouble.problem == Problem.GONE
    assert contents(database) == before


def test_three_quiet_weeks_are_told_to_the_facilitators_once(database: Database, prompts: PromptService) -> None:
    with database.write() as session:
        add_community(session, facilitators=("UF", "UG"))
    told = []
    for _ in range(8):
        row = due_row(database, DueKind.PROMPT)
        prompts.post(row, row.due_at)
        told.append(len(messages(database, MessageKind.PROMPT_QUIET)))

    # With the fourth prompt three are known to have stayed quiet, with the seventh three more.
    assert told == [0, 0, 0, 2, 2, 2, 4, 4]
    assert messages(database, MessageKind.PROMPT_QUIET)[0].people == "UF"


def test_a_tap_ends_the_quiet_weeks(database: Database, prompts: PromptService) -> None:
    with database.write() as session:
        add_community(session)
    for _ in range(6):
        row = due_row(database, DueKind.PROMPT)
        prompts.post(row, row.due_at)
        if row.due_at == TUESDAY_10 + 2 * WEEK:
            prompts.tap(actor("UA"), 3, TapKind.USEFUL, row.due_at)

    assert messages(database, MessageKind.PROMPT_QUIET) == []


@pytest.mark.parametrize(("shared", "same"), [(4, True), (5, False)])
def test_two_communities_of_the_same_people_get_different_prompts_in_a_week(
    database: Database,
    prompts: PromptService,
    shared: int,
    same: bool,  # noqa: FBT001 - a case
) -> None:
    people = [f"U{number}" for number in range(shared)]
    with database.write() as session:
        add_members(session, add_community(session), *people)
        other = add_community(session, "C2")
        for user_id in people:
            let_in(session, other, user_id)

    for subject in (1, 2):
        prompts.post(due_row(database, DueKind.PROMPT, subject), TUESDAY_10)

    first, second = rows(database, PromptPost)
    assert (first.prompt_id == second.prompt_id) is same


def test_the_prompt_after_a_postponed_round_is_a_short_one(
    database: Database, prompts: PromptService, library: PromptLibrary
) -> None:
    with database.write() as session:
        add_community(session)
        session.add(
            Round(
                workspace="T1",
                community_id=1,
                number=1,
                due_at=MONDAY_8,
                started_at=MONDAY_8,
                ends_at=MONDAY_8 + WEEK,
                seed=1,
                skipped="away",
            )
        )
    for _ in range(30):
        row = due_row(database, DueKind.PROMPT)
        prompts.post(row, row.due_at)

    assert max(library.prompts[post.prompt_id].minutes for post in rows(database, PromptPost)) <= 5
