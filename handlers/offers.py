"""Listeners for offers and wants: say them, see them, take them back; only ever one's own."""

import re
from dataclasses import replace

from slack_bolt import App

from bot.blocks import offers as blocks
from bot.blocks.errors import form_note
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.commands import plain, unquoted
from bot.domain.identity import Actor
from bot.domain.offers import MINUTES, TopicForm, TopicKind, check_topic, parse_topic
from bot.errors import Problem, UserError
from bot.services.offers import OfferService
from handlers.guard import Guard
from handlers.replies import OpenForm, Private, Reply
from handlers.requests import Click, Command, Submission


class OfferHandlers:
    """What people can show, and what they want to be able to do."""

    def __init__(self, offers: OfferService, names: CommandNames, clock: Clock) -> None:
        self._offers = offers
        self._names = names
        self._clock = clock

    def register(self, app: App, guard: Guard) -> None:
        """Listen to the buttons and the form of offers and wants."""
        app.action(blocks.NEW_OFFER)(guard.click(lambda click: self._form(TopicKind.OFFER, click)))
        app.action(blocks.NEW_WANT)(guard.click(lambda click: self._form(TopicKind.WANT, click)))
        app.action(re.compile(rf"{re.escape(blocks.REMOVE)}(:.*)?$"))(guard.click(self.remove))
        app.view(blocks.TOPIC_FORM)(guard.form(self.submit))

    def teach(self, command: Command, rest: str) -> Reply:
        """Store an offer at once; without a topic, or with one that cannot be taken, open the form."""
        return self._say(command, TopicKind.OFFER, rest)

    def want(self, command: Command, rest: str) -> Reply:
        """Store a want at once; without a topic, or with one that cannot be taken, open the form."""
        return self._say(command, TopicKind.WANT, rest)

    def topics(self, command: Command) -> Reply:
        """Show the person's own offers and wants."""
        return Private(blocks.topics_reply(self._offers.own(command.who, self._clock.now()), self._names))

    def submit(self, form: Submission) -> Reply:
        """Store an offer or a want from the form."""
        kind = TopicKind.OFFER if form.metadata == TopicKind.OFFER else TopicKind.WANT
        chosen = form.choice("minutes")
        minutes = int(chosen) if kind is TopicKind.OFFER and chosen in {str(one) for one in MINUTES} else None
        return self._save(form.who, TopicForm(kind, form.text("topic"), minutes))

    def remove(self, click: Click) -> Reply:
        """Take an offer or a want back."""
        if not click.value.isdecimal():
            raise UserError(Problem.GONE)
        return Private(blocks.removed_reply(self._offers.remove(click.who, int(click.value))))

    def _say(self, command: Command, kind: TopicKind, rest: str) -> Reply:
        typed = parse_topic(kind, unquoted(plain(rest)))
        # Quotes around the topic alone, with the minutes behind them, are none of it either.
        typed = replace(typed, topic=unquoted(typed.topic))
        troubles = check_topic(typed)
        if not troubles:
            return self._save(command.who, typed)
        trouble = next(iter(troubles.values()))
        if command.can_open_form:
            return OpenForm(blocks.topic_form(typed, form_note(trouble, self._names) if typed.topic else None))
        if not typed.topic:
            return self.topics(command)
        raise UserError(trouble.problem, kept=typed.topic, **trouble.details)

    def _form(self, kind: TopicKind, click: Click) -> Reply:
        return OpenForm(blocks.topic_form(TopicForm(kind, click.value)))

    def _save(self, who: Actor, form: TopicForm) -> Reply:
        return Private(blocks.saved_reply(self._offers.save(who, form, self._clock.now()), self._names))
