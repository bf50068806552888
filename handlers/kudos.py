"""Listeners for thanks: typed in one line, or through the form."""

import re
from dataclasses import replace

from slack_bolt import App

from bot.blocks import kudos as blocks
from bot.blocks.errors import form_note
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.commands import parse_kudos
from bot.domain.identity import Actor, Profile
from bot.domain.kudos import Thanks
from bot.errors import FormError, Problem, Trouble, UserError
from bot.services.directory import Directory
from bot.services.kudos import KudosService
from handlers.guard import Guard
from handlers.replies import OpenForm, Private, Reply
from handlers.requests import Click, Command, Shortcut, Submission


class KudosHandlers:
    """Who thanks whom for what."""

    def __init__(self, kudos: KudosService, directory: Directory, names: CommandNames, clock: Clock) -> None:
        self._kudos = kudos
        self._names = names
        self._directory = directory
        self._clock = clock

    def register(self, app: App, guard: Guard) -> None:
        """Listen to the button and the form of thanks."""
        app.action(re.compile(rf"{re.escape(blocks.GIVE)}(:.*)?$"))(guard.click(self.open_form))
        app.shortcut(blocks.THANKS_SHORTCUT)(guard.shortcut(self.for_message))
        app.view(blocks.KUDOS_FORM)(guard.form(self.submit))

    def give(self, command: Command, rest: str) -> Reply:
        """Thank at once when everything is said and fine; else open the form with what was typed and why."""
        typed = parse_kudos(rest)
        thanks = Thanks(typed.people, typed.text, tag=typed.tag)
        try:
            place = self._kudos.place_for(command.who, command.channel_id)
        except UserError as refusal:
            # The words go along to the community that is chosen instead.
            raise refusal.adding(wanted="kudos", carried=blocks.carried(thanks)) from None
        if typed.groups or typed.broadcast:
            return self._complete(command, place, thanks, Trouble(Problem.GROUP_NAMED))
        if typed.unknown:
            return self._complete(command, place, thanks, Trouble(Problem.NOT_RECOGNIZED, {"person": typed.unknown[0]}))
        if not typed.people or not typed.text:
            return self._complete(command, place, thanks, None)
        try:
            return self._give(command.who, place, thanks)
        except FormError as refusal:
            return self._complete(command, place, thanks, next(iter(refusal.troubles.values())))

    def open_form(self, click: Click) -> Reply:
        """Open the form with whatever the button carries filled in."""
        channel_id, thanks = blocks.uncarried(click.value)
        place = self._kudos.place_for(click.who, channel_id or click.channel_id)
        return OpenForm(blocks.kudos_form(place, thanks))

    def for_message(self, shortcut: Shortcut) -> Reply:
        """Open the form with whoever wrote the message filled in."""
        author = () if shortcut.author in {"", shortcut.who.user_id} else (shortcut.author,)
        thanks = Thanks(author, "")
        try:
            place = self._kudos.place_for(shortcut.who, shortcut.channel_id)
        except UserError as refusal:
            raise refusal.adding(wanted="kudos", carried=blocks.carried(thanks)) from None
        return OpenForm(blocks.kudos_form(place, thanks))

    def submit(self, form: Submission) -> Reply:
        """Store thanks from the form."""
        tag = form.text("tag").lstrip("#").strip() or None
        thanks = Thanks(form.people("people"), form.text("deed"), form.text("effect"), tag)
        return self._give(form.who, form.metadata, thanks)

    def _complete(self, command: Command, place: str, thanks: Thanks, trouble: Trouble | None) -> Reply:
        """Let somebody put right what was typed; people who cannot be thanked are left out."""
        named = trouble.details.get("person") if trouble else None
        fit = tuple(one for one in thanks.people if one not in {named, command.who.user_id})
        kept = replace(thanks, people=fit)
        note = form_note(trouble, self._names) if trouble else None
        if command.can_open_form:
            return OpenForm(blocks.kudos_form(place, kept, note))
        return Private(blocks.form_offer(place, kept, note))

    def _give(self, who: Actor, place: str, thanks: Thanks) -> Reply:
        profiles = [profile for one in thanks.people[:10] if (profile := self._find(one))]
        is_new = self._kudos.give(who, place, thanks, profiles, self._clock.now())
        return Private(blocks.given_reply(place, thanks.people), place) if is_new else None

    def _find(self, user_id: str) -> Profile | None:
        return self._directory.find_profile(user_id)
