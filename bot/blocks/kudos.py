"""What is said about thanks: the post, the form, the answers to the giver."""

from collections.abc import Sequence
from typing import Final

from bot.blocks.kit import (
    VALUE_LIMIT,
    Block,
    Message,
    actions,
    button,
    channel,
    context,
    escape,
    field,
    form,
    line_input,
    message,
    people,
    person,
    quote,
    section,
)
from bot.domain.kudos import MAX_PEOPLE, Thanks

GIVE: Final = "kudos.give"
KUDOS_FORM: Final = "kudos.form"
THANKS_SHORTCUT: Final = "kudos.shortcut"
# A button's value, without the channel in front.
CARRIED: Final = VALUE_LIMIT - 20


def kudos_message(giver: str, thanks: Thanks) -> Message:
    """Write M11: who thanks whom for what; no totals."""
    tag = f" \u00b7 #{escape(thanks.tag)}" if thanks.tag else ""
    effect = f"\n{quote(thanks.effect)}" if thanks.effect else ""
    return message(
        section(f"*{person(giver)} thanks {people(thanks.people)}{tag}*"),
        section(f"{quote(thanks.deed)}{effect}"),
    )


def carried(thanks: Thanks) -> str:
    """Pack thanks that are not given yet into a button's value, to stand after a channel's id."""
    return f"{' '.join(thanks.people[:MAX_PEOPLE])}\n{thanks.deed}"[:CARRIED]


def uncarried(value: str) -> tuple[str, Thanks]:
    """Unpack a channel's id, empty when there is none, and the thanks begun for it."""
    whom, _, deed = value.partition("\n")
    channel_id, *people_named = whom.split() or [""]
    return channel_id, Thanks(tuple(people_named), deed)


def kudos_form(channel_id: str, thanks: Thanks, note: Block | None = None) -> Block:
    """Build the form for thanks, with what is known filled in.

    `note` says at the top why what was typed is not enough yet.
    """
    whom: Block = {"type": "multi_users_select"}
    if thanks.people:
        whom["initial_users"] = list(thanks.people)
    return form(
        KUDOS_FORM,
        "Say thank you",
        [
            *([note] if note else ()),
            field("people", "Whom?", whom, hint="Up to five people."),
            field(
                "deed",
                "What did they do?",
                line_input(thanks.deed, multiline=True),
                hint="When you walked me through the migration twice \u2026",
            ),
            field(
                "effect",
                "What did it change?",
                line_input(thanks.effect, multiline=True),
                hint="\u2026 so that I could do the second one alone.",
                optional=True,
            ),
            field("tag", "A value it shows", line_input(thanks.tag or ""), hint="patience", optional=True),
            context(f"It appears in {channel(channel_id)}."),
        ],
        submit="Say thanks",
        metadata=channel_id,
    )


def form_offer(channel_id: str, thanks: Thanks, note: Block | None = None) -> Message:
    """Offer the form as a button, where no form can be opened at once; what was typed is in it."""
    return message(
        note or section("*Thanks need a short form.*"),
        actions(button("Say thanks", GIVE, f"{channel_id} {carried(thanks)}", primary=True)),
    )


def given_reply(channel_id: str, thanks_to: Sequence[str]) -> Message:
    """Confirm to the giver that the thanks are on their way."""
    return message(
        section(f"*Thank you for thanking.* {people(thanks_to)} can read it in {channel(channel_id)} in a moment."),
        context("No one counts who thanks whom how often."),
    )
