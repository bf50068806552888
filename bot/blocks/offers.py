"""What is said about offers and wants, and their forms."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.blocks.block_kit import (
    VALUE_LIMIT,
    Block,
    Message,
    actions,
    button,
    context,
    day_with_year,
    escape,
    field,
    form,
    line_input,
    message,
    more,
    one_line,
    option,
    people,
    person,
    quote,
    section,
)
from bot.blocks.ids import TopicId
from bot.blocks.language import N_, _, ngettext
from bot.blocks.names import CommandNames
from bot.blocks.requests import introduce_button
from bot.domain.offers import (
    MINUTES,
    Before,
    Found,
    TopicCard,
    TopicForm,
    TopicKind,
    TopicSaved,
    TopicsOverview,
)

FINDABLE: Final = "findable"
# A message takes fifty blocks; what stands around one's own offers and wants takes six.
_MOST_LISTED: Final = 44
_SHOWN: Final = 200
_OPEN_FORM: Final = {TopicKind.OFFER: TopicId.OFFER, TopicKind.WANT: TopicId.WANT}
_TITLES: Final = {TopicKind.OFFER: N_("I can show \u2026"), TopicKind.WANT: N_("I'd like to learn \u2026")}


def saved_reply(saved: TopicSaved, names: CommandNames) -> Message:
    """Confirm an offer or a want, and say who is waiting for it or can show it."""
    card = saved.card
    known = ""
    if card.kind is TopicKind.OFFER:
        first = _("*Saved: you can show {what}.*").format(what=_what(card.topic, card.minutes))
        if saved.wanted_by:
            known = ngettext("{number} person wants it.", "{number} people want it.", saved.wanted_by).format(
                number=saved.wanted_by
            )
    else:
        first = _("*Saved: you want to learn {topic}.*").format(topic=quote(card.topic))
        if saved.found:
            known = _("{people} can show it.").format(people=people([one.user_id for one in saved.found]))
    last = _("I use it for your next introductions, until {day}. `{learn} topics`: all.").format(
        day=day_with_year(card.until), learn=names.learn
    )
    return message(
        section(f"{first} {known}".strip()),
        *_found(saved.found),
        context(f"{last} {_who_finds(card)}"),
        actions(
            button(_("Undo"), TopicId.UNDO, undo_value(saved), variant=card.topic_id),
            button(_("Edit"), TopicId.EDIT, card.topic_id, variant=card.topic_id),
        ),
    )


def topics_reply(overview: TopicsOverview, names: CommandNames) -> Message:
    """Show a person's own offers and wants, and those of others that have no partner yet, with the ways to add one."""
    own = overview.own
    room = _MOST_LISTED - len(own)
    offered = overview.offered[: max(room - min(len(overview.wanted), room // 2), 0)]
    wanted = overview.wanted[: max(room - len(offered), 0)]
    return message(
        section(_("*What you offer and want*") if own else _("*Nothing offered and nothing wanted by you yet.*")),
        *(own_line(card) for card in own),
        *([section(_("*Offered, and nobody has asked yet*"))] if offered else ()),
        *_found(offered),
        *([section(_("*Wanted, and nobody offers it yet*"))] if wanted else ()),
        *(
            section(quote(topic), button(_("I can help"), TopicId.OFFER, topic, variant=place))
            for place, topic in enumerate(wanted)
        ),
        context(
            _(
                "`{learn} teach pivot tables in 15 min` offers something; `{learn} want` asks for it; "
                "`{learn} find` looks for people."
            ).format(learn=names.learn)
        ),
        actions(
            button(_("I can show \u2026"), TopicId.OFFER),
            button(_("I'd like to learn \u2026"), TopicId.WANT),
            button(_("Find somebody"), TopicId.FIND),
        ),
    )


def found_reply(wanted: str, found: Sequence[Found], names: CommandNames) -> Message:
    """Show who offers what a person looks for; else how to be told when somebody does."""
    want = button(_("I'd like to learn it"), TopicId.WANT, one_line(wanted, VALUE_LIMIT), primary=not found)
    topic = quote(one_line(wanted, _SHOWN))
    if not found:
        first = _(
            "*Nobody offers {topic} yet.* Say that you want it, and the weekly note tells you when somebody does."
        )
        return message(section(first.format(topic=topic)), actions(want))
    return message(
        section(_("*Who offers {topic}*").format(topic=topic)),
        *_found(found),
        context(
            _("I ask them first, and introduce you after a yes. `{learn} topics`: what else there is.").format(
                learn=names.learn
            )
        ),
        actions(want),
    )


def removed_reply(card: TopicCard) -> Message:
    """Confirm that an offer or a want is gone, with the way back."""
    if card.kind is TopicKind.OFFER:
        first = _("*Taken back:* you can show {topic}.")
    else:
        first = _("*Taken back:* you want to learn {topic}.")
    return message(
        section(first.format(topic=quote(card.topic))),
        actions(button(_("Put it back"), _OPEN_FORM[card.kind], card.topic)),
    )


def undone_reply(card: TopicCard | None) -> Message:
    """Confirm that what was saved is undone; `card` is what is there again, if anything."""
    if card is None:
        return message(section(_("*Undone.* It is as if you had not said it.")))
    return message(section(_("*Undone.* It says {what} again.").format(what=_what(card.topic, card.minutes))))


def kept_reply(card: TopicCard) -> Message:
    """Confirm that an offer or a want lasts longer."""
    return message(
        section(_("*Kept: {topic}*, until {day}.").format(topic=quote(card.topic), day=day_with_year(card.until)))
    )


def still_true_message(card: TopicCard) -> Message:
    """Ask, before an offer or a want is over, whether it is still true."""
    if card.kind is TopicKind.OFFER:
        first = _("*Still true?* You can show {what}. It ends on {day}.")
    else:
        first = _("*Still true?* You want to learn {what}. It ends on {day}.")
    what = _what(card.topic, card.minutes)
    return message(
        section(first.format(what=what, day=day_with_year(card.until))),
        actions(
            button(_("Keep it"), TopicId.KEEP, card.topic_id, variant=card.topic_id),
            button(_("Let it go"), TopicId.REMOVE, card.topic_id, variant=card.topic_id),
        ),
    )


def match_message(offer: TopicCard) -> Message:
    """Tell somebody that what they want is offered now; the one who offers it is named when both agree to meet."""
    return message(
        section(
            _("Someone offers {what}, which you wanted.").format(what=_what(offer.topic, offer.minutes)),
            introduce_button(offer.topic_id),
        )
    )


def topic_form(filled: TopicForm, note: Block | None = None, topic_id: int | None = None) -> Block:
    """Build the form for an offer or a want.

    `note` says why it opened instead of doing at once what was typed, `topic_id` is the one that is changed.
    """
    is_offer = filled.kind is TopicKind.OFFER
    fields = [
        field(
            "topic",
            _("What can you show?") if is_offer else _("What do you want to learn?"),
            line_input(filled.topic),
            hint=_("A few words, such as: pivot tables.")
            if is_offer
            else _("A few words, such as: reading a balance sheet."),
        ),
        field(
            "sentence",
            _("Anything else worth knowing?"),
            line_input(filled.sentence),
            hint=_("From a raw export to the first table.")
            if is_offer
            else _("So that I can follow the talk about the year's figures."),
            optional=True,
        ),
    ]
    if is_offer:
        its_minutes = _("{number} minutes")
        lengths = [option(its_minutes.format(number=minutes), str(minutes)) for minutes in MINUTES]
        chosen = lengths[MINUTES.index(filled.minutes or 30)]
        element = {"type": "static_select", "options": lengths, "initial_option": chosen}
        fields.append(field("minutes", _("How long does it take?"), element))
    fields.append(_findable_field(filled))
    metadata = filled.kind.value if topic_id is None else f"{filled.kind.value} {topic_id}"
    blocks = [*([note] if note else []), *fields]
    return form(TopicId.FORM, _(_TITLES[filled.kind]), blocks, submit=_("Save"), metadata=metadata)


def find_form(wanted: str = "") -> Block:
    """Build the form that looks for somebody who offers a topic."""
    topic = field(
        "topic",
        _("What would you like to learn?"),
        line_input(wanted),
        hint=_("A word or two, such as: slides."),
    )
    return form(TopicId.FIND_FORM, _("Find somebody"), [topic], submit=_("Find"))


def undo_value(saved: TopicSaved) -> str:
    """Pack what stood in an offer or a want before it was saved into a button's value, after its number."""
    if saved.before is None:
        return str(saved.card.topic_id)
    before = saved.before
    packed = [before.topic, before.minutes, before.sentence, before.findable, before.said_at.isoformat()]
    return f"{saved.card.topic_id} {json.dumps(packed, ensure_ascii=False)}"


def before_from(value: str) -> tuple[str, Before | None]:
    """Unpack a number and what stood there before; raises ValueError for what `undo_value` never packed."""
    number, _space, packed = value.partition(" ")
    if not packed:
        return number, None
    topic, minutes, sentence, findable, said_at = json.loads(packed)
    at = datetime.fromisoformat(str(said_at))
    if minutes not in {None, *MINUTES} or at.tzinfo is None:
        raise ValueError("no offer and no want")
    return number, Before(str(topic), minutes, str(sentence), bool(findable), at)


def _findable_field(filled: TopicForm) -> Block:
    choice = option(_("People may find me for it"), FINDABLE)
    element: Block = {"type": "checkboxes", "options": [choice]}
    if filled.is_findable:
        element["initial_options"] = [choice]
    return field(
        "findable",
        _("Who may see it?"),
        element,
        hint=_(
            "People who find you see your name with it, and I ask you before I introduce you. Otherwise only I use it."
        ),
        optional=True,
    )


def _found(found: Sequence[Found]) -> list[Block]:
    return [
        section(
            _found_line(one),
            None if one.was_asked else introduce_button(one.topic_id),
        )
        for one in found
    ]


def _found_line(one: Found) -> str:
    line = _("*{person}* \u00b7 {what}").format(person=person(one.user_id), what=_what(one.topic, one.minutes))
    if one.sentence:
        line = f"{line}\n{escape(one_line(one.sentence))}"
    asked = _("You have asked already.")
    return f"{line}\n{asked}" if one.was_asked else line


def own_line(card: TopicCard) -> Block:
    """Show a person one of their own offers or wants, with what can be done about it."""
    said = _("I can show {what}") if card.kind is TopicKind.OFFER else _("I want to learn {what}")
    parts = [said.format(what=_what(card.topic, card.minutes)), _("until {day}").format(day=day_with_year(card.until))]
    if card.introductions:
        parts.append(
            ngettext(
                "{number} introduction in 12 weeks", "{number} introductions in 12 weeks", card.introductions
            ).format(number=card.introductions)
        )
    if card.offered_by:
        parts.append(
            ngettext("{number} person offers it", "{number} people offer it", card.offered_by).format(
                number=card.offered_by
            )
        )
    choices = [(_("Edit"), f"{TopicId.EDIT} {card.topic_id}"), (_("Take back"), f"{TopicId.REMOVE} {card.topic_id}")]
    return section(" \u00b7 ".join(parts), more(TopicId.MORE, choices))


def _who_finds(card: TopicCard) -> str:
    return _("People may find you for it.") if card.findable else _("Nobody finds you for it.")


def _what(topic: str, minutes: int | None) -> str:
    if minutes is None:
        return quote(topic)
    return _("{topic} in {number} minutes").format(topic=quote(topic), number=minutes)
