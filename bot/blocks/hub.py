"""The hub and the help: what concerns one person now, and where to go from there."""

from collections.abc import Sequence
from typing import Final

from bot.blocks.block_kit import (
    VALUE_LIMIT,
    Block,
    Message,
    actions,
    button,
    channel,
    channels,
    escape,
    given_back,
    long_day,
    message,
    one_line,
    person,
    quote,
    section,
    with_people,
    you_and,
)
from bot.blocks.ids import CommunityId, GoalId, HelpId, HubId, KudosId, NoteId
from bot.blocks.language import N_, _, ngettext, spoken
from bot.blocks.names import CommandNames
from bot.domain.commands import HUB, Typed, plain
from bot.domain.goals import MIN_TITLE
from bot.domain.home import MOST_MEETINGS, Overview
from bot.domain.prompts import PromptLibrary
from bot.domain.rounds import GroupCard

# What the button for a word that was mistyped says, and the word it does. Words about the current
# introduction show it, since there their buttons stand; a second press must not answer twice.
_MEANT: Final = {
    "about": (N_("About"), "about"),
    "booked": (N_("Show my introduction"), "buddy"),
    "buddy": (N_("Show my introduction"), "buddy"),
    "done": (N_("Show my goals"), "goals"),
    "drop": (N_("Show my goals"), "goals"),
    "goals": (N_("Show my goals"), "goals"),
    "help": (N_("Help"), "help"),
    "hub": (N_("Show what is current"), "hub"),
    "join": (N_("Join"), "join"),
    "kudos": (N_("Say thanks"), "kudos"),
    "leave": (N_("Leave"), "leave"),
    "messages": (N_("Messages from me"), "messages"),
    "met": (N_("Show my introduction"), "buddy"),
    "notes": (N_("Your learning notes"), "notes"),
    "notwith": (N_("Who I don't meet"), "notwith"),
    "pause": (N_("Pause"), "pause"),
    "privacy": (N_("What is stored"), "privacy"),
    "resume": (N_("I'm back"), "resume"),
    "round": (N_("How the round stands"), "round"),
    "settings": (N_("Your settings"), "settings"),
    "setup": (N_("Set up"), "setup"),
    "skip": (N_("Show my introduction"), "buddy"),
    "swap": (N_("Show my introduction"), "buddy"),
    "teach": (N_("I can show \u2026"), "teach"),
    "til": (N_("Note it"), "til"),
    "topics": (N_("Your topics"), "topics"),
    "want": (N_("I'd like to learn \u2026"), "want"),
}
# What can be typed, for the help.
_CAN_DO: Final = (
    N_("`{learn} join` \u00b7 meet a colleague for half an hour"),
    N_("`{learn} buddy` \u00b7 this round's introduction; `booked`, `met`, `skip`, `swap` answer it"),
    N_(
        "`{learn} want reading a balance sheet`, `{learn} teach pivot tables in 15 min` \u00b7 "
        "whom you meet follows from these; `topics` lists yours, `settings` and `notwith` do the rest"
    ),
    N_("`{goal} run a retro on my own` \u00b7 set a goal; `{learn} goals`, `done`, `drop`"),
    N_("`{learn} til the export button also takes a filter` \u00b7 note what you learned; `{learn} notes`"),
    N_("`{kudos} @lee walked me through the migration #patience` \u00b7 thank somebody precisely"),
    N_("`{learn} about` \u00b7 what this channel is for; `{learn} setup` starts or changes it"),
    N_("`{learn} pause 2w`, `{learn} leave` \u00b7 any time; `{learn} privacy`: what I store"),
    N_("`{learn} messages` \u00b7 what I sent you by myself, and why"),
)
_SHOWN: Final = 200


def _who_meets(groups: Sequence[GroupCard]) -> str:
    """Name the people of some groups; empty when there are none in them."""
    named = [you_and(group.others, _("you")) for group in groups if group.others]
    more = len(named) - MOST_MEETINGS
    if more > 0:
        rest = ngettext("and {number} more introduction", "and {number} more introductions", more)
        named[MOST_MEETINGS:] = [rest.format(number=more)]
    return "; ".join(named)


def hub_message(overview: Overview, prompts: PromptLibrary, names: CommandNames, kept: str = "") -> Message:
    """Write the hub: what is current for this person, in at most four lines, and four buttons."""
    is_goal = len(kept) >= MIN_TITLE
    lines = [_opening(kept, names, is_goal=is_goal)]
    for part in overview.taking_part:
        if part.next_on:
            text = _("You're in {channel} \u00b7 next introductions {day}").format(
                channel=channel(part.channel_id), day=long_day(part.next_on)
            )
        else:
            text = _("You're in {channel} \u00b7 waiting for four people").format(channel=channel(part.channel_id))
        lines.append(text)
    if overview.paused_until is not None:
        lines.append(_("You are paused; `{learn} resume` ends it.").format(learn=names.learn))
    if in_rounds := _who_meets(overview.groups):
        lines.append(_("This round: {people}").format(people=in_rounds))
    if on_request := _who_meets(overview.on_request):
        lines.append(_("On request: {people}").format(people=on_request))
    if overview.asked is not None:
        lines.append(
            _("{person} would like to be introduced to you; Home has the answers.").format(
                person=person(overview.asked.asker)
            )
        )
    lines += prompt_lines(overview, prompts)
    if overview.goals:
        lines.append(_("Next goal: {title}").format(title=escape(one_line(overview.goals[0].title))))
    meet: list[Block] = []
    if not overview.taking_part and overview.open_channels:
        lines.append(_("Introductions happen in {channels}.").format(channels=channels(overview.open_channels[:5])))
        meet = [button(_("Meet someone"), CommunityId.JOIN, overview.open_channels[0], primary=True)]
    is_cut = is_goal and len(kept) > VALUE_LIMIT
    return message(
        section("\n".join(lines)),
        *(given_back(_("What you typed: {words}"), kept) if is_cut else ()),
        actions(
            *meet,
            button(_("Set a goal"), GoalId.NEW, kept[:VALUE_LIMIT] if is_goal else "", primary=is_goal),
            button(_("Keep as a note"), NoteId.NEW, kept[:VALUE_LIMIT])
            if kept
            else button(_("Say thanks"), KudosId.GIVE),
            button(_("Help"), HelpId.SHOW),
        ),
    )


def closest_message(typed: Typed, channel_id: str) -> Message:
    """Ask whether a mistyped word meant the nearest one; the words are kept, and go along with the button."""
    closest, words = typed.closest or HUB, typed.text.split(maxsplit=1)
    rest = words[1] if len(words) > 1 else ""
    kept = plain(typed.text)
    buttons = []
    if closest == "goal":
        buttons.append(button(_("Set a goal"), GoalId.NEW, plain(rest)[:VALUE_LIMIT], primary=True))
    else:
        text, word = _MEANT.get(closest, (N_("Yes, that"), closest))
        buttons.append(
            button(_(text), HubId.RUN, f"{word} {channel_id or '-'} {plain(rest)}"[:VALUE_LIMIT], primary=True)
        )
        if rest:
            buttons.append(button(_("Set as goal"), GoalId.NEW, kept[:VALUE_LIMIT]))
    if closest != "help":
        buttons.append(button(_("Help"), HelpId.SHOW))
    return message(
        section(
            _("I don't know *{typed}*. Did you mean *{word}*?").format(
                typed=escape(one_line(plain(words[0]), _SHOWN)), word=closest
            )
        ),
        *(given_back(_("What you typed is kept: {words}"), kept) if rest else ()),
        actions(*buttons),
    )


def help_message(names: CommandNames) -> Message:
    """Write M23: what one can do, and the way out."""
    return message(
        section(_("*I help colleagues learn from each other.*")),
        section("\n".join(_(line).format(learn=names.learn, goal=names.goal, kudos=names.kudos) for line in _CAN_DO)),
        actions(
            button(_("Set a goal"), GoalId.NEW, primary=True),
            button(_("Say thanks"), KudosId.GIVE),
            button(_("What I store"), CommunityId.STORED),
        ),
    )


def prompt_lines(overview: Overview, prompts: PromptLibrary) -> list[str]:
    """Say the newest prompt of each community a person takes part in."""
    known = prompts.in_language(spoken()).prompts
    return [
        _("This week's prompt in {channel}: {prompt}").format(
            channel=channel(now.channel_id), prompt=escape(known[now.prompt_id].text)
        )
        for now in overview.prompts
        if now.prompt_id in known
    ]


def _opening(kept: str, names: CommandNames, *, is_goal: bool) -> str:
    if is_goal:
        return _("*I can use this as a goal:* {words}").format(words=with_people(one_line(kept, _SHOWN)))
    if kept:
        return _("I don't know {words}. `{learn} help` shows what I understand.").format(
            words=quote(kept), learn=names.learn
        )
    return _("*I help colleagues learn from each other.*")
