"""The hub, the help and App Home: everything that concerns one person, and where to go from there."""

from collections.abc import Mapping
from typing import Final

from bot.blocks.communities import ABOUT, JOIN, STORED
from bot.blocks.goals import NEW_GOAL, goal_blocks
from bot.blocks.kit import (
    VALUE_LIMIT,
    Block,
    Message,
    actions,
    button,
    channel,
    context,
    divider,
    escape,
    given_back,
    header,
    long_day,
    message,
    one_line,
    quote,
    section,
    with_people,
    you_and,
)
from bot.blocks.kudos import GIVE
from bot.blocks.members import PAUSE, RESUME
from bot.blocks.names import CommandNames
from bot.blocks.pings import counter
from bot.blocks.rounds import group_reply
from bot.domain.commands import HUB, Typed, plain
from bot.domain.goals import MIN_TITLE
from bot.domain.guides import GuideLibrary
from bot.domain.home import Overview
from bot.domain.prompts import PromptLibrary

HELP: Final = "help.show"
RUN: Final = "hub.run"

# What the button for a word that was mistyped says, and the word it does. Words about the current
# introduction show it, since there their buttons stand; a second press must not answer twice.
_MEANT: Final = {
    "booked": ("Show my introduction", "buddy"),
    "buddy": ("Show my introduction", "buddy"),
    "done": ("Show my goals", "goals"),
    "drop": ("Show my goals", "goals"),
    "hub": ("Show what is current", "hub"),
    "kudos": ("Say thanks", "kudos"),
    "met": ("Show my introduction", "buddy"),
    "notwith": ("Who I don't meet", "notwith"),
    "round": ("How the round stands", "round"),
    "setup": ("Set up", "setup"),
    "skip": ("Show my introduction", "buddy"),
    "swap": ("Show my introduction", "buddy"),
}
_SHOWN: Final = 200


def hub_message(overview: Overview, prompts: PromptLibrary, names: CommandNames, kept: str = "") -> Message:
    """Write the hub: what is current for this person, in at most four lines, and four buttons."""
    is_goal = len(kept) >= MIN_TITLE
    lines = [_opening(kept, names, is_goal=is_goal)]
    for part in overview.taking_part:
        start = f"next introductions {long_day(part.next_on)}" if part.next_on else "waiting for four people"
        lines.append(f"You're in {channel(part.channel_id)} \u00b7 {start}")
    if overview.paused_until is not None:
        lines.append(f"You are paused; `{names.learn} resume` ends it.")
    if overview.group is not None and overview.group.others:
        lines.append(f"This round: {you_and(overview.group.others, 'you')}")
    for now in overview.prompts:
        prompt = prompts.prompts.get(now.prompt_id)
        if prompt is not None:
            lines.append(f"This week's prompt in {channel(now.channel_id)}: {escape(prompt.text)}")
    if overview.goals:
        goal = overview.goals[0]
        lines.append(f"Next goal: {escape(one_line(goal.title))}")
    if not overview.taking_part and overview.open_channels:
        where = ", ".join(channel(channel_id) for channel_id in overview.open_channels[:5])
        lines.append(f"Introductions happen in {where}.")
    meet: list[Block] = []
    if not overview.taking_part and overview.open_channels:
        meet = [button("Meet someone", JOIN, overview.open_channels[0], primary=True)]
    is_cut = is_goal and len(kept) > VALUE_LIMIT
    return message(
        section("\n".join(lines)),
        *(given_back("What you typed", kept) if is_cut else ()),
        actions(
            *meet,
            button("Set a goal", NEW_GOAL, kept[:VALUE_LIMIT] if is_goal else "", primary=is_goal),
            button("Say thanks", GIVE),
            button("Help", HELP),
        ),
    )


def closest_message(typed: Typed, channel_id: str) -> Message:
    """Ask whether a mistyped word meant the nearest one; the words are kept, and go along with the button."""
    closest, words = typed.closest or HUB, typed.text.split(maxsplit=1)
    rest = words[1] if len(words) > 1 else ""
    kept = plain(typed.text)
    buttons = []
    if closest == "goal":
        buttons.append(button("Set a goal", NEW_GOAL, plain(rest)[:VALUE_LIMIT], primary=True))
    else:
        text, word = _MEANT.get(closest, (closest.capitalize(), closest))
        buttons.append(button(text, RUN, f"{word} {channel_id or '-'} {rest}"[:VALUE_LIMIT], primary=True))
        if rest:
            buttons.append(button("Set as goal", NEW_GOAL, kept[:VALUE_LIMIT]))
    buttons.append(button("Help", HELP))
    return message(
        section(f"I don't know *{escape(one_line(plain(words[0]), _SHOWN))}*. Did you mean *{closest}*?"),
        *(given_back("What you typed is kept", kept) if rest else ()),
        actions(*buttons),
    )


def help_message(names: CommandNames) -> Message:
    """Write M23: what one can do, and the way out."""
    return message(
        section("*I help colleagues learn from each other.*"),
        section(
            f"`{names.learn} join` \u00b7 meet a colleague for half an hour\n"
            f"`{names.learn} buddy` \u00b7 this round's introduction; `booked`, `met`, `skip`, `swap` answer it\n"
            f"`{names.learn} want reading a balance sheet`, `{names.learn} teach pivot tables in 15 min` \u00b7 "
            f"whom you meet follows from these; `topics` lists yours, `settings` and `notwith` do the rest\n"
            f"`{names.goal} run a retro on my own` \u00b7 set a goal; `{names.learn} goals`, `done`, `drop`\n"
            f"`{names.kudos} @lee walked me through the migration #patience` \u00b7 thank somebody precisely\n"
            f"`{names.learn} about` \u00b7 what this channel is for; `{names.learn} setup` starts or changes it\n"
            f"`{names.learn} pause 2w`, `{names.learn} leave` \u00b7 any time; `{names.learn} privacy`: what I store\n"
            f"`{names.learn} messages` \u00b7 what I sent you by myself, and why"
        ),
        actions(
            button("Set a goal", NEW_GOAL, primary=True),
            button("Say thanks", GIVE),
            button("What I store", STORED),
        ),
    )


def home_view(
    overview: Overview,
    prompts: PromptLibrary,
    guides: GuideLibrary,
    names: CommandNames,
) -> Block:
    """Draw App Home: now, goals, communities, and the ways out."""
    blocks: list[Block] = []
    if not overview.taking_part and not overview.goals and overview.group is None:
        blocks += _first_time(overview)
    else:
        blocks.append(counter(overview.pings_this_week))
        blocks += _now(overview, prompts, guides)
        blocks += [divider(), header("My goals (only you see this)")]
        blocks += [block for goal in overview.goals for block in goal_blocks(goal)] or [
            section("For example: run a retro on my own, by the end of January.")
        ]
        blocks.append(actions(button("Set a goal", NEW_GOAL)))
    pause = button("I'm back", RESUME) if overview.paused_until else button("Pause", PAUSE, "ask", variant="ask")
    blocks += [
        divider(),
        actions(pause, button("What I store about you", STORED), button("Help", HELP)),
        context(f"`{names.learn} leave` in a channel ends its introductions, in one tap."),
    ]
    return {"type": "home", "blocks": blocks}


def _first_time(overview: Overview) -> list[Block]:
    meet: Mapping[str, object] | None = None
    if overview.open_channels:
        meet = button("Count me in", JOIN, overview.open_channels[0], primary=True)
    return [
        header("Learn from each other"),
        section("*Meet someone*\nHalf an hour with a colleague, with a guide.", dict(meet) if meet else None),
        section(
            "*Set a goal*\nWhat do you want to be able to do? Only you see it.",
            button("Set a goal", NEW_GOAL),
        ),
        section("*Thank somebody*\nPrecisely, for one thing they did.", button("Say thanks", GIVE)),
    ]


def _now(overview: Overview, prompts: PromptLibrary, guides: GuideLibrary) -> list[Block]:
    blocks = [header("Now")]
    if overview.paused_until is not None:
        blocks.append(section("*You are paused.* No introductions and no messages until you're back."))
    if overview.group is not None and (overview.taking_part or overview.group.others):
        guide = guides.guides.get(overview.group.guide_ids[0]) if overview.group.guide_ids else None
        blocks += group_reply(overview.group, guide).blocks
    for part in overview.taking_part:
        start = (
            f"next introductions {long_day(part.next_on)}"
            if part.next_on
            else "introductions start as soon as four people are in"
        )
        blocks.append(
            section(
                f"{channel(part.channel_id)} \u00b7 {start}",
                button("About", ABOUT, part.channel_id, variant=part.channel_id),
            )
        )
    for now in overview.prompts:
        prompt = prompts.prompts.get(now.prompt_id)
        if prompt is not None:
            blocks.append(context(f"This week in {channel(now.channel_id)}: {escape(prompt.text)}"))
    return blocks


def _opening(kept: str, names: CommandNames, *, is_goal: bool) -> str:
    if is_goal:
        return f"*I can use this as a goal:* {with_people(one_line(kept, _SHOWN))}"
    if kept:
        return f"I don't know {quote(kept)}. `{names.learn} help` shows what I understand."
    return "*I help colleagues learn from each other.*"
