"""What answers to "used it since?" lead to: a line on where, passing it on, a goal, or leaving it at that."""

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
    message,
    one_line,
    person,
    quote,
    section,
)
from bot.blocks.check_ins import asked_blocks
from bot.blocks.ids import GoalId, NoteId, TopicId, UseId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _
from bot.blocks.notes import DELETE, who_may_read
from bot.domain.goals import MAX_TITLE
from bot.domain.messages import MessageKind
from bot.domain.offers import MAX_TOPIC
from bot.domain.rounds import StillAsked
from bot.domain.uses import Source, UseAnswered, Used, UseShare


def answered_reply(answered: UseAnswered, also: StillAsked) -> Message:
    """Go on after an answer; takes the question's place and leaves what else is asked where it was."""
    return message(*_blocks(answered), *asked_blocks(also))


def _blocks(answered: UseAnswered) -> list[Block]:
    match answered.used:
        case Used.YES:
            return [*_where(answered), *_pass_on(answered)]
        case Used.NOT_YET:
            goal = button(_("Make it a goal"), GoalId.NEW, one_line(answered.text, MAX_TITLE))
            return [section(_("*That's fine.* Some things wait for their moment; I won't ask again.")), actions(goal)]
        case _:
            is_note = answered.source is Source.NOTE
            delete = [button(_("Delete the note"), NoteId.MORE, f"{DELETE} {answered.source_id}")] if is_note else []
            return [section(_("*Noted, and fine.* I won't ask again.")), *([actions(*delete)] if delete else ())]


def _where(answered: UseAnswered) -> list[Block]:
    if answered.share is not None:
        return _kept_blocks(answered)
    return [
        section(_("*Good.* One line on where? It stays yours unless you share it.")),
        actions(
            button(_("Write one line"), UseId.LINE, answered.check_id, primary=True),
            button(_("Count it, no text"), UseId.COUNT, answered.check_id),
        ),
    ]


def _pass_on(answered: UseAnswered) -> list[Block]:
    offer = button(_("Offer it to others"), TopicId.OFFER, one_line(answered.text, MAX_TOPIC))
    return [section(_("People remember best what they pass on.")), actions(offer)]


def _kept_blocks(answered: UseAnswered) -> list[Block]:
    kept = section(_kept(answered))
    if answered.share is not UseShare.CHANNEL:
        return [kept]
    return [kept, actions(button(_("Take it back"), UseId.TAKE_BACK, answered.check_id))]


def _kept(answered: UseAnswered) -> str:
    if answered.share is UseShare.COUNTED:
        return _("*Counted,* without a word of it.")
    if answered.share is UseShare.CHANNEL:
        return _("*Kept, and on its way to {channel}:* {words}").format(
            channel=channel(answered.channel_id), words=quote(answered.line)
        )
    return _("*Kept, for you alone:* {line}").format(line=quote(answered.line))


def line_form(answered: UseAnswered) -> Block:
    """Build the form for the line on where something was used; private unless they choose otherwise."""
    return form(
        UseId.LINE_FORM,
        _("Where did you use it?"),
        [
            context(_("What you learned: {words}").format(words=quote(answered.text))),
            field(
                "line",
                _("Where did you use it?"),
                line_input(answered.line, multiline=True),
                hint=_("In Monday's report; it took ten minutes instead of an hour."),
            ),
            *who_may_read(answered.channel_id, answered.channels),
        ],
        submit=_("Keep it"),
        metadata=str(answered.check_id),
    )


def line_kept(answered: UseAnswered) -> Message:
    """Confirm the line that is kept, or that it is counted without one."""
    return message(*_kept_blocks(answered), *_pass_on(answered))


def shared_message(who: str, line: str, check_id: int) -> Message:
    """Share where somebody used what they learned, where they said so; what it was stays theirs."""
    return message(
        section(_("*{person} used something they learned:* {line}").format(person=person(who), line=quote(line))),
        actions(button(_("Take it down"), UseId.TAKE_BACK, check_id)),
    )


def taken_back_reply(line: str) -> Message:
    """Confirm that a line stands in no channel any more."""
    if not line:
        return message(section(_("*Nothing of it stands in a channel.*")))
    return message(section(_("*Taken back.* You keep it, for you alone: {line}").format(line=quote(line))))


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.USE_SHARED: KindWords(name=N_("your line about what you used")),
    MessageKind.USE_REMOVED: KindWords(name=N_("your line about what you used")),
}
