"""When two topics mean the same.

Words are compared by their stems, and no language need be known: each word is reduced by the English and the German
rules until neither changes it. What no rule can know, such as that "ppt" means slides, stands in a file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from bot.domain.offers import MAX_TOPIC

# Longer than any text that is compared; to bring more into one form takes time by its square.
_MOST_READ: Final = 1_000
_WORD: Final = re.compile(r"[^\W_]+[+#]*")
# Between the stems of a topic and those of its sentence; no word has it.
PARTS: Final = "|"
_LANGUAGES: Final = ("german", "english")
_KNOWN_STEMS: Final = 2**15


class Thesaurus:
    """Knows which words mean the same.

    Args:
        same: Names of one meaning each, the one that is kept first.
        near: Meanings, by any of their names, that are of use to a person who looks for one of the others.
        little: Words that tell nothing about a topic.
        light: Words that tell little about it.
        ready: Words with their stems as `stem_of` makes them, which it takes time to make.

    Raises:
        ValueError: A name has two meanings, or a meaning that is near others has no line of its own.
    """

    def __init__(
        self,
        same: Iterable[Sequence[str]] = (),
        near: Iterable[Sequence[str]] = (),
        little: Iterable[str] = (),
        light: Iterable[str] = (),
        ready: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._ready = ready
        self._little = frozenset(word for text in little for word in words_of(text))
        self._meanings: dict[tuple[str, ...], str] = {}
        for names in same:
            meaning = "-".join(self.stems(names[0]))
            for name in names:
                stems = self.stems(name)
                if self._meanings.setdefault(stems, meaning) != meaning:
                    raise ValueError(f"{name!r} means both {self._meanings[stems]!r} and {meaning!r}")
        self._longest = max((len(stems) for stems in self._meanings), default=1)
        self.near = self._neighbours(near)
        self.light = frozenset(term for word in light for term in self.terms(word))
        self.known = frozenset(stem for stems in self._meanings for stem in stems)

    def key(self, topic: str) -> str:
        """Return the form in which topics are compared: two that mean the same have one key."""
        return " ".join(sorted(set(self.terms(topic))))

    def terms(self, text: str) -> tuple[str, ...]:
        """Return the meanings in a text, in its order; a word without a line in the file means itself."""
        return self.meant(self.stems(text))

    def is_named(self, topic: str, text: str) -> bool:
        """Tell whether all that a topic means stands in a text, in whatever words and order."""
        return set(self.terms(topic)) <= set(self.terms(text))

    def stems_of(self, topic: str, sentence: str = "") -> str:
        """Return the stems of a topic and of the sentence that goes along, in the form in which they are stored."""
        return PARTS.join(" ".join(self.stems(text)) for text in (topic, sentence))

    def meant(self, stems: tuple[str, ...]) -> tuple[str, ...]:
        """Return the meanings of some stems, in their order; a stem without a line in the file means itself."""
        found, start = [], 0
        while start < len(stems):
            for length in range(min(self._longest, len(stems) - start), 0, -1):
                part = stems[start : start + length]
                meaning = self._meanings.get(part, part[0] if length == 1 else None)
                if meaning is not None:
                    found.append(meaning)
                    start += length
                    break
        return tuple(found)

    def stems(self, text: str, most: int | None = None) -> tuple[str, ...]:
        """Return the stems of the words that tell something, in their order, and of the first `most` at most."""
        words = words_of(text)
        telling = [word for word in words if word not in self._little] or words
        # The rules take endings off one by one, which takes time by the square of a word's length.
        return tuple(self._stem(word) if len(word) <= MAX_TOPIC else word for word in telling[:most])

    def _stem(self, word: str) -> str:
        return self._ready.get(word) or stem_of(word)

    def _neighbours(self, near: Iterable[Sequence[str]]) -> dict[str, frozenset[str]]:
        neighbours: dict[str, frozenset[str]] = {}
        for names in near:
            stems = [self.stems(name) for name in names]
            if unknown := [name for name, one in zip(names, stems, strict=True) if one not in self._meanings]:
                raise ValueError(f"{unknown[0]!r} has no line of its own")
            meanings = frozenset(self._meanings[one] for one in stems)
            for meaning in meanings:
                neighbours[meaning] = neighbours.get(meaning, frozenset()) | (meanings - {meaning})
        return neighbours


def words_of(text: str) -> list[str]:
    """Return the words of a text in its order, in small letters."""
    return _WORD.findall(unicodedata.normalize("NFKC", text[:_MOST_READ]).casefold())


@lru_cache(_KNOWN_STEMS)
def stem_of(word: str) -> str:
    """Reduce a word by the rules of each language until none changes it."""
    import snowballstemmer  # noqa: PLC0415 - it has the rules of thirty languages, and the shipped words have their stems

    stem, before = word, ""
    while stem != before:
        before = stem
        for language in _LANGUAGES:
            # One for each word: a stemmer keeps the word in itself, and would mix up those of two threads.
            stem = snowballstemmer.stemmer(language).stemWord(stem)
    return stem
