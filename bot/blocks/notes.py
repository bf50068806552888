"""What is said about learning notes: to their owner, and in a channel only where the owner shares one."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.blocks.block_kit import (
    VALUE_LIMIT,
    Block,
    Message,
    actions,
    button,
    channel,
    context,
    day_with_year,
    divider,
    escape,
    field,
    form,
    header,
    line_input,
    message,
    more,
    option,
    person,
    quote,
    section,
)
from bot.blocks.ids import NoteId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _, ngettext
from bot.blocks.names import CommandNames
from bot.domain.messages import MessageKind
from bot.domain.notes import MAX_NOTE, NoteCard, NoteForm, Notes
from bot.domain.uses import Source, Used, UseQuestion

ASKS: Final = "ask"
DELETE: Final = "delete"
NOT_ASKED: Final = "quiet"
NOBODY_ELSE: Final = "me"
_MOST_CHANNELS: Final = 9
_USED: Final = {
    Used.YES: N_("Yes, for \u2026"),
    Used.NOT_YET: N_("Not yet"),
    Used.NOT_RELEVANT: N_("Not relevant after all"),
}
_EXAMPLE: Final = N_("For example: the export button also takes a filter.")


def note_form(
    filled: NoteForm, channels: Sequence[str], note: Block | None = None, *, note_id: int | None = None, here: str = ""
) -> Block:
    """Build the form for a learning note, or for changing the one of an id.

    Args:
        filled: What is known already.
        channels: In which channels it can be shared; `here` among them is where the form was opened.
        note: Says at the top why the form opened instead of keeping at once what was typed.
        note_id: The note that is changed; None for a new one.
        here: The channel in which it was begun; empty outside every channel.
    """
    text = filled.text
    return form(
        NoteId.FORM,
        _("Note what you learned") if note_id is None else _("Change a note"),
        [
            *([note] if note else ()),
            field(
                "text",
                _("What did you learn?"),
                line_input(text, multiline=True),
                hint=_("The export button also takes a filter."),
            ),
            field(
                "link",
                _("A link to it"),
                line_input(filled.link),
                hint=_("A message, a page, a change; people who may not see it only see the link."),
                optional=True,
            ),
            _asks_field(filled.asks),
            *who_may_read(filled.channel_id, channels, here),
        ],
        submit=_("Keep it") if note_id is None else _("Save"),
        metadata=f"{note_id or ''}:{here}",
    )


def _asks_field(asks: bool) -> Block:  # noqa: FBT001 - what is in the box
    choice = option(_("Ask me in three weeks whether I used it"), ASKS)
    element: Block = {"type": "checkboxes", "options": [choice]}
    if asks:
        element["initial_options"] = [choice]
    return field("asks", _("Later"), element, hint=_("Once, in your weekly note."), optional=True)


def who_may_read(chosen: str, channels: Sequence[str], here: str = "") -> list[Block]:
    """Build the choice of a channel that may read something, for a person who may share in any; at first none may."""
    places = list(dict.fromkeys([*([chosen] if chosen else ()), *channels]))[:_MOST_CHANNELS]
    if not places:
        return []
    options = [{"text": _marked(_("Only me")), "value": NOBODY_ELSE}]
    options += [{"text": _marked(_place(one, is_here=one == here)), "value": one} for one in places]
    known = {one["value"]: one for one in options}
    element = {"type": "radio_buttons", "options": options, "initial_option": known[chosen or NOBODY_ELSE]}
    return [field("where", _("Who may read it?"), element)]


def _place(channel_id: str, *, is_here: bool) -> str:
    said = _("Here, in {channel}, with my name") if is_here else _("In {channel}, with my name")
    return said.format(channel=channel(channel_id))


def _marked(text: str) -> Block:
    # Only an option with markup can show a channel's name.
    return {"type": "mrkdwn", "text": text}


def form_offer(text: str = "", note: Block | None = None) -> Message:
    """Offer the form as a button, where no form can be opened at once; what was typed is in it."""
    return message(
        note or section(_("*What did you learn?* One sentence, for you alone.")),
        actions(button(_("Note it"), NoteId.NEW, text[:VALUE_LIMIT], primary=True)),
    )


def kept_reply(card: NoteCard, here: str, names: CommandNames, *, is_changed: bool = False) -> Message:
    """Confirm a note, with the ways to share it, to change it and to take it back."""
    words = quote(card.text)
    if card.channel_id:
        first = _("*Kept, and on its way to {channel}:* {words}").format(channel=channel(card.channel_id), words=words)
    elif is_changed:
        first = _("*Changed:* {words} Only you can read it.").format(words=words)
    else:
        first = _("*Saved, for you alone:* {words}").format(words=words)
    share = [button(_("Share here"), NoteId.SHARE, f"{card.note_id}:{here}")] if here and not card.channel_id else []
    undo = [] if is_changed else [button(_("Undo"), NoteId.UNDO, card.note_id)]
    return message(
        section(first),
        actions(*share, _ask_button(card, here), button(_("Edit"), NoteId.EDIT, f"{card.note_id}:{here}"), *undo),
        context(_later(card, names)),
    )


def _ask_button(card: NoteCard, here: str) -> Block:
    label, wanted = (_("Don't ask me"), NOT_ASKED) if card.asks else (_("Ask me in 3 weeks"), ASKS)
    return button(label, NoteId.ASK_LATER, f"{card.note_id}:{here}:{wanted}")


def _later(card: NoteCard, names: CommandNames) -> str:
    if card.asks:
        return _(
            "In three weeks I ask once whether you used it. Undo works for ten minutes, `{learn} notes` at any time."
        ).format(learn=names.learn)
    return _("I won't ask about it. Undo works for ten minutes, `{learn} notes` at any time.").format(learn=names.learn)


def notes_reply(notes: Notes, names: CommandNames) -> Message:
    """List a person's newest notes, with what can be done about each."""
    if not notes.newest:
        return message(
            section(
                _("*No note yet.* For example: `{learn} til the export button also takes a filter`").format(
                    learn=names.learn
                )
            ),
            actions(button(_("Note something"), NoteId.NEW, primary=True)),
        )
    rest = _("The newest {number} of {total}; `{learn} export` gives you all.").format(
        number=len(notes.newest), total=notes.total, learn=names.learn
    )
    return message(
        section(_("*Your learning notes* (only you see this list)")),
        *(_with_menu(card) for card in notes.newest),
        actions(button(_("Note something"), NoteId.NEW)),
        *([context(rest)] if notes.total > len(notes.newest) else ()),
    )


def notes_at_home(notes: Notes) -> list[Block]:
    """Draw the notes' part of App Home: the newest few, and the ways to add one and to see all."""
    newest = [section(_line(card)) for card in notes.newest]
    everything = [button(_("All"), NoteId.LIST)] if notes.newest else []
    return [
        divider(),
        header(_("My learning notes (only you see this)")),
        *(newest or [section(_(_EXAMPLE))]),
        actions(button(_("Note something"), NoteId.NEW), *everything),
    ]


def _with_menu(card: NoteCard) -> Block:
    choices = [(_("Edit or share"), f"{NoteId.EDIT} {card.note_id}"), (_("Delete"), f"{DELETE} {card.note_id}")]
    return section(_line(card), more(NoteId.MORE, choices))


def _line(card: NoteCard) -> str:
    parts = [day_with_year(card.noted_on)]
    if card.channel_id:
        parts.append(_("shared in {channel}").format(channel=channel(card.channel_id)))
    if card.link:
        parts.append(_linked(card.link))
    return "\n".join([quote(card.text), " \u00b7 ".join(parts)])


def shared_message(who: str, text: str, link: str) -> Message:
    """Share a note in a channel, where its owner said so."""
    said = _("*{person} learned:* {words}").format(person=person(who), words=quote(text))
    return message(section(said), *([context(_linked(link))] if link else ()))


def _linked(link: str) -> str:
    label = _("What it was about")
    return f"<{escape(link)}|{label}>"


def deleted_reply(card: NoteCard) -> Message:
    """Confirm that a note is gone, with what stood in it at hand for the person who did not mean it."""
    gone = _("*Deleted:* {words}").format(words=quote(card.text))
    if card.channel_id:
        gone = _("*Deleted:* {words} It goes from {channel} in a moment.").format(
            words=quote(card.text), channel=channel(card.channel_id)
        )
    return message(section(gone), actions(button(_("Note it again"), NoteId.NEW, card.text[:MAX_NOTE])))


def use_question(question: UseQuestion) -> list[Block]:
    """Write M10: ask whether somebody used what they learned, with one tap for each answer."""
    match question.source:
        case Source.NOTE:
            first = ngettext(
                "*{weeks} week ago you noted:* {words}", "*{weeks} weeks ago you noted:* {words}", question.weeks
            )
        case Source.TAKEAWAY:
            first = ngettext(
                "*{weeks} week ago you took away:* {words}",
                "*{weeks} weeks ago you took away:* {words}",
                question.weeks,
            )
        case Source.GOAL:
            first = ngettext(
                "*{weeks} week ago you reached:* {words}", "*{weeks} weeks ago you reached:* {words}", question.weeks
            )
    said = first.format(weeks=question.weeks, words=quote(question.text))
    asked = _("Used it since?")
    return [
        section(f"{said}\n{asked}"),
        actions(
            *(button(_(text), NoteId.USED, f"{question.check_id}:{one}", variant=one) for one, text in _USED.items())
        ),
    ]


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.NOTE_SHARED: KindWords(name=N_("your note")),
    MessageKind.NOTE_REMOVED: KindWords(name=N_("your note")),
}
