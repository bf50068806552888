"""The hub, the help and App Home: everything that concerns one person, and where to go from there."""

from collections.abc import Mapping
from typing import Final

from bot.blocks.communities import ABOUT, JOIN, STORED
from bot.blocks.goals import NEW_GOAL, goal_blocks
from bot.blocks.kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    context,
    divider,
    escape,
    header,
    long_day,
    message,
    section,
    you_and,
)
from bot.blocks.kudos import GIVE
from bot.blocks.members import PAUSE, RESUME
from bot.blocks.names import CommandNames
from bot.blocks.rounds import group_reply
from bot.domain.guides import GuideLibrary
from bot.domain.home import Overview
from bot.domain.prompts import PromptLibrary

HELP: Final = "help.show"
RUN: Final = "hub.run"

# What a word that was mistyped can be meant as, and does at once when its button is pressed.
_RUNNABLE: Final = frozenset({"join", "leave", "pause", "resume", "about", "help", "privacy", "buddy", "goals"})


def hub_message(overview: Overview, prompts: PromptLibrary, names: CommandNames, kept: str = "") -> Message:
    """Write the hub: what is current for this person, in at most four lines, and four buttons."""
    lines = []
    if kept:
        lines.append(f"*I can use this as a goal:* {escape(_one_line(kept))}")
    else:
        lines.append("*I help colleagues learn from each other.*")
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
        lines.append(f"Next goal: {escape(goal.title)}")
    if not overview.taking_part and overview.open_channels:
        where = ", ".join(channel(channel_id) for channel_id in overview.open_channels[:5])
        lines.append(f"Introductions happen in {where}.")
    meet: list[Block] = []
    if not overview.taking_part and overview.open_channels:
        meet = [button("Meet someone", JOIN, overview.open_channels[0], primary=True)]
    return message(
        section("\n".join(lines)),
        actions(
            *meet,
            button("Set a goal", NEW_GOAL, kept[:2_000], primary=bool(kept)),
            button("Say thanks", GIVE),
            button("Help", HELP),
        ),
    )


def closest_message(word: str, closest: str, kept: str, channel_id: str) -> Message:
    """Ask whether a mistyped word meant the nearest one; the words are kept."""
    typed = escape(_one_line(word))
    buttons = []
    if closest in _RUNNABLE:
        buttons.append(button(closest.capitalize(), RUN, f"{closest} {channel_id}", primary=True))
    buttons.append(button("Set as goal", NEW_GOAL, kept[:2_000], primary=not buttons))
    buttons.append(button("Help", HELP))
    return message(
        section(f"I don't know *{typed}*. Did you mean *{closest}*?"),
        context(f"What you typed is kept: {escape(_one_line(kept))}"),
        actions(*buttons),
    )


def help_message(names: CommandNames) -> Message:
    """Write M23: what one can do, and the way out."""
    return message(
        section("*I help colleagues learn from each other.*"),
        section(
            f"`{names.learn} join` \u00b7 meet a colleague for half an hour\n"
            f"`{names.learn} buddy` \u00b7 this round's introduction; `booked`, `met`, `skip`, `swap` answer it\n"
            f"`{names.goal} run a retro on my own` \u00b7 set a goal; `{names.learn} goals`, `done`, `drop`\n"
            f"`{names.kudos} @lee walked me through the migration #patience` \u00b7 thank somebody precisely\n"
            f"`{names.learn} about` \u00b7 what this channel is for; `{names.learn} setup` starts or changes it\n"
            f"`{names.learn} pause 2w`, `{names.learn} leave` \u00b7 any time; `{names.learn} privacy`: what I store"
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
    if overview.group is not None:
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


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:199]}\u2026"  # noqa: PLR2004 - fits into a message
