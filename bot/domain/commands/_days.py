"""Days and spans as people type them."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from typing import NoReturn

from bot.domain.cadence import DAYS_IN_WEEK, weekday_in_week_of
from bot.domain.commands._mentions import QUOTES
from bot.domain.errors import Problem, UserError

MAX_WEEKS_AHEAD = 26

# Each as people write it in English and in German.
_WEEKDAYS = (
    ("monday", "montag"),
    ("tuesday", "dienstag"),
    ("wednesday", "mittwoch"),
    ("thursday", "donnerstag"),
    ("friday", "freitag"),
    ("saturday", "samstag"),
    ("sunday", "sonntag"),
)
_MONTHS = (
    *(("january", "januar", "jänner"), ("february", "februar"), ("march", "märz", "maerz")),
    *(("april",), ("may", "mai"), ("june", "juni"), ("july", "juli"), ("august",), ("september",)),
    *(("october", "oktober"), ("november",), ("december", "dezember")),
)
_SHORTEST_NAME = 3
_MONTHS_IN_YEAR = 12
_CENTURY = 2000
# Longer than any day with all that people put around it.
_TOO_LONG = 200

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.?\s?([0-9]{4}|[0-9]{2})?")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}|[0-9]{2}))?")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?\.? (?:of )?([a-zä]{3,9})\.?,?(?: ([0-9]{4}))?")
_MONTH_DAY = re.compile(r"([a-zä]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?(?:,? ([0-9]{4}))?")
_SPAN = re.compile(
    r"(?:for |für )?(?:the )?(?:next )?([0-9]{1,6}|[a-zäöü]{1,5})"
    r" ?(d|days?|tage?n?|w|wks?|weeks?|wochen?|m|months?|monate?n?)"
)
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_BETWEEN_MARKS = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_NUMBERS = (
    *(("a", "an", "one", "ein", "eine", "einen"), ("two", "zwei"), ("three", "drei")),
    *(("four", "vier"), ("five", "fünf"), ("six", "sechs")),
)
_COUNTS = {word: count for count, words in enumerate(_NUMBERS, start=1) for word in words}
_PREFIX = re.compile(r"(?:(?:until|untill|till|til|to|on|by|from|bis|zum|am) )+")
_OPEN_END = frozenset({"i say", "i say so", "further notice", "auf weiteres", "ich es sage"})
# Words that name no day, so that one has to be asked for.
_VAGUE = frozenset({"", "for", "for a while", "a while", "for a bit", "for now", "eine weile", "erstmal"})
_TODAY, _TOMORROW = frozenset({"today", "heute"}), frozenset({"tomorrow", "morgen"})
_NEXT = re.compile(r"(?:next|nächste[nrs]?|kommende[nrs]?) ")
_THIS = re.compile(r"(?:this|diese[nrs]?) ")


def parse_day(text: str, today: date) -> date:
    """Read one day, in English or German: `2026-12-14`, "14 December", "14.12.", "31/12", a weekday, "today".

    A bare weekday is the next one after `today`; "next" and a weekday lies in the next ISO week. A day
    without a year is the next such day from `today` on; with a year it may be gone.

    Raises:
        UserError: The words are no day, could be two, or name a day that does not exist.
    """
    typed = text.strip()
    words = _PREFIX.sub("", _tidy(typed))
    named = _named_day(words, today)
    if named is not None:
        return named
    if found := _ISO.fullmatch(words):
        return _day(typed, int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.fullmatch(words):
        return _with_year(typed, int(found[2]), int(found[1]), found[3], today)
    if found := _SLASHED.fullmatch(words):
        return _slashed(typed, int(found[1]), int(found[2]), found[3], today)
    if (found := _DAY_MONTH.fullmatch(words)) and (month := _place(found[2], _MONTHS)) is not None:
        return _with_year(typed, month + 1, int(found[1]), found[3], today)
    if (found := _MONTH_DAY.fullmatch(words)) and (month := _place(found[1], _MONTHS)) is not None:
        return _with_year(typed, month + 1, int(found[2]), found[3], today)
    raise UserError(Problem.DAY_UNREADABLE, kept=typed, typed=typed)


def parse_pause(rest: str, today: date) -> date | None:
    """Return the first day on which a person who pauses is back; None when they have to be asked.

    Reads spans ("3d", "2w", "1m", "3 weeks") and every day that `parse_day` reads, with or without
    "until". A span counts from `today`, the person's own day; a month keeps the day of the month.

    Raises:
        UserError: The words are unreadable, name a day that does not exist or is not after `today`,
            or one more than 26 weeks ahead.
    """
    typed = rest.strip()
    words = _tidy(typed)
    if not words and typed:
        raise UserError(Problem.DAY_UNREADABLE, kept=typed, typed=typed)
    if not words or _PREFIX.sub("", words + " ").strip() in _OPEN_END | _VAGUE:
        return None
    latest = today + timedelta(weeks=MAX_WEEKS_AHEAD)
    found = _SPAN.fullmatch(words)
    back = _after_span(found, today) if found and _count(found) is not None else parse_day(typed, today)
    if back is None or back > latest:
        raise UserError(Problem.DAY_TOO_FAR, kept=typed, last=latest.isoformat())
    if back <= today:
        raise UserError(Problem.DAY_PAST, kept=typed, next=(today + timedelta(days=1)).isoformat())
    return back


def is_open_end(rest: str) -> bool:
    """Tell whether the words of a pause name no day on purpose, as in "until I say"."""
    return _PREFIX.sub("", _tidy(rest)) in _OPEN_END


def _tidy(text: str) -> str:
    """Return small letters, single spaces and plain hyphens, without quotes, or marks at the ends.

    Empty for words that are too long to be a day.
    """
    words = " ".join(text.split())
    if len(words) > _TOO_LONG:
        return ""
    words = _DASHES.sub("-", " ".join(unicodedata.normalize("NFKC", words).casefold().split()))
    words = words.translate(dict.fromkeys(map(ord, QUOTES)))
    found = _BETWEEN_MARKS.search(words)
    return found[0].removesuffix(" please").removesuffix(" bitte") if found else ""


def _named_day(words: str, today: date) -> date | None:
    if words in _TODAY | _TOMORROW:
        return today + timedelta(days=words in _TOMORROW)
    following = _NEXT.match(words)
    weekday = _place(_THIS.sub("", _NEXT.sub("", words)).removesuffix("."), _WEEKDAYS)
    if weekday is None:
        return None
    if following:
        return weekday_in_week_of(today, weekday) + timedelta(days=DAYS_IN_WEEK)
    return today + timedelta(days=(weekday - today.weekday() - 1) % DAYS_IN_WEEK + 1)


def _place(word: str, places: tuple[tuple[str, ...], ...]) -> int | None:
    """Return for which place one of its names begins with the word, which has three letters or more."""
    if len(word) < _SHORTEST_NAME:
        return None
    return next((place for place, names in enumerate(places) if any(name.startswith(word) for name in names)), None)


def _slashed(typed: str, first: int, second: int, year: str | None, today: date) -> date:
    """Read a day with slashes, which half the world writes with the month first."""
    if first <= _MONTHS_IN_YEAR and second <= _MONTHS_IN_YEAR and first != second:
        either = _with_year(typed, second, first, year, today)
        other = _with_year(typed, first, second, year, today)
        raise UserError(Problem.DAY_AMBIGUOUS, kept=typed, typed=typed, one=either.isoformat(), other=other.isoformat())
    if second > _MONTHS_IN_YEAR >= first:
        first, second = second, first
    return _with_year(typed, second, first, year, today)


def _with_year(typed: str, month: int, day: int, year: str | None, today: date) -> date:
    if year is not None:
        return _day(typed, int(year) if len(year) > 2 else _CENTURY + int(year), month, day)  # noqa: PLR2004
    this_year = _day_or_none(today.year, month, day)
    if this_year is not None and this_year >= today:
        return this_year
    gone = this_year is not None or (month, day) < (today.month, today.day)
    return _day(typed, today.year + gone, month, day)


def _day(typed: str, year: int, month: int, day: int) -> date:
    return _day_or_none(year, month, day) or _impossible(typed, year, month, day)


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _impossible(typed: str, year: int, month: int, day: int) -> NoReturn:
    if not 1 <= month <= _MONTHS_IN_YEAR or day < 1 or year < 1:
        raise UserError(Problem.DAY_UNREADABLE, kept=typed, typed=typed)
    # The last day of February depends on the year, so the year is part of the answer.
    last = date(year, month, monthrange(year, month)[1])
    raise UserError(Problem.DAY_IMPOSSIBLE, kept=typed, typed=typed, last=last.isoformat())


def _count(found: re.Match[str]) -> int | None:
    """Return how many days, weeks or months a span has; None when it begins with another word."""
    return int(found[1]) if found[1].isdecimal() else _COUNTS.get(found[1])


def _after_span(found: re.Match[str], today: date) -> date | None:
    """Return the day after a span; None when it is far longer than any pause."""
    count = _count(found)
    if count is None or count > MAX_WEEKS_AHEAD * DAYS_IN_WEEK:
        return None
    if found[2].startswith(("d", "t")):
        return today + timedelta(days=count)
    if found[2].startswith("w"):
        return today + timedelta(weeks=count)
    years, month = divmod(today.month - 1 + count, _MONTHS_IN_YEAR)
    year = today.year + years
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
