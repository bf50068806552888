"""Listeners for offers and wants, and for finding people by them."""

from dataclasses import replace

from bot.blocks import offers as blocks
from bot.blocks.errors import form_note
from bot.blocks.ids import TopicId
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.commands import plain, unquoted
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.goals import check_length
from bot.domain.identity import Actor, Profile
from bot.domain.offers import MAX_TOPIC, MINUTES, TopicForm, TopicKind, check_topic, parse_topic
from bot.services.offers.offers import OfferService
from bot.services.operation.directory import Directory, profile_or_unknown
from handlers.listeners import Listeners
from handlers.payloads import Click, Command, Shortcut, Submission, id_in
from handlers.replies import OpenForm, Private, Reply


class OfferHandlers:
    """What people can show, and what they want to be able to do."""

    def __init__(
        self,
        offers: OfferService,
        directory: Directory,
        names: CommandNames,
        clock: Clock,
    ) -> None:
        self._offers = offers
        self._directory = directory
        self._names = names
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons, the forms, the shortcuts and the words."""
        return Listeners(
            clicks={
                TopicId.OFFER: lambda click: self._form(TopicKind.OFFER, click.value),
                TopicId.WANT: lambda click: self._form(TopicKind.WANT, click.value),
                TopicId.REMOVE: self.remove,
                TopicId.EDIT: self.edit,
                TopicId.UNDO: self.undo,
                TopicId.KEEP: self.keep,
                TopicId.MORE: self.choose,
                TopicId.FIND: self.look,
            },
            forms={TopicId.FORM: self.submit, TopicId.FIND_FORM: self.find_from_form},
            shortcuts={
                TopicId.OFFER_SHORTCUT: lambda shortcut: self._of(TopicKind.OFFER, shortcut),
                TopicId.WANT_SHORTCUT: lambda shortcut: self._of(TopicKind.WANT, shortcut),
            },
            words={
                "teach": self.teach,
                "want": self.want,
                "find": self.find,
                "topics": lambda command, _rest: self.topics(command),
            },
        )

    def teach(self, command: Command, rest: str) -> Reply:
        """Store an offer at once; without a topic, or with one that cannot be taken, open the form."""
        return self._say(command, TopicKind.OFFER, rest)

    def want(self, command: Command, rest: str) -> Reply:
        """Store a want at once; without a topic, or with one that cannot be taken, open the form."""
        return self._say(command, TopicKind.WANT, rest)

    def find(self, command: Command, rest: str) -> Reply:
        """Show who offers a topic; without one, open the form or show what there is."""
        wanted = unquoted(plain(rest))
        if wanted.strip():
            return self._find(command.who, wanted)
        return OpenForm(blocks.find_form()) if command.can_open_form else self.topics(command)

    def find_from_form(self, form: Submission) -> Reply:
        """Show who offers the topic typed in the form; a name such as "R" is one, however short."""
        wanted = form.text("topic")
        if trouble := check_length(wanted, 1, MAX_TOPIC, Problem.TOPIC_SHORT):
            raise FormError({"topic": trouble})
        return self._find(form.who, wanted)

    def topics(self, command: Command) -> Reply:
        """Show the person's own offers and wants, and those of others that have no partner yet."""
        return Private(blocks.topics_reply(self._offers.overview(command.who, self._clock.now()), self._names))

    def submit(self, form: Submission) -> Reply:
        """Store an offer or a want from the form, in the place of the one that was edited, if one was."""
        said, _, number = form.metadata.partition(" ")
        kind = TopicKind.OFFER if said == TopicKind.OFFER else TopicKind.WANT
        filled = TopicForm(
            kind,
            form.text("topic"),
            form.number("minutes", MINUTES, None) if kind is TopicKind.OFFER else None,
            form.text("sentence"),
            blocks.FINDABLE in form.choices("findable"),
        )
        return self._save(form.who, filled, id_in(number) if number else None)

    def edit(self, click: Click) -> Reply:
        """Open the form with what is in one's own offer or want."""
        return self._edit(click.who, id_in(click.value))

    def choose(self, click: Click) -> Reply:
        """Edit one's own offer or want, or take it back, as the menu says."""
        what, _, number = click.value.partition(" ")
        if what == TopicId.EDIT:
            return self._edit(click.who, id_in(number))
        return self._remove(click.who, id_in(number))

    def remove(self, click: Click) -> Reply:
        """Take an offer or a want back."""
        return self._remove(click.who, id_in(click.value))

    def undo(self, click: Click) -> Reply:
        """Bring back what stood there before the last saving."""
        try:
            number, before = blocks.before_from(click.value)
        except (ValueError, TypeError):
            raise UserError(Problem.GONE) from None
        return Private(blocks.undone_reply(self._offers.undo(click.who, id_in(number), before, self._clock.now())))

    def keep(self, click: Click) -> Reply:
        """Let an offer or a want last longer."""
        return Private(blocks.kept_reply(self._offers.keep(click.who, id_in(click.value), self._clock.now())))

    def look(self, click: Click) -> Reply:
        """Show who offers what the button names; without a topic, open the form."""
        return self._find(click.who, click.value) if click.value else OpenForm(blocks.find_form())

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

    def _of(self, kind: TopicKind, shortcut: Shortcut) -> Reply:
        """Open the form with the first words of the message a shortcut was used on."""
        return self._form(kind, " ".join(plain(shortcut.text).split())[:MAX_TOPIC])

    def _form(self, kind: TopicKind, topic: str) -> Reply:
        return OpenForm(blocks.topic_form(TopicForm(kind, topic)))

    def _edit(self, who: Actor, topic_id: int) -> Reply:
        return OpenForm(blocks.topic_form(self._offers.form_of(who, topic_id), topic_id=topic_id))

    def _remove(self, who: Actor, topic_id: int) -> Reply:
        return Private(blocks.removed_reply(self._offers.remove(who, topic_id)))

    def _save(self, who: Actor, form: TopicForm, topic_id: int | None = None) -> Reply:
        saved = self._offers.save(who, form, self._profile(who), self._clock.now(), topic_id)
        return Private(blocks.saved_reply(saved, self._names))

    def _find(self, who: Actor, wanted: str) -> Reply:
        return Private(blocks.found_reply(wanted, self._offers.find(who, wanted, self._clock.now()), self._names))

    def _profile(self, who: Actor) -> Profile:
        return profile_or_unknown(self._directory, who.user_id)
