"""What answers to a check-in on a goal lead to: a line of one's own, help for who is stuck, a goal that changes."""

from collections.abc import Mapping
from typing import Final

from bot.blocks.block_kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    context,
    field,
    form,
    line_input,
    long_day,
    message,
    one_line,
    person,
    quote,
    section,
)
from bot.blocks.check_ins import asked_blocks
from bot.blocks.goals import done_blocks, ref_value
from bot.blocks.ids import GoalCheckId, GoalId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _
from bot.domain.goals import GoalAnswered, Progress
from bot.domain.messages import MessageKind
from bot.domain.rounds import StillAsked


def answered_reply(answered: GoalAnswered, also: StillAsked) -> Message:
    """Go on after an answer; takes the question's place and leaves what else is asked where it was."""
    match answered.progress:
        case Progress.MOVED:
            blocks = [section(_("*Noted: moved.*")), *_line(answered)]
        case Progress.STUCK:
            blocks = [section(_("*That happens. What would help?*")), actions(*_help(answered)), *_line(answered)]
        case Progress.CHANGED:
            change = button(_("Change the goal"), GoalId.EDIT, answered.goal.goal_id, primary=True)
            blocks = [
                section(_("*Noted: it changed.* Shall the goal change with it?")),
                actions(change, button(_("Drop it"), GoalId.DROP, answered.goal.goal_id)),
                *_line(answered),
            ]
        case Progress.DONE:
            blocks = done_blocks(answered.goal)
        case _:
            blocks = [section(_later(answered))]
    return message(*blocks, *asked_blocks(also))


def _later(answered: GoalAnswered) -> str:
    if answered.next_on is None:
        return _("*That's fine.*")
    return _("*That's fine.* I'll ask again from {day} on.").format(day=long_day(answered.next_on))


def _help(answered: GoalAnswered) -> list[Block]:
    ref, goal_id = ref_value(answered.ref), answered.goal.goal_id
    buttons = []
    if answered.help.buddies:
        buttons.append(button(_("Ask whom I meet this round"), GoalCheckId.ASK_BUDDY, ref))
    if answered.help.channels:
        buttons.append(button(_("Ask the channel"), GoalCheckId.ASK_CHANNEL, ref))
    return [
        *buttons,
        button(_("Make it smaller"), GoalId.EDIT, goal_id),
        button(_("Drop it"), GoalId.DROP, goal_id),
    ]


def _line(answered: GoalAnswered) -> list[Block]:
    if answered.line:
        return [context(_("Kept, for you alone: {line}").format(line=quote(answered.line)))]
    return [
        section(
            _("A line for yourself, if you like."), button(_("Add a line"), GoalCheckId.LINE, ref_value(answered.ref))
        )
    ]


def line_form(answered: GoalAnswered) -> Block:
    """Build the form for the line that is kept with an answer; nobody else reads it."""
    return form(
        GoalCheckId.LINE_FORM,
        _("A line for yourself"),
        [
            field(
                "line",
                _("How does it go?"),
                line_input(answered.line, multiline=True),
                hint=_("I hosted the first half; the timing slipped."),
                optional=True,
            )
        ],
        submit=_("Keep it"),
        metadata=ref_value(answered.ref),
    )


def line_kept(answered: GoalAnswered) -> Message:
    """Confirm a line that is kept, or that there is none."""
    if not answered.line:
        return message(section(_("*No line is kept.*")))
    return message(section(_("*Kept, for you alone:* {line}").format(line=quote(answered.line))))


def which_channel(answered: GoalAnswered) -> Message:
    """Ask in which of several channels somebody who is stuck wants to ask."""
    ref = ref_value(answered.ref)
    return message(
        section(_("*Which channel?*")),
        *(
            section(channel(place), button(_("Ask here"), GoalCheckId.ASK_CHANNEL, f"{ref}:{place}", variant=place))
            for place in answered.help.channels[:20]
        ),
    )


def help_form(answered: GoalAnswered, channel_id: str) -> Block:
    """Build the form for a question to others; an empty channel stands for the people met in this round."""
    title = one_line(answered.goal.title)
    words = answered.question or _("I want to be able to: {title}. I'm stuck on ").format(title=title)
    return form(
        GoalCheckId.HELP_FORM,
        _("Ask for help"),
        [
            section(
                _("It is posted with your name in {channel}.").format(channel=channel(channel_id))
                if channel_id
                else _("It is posted with your name where you were introduced.")
            ),
            field(
                "question",
                _("What would you like to ask?"),
                line_input(words, multiline=True),
                hint=_("I'm stuck on keeping the time. How do you do it?"),
            ),
        ],
        submit=_("Ask"),
        metadata=f"{ref_value(answered.ref)}:{channel_id}",
    )


def help_message(who: str, question: str) -> Message:
    """Ask for somebody who is stuck, in their own words."""
    return message(section(_("*{person} asks:* {question}").format(person=person(who), question=quote(question))))


def asked_reply(channel_id: str) -> Message:
    """Confirm that a question is on its way."""
    if channel_id:
        return message(section(_("*Asked.* It is on its way to {channel}.").format(channel=channel(channel_id))))
    return message(section(_("*Asked.* It is on its way to whom you meet this round.")))


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.GOAL_HELP: KindWords(name=N_("your question")),
}
