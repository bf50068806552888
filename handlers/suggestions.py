"""Listeners for suggestions: passed on as they were typed, or through the form."""

from bot.blocks import suggestions as blocks
from bot.blocks.errors import form_note
from bot.blocks.ids import SuggestionId
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.identity import Actor
from bot.services.communities.suggestions import SuggestionService
from bot.services.operation.directory import Directory, profile_or_unknown
from handlers.listeners import Listeners
from handlers.payloads import Click, Submission, trimmed
from handlers.replies import OpenForm, Private, Reply


class SuggestionHandlers:
    """What those suggest who may not change a community themselves."""

    def __init__(self, suggestions: SuggestionService, directory: Directory, names: CommandNames, clock: Clock) -> None:
        self._suggestions = suggestions
        self._directory = directory
        self._names = names
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the button and the form."""
        return Listeners(
            clicks_outside_home={SuggestionId.SEND: self.pass_on},
            forms={SuggestionId.FORM: self.submit},
        )

    def pass_on(self, click: Click) -> Reply:
        """Pass on what was typed; without words, or with words that cannot be taken, open the form."""
        channel_id, _, typed = click.value.partition(" ")
        text = trimmed(typed)
        if not text:
            return OpenForm(blocks.suggestion_form(channel_id, ""))
        try:
            return self._pass_on(click.who, channel_id, text)
        except FormError as refusal:
            trouble = next(iter(refusal.troubles.values()))
            return OpenForm(blocks.suggestion_form(channel_id, text, form_note(trouble, self._names)))

    def submit(self, form: Submission) -> Reply:
        """Pass on what is in the form."""
        return self._pass_on(form.who, form.metadata, form.text("text"))

    def _pass_on(self, who: Actor, channel_id: str, text: str) -> Reply:
        # A button says which channel it means, not whether the person who presses it is in there.
        if not self._directory.has_member(channel_id, who.user_id):
            raise UserError(Problem.NOT_IN_CHANNEL, kept=text, channel=channel_id)
        profile = profile_or_unknown(self._directory, who.user_id)
        readers = self._suggestions.pass_on(who, channel_id, text, profile, self._clock.now())
        return Private(blocks.passed_on_reply(readers, text), channel_id)
