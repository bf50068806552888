"""What is said about the bot's own messages: how many there were, and why."""

from collections.abc import Mapping
from typing import Final

from bot.blocks.kit import Block, Message, button, channel, context, message, moment, more, section
from bot.blocks.language import N_, _
from bot.blocks.names import CommandNames
from bot.domain.home import PingLog, Received
from bot.domain.messages import INTRODUCTIONS, MessageKind
from bot.domain.pings import A_WEEK, LESSENED, RANKS

WHY: Final = "pings.why"
LESS: Final = "pings.less"

_WHY: Final[Mapping[MessageKind, str]] = {
    MessageKind.INTRODUCTION: N_("an introduction, since you are in"),
    MessageKind.PARTNER_OUT: N_("somebody in your group can't make it"),
    MessageKind.PARTNER_UNREACHABLE: N_("somebody you were to meet can't be reached"),
    MessageKind.WEEKLY_NOTE: N_("the weekly note, since there was something to ask you"),
    MessageKind.HALFWAY: N_("the halfway line, since nobody in your group had tapped anything"),
    MessageKind.PAUSE_OVER: N_("your pause was over"),
    MessageKind.RESTING: N_("I had asked a few times whether you had met, and heard nothing"),
    MessageKind.NO_PARTNER: N_("nobody to introduce you to was free"),
    MessageKind.MET_LATER: N_("the day you had booked was over"),
    MessageKind.REQUEST: N_("somebody would like to be introduced to you"),
    MessageKind.REQUEST_INTRODUCTION: N_("an introduction that you and somebody else agreed to"),
    MessageKind.REQUEST_NO_LUCK: N_("the answer to your wish to be introduced"),
    MessageKind.REQUEST_OFF: N_("an introduction you had agreed to did not come about"),
    MessageKind.ROUND_INCOMPLETE: N_("a round left somebody without a group, and you look after the channel"),
    MessageKind.PROMPT_QUIET: N_("three quiet weeks, and you look after the channel"),
    MessageKind.WITNESS_ASKED: N_("somebody asked whether you would be the witness of a goal"),
    MessageKind.WITNESS_SAYS: N_("whom you asked to be the witness of a goal had answered"),
    MessageKind.WITNESS_TOLD: N_("somebody whose witness you are told you of a goal"),
}
_LESS: Final[Mapping[MessageKind, str]] = {
    MessageKind.WEEKLY_NOTE: N_("weekly notes"),
    MessageKind.HALFWAY: N_("halfway lines"),
    MessageKind.REQUEST: N_("wishes to be introduced to you"),
    MessageKind.WITNESS_ASKED: N_("questions to be a witness"),
    MessageKind.PROMPT_QUIET: N_("lines on quiet weeks"),
}
assert tuple(_LESS) == LESSENED  # noqa: S101 - whatever there can be less of has its word
assert set(_WHY) == {*RANKS, *INTRODUCTIONS}  # noqa: S101 - no ping without its reason, nor what people asked for


def counter(this_week: int) -> Block:
    """Say how many messages a person got this week, with the way to the reasons."""
    return section(
        _("Messages from me this week: {number} of at most {most}").format(number=this_week, most=A_WEEK),
        button(_("Why?"), WHY),
    )


def log_message(log: PingLog, names: CommandNames) -> Message:
    """List what a person got from the bot by itself, and why; only that person sees it."""
    lines = [_line(one) for one in log.received] or [_("Nothing in the last four weeks.")]
    return message(
        section(
            _("*Messages from me this week: {number} of at most {most}*").format(number=log.this_week, most=A_WEEK)
        ),
        section(_("Less of something for 12 weeks? Then every second one is left out."), _less_menu()),
        section("\n".join(lines)),
        context(_("The last four weeks; only you see this. `{learn} pause` keeps me quiet.").format(learn=names.learn)),
    )


def lessened_reply(kind: MessageKind) -> Message:
    """Confirm that there will be less of a kind."""
    return message(
        section(
            _("*Less of it from now on: {what}.* For 12 weeks every second one is left out.").format(
                what=_(_LESS[kind])
            )
        )
    )


def _less_menu() -> Block:
    return more(LESS, [(_(text), kind.value) for kind, text in _LESS.items()])


def _line(one: Received) -> str:
    why = _(_WHY[one.kind])
    if not one.is_counted and one.kind is MessageKind.INTRODUCTION:
        why = _("an introduction that one of you had asked for")
    where = f" \u00b7 {channel(one.channel_id)}" if one.channel_id else ""
    not_counted = "" if one.is_counted else " \u00b7 " + _("not counted")
    return f"{moment(one.at)}: {why}{where}{not_counted}"
