"""The sub-commands of `/learn`: their names, their aliases, and the nearest one to a slip."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import takewhile

HUB = "hub"

# For each command the words that always mean it.
COMMANDS: dict[str, tuple[str, ...]] = {
    HUB: ("hub", "hi", "hello", "hey", "start", "home", "menu"),
    "help": ("help", "commands"),
    "about": ("about",),
    "join": ("join", "optin", "signup", "subscribe"),
    "leave": ("leave", "optout", "unsubscribe"),
    "pause": ("pause", "snooze"),
    "resume": ("resume", "unpause"),
    "messages": ("messages",),
    "privacy": ("privacy", "gdpr"),
    "export": ("export",),
    "forgetme": ("forgetme", "erase"),
    "setup": ("setup",),
    "buddy": ("buddy", "partner"),
    "booked": ("booked",),
    "met": ("met",),
    "skip": ("skip",),
    "swap": ("swap",),
    "teach": ("teach", "offer"),
    "want": ("want",),
    "find": ("find", "search"),
    "topics": ("topics", "offers", "wants"),
    "notwith": ("notwith",),
    "settings": ("settings", "preferences"),
    "round": ("round",),
    "goal": ("goal", "newgoal", "addgoal", "setgoal"),
    "goals": ("goals", "mygoals", "listgoals"),
    "done": ("done", "finished"),
    "drop": ("drop",),
    "til": ("til", "note", "todayilearned", "learned"),
    "notes": ("notes", "mynotes"),
    "kudos": ("kudos", "thanks", "thx", "thankyou"),
}

# Everyday words and two-word forms that mean a command only when nothing follows: nobody who writes
# "in three months I will ..." wants to join something.
_ALONE = {
    "?": "help",
    "info": "about",
    "in": "join",
    "optmein": "join",
    "countmein": "join",
    "out": "leave",
    "stop": "leave",
    "stopit": "leave",
    "quit": "leave",
    "away": "pause",
    "back": "resume",
    "imback": "resume",
    "continue": "resume",
    "why": "messages",
    "whythis": "messages",
    "whydidigetthis": "messages",
    "data": "privacy",
    "mydata": "privacy",
    "download": "export",
    "exportmydata": "export",
    "deleteme": "forgetme",
    "erasemydata": "forgetme",
    "deletemydata": "forgetme",
    "configure": "setup",
    "mypartner": "buddy",
    "mybuddy": "buddy",
    "wemet": "met",
    "wevemet": "met",
    "wehavemet": "met",
    "mysettings": "settings",
    "mytopics": "topics",
    "myoffers": "topics",
    "learnings": "notes",
    "mylearnings": "notes",
    "finish": "done",
    "thank": "kudos",
    "goodmorning": HUB,
    "hithere": HUB,
    "hellothere": HUB,
    "heythere": HUB,
}
_ALWAYS = {alias: command for command, aliases in COMMANDS.items() for alias in aliases}
# The same in German. They mean the command for everybody, and no slip is taken for one of them.
_GERMAN = {
    "hilfe": "help",
    "mitmachen": "join",
    "dabei": "join",
    "aussteigen": "leave",
    "pausieren": "pause",
    "weitermachen": "resume",
    "nachrichten": "messages",
    "datenschutz": "privacy",
    "einrichten": "setup",
    "begegnung": "buddy",
    "verabredet": "booked",
    "getroffen": "met",
    "aussetzen": "skip",
    "tauschen": "swap",
    "zeigen": "teach",
    "lernen": "want",
    "finden": "find",
    "suchen": "find",
    "themen": "topics",
    "nichtmit": "notwith",
    "einstellungen": "settings",
    "runde": "round",
    "ziel": "goal",
    "ziele": "goals",
    "fertig": "done",
    "gelernt": "til",
    "notiz": "til",
    "notizen": "notes",
    "danke": "kudos",
    "dank": "kudos",
}
_GERMAN_ALONE = {
    "hallo": HUB,
    "gutentag": HUB,
    "gutenmorgen": HUB,
    "weiter": "resume",
    "zurück": "resume",
    "warum": "messages",
    "raus": "leave",
    "stopp": "leave",
}
# Written in two words, but as clear as one.
_TWO_WORDS = frozenset(
    {
        *("optin", "optout", "signup", "setup", "thankyou", "notwith", "forgetme"),
        *("newgoal", "addgoal", "setgoal", "mygoals", "listgoals", "mynotes"),
    }
)

_SLIP = 2
_SHORT_SLIP = 1
# "gaol" is a slip of "goal"; two slips in a word of four letters make any other word, and a sentence
# that begins with "house" is not about "pause".
_SHORT_WORD = 4
_SHORT_WORD_IN_A_SENTENCE = 5
# "on" and "it" are no slips of anything, nor is "get" when more follows.
_TOO_SHORT = 2
_TOO_SHORT_IN_A_SENTENCE = 3
# Longer than any command and its slips.
_TOO_LONG = 16
# Longer than any word or two that mean a command, with all the marks that people put around them.
_TOO_LONG_TO_COMPARE = 200
_NUMBER = re.compile(r"#?([0-9]{1,3})[.):]?(?:\s|$)")


@dataclass(frozen=True)
class Typed:
    """What somebody typed, with the command recognised in it.

    Attributes:
        word: The command's own name, or None when the first word is none.
        rest: What follows the command, as typed, trimmed; everything when there is no command.
        text: Everything typed, trimmed.
        closest: The command nearest to an unknown first word, at most two slips away; else None.
    """

    word: str | None
    rest: str
    text: str
    closest: str | None


def parse_learn(text: str) -> Typed:
    """Read what follows `/learn`, or a message to the bot; nothing at all means the hub.

    The first word decides; case, "-", "_", typographic quotes and kinds of spaces do not matter to it.
    """
    text = text.strip()
    words = text.split()
    if not words:
        return Typed(HUB, "", text, None)
    key = _key(words[0])
    if key == "learn":
        # People repeat the command itself in a message to the bot.
        inner = parse_learn(_after(text, sum(1 for _ in takewhile(lambda word: _key(word) == key, words))))
        if inner.word is not None:
            return Typed(inner.word, inner.rest, text, None)
    pair = _key("".join(words[:2]))
    if len(words) > 1 and pair in _TWO_WORDS:
        return Typed(_ALWAYS[pair], _after(text, 2), text, None)
    if always := _ALWAYS.get(key) or _GERMAN.get(key):
        return Typed(always, _after(text, 1), text, None)
    joined = "".join(words)
    whole = (_key(joined) or text[:1]) if len(joined) <= _TOO_LONG_TO_COMPARE else ""
    alone = _ALONE.get(whole) or _GERMAN_ALONE.get(whole)
    if alone is not None:
        return Typed(alone, "", text, None)
    return Typed(None, text, text, _closest(key, alone=len(words) == 1))


def parse_number(rest: str) -> int | None:
    """Return the number, from 1, that the words after a command begin with, as in "2" or "#2."."""
    found = _NUMBER.match(rest.strip())
    number = int(found[1]) if found else 0
    return number or None


def _after(text: str, words: int) -> str:
    """Return what follows the first words, with the spaces inside it as typed."""
    parts = text.split(maxsplit=words)
    return parts[words].strip() if len(parts) > words else ""


def _key(word: str) -> str:
    """Return the form in which words are compared: small letters and digits, nothing else; empty for long ones."""
    if len(word) > _TOO_LONG_TO_COMPARE:
        return ""
    # Marks around and inside a word are quotes, dashes, joiners that copied text brings, or emoji.
    return "".join(letter for letter in unicodedata.normalize("NFKC", word).casefold() if letter.isalnum())


def _closest(key: str, *, alone: bool) -> str | None:
    if not (_TOO_SHORT if alone else _TOO_SHORT_IN_A_SENTENCE) < len(key) < _TOO_LONG:
        return None
    short = _SHORT_WORD if alone else _SHORT_WORD_IN_A_SENTENCE
    most = _SHORT_SLIP if len(key) <= short else _SLIP
    near = [
        (_slips(key, word), word[0] != key[0], place, word)
        for place, word in enumerate(_ALWAYS)
        if word in COMMANDS or len(word) > _SHORT_WORD
    ]
    slips, _, _, word = min(near)
    return _ALWAYS[word] if slips <= most else None


def _slips(typed: str, meant: str) -> int:
    """Return how many letters are missing, too many, wrong or changed places with their neighbour."""
    above: list[int] = []
    last = list(range(len(meant) + 1))
    for row, letter in enumerate(typed, start=1):
        line = [row]
        for column, other in enumerate(meant, start=1):
            best = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == meant[column - 2] and typed[row - 2] == other:
                best = min(best, above[column - 2] + 1)
            line.append(best)
        above, last = last, line
    return last[-1]
