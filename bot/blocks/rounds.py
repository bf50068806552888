"""What is said about introductions: the group message, its guide, and what happens when plans change."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.blocks.kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    context,
    divider,
    escape,
    long_day,
    message,
    moment,
    more,
    people,
    person,
    plain,
    section,
    you_and,
)
from bot.domain.guides import Guide
from bot.domain.rounds import GroupCard, Introduction, Standing

BOOKED: Final = "round.booked"
GUIDE: Final = "round.guide"
MORE: Final = "round.more"
CANNOT: Final = "round.cannot"
SWAP: Final = "round.swap"

_GROUND_RULES: Final = (
    "What is said stays between you unless the speaker agrees. Passing is always fine. "
    "Any place works: in person, on a walk, by phone, on video or in writing."
)


def introduction_message(intro: Introduction, guide: Guide) -> Message:
    """Write M5: who meets whom, why, with which guide, and when all are free."""
    minutes = sum(step.minutes for step in guide.structure)
    free = [
        f"{moment(start, '{date_short_pretty}, {time}')} to {moment(end, '{time}')}" for start, end in intro.openings
    ]
    blocks = [
        section(f"*{_greeting(intro.people)}*"),
        section(
            f"*Why you {_count(intro.people)}:* {_why(intro)}\n"
            f"*Your guide:* *{escape(guide.title)}*, {minutes} minutes. Warm-up: \u201c{escape(guide.icebreaker)}\u201d"
        ),
    ]
    if free:
        everyone = "Both" if len(intro.people) == 2 else "All"  # noqa: PLR2004 - two people
        blocks.append(
            section(f"*{everyone} free, going by your working hours:* {'; '.join(free)} (shown in your own time)")
        )
    blocks += [
        actions(
            button("We've booked it", BOOKED, intro.group_id, primary=True),
            button("Open the guide", GUIDE, intro.group_id),
            _way_out(intro.group_id),
        ),
        context(
            "In person, on a walk, by phone, on video or in writing: all count. "
            "_I can't read this conversation. From here it's yours._"
        ),
    ]
    return message(*blocks)


def no_partner_message(channel_id: str) -> Message:
    """Write M22: nobody was left to be introduced to this time."""
    return message(
        section(f"*No introduction for you in {channel(channel_id)} this time.* Nobody who fits was free."),
        context("You're in the next round again, without doing anything."),
    )


def halfway_message(group_id: int) -> Message:
    """Write M6: one line in the middle of a longer round, if nobody tapped anything."""
    return message(
        section("*Still time for half an hour this week?*"),
        actions(
            button("We've booked it", BOOKED, group_id, primary=True),
            button("Open the guide", GUIDE, group_id),
            more(MORE, [("Not this round", f"{CANNOT}:{group_id}")]),
        ),
    )


def booked_reply() -> Message:
    """Confirm that a meeting is booked."""
    return message(section("*Noted.* I'll be quiet until the check-in on Thursday."))


def out_reply() -> Message:
    """Confirm that a person is out of this round."""
    return message(section("*Done. You're out of this round and in the next one.* The others get a neutral line."))


def looking_reply(card: GroupCard) -> Message:
    """Tell somebody who looks for another partner what happens now."""
    if card.standing is Standing.SEATED:
        return message(section(f"*Found somebody.* I'm introducing you to {people(card.others)}."))
    return message(
        section(
            "*I'm looking.* As soon as somebody else is free in this round I introduce you; "
            "otherwise you're in the next one."
        )
    )


def partner_out_message(group_id: int, left: str, still_there: Sequence[str]) -> Message:
    """Tell those who stay that somebody can't make it; no reason, and a way on."""
    first = f"*{person(left)} can't make it this round; nothing to do with you.*"
    if still_there:
        return message(section(f"{first} {you_and(still_there)} still have each other."))
    return message(section(first), _what_next(group_id))


def unreachable_message(group_id: int, unreachable: Sequence[str]) -> Message:
    """Tell somebody that the person they were to meet cannot be reached."""
    first = f"*I meant to introduce you to {people(unreachable)}, but can't reach them.*" if unreachable else ""
    return message(section(first or "*I could not open your conversation this round.*"), _what_next(group_id))


def round_skipped_message(channel_id: str, why: str, next_on: date) -> Message:
    """Tell a channel that this round does not take place, and when the next one does."""
    if why == "away":
        reason = "Many are away this week, so introductions wait."
    else:
        reason = "No introductions this week: I was not running on Monday."
    return message(section(f"{reason} Next: {long_day(next_on)}."), context(channel(channel_id)))


def group_reply(card: GroupCard, guide: Guide | None) -> Message:
    """Show a person the group they are in, with the same choices as in the introduction."""
    if card.standing is Standing.LOOKING:
        return looking_reply(card)
    if card.standing is Standing.OUT or card.group_id is None:
        return message(section("*You're out of this round* and in the next one, if you stay in."))
    if card.standing is Standing.ALONE:
        return message(section("*Nobody is left in your group this round.*"), _what_next(card.group_id))
    title = f" \u00b7 guide: *{escape(guide.title)}*" if guide else ""
    booked = " Booked." if card.booked else ""
    return message(
        section(
            f"*{you_and(card.others)}* \u00b7 {channel(card.channel_id)}{title}\n"
            f"The round ends on {long_day(card.ends_on)}.{booked}"
        ),
        actions(
            button("We've booked it", BOOKED, card.group_id, primary=True),
            button("Open the guide", GUIDE, card.group_id),
            _way_out(card.group_id),
        ),
    )


def guide_view(guide: Guide, alternatives: Sequence[Guide]) -> Block:
    """Show a guide in a modal: steps with minutes, openers, the closing commitment, two others."""
    openers = "\n".join(f"\u2022 {escape(opener)}" for opener in guide.openers)
    steps = "\n".join(f"{step.minutes} min \u00b7 {escape(step.text)}" for step in guide.structure)
    blocks = [
        section(f"*{escape(guide.title)}*\n_Warm-up:_ {escape(guide.icebreaker)}"),
        section(f"*Openers, pick one*\n{openers}"),
        section(f"*Half an hour*\n{steps}"),
        section(f"*Before you part, each completes*\n{escape(guide.commitment)}"),
        context(_GROUND_RULES),
    ]
    if alternatives:
        blocks.append(divider())
        blocks += [
            section(f"*Or:* {escape(other.title)}\n_Warm-up:_ {escape(other.icebreaker)}") for other in alternatives
        ]
    return {"type": "modal", "title": plain("Your guide", 24), "close": plain("Close", 24), "blocks": blocks}


def _greeting(ids: Sequence[str]) -> str:
    if len(ids) == 2:  # noqa: PLR2004 - two people
        return f"{person(ids[0])}, meet {person(ids[1])}. {person(ids[1])}, meet {person(ids[0])}."
    return f"{people(ids)}, meet each other."


def _count(ids: Sequence[str]) -> str:
    return {2: "two", 3: "three"}.get(len(ids), "all")


def _why(intro: Introduction) -> str:
    if intro.reason == "looking":
        return "you were both free for another introduction this round."
    if intro.again_after is None:
        return "by lot; you have not been introduced before."
    rounds = "1 round" if intro.again_after == 1 else f"{intro.again_after} rounds"
    return f"you were last introduced {rounds} ago. Small circles come round again."


def _way_out(group_id: int) -> Block:
    return more(MORE, [("Can't this round", f"{CANNOT}:{group_id}"), ("Another partner", f"{SWAP}:{group_id}")])


def _what_next(group_id: int) -> Block:
    return actions(
        button("Find me someone", SWAP, group_id, primary=True),
        button("I'll take a break too", CANNOT, group_id),
    )
