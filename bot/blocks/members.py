"""What is said about taking part: joining, leaving, pausing, and what is stored."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from bot.blocks.block_kit import (
    Message,
    actions,
    button,
    channel,
    channels,
    context,
    day_picker,
    long_day,
    message,
    section,
)
from bot.blocks.ids import CommunityId, GoalId, MemberId, PrivacyId, TopicId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _, ngettext
from bot.blocks.names import CommandNames
from bot.domain.messages import MessageKind

_PAUSES: Final = (
    (N_("1 week"), "1w"),
    (N_("2 weeks"), "2w"),
    (N_("4 weeks"), "4w"),
    (N_("Until I say"), "open"),
)


def joined_reply(
    channel_id: str,
    first_on: date | None,
    names: CommandNames,
    *,
    is_new: bool,
    is_paused: bool,
    is_looking: bool = False,
) -> Message:
    """Confirm that a person is in, and since when something happens."""
    if is_looking and first_on is not None:
        start = _("I'm looking for somebody for you in this round already; the next one is {day}.")
        start = start.format(day=long_day(first_on))
    elif first_on is None:
        start = _("Introductions start on the first Monday on which four people are in.")
    else:
        start = _("First introduction {day}.").format(day=long_day(first_on))
    known = _("You're in.") if is_new else _("You were in already.")
    lines = [f"*{known} {start}*", _("One tap to leave, any time.")]
    if is_paused:
        lines.append(_("Your pause still holds; `{learn} resume` ends it.").format(learn=names.learn))
    return message(section(" ".join(lines)), actions(button(_("Leave"), MemberId.LEAVE, channel_id)))


def onboarding_message(channel_id: str, first_on: date | None, names: CommandNames) -> Message:
    """Write M2: the first direct message, after the person's own first tap."""
    if first_on is None:
        start = _("First introduction: the first Monday on which four people are in.")
    else:
        start = _("First introduction: {day}.").format(day=long_day(first_on))
    welcome = _("You're in {channel}.").format(channel=channel(channel_id))
    return message(
        section(f"*{welcome} {start}*"),
        section(
            _(
                "You get at most 3 messages from me a week, usually 1. "
                "`{learn} pause` keeps me quiet, Leave ends it, any time. Optional things make it better:"
            ).format(learn=names.learn)
        ),
        actions(
            button(_("I'd like to learn \u2026"), TopicId.WANT, primary=True),
            button(_("I can show \u2026"), TopicId.OFFER),
            button(_("Set a goal"), GoalId.NEW),
            button(_("Leave"), MemberId.LEAVE, channel_id),
        ),
    )


def left_reply(channel_ids: Sequence[str], still_in: Sequence[str] = ()) -> Message:
    """Confirm that a person is out; asks nothing."""
    if not channel_ids:
        lines = [_("You weren't in these introductions, so nothing changed.")]
        if still_in:
            lines.append(_("You're in those of {channels}.").format(channels=channels(still_in)))
        return message(section(" ".join(lines)))
    done = _("*Done. No more introductions in {channels}.* Your goals and notes stay yours.")
    back = (button(_("Undo"), CommunityId.JOIN, channel_ids[0]),) if len(channel_ids) == 1 else ()
    return message(
        section(done.format(channels=channels(channel_ids))),
        actions(*back, button(_("Erase everything"), PrivacyId.FORGET)),
    )


def which_to_leave(channel_ids: Sequence[str]) -> Message:
    """Ask which of several communities somebody wants to leave."""
    return message(
        section(_("*Which one?*")),
        *(
            section(channel(channel_id), button(_("Leave"), MemberId.LEAVE, channel_id, variant=channel_id))
            for channel_id in channel_ids[:20]
        ),
        actions(button(_("Leave all"), MemberId.LEAVE, "all")),
    )


def pause_choices() -> Message:
    """Offer lengths of a pause."""
    return message(
        section(_("*How long shall I be quiet?* No introductions and no messages from me meanwhile.")),
        actions(
            *(button(_(text), MemberId.PAUSE, value, variant=value) for text, value in _PAUSES),
            day_picker(MemberId.PAUSE, variant="day"),
        ),
    )


def paused_reply(until: date | None, names: CommandNames, goal_days: int = 0) -> Message:
    """Confirm a pause and say when it ends; `goal_days` is by how much open goals can move along, 0 for not."""
    if until is None:
        return message(
            section(
                _("*Quiet until you say so.* `{learn} resume` or the button brings me back.").format(learn=names.learn)
            ),
            actions(button(_("I'm back"), MemberId.RESUME)),
        )
    return message(
        section(_("*Quiet until {day}.* I'll be back with one line, not a pile.").format(day=long_day(until))),
        actions(
            button(_("I'm back"), MemberId.RESUME),
            button(_("Another length"), MemberId.PAUSE, "ask", variant="ask"),
            *([button(_("Move my goals along"), MemberId.MOVE_GOALS, goal_days)] if goal_days else []),
        ),
    )


def moved_reply(goals: int, days: int) -> Message:
    """Confirm that goals are due later by a pause."""
    if not goals:
        return message(section(_("*No goal was moved.* None is open, or they were moved already.")))
    by = ngettext("{number} day", "{number} days", days).format(number=days)
    moved = ngettext(
        "*Moved: {number} goal is due {by} later.*", "*Moved: {number} goals are due {by} later.*", goals
    ).format(number=goals, by=by)
    return message(section(moved))


def resumed_reply(*, was_paused: bool) -> Message:
    """Confirm the end of a pause."""
    if was_paused:
        return message(section(_("*Welcome back.* You're in the next round; nothing has piled up.")))
    return message(section(_("You weren't paused, so nothing changed.")))


def resting_message(channel_id: str) -> Message:
    """Write M21: somebody is not introduced any more, with the way back."""
    return message(
        section(
            _(
                "*I've stopped introducing you in {channel} for now.* "
                "I asked a few times whether you had met and heard nothing, which is fine."
            ).format(channel=channel(channel_id))
        ),
        actions(
            button(_("Back in"), CommunityId.JOIN, channel_id, primary=True),
            button(_("Stay out"), MemberId.REST, f"out {channel_id}", variant="out"),
            button(_("Only when I ask"), MemberId.REST, f"ask {channel_id}", variant="ask"),
        ),
    )


def rests_reply(names: CommandNames, *, is_out: bool) -> Message:
    """Confirm that somebody stays out, or is introduced only at their word."""
    if is_out:
        return message(
            section(
                _("*That's fine.* Your goals and notes stay yours; `{learn} join` any time.").format(learn=names.learn)
            )
        )
    return message(
        section(_("*That's fine.* `{learn} find` looks for somebody whenever you ask.").format(learn=names.learn))
    )


def pause_over_message(names: CommandNames) -> Message:
    """Write the one line at the end of a pause."""
    return message(
        section(_("*Your pause is over.* You're in the next introductions; nothing has piled up.")),
        actions(button(_("2 more weeks"), MemberId.PAUSE, "2w", variant="2w")),
        context(_("`{learn} leave` ends it for good, without a question.").format(learn=names.learn)),
    )


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.PAUSE_OVER: KindWords(why=N_("your pause was over")),
    MessageKind.RESTING: KindWords(why=N_("I had asked a few times whether you had met, and heard nothing")),
}
