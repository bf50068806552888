"""When a transaction cannot be committed, nothing of it stays; over every method of every service."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from bot.domain.communities import SetUp
from bot.domain.goals import CheckRef, GoalForm, Progress, WitnessSays
from bot.domain.guides import GuideLibrary
from bot.domain.kudos import Thanks
from bot.domain.messages import MessageKind
from bot.domain.notes import NoteForm
from bot.domain.offers import TopicForm, TopicKind
from bot.domain.prompts import PromptLibrary, TapKind
from bot.domain.rounds import Met, Share, Worth, WouldHelp
from bot.domain.schedule import DueKind
from bot.domain.settings import PersonSettings
from bot.domain.topics import Thesaurus
from bot.domain.uses import Source, Used, UseShare
from bot.services.communities.communities import CommunityService
from bot.services.communities.invitations import InvitationService
from bot.services.communities.prompts import PromptService
from bot.services.communities.suggestions import SuggestionService
from bot.services.goals.goal_checks import GoalCheckService
from bot.services.goals.goals import GoalService
from bot.services.goals.witnesses import WitnessService
from bot.services.kudos.kudos import KudosService
from bot.services.members.activity import ActivityService
from bot.services.members.members import MemberService
from bot.services.members.pings import PingService
from bot.services.members.settings import SettingsService
from bot.services.notes.notes import NoteService
from bot.services.offers.offers import OfferService
from bot.services.offers.requests import RequestService
from bot.services.offers.search import Finder
from bot.services.operation.processes import ProcessService
from bot.services.overview.home import HomeService
from bot.services.overview.uses import UseService
from bot.services.privacy.privacy import PrivacyService
from bot.services.privacy.retention import TidyService
from bot.services.rounds.check_ins import CheckInService
from bot.services.rounds.rounds import RoundService
from storage import due, private_lists
from storage.database import Database
from storage.goals import Goal, GoalCheck
from storage.kudos import KudosMeToo
from storage.members import Membership, Part
from storage.notes import LearningNote
from storage.offers import Topic
from storage.outbox import slack_waits
from storage.processes import Process
from storage.prompts import PromptPost
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Seat, SeatState
from storage.uses import UseCheck
from tests.databases import each_on_both_at_length
from tests.factories import (
    MONDAY_8,
    TENANT,
    VAULT,
    actor,
    add_community,
    add_draft,
    add_group,
    add_kudos,
    add_members,
    add_person,
    contents,
    due_row,
    open_request,
    profile,
)

pytestmark = each_on_both_at_length

LATER = MONDAY_8 + timedelta(days=1)
FADING = MONDAY_8 - timedelta(days=85)


@dataclass(frozen=True)
class Services:
    database: Database
    members: MemberService
    communities: CommunityService
    prompts: PromptService
    rounds: RoundService
    check_ins: CheckInService
    offers: OfferService
    requests: RequestService
    settings: SettingsService
    goals: GoalService
    witnesses: WitnessService
    goal_checks: GoalCheckService
    kudos: KudosService
    notes: NoteService
    uses: UseService
    home: HomeService
    acts: ActivityService
    processes: ProcessService
    tidying: TidyService
    pings: PingService
    privacy: PrivacyService
    suggestions: SuggestionService
    invitations: InvitationService


@pytest.fixture
def services(database: Database, library: PromptLibrary, guides: GuideLibrary, thesaurus: Thesaurus) -> Services:
    """Every service over a world in which each of their methods has something to do."""
    with database.write() as session:
        community = add_community(session)
        add_members(session, community, "UA", "UB", "UC", "UD")
        add_person(session, "UP", paused_until=date(2026, 12, 1))
        add_community(session, "C2", asleep_at=MONDAY_8)
        group = add_group(session, community, "UA", "UB")
        post = PromptPost(
            workspace="T1",
            community_id=community.id,
            prompt_id="tools-01",
            cycle=1,
            due_at=MONDAY_8,
            posted_on=date(2026, 11, 23),
        )
        session.add_all(
            [
                post,
                CheckIn(workspace="T1", group_id=group.id, user_id="UB", met=Met.BOOKED, answered_at=MONDAY_8),
                Goal(
                    workspace="T1",
                    owner="UA",
                    title="Run a retro on my own",
                    evidence="One change",
                    due_on=date(2027, 1, 4),
                    plan="",
                    why="",
                    set_at=MONDAY_8,
                    check_on=date(2026, 11, 23),
                ),
                Goal(
                    workspace="T1",
                    owner="UB",
                    title="Read a balance sheet",
                    evidence="I explain one",
                    due_on=date(2027, 1, 4),
                    plan="",
                    why="",
                    set_at=MONDAY_8,
                    done_at=LATER,
                    witness="UA",
                    witness_says=WitnessSays.YES,
                ),
                Goal(
                    workspace="T1",
                    owner="UC",
                    title="Read a balance sheet",
                    evidence="I explain one",
                    due_on=date(2027, 1, 4),
                    plan="",
                    why="",
                    set_at=MONDAY_8,
                    witness="UA",
                    witness_says=WitnessSays.ASKED,
                ),
            ]
        )
        session.add(GoalCheck(workspace="T1", goal_id=1, asked_on=ASKED_ON))
        due.set_due(session, "T1", DueKind.GOAL_CHECK, "UA", MONDAY_8)
        due.set_due(session, "T1", DueKind.PAUSE_OVER, "UP", MONDAY_8)
        due.set_due(session, "T1", DueKind.PROMPT_FOLLOW_UP, "1", MONDAY_8)
        due.set_due(session, "T1", DueKind.PEOPLE, "", MONDAY_8)
        due.set_due(session, "T1", DueKind.ZONE, "1", MONDAY_8)
        due.set_due(session, "T1", DueKind.PLACE, "1", MONDAY_8)
        due.set_due(session, "T1", DueKind.UNFINISHED, "1", MONDAY_8)
        due.set_due(session, "T1", DueKind.ERASE, "UB", MONDAY_8)
        add_members(session, community, "UL")
        session.add(
            Membership(workspace="T1", community_id=community.id, user_id="UR", part=Part.RESTING, changed_at=MONDAY_8)
        )
        session.add(Seat(workspace="T1", round_id=group.round_id, user_id="UL", state=SeatState.OUT))
        session.add(Topic(workspace="T1", user_id="UB", kind=TopicKind.WANT, topic="SQL", key="sql", said_at=MONDAY_8))
        given = add_kudos(session, community, "UA", "UB")
        session.add(KudosMeToo(kudos_id=given.id, user_id="UD", workspace="T1", tapped_at=MONDAY_8))
        add_draft(session, "UA")
        noted_at = MONDAY_8 - timedelta(weeks=4)
        session.add(LearningNote(workspace="T1", owner="UA", text="The export takes a filter", noted_at=noted_at))
        session.add(LearningNote(workspace="T1", owner="UC", text="The export takes a filter", noted_at=MONDAY_8))
        used = UseCheck(
            workspace="T1", owner="UC", source=Source.NOTE, source_id=2, asked_on=ASKED_ON, asked_at=MONDAY_8
        )
        used.answer, used.line, used.share, used.channel_id = Used.YES, "In a talk", UseShare.CHANNEL, "C1"
        session.add(used)
        due.set_due(session, "T1", DueKind.USE_CHECK, "UA", MONDAY_8)
        session.add(Topic(workspace="T1", user_id="UB", kind=TopicKind.OFFER, topic="Git", key="git", said_at=MONDAY_8))
        # One that somebody was asked for, and one that ends within a week.
        session.add(Topic(workspace="T1", user_id="UA", kind=TopicKind.OFFER, topic="R", key="r", said_at=FADING))
        session.add(open_request("UB", "UA", "Ruby", MONDAY_8))
        due.set_due(session, "T1", DueKind.TOPICS, "", MONDAY_8, "daily:04:00:UTC")
        due.set_due(session, "T1", DueKind.REQUEST_OVER, "1", MONDAY_8)
        private_lists.set_blocked(session, VAULT, "T1", "UB", ["UC"])
        due.set_due(session, "T1", DueKind.TIDY, "", MONDAY_8, "daily:03:00:UTC")
        session.add(Process(name="old", workspace="T1", kind="run", started_at=MONDAY_8, seen_at=MONDAY_8))
        slack_waits.set_wait(session, "T1", "chat.postMessage", LATER, "ratelimited")
        due.set_due(session, "T1", DueKind.ROUND, "1", MONDAY_8 + timedelta(weeks=1), "weekly:0:08:00:UTC:1")
    finder = Finder(thesaurus, VAULT)
    return Services(
        database,
        MemberService(database),
        CommunityService(database),
        PromptService(database, library),
        RoundService(database, guides, VAULT),
        CheckInService(database),
        OfferService(database, finder),
        RequestService(database, finder, guides),
        SettingsService(database, VAULT),
        GoalService(database, VAULT),
        WitnessService(database),
        GoalCheckService(database),
        KudosService(database),
        NoteService(database),
        UseService(database),
        HomeService(database, finder),
        ActivityService(database),
        ProcessService(database),
        TidyService(database),
        PingService(database),
        PrivacyService(database, VAULT),
        SuggestionService(database),
        InvitationService(database),
    )


Act = Callable[[Services], object]
COLLEAGUES = [profile(user_id) for user_id in ("UA", "UB", "UX")]
DEED = Thanks(("UB",), "Walked me through the migration twice")
ASKED_ON = date(2026, 12, 10)
CHECK = CheckRef(1, ASKED_ON)
GOAL = GoalForm("Run a retro on my own", "One change is kept", date(2027, 1, 4))

ACTS: dict[Callable[..., object], Act] = {
    MemberService.join: lambda s: s.members.join(actor("UX"), "C1", profile("UX"), LATER),
    MemberService.leave: lambda s: s.members.leave(actor("UA"), None, LATER),
    MemberService.pause: lambda s: s.members.pause(actor("UA"), date(2026, 12, 1), profile("UA"), LATER),
    MemberService.resume: lambda s: s.members.resume(actor("UP")),
    MemberService.decline: lambda s: s.members.decline(actor("UX"), "C1", LATER, for_good=False),
    MemberService.rest: lambda s: s.members.rest(actor("UR"), "C1", LATER, is_out=True),
    PingService.lessen: lambda s: s.pings.lessen(actor("UA"), MessageKind.WEEKLY_NOTE, LATER),
    MemberService.end_pause: lambda s: s.members.end_pause(due_row(s.database, DueKind.PAUSE_OVER, "UP"), LATER),
    MemberService.left_channel: lambda s: s.members.left_channel(TENANT, "C1", "UA", LATER),
    MemberService.keep_present: lambda s: s.members.keep_present(TENANT, "C1", {"UA"}, LATER),
    MemberService.plan_look: lambda s: s.members.plan_look(type(TENANT)("T2"), LATER),
    MemberService.begin_look: lambda s: s.members.begin_look(
        due_row(s.database, DueKind.PEOPLE, ""), "C1", LATER, LATER
    ),
    MemberService.account_changed: lambda s: s.members.account_changed(TENANT, [profile("UA", is_active=False)], LATER),
    CommunityService.set_up: lambda s: s.communities.set_up(
        actor("UA"), "C9", SetUp("Getting better at planning"), profile("UA"), COLLEAGUES, LATER
    ),
    CommunityService.invited: lambda s: s.communities.invited(actor("UA", "invited:C2:1.1"), "C2", LATER),
    CommunityService.settle_zone: lambda s: s.communities.settle_zone(
        due_row(s.database, DueKind.ZONE), ["Asia/Tokyo"], LATER
    ),
    CommunityService.person_came: lambda s: s.communities.person_came(TENANT, "C1", "UX", LATER),
    CommunityService.fall_asleep: lambda s: s.communities.fall_asleep(TENANT, "C1", LATER),
    CommunityService.wake_up: lambda s: s.communities.wake_up(TENANT, "C2", LATER),
    CommunityService.channel_moved: lambda s: s.communities.channel_moved(TENANT, "C1", "C7"),
    PromptService.post: lambda s: s.prompts.post(due_row(s.database, DueKind.PROMPT), LATER),
    PromptService.follow_up: lambda s: s.prompts.follow_up(due_row(s.database, DueKind.PROMPT_FOLLOW_UP), LATER),
    PromptService.tap: lambda s: s.prompts.tap(actor("UA"), 1, TapKind.DID, LATER),
    RoundService.start: lambda s: s.rounds.start(due_row(s.database, DueKind.ROUND), MONDAY_8 + timedelta(weeks=1)),
    RoundService.booked: lambda s: s.rounds.booked(actor("UA"), 1, LATER),
    RoundService.cannot: lambda s: s.rounds.cannot(actor("UA"), 1, LATER),
    RoundService.swap: lambda s: s.rounds.swap(actor("UA"), 1, LATER),
    RoundService.place: lambda s: s.rounds.place(due_row(s.database, DueKind.PLACE), LATER),
    RoundService.take_back: lambda s: s.rounds.take_back(due_row(s.database, DueKind.UNFINISHED), LATER),
    RoundService.start_now: lambda s: s.rounds.start_now(actor("UF"), "C1", LATER + timedelta(weeks=1)),
    RoundService.skip_next: lambda s: s.rounds.skip_next(actor("UF"), "C1", LATER),
    RoundService.try_again: lambda s: s.rounds.try_again(actor("UL"), 1, LATER),
    OfferService.save: lambda s: s.offers.save(
        actor("UA"), TopicForm(TopicKind.OFFER, "pivot tables", 15), profile("UA"), LATER
    ),
    OfferService.remove: lambda s: s.offers.remove(actor("UB"), 1),
    OfferService.undo: lambda s: s.offers.undo(actor("UB"), 1, None, MONDAY_8),
    OfferService.keep: lambda s: s.offers.keep(actor("UB"), 1, LATER),
    OfferService.plan: lambda s: s.offers.plan(type(TENANT)("T2"), LATER),
    OfferService.ask_whether_true: lambda s: s.offers.ask_whether_true(due_row(s.database, DueKind.TOPICS, ""), LATER),
    RequestService.ask: lambda s: s.requests.ask(actor("UX"), 2, profile("UX"), LATER),
    RequestService.take_back: lambda s: s.requests.take_back(actor("UB"), 1, LATER),
    RequestService.answer: lambda s: s.requests.answer(actor("UA"), 1, LATER, agrees=True),
    RequestService.end: lambda s: s.requests.end(due_row(s.database, DueKind.REQUEST_OVER), LATER),
    SettingsService.change: lambda s: s.settings.change(actor("UA"), PersonSettings("Blue"), profile("UA"), LATER),
    SettingsService.block: lambda s: s.settings.block(actor("UA"), "UC", LATER),
    SettingsService.unblock: lambda s: s.settings.unblock(actor("UB"), "UC"),
    SettingsService.set_blocked: lambda s: s.settings.set_blocked(actor("UA"), ("UC", "UD"), LATER),
    CheckInService.answer: lambda s: s.check_ins.answer(actor("UA"), 1, Met.BOOKED, LATER, date(2026, 12, 1)),
    CheckInService.rate: lambda s: s.check_ins.rate(actor("UB"), 1, Worth.USE, LATER),
    CheckInService.first_time: lambda s: s.check_ins.first_time(actor("UB"), 1, first=True, now=LATER),
    CheckInService.would_help: lambda s: s.check_ins.would_help(actor("UB"), 1, WouldHelp.SHORTER, LATER),
    CheckInService.take_away: lambda s: s.check_ins.take_away(actor("UB"), 1, "Words", Share.PARTNER, LATER),
    GoalService.set: lambda s: s.goals.set(actor("UA"), GOAL, profile("UA"), LATER),
    GoalService.move_along: lambda s: s.goals.move_along(actor("UA"), 14, LATER),
    GoalService.done: lambda s: s.goals.done(actor("UA"), 1, LATER),
    GoalService.drop: lambda s: s.goals.drop(actor("UA"), 1, LATER),
    GoalService.change: lambda s: s.goals.change(actor("UA"), 1, GOAL, profile("UA"), LATER),
    GoalService.reopen: lambda s: s.goals.reopen(actor("UB"), 2, LATER),
    GoalService.keep_line: lambda s: s.goals.keep_line(actor("UB"), 2, "I asked early"),
    GoalCheckService.ask: lambda s: s.goal_checks.ask(due_row(s.database, DueKind.GOAL_CHECK, "UA"), LATER),
    GoalCheckService.answer: lambda s: s.goal_checks.answer(actor("UA"), CHECK, Progress.MOVED, LATER),
    GoalCheckService.keep_line: lambda s: s.goal_checks.keep_line(actor("UA"), CHECK, "Half of it", LATER),
    GoalCheckService.ask_for_help: lambda s: s.goal_checks.ask_for_help(
        actor("UA"), CHECK, "C1", "How do you keep the time?", LATER
    ),
    WitnessService.agree: lambda s: s.witnesses.agree(actor("UA"), 3, LATER),
    WitnessService.decline: lambda s: s.witnesses.decline(actor("UA"), 3, LATER),
    WitnessService.step_back: lambda s: s.witnesses.step_back(actor("UA"), 3, LATER),
    WitnessService.tell: lambda s: s.witnesses.tell(actor("UB"), 2, LATER),
    KudosService.give: lambda s: s.kudos.give(actor("UA"), "C1", DEED, [profile("UB")], LATER),
    KudosService.undo: lambda s: s.kudos.undo(actor("UA"), 1, MONDAY_8),
    KudosService.reword: lambda s: s.kudos.reword(actor("UA"), 1, Thanks((), f"{DEED.deed} again"), MONDAY_8),
    KudosService.take_down: lambda s: s.kudos.take_down(actor("UB"), 1, LATER),
    KudosService.me_too: lambda s: s.kudos.me_too(actor("UC"), 1, LATER),
    KudosService.not_me_too: lambda s: s.kudos.not_me_too(actor("UD"), 1, LATER),
    KudosService.keep: lambda s: s.kudos.keep(actor("UA"), DEED, LATER),
    KudosService.discard: lambda s: s.kudos.discard(actor("UA"), 1),
    NoteService.keep: lambda s: s.notes.keep(actor("UA"), NoteForm("Git keeps all"), profile("UA"), LATER),
    NoteService.change: lambda s: s.notes.change(actor("UA"), 1, NoteForm("Git keeps all"), LATER),
    NoteService.share: lambda s: s.notes.share(actor("UA"), 1, "C1", LATER),
    NoteService.ask_later: lambda s: s.notes.ask_later(actor("UA"), 1, LATER, wanted=False),
    NoteService.delete: lambda s: s.notes.delete(actor("UA"), 1, LATER),
    NoteService.undo: lambda s: s.notes.undo(actor("UC"), 2, MONDAY_8),
    UseService.ask: lambda s: s.uses.ask(due_row(s.database, DueKind.USE_CHECK, "UA"), LATER),
    UseService.answer: lambda s: s.uses.answer(actor("UC"), 1, Used.NOT_YET, LATER),
    UseService.keep_line: lambda s: s.uses.keep_line(actor("UC"), 1, "In a report", "C1", LATER),
    UseService.count_only: lambda s: s.uses.count_only(actor("UC"), 1, LATER),
    UseService.take_back: lambda s: s.uses.take_back(actor("UC"), 1, LATER),
    ProcessService.alive: lambda s: s.processes.alive("T1", "new", "run", LATER),
    ProcessService.ended: lambda s: s.processes.ended("old"),
    ProcessService.jumped: lambda s: s.processes.jumped("old", timedelta(hours=1), LATER),
    ProcessService.set_back: lambda s: s.processes.set_back("T1", timedelta(hours=1), MONDAY_8),
    ProcessService.failed: lambda s: s.processes.failed("T1", "sending", "ratelimited", LATER),
    TidyService.plan: lambda s: s.tidying.plan(type(TENANT)("T2"), LATER),
    TidyService.tidy: lambda s: s.tidying.tidy(due_row(s.database, DueKind.TIDY, ""), LATER),
    PrivacyService.ask_for_export: lambda s: s.privacy.ask_for_export(actor("UA"), LATER),
    PrivacyService.plan_erasure: lambda s: s.privacy.plan_erasure(actor("UA"), LATER),
    PrivacyService.lengthen: lambda s: s.privacy.lengthen(actor("UB"), LATER),
    PrivacyService.undo: lambda s: s.privacy.undo(actor("UB")),
    PrivacyService.erase: lambda s: s.privacy.erase(due_row(s.database, DueKind.ERASE, "UB"), LATER),
    SuggestionService.pass_on: lambda s: s.suggestions.pass_on(
        actor("UA"), "C1", "Wednesdays, please", profile("UA"), LATER
    ),
    InvitationService.share: lambda s: s.invitations.share(actor("UA"), "C1", LATER),
    ActivityService.note: lambda s: s.acts.note(actor("UA"), LATER),
    ActivityService.is_new: lambda s: s.acts.is_new(actor("UA"), LATER),
}
ONLY_READING = {
    *(MemberService.channels_of, CommunityService.check_may_set_up, CommunityService.about),
    *(CommunityService.channels, RoundService.current, RoundService.of_group, CheckInService.current),
    *(CommunityService.channel_of, CommunityService.known_to, GoalService.today),
    *(
        RoundService.preview,
        RoundService.status,
        OfferService.own,
        OfferService.overview,
        OfferService.find,
        OfferService.form_of,
    ),
    *(SettingsService.of, SettingsService.blocked),
    *(GoalService.check_room, GoalService.open, HomeService.overview),
    *(KudosService.places, KudosService.check, KudosService.just_given),
    *(KudosService.oldest_draft, KudosService.draft, KudosService.received),
    *(GoalService.get, GoalService.ended, GoalService.shared, GoalCheckService.current),
    *(NoteService.get, NoteService.newest, NoteService.channels, UseService.current),
    *(GoalService.get, GoalService.has_open, GoalService.ended, GoalService.shared, GoalCheckService.current),
    PingService.log,
}


def name_of(value: object) -> str:
    return getattr(value, "__qualname__", "")


def test_every_method_of_every_service_stands_in_the_table() -> None:
    services = [value for value in Services.__annotations__.values() if value is not Database]
    methods: set[object] = {
        method
        for service in services
        for name, method in inspect.getmembers(service, inspect.isfunction)
        if not name.startswith("_")
    }

    known: set[object] = {*ACTS, *ONLY_READING}
    assert methods == known


@pytest.mark.parametrize("method", ACTS, ids=name_of)
def test_a_commit_that_fails_leaves_nothing_and_the_next_one_changes_something(
    services: Services, method: Callable[..., object]
) -> None:
    let_commits_fail(services.database)
    before = contents(services.database)

    with pytest.raises(IntegrityError):
        ACTS[method](services)
    assert contents(services.database) == before

    let_commits_succeed(services.database)
    ACTS[method](services)
    assert contents(services.database) != before


def let_commits_fail(database: Database) -> None:
    """Let every change of a row be taken, and then refused at the commit: the database's own deferred reference."""
    events = ["insert", "update", "delete"]
    with database.write() as session:
        connection = session.connection()
        run = connection.exec_driver_sql
        run("create table parent (id integer primary key)")
        run("create table doom (parent integer references parent (id) deferrable initially deferred)")
        act = "begin insert into doom values (1); end"
        if connection.dialect.name == "postgresql":
            run(
                "create function doomed() returns trigger language plpgsql as "
                "'begin insert into doom values (1); return null; end'"
            )
            act = "for each row execute function doomed()"
            # Here one trigger can stand for all of them.
            events = [" or ".join(events)]
        for table in SQLModel.metadata.sorted_tables:
            for number, event in enumerate(events):
                run(f"create trigger doom_{number}_{table.name} after {event} on {table.name} {act}")


def let_commits_succeed(database: Database) -> None:
    """Add the row that was missing for every commit."""
    with database.write() as session:
        session.connection().exec_driver_sql("insert into parent values (1)")
