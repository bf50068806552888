"""App Home: everything that concerns one person, on one page."""

from typing import Final

from bot.blocks.block_kit import Block, actions, button, channel, context, divider, header, long_day, person, section
from bot.blocks.communities import join_choices
from bot.blocks.goals import goal_blocks, goal_question
from bot.blocks.hub import prompt_lines
from bot.blocks.ids import CommunityId, GoalId, HelpId, HubId, KudosId, MemberId, RequestId, SettingsId, TopicId
from bot.blocks.kudos import received_line
from bot.blocks.language import N_, _, ngettext, spoken
from bot.blocks.names import CommandNames
from bot.blocks.notes import notes_at_home, use_question
from bot.blocks.offers import own_line
from bot.blocks.pings import counter
from bot.blocks.requests import request_blocks, waiting_line
from bot.blocks.rounds import group_reply, status_line
from bot.domain.guides import GuideLibrary
from bot.domain.home import MOST_MEETINGS, THANKS_SHOWN, LookedAfter, Overview, PartOfDay
from bot.domain.offers import GLANCED_AT, TopicKind
from bot.domain.prompts import PromptLibrary
from bot.domain.rounds import GroupCard

MOST_CARDS: Final = 2
# Slack takes a hundred blocks; sixty are more than anybody reads.
_MOST_COMMUNITIES: Final = 5

_GREETINGS: Final = {
    PartOfDay.MORNING: N_("*Good morning, {person}*"),
    PartOfDay.AFTERNOON: N_("*Good afternoon, {person}*"),
    PartOfDay.EVENING: N_("*Good evening, {person}*"),
}


def home_view(
    overview: Overview,
    prompts: PromptLibrary,
    guides: GuideLibrary,
    names: CommandNames,
) -> Block:
    """Draw App Home: now, what is the person's own, what they look after, and the ways out."""
    if overview.is_first_time:
        blocks = _first_time(overview)
    else:
        blocks = [
            *_top(overview, prompts),
            *_now(overview, guides),
            *_goals(overview),
            *_topics(overview),
            *_thanks(overview),
            *notes_at_home(overview.notes),
        ]
    for one in overview.looks_after[:_MOST_COMMUNITIES]:
        blocks += _looked_after(one)
    return {"type": "home", "blocks": [*blocks, *_ways_out(overview, names)]}


def _first_time(overview: Overview) -> list[Block]:
    return [
        header(_("Learn from each other")),
        section(_("*Meet someone*\nHalf an hour with a colleague, with a guide.")),
        *([join_choices(overview.open_channels[0])] if overview.open_channels else []),
        section(
            _("*Set a goal*\nWhat do you want to be able to do? Only you see it."),
            button(_("Set a goal"), GoalId.NEW),
        ),
        section(
            _("*Offer something small*\nFifteen minutes of what you know, for anyone who wants it."),
            button(_("I can show \u2026"), TopicId.OFFER),
        ),
    ]


def _top(overview: Overview, prompts: PromptLibrary) -> list[Block]:
    greeting = _(_GREETINGS[overview.part_of_day]).format(person=person(overview.user_id))
    blocks = [section(greeting), counter(overview.pings_this_week)]
    for part in overview.taking_part[:_MOST_COMMUNITIES]:
        if part.next_on:
            text = _("{channel} \u00b7 next introductions {day}").format(
                channel=channel(part.channel_id), day=long_day(part.next_on)
            )
        else:
            text = _("{channel} \u00b7 introductions start as soon as four people are in").format(
                channel=channel(part.channel_id)
            )
        blocks.append(section(text, button(_("About"), CommunityId.ABOUT, part.channel_id, variant=part.channel_id)))
    if not overview.taking_part and overview.open_channels:
        text = _("*Meet someone*\nHalf an hour with a colleague, with a guide.")
        blocks += [section(text), join_choices(overview.open_channels[0])]
    return blocks + [context(line) for line in prompt_lines(overview, prompts)[:_MOST_COMMUNITIES]]


def _now(overview: Overview, guides: GuideLibrary) -> list[Block]:
    """Show whom one meets, and then what else can be done now, up to two things: who asks, then goals, then notes."""
    meetings = [group for group in (*overview.groups, *overview.on_request) if overview.taking_part or group.others]
    cards = [_meeting(group, guides) for group in meetings[:MOST_MEETINGS]]
    if len(meetings) > MOST_MEETINGS:
        more = len(meetings) - MOST_MEETINGS
        rest = ngettext("and {number} more introduction", "and {number} more introductions", more)
        cards[-1].append(context(rest.format(number=more)))
    room = max(MOST_CARDS, len(cards))
    if overview.asked is not None:
        cards.append(request_blocks(overview.asked))
    if overview.goal_question is not None:
        cards.append(goal_question(overview.goal_question))
    if overview.use_question is not None:
        cards.append(use_question(overview.use_question))
    blocks = [block for card in cards[:room] for block in card]
    if overview.paused_until is not None:
        blocks.insert(0, section(_("*You are paused.* No introductions and no messages until you're back.")))
    return [divider(), header(_("Now")), *blocks] if blocks else []


def _meeting(group: GroupCard, guides: GuideLibrary) -> list[Block]:
    guide = guides.in_language(spoken()).guides.get(group.guide_ids[0]) if group.guide_ids else None
    return list(group_reply(group, guide).blocks)


def _goals(overview: Overview) -> list[Block]:
    own = [block for goal in overview.goals for block in goal_blocks(goal)]
    example = section(_("For example: run a retro on my own, by the end of January."))
    return [
        divider(),
        header(_("My goals (only you see this)")),
        *(own or [example]),
        actions(button(_("Set a goal"), GoalId.NEW)),
    ]


def _topics(overview: Overview) -> list[Block]:
    own = [card for kind in TopicKind for card in [one for one in overview.topics if one.kind is kind][-GLANCED_AT:]]
    example = section(
        _("For example: you can show pivot tables in 15 minutes, and want to learn reading a balance sheet.")
    )
    buttons = [button(_("I can show \u2026"), TopicId.OFFER), button(_("I'd like to learn \u2026"), TopicId.WANT)]
    if overview.topics:
        buttons.append(button(_("All"), HubId.RUN, "topics -"))
    return [
        divider(),
        header(_("I can show, I want to learn")),
        *([own_line(card) for card in own] or [example]),
        *(
            section(
                waiting_line(one),
                button(_("Take it back"), RequestId.TAKE_BACK, one.request_id, variant=one.request_id),
            )
            for one in overview.asking
        ),
        actions(*buttons),
    ]


def _thanks(overview: Overview) -> list[Block]:
    shown = overview.thanks[:THANKS_SHOWN]
    example = section(
        _("Thanks for you stand here. For example: \u201cYou walked me through the migration twice.\u201d")
    )
    everything = [button(_("All"), KudosId.RECEIVED)] if len(overview.thanks) > len(shown) else []
    return [
        divider(),
        header(_("Thanks you received")),
        *([section(received_line(card)) for card in shown] or [example]),
        actions(button(_("Say thanks"), KudosId.GIVE), *everything),
    ]


def _looked_after(one: LookedAfter) -> list[Block]:
    """Show a facilitator how a community stands; numbers only."""
    where = one.round.channel_id
    lines = [_("*You look after {channel}*").format(channel=channel(where)), status_line(one.round)]
    if one.next_prompt_on is not None:
        lines.append(_("Next prompt: {day}.").format(day=long_day(one.next_prompt_on)))
    return [
        divider(),
        section("\n".join(lines)),
        actions(button(_("The round"), HubId.RUN, f"round {where}"), button(_("Change"), CommunityId.SET_UP, where)),
    ]


def _ways_out(overview: Overview, names: CommandNames) -> list[Block]:
    pause = (
        button(_("I'm back"), MemberId.RESUME)
        if overview.paused_until
        else button(_("Pause"), MemberId.PAUSE, "ask", variant="ask")
    )
    return [
        divider(),
        actions(
            pause,
            button(_("Settings"), SettingsId.OPEN),
            button(_("What I store about you"), CommunityId.STORED),
            button(_("Help"), HelpId.SHOW),
        ),
        context(_("`{learn} leave` in a channel ends its introductions, in one tap.").format(learn=names.learn)),
    ]
