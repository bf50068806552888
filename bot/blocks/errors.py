"""What is said when something cannot be done: what happened, what to do now, and the words kept."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from bot.blocks.communities import ABOUT, JOIN, SET_UP
from bot.blocks.goals import LIST, NEW_GOAL
from bot.blocks.kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    day_picker,
    day_with_year,
    escape,
    given_back,
    long_day,
    message,
    one_line,
    people,
    person,
    section,
)
from bot.blocks.kudos import GIVE
from bot.blocks.members import PAUSE
from bot.blocks.names import CommandNames
from bot.errors import Problem, Trouble


def error_reply(trouble: Trouble | None, kept: str, names: CommandNames, reference: str = "") -> Message:
    """Answer what cannot be done; None stands for trouble on the bot's own side."""
    blocks: list[Block] = [section(apology(reference) if trouble is None else _sentence(trouble, names))]
    if kept.strip():
        blocks += given_back("What you typed", kept)
    if trouble is not None:
        blocks += _next_step(trouble, kept)
    return message(*blocks)


def field_error(trouble: Trouble, names: CommandNames) -> str:
    """Say in one line what is wrong with a form's field; Slack shows no markup there, not even names."""
    if trouble.problem in _IN_FORMS:
        return _IN_FORMS[trouble.problem]
    sentence = _sentence(trouble, names).replace("*", "").replace("`", "")
    return sentence.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def form_note(trouble: Trouble, names: CommandNames) -> Block:
    """Say at the top of a form why it opened instead of doing at once what was typed."""
    return section(_sentence(trouble, names))


def apology(reference: str) -> str:
    """Own up to trouble on the bot's side."""
    return (
        "That didn't work, and it's on my side. Please try again in a few minutes; "
        f"if it fails again, tell the person who runs me this number: {reference}."
    )


def other_workspace() -> str:
    """Answer somebody of another workspace, who can see the bot's messages in a shared channel."""
    return "I work in another workspace, so nothing changed here."


def _sentence(trouble: Trouble, names: CommandNames) -> str:
    special = _SPECIAL.get(trouble.problem)
    if special is not None:
        return special(trouble.details, names)
    return _PLAIN[trouble.problem].format(learn=names.learn, goal=names.goal, kudos=names.kudos)


_PLAIN: Final = {
    Problem.NO_COMMUNITY_HERE: "That works in a channel, where I can see which community you mean. Type it there.",
    Problem.WHICH_COMMUNITY: "*Which one?* You take part in more than one community.",
    Problem.CANNOT_TAKE_PART: "This is for members of this workspace; guests and bots take no part.",
    Problem.PURPOSE_SHORT: "A few more words, so that people know what this channel is for.",
    Problem.DAY_MISSING: "By when? A rough day is enough.",
    Problem.NO_GROUP: "You're in no introduction at the moment. `{learn} join` in a community puts you in.",
    Problem.NOT_YOURS: "That belongs to somebody else, so I left it as it is.",
    Problem.GONE: "That is over already, so nothing changed. `{learn}` shows what is current.",
    Problem.NOBODY_NAMED: "Whom would you like to thank? Pick them from the list.",
    Problem.GROUP_NAMED: "Thanks to a group thanks nobody. Name up to five people.",
    Problem.YOURSELF: "Thanks are for others. Whom else would you like to thank?",
    Problem.CROWD: "Thanks to a crowd thanks nobody. Choose up to five, or write in the channel.",
    Problem.DEED_SHORT: "What exactly did they do? One detail is enough.",
    Problem.ENOUGH_TODAY: "That's five thanks today, the most I take from one person. Tomorrow there are five more.",
    Problem.TITLE_SHORT: "A few more words, so that you'll still know in a month.",
    Problem.EVIDENCE_SHORT: "How will it show? For example: show it to someone, do it alone once, teach it.",
    Problem.TOO_MANY_GOALS: "You have three goals open. Finish or drop one first?",
    Problem.NO_SUCH_GOAL: "I find no open goal like that among yours. `{learn} goals` lists them with their numbers.",
    Problem.NO_GOALS: "No goal of yours is open. `{goal}` sets one.",
    Problem.TAKEAWAY_EMPTY: "One line is enough, and it stays yours.",
    Problem.TOPIC_SHORT: "A few more words, so that others know what it is.",
    Problem.TOO_MANY_TOPICS: "Twenty of these are open. `{learn} topics` shows them; take one back first?",
    Problem.OWN_MANAGER: "That's you. Leave it empty if nobody manages you.",
    Problem.NOT_WITH_YOURSELF: "That's you, and I never introduce you to yourself.",
    Problem.LIST_FULL: "Twenty people are on your private list, the most it holds. `{learn} notwith` shows it.",
    Problem.NO_KEY: (
        "I can't keep private lists here yet: the person who runs me has to set a key for them first "
        "(PEERLOOP_KEYS). I have stored nothing. Meanwhile `{learn} swap` gets you another partner, without a reason."
    ),
}


# The same where neither a person nor a channel can be named.
_IN_FORMS: Final[Mapping[Problem, str]] = {
    Problem.NOT_A_COMMUNITY: "That channel is no learning community any more, so nothing was sent.",
    Problem.NOT_FACILITATOR: "Only those who look after this channel change it.",
    Problem.BOT_NOT_IN_CHANNEL: "I'm not in that channel any more. Invite me with /invite, then press again.",
    Problem.NOT_RECOGNIZED: "I couldn't find one of them as a person here. Pick them from the list.",
    Problem.CANNOT_RECEIVE: "One of them can't take part: guests, apps and deactivated accounts don't.",
}


def _not_a_community(details: Mapping[str, str], names: CommandNames) -> str:
    here, there = details.get("here"), details.get("channel")
    if here and there:
        return (
            "This channel isn't a learning community yet. "
            f"I can be useful in {channel(there)}, or you can start one here."
        )
    if here:
        return "This channel isn't a learning community yet. You can start one here."
    if there:
        return f"I don't know which community you mean. I can be useful in {channel(there)}."
    return f"There is no learning community yet. `{names.learn} setup` in a channel starts one."


def _no_such_channel(details: Mapping[str, str], _names: CommandNames) -> str:
    return f"I couldn't find *{_short(details['typed'])}* as a channel. Pick it from the list that Slack shows after #."


def _not_facilitator(details: Mapping[str, str], _names: CommandNames) -> str:
    who = people(details["people"].split())
    return f"Only those who look after {channel(details['channel'])} change it: {who}."


def _not_recognized(details: Mapping[str, str], _names: CommandNames) -> str:
    return f"I couldn't find *{_short(details['person'])}* as a person here. Pick them from the list."


def _cannot_receive(details: Mapping[str, str], _names: CommandNames) -> str:
    return f"{person(details['person'])} can't take part: guests, apps and deactivated accounts don't."


def _unreadable(details: Mapping[str, str], _names: CommandNames) -> str:
    return f"I couldn't read *{_short(details['typed'])}* as a day. Try `until Friday`, `2w` or `2026-12-14`."


def _ambiguous(details: Mapping[str, str], _names: CommandNames) -> str:
    one, other = (day_with_year(date.fromisoformat(details[name])) for name in ("one", "other"))
    return f"*{_short(details['typed'])}* can be {one} or {other}. Which day?"


def _impossible(details: Mapping[str, str], _names: CommandNames) -> str:
    last = date.fromisoformat(details["last"])
    month = f"{last:%B %Y}" if last.month == 2 else f"{last:%B}"  # noqa: PLR2004 - February
    ordinal = "31st" if last.day == 31 else f"{last.day}th"  # noqa: PLR2004 - the one that is irregular
    return f"I read *{_short(details['typed'])}* as a date but {month} ends on the {ordinal}. Which day?"


def _past(details: Mapping[str, str], _names: CommandNames) -> str:
    return f"That day is gone. The next one is {long_day(date.fromisoformat(details['next']))}."


def _too_far(details: Mapping[str, str], _names: CommandNames) -> str:
    return f"That's too far away. The last day I can take is {day_with_year(date.fromisoformat(details['last']))}."


def _too_long(details: Mapping[str, str], _names: CommandNames) -> str:
    return f"That's {details['length']} characters; it works best under {details['limit']}. Shorten it a little?"


def _not_in_channel(details: Mapping[str, str], _names: CommandNames) -> str:
    return f"You aren't in {channel(details['channel'])} yet. Come in, then try again there."


def _round_runs(details: Mapping[str, str], _names: CommandNames) -> str:
    return (
        f"This week's introductions in {channel(details['channel'])} are out already, and nobody is introduced "
        "twice in a week. I start the next on its Monday."
    )


def _too_few(details: Mapping[str, str], _names: CommandNames) -> str:
    return (
        f"A round in {channel(details['channel'])} needs four people and there aren't enough yet. "
        "I'll wait and start by myself."
    )


def _bot_not_in_channel(details: Mapping[str, str], _names: CommandNames) -> str:
    return f"I'm not in {channel(details['channel'])}. Invite me with `/invite`, then try again."


_SPECIAL: Final[Mapping[Problem, Callable[[Mapping[str, str], CommandNames], str]]] = {
    Problem.NOT_A_COMMUNITY: _not_a_community,
    Problem.NO_SUCH_CHANNEL: _no_such_channel,
    Problem.NOT_FACILITATOR: _not_facilitator,
    Problem.NOT_IN_CHANNEL: _not_in_channel,
    Problem.BOT_NOT_IN_CHANNEL: _bot_not_in_channel,
    Problem.NOT_RECOGNIZED: _not_recognized,
    Problem.CANNOT_RECEIVE: _cannot_receive,
    Problem.DAY_UNREADABLE: _unreadable,
    Problem.DAY_AMBIGUOUS: _ambiguous,
    Problem.DAY_IMPOSSIBLE: _impossible,
    Problem.DAY_PAST: _past,
    Problem.DAY_TOO_FAR: _too_far,
    Problem.TOO_LONG: _too_long,
    Problem.ROUND_RUNS: _round_runs,
    Problem.TOO_FEW: _too_few,
}


# What a button that uses another community says and does; a button cannot show a channel's name, the sentence does.
_USE: Final = {
    "join": ("Count me in there", JOIN),
    "about": ("What it is about", ABOUT),
    "kudos": ("Say thanks there", GIVE),
}


def _next_step(trouble: Trouble, kept: str) -> list[Block]:
    """Offer the next step; what was typed goes along where a form can take it."""
    match trouble.problem:
        case Problem.NOT_A_COMMUNITY | Problem.WHICH_COMMUNITY:
            return _other_places(trouble.details)
        case Problem.TOO_MANY_GOALS | Problem.NO_SUCH_GOAL:
            return [actions(button("Show my goals", LIST))]
        case Problem.NO_GOALS:
            return [actions(button("Set a goal", NEW_GOAL))]
        case Problem.DAY_AMBIGUOUS:
            days = [date.fromisoformat(trouble.details[name]) for name in ("one", "other")]
            return [actions(*(button(day_with_year(day), PAUSE, day, variant=day) for day in sorted(days)))]
        case Problem.DAY_UNREADABLE | Problem.DAY_IMPOSSIBLE | Problem.DAY_PAST | Problem.DAY_TOO_FAR if kept:
            # Only a pause is typed as a day; everything else has a calendar of its own.
            return [actions(day_picker(PAUSE, variant="day"))]
        case _:
            return []


def _other_places(details: Mapping[str, str]) -> list[Block]:
    text, action_id = _USE.get(details.get("wanted", ""), ("", ""))
    carried = details.get("carried", "")
    if places := details.get("channels", "").split():
        return [
            section(channel(place), button(text, action_id, f"{place} {carried}".strip(), variant=place))
            for place in places[:20]
        ]
    buttons = []
    if text and (there := details.get("channel")):
        buttons.append(button(text, action_id, f"{there} {carried}".strip(), variant=there, primary=True))
    if here := details.get("here"):
        buttons.append(button("Start one here", SET_UP, here, primary=not buttons))
    return [actions(*buttons)] if buttons else []


def _short(typed: str) -> str:
    return escape(one_line(typed.replace("*", ""), 40))
