"""What a whole line means, in a few words: as everything that reads it takes it together."""

from datetime import date

from bot.domain.commands import (
    KudosText,
    addressed_to,
    is_open_end,
    parse_goal,
    parse_kudos,
    parse_learn,
    parse_number,
    parse_pause,
    plain,
    unquoted,
)
from bot.domain.errors import UserError
from bot.domain.offers import TopicKind, parse_topic

# A Wednesday.
TODAY = date(2026, 11, 25)
BOT = "U0BOT"


def reading(text: str) -> str:
    """Say which command a line is and what of it goes where; a word that is none is "?" with the nearest."""
    typed = parse_learn(text)
    if typed.word is None:
        return f"? {typed.closest}" if typed.closest else "?"
    match typed.word:
        case "pause":
            said = _pause(plain(typed.rest))
        case "goal":
            title, day = parse_goal(plain(typed.rest), TODAY)
            said = f"{title} | {day}" if day else title
        case "teach" | "want":
            said = _topic(TopicKind.OFFER if typed.word == "teach" else TopicKind.WANT, typed.rest)
        case "kudos" | "notwith":
            said = _thanks(parse_kudos(typed.rest))
        case "done" | "drop":
            number = parse_number(typed.rest)
            said = "" if not typed.rest else str(number or "no number")
        case "find":
            said = unquoted(plain(typed.rest))
        case _:
            said = plain(typed.rest)
    return f"{typed.word}: {said}" if said else typed.word


def reading_of_message(text: str) -> str:
    """Say what a message in a channel means, in which the bot is named."""
    words = addressed_to(BOT, text)
    return "named on the way" if words is None else reading(words)


def _pause(rest: str) -> str:
    try:
        back = parse_pause(rest, TODAY)
    except UserError as refusal:
        return str(refusal.trouble.problem)
    return str(back) if back else "open" if is_open_end(rest) else ""


def _topic(kind: TopicKind, rest: str) -> str:
    form = parse_topic(kind, unquoted(plain(rest)))
    topic = unquoted(form.topic)
    return f"{topic} | {form.minutes}" if form.minutes else topic


def _thanks(read: KudosText) -> str:
    whom = [*read.people, *(f"{name}?" for name in read.unknown), *(f"group {one}" for one in read.groups)]
    parts = [" ".join(whom), read.text, f"#{read.tag}" if read.tag else "", "a whole channel" if read.broadcast else ""]
    return " | ".join(part for part in parts if part)
