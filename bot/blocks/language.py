"""In which language words are made.

Every sentence stands in the code in English, inside `_` or `ngettext`, with its parts named:
`_("*Done: {title}.*").format(title=...)`. Catalogues in `bot/locale` have it in the other languages; a sentence that
a catalogue lacks is said in English. A person who makes words says for whom with `speaking`.
"""

import gettext
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.domain.languages import ENGLISH

# Dates and lists in English are those of Europe: "30 November 2026", "A, B and C".
_LOCALES: Final = {ENGLISH: "en_GB"}
_spoken: Final = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Make all words in this block in a language, given by its code."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """Return the code of the language in which words are made now."""
    return _spoken.get()


def _(text: str) -> str:
    """Say a sentence in the language spoken now."""
    return _catalogue(_spoken.get()).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Say a sentence that depends on a number, in the language spoken now."""
    return _catalogue(_spoken.get()).ngettext(one, many, number)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, which its tools look for
    """Mark a sentence that stands outside a function; `_` says it where it is used."""
    return text


def written_day(day: date, pattern: str) -> str:
    """Write a day by a pattern of Unicode's, such as "d MMMM y"."""
    return format_date(day, pattern, locale=_locale())


def written_moment(at: datetime, pattern: str) -> str:
    """Write a moment, in its own zone, by a pattern of Unicode's."""
    return format_datetime(at, pattern, tzinfo=at.tzinfo, locale=_locale())


def joined(parts: Sequence[str]) -> str:
    """Name several things: "A", "A and B", "A, B and C"."""
    return format_list(parts, locale=_locale())


def _locale() -> str:
    language = _spoken.get()
    return _LOCALES.get(language, language)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    source = files("bot") / "locale" / language / "LC_MESSAGES" / "peerloop.po"
    if not source.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as lines:
        # Read as it stands, so that no compiled copy can be older than it.
        write_mo(compiled, read_po(lines, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
