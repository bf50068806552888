"""What is said about offers and wants, and their form."""

from collections.abc import Sequence
from typing import Final

from bot.blocks.kit import (
    Block,
    Message,
    actions,
    button,
    context,
    day_with_year,
    field,
    form,
    line_input,
    message,
    option,
    people,
    quote,
    section,
)
from bot.blocks.names import CommandNames
from bot.domain.offers import MINUTES, TopicCard, TopicForm, TopicKind, TopicSaved

TOPIC_FORM: Final = "topic.form"
NEW_OFFER: Final = "topic.offer"
NEW_WANT: Final = "topic.want"
REMOVE: Final = "topic.remove"

_OPEN_FORM: Final = {TopicKind.OFFER: NEW_OFFER, TopicKind.WANT: NEW_WANT}
_TITLES: Final = {TopicKind.OFFER: "I can show \u2026", TopicKind.WANT: "I'd like to learn \u2026"}


def saved_reply(saved: TopicSaved, names: CommandNames) -> Message:
    """Confirm an offer or a want, and say who is waiting for it or can show it."""
    card = saved.card
    if card.kind is TopicKind.OFFER:
        known = f" {_wanted(saved.wanted_by)}" if saved.wanted_by else ""
        first = f"*Saved: you can show {quote(card.topic)}{_minutes(card)}.*{known}"
    else:
        known = f" {people(saved.offered_by)} can show it." if saved.offered_by else ""
        first = f"*Saved: you want to learn {quote(card.topic)}.*{known}"
    return message(
        section(first),
        context(
            f"I use it for your next introductions, until {day_with_year(card.until)}. `{names.learn} topics`: all."
        ),
        actions(button("Take it back", REMOVE, card.topic_id, variant=card.topic_id)),
    )


def topics_reply(own: Sequence[TopicCard], names: CommandNames) -> Message:
    """Show a person's own offers and wants, with the ways to add one."""
    return message(
        section("*What you offer and want*" if own else "*Nothing offered and nothing wanted yet.*"),
        # A message holds fifty blocks; forty topics and what is around them fit.
        *(section(_line(card), button("Take back", REMOVE, card.topic_id, variant=card.topic_id)) for card in own),
        context(f"`{names.learn} teach pivot tables in 15 min` offers something; `{names.learn} want` asks for it."),
        actions(button("I can show \u2026", NEW_OFFER), button("I'd like to learn \u2026", NEW_WANT)),
    )


def removed_reply(card: TopicCard) -> Message:
    """Confirm that an offer or a want is gone, with the way back."""
    said = "can show" if card.kind is TopicKind.OFFER else "want to learn"
    return message(
        section(f"*Taken back:* you {said} {quote(card.topic)}."),
        actions(button("Put it back", _OPEN_FORM[card.kind], card.topic)),
    )


def topic_form(filled: TopicForm, note: Block | None = None) -> Block:
    """Build the form for an offer or a want; `note` says why it opened instead of doing at once what was typed."""
    is_offer = filled.kind is TopicKind.OFFER
    fields = [
        field(
            "topic",
            "What can you show?" if is_offer else "What do you want to learn?",
            line_input(filled.topic),
            hint="A few words, such as: pivot tables."
            if is_offer
            else "A few words, such as: reading a balance sheet.",
        )
    ]
    if is_offer:
        lengths = [option(f"{minutes} minutes", str(minutes)) for minutes in MINUTES]
        chosen = lengths[MINUTES.index(filled.minutes or 30)]
        element = {"type": "static_select", "options": lengths, "initial_option": chosen}
        fields.append(field("minutes", "How long does it take?", element))
    blocks = [*([note] if note else []), *fields]
    return form(TOPIC_FORM, _TITLES[filled.kind], blocks, submit="Save", metadata=filled.kind.value)


def _line(card: TopicCard) -> str:
    said = "I can show" if card.kind is TopicKind.OFFER else "I want to learn"
    return f"{said} {quote(card.topic)}{_minutes(card)}"


def _minutes(card: TopicCard) -> str:
    return f" in {card.minutes} minutes" if card.minutes else ""


def _wanted(number: int) -> str:
    return "1 person wants it." if number == 1 else f"{number} people want it."
