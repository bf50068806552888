"""What is said about prompts: the weekly post, its follow-up, a word to the facilitator."""

from collections.abc import Mapping
from typing import Final

from bot.blocks.block_kit import Message, actions, button, channel, context, escape, message, more, section
from bot.blocks.ids import PromptId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _, speaking
from bot.blocks.names import CommandNames
from bot.domain.messages import MessageKind
from bot.domain.prompts import Prompt, TapKind

COUNT_FROM: Final = 3

_LABELS: Final = {
    TapKind.ANSWER: N_("Answer in thread"),
    TapKind.DID: N_("I did it"),
    TapKind.USEFUL: N_("Useful to me"),
}


def prompt_message(prompt: Prompt, theme: str, post_id: int, taps: Mapping[str, int], names: CommandNames) -> Message:
    """Write M3: one prompt; taps show as a number from three upward, never with names.

    The whole message is in the language of the prompt.
    """
    with speaking(prompt.language):
        return _prompt(prompt, theme, post_id, taps, names)


def _prompt(prompt: Prompt, theme: str, post_id: int, taps: Mapping[str, int], names: CommandNames) -> Message:
    return message(
        section(
            _("*This week \u00b7 {theme} \u00b7 {minutes} min*").format(theme=escape(theme), minutes=prompt.minutes)
        ),
        section(escape(prompt.text)),
        actions(
            *(
                button(
                    _label(kind, taps), PromptId.TAP, f"{post_id}:{kind}", variant=kind, primary=kind is TapKind.ANSWER
                )
                for kind in (TapKind.ANSWER, TapKind.DID, TapKind.USEFUL)
            ),
            more(PromptId.MORE, [(_("Not for me"), f"{post_id}:{TapKind.NOT_FOR_ME}")]),
        ),
        context(_("_Taps are counted without names. {learn} about says more._").format(learn=names.learn)),
    )


def tapped_reply(kind: TapKind, *, is_new: bool) -> Message:
    """Confirm a tap to the person who made it."""
    if kind is TapKind.ANSWER:
        return message(
            section(_("*Write your answer in the thread of the prompt.* I can't read it; your colleagues can."))
        )
    if kind is TapKind.NOT_FOR_ME:
        return message(section(_("Noted, for you alone. The next one comes in a week.")))
    if not is_new:
        return message(section(_("That was counted already.")))
    return message(section(_("Counted, without your name.")))


def follow_up_message(prompt: Prompt) -> Message:
    """Write M4: one line in the thread, two days later."""
    return message(section(escape(prompt.follow_up)))


def quiet_message(channel_id: str, names: CommandNames) -> Message:
    """Tell a facilitator that three weeks went by without a tap."""
    return message(
        section(
            _("*Three quiet weeks in {channel}.* Change the day, the rhythm, or take a break?").format(
                channel=channel(channel_id)
            )
        ),
        context(_("`{learn} setup` in the channel changes it.").format(learn=names.learn)),
    )


def _label(kind: TapKind, taps: Mapping[str, int]) -> str:
    count = taps.get(kind, 0)
    shows_count = kind is not TapKind.ANSWER and count >= COUNT_FROM
    label = _(_LABELS[kind])
    return f"{label} \u00b7 {count}" if shows_count else label


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.PROMPT: KindWords(name=N_("this week's prompt")),
    MessageKind.PROMPT_FOLLOW_UP: KindWords(name=N_("my line under this week's prompt")),
    MessageKind.PROMPT_QUIET: KindWords(
        why=N_("three quiet weeks, and you look after the channel"), plural=N_("lines on quiet weeks")
    ),
}
