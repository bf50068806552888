"""The composition root: the only place that joins database, Slack, services, timekeeper and courier."""

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.client import HTTPException
from typing import ClassVar, Final, Self

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.bench import BenchAgenda
from bot.blocks.errors import other_workspace
from bot.blocks.names import CommandNames
from bot.clients import posting_client, reading_client
from bot.clock import Clock, ClockError, RemoteClock, SystemClock
from bot.config import Settings
from bot.connection import SocketClient, SocketHandler, wait_after
from bot.courier import Courier, Library
from bot.courier.courier import SENDING
from bot.courier.engine import DrainRunner, EmbeddedEngine, Engine
from bot.domain.identity import Actor, Tenant
from bot.domain.messages import Came
from bot.domain.pacing import SLACK_PACE, Pace
from bot.domain.schedule import DueKind
from bot.gateway import Identity, SlackGateway
from bot.lanes import Lanes
from bot.library import load_guides, load_prompts, load_thesaurus
from bot.outages import Outage
from bot.roster import Roster, Turns
from bot.services.communities.communities import CommunityService
from bot.services.communities.invitations import InvitationService
from bot.services.communities.prompts import PromptService
from bot.services.communities.suggestions import SuggestionService
from bot.services.delivery import DeliveryService
from bot.services.goals.goal_checks import GoalCheckService
from bot.services.goals.goals import GoalService
from bot.services.goals.witnesses import WitnessService
from bot.services.kudos.kudos import KudosService
from bot.services.members.activity import ActivityService
from bot.services.members.languages import LanguageService
from bot.services.members.members import MemberService
from bot.services.members.pings import PingService
from bot.services.members.settings import SettingsService
from bot.services.notes.notes import NoteService
from bot.services.offers.offers import OfferService, renew_keys
from bot.services.offers.requests import RequestService
from bot.services.offers.search import Finder
from bot.services.operation.agenda import AgendaService
from bot.services.operation.directory import Directory
from bot.services.operation.processes import SIGN_OF_LIFE, ProcessService
from bot.services.overview.home import HomeService
from bot.services.overview.uses import UseService
from bot.services.privacy.privacy import PrivacyService
from bot.services.privacy.retention import TidyService
from bot.services.rounds.check_ins import CheckInService
from bot.services.rounds.rounds import RoundService
from bot.slack_errors import SlackTrouble, TryLaterError
from bot.timekeeper import Beat, DueHandler, Heartbeat, Timekeeper
from handlers import register_handlers
from handlers.check_ins import CheckInHandlers
from handlers.commands import CommandHandlers
from handlers.communities import CommunityHandlers
from handlers.delivery import DeliveryHandlers
from handlers.goal_checks import GoalCheckHandlers
from handlers.goals import GoalHandlers
from handlers.guard import Guard
from handlers.home import HomeHandlers
from handlers.invitations import InvitationHandlers
from handlers.kudos import KudosHandlers
from handlers.languages import Languages
from handlers.listeners import Topic
from handlers.members import MemberHandlers
from handlers.notes import NoteHandlers
from handlers.offers import OfferHandlers
from handlers.privacy import PrivacyHandlers
from handlers.prompts import PromptHandlers
from handlers.requests import RequestHandlers
from handlers.rounds import RoundHandlers
from handlers.settings import SettingsHandlers
from handlers.suggestions import SuggestionHandlers
from handlers.tryout import TryoutHandlers
from handlers.uses import UseHandlers
from handlers.witnesses import WitnessHandlers
from storage.database import Database
from storage.diagnosis import is_full
from storage.privacy.vault import Vault

LISTENER_THREADS: Final = 32
# A start that reaches nothing for so long ends, so that the person or program that started it learns of it.
START_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """What is done in a workspace without being asked: its courier, what wakes it, and the beats of everything."""

    courier: Courier
    engine: Engine
    heartbeat: Heartbeat


class Program:
    """What stays until it is stopped, and sends: built once, started once, stopped once.

    Args:
        settings: What the operator set.
        clock: What time it is; by default what the settings say.
        pace: How often Slack may be asked for what.
    """

    kind: ClassVar[str]

    def __init__(self, settings: Settings, clock: Clock | None = None, pace: Pace = SLACK_PACE) -> None:
        self._settings = settings
        self._clock = clock or (RemoteClock(settings.clock_url) if settings.clock_url else SystemClock())
        self._database = Database(settings.database_url)
        token = settings.slack_bot_token.get_secret_value()
        self._stopping = threading.Event()
        self._gateway = SlackGateway(
            posting_client(settings, token), reading_client(settings, token, self._stopping.wait)
        )
        names = CommandNames(settings.learn_command, settings.goal_command, settings.kudos_command)
        self._vault = Vault(settings.key_list)
        self._library = Library(
            names, load_prompts(), load_guides(), load_thesaurus(), self._vault, settings.backup_days
        )
        self._processes = ProcessService(self._database)
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
        self._pace = pace
        self._database_outage = Outage("the database")
        self._slack_outage = Outage("Slack")
        self._give_up_at = 0.0
        # Whose messages are sent is known when Slack has told whose the token is.
        self._work: Work | None = None

    def start(self) -> None:
        """Begin to work; returns when it has begun, or was asked to stop before.

        Raises:
            SlackTrouble: Slack refuses a token or the app, or does not answer for a minute.
            SchemaError: The database was written by a newer version.
        """
        raise NotImplementedError

    def wait(self) -> None:
        """Wait until somebody calls `stop`."""
        while not self._stopping.wait(0.2):
            pass

    def ask_to_stop(self) -> None:
        """End `wait` and every waiting for Slack; safe to call from a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """Take nothing new, give running work a moment to finish, and let go of everything."""
        self._stopping.set()
        if self._work is not None:
            self._work.courier.stop()
            self._work.heartbeat.stop()
            self._work.engine.stop()
            with contextlib.suppress(SQLAlchemyError):
                self._processes.ended(self._name)
        self._database.close()

    def _prepare(self) -> Identity | None:
        """Bring the schema up to date and find out who the bot is; None when it was asked to stop meanwhile."""
        # First: the schema must not change under a process that runs.
        self._database.hold()
        tries = 0
        while not self._has_schema():
            if self._stopping.wait(wait_after(tries)):
                return None
            tries += 1
        self._give_up_at = time.monotonic() + START_SECONDS
        failures = 0
        while not self._stopping.is_set():
            try:
                identity = self._gateway.identify()
            except TryLaterError as trouble:
                failures += 1
                self._slack_outage.failed("start", f"{trouble.error}. It is tried again for a minute.")
                self._wait_or_give_up(failures, trouble)
            else:
                self._slack_outage.works("start")
                return identity
        return None

    def _has_schema(self) -> bool:
        """Bring the schema up to date; False when the database has no room for another connection right now."""
        try:
            self._database.migrate()
            self._database.check_schema()
        except OperationalError as error:
            if not is_full(error):
                raise
            _log.warning("the database has as many connections as it allows; trying again")
            return False
        return True

    def _wait_or_give_up(self, failures: int, trouble: TryLaterError) -> None:
        wait = min(wait_after(failures - 1), self._give_up_at - time.monotonic())
        if wait <= 0:
            raise trouble
        self._stopping.wait(wait)

    def _begin(self, workspace: str, *beats: Beat) -> None:
        """Give the first sign of life, then beat and send."""
        courier = Courier(self._database, self._gateway, workspace, self._library, self._clock, pace=self._pace)
        drains = DrainRunner(courier.drain, self._note_failure, outage=self._database_outage)
        engine = _engine(self._settings.database_url, drains, workspace, self._database_outage)

        def send() -> None:
            if courier.has_waiting():
                engine.wake(workspace)

        def note_alive() -> None:
            self._processes.alive(workspace, self._name, self.kind, self._clock.now())

        note_alive()
        heartbeat = Heartbeat(
            *beats,
            Beat("send", self._settings.heartbeat_seconds, send),
            Beat("alive", SIGN_OF_LIFE.total_seconds(), note_alive),
            outage=self._database_outage,
            jumped=partial(self._note_jump, workspace),
        )
        self._work = Work(courier, engine, heartbeat)
        engine.start()
        heartbeat.start()

    def _note_jump(self, workspace: str, by: timedelta) -> None:
        self._processes.jumped(self._name, by, self._clock.now())
        if by < timedelta(0):
            self._processes.set_back(workspace, -by, SystemClock().now())

    def _note_failure(self, workspace: str, error: Exception) -> None:
        # What failed is often the database or the clock itself.
        with contextlib.suppress(SQLAlchemyError, ClockError):
            self._processes.failed(workspace, SENDING, type(error).__name__, self._clock.now())


class Worker(Program):
    """`peerloop work`: sends, and nothing else."""

    kind = "work"

    def start(self) -> None:
        """Begin to send."""
        identity = self._prepare()
        if identity is not None:
            self._begin(identity.team_id)
            _log.info("working for workspace %s", identity.team_id)


class Bot(Program):
    """`peerloop run`: takes what Slack delivers, keeps time, and sends."""

    kind = "run"

    def __init__(self, settings: Settings, clock: Clock | None = None, pace: Pace = SLACK_PACE) -> None:
        super().__init__(settings, clock, pace)
        self._executor = ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener")
        self._socket: SocketHandler | None = None
        self._timekeeper: Timekeeper | None = None

    def start(self) -> None:
        """Connect to Slack, begin to keep time and to send."""
        identity = self._prepare()
        if identity is None:
            return
        tenant = Tenant(identity.team_id)
        renewed = renew_keys(self._database, tenant.key, self._library.thesaurus)
        if renewed:
            _log.info("compare %s offers and wants by the words known now", renewed)
        services = Services.over(self._database, self._library, self._vault)
        for_people = Services.over(self._database.with_short_lock_timeout(), self._library, self._vault)
        app = assemble_app(
            self._settings,
            identity,
            for_people,
            self._library,
            self._gateway,
            (self._clock, self._database),
            self._executor,
            self._database_outage,
        )
        now = self._clock.now()
        services.members.plan_look(tenant, now)
        services.tidying.plan(tenant, now)
        services.offers.plan(tenant, now)
        self._socket = self._connect(app)
        if self._socket is None:
            return
        roster = Roster(
            self._database,
            self._gateway,
            services.members,
            services.communities,
            tenant,
            identity.bot_user_id,
            self._clock,
            Turns(self._stopping.wait),
        )
        handlers = services.due_handlers(roster)
        self._timekeeper = Timekeeper(self._database, tenant.key, self._clock, handlers, Lanes())
        beats = [
            Beat("time", self._settings.heartbeat_seconds, self._timekeeper.beat),
            # A beat of its own, since it waits for Slack's limits.
            Beat("look", self._settings.heartbeat_seconds, roster.go_on),
        ]
        if self._settings.agenda_url:
            agenda = BenchAgenda(self._settings.agenda_url, AgendaService(self._database, tenant.key), self._clock)
            beats.append(Beat("agenda", self._settings.heartbeat_seconds, agenda.tell))
        self._begin(tenant.key, *beats)
        _log.info("connected to workspace %s", identity.team_id)

    def stop(self) -> None:
        """Take nothing new, give running work a moment to finish, and let go of everything."""
        self._stopping.set()
        if self._work is not None:
            self._work.courier.stop()
        if self._socket is not None:
            self._socket.client.close()
        self._executor.shutdown(wait=True, cancel_futures=True)
        if self._timekeeper is not None:
            self._timekeeper.stop()
        super().stop()

    def _connect(self, app: App) -> SocketHandler | None:
        token = self._settings.slack_app_token.get_secret_value()
        handler = SocketHandler(app, SocketClient(app, token, LISTENER_THREADS, self._slack_outage))
        failures = 0
        while not self._stopping.is_set():
            word = "no connection"
            try:
                handler.client.connect()
            except SlackApiError as error:
                handler.client.close()
                raise SlackTrouble(str(error.response.get("error"))) from None
            except (OSError, HTTPException) as error:
                word = type(error).__name__
            if handler.is_open:
                self._slack_outage.works("socket")
                return handler
            failures += 1
            self._slack_outage.failed("socket", f"{word}. It is tried again for a minute.")
            # The address is good for one attempt.
            handler.client.wss_uri = None
            try:
                self._wait_or_give_up(failures, TryLaterError(word, ""))
            except TryLaterError:
                handler.client.close()
                raise
        handler.client.close()
        return None


@dataclass(frozen=True, slots=True)
class Services:
    """Every use case, over one database."""

    acts: ActivityService
    communities: CommunityService
    members: MemberService
    prompts: PromptService
    rounds: RoundService
    offers: OfferService
    requests: RequestService
    settings: SettingsService
    check_ins: CheckInService
    goals: GoalService
    goal_checks: GoalCheckService
    witnesses: WitnessService
    kudos: KudosService
    notes: NoteService
    uses: UseService
    home: HomeService
    languages: LanguageService
    tidying: TidyService
    pings: PingService
    privacy: PrivacyService
    suggestions: SuggestionService
    invitations: InvitationService
    delivery: DeliveryService

    @classmethod
    def over(cls, database: Database, library: Library, vault: Vault) -> Self:
        """Build all of them."""
        finder = Finder(library.thesaurus, vault)
        return cls(
            acts=ActivityService(database),
            communities=CommunityService(database),
            members=MemberService(database),
            prompts=PromptService(database, library.prompts),
            rounds=RoundService(database, library.guides, vault),
            offers=OfferService(database, finder),
            requests=RequestService(database, finder, library.guides),
            settings=SettingsService(database, vault),
            check_ins=CheckInService(database),
            goals=GoalService(database, vault),
            goal_checks=GoalCheckService(database),
            witnesses=WitnessService(database),
            kudos=KudosService(database),
            home=HomeService(database, finder),
            notes=NoteService(database),
            uses=UseService(database),
            languages=LanguageService(database),
            tidying=TidyService(database),
            pings=PingService(database),
            privacy=PrivacyService(database, vault),
            suggestions=SuggestionService(database),
            invitations=InvitationService(database),
            delivery=DeliveryService(database),
        )

    def due_handlers(self, roster: Roster) -> dict[DueKind, DueHandler]:
        """Return who handles each kind of thing that is due."""
        return {
            DueKind.PROMPT: self.prompts.post,
            DueKind.PROMPT_FOLLOW_UP: self.prompts.follow_up,
            DueKind.ROUND: self.rounds.start,
            DueKind.PAUSE_OVER: self.members.end_pause,
            DueKind.PEOPLE: roster.begin,
            DueKind.ZONE: roster.settle_zone,
            DueKind.PLACE: self.rounds.place,
            DueKind.UNFINISHED: self.rounds.take_back,
            DueKind.TIDY: self.tidying.tidy,
            DueKind.GOAL_CHECK: self.goal_checks.ask,
            DueKind.USE_CHECK: self.uses.ask,
            DueKind.ERASE: self.privacy.erase,
            DueKind.TOPICS: self.offers.ask_whether_true,
            DueKind.REQUEST_OVER: self.requests.end,
        }


def assemble_app(
    settings: Settings,
    identity: Identity,
    services: Services,
    library: Library,
    directory: Directory,
    clocks: tuple[Clock, Clock],
    executor: Executor,
    outage: Outage | None = None,
) -> App:
    """Build the Bolt app with every listener on it.

    Args:
        settings: What the operator set.
        identity: Who the bot is in its workspace.
        services: What the listeners call.
        library: The names of the commands, the prompts and the guides.
        directory: Answers what the edge asks Slack about people and channels.
        clocks: What time it is for people, and for Slack's limits.
        executor: Runs the listeners.
        outage: Told when an act finds that the database is away.
    """
    clock, machine = clocks

    def answer_later(who: Actor, key: str, came: Came, *, reference: str = "") -> None:
        services.delivery.answer_later(who, key, came, clock.now(), machine.now(), reference=reference)

    app = App(
        # Each request gets a client of its own, with the token that `authorize` gives.
        client=posting_client(settings),
        logger=logging.getLogger("slack_bolt"),
        authorize=_authorize_only(identity, settings.slack_bot_token.get_secret_value()),  # type: ignore[arg-type]  # Bolt takes None too
        listener_executor=executor,
        # Socket Mode needs no signature; an unset secret must not be looked up in the environment.
        signing_secret="",
        user_facing_authorize_error_message=other_workspace(),
    )
    home, topics = assemble_topics(identity, services, library, directory, clock)
    guard = Guard(
        library.names,
        home.view,
        Languages(services.languages, directory).of,
        lambda who: services.acts.note(who, clock.now()),
        answer_later,
        directory.is_colleague,
        outage,
    )
    register_handlers(app, guard, topics)
    return app


def assemble_topics(
    identity: Identity, services: Services, library: Library, directory: Directory, clock: Clock
) -> tuple[HomeHandlers, list[Topic]]:
    """Return App Home, and with it every topic that people can do something about, the commands among them.

    Raises:
        ValueError: A word is declared twice or not at all.
    """
    names, bot = library.names, identity.bot_user_id
    home = HomeHandlers(services.home, services.pings, library.prompts, library.guides, names, clock)
    topics: list[Topic] = [
        home,
        CommunityHandlers(services.communities, services.members, directory, names, clock, bot),
        MemberHandlers(services.members, services.communities, services.goals, directory, names, clock),
        PromptHandlers(services.prompts, clock),
        RoundHandlers(services.rounds, services.check_ins, library.guides, names, clock),
        OfferHandlers(services.offers, directory, names, clock),
        RequestHandlers(services.requests, directory, clock),
        SettingsHandlers(services.settings, directory, names, clock),
        CheckInHandlers(services.check_ins, services.members, directory, clock),
        GoalHandlers(services.goals, directory, names, clock),
        WitnessHandlers(services.witnesses, clock),
        GoalCheckHandlers(services.goal_checks, clock),
        KudosHandlers(services.kudos, directory, names, clock),
        NoteHandlers(services.notes, directory, names, clock),
        UseHandlers(services.uses, clock),
        TryoutHandlers(library.prompts, library.guides, names),
        PrivacyHandlers(services.privacy, names, clock),
        SuggestionHandlers(services.suggestions, directory, names, clock),
        InvitationHandlers(services.invitations, clock),
        DeliveryHandlers(services.delivery, clock),
    ]
    return home, [CommandHandlers(services.acts, home, topics, names, clock, bot), *topics]


def _engine(database_url: str, drains: DrainRunner, workspace: str, outage: Outage) -> Engine:
    if make_url(database_url).get_backend_name() == "sqlite":
        return EmbeddedEngine(drains)
    from bot.courier.queue import QueueEngine  # noqa: PLC0415 - a small team's machine need not load Procrastinate

    return QueueEngine(database_url, drains, workspace, outage=outage)


def _authorize_only(identity: Identity, token: str) -> Callable[..., AuthorizeResult | None]:
    """Let requests of the one workspace in whose name the token speaks pass, and no others."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        if team_id != identity.team_id:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=token,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user_id,
        )

    return authorize
