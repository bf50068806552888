"""What is said when something cannot be done: what happened, what to do now, and the words kept."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from bot.blocks.communities import SET_UP
from bot.blocks.goals import LIST, NEW_GOAL
from bot.blocks.kit import (
    Block,
    Message,
    actions,
    button,
    channel,
    context,
    day_with_year,
    escape,
    long_day,
    message,
    people,
    person,
    section,
)
from bot.blocks.names import CommandNames
from bot.errors import Problem, Trouble

KEPT_SHOWN: Final = 300


def error_reply(trouble: Trouble | None, kept: str, names: CommandNames, reference: str = "") -> Message:
    """Answer what cannot be done; None stands for trouble on the bot's own side."""
    blocks: list[Block] = [section(apology(reference) if trouble is None else _sentence(trouble, names))]
    if kept.strip():
        blocks.append(context(f"What you typed: {_shown(kept)}"))
    buttons = [] if trouble is None else _buttons(trouble, kept)
    if buttons:
        blocks.append(actions(*buttons))
    return message(*blocks)


def field_error(trouble: Trouble, names: CommandNames) -> str:
    """Say in one line, without markup, what is wrong with a form's field."""
    return _sentence(trouble, names).replace("*", "").replace("`", "")


def apology(reference: str) -> str:
    """Own up to trouble on the bot's side."""
    return (
        "That didn't work, and it's on my side. Please try again in a few minutes; "
        f"if it fails again, tell the person who runs me this number: {reference}."
    )


def _sentence(trouble: Trouble, names: CommandNames) -> str:
    special = _SPECIAL.get(trouble.problem)
    if special is not None:
        return special(trouble.details)
    return _PLAIN[trouble.problem].format(learn=names.learn, goal=names.goal, kudos=names.kudos)


_PLAIN: Final = {
    Problem.UNKNOWN_WORD: "I don't know that word. `{learn} help` shows what I understand.",
    Problem.NO_COMMUNITY_HERE: "That works in a channel, where I can see which community you mean. Type it there.",
    Problem.WHICH_COMMUNITY: "You take part in more than one community. Type it in the channel it is for.",
    Problem.CANNOT_TAKE_PART: "Introductions are for members of this workspace; guests and bots take no part.",
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
}


def _not_a_community(details: Mapping[str, str]) -> str:
    elsewhere = f"I can be useful in {channel(details['channel'])}, or you" if details.get("channel") else "You"
    return f"This channel isn't a learning community yet. {elsewhere} can start one here."


def _not_facilitator(details: Mapping[str, str]) -> str:
    who = people(details["people"].split())
    return f"Only those who look after {channel(details['channel'])} change it: {who}."


def _not_recognized(details: Mapping[str, str]) -> str:
    return f"I couldn't find *{_one_line(details['person'])}* as a person here. Pick them from the list."


def _cannot_receive(details: Mapping[str, str]) -> str:
    return f"{person(details['person'])} can't get messages from me (not an active account of this workspace)."


def _unreadable(details: Mapping[str, str]) -> str:
    return f"I couldn't read *{_one_line(details['typed'])}* as a day. Try `until Friday`, `2w` or `2026-12-14`."


def _ambiguous(details: Mapping[str, str]) -> str:
    one, other = (day_with_year(date.fromisoformat(details[name])) for name in ("one", "other"))
    return f"*{_one_line(details['typed'])}* can be {one} or {other}. Which day?"


def _impossible(details: Mapping[str, str]) -> str:
    last = date.fromisoformat(details["last"])
    month = f"{last:%B %Y}" if last.month == 2 else f"{last:%B}"  # noqa: PLR2004 - February
    ordinal = "31st" if last.day == 31 else f"{last.day}th"  # noqa: PLR2004 - the one that is irregular
    return f"I read *{_one_line(details['typed'])}* as a date but {month} ends on the {ordinal}. Which day?"


def _past(details: Mapping[str, str]) -> str:
    return f"That day is gone. The next one is {long_day(date.fromisoformat(details['next']))}."


def _too_far(details: Mapping[str, str]) -> str:
    return f"That's too far away. The last day I can take is {day_with_year(date.fromisoformat(details['last']))}."


def _too_long(details: Mapping[str, str]) -> str:
    return f"That's {details['length']} characters; it works best under {details['limit']}. Shorten it a little?"


def _bot_not_in_channel(details: Mapping[str, str]) -> str:
    return f"I'm not in {channel(details['channel'])}. Invite me with `/invite`, then try again."


_SPECIAL: Final[Mapping[Problem, Callable[[Mapping[str, str]], str]]] = {
    Problem.NOT_A_COMMUNITY: _not_a_community,
    Problem.NOT_FACILITATOR: _not_facilitator,
    Problem.BOT_NOT_IN_CHANNEL: _bot_not_in_channel,
    Problem.NOT_RECOGNIZED: _not_recognized,
    Problem.CANNOT_RECEIVE: _cannot_receive,
    Problem.DAY_UNREADABLE: _unreadable,
    Problem.DAY_AMBIGUOUS: _ambiguous,
    Problem.DAY_IMPOSSIBLE: _impossible,
    Problem.DAY_PAST: _past,
    Problem.DAY_TOO_FAR: _too_far,
    Problem.TOO_LONG: _too_long,
}


def _buttons(trouble: Trouble, kept: str) -> list[Block]:
    """Offer the next step; what was typed goes along where a form can take it."""
    match trouble.problem:
        case Problem.NOT_A_COMMUNITY:
            return [button("Start one here", SET_UP, trouble.details.get("here", ""), primary=True)]
        case Problem.TOO_MANY_GOALS | Problem.NO_SUCH_GOAL:
            return [button("Show my goals", LIST)]
        case Problem.NO_GOALS:
            return [button("Set a goal", NEW_GOAL)]
        case Problem.TITLE_SHORT:
            return [button("Set a goal", NEW_GOAL, kept)]
        case _:
            return []


def _shown(kept: str) -> str:
    line = " ".join(kept.split())
    return escape(line if len(line) <= KEPT_SHOWN else f"{line[:KEPT_SHOWN]}\u2026")


def _one_line(typed: str) -> str:
    line = " ".join(typed.replace("*", "").split())
    return escape(line if len(line) <= 40 else f"{line[:39]}\u2026")  # noqa: PLR2004 - fits into a sentence
