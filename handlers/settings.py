"""Listeners for a person's own settings and private list."""

from typing import Final

from bot.blocks import settings as blocks
from bot.blocks.ids import SettingsId
from bot.blocks.language import speaking, spoken
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.cadence import DAYS_IN_WEEK
from bot.domain.commands import parse_kudos
from bot.domain.errors import Problem, UserError
from bot.domain.identity import Actor
from bot.domain.languages import LANGUAGES, MEETING_LANGUAGES
from bot.domain.schedule import NOTE_WEEKDAY
from bot.domain.settings import PACES, PersonSettings
from bot.services.members.settings import SettingsService
from bot.services.operation.directory import Directory, profile_or_unknown
from handlers.listeners import Listeners
from handlers.payloads import Click, Command, Submission
from handlers.replies import OpenForm, Private, Reply

_WEEKDAYS: Final = tuple(map(str, range(DAYS_IN_WEEK)))


class SettingsHandlers:
    """Everything here is the person's own act about themselves."""

    def __init__(self, settings: SettingsService, directory: Directory, names: CommandNames, clock: Clock) -> None:
        self._settings = settings
        self._directory = directory
        self._names = names
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons, the forms and the words."""
        return Listeners(
            clicks={
                SettingsId.OPEN: lambda click: self._form(click.who),
                SettingsId.NOT_WITH: lambda click: self._not_with_form(click.who),
                SettingsId.UNBLOCK: self.unblock,
            },
            forms={SettingsId.FORM: self.change, SettingsId.NOT_WITH_FORM: self.set_blocked},
            words={"settings": lambda command, _rest: self.open(command), "notwith": self.not_with},
        )

    def open(self, command: Command) -> Reply:
        """Open the person's settings; where no form can open, show them with its button."""
        if command.can_open_form:
            return self._form(command.who)
        return Private(blocks.settings_reply(self._settings.of(command.who), self._names))

    def not_with(self, command: Command, rest: str) -> Reply:
        """Put the person named on the private list; without one, open the list."""
        named = parse_kudos(rest)
        if named.unknown:
            raise UserError(Problem.NOT_RECOGNIZED, person=named.unknown[0])
        if named.people:
            group_id = None
            for other in named.people:
                group_id = self._settings.block(command.who, other, self._clock.now()) or group_id
            return Private(blocks.not_with_reply(named.people, group_id))
        if rest.strip():
            raise UserError(Problem.NOT_RECOGNIZED, person=rest.strip())
        if command.can_open_form:
            return self._not_with_form(command.who)
        return Private(blocks.list_reply(len(self._settings.blocked(command.who)), is_saved=False))

    def change(self, form: Submission) -> Reply:
        """Store what a person says of themselves."""
        language = form.choice("language")
        settings = PersonSettings(
            team=form.text("team"),
            manager=form.person("manager"),
            pace=form.number("pace", PACES, PACES[0]),
            writing_ok=form.choice("writing") == "yes",
            language=language if language in LANGUAGES else "",
            meets_in=frozenset(one for one in form.choices("meets_in") if one in MEETING_LANGUAGES),
            mentions_ok=form.choice("mentions") != "no",
            witness_ok=form.choice("witness") != "no",
            days=frozenset(int(day) for day in form.choices("days") if day in _WEEKDAYS),
            start=form.time_of_day("from"),
            end=form.time_of_day("until"),
            has_note=form.choice("note_day") != "none",
            note_weekday=form.number("note_day", range(DAYS_IN_WEEK), NOTE_WEEKDAY),
            note_at=form.time_of_day("note_at"),
        )
        profile = profile_or_unknown(self._directory, form.who.user_id)
        changed = self._settings.change(form.who, settings, profile, self._clock.now())
        with speaking(changed.language or profile.language or spoken()):
            return Private(blocks.settings_reply(changed, self._names))

    def set_blocked(self, form: Submission) -> Reply:
        """Store the private list as a whole."""
        others = form.people("people")
        self._settings.set_blocked(form.who, others, self._clock.now())
        return Private(blocks.list_reply(len(others), is_saved=True))

    def unblock(self, click: Click) -> Reply:
        """Take those whom the button names off the private list again."""
        for other in click.value.split():
            self._settings.unblock(click.who, other)
        return Private(blocks.unblocked_reply())

    def _form(self, who: Actor) -> Reply:
        return OpenForm(blocks.settings_form(self._settings.of(who)))

    def _not_with_form(self, who: Actor) -> Reply:
        return OpenForm(blocks.not_with_form(self._settings.blocked(who)))
