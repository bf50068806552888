"""Which topics fit what somebody looks for, of many that stand ready by their words."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice, takewhile
from typing import Final

from bot.domain.topics import PARTS, Thesaurus

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

# Each word that is looked for is compared with all that are offered; so many name any topic.
_MOST_LOOKED_FOR: Final = 20

_Terms = tuple[frozenset[str], frozenset[str]]


class TopicIndex:
    """Topics by their words: what somebody looks for is compared with those alone that have one of its words.

    Args:
        thesaurus: Knows which words mean the same.
    """

    def __init__(self, thesaurus: Thesaurus) -> None:
        self._thesaurus = thesaurus
        self._said: dict[int, str] = {}
        self._terms: dict[int, _Terms] = {}
        self._having: dict[str, set[int]] = {}
        self._stems: Counter[str] = Counter()
        # Worked out when they are next needed, since most of what is said changes nothing in them.
        self._vocabulary: list[str] | None = None
        self._known: list[str] | None = None

    def renew(self, said: Mapping[int, str]) -> None:
        """Hold exactly these topics; what is held already costs nothing.

        Args:
            said: The stems of each, as `Thesaurus.stems_of` writes them, by the topic's number.
        """
        if said == self._said:
            return
        changed = {number for number, _ in said.items() ^ self._said.items()}
        for number in changed & self._said.keys():
            self._take_out(number)
        for number in changed & said.keys():
            self._put_in(number, said[number])

    def find(self, wanted: str) -> list[tuple[int, float]]:
        """Return which topics fit what somebody looks for: their numbers, with how well from 0.6 to 1, best first.

        Of a long text the first twenty words that tell something are looked for.
        """
        stems = self._thesaurus.stems(wanted, _MOST_LOOKED_FOR)
        meant = tuple(map(self._nearest, stems))
        worth = 1.0 if meant == stems else _SLIP
        query = {term: self._alike(term) for term in self._thesaurus.meant(meant)}
        words = frozenset(word for alike in query.values() for word in alike)
        scores: dict[_Terms, float] = {}
        found = []
        for number in {number for word in words for number in self._having[word]}:
            topic, sentence = self._terms[number]
            # Many say the same, and of a sentence only these words count.
            terms = topic, sentence & words
            if terms not in scores:
                scores[terms] = worth * self._score(query, *terms)
            if scores[terms] >= FITS:
                found.append((number, scores[terms]))
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def _put_in(self, number: int, said: str) -> None:
        parts = [tuple(part.split()) for part in said.split(PARTS)]
        topic, sentence = (frozenset(self._thesaurus.meant(part)) for part in (*parts, (), ())[:2])
        self._said[number], self._terms[number] = said, (topic, sentence)
        for term in topic | sentence:
            if term not in self._having:
                self._having[term] = set()
                self._vocabulary = None
            self._having[term].add(number)
        self._count(said, 1)

    def _take_out(self, number: int) -> None:
        topic, sentence = self._terms.pop(number)
        for term in topic | sentence:
            self._having[term].remove(number)
            if not self._having[term]:
                del self._having[term]
                self._vocabulary = None
        self._count(self._said.pop(number), -1)

    def _count(self, said: str, by: int) -> None:
        for stem in set(said.replace(PARTS, " ").split()):
            before = self._stems[stem]
            self._stems[stem] += by
            if not self._stems[stem]:
                del self._stems[stem]
            if not before or before + by == 0:
                self._known = None

    def _nearest(self, stem: str) -> str:
        """Return the known word that a slip of the keys was meant as; what is known is no slip."""
        if stem in self._stems or stem in self._thesaurus.known or len(stem) < _SHORTEST_BEGINNING:
            return stem
        if self._known is None:
            # In an order, so that of two words as near the same one is taken everywhere.
            self._known = sorted(self._stems.keys() | self._thesaurus.known)
        from rapidfuzz import process  # noqa: PLC0415 - a starting bot need not load it
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        near = process.extract(stem, self._known, scorer=OSA.distance, score_cutoff=2, limit=9)
        return next((word for word, slips, _ in near if _is_slip(stem, word, int(slips))), stem)

    def _alike(self, term: str) -> dict[str, float]:
        """Return the words of some topics that are what a word means, or near it, and how near."""
        if self._vocabulary is None:
            self._vocabulary = sorted(self._having)
        # A topic may have a slip of the keys as well, in a word that is none otherwise.
        slips = _one_slip_from(term, self._vocabulary) if len(term) >= _LONG_WORD else ()
        alike = {word: _SLIP for word in slips if len(word) >= _LONG_WORD and word not in self._thesaurus.known}
        alike |= dict.fromkeys(self._thesaurus.near.get(term, frozenset()) & self._having.keys(), _NEAR)
        if len(term) >= _SHORTEST_BEGINNING:
            longer = islice(self._vocabulary, bisect_left(self._vocabulary, term), None)
            alike |= dict.fromkeys(takewhile(lambda word: word.startswith(term), longer), _LONGER)
        if term in self._having:
            alike[term] = 1.0
        return alike

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
        is_telling = any(word not in self._thesaurus.light for word in topic)
        covered = sum(self._weight(word) * best[word] for word in topic) / offered if offered and is_telling else 0.0
        return max(found, _WHOLE_IN_QUERY * covered)

    def _weight(self, term: str) -> float:
        return _LIGHT if term in self._thesaurus.light else 1.0


def _one_slip_from(term: str, vocabulary: Sequence[str]) -> list[str]:
    from rapidfuzz import process  # noqa: PLC0415 - as above
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    return [word for word, _, _ in process.extract(term, vocabulary, scorer=OSA.distance, score_cutoff=1, limit=None)]


def _is_slip(stem: str, word: str, slips: int) -> bool:
    # "phyton" has all the letters of "python".
    return slips <= 1 or len(stem) >= _LONGER_WORD or (len(stem) >= _LONG_WORD and sorted(stem) == sorted(word))
