"""Listeners for learning notes: typed in one line, through the form, or at a message; only ever one's own."""

from bot.blocks import notes as blocks
from bot.blocks.block_kit import Block
from bot.blocks.errors import form_note
from bot.blocks.ids import NoteId
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.commands import plain, unquoted
from bot.domain.errors import UserError
from bot.domain.identity import Actor
from bot.domain.notes import MAX_NOTE, NoteForm, check_note
from bot.services.notes.notes import NoteService
from bot.services.operation.directory import Directory, profile_or_unknown
from handlers.listeners import Listeners
from handlers.payloads import Click, Command, Shortcut, Submission, id_in
from handlers.replies import InPlace, OpenForm, Private, Reply


class NoteHandlers:
    """What somebody learned."""

    def __init__(self, notes: NoteService, directory: Directory, names: CommandNames, clock: Clock) -> None:
        self._notes = notes
        self._directory = directory
        self._names = names
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons, the form, the shortcut and the words of learning notes."""
        return Listeners(
            clicks={
                NoteId.NEW: lambda click: self._form(click.who, NoteForm(click.value), click.channel_id),
                NoteId.SHARE: self.share,
                NoteId.ASK_LATER: self.ask_later,
                NoteId.EDIT: self.edit,
                NoteId.UNDO: self.undo,
                NoteId.LIST: lambda click: self.list(click.who),
                NoteId.MORE: self.choose,
            },
            forms={NoteId.FORM: self.submit},
            shortcuts={NoteId.SHORTCUT: self.of_message},
            words={"til": self.keep, "notes": lambda command, _rest: self.list(command.who)},
        )

    def keep(self, command: Command, rest: str) -> Reply:
        """Keep what was typed at once; without words, or with words that cannot be taken, open the form."""
        form = NoteForm(unquoted(plain(rest)))
        troubles = check_note(form)
        if not troubles:
            return self._keep(command.who, form, command.channel_id)
        trouble = next(iter(troubles.values()))
        note = form_note(trouble, self._names) if form.text else None
        if command.can_open_form:
            return self._form(command.who, form, command.channel_id, note)
        if not form.text:
            return Private(blocks.form_offer())
        raise UserError(trouble.problem, kept=form.text, **trouble.details)

    def list(self, who: Actor) -> Reply:
        """Show the person's own notes."""
        return Private(blocks.notes_reply(self._notes.newest(who), self._names))

    def of_message(self, shortcut: Shortcut) -> Reply:
        """Open the form with a message's words and address; only what the person leaves in it is kept."""
        words = " ".join(plain(shortcut.text).split())[:MAX_NOTE]
        return self._form(shortcut.who, NoteForm(words, shortcut.link), shortcut.channel_id)

    def submit(self, form: Submission) -> Reply:
        """Keep a new note from the form, or change the one it was opened for."""
        number, _, here = form.metadata.partition(":")
        chosen = form.choice("where")
        typed = NoteForm(
            form.text("text"),
            form.text("link"),
            blocks.ASKS in form.choices("asks"),
            "" if chosen == blocks.NOBODY_ELSE else chosen,
        )
        if not number:
            return self._keep(form.who, typed, here)
        card = self._notes.change(form.who, id_in(number), typed, self._clock.now())
        return Private(blocks.kept_reply(card, self._open(form.who, here), self._names, is_changed=True), here)

    def share(self, click: Click) -> Reply:
        """Let the channel read a note in which it was typed."""
        number, _, here = click.value.partition(":")
        card = self._notes.share(click.who, id_in(number), here, self._clock.now())
        return InPlace(blocks.kept_reply(card, here, self._names))

    def ask_later(self, click: Click) -> Reply:
        """Store whether somebody wants to be asked about a note."""
        number, here, wanted = (*click.value.split(":", 2), "", "")[:3]
        card = self._notes.ask_later(click.who, id_in(number), self._clock.now(), wanted=wanted == blocks.ASKS)
        return InPlace(blocks.kept_reply(card, here, self._names))

    def edit(self, click: Click) -> Reply:
        """Open the form with what is in a note."""
        number, _, here = click.value.partition(":")
        return self._edit(click.who, id_in(number), here)

    def choose(self, click: Click) -> Reply:
        """Change a note of the list, or delete it, as its menu says."""
        what, _, number = click.value.partition(" ")
        if what == NoteId.EDIT:
            return self._edit(click.who, id_in(number), click.channel_id)
        return self._delete(click.who, id_in(number))

    def undo(self, click: Click) -> Reply:
        """Take a note back that was just kept."""
        return InPlace(blocks.deleted_reply(self._notes.undo(click.who, id_in(click.value), self._clock.now())))

    def _keep(self, who: Actor, form: NoteForm, here: str) -> Reply:
        profile = profile_or_unknown(self._directory, who.user_id)
        card = self._notes.keep(who, form, profile, self._clock.now())
        return Private(blocks.kept_reply(card, self._open(who, here), self._names), here)

    def _form(self, who: Actor, filled: NoteForm, here: str, note: Block | None = None) -> Reply:
        return OpenForm(blocks.note_form(filled, self._notes.channels(who, here), note, here=here))

    def _edit(self, who: Actor, note_id: int, here: str) -> Reply:
        card = self._notes.get(who, note_id)
        return OpenForm(blocks.note_form(card.form, self._notes.channels(who, here), note_id=note_id, here=here))

    def _delete(self, who: Actor, note_id: int) -> Reply:
        return Private(blocks.deleted_reply(self._notes.delete(who, note_id, self._clock.now())))

    def _open(self, who: Actor, here: str) -> str:
        """Return the channel a person is in, if a note can be shared there; else nothing."""
        return here if here and here in self._notes.channels(who, here) else ""
