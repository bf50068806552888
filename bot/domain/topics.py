"""When two topics mean the same, and which fit what somebody looks for.

Words are compared by their stems, and no language need be known: each word is reduced by the English and the German
rules until neither changes it. What no rule can know, such as that "ppt" means slides, stands in a file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import snowballstemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.offers import MAX_TOPIC

# How much a word of one topic is worth that is not the same in the other, but near it.
_NEAR: Final = 0.8
_LONGER: Final = 0.8
_SLIP: Final = 0.75
_IN_SENTENCE: Final = 0.7
_WHOLE_IN_QUERY: Final = 0.9
_LIGHT: Final = 0.2
# Below this a topic is something else.
FITS: Final = 0.6
# Words of three letters differ in one from many others; from eight on two slips leave the word.
_SHORTEST_BEGINNING: Final = 4
_LONG_WORD: Final = 6
_LONGER_WORD: Final = 8

# Longer than any text that is compared; to bring more into one form takes time by its square.
_MOST_READ: Final = 1_000
# Each word that is looked for is compared with all that are offered; so many name any topic.
_MOST_LOOKED_FOR: Final = 20

_WORD: Final = re.compile(r"[^\W_]+[+#]*")
_LANGUAGES: Final = ("german", "english")
_KNOWN_STEMS: Final = 2**15


@dataclass(frozen=True, slots=True)
class Described:
    """A topic as somebody said it, with the sentence that goes along."""

    topic: str
    sentence: str = ""


class Thesaurus:
    """Knows which words mean the same.

    Args:
        same: Names of one meaning each, the one that is kept first.
        near: Meanings, by any of their names, that are of use to a person who looks for one of the others.
        little: Words that tell nothing about a topic.
        light: Words that tell little about it.

    Raises:
        ValueError: A name has two meanings, or a meaning that is near others has no line of its own.
    """

    def __init__(
        self,
        same: Iterable[Sequence[str]] = (),
        near: Iterable[Sequence[str]] = (),
        little: Iterable[str] = (),
        light: Iterable[str] = (),
    ) -> None:
        self._little = frozenset(word for text in little for word in _words(text))
        self._meanings: dict[tuple[str, ...], str] = {}
        for names in same:
            meaning = "-".join(self._stems(names[0]))
            for name in names:
                stems = self._stems(name)
                if self._meanings.setdefault(stems, meaning) != meaning:
                    raise ValueError(f"{name!r} means both {self._meanings[stems]!r} and {meaning!r}")
        self._longest = max((len(stems) for stems in self._meanings), default=1)
        self._near = self._neighbours(near)
        self._light = frozenset(term for word in light for term in self.terms(word))
        self._known = frozenset(stem for stems in self._meanings for stem in stems)

    def key(self, topic: str) -> str:
        """Return the form in which topics are compared: two that mean the same have one key."""
        return " ".join(sorted(set(self.terms(topic))))

    def terms(self, text: str) -> tuple[str, ...]:
        """Return the meanings in a text, in its order; a word without a line in the file means itself."""
        return self._meant(self._stems(text))

    def is_named(self, topic: str, text: str) -> bool:
        """Tell whether all that a topic means stands in a text, in whatever words and order."""
        return set(self.terms(topic)) <= set(self.terms(text))

    def find(self, wanted: str, among: Sequence[Described]) -> list[tuple[int, float]]:
        """Return which topics fit what somebody looks for: their places, with how well from 0.6 to 1, best first.

        Of a long text the first twenty words that tell something are looked for.
        """
        said = frozenset(stem for one in among for text in (one.topic, one.sentence) for stem in self._stems(text))
        topics = [(frozenset(self.terms(one.topic)), frozenset(self.terms(one.sentence))) for one in among]
        vocabulary = frozenset(term for topic, sentence in topics for term in topic | sentence)
        stems = self._stems(wanted, _MOST_LOOKED_FOR)
        # In an order, so that of two words as near the same one is taken everywhere.
        known = sorted(said | self._known)
        meant = tuple(_nearest(stem, known) for stem in stems)
        worth = 1.0 if meant == stems else _SLIP
        unknown = [word for word in vocabulary - self._known if len(word) >= _LONG_WORD]
        query = {term: self._alike(term, vocabulary, unknown) for term in self._meant(meant)}
        scores = ((place, worth * self._score(query, *terms)) for place, terms in enumerate(topics))
        found = [(place, score) for place, score in scores if score >= FITS]
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def _meant(self, stems: tuple[str, ...]) -> tuple[str, ...]:
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

    def _score(
        self, query: Mapping[str, Mapping[str, float]], topic: frozenset[str], sentence: frozenset[str]
    ) -> float:
        worth = {
            term: max(
                max((alike[word] for word in topic & alike.keys()), default=0.0),
                _IN_SENTENCE * max((alike[word] for word in sentence & alike.keys()), default=0.0),
            )
            for term, alike in query.items()
        }
        asked = sum(self._weight(term) for term in query)
        found = sum(self._weight(term) * worth[term] for term in query) / asked if asked else 0.0
        # "SQL" is of use to a person who wants "SQL joins", although it says less.
        best = {word: max((alike.get(word, 0.0) for alike in query.values()), default=0.0) for word in topic}
        offered = sum(self._weight(word) for word in topic)
        is_telling = any(word not in self._light for word in topic)
        covered = sum(self._weight(word) * best[word] for word in topic) / offered if offered and is_telling else 0.0
        return max(found, _WHOLE_IN_QUERY * covered)

    def _alike(self, term: str, vocabulary: frozenset[str], unknown: Sequence[str]) -> dict[str, float]:
        """Return the words of some topics that are what a word means, or near it, and how near."""
        # A topic may have a slip of the keys as well, in a word that is none otherwise.
        among = unknown if len(term) >= _LONG_WORD else ()
        slips = process.extract(term, among, scorer=OSA.distance, score_cutoff=1, limit=None)
        alike = {word: _SLIP for word, _, _ in slips}
        alike |= dict.fromkeys(self._near.get(term, frozenset()) & vocabulary, _NEAR)
        if len(term) >= _SHORTEST_BEGINNING:
            alike |= {word: _LONGER for word in vocabulary if word.startswith(term)}
        if term in vocabulary:
            alike[term] = 1.0
        return alike

    def _weight(self, term: str) -> float:
        return _LIGHT if term in self._light else 1.0

    def _stems(self, text: str, most: int | None = None) -> tuple[str, ...]:
        words = _words(text)
        telling = [word for word in words if word not in self._little] or words
        # The rules take endings off one by one, which takes time by the square of a word's length.
        return tuple(_stem(word) if len(word) <= MAX_TOPIC else word for word in telling[:most])

    def _neighbours(self, near: Iterable[Sequence[str]]) -> dict[str, frozenset[str]]:
        neighbours: dict[str, frozenset[str]] = {}
        for names in near:
            stems = [self._stems(name) for name in names]
            if unknown := [name for name, one in zip(names, stems, strict=True) if one not in self._meanings]:
                raise ValueError(f"{unknown[0]!r} has no line of its own")
            meanings = frozenset(self._meanings[one] for one in stems)
            for meaning in meanings:
                neighbours[meaning] = neighbours.get(meaning, frozenset()) | (meanings - {meaning})
        return neighbours


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text[:_MOST_READ]).casefold())


@lru_cache(_KNOWN_STEMS)
def _stem(word: str) -> str:
    """Reduce a word by the rules of each language until none changes it."""
    stem, before = word, ""
    while stem != before:
        before = stem
        for language in _LANGUAGES:
            # One for each word: a stemmer keeps the word in itself, and would mix up those of two threads.
            stem = snowballstemmer.stemmer(language).stemWord(stem)
    return stem


def _nearest(stem: str, known: Sequence[str]) -> str:
    """Return the known word that a slip of the keys was meant as; what is known is no slip."""
    if stem in known or len(stem) < _SHORTEST_BEGINNING:
        return stem
    near = process.extract(stem, known, scorer=OSA.distance, score_cutoff=2, limit=9)
    return next((word for word, slips, _ in near if _is_slip(stem, word, int(slips))), stem)


def _is_slip(stem: str, word: str, slips: int) -> bool:
    # "phyton" has all the letters of "python".
    return slips <= 1 or len(stem) >= _LONGER_WORD or (len(stem) >= _LONG_WORD and sorted(stem) == sorted(word))
