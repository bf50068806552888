"""Listeners for "used it since?": the answers, a line on where, and counting it without words."""

from bot.blocks import notes, uses
from bot.blocks.ids import NoteId, UseId
from bot.clock import Clock
from bot.domain.errors import Problem, UserError
from bot.domain.uses import Used
from bot.services.overview.uses import UseService
from handlers.listeners import Listeners
from handlers.payloads import Click, Submission, id_in
from handlers.replies import InPlace, OpenForm, Private, Reply


class UseHandlers:
    """One question a week at most; the answer takes its place."""

    def __init__(self, service: UseService, clock: Clock) -> None:
        self._uses = service
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the answers, the buttons that follow them, and the form."""
        return Listeners(
            clicks={
                NoteId.USED: self.answer,
                UseId.LINE: self.open_line,
                UseId.COUNT: self.count_only,
                UseId.TAKE_BACK: self.take_back,
            },
            forms={UseId.LINE_FORM: self.keep_line},
        )

    def answer(self, click: Click) -> Reply:
        """Store whether somebody used it."""
        number, _, said = click.value.partition(":")
        if said not in list(Used):
            raise UserError(Problem.GONE)
        answered, also = self._uses.answer(click.who, id_in(number), Used(said), self._clock.now())
        return InPlace(uses.answered_reply(answered, also))

    def open_line(self, click: Click) -> Reply:
        """Open the form for where it was used."""
        return OpenForm(uses.line_form(self._uses.current(click.who, id_in(click.value))))

    def keep_line(self, form: Submission) -> Reply:
        """Keep where it was used, for the person who may read it."""
        chosen = form.choice("where")
        channel_id = "" if chosen == notes.NOBODY_ELSE else chosen
        check_id, line = id_in(form.metadata), form.text("line")
        return Private(uses.line_kept(self._uses.keep_line(form.who, check_id, line, channel_id, self._clock.now())))

    def count_only(self, click: Click) -> Reply:
        """Count it without words."""
        return Private(uses.line_kept(self._uses.count_only(click.who, id_in(click.value), self._clock.now())))

    def take_back(self, click: Click) -> Reply:
        """Take a line out of its channel again; pressed under it, the answer must not take its place."""
        return Private(uses.taken_back_reply(self._uses.take_back(click.who, id_in(click.value), self._clock.now())))
