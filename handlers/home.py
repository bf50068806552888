"""Listeners for App Home, the hub and the help."""

from bot.blocks import help as help_blocks
from bot.blocks import hub as blocks
from bot.blocks import pings as ping_blocks
from bot.blocks.block_kit import Block
from bot.blocks.home import home_view
from bot.blocks.ids import HelpId, PingsId
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.commands import parse_learn
from bot.domain.errors import Problem, UserError
from bot.domain.guides import GuideLibrary
from bot.domain.identity import Actor
from bot.domain.pings import REDUCIBLE
from bot.domain.prompts import PromptLibrary
from bot.services.members.pings import PingService
from bot.services.overview.home import HomeService
from handlers.listeners import Listeners
from handlers.payloads import Click, Command, Event
from handlers.replies import HomeView, Private, Reply


class HomeHandlers:
    """Everything that concerns one person, at a glance."""

    def __init__(
        self,
        home: HomeService,
        pings: PingService,
        prompts: PromptLibrary,
        guides: GuideLibrary,
        names: CommandNames,
        clock: Clock,
    ) -> None:
        self._home = home
        self._pings = pings
        self._prompts = prompts
        self._guides = guides
        self._names = names
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the opening of App Home, the buttons and words for help, and those about the bot's messages."""
        return Listeners(
            clicks={PingsId.WHY: lambda click: self.messages(click.who), HelpId.SHOW: lambda _click: self.help()},
            clicks_outside_home={PingsId.LESS: self.lessen},
            events={"app_home_opened": self.opened},
            words={
                "hub": lambda command, _rest: self.hub(command),
                "help": lambda _command, rest: self.help(rest),
                "messages": lambda command, _rest: self.messages(command.who),
            },
        )

    def opened(self, event: Event) -> Reply:
        """Draw App Home for the person who opens it; the messages tab needs nothing."""
        if event.body.get("tab") != "home":
            return None
        return HomeView(self.view(event.actor(str(event.body["user"]))))

    def view(self, who: Actor) -> Block:
        """Draw App Home as it is now."""
        overview = self._home.overview(who, self._clock.now())
        return home_view(overview, self._prompts, self._guides, self._names)

    def hub(self, command: Command, kept: str = "") -> Reply:
        """Show the hub, with words that fit nowhere else kept in it."""
        overview = self._home.overview(command.who, self._clock.now())
        return Private(blocks.hub_message(overview, self._prompts, self._names, kept))

    def messages(self, who: Actor) -> Reply:
        """Show what the bot wrote to somebody by itself, and why."""
        return Private(ping_blocks.log_message(self._pings.log(who, self._clock.now()), self._names))

    def lessen(self, click: Click) -> Reply:
        """Send somebody less of a kind of message."""
        kind = next((one for one in REDUCIBLE if one == click.value), None)
        if kind is None:
            raise UserError(Problem.GONE)
        self._pings.lessen(click.who, kind, self._clock.now())
        return Private(ping_blocks.lessened_reply(kind))

    def help(self, topic: str = "") -> Reply:
        """Show what one can do, or what can be typed about a topic."""
        word = parse_learn(topic).word
        if word is not None and word in help_blocks.HELPED:
            return Private(help_blocks.topic_help(word, self._names))
        return Private(blocks.help_message(self._names))
