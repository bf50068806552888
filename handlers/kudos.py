"""Listeners for thanks: typed in one line, or through the form."""

from slack_bolt import App

from bot.blocks import kudos as blocks
from bot.clock import Clock
from bot.domain.commands import parse_kudos
from bot.domain.identity import Actor, Profile
from bot.domain.kudos import Thanks
from bot.errors import Problem, UserError
from bot.services.directory import Directory
from bot.services.kudos import KudosService
from handlers.guard import Guard
from handlers.replies import OpenForm, Private, Reply
from handlers.requests import Click, Command, Submission


class KudosHandlers:
    """Who thanks whom for what."""

    def __init__(self, kudos: KudosService, directory: Directory, clock: Clock) -> None:
        self._kudos = kudos
        self._directory = directory
        self._clock = clock

    def register(self, app: App, guard: Guard) -> None:
        """Listen to the button and the form of thanks."""
        app.action(blocks.GIVE)(guard.click(self.open_form))
        app.view(blocks.KUDOS_FORM)(guard.form(self.submit))

    def give(self, command: Command, rest: str) -> Reply:
        """Thank at once when everything is said; open the form for what is missing."""
        typed = parse_kudos(rest)
        place = self._kudos.place_for(command.who, command.channel_id)
        if typed.groups or typed.broadcast:
            raise UserError(Problem.GROUP_NAMED)
        if typed.unknown:
            raise UserError(Problem.NOT_RECOGNIZED, person=typed.unknown[0])
        thanks = Thanks(typed.people, typed.text, tag=typed.tag)
        if not typed.people or not typed.text:
            if command.can_open_form:
                return OpenForm(blocks.kudos_form(place, thanks))
            return Private(blocks.form_offer(place, typed.people))
        return self._give(command.who, place, thanks)

    def open_form(self, click: Click) -> Reply:
        """Open the form with whoever the button names filled in."""
        channel_id, *people = click.value.split() or [""]
        place = self._kudos.place_for(click.who, channel_id or click.channel_id)
        return OpenForm(blocks.kudos_form(place, Thanks(tuple(people), "")))

    def submit(self, form: Submission) -> Reply:
        """Store thanks from the form."""
        tag = form.text("tag").lstrip("#").strip() or None
        thanks = Thanks(form.people("people"), form.text("deed"), form.text("effect"), tag)
        return self._give(form.who, form.metadata, thanks)

    def _give(self, who: Actor, place: str, thanks: Thanks) -> Reply:
        profiles = [profile for one in thanks.people[:10] if (profile := self._find(one))]
        is_new = self._kudos.give(who, place, thanks, profiles, self._clock.now())
        return Private(blocks.given_reply(place, thanks.people), place) if is_new else None

    def _find(self, user_id: str) -> Profile | None:
        return self._directory.find_profile(user_id)
