"""What is said about communities: the channel's introduction, its card, its form."""

from collections.abc import Sequence
from typing import Final

from bot.blocks.kit import (
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
    long_day,
    message,
    option,
    people,
    quote,
    section,
)
from bot.blocks.names import CommandNames
from bot.domain.communities import AGAIN_AFTER, GROUP_SIZES, ROUND_WEEKS, CommunityCard, Meeting, Rhythm

JOIN: Final = "community.join"
ABOUT: Final = "community.about"
STORED: Final = "community.stored"
SET_UP: Final = "community.set_up"
SET_UP_FORM: Final = "community.form"

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EVERY: Final = {1: "every week", 2: "every 2 weeks", 4: "every 4 weeks"}
_COLLEAGUES: Final = {2: "one colleague", 3: "two colleagues", 4: "three colleagues", 5: "four colleagues"}
_AGAIN: Final = {
    None: "Once everybody has met",
    8: "After 8 rounds",
    13: "After 13 rounds",
    26: "After 26 rounds",
}
_MONDAYS: Final = {1: "Every Monday", 2: "Every second Monday", 4: "Every fourth Monday"}


def intro_message(card: CommunityCard) -> Message:
    """Write M1: what this channel is now, and that taking part is voluntary."""
    return message(
        section(f"*This channel is now a learning community: {quote(card.purpose)}*"),
        section(
            f"Every {WEEKDAYS[card.rhythm.prompt_weekday]} I post one small prompt. "
            f"{_MONDAYS[card.rhythm.round_weeks]} I introduce people who'd like to meet: "
            "half an hour, in working time, with a guide."
        ),
        section(
            "Taking part is voluntary. I don't read what you write; I only know what you tap or type to me. "
            "Nobody, managers included, sees anything about individuals."
        ),
        actions(
            button("Count me in for introductions", JOIN, card.channel_id, primary=True),
            button("How it works", ABOUT, card.channel_id),
            button("What is stored", STORED),
        ),
        context(f"{_looks_after(card)} {_standing(card)}"),
    )


def stopped_message(channel_id: str, names: CommandNames) -> Message:
    """Tell a facilitator that their community stands still, and how it goes on."""
    return message(
        section(f"*{channel(channel_id)} stands still.* The channel was archived, or I was removed from it."),
        section(
            "No prompt and no introduction goes out there now. Everything is kept: bring the channel back and "
            f"invite me, and it goes on. {names.learn} about there shows how things stand."
        ),
    )


def refused_message(channel_id: str, error: str) -> Message:
    """Tell a facilitator that Slack does not let the bot post in their channel."""
    return message(
        section(f"*Slack doesn't let me post in {channel(channel_id)}* (its word for it: {escape(error)})."),
        section(
            "Often a setting of the channel says who may post. Allow this app there, or ask the people who "
            "look after Slack. What I could not post is not repeated; the next post tries again."
        ),
    )


def card_message(card: CommunityCard, names: CommandNames) -> Message:
    """Write the card of a community: purpose, rhythm, facilitators, what is recorded."""
    next_prompt = f" Next: {long_day(card.next_prompt_on)}." if card.next_prompt_on else ""
    return message(
        section(f"*{channel(card.channel_id)}: {quote(card.purpose)}*"),
        section(
            f"*Prompt:* every {WEEKDAYS[card.rhythm.prompt_weekday]} at {card.rhythm.prompt_at:%H:%M} "
            f"({escape(card.zone)}).{next_prompt}\n"
            f"*Introductions:* {_EVERY[card.rhythm.round_weeks]}, on Monday. {_start(card)}\n"
            f"*Looked after by:* {people(card.facilitators)}"
        ),
        section(
            "*How it works:* you say you are in; "
            f"I introduce you to {_COLLEAGUES[card.meeting.group_size]}, with a guide for half an hour; "
            "on Thursday I ask once whether you met. Leaving takes one tap."
        ),
        context(
            f"Recorded: taps and what you type to me, nothing of what is said here. {names.learn} privacy tells all."
        ),
        actions(button("Count me in for introductions", JOIN, card.channel_id, primary=True)),
    )


def invited_message(channel_id: str, names: CommandNames) -> Message:
    """Greet the person who invited the bot: one button to go on."""
    return message(
        section(
            f"*I'm here, and quiet until somebody switches {channel(channel_id)} on.* "
            "It takes one line: what this channel wants to get better at."
        ),
        actions(button("Set this channel up", SET_UP, channel_id, primary=True)),
        context(f"Or type `{names.learn} setup` here at any time."),
    )


def awake_message(channel_id: str) -> Message:
    """Tell that a community goes on after the bot came back."""
    return message(
        section(f"*I'm back in {channel(channel_id)}.* Everything is as it was; prompts and introductions go on.")
    )


def which_community(channel_ids: Sequence[str], label: str, action_id: str) -> Message:
    """Ask which of several communities is meant, where nothing else says so."""
    return message(
        section("*Which one?*"),
        *(
            section(channel(channel_id), button(label, action_id, channel_id, variant=channel_id))
            for channel_id in channel_ids[:20]
        ),
    )


def set_up_reply(channel_id: str, *, is_new: bool) -> Message:
    """Confirm that a community was switched on or changed."""
    if is_new:
        return message(section(f"*{channel(channel_id)} is on.* I've posted what it is about, with a button to join."))
    return message(section(f"*{channel(channel_id)} is changed.* The new rhythm holds from the next time on."))


def set_up_form(channel_id: str, card: CommunityCard | None, user_id: str) -> Block:
    """Build the form that switches a community on; only the purpose has to be typed."""
    rhythm = card.rhythm if card else Rhythm()
    facilitators = card.facilitators if card else (user_id,)
    weekdays = [option(name, str(number)) for number, name in enumerate(WEEKDAYS[:5])]
    meeting = card.meeting if card else Meeting()
    sizes = [option(f"{size} people", str(size)) for size in GROUP_SIZES]
    again = [option(_AGAIN[rounds], "all" if rounds is None else str(rounds)) for rounds in AGAIN_AFTER]
    every = [option(_EVERY[weeks].capitalize(), str(weeks)) for weeks in ROUND_WEEKS]
    return form(
        SET_UP_FORM,
        "Learning community",
        [
            field(
                "purpose",
                "What does this channel want to get better at?",
                line_input(card.purpose if card else ""),
                hint="One sentence, such as: Getting better at planning, together.",
            ),
            field(
                "prompt_weekday",
                "Day of the weekly prompt",
                {
                    "type": "static_select",
                    "options": weekdays,
                    "initial_option": weekdays[min(rhythm.prompt_weekday, 4)],
                },
            ),
            field(
                "prompt_at",
                "Time of the weekly prompt",
                {"type": "timepicker", "initial_time": f"{rhythm.prompt_at:%H:%M}"},
                hint="In the time zone in which most people of this channel live.",
            ),
            field(
                "round_weeks",
                "Introductions",
                {
                    "type": "static_select",
                    "options": every,
                    "initial_option": every[ROUND_WEEKS.index(rhythm.round_weeks)],
                },
                hint="On Mondays. Every week starts faster; every 2 weeks lasts longer in most companies.",
            ),
            field(
                "group_size",
                "How many meet?",
                {
                    "type": "static_select",
                    "options": sizes,
                    "initial_option": sizes[GROUP_SIZES.index(meeting.group_size)],
                },
                hint="Somebody left over makes one group larger.",
            ),
            field(
                "again_after",
                "When may the same people meet again?",
                {
                    "type": "static_select",
                    "options": again,
                    "initial_option": again[AGAIN_AFTER.index(meeting.again_after)],
                },
                hint="Sooner means that good matches come back before everybody has met everybody.",
            ),
            field(
                "facilitators",
                "Who looks after it?",
                {"type": "multi_users_select", "initial_users": list(facilitators), "max_selected_items": 5},
                hint="You, and best one more. They can change what stands here.",
            ),
        ],
        submit="Switch it on" if card is None else "Save",
        metadata=channel_id,
    )


def _looks_after(card: CommunityCard) -> str:
    verb = "looks" if len(card.facilitators) == 1 else "look"
    return f"{people(card.facilitators)} {verb} after this channel."


def _start(card: CommunityCard) -> str:
    if card.first_round_on is None:
        return "Introductions start as soon as four people are in."
    return f"Enough people are in; next introductions on {long_day(card.first_round_on)}."


def _standing(card: CommunityCard) -> str:
    """Say where introductions stand in words that stay true in the channel until they are edited."""
    if card.has_begun and card.first_round_on is not None:
        return f"Introductions happen {_MONDAYS[card.rhythm.round_weeks].replace('Every', 'every')}."
    if card.first_round_on is not None:
        return f"Enough people are in; first introductions on {long_day(card.first_round_on)}."
    return _start(card)
