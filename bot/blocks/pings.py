"""What is said about the bot's own messages: how many there were, and why."""

from collections.abc import Mapping
from typing import Final

from bot.blocks.kit import Block, Message, button, channel, context, message, moment, section
from bot.blocks.names import CommandNames
from bot.domain.home import PingLog, Received
from bot.domain.messages import MessageKind
from bot.domain.pings import A_WEEK, RANKS

WHY: Final = "pings.why"

_WHY: Final[Mapping[MessageKind, str]] = {
    MessageKind.INTRODUCTION: "an introduction, since you are in",
    MessageKind.PARTNER_OUT: "somebody in your group can't make it",
    MessageKind.PARTNER_UNREACHABLE: "somebody you were to meet can't be reached",
    MessageKind.WEEKLY_NOTE: "the weekly note, since there was something to ask you",
    MessageKind.HALFWAY: "the halfway line, since nobody in your group had tapped anything",
    MessageKind.PAUSE_OVER: "your pause was over",
    MessageKind.NO_PARTNER: "nobody to introduce you to was free",
    MessageKind.MET_LATER: "the day you had booked was over",
    MessageKind.ROUND_INCOMPLETE: "a round left somebody without a group, and you look after the channel",
    MessageKind.PROMPT_QUIET: "three quiet weeks, and you look after the channel",
}
assert set(_WHY) == set(RANKS)  # noqa: S101 - no ping without its reason


def counter(this_week: int) -> Block:
    """Say how many messages a person got this week, with the way to the reasons."""
    return section(f"Messages from me this week: {this_week} of at most {A_WEEK}", button("Why?", WHY))


def log_message(log: PingLog, names: CommandNames) -> Message:
    """List what a person got from the bot by itself, and why; only that person sees it."""
    lines = [_line(one) for one in log.received] or ["Nothing in the last four weeks."]
    return message(
        section(f"*Messages from me this week: {log.this_week} of at most {A_WEEK}*"),
        section("\n".join(lines)),
        context(f"The last four weeks; only you see this. `{names.learn} pause` keeps me quiet."),
    )


def _line(one: Received) -> str:
    where = f" \u00b7 {channel(one.channel_id)}" if one.channel_id else ""
    return f"{moment(one.at)}: {_WHY[one.kind]}{where}"
