"""What people type: one word decides, the rest goes to the topic it belongs to."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from slack_bolt import App

from bot.blocks import hub as blocks
from bot.blocks.names import CommandNames
from bot.domain.commands import addressed_to, parse_learn, plain
from bot.errors import Problem, UserError
from handlers.communities import CommunityHandlers
from handlers.goals import GoalHandlers
from handlers.guard import Guard
from handlers.home import HomeHandlers
from handlers.kudos import KudosHandlers
from handlers.members import MemberHandlers
from handlers.notes import NoteHandlers
from handlers.offers import OfferHandlers
from handlers.privacy import PrivacyHandlers
from handlers.replies import Private, Reply
from handlers.requests import MOST_TYPED, Click, Command, Event, command_from_message
from handlers.rounds import RoundHandlers
from handlers.settings import SettingsHandlers

# A message with a file, or one sent from a thread to the conversation too, is written by a person as well.
PERSONS_OWN = frozenset({None, "", "file_share", "thread_broadcast", "me_message"})

Word = Callable[[Command, str], Reply]


@dataclass(frozen=True)
class Topics:
    """Whose words the commands are."""

    communities: CommunityHandlers
    members: MemberHandlers
    rounds: RoundHandlers
    offers: OfferHandlers
    settings: SettingsHandlers
    goals: GoalHandlers
    kudos: KudosHandlers
    notes: NoteHandlers
    home: HomeHandlers
    privacy: PrivacyHandlers


class CommandHandlers:
    """The three slash commands and messages to the bot, which are read with the same words.

    Args:
        names: What the commands are called.
        topics: Who does what they say.
        bot_user_id: The bot's own id, by which a message names it.
    """

    def __init__(self, names: CommandNames, topics: Topics, bot_user_id: str) -> None:
        self._names = names
        self._bot_user_id = bot_user_id
        self._home = home = topics.home
        self._goals = goals = topics.goals
        self._kudos = kudos = topics.kudos
        communities, members, rounds = topics.communities, topics.members, topics.rounds
        offers, notes, settings, privacy = topics.offers, topics.notes, topics.settings, topics.privacy
        self._words: Mapping[str, Word] = {
            "hub": lambda command, _rest: home.hub(command),
            "help": lambda _command, rest: home.help(rest),
            "about": communities.about,
            "setup": communities.open_set_up,
            "join": members.join,
            "leave": members.leave,
            "pause": members.pause,
            "resume": lambda command, _rest: members.resume(command),
            "messages": lambda command, _rest: home.messages(command.who),
            "privacy": lambda _command, _rest: privacy.told(),
            "export": lambda command, _rest: privacy.export(command.who),
            "forgetme": lambda _command, _rest: privacy.ask(),
            "buddy": lambda command, _rest: rounds.buddy(command),
            "booked": lambda command, _rest: rounds.booked(command),
            "met": lambda command, _rest: rounds.met(command),
            "skip": lambda command, _rest: rounds.skip(command),
            "swap": lambda command, _rest: rounds.swap(command),
            "round": rounds.round,
            "teach": offers.teach,
            "want": offers.want,
            "find": offers.find,
            "topics": lambda command, _rest: offers.topics(command),
            "notwith": settings.not_with,
            "settings": lambda command, _rest: settings.open(command),
            "goal": goals.open_form,
            "goals": lambda command, _rest: goals.list(command),
            "done": goals.done,
            "drop": goals.drop,
            "kudos": kudos.give,
            "til": notes.keep,
            "notes": lambda command, _rest: notes.list(command.who),
        }

    def register(self, app: App, guard: Guard) -> None:
        """Listen to the commands, to messages for the bot and to the button for a mistyped word."""
        app.command(self._names.learn)(guard.command(self._once(self.learn)))
        app.command(self._names.goal)(guard.command(self._once(lambda typed: self._goals.open_form(typed, typed.text))))
        app.command(self._names.kudos)(guard.command(self._once(lambda typed: self._kudos.give(typed, typed.text))))
        # A command under a name that only the manifest knows.
        app.command(re.compile(".*"))(guard.command(lambda _typed: self._home.help()))
        app.event("message")(guard.event(self.direct_message))
        app.event("app_mention")(guard.event(self.mention))
        app.action(blocks.RUN)(guard.click(self.run_word))
        app.action(blocks.HELP)(guard.click(lambda _click: self._home.help()))

    def learn(self, command: Command) -> Reply:
        """Do what the first word says; offer the nearest word, or the hub with the text kept."""
        typed = parse_learn(command.text)
        if typed.word is not None:
            return self._words[typed.word](command, typed.rest)
        if typed.closest is not None:
            return Private(blocks.closest_message(typed, command.channel_id))
        return self._home.hub(command, plain(typed.text))

    def direct_message(self, event: Event) -> Reply:
        """Answer what a person writes to the bot; everything else that is a message is none of its business."""
        body = event.body
        is_persons_own = "user" in body and body.get("subtype") in PERSONS_OWN and not body.get("bot_id")
        if body.get("channel_type") != "im" or not is_persons_own:
            return None
        command = command_from_message(event)
        words = addressed_to(self._bot_user_id, command.text)
        return self._once(self.learn)(command if words is None else replace(command, text=words))

    def mention(self, event: Event) -> Reply:
        """Do what a message says that begins with the bot's name; show the hub to whoever names it on the way."""
        body = event.body
        if not body.get("user") or body.get("bot_id"):
            return None
        command = command_from_message(event)
        words = addressed_to(self._bot_user_id, command.text)
        if words is None:
            # "Leave it to @peerloop" is no wish to leave, and a post to others may be as long as it likes.
            return self._once(self.learn)(replace(command, text="", length=0))
        return self._once(self.learn)(replace(command, text=words))

    def run_word(self, click: Click) -> Reply:
        """Do what a mistyped word was meant as, with what followed it."""
        word, channel_id, rest = (*click.value.split(" ", 2), "", "")[:3]
        if word not in self._words:
            raise UserError(Problem.GONE)
        command = Command(click.who, channel_id.removeprefix("-"), text=rest, can_open_form=True)
        return self._words[word](command, rest)

    def _once(self, handle: Callable[[Command], Reply]) -> Callable[[Command], Reply]:
        """Leave alone what Slack delivers a second time: "done 1" would end another goal then."""

        def act(command: Command) -> Reply:
            heard = replace(command.who, act_id=f"heard:{command.who.act_id}")
            if not self._home.is_new(heard):
                return None
            _check_length(command)
            return handle(command)

        return act


def _check_length(command: Command) -> None:
    """Refuse a text that was cut: to do what its beginning says would lose the rest without a word."""
    if command.length > MOST_TYPED:
        kept = f"{plain(command.text)}\u2026"
        length, limit = str(command.length), str(MOST_TYPED)
        raise UserError(Problem.MESSAGE_TOO_LONG, kept=kept, length=length, limit=limit)
