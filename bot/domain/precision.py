"""How precise thanks are: a deed, its effect, and something to hold on to."""

import re
from dataclasses import dataclass
from typing import Final

DEED_WORDS: Final = 8
EFFECT_WORDS: Final = 3

_WORD: Final = re.compile(r"\w+(?:['\u2019-]\w+)*")
_ADDRESS: Final = re.compile(r"https?://\S+|<@[A-Z0-9]+>")

# What is said to anybody for anything, in the languages the bot speaks.
_STOCK: Final = re.compile(
    r"""\b(?:
      (?:many\ |big\ )?thanks(?:\ (?:a\ lot|so\ much|to\ you))? | thank\ you(?:\ (?:so|very)\ much)?
    | (?:great|good|nice|awesome|amazing|excellent|fantastic)\ (?:job|work|one|effort|help|support)
    | you(?:['\u2019]re|\ are)\ (?:the\ best|great|awesome|amazing|a\ star|a\ hero) | you\ rock
    | well\ done | much\ appreciated | keep\ it\ up | kudos(?:\ to)? | always\ there | as\ always
    | for\ (?:all\ )?your\ (?:great\ )?(?:help|support|work|effort) | awesome | amazing | fantastic
    | (?:vielen\ |herzlichen\ |besten\ |tausend\ )?dank(?:e)?(?:\ (?:dir|euch|sch\u00f6n|sehr))?
    | (?:tolle|gute|super|klasse|gro\u00dfartige)\ (?:arbeit|leistung|hilfe) | (?:gut|super|toll)\ gemacht
    | (?:du\ bist|ihr\ seid)\ (?:die\ besten|der\ beste|die\ beste|super|klasse|spitze) | weiter\ so | wie\ immer
    | f\u00fcr\ (?:deine|eure)\ (?:tolle\ |gro\u00dfe\ )?(?:hilfe|unterst\u00fctzung|arbeit|m\u00fche) | super | klasse
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_CAUSE: Final = re.compile(
    r"""\b(?:
      so\ that | so\ (?:i|we|you|they|he|she|it|the|our|my|nobody|everybody)\b | because | therefore | as\ a\ result
    | which\ (?:meant|let|made|helped|saved|means|allowed)
    | that(?:['\u2019]s|\ is)\ why | thanks\ to\ (?:that|which|it)
    | (?:saved|spared|let|allowed)\ (?:me|us|the\ team) | now\ (?:i|we)\ can
    | so\ ?dass | damit | weil | deshalb | deswegen | dadurch | daher | wodurch | jetzt\ k(?:ann|\u00f6nnen)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_MONTH: Final = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|march|mar|m\u00e4rz|apr(?:il)?|may|mai|june?|juni|july?|juli"
    r"|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)"
)
_ANCHOR: Final = re.compile(
    rf"""https?:// | \b(?:
      (?:mon|tues|wednes|thurs|fri|satur|sun)day | (?:mon|diens|donners|frei|sams|sonn)tag | mittwoch
    | \d{{4}}-\d{{2}}-\d{{2}} | \d{{1,2}}\.\d{{1,2}}\. | \d{{1,2}}/\d{{1,2}}
    | {_MONTH}\.?\ \d{{1,2}}(?:st|nd|rd|th)? | \d{{1,2}}(?:st|nd|rd|th|\.)?\ (?:of\ )?{_MONTH}
    | yesterday | today | tonight | this\ (?:morning|afternoon|week|month) | last\ (?:night|week|month|quarter|year)
    | gestern | heute | diese[nrs]?\ (?:morgen|woche|monat) | letzte[nrs]?\ (?:woche|monat|quartal|jahr)
    | sessions? | goals? | sitzung(?:en)? | ziele?n?
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Precision:
    """What makes thanks precise.

    Args:
        deed: Whether they say what was done, in eight words or more besides stock phrases.
        effect: Whether they say what it changed.
        anchor: Whether they hold on to something: a link, a day, a session, a goal or a value.
    """

    deed: bool
    effect: bool
    anchor: bool

    @property
    def score(self) -> int:
        """Return the number of these, 0 to 3; all that is kept of it, for counting."""
        return self.deed + self.effect + self.anchor


def precision_of(deed: str, effect: str, *, has_anchor: bool) -> Precision:
    """Judge thanks by their words; `has_anchor` says that a link or a value goes along with them."""
    text = f"{deed}\n{effect}"
    return Precision(
        deed=_count_words(_STOCK.sub(" ", deed)) >= DEED_WORDS,
        effect=_count_words(effect) >= EFFECT_WORDS or _CAUSE.search(text) is not None,
        anchor=has_anchor or _ANCHOR.search(text) is not None,
    )


def _count_words(text: str) -> int:
    return len(_WORD.findall(_ADDRESS.sub(" ", text)))
