"""No query shows or touches a row of another workspace: a table over every function that asks."""

import inspect
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pkgutil import ModuleInfo, walk_packages
from typing import Any

import pytest
from sqlmodel import Session, select

import storage
from bot.domain.goals import Visibility
from bot.domain.identity import Actor, Tenant
from bot.domain.messages import MessageKind, Posted
from bot.domain.offers import TopicKind
from bot.domain.pacing import SLACK_PACE, Method
from bot.domain.prompts import TapKind
from bot.domain.requests import RequestState
from bot.domain.rounds import Met
from bot.domain.schedule import DueKind
from bot.domain.uses import Source, Used
from storage import (
    activity,
    bulk,
    communities,
    due,
    goals,
    kudos,
    members,
    nightly_looks,
    notes,
    offers,
    private_lists,
    processes,
    prompts,
    requests,
    seen,
    suggestions,
    uses,
)
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.goals import Goal, GoalCheck
from storage.kudos import Kudos, KudosMeToo, KudosPost, KudosReceiver
from storage.notes import LearningNote
from storage.offers import Topic
from storage.outbox import clock_jumps, outbox, pings, sending, slack_waits
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.outbox.sending import Sendable
from storage.privacy import ageing, answers, erasing, erasures, last_signs, tracing
from storage.privacy.vault import Place
from storage.prompts import PromptPost, PromptTap
from storage.requests import Request
from storage.rounds import check_ins, gatherings, history, rounds, unfinished
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Group, Lesson, Round, RoundInputs, Seat
from storage.suggestions import Suggestion
from storage.uses import UseCheck
from tests.databases import each_on_both_at_length
from tests.factories import (
    MONDAY_8,
    VAULT,
    add_community,
    add_draft,
    add_group,
    add_members,
    add_person,
    contents,
    open_request,
    queue,
)
from tests.loops import for_each

pytestmark = each_on_both_at_length

LATER = MONDAY_8 + timedelta(days=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR = datetime(2040, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """One workspace in which there is one of everything, with the ids of the same people in each."""

    key: str
    message: OutboxMessage
    community: Community
    group: Group
    its_round: Round
    goal: Goal
    goal_check: GoalCheck
    kudos: Kudos
    post: PromptPost
    check_in: CheckIn
    topic: Topic
    request: Request
    note: LearningNote
    use: UseCheck
    suggestion: Suggestion

    @property
    def owner(self) -> Actor:
        return Actor(Tenant(self.key), "UA", "act")


def waiting(workspace: str) -> Mapping[str, object]:
    return outbox.queued(workspace, "another-key", MessageKind.WEEKLY_NOTE, subject=0, people=("UA",), now=MONDAY_8)


def build(session: Session, workspace: str) -> World:
    community = add_community(session, "C1", workspace=workspace)
    add_members(session, community, "UA", "UB")
    group = add_group(session, community, "UA", "UB")
    goal = Goal(
        workspace=workspace,
        owner="UA",
        title="t",
        evidence="e",
        due_on=date(2027, 1, 4),
        plan="",
        why="",
        set_at=MONDAY_8,
        visibility=Visibility.COMMUNITY,
        witness="UB",
    )
    thanks = Kudos(
        workspace=workspace,
        community_id=community.id,
        giver="UA",
        deed="d",
        effect="",
        tag=None,
        given_at=MONDAY_8,
    )
    post = PromptPost(
        workspace=workspace,
        community_id=community.id,
        prompt_id="P",
        cycle=1,
        due_at=MONDAY_8,
        posted_on=date(2026, 11, 23),
    )
    check_in = CheckIn(workspace=workspace, group_id=group.id, user_id="UA", met=Met.SKIP, answered_at=MONDAY_8)
    check_in.takeaway = "Ask earlier"
    topic = Topic(workspace=workspace, user_id="UA", kind=TopicKind.OFFER, topic="SQL", key="sql", said_at=MONDAY_8)
    lesson = Lesson(workspace=workspace, group_id=group.id, teacher="UA", learner="UB", topic="sql")
    request = open_request("UB", "UA", workspace=workspace)
    agreed = open_request("UB", "UA", workspace=workspace)
    agreed.state, agreed.group_id = RequestState.AGREED, group.id
    session.add_all([goal, thanks, post, check_in, topic, lesson, request, agreed])
    learned, used = add_learned(session, workspace)
    suggestion = add_suggestion(session, community)
    private_lists.set_blocked(session, VAULT, workspace, "UA", ["UC"])
    session.flush()
    # Its number is that of the thanks, since both are the first in their tables or the second.
    thanked = KudosPost(workspace=workspace, community_id=community.id, reader="UB", posted_at=MONDAY_8)
    session.add(thanked)
    session.flush()
    session.add(KudosReceiver(kudos_id=thanks.id, user_id="UB", workspace=workspace, post_id=thanked.id))
    session.add(KudosMeToo(kudos_id=thanks.id, user_id="UC", workspace=workspace, tapped_at=MONDAY_8))
    add_draft(session, "UA", workspace)
    goal_check = GoalCheck(workspace=workspace, goal_id=goal.id, asked_on=date(2026, 12, 10))
    earlier = GoalCheck(workspace=workspace, goal_id=goal.id, asked_on=date(2026, 11, 26), answer="moved")
    earlier.answered_at = MONDAY_8
    session.add_all([goal_check, earlier])
    session.add(PromptTap(workspace=workspace, post_id=post.id, user_id="UA", kind=TapKind.DID, tapped_at=MONDAY_8))
    queue(session, "a-key", workspace=workspace)
    queue(session, "done-with", workspace=workspace)
    done = outbox.find_message(session, workspace, "done-with")
    assert done is not None
    done.state = OutboxState.SENT
    queue(session, "a-file", MessageKind.EXPORT, workspace=workspace, channel_id="", people=["UB"])
    file = outbox.find_message(session, workspace, "a-file")
    assert file is not None
    file.state, file.ts = OutboxState.SENT, "F1"
    add_person(session, "UG", workspace=workspace, gone_at=LONG_AGO)
    erasures.add_erasure(session, workspace, "UE", "asked", MONDAY_8)
    session.add(
        RoundInputs(
            round_id=group.round_id,
            workspace=workspace,
            digest="",
            packed=zlib.compress(b"{}"),
            sealed=VAULT.seal("{}", Place("round inputs", workspace, str(group.round_id))),
        )
    )
    processes.note_error(session, workspace, "sending", "fatal_error", MONDAY_8)
    queue(session, "an-edit", MessageKind.PROMPT_EDIT, workspace=workspace, edits="a-key")
    queue(session, "a-note", MessageKind.WEEKLY_NOTE, workspace=workspace, people=["UA"])
    note = outbox.find_message(session, workspace, "a-note")
    assert note is not None
    pings.add_pings(session, note, members.list_people(session, workspace, ["UA"]), MONDAY_8)
    seen.is_first_time(session, Actor(Tenant(workspace), "UA", "act"), MONDAY_8)
    in_doubt = add_trouble(session, workspace)
    session.flush()
    return World(
        workspace,
        in_doubt,
        community,
        group,
        rounds.get_round(session, workspace, group.round_id),
        goal,
        goal_check,
        thanks,
        post,
        check_in,
        topic,
        request,
        learned,
        used,
        suggestion,
    )


def add_learned(session: Session, workspace: str) -> tuple[LearningNote, UseCheck]:
    """Add a note of UA with the question whether they used it, and a goal that UB has reached."""
    learned = LearningNote(workspace=workspace, owner="UA", text="The export takes a filter", noted_at=MONDAY_8)
    used = UseCheck(
        workspace=workspace,
        owner="UA",
        source=Source.NOTE,
        source_id=1,
        asked_on=date(2026, 12, 17),
        asked_at=MONDAY_8,
        answer=Used.YES,
        answered_at=MONDAY_8,
    )
    reached = Goal(
        workspace=workspace,
        owner="UB",
        title="t",
        evidence="e",
        due_on=date(2027, 1, 4),
        plan="",
        why="",
        set_at=MONDAY_8,
        done_at=MONDAY_8,
    )
    session.add_all([learned, used, reached])
    return learned, used


def add_suggestion(session: Session, community: Community) -> Suggestion:
    suggestion = Suggestion(
        workspace=community.workspace,
        community_id=community.id,
        author="UA",
        proposal="Wednesdays",
        made_at=MONDAY_8,
    )
    session.add(suggestion)
    activity.note_act(session, community.workspace, suggestion.author, suggestion.made_at)
    return suggestion


def add_trouble(session: Session, workspace: str) -> OutboxMessage:
    """Let Slack fail, and add an introduction that nobody knows to have arrived."""
    for method in (slack_waits.EVERYTHING, Method.POST):
        slack_waits.set_wait(session, workspace, method, LATER, "ratelimited")
        slack_waits.count_failure(
            session, workspace, method, LATER, "fatal_error", lambda *_: timedelta(0), is_careful=True
        )
    queue(session, "in-doubt", MessageKind.INTRODUCTION, workspace=workspace, people=["UA", "UB"])
    in_doubt = outbox.find_message(session, workspace, "in-doubt")
    assert in_doubt is not None
    in_doubt.state, in_doubt.retry_at = OutboxState.UNCONFIRMED, MONDAY_8
    return in_doubt


Ask = Callable[[Session, World, World], Any]

# Each asks, as the empty workspace `own`, for what is in the workspace `other`.
BY_ID: dict[Callable[..., Any], Ask] = {
    communities.get_community: lambda s, own, other: communities.get_community(s, own.key, other.community.id),
    goals.get_goal: lambda s, own, other: goals.get_goal(s, own.owner, other.goal.id),
    goals.get_witnessed: lambda s, own, other: goals.get_witnessed(s, own.key, "UB", other.goal.id),
    notes.get_note: lambda s, own, other: notes.get_note(s, own.owner, other.note.id),
    uses.get_use: lambda s, own, other: uses.get_use(s, own.owner, other.use.id),
    kudos.get_kudos: lambda s, own, other: kudos.get_kudos(s, own.key, other.kudos.id),
    prompts.get_post: lambda s, own, other: prompts.get_post(s, own.key, other.post.id),
    gatherings.get_gathering: lambda s, own, other: gatherings.get_gathering(s, own.key, other.group.id),
    rounds.get_group: lambda s, own, other: rounds.get_group(s, own.key, other.group.id),
    rounds.get_round: lambda s, own, other: rounds.get_round(s, own.key, other.its_round.id),
    requests.get_request: lambda s, own, other: requests.get_request(s, own.key, other.request.id),
    offers.get_topic: lambda s, own, other: offers.get_topic(s, own.owner, other.topic.id),
    check_ins.get_check_in: lambda s, own, other: check_ins.get_check_in(s, own.key, other.check_in.id),
}
FINDS: dict[Callable[..., Any], Ask] = {
    activity.find_last_act: lambda s, own, _: activity.find_last_act(s, own.key, "UA"),
    history.list_last_confirmed: lambda s, own, _: history.list_last_confirmed(s, own.key, LONG_AGO),
    outbox.list_results: lambda s, own, _: outbox.list_results(s, own.key, "UA", LONG_AGO),
    pings.list_notes: lambda s, own, _: pings.list_notes(s, own.key, LONG_AGO),
    rounds.list_left_out: lambda s, own, other: rounds.list_left_out(s, own.key, other.community.id, LONG_AGO),
    rounds.find_round_due: lambda s, own, other: rounds.find_round_due(s, own.key, other.community.id, MONDAY_8),
    due.list_due: lambda s, own, _: due.list_due(s, own.key, FAR, 9),
    due.list_overdue: lambda s, own, _: due.list_overdue(s, [own.key], FAR, 9),
    due.list_failing: lambda s, own, _: due.list_failing(s, [own.key], FAR, 9),
    due.list_next: lambda s, own, _: due.list_next(s, [own.key], LONG_AGO, 9),
    sending.has_waiting: lambda s, own, _: sending.has_waiting(s, own.key, FAR, FAR),
    outbox.count_states: lambda s, own, _: outbox.count_states(s, [own.key]),
    outbox.find_oldest_waiting: lambda s, own, _: outbox.find_oldest_waiting(s, [own.key], FAR),
    outbox.find_next_moment: lambda s, own, _: outbox.find_next_moment(s, own.key, LONG_AGO),
    outbox.list_newest: lambda s, own, _: outbox.list_newest(s, [own.key], OutboxState.QUEUED, 9),
    outbox.count_since: lambda s, own, _: outbox.count_since(s, [own.key], OutboxState.FAILED, LONG_AGO),
    sending.list_doubtful: lambda s, own, _: sending.list_doubtful(s, [own.key], 9, is_posted_again=False),
    sending.count_left_since: lambda s, own, _: sending.count_left_since(s, [own.key], LONG_AGO),
    outbox.list_upcoming: lambda s, own, _: outbox.list_upcoming(s, own.key, LONG_AGO, 9),
    nightly_looks.find_look: lambda s, own, _: nightly_looks.find_look(s, own.key),
    nightly_looks.list_looks: lambda s, own, _: nightly_looks.list_looks(s, [own.key]),
    processes.list_errors: lambda s, own, _: processes.list_errors(s, [own.key], 9),
    erasures.was_erased_since: lambda s, own, _: erasures.was_erased_since(s, own.key, "UE", LONG_AGO),
    erasures.has_erased_since: lambda s, own, _: erasures.has_erased_since(s, own.key, LONG_AGO),
    erasures.find_erasure: lambda s, own, _: erasures.find_erasure(s, own.key, 1),
    members.list_gone_before: lambda s, own, _: members.list_gone_before(s, own.key, LATER),
    outbox.list_placed: lambda s, own, _: outbox.list_placed(s, own.key, "UB", MessageKind.EXPORT),
    rounds.list_inputs: lambda s, own, _: rounds.list_inputs(s, own.key),
    requests.find_by_group: lambda s, own, other: requests.find_by_group(s, own.key, other.group.id),
    history.find_start_of_last: lambda s, own, _: history.find_start_of_last(s, own.key, ["UA"], 6),
    communities.find_community_of_channel: lambda s, own, _: communities.find_community_of_channel(s, own.key, "C1"),
    communities.list_communities: lambda s, own, _: communities.list_communities(s, own.key),
    due.find_due: lambda s, own, other: due.find_due(s, own.key, DueKind.ROUND, str(other.community.id)),
    due.find_failing: lambda s, own, other: due.find_failing(
        s, own.key, s.exec(select(Due.id).where(Due.kind == DueKind.ROUND, Due.workspace == other.key)).one()
    ),
    requests.find_request: lambda s, own, other: requests.find_request(s, own.key, other.request.id),
    goals.find_goal: lambda s, own, other: goals.find_goal(s, own.key, other.goal.id),
    goals.list_open_goals_of: lambda s, own, _: goals.list_open_goals_of(s, own.key, "UA"),
    goals.find_last_answer: lambda s, own, _: goals.find_last_answer(s, own.key, "UA"),
    goals.find_open_check: lambda s, own, _: goals.find_open_check(s, own.key, "UA", date(2020, 1, 1)),
    goals.find_check_with_goal: lambda s, own, other: goals.find_check_with_goal(s, own.key, other.goal_check.id),
    goals.list_shared: lambda s, own, _: goals.list_shared(s, own.key, ["UA"], 10),
    goals.list_open_goals: lambda s, own, _: goals.list_open_goals(s, own.owner),
    goals.count_open_goals: lambda s, own, _: goals.count_open_goals(s, own.owner),
    goals.list_calls_for_help: lambda s, own, _: goals.list_calls_for_help(s, own.key, LONG_AGO),
    goals.list_owners: lambda s, own, _: goals.list_owners(s, own.key, ["UA", "UB"]),
    communities.list_looked_after: lambda s, own, _: communities.list_looked_after(s, own.key, "UF"),
    kudos.list_received: lambda s, own, _: kudos.list_received(s, own.key, "UB", LATER, 3),
    requests.list_open_for: lambda s, own, _: requests.list_open_for(s, own.key, "UA"),
    suggestions.find_suggestion: lambda s, own, other: suggestions.find_suggestion(s, own.key, other.suggestion.id),
    suggestions.count_made_since: lambda s, own, _: suggestions.count_made_since(s, own.key, "UA", LONG_AGO),
    uses.find_use: lambda s, own, other: uses.find_use(s, own.key, other.use.id),
    uses.list_uses: lambda s, own, _: uses.list_uses(s, own.key, "UA", LONG_AGO.date()),
    uses.list_of_source: lambda s, own, _: uses.list_of_source(s, own.owner, Source.NOTE, 1),
    uses.find_last_answer: lambda s, own, _: uses.find_last_answer(s, own.key, "UA"),
    notes.list_to_ask: lambda s, own, _: notes.list_to_ask(s, own.key, "UA", LONG_AGO),
    check_ins.list_takeaways: lambda s, own, _: check_ins.list_takeaways(s, own.key, "UA", LONG_AGO),
    check_ins.find_check_in: lambda s, own, other: check_ins.find_check_in(s, own.key, other.check_in.id),
    goals.list_done: lambda s, own, _: goals.list_done(s, own.key, "UB", LONG_AGO),
    notes.find_note: lambda s, own, other: notes.find_note(s, own.key, other.note.id),
    notes.list_newest: lambda s, own, _: notes.list_newest(s, own.owner, 10),
    notes.count_notes: lambda s, own, _: notes.count_notes(s, own.owner),
    kudos.count_given_since: lambda s, own, _: kudos.count_given_since(s, own.key, "UA", LONG_AGO),
    kudos.find_post: lambda s, own, other: kudos.find_post(s, own.key, other.kudos.id),
    kudos.list_posts: lambda s, own, other: kudos.list_posts(
        s, own.key, LONG_AGO, community_id=other.community.id, reader="UB"
    ),
    kudos.list_last_receivers: lambda s, own, _: kudos.list_last_receivers(s, own.key, "UA", 6),
    kudos.find_last_between: lambda s, own, _: kudos.find_last_between(s, own.key, ["UA"], "UB", LONG_AGO),
    kudos.find_oldest_draft: lambda s, own, _: kudos.find_oldest_draft(s, own.key, "UA"),
    kudos.find_draft: lambda s, own, other: kudos.find_draft(s, own.key, "UA", other.kudos.id),
    members.find_person: lambda s, own, _: members.find_person(s, own.key, "UA"),
    members.list_people: lambda s, own, _: members.list_people(s, own.key, ["UA", "UB"]),
    members.find_language: lambda s, own, _: members.find_language(s, own.key, "UA"),
    members.list_memberships: lambda s, own, _: members.list_memberships(s, own.key, "UA"),
    offers.list_all: lambda s, own, _: offers.list_all(s, own.key),
    rounds.list_all_lessons: lambda s, own, _: rounds.list_all_lessons(s, own.key),
    private_lists.find_blocked: lambda s, own, _: private_lists.find_blocked(s, VAULT, own.key, "UA"),
    private_lists.has_any: lambda s, own, _: private_lists.has_any(s, own.key, ["UA"]),
    private_lists.list_sealed: lambda s, own, _: private_lists.list_sealed(s, own.key),
    rounds.list_sealed: lambda s, own, _: rounds.list_sealed(s, own.key),
    erasures.list_erased: lambda s, own, _: erasures.list_erased(s, own.key),
    private_lists.list_blocked: lambda s, own, _: private_lists.list_blocked(s, VAULT, own.key, "UA"),
    private_lists.list_blocked_of: lambda s, own, _: private_lists.list_blocked_of(s, VAULT, own.key, ["UA", "UB"]),
    private_lists.list_all_blocked: lambda s, own, _: private_lists.list_all_blocked(s, VAULT, own.key),
    offers.find_by_id: lambda s, own, other: offers.find_by_id(s, own.key, other.topic.id),
    offers.find_topic: lambda s, own, _: offers.find_topic(s, own.key, "UA", "offer", "sql"),
    offers.list_topics: lambda s, own, _: offers.list_topics(s, own.key, LONG_AGO),
    offers.list_stems: lambda s, own, _: offers.list_stems(s, own.key, "offer", LONG_AGO),
    offers.list_said: lambda s, own, other: offers.list_said(s, own.key, [own.topic.id, other.topic.id]),
    offers.list_unwanted: lambda s, own, _: offers.list_unwanted(s, own.key, LONG_AGO, None, 9),
    offers.list_unmet: lambda s, own, _: offers.list_unmet(s, own.key, "UB", LONG_AGO, 0, 9),
    offers.list_by_ids: lambda s, own, other: offers.list_by_ids(s, own.key, [own.topic.id, other.topic.id]),
    offers.list_fading: lambda s, own, _: offers.list_fading(s, own.key, LONG_AGO, LATER),
    requests.find_last_between: lambda s, own, _: requests.find_last_between(s, own.key, "UB", "UA"),
    requests.list_open_of: lambda s, own, _: requests.list_open_of(s, own.key, "UB"),
    requests.count_asked: lambda s, own, _: requests.count_asked(s, own.key, LONG_AGO),
    requests.list_agreed: lambda s, own, _: requests.list_agreed(s, own.key, "UA", LONG_AGO),
    rounds.count_taught: lambda s, own, _: rounds.count_taught(s, own.key, "UA", LONG_AGO),
    members.list_colleagues: lambda s, own, _: members.list_colleagues(s, own.key, "UA"),
    members.count_active: lambda s, own, _: members.count_active(s, own.key),
    outbox.find_message: lambda s, own, _: outbox.find_message(s, own.key, "a-key"),
    outbox.list_by_keys: lambda s, own, _: outbox.list_by_keys(s, own.key, ["a-key"]),
    outbox.find_by_id: lambda s, own, other: outbox.find_by_id(s, own.key, other.message.id),
    sending.find_next: lambda s, own, _: sending.find_next(s, own.key, Sendable(LATER, LATER)),
    sending.list_posted_again: lambda s, own, _: sending.list_posted_again(s, own.key),
    outbox.list_waiting_for: lambda s, own, _: outbox.list_waiting_for(s, own.key, "UA", MessageKind.WEEKLY_NOTE),
    outbox.list_reaching: lambda s, own, _: outbox.list_reaching(s, own.key, "UA", [MessageKind.WEEKLY_NOTE], LONG_AGO),
    sending.list_in_doubt: lambda s, own, _: sending.list_in_doubt(s, own.key, LATER),
    sending.look: lambda s, own, _: told(sending.look(s, own.key, SLACK_PACE, MONDAY_8, MONDAY_8)),
    outbox.has_waiting_edit: lambda s, own, _: outbox.has_waiting_edit(s, own.key, "a-key"),
    slack_waits.find_wait: lambda s, own, _: slack_waits.find_wait(s, own.key),
    slack_waits.list_waiting: lambda s, own, _: slack_waits.list_waiting(s, own.key, MONDAY_8),
    slack_waits.find_longest: lambda s, own, _: slack_waits.find_longest(s, own.key, [Method.POST], MONDAY_8),
    sending.list_pinged_next: lambda s, own, _: sending.list_pinged_next(s, own.key, LATER, 5),
    pings.list_spent: lambda s, own, _: pings.list_spent(s, own.key, ["UA"], LONG_AGO),
    pings.list_received: lambda s, own, _: pings.list_received(s, own.key, "UA", LONG_AGO),
    pings.list_coming: lambda s, own, _: pings.list_coming(s, own.key, ["UA"], [MessageKind.WEEKLY_NOTE], MONDAY_8),
    prompts.list_posts: lambda s, own, other: prompts.list_posts(s, own.key, other.community.id),
    prompts.list_posts_between: lambda s, own, _: prompts.list_posts_between(s, own.key, date.min, date.max),
    prompts.list_reacted: lambda s, own, other: prompts.list_reacted(s, own.key, other.community.id),
    rounds.has_begun: lambda s, own, other: rounds.has_begun(s, own.key, other.community.id),
    history.list_last_seated: lambda s, own, _: history.list_last_seated(s, own.key, ["UA"]),
    erasures.find_last_id: lambda s, own, _: erasures.find_last_id(s, own.key),
    private_lists.list_seals: lambda s, own, _: private_lists.list_seals(s, own.key),
    due.list_of_kind: lambda s, own, _: due.list_of_kind(s, own.key, DueKind.ROUND),
    members.list_taking_part: lambda s, own, _: members.list_taking_part(s, own.key, ["UA"]),
    members.count_all_participants: lambda s, own, _: members.count_all_participants(s, own.key),
    unfinished.find_unfinished: lambda s, own, other: unfinished.find_unfinished(s, own.key, other.community.id),
    rounds.find_skipped: lambda s, own, other: rounds.find_skipped(s, own.key, other.its_round.id),
    rounds.find_last_begun: lambda s, own, other: rounds.find_last_begun(s, own.key, other.community.id),
    rounds.find_last_round: lambda s, own, other: rounds.find_last_round(s, own.key, other.community.id),
    rounds.find_seat: lambda s, own, other: rounds.find_seat(s, own.key, other.its_round.id, "UA"),
    rounds.list_open_seats: lambda s, own, _: rounds.list_open_seats(s, own.key, "UA", MONDAY_8),
    rounds.list_seats_near: lambda s, own, _: rounds.list_seats_near(s, own.key, "UA", MONDAY_8, 3),
    check_ins.find_own: lambda s, own, other: check_ins.find_own(
        s, own.key, other.check_in.group_id, other.check_in.user_id
    ),
    check_ins.find_last_answered_at: lambda s, own, _: check_ins.find_last_answered_at(s, own.key, "UA"),
    history.list_introduced_since: lambda s, own, _: history.list_introduced_since(s, own.key, LONG_AGO),
    history.list_met: lambda s, own, other: history.list_met(s, own.key, other.community.id),
    history.count_larger: lambda s, own, other: history.count_larger(s, own.key, other.community.id),
    history.list_last_numbers: lambda s, own, other: history.list_last_numbers(s, own.key, other.community.id),
    history.find_last_number_of: lambda s, own, other: history.find_last_number_of(
        s, own.key, other.community.id, "UA"
    ),
    history.list_teaching: lambda s, own, other: history.list_teaching(s, own.key, other.community.id, 0),
    history.list_silent: lambda s, own, other: history.list_silent(s, own.key, other.community.id, 0),
    rounds.find_open_round: lambda s, own, other: rounds.find_open_round(s, own.key, other.community.id, MONDAY_8),
    history.list_recent_guides: lambda s, own, _: history.list_recent_guides(s, own.key, LONG_AGO),
    rounds.list_ends: lambda s, own, other: rounds.list_ends(s, own.key, other.community.id, LONG_AGO),
    last_signs.list_last_signs: lambda s, own, _: last_signs.list_last_signs(s, own.key, LONG_AGO),
    tracing.list_named: lambda s, own, _: tracing.list_named(s, own.key),
}
# Each changes what is in `own`; nothing of `other` may change with it.
CHANGES: dict[Callable[..., Any], Ask] = {
    activity.note_act: lambda s, own, _: activity.note_act(s, own.key, "UA", LATER),
    ageing.age: lambda s, own, _: ageing.age(s, own.key, LATER, 9),
    erasing.erase: lambda s, own, _: erasing.erase(s, VAULT, own.key, "UA"),
    answers.add_counts: lambda s, own, _: answers.add_counts(
        s, own.key, {(date(2026, 11, 1), "checkin.met", "yes"): 2}
    ),
    erasures.add_erasure: lambda s, own, _: erasures.add_erasure(s, own.key, "UA", "asked", LATER),
    erasures.forget_erasures: lambda s, own, _: erasures.forget_erasures(s, own.key, LATER),
    uses.forget_uses: lambda s, own, _: uses.forget_uses(s, own.owner, Source.NOTE, 1),
    outbox.hasten: lambda s, own, _: outbox.hasten(s, own.key, "a-key", LATER),
    outbox.forget_waiting: lambda s, own, _: outbox.forget_waiting(s, own.key, 1, 9),
    unfinished.add_unfinished: lambda s, own, _: unfinished.add_unfinished(s, own.key, own.community.id, 1),
    rounds.forget_inputs: lambda s, own, _: rounds.forget_inputs(s, own.key, LATER),
    communities.set_facilitators: lambda s, own, _: communities.set_facilitators(s, own.community, ["UX"]),
    due.set_due: lambda s, own, other: due.set_due(s, own.key, DueKind.ROUND, str(other.community.id), LATER),
    due.clear_due: lambda s, own, other: due.clear_due(s, own.key, DueKind.ROUND, str(other.community.id)),
    private_lists.set_blocked: lambda s, own, _: private_lists.set_blocked(s, VAULT, own.key, "UA", ["UX"]),
    outbox.add: lambda s, own, _: queue(s, "a-key", workspace=own.key),
    outbox.add_in_doubt: lambda s, own, _: outbox.add_in_doubt(
        s, own.key, "a-key", MessageKind.ANSWER_LOST, LATER, subject=0, people=("UA",), now=MONDAY_8
    ),
    outbox.add_all: lambda s, own, _: outbox.add_all(s, [waiting(own.key)]),
    outbox.readdress: lambda s, own, _: outbox.readdress(s, own.key, "a-key", ["UX"]),
    outbox.forget: lambda s, own, _: outbox.forget(s, own.key, "a-key"),
    outbox.withdraw: lambda s, own, _: outbox.withdraw(s, own.key, "a-key"),
    outbox.postpone: lambda s, own, _: outbox.postpone(s, own.key, "a-key", LATER, LATER),
    outbox.confirm: lambda s, own, _: outbox.confirm(s, own.key, "a-key", Posted("C9", "9.0"), LATER),
    outbox.revive: lambda s, own, _: outbox.revive(s, own.key, "a-key", LATER),
    outbox.forget_old: lambda s, own, _: outbox.forget_old(s, own.key, LATER + timedelta(days=99), 9),
    nightly_looks.begin: lambda s, own, _: nightly_looks.begin(s, own.key, "C1", LATER),
    nightly_looks.pass_channel: lambda s, own, _: nightly_looks.pass_channel(s, own.key, "C9"),
    nightly_looks.turn_page: lambda s, own, _: nightly_looks.turn_page(s, own.key, "more"),
    nightly_looks.finish: lambda s, own, _: nightly_looks.finish(s, own.key, LATER),
    processes.note_error: lambda s, own, _: processes.note_error(s, own.key, "sending", "ratelimited", LATER),
    outbox.move_channel: lambda s, own, _: outbox.move_channel(s, own.key, "C1", "C9"),
    seen.is_first_time: lambda s, own, _: seen.is_first_time(s, own.owner, LATER),
    slack_waits.set_wait: lambda s, own, _: slack_waits.set_wait(s, own.key, slack_waits.EVERYTHING, LATER, "other"),
    slack_waits.count_failure: lambda s, own, _: slack_waits.count_failure(
        s, own.key, Method.POST, LATER, "other", lambda failures, _: timedelta(seconds=failures), is_careful=True
    ),
    slack_waits.end_waits: lambda s, own, _: slack_waits.end_waits(s, own.key, [Method.POST]),
    slack_waits.end_trouble: lambda s, own, _: slack_waits.end_trouble(s, own.key),
    clock_jumps.set_back: lambda s, own, _: clock_jumps.set_back(s, own.key, timedelta(hours=1), MONDAY_8),
}
# These take a row that the caller got through its workspace, or are the machinery's own, over all workspaces.
OF_A_ROW = {
    rounds.find_last_number,
    *(communities.list_facilitators, kudos.list_receivers, prompts.find_tap, prompts.count_taps),
    *(kudos.list_in_post, kudos.list_me_too, kudos.find_me_too, kudos.remove_receivers),
    kudos.get_receiver,
    members.let_rest,
    *(members.find_membership, members.count_participants, members.list_participants, members.count_in_both),
    *(rounds.find_community, rounds.get_community),
    *(rounds.list_placed, rounds.list_open_groups),
    *(rounds.list_seats, rounds.list_seats_of_group, rounds.list_introduced, rounds.list_untold),
    *(rounds.list_introduced_in, rounds.list_groups, rounds.list_planned_groups, rounds.list_answered_groups),
    *(gatherings.list_lessons_that_hold, rounds.find_inputs, history.find_start, history.count_rounds_before),
    *(members.list_joined_since, history.list_unconfirmed),
    *(unfinished.take_back, unfinished.list_no_longer_in, unfinished.list_with_managers, unfinished.has_rival),
    *(history.find_last_meeting, rounds.has_met, sending.claim, due.advance, due.put_off),
    *(bulk.insert_rows, bulk.insert_for_ids, tracing.trace, sending.save, outbox.find_last_decided, outbox.list_about),
    *(goals.find_check, goals.list_last_checks),
    *(pings.add_pings, pings.give_back, pings.defer_to_note, pings.list_deferred_to_note, pings.count_to_others),
}
OF_ALL = {
    *(due.count_by_workspace, outbox.count_by_workspace, seen.forget_old),
    *(sending.settle, processes.note_jump),
    *(processes.note_alive, processes.forget_process, processes.forget_silent, processes.list_processes),
    *(
        private_lists.list_workspaces,
        rounds.list_sealed_workspaces,
        rounds.find_round,
    ),
}


def all_modules() -> list[ModuleInfo]:
    """Return the modules of the package, without the migrations."""
    return [one for one in walk_packages(storage.__path__, "storage.") if ".migrations" not in one.name]


def queries() -> Iterator[Callable[..., Any]]:
    """Yield the functions of all modules that ask a database: what they ask it through is a session."""
    for module in all_modules():
        for name, value in vars(import_module(module.name)).items():
            is_its_own = inspect.isfunction(value) and value.__module__ == module.name and not name.startswith("_")
            if is_its_own and "session" in inspect.signature(value).parameters:
                yield value


def test_every_query_stands_in_the_table() -> None:
    known = {*BY_ID, *FINDS, *CHANGES, *OF_A_ROW, *OF_ALL}

    assert set(queries()) == known


def name_of(value: object) -> str:
    return getattr(value, "__name__", "")


def empty_world(other: World) -> World:
    return World(
        "T2",
        other.message,
        other.community,
        other.group,
        other.its_round,
        other.goal,
        other.goal_check,
        other.kudos,
        other.post,
        other.check_in,
        other.topic,
        other.request,
        other.note,
        other.use,
        other.suggestion,
    )


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A transaction that writes."""
    with database.write() as session:
        yield session


@pytest.fixture
def other(session: Session) -> World:
    """The workspace T1, with a night's look at it."""
    world = build(session, "T1")
    nightly_looks.begin(session, "T1", "C1", MONDAY_8)
    session.flush()
    return world


@for_each("function", BY_ID)
def test_a_row_of_another_workspace_is_not_found_by_its_id(
    session: Session, other: World, function: Callable[..., Any]
) -> None:
    own = empty_world(other)

    assert BY_ID[function](session, other, other)
    with pytest.raises(LookupError):
        BY_ID[function](session, own, other)


def told(ledger: sending.Ledger) -> list[object]:
    """Return what a ledger tells that is not nothing; half of it is told only of a message in doubt."""
    counts = [number for number in ledger.calls.values() if number]
    return [one for one in (*counts, *astuple(ledger)[1:]) if one]


def leave_undone(session: Session, function: Callable[..., Any], world: World) -> None:
    """Leave a message of a world in doubt, or its round out, for a function that finds such."""
    if function in {sending.list_doubtful, sending.count_left_since}:
        row = outbox.find_message(session, world.key, "a-key")
        assert row is not None
        row.state = OutboxState.UNCONFIRMED
    if function in {rounds.list_left_out, rounds.find_skipped}:
        world.its_round.skipped = "away"
    if function is unfinished.find_unfinished:
        unfinished.add_unfinished(session, world.key, world.community.id, 1)
    if function is erasures.find_last_id:
        erasures.add_erasure(session, world.key, "UE", "asked", MONDAY_8)
    if function is offers.list_unmet:
        world.topic.kind = TopicKind.WANT


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Take back what a block changes, and go on in the same transaction."""
    savepoint = session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


@for_each("function", FINDS)
def test_a_query_finds_nothing_of_another_workspace(
    session: Session, other: World, function: Callable[..., Any]
) -> None:
    with undone(session):
        if function in {sending.list_in_doubt, sending.look}:
            for row in (outbox.find_message(session, "T1", "a-key"), outbox.find_message(session, "T1", "an-edit")):
                assert row is not None
                row.state, row.attempted_at = OutboxState.SENDING, MONDAY_8
        if function in {due.list_failing, due.find_failing, outbox.count_since}:
            planned, message = (
                due.find_due(session, "T1", DueKind.ROUND, "1"),
                outbox.find_message(session, "T1", "a-key"),
            )
            assert planned is not None
            assert message is not None
            planned.failures, planned.failing_since, message.state = 1, MONDAY_8, OutboxState.FAILED
        leave_undone(session, function, other)
        if function in {history.count_larger, history.list_recent_guides}:
            other.group.guide_ids = ("first-hello",)
            for seat in rounds.list_seats(session, other.its_round):
                seat.in_larger = True
        if function is history.list_last_confirmed:
            other.group.booked_at = MONDAY_8
        if function in {outbox.list_results, pings.list_notes}:
            is_note = function is pings.list_notes
            row = outbox.find_message(session, "T1", "a-note" if is_note else "a-key")
            assert row is not None
            row.state, row.sent_at = OutboxState.SENT, MONDAY_8
            if not is_note:
                row.kind, row.people, row.is_ping = MessageKind.INTRODUCTION, "UA UB", False
        if function is goals.list_calls_for_help:
            queue(session, "help", MessageKind.GOAL_HELP, subject=other.goal_check.id)
            row = outbox.find_message(session, "T1", "help")
            assert row is not None
            row.state, row.sent_at = OutboxState.SENT, MONDAY_8
        session.flush()

        assert FINDS[function](session, other, other)
        assert not FINDS[function](session, empty_world(other), other)


@pytest.mark.parametrize("function", CHANGES, ids=name_of)
def test_a_change_touches_nothing_of_another_workspace(database: Database, function: Callable[..., Any]) -> None:
    with database.write() as session:
        build(session, "T1")
        nightly_looks.begin(session, "T1", "C1", MONDAY_8)
    before = contents(database)

    with database.write() as session:
        own = build(session, "T2")
        nightly_looks.begin(session, "T2", "C1", MONDAY_8)
        CHANGES[function](session, own, build_view(session))

    after = contents(database)
    for table, rows_before in before.items():
        assert [row for row in rows_before if row not in after[table]] == [], table


def build_view(session: Session) -> World:
    """Return the world of T1 as it stands."""
    community = communities.find_community_of_channel(session, "T1", "C1")
    seat: Seat = rounds.list_open_seats(session, "T1", "UA", MONDAY_8)[0][0]
    assert community is not None
    assert seat.group_id is not None
    suggestion = suggestions.find_suggestion(session, "T1", 1)
    message = outbox.find_message(session, "T1", "in-doubt")
    assert suggestion is not None
    assert message is not None
    return World(
        "T1",
        message,
        community,
        rounds.get_group(session, "T1", seat.group_id),
        rounds.get_round(session, "T1", seat.round_id),
        goals.list_open_goals(session, Actor(Tenant("T1"), "UA", "act"))[0],
        goals.list_last_checks(session, goals.list_open_goals_of(session, "T1", "UA")[0], 1)[0],
        kudos.get_kudos(session, "T1", 1),
        prompts.list_posts(session, "T1", community.id)[0],
        check_ins.get_check_in(session, "T1", 1),
        offers.list_topics(session, "T1", LONG_AGO)[0],
        requests.get_request(session, "T1", 1),
        notes.list_newest(session, Actor(Tenant("T1"), "UA", "act"), 1)[0],
        uses.list_uses(session, "T1", "UA", LONG_AGO.date())[0],
        suggestion,
    )
