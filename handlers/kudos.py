"""Listeners for thanks: typed in one line, through the form, or at a message; and for what can be done with them."""

from collections.abc import Sequence
from dataclasses import replace

from bot.blocks import kudos as blocks
from bot.blocks.errors import form_note
from bot.blocks.ids import KudosId
from bot.blocks.kudos import Pending
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.commands import KudosText, parse_kudos
from bot.domain.errors import FormError, Problem, Refusal, UserError
from bot.domain.goals import check_length
from bot.domain.identity import Profile
from bot.domain.kudos import MAX_DEED, PRIVATELY, Thanks
from bot.services.kudos.kudos import KudosService
from bot.services.operation.directory import Directory
from handlers.listeners import Listeners
from handlers.payloads import Click, Command, Shortcut, Submission, id_in
from handlers.replies import InPlace, OpenForm, Private, Reply

# A person who names a crowd is refused; nobody waits for more accounts than these to be looked up.
_LOOKED_UP = 10


class KudosHandlers:
    """Who thanks whom for what."""

    def __init__(self, kudos: KudosService, directory: Directory, names: CommandNames, clock: Clock) -> None:
        self._kudos = kudos
        self._names = names
        self._directory = directory
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons, the forms, the shortcut and the word of thanks."""
        return Listeners(
            clicks={
                KudosId.GIVE: self.open_form,
                KudosId.POST: self.send,
                KudosId.UNDO: self.undo,
                KudosId.EDIT: self.open_reword_form,
                KudosId.TAKE_DOWN: self.take_down,
                KudosId.KEEP: self.keep,
                KudosId.OPEN_DRAFT: self.open_draft,
                KudosId.DISCARD: self.discard,
                KudosId.RECEIVED: self.show_received,
            },
            clicks_outside_home={KudosId.ME_TOO: self.me_too, KudosId.NOT_ME_TOO: self.not_me_too},
            forms={
                KudosId.FORM: self.submit,
                KudosId.REWORD_FORM: self.reword,
                KudosId.KEEP_FORM: self.keep_from_form,
            },
            shortcuts={KudosId.SHORTCUT: self.for_message},
            words={"kudos": self.give},
        )

    def give(self, command: Command, rest: str) -> Reply:
        """Show complete thanks to their giver first; else open the form with what was typed and why."""
        typed = parse_kudos(rest)
        pending = Pending(
            Thanks(typed.people, typed.text, tag=typed.tag), here=command.channel_id, act=command.who.act_id
        )
        if not rest.strip() and (draft := self._kudos.oldest_draft(command.who)):
            return Private(blocks.draft_message(draft))
        trouble = _trouble(typed)
        if typed.people == (command.who.user_id,) and typed.text and not trouble:
            return Private(blocks.yourself_reply(replace(pending, thanks=replace(pending.thanks, people=()))))
        if trouble or not typed.people or not typed.text:
            return self._complete(command, pending, trouble)
        places = self._kudos.places(command.who, command.channel_id)
        try:
            hints = self._kudos.check(
                command.who, places.first, pending.thanks, self._profiles(pending.thanks), self._clock.now()
            )
        except FormError as refusal:
            return self._complete(command, pending, next(iter(refusal.troubles.values())))
        except UserError as refusal:
            return Private(blocks.keep_offer(_or_raise(refusal, pending)))
        return Private(blocks.preview_message(places, pending, command.who.user_id, hints))

    def show_received(self, click: Click) -> Reply:
        """Show the thanks that reached somebody on a page of their own."""
        return OpenForm(blocks.received_view(self._kudos.received(click.who, self._clock.now())))

    def send(self, click: Click) -> Reply:
        """Give thanks as they were shown."""
        pending = blocks.decode(click.value)
        # Both buttons of one preview are the same act; an older preview's do not say which.
        who = replace(click.who, act_id=f"thanks:{pending.act}") if pending.act else click.who
        profiles = self._profiles(pending.thanks)
        try:
            given = self._kudos.give(who, pending.place, pending.thanks, profiles, self._clock.now())
        except UserError as refusal:
            return InPlace(blocks.keep_offer(_or_raise(refusal, pending)))
        return InPlace(blocks.given_reply(given)) if given else None

    def open_form(self, click: Click) -> Reply:
        """Open the form with whatever the button carries filled in."""
        pending = blocks.decode(click.value)
        return self._form(click, replace(pending, here=pending.here or click.channel_id))

    def for_message(self, shortcut: Shortcut) -> Reply:
        """Open the form with the person who wrote the message, and the message's address, filled in."""
        author = () if shortcut.author in {"", shortcut.who.user_id} else (shortcut.author,)
        return self._form(shortcut, Pending(Thanks(author, "", link=shortcut.link), here=shortcut.channel_id))

    def submit(self, form: Submission) -> Reply:
        """Give thanks from the form; without an effect it is asked for, once."""
        words = _words(form)
        pending = replace(
            blocks.decode(form.metadata),
            thanks=replace(words, people=form.people("people")),
            place=form.choice("where") or PRIVATELY,
        )
        profiles, now = self._profiles(pending.thanks), self._clock.now()
        try:
            self._kudos.check(form.who, pending.place, pending.thanks, profiles, now)
            if not words.effect and not pending.asked:
                return OpenForm(blocks.effect_form(self._kudos.places(form.who, pending.here), pending))
            given = self._kudos.give(form.who, pending.place, pending.thanks, profiles, now, pending.draft_id)
        except UserError as refusal:
            return OpenForm(blocks.keep_form(_or_raise(refusal, pending)))
        return Private(blocks.given_reply(given), given.channel_id or pending.here) if given else None

    def undo(self, click: Click) -> Reply:
        """Take thanks back that were just given."""
        return InPlace(blocks.undone_reply(self._kudos.undo(click.who, id_in(click.value), self._clock.now())))

    def open_reword_form(self, click: Click) -> Reply:
        """Open the form that changes the words of thanks just given."""
        kudos_id = id_in(click.value)
        thanks, values = self._kudos.just_given(click.who, kudos_id, self._clock.now())
        return OpenForm(blocks.reword_form(kudos_id, click.channel_id, thanks, values))

    def reword(self, form: Submission) -> Reply:
        """Change the words of thanks just given."""
        number, _, here = form.metadata.partition(" ")
        precision = self._kudos.reword(form.who, id_in(number), _words(form), self._clock.now())
        return Private(blocks.reworded_reply(precision), here)

    def me_too(self, click: Click) -> Reply:
        """Note that somebody says so too."""
        kudos_id = id_in(click.value)
        is_new = self._kudos.me_too(click.who, kudos_id, self._clock.now())
        return Private(blocks.me_too_reply(kudos_id, is_new=is_new))

    def not_me_too(self, click: Click) -> Reply:
        """Take back that somebody says so too."""
        self._kudos.not_me_too(click.who, id_in(click.value), self._clock.now())
        return InPlace(blocks.not_me_too_reply())

    def take_down(self, click: Click) -> Reply:
        """Take thanks down for somebody who is thanked in them, or gave them."""
        self._kudos.take_down(click.who, id_in(click.value), self._clock.now())
        return Private(blocks.taken_down_reply())

    def keep(self, click: Click) -> Reply:
        """Keep thanks for another day."""
        draft_id = self._kudos.keep(click.who, blocks.decode(click.value).thanks, self._clock.now())
        return InPlace(blocks.kept_reply(draft_id, self._names)) if draft_id else None

    def keep_from_form(self, form: Submission) -> Reply:
        """Keep thanks for another day that came from the form."""
        pending = blocks.decode(form.metadata)
        deed = form.text("deed")
        # What is short can still grow on the day it is sent; what could never be sent is not kept.
        if trouble := check_length(deed, 1, MAX_DEED, Problem.DEED_SHORT):
            raise FormError({"deed": trouble})
        thanks = replace(pending.thanks, deed=deed)
        draft_id = self._kudos.keep(form.who, thanks, self._clock.now())
        return Private(blocks.kept_reply(draft_id, self._names), pending.here) if draft_id else None

    def open_draft(self, click: Click) -> Reply:
        """Open the form with thanks that were kept."""
        draft = self._kudos.draft(click.who, id_in(click.value))
        return self._form(click, Pending(draft.thanks, here=click.channel_id, draft_id=draft.draft_id))

    def discard(self, click: Click) -> Reply:
        """Remove thanks that were kept."""
        self._kudos.discard(click.who, id_in(click.value))
        return InPlace(blocks.discarded_reply())

    def _complete(self, command: Command, pending: Pending, trouble: Refusal | None) -> Reply:
        """Let somebody put right what was typed; people who cannot be thanked are left out."""
        named = trouble.details.get("person") if trouble else None
        fit = tuple(one for one in pending.thanks.people if one not in {named, command.who.user_id})
        kept = replace(pending, thanks=replace(pending.thanks, people=fit))
        note = form_note(trouble, self._names) if trouble else None
        if not command.can_open_form:
            return Private(blocks.form_offer(kept, note))
        return OpenForm(blocks.kudos_form(self._kudos.places(command.who, kept.here), kept, note))

    def _form(self, begun: Click | Shortcut, pending: Pending) -> Reply:
        return OpenForm(blocks.kudos_form(self._kudos.places(begun.who, pending.here), pending))

    def _profiles(self, thanks: Thanks) -> Sequence[Profile]:
        people = dict.fromkeys(thanks.people[:_LOOKED_UP])
        return [profile for one in people if (profile := self._directory.find_profile(one))]


def _trouble(typed: KudosText) -> Refusal | None:
    """Return what is wrong with whom somebody named, as far as the words alone tell."""
    if typed.groups or typed.broadcast:
        return Refusal(Problem.GROUP_NAMED)
    return Refusal(Problem.NOT_RECOGNIZED, {"person": typed.unknown[0]}) if typed.unknown else None


def _words(form: Submission) -> Thanks:
    tag = form.choice("tag") or form.text("tag").lstrip("#").strip().casefold()
    return Thanks((), form.text("deed"), form.text("effect"), tag or None, form.text("link"))


def _or_raise(refusal: UserError, pending: Pending) -> Pending:
    """Return thanks that can be kept for tomorrow; any other refusal goes on its way."""
    if refusal.trouble.problem != Problem.ENOUGH_TODAY:
        raise refusal
    return pending
