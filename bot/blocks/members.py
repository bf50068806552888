"""What is said about taking part: joining, leaving, pausing, and what is stored."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.blocks.goals import NEW_GOAL
from bot.blocks.kit import Message, actions, button, channel, context, day_picker, long_day, message, section
from bot.blocks.names import CommandNames
from bot.blocks.offers import NEW_OFFER, NEW_WANT

LEAVE: Final = "member.leave"
PAUSE: Final = "member.pause"
RESUME: Final = "member.resume"

_PAUSES: Final = (("1 week", "1w"), ("2 weeks", "2w"), ("4 weeks", "4w"), ("Until I say", "open"))


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
        start = f"I'm looking for somebody for you in this round already; the next one is {long_day(first_on)}."
    elif first_on is None:
        start = "Introductions start on the first Monday on which four people are in."
    else:
        start = f"First introduction {long_day(first_on)}."
    known = "You're in." if is_new else "You were in already."
    paused = f" Your pause still holds; `{names.learn} resume` ends it." if is_paused else ""
    return message(
        section(f"*{known} {start}* One tap to leave, any time.{paused}"),
        actions(button("Leave", LEAVE, channel_id)),
    )


def onboarding_message(channel_id: str, first_on: date | None, names: CommandNames) -> Message:
    """Write M2: the first direct message, after the person's own first tap."""
    if first_on is None:
        start = "First introduction: the first Monday on which four people are in."
    else:
        start = f"First introduction: {long_day(first_on)}."
    return message(
        section(f"*You're in {channel(channel_id)}. {start}*"),
        section(
            "You get at most 3 messages from me a week, usually 1. "
            f"`{names.learn} pause` keeps me quiet, Leave ends it, any time. Optional things make it better:"
        ),
        actions(
            button("I'd like to learn \u2026", NEW_WANT, primary=True),
            button("I can show \u2026", NEW_OFFER),
            button("Set a goal", NEW_GOAL),
            button("Leave", LEAVE, channel_id),
        ),
    )


def left_reply(channel_ids: Sequence[str], still_in: Sequence[str] = ()) -> Message:
    """Confirm that a person is out; asks nothing."""
    if not channel_ids:
        others = ", ".join(channel(channel_id) for channel_id in still_in)
        elsewhere = f" You're in those of {others}." if others else ""
        return message(section(f"You weren't in these introductions, so nothing changed.{elsewhere}"))
    where = ", ".join(channel(channel_id) for channel_id in channel_ids)
    return message(section(f"*Done. No more introductions in {where}.* Your goals and notes stay yours."))


def which_to_leave(channel_ids: Sequence[str]) -> Message:
    """Ask which of several communities somebody wants to leave."""
    return message(
        section("*Which one?*"),
        *(
            section(channel(channel_id), button("Leave", LEAVE, channel_id, variant=channel_id))
            for channel_id in channel_ids[:20]
        ),
        actions(button("Leave all", LEAVE, "all")),
    )


def pause_choices() -> Message:
    """Offer lengths of a pause."""
    return message(
        section("*How long shall I be quiet?* No introductions and no messages from me meanwhile."),
        actions(
            *(button(text, PAUSE, value, variant=value) for text, value in _PAUSES),
            day_picker(PAUSE, variant="day"),
        ),
    )


def paused_reply(until: date | None, names: CommandNames) -> Message:
    """Confirm a pause and say when it ends."""
    if until is None:
        return message(
            section(f"*Quiet until you say so.* `{names.learn} resume` or the button brings me back."),
            actions(button("I'm back", RESUME)),
        )
    return message(
        section(f"*Quiet until {long_day(until)}.* I'll be back with one line, not a pile."),
        actions(button("I'm back", RESUME)),
    )


def resumed_reply(*, was_paused: bool) -> Message:
    """Confirm the end of a pause."""
    if was_paused:
        return message(section("*Welcome back.* You're in the next round; nothing has piled up."))
    return message(section("You weren't paused, so nothing changed."))


def pause_over_message(names: CommandNames) -> Message:
    """Write the one line at the end of a pause."""
    return message(
        section("*Your pause is over.* You're in the next introductions; nothing has piled up."),
        actions(button("2 more weeks", PAUSE, "2w", variant="2w")),
        context(f"`{names.learn} leave` ends it for good, without a question."),
    )


def privacy_message(names: CommandNames) -> Message:
    """Say what is stored, for how long, and who sees it."""
    return message(
        section("*What I store about you*"),
        section(
            "\u2022 Your Slack id, time zone and until when you are away; no name, no address\n"
            "\u2022 Which communities you are in, and your pause\n"
            "\u2022 Whom you were introduced to and why, and your own answers\n"
            "\u2022 What you offer and want, your team, your manager and your pace, as far as you said so\n"
            "\u2022 Whom you would rather not meet, in a form that nobody can read in the database\n"
            "\u2022 Which messages I sent you by myself, and when\n"
            "\u2022 Your taps on prompts, shown only as a number\n"
            "\u2022 Your goals, readable by you alone\n"
            "\u2022 Thanks you gave and received, which stand in the channel"
        ),
        section(
            "I can't read channels or group conversations; I have no permission to. "
            "Nobody sees who takes part and who does not. "
            "The database stands with your own company; nothing goes anywhere else."
        ),
        context(
            f"`{names.learn} leave all` ends everything at once. To have all of it erased, ask the person who runs me."
        ),
    )
