"""What is said about the bot's own messages: how many there were, and why."""

from bot.blocks.block_kit import Block, Message, button, channel, context, message, moment, more, section
from bot.blocks.ids import PingsId
from bot.blocks.kinds import WORDS
from bot.blocks.language import _
from bot.blocks.names import CommandNames
from bot.domain.home import PingLog, Received
from bot.domain.messages import MessageKind
from bot.domain.pings import A_WEEK, REDUCIBLE


def counter(this_week: int) -> Block:
    """Say how many messages a person got this week, with the way to the reasons."""
    return section(
        _("Messages from me this week: {number} of at most {most}").format(number=this_week, most=A_WEEK),
        button(_("Why?"), PingsId.WHY),
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
                what=_(WORDS[kind].plural)
            )
        )
    )


def _less_menu() -> Block:
    return more(PingsId.LESS, [(_(WORDS[kind].plural), kind.value) for kind in REDUCIBLE])


def _line(one: Received) -> str:
    why = _(WORDS[one.kind].why)
    if not one.is_counted and one.kind is MessageKind.INTRODUCTION:
        why = _("an introduction that one of you had asked for")
    where = f" \u00b7 {channel(one.channel_id)}" if one.channel_id else ""
    not_counted = "" if one.is_counted else " \u00b7 " + _("not counted")
    return f"{moment(one.at)}: {why}{where}{not_counted}"
