"""What is said about introductions: the group message, its guide, and what happens when plans change."""

from collections.abc import Mapping, Sequence
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
from bot.blocks.names import CommandNames
from bot.blocks.reasons import why
from bot.domain.guides import Guide
from bot.domain.rounds import GroupCard, Introduction, RoundPreview, RoundStatus, Standing

BOOKED: Final = "round.booked"
GUIDE: Final = "round.guide"
MORE: Final = "round.more"
CANNOT: Final = "round.cannot"
SWAP: Final = "round.swap"
TRY_AGAIN: Final = "round.again"
ROUND_PREVIEW: Final = "round.preview"
ROUND_START: Final = "round.start"
ROUND_SKIP: Final = "round.leave_out"

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
            f"*Why you {_count(intro.people)}:* {why(intro)}\n"
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


def no_partner_message(channel_id: str, community_id: int, cause: str, names: CommandNames) -> Message:
    """Write M22: nobody was left to be introduced to this time. The cause is one that a person may be told."""
    why_not = {
        "hours": (
            "Nobody else's working hours overlap with yours by an hour. "
            f"If an exchange in writing is fine for you, say so in `{names.learn} settings`."
        ),
        "language": "Nobody who shares a language with you was free.",
    }.get(cause, "Nobody who fits was free.")
    return message(
        section(f"*No introduction for you in {channel(channel_id)} this time.* {why_not}"),
        section("You're in the next round again, without doing anything. Want someone now?"),
        actions(button("Try again today", TRY_AGAIN, community_id, primary=True)),
    )


def incomplete_message(channel_id: str, number: int, seated: int, unplaced: Mapping[str, int]) -> Message:
    """Tell a facilitator how many a round left without a group, and why, without names."""
    left = sum(unplaced.values())
    were = "person is" if left == 1 else "people are"
    return message(
        section(
            f"*Round {number} in {channel(channel_id)}: {seated} people are in groups, {left} {were} not.*\n"
            f"Why: {_causes(unplaced)}."
        ),
        context("They were told, without a reason that concerns others, and are in the next round."),
    )


def preview_reply(preview: RoundPreview, names: CommandNames) -> Message:
    """Show a facilitator what the next round would be; numbers only."""
    first = f"*Round {preview.number} in {channel(preview.channel_id)}, on {long_day(preview.next_on)}*"
    if not preview.is_enough:
        return message(section(f"{first}\nA round needs four people and there aren't enough yet. I'll wait."))
    if preview.is_mostly_away:
        waits = f"\n{preview.absent} are away or paused, so it would wait a week. Starting it now introduces the rest."
        return message(section(f"{first}{waits}"), _round_buttons(preview.channel_id))
    sizes = ", ".join(f"{count} of {size}" for size, count in sorted(preview.sizes.items())) or "none"
    teams = "unknown" if preview.cross_team is None else f"{preview.cross_team:.0%}"
    why_not = f" ({_causes(preview.unplaced)})" if preview.unplaced else ""
    lines = [
        f"People: {preview.available} (away {preview.absent}, not their turn {preview.by_pace})",
        f"Groups: {sizes}; across teams: {teams}",
        f"Meeting again: {preview.repeats} pairs, {preview.recent} within 8 rounds",
        f"Without a group: {sum(preview.unplaced.values())}{why_not}",
    ]
    return message(
        section(first),
        section("\n".join(f"\u2022 {line}" for line in lines)),
        _round_buttons(preview.channel_id),
        context(f"As things stand now, without names. Teams are known from `{names.learn} settings`."),
    )


def status_reply(status: RoundStatus) -> Message:
    """Show a facilitator how the round stands; numbers only."""
    coming = f"Next: {long_day(status.next_on)}." if status.next_on else "Next: as soon as four people are in."
    if status.ends_on is None:
        first = f"*No round in {channel(status.channel_id)} yet.*"
    elif status.skipped:
        first = f"*Round {status.number} in {channel(status.channel_id)} was left out.*"
    else:
        looking = f", {status.looking} looking for somebody" if status.looking else ""
        first = (
            f"*Round {status.number} in {channel(status.channel_id)}, until {long_day(status.ends_on)}:* "
            f"{status.seated} in, {_groups(status.groups)}, {status.booked} booked, {status.met} met{looking}."
        )
    return message(section(f"{first} {coming}"), _round_buttons(status.channel_id))


def _groups(number: int) -> str:
    return "1 group" if number == 1 else f"{number} groups"


def _round_buttons(channel_id: str) -> Block:
    return actions(
        button("Preview the next", ROUND_PREVIEW, channel_id),
        button("Start it now", ROUND_START, channel_id),
        button("Leave it out", ROUND_SKIP, channel_id),
    )


_CAUSES: Final = {
    "hours": "no common hour",
    "language": "no common language",
    "rules": "kept apart by a rule",
    "taken": "all who fit are taken",
    "alone": "nobody else there",
}


def _causes(unplaced: Mapping[str, int]) -> str:
    return ", ".join(f"{count} \u00d7 {_CAUSES[cause]}" for cause, count in sorted(unplaced.items()))


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


def partner_out_message(group_id: int, left: str, still_there: Sequence[str], instead: Sequence[str] = ()) -> Message:
    """Tell those who stay that somebody can't make it; no reason, and a way on.

    `still_there` are those who stay with the reader, `instead` those they are introduced to now; without
    either, somebody is looked for.
    """
    first = f"*{person(left)} can't make it this round; nothing to do with you.*"
    if still_there:
        return message(section(f"{first} {you_and(still_there)} still have each other."))
    if instead:
        return message(section(f"{first} I'm introducing you to {people(instead)}."))
    return message(
        section(f"{first} I'm looking for somebody else for you."),
        actions(button("I'll take a break too", CANNOT, group_id)),
    )


def unreachable_message(group_id: int, unreachable: Sequence[str]) -> Message:
    """Tell somebody that the person they were to meet cannot be reached."""
    first = f"*I meant to introduce you to {people(unreachable)}, but can't reach them.*" if unreachable else ""
    return message(section(first or "*I could not open your conversation this round.*"), _what_next(group_id))


def round_skipped_message(channel_id: str, why: str, next_on: date) -> Message:
    """Tell a channel that this round does not take place, and when the next one does."""
    if why == "away":
        reason = "Many are away this week, so introductions wait."
    elif why == "facilitator":
        reason = "Those who look after this channel have left the next introductions out."
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


def _way_out(group_id: int) -> Block:
    return more(MORE, [("Can't this round", f"{CANNOT}:{group_id}"), ("Another partner", f"{SWAP}:{group_id}")])


def _what_next(group_id: int) -> Block:
    return actions(
        button("Find me someone", SWAP, group_id, primary=True),
        button("I'll take a break too", CANNOT, group_id),
    )
