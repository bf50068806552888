"""What is said about suggestions: to the person who makes one, and to those who look after the community."""

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
    field,
    form,
    line_input,
    message,
    people,
    person,
    quote,
    section,
)
from bot.blocks.ids import SuggestionId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _
from bot.blocks.names import CommandNames
from bot.domain.messages import MessageKind


def pass_on_button(channel_id: str, typed: str) -> Block:
    """Offer to pass on what somebody typed; without words, the button opens the form."""
    return actions(button(_("Pass on"), SuggestionId.SEND, f"{channel_id} {typed}".strip()[:VALUE_LIMIT]))


def suggestion_form(channel_id: str, typed: str, note: Block | None = None) -> Block:
    """Build the form for a suggestion; `note` says why it opened instead of passing on at once what was typed."""
    return form(
        SuggestionId.FORM,
        _("Suggest a change"),
        [
            *([note] if note else ()),
            section(_("Those who look after {channel} read it, with your name.").format(channel=channel(channel_id))),
            field(
                "text",
                _("What would you change?"),
                line_input(typed, multiline=True),
                hint=_("The prompt on Wednesdays would fit me better."),
            ),
        ],
        submit=_("Pass on"),
        metadata=channel_id,
    )


def passed_on_reply(readers: Sequence[str], text: str) -> Message:
    """Confirm that a suggestion is on its way."""
    return message(section(_("*On its way to {people}:* {words}").format(people=people(readers), words=quote(text))))


def suggestion_message(who: str, channel_id: str, text: str, names: CommandNames) -> Message:
    """Tell somebody who looks after a community what a member suggests, in the member's own words."""
    return message(
        section(
            _("*{person} suggests for {channel}:* {words}").format(
                person=person(who), channel=channel(channel_id), words=quote(text)
            )
        ),
        context(
            _("You look after it, so it is yours to decide. `{learn} setup` there changes it.").format(
                learn=names.learn
            )
        ),
    )


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.SUGGESTION: KindWords(name=N_("your suggestion")),
}
