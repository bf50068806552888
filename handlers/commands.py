"""What people type: one word decides, the rest goes to the topic it belongs to."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from bot.blocks import hub as blocks
from bot.blocks.ids import HubId
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.commands import COMMANDS, addressed_to, parse_learn, plain
from bot.domain.errors import Problem, UserError
from bot.services.members.activity import ActivityService
from handlers.home import HomeHandlers
from handlers.listeners import Listeners, Topic, Word, joined
from handlers.payloads import MOST_TYPED, Click, Command, Event, command_from_message
from handlers.replies import Private, Reply

# A message with a file, or one sent from a thread to the conversation too, is written by a person as well.
PERSONS_OWN = frozenset({None, "", "file_share", "thread_broadcast", "me_message"})

# A command under a name that only the manifest knows.
_UNKNOWN: Final = re.compile(".*")


class CommandHandlers:
    """The three slash commands and messages to the bot, which are read with the same words.

    Args:
        acts: Knows what was done already.
        home: Shows the hub and the help.
        topics: Those whose words can be typed.
        names: What the commands are called.
        clock: What time it is.
        bot_user_id: The bot's own id, by which a message names it.

    Raises:
        ValueError: Two topics declare the same word, or none declares a word that people can type.
    """

    def __init__(
        self,
        acts: ActivityService,
        home: HomeHandlers,
        topics: Iterable[Topic],
        names: CommandNames,
        clock: Clock,
        bot_user_id: str,
    ) -> None:
        self._acts = acts
        self._home = home
        self._words = _words_of(topics)
        self._names = names
        self._clock = clock
        self._bot_user_id = bot_user_id

    @property
    def listeners(self) -> Listeners:
        """Return the commands, messages for the bot, and the button for a mistyped word."""
        goal, kudos = self._words["goal"], self._words["kudos"]
        return Listeners(
            clicks={HubId.RUN: self.run_word},
            events={"message": self.direct_message, "app_mention": self.mention},
            commands={
                self._names.learn: self._once(self.learn),
                self._names.goal: self._once(lambda typed: goal(typed, typed.text)),
                self._names.kudos: self._once(lambda typed: kudos(typed, typed.text)),
                _UNKNOWN: lambda _typed: self._home.help(),
            },
        )

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
        """Do what a message says that begins with the bot's name; show the hub to a person who names it on the way."""
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
            if not self._acts.is_new(heard, self._clock.now()):
                return None
            _check_length(command)
            return handle(command)

        return act


def _words_of(topics: Iterable[Topic]) -> Mapping[str, Word]:
    words = joined(*(topic.listeners.words for topic in topics))
    if odd := words.keys() ^ COMMANDS.keys():
        raise ValueError(f"declared by no topic, or known to no parser: {', '.join(sorted(odd))}")
    return words


def _check_length(command: Command) -> None:
    """Refuse a text that was cut: to do what its beginning says would lose the rest without a word."""
    if command.length > MOST_TYPED:
        kept = f"{plain(command.text)}\u2026"
        length, limit = str(command.length), str(MOST_TYPED)
        raise UserError(Problem.MESSAGE_TOO_LONG, kept=kept, length=length, limit=limit)
