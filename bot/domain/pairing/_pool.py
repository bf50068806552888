"""A pool as arrays: people are numbers in the order of their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from bot.domain.pairing._hours import Kinds, kinds_of
from bot.domain.pairing._values import History, Member, Rules

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

_WORD = 64


@dataclass(frozen=True)
class Links:
    """Some pairs of a pool with a number each, found by either of the two.

    Attributes:
        keys: `one * size + other` for both directions, ascending.
        values: The number of each.
        starts: Where the pairs of each person begin.
        size: How many people the pool has.
    """

    keys: Ints
    values: Ints
    starts: Ints
    size: int

    @staticmethod
    def of(one: Ints, other: Ints, values: Ints, size: int) -> Links:
        """Build links in both directions; of a pair that comes twice the greatest value counts."""
        keys = np.concatenate([one * size + other, other * size + one])
        both = np.concatenate([values, values])
        order = np.lexsort((both, keys))
        keys, both = keys[order], both[order]
        final = np.append(keys[1:] != keys[:-1], np.True_)[: len(keys)]
        keys, both = keys[final], both[final]
        return Links(keys, both, np.searchsorted(keys, np.arange(size + 1) * size), size)

    def of_person(self, person: int) -> tuple[Ints, Ints]:
        """Return the others that a person is linked to, ascending, and the numbers."""
        here = slice(self.starts[person], self.starts[person + 1])
        return self.keys[here] - person * self.size, self.values[here]

    def of_pairs(self, one: Ints, other: Ints, default: int) -> Ints:
        """Return the number of each pair, `default` where there is none."""
        if not len(self.keys):
            return np.full(len(one), default)
        wanted = one.astype(np.int64) * self.size + other
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, self.values[place], default)


@dataclass(frozen=True)
class Pool:
    """Everything the pairing asks about a pool.

    Attributes:
        members: The people, sorted by id.
        rules: The community's choices.
        kinds: Languages, hours, and luck with the last partner.
        team: A number for each team; who has none has a number of their own.
        topics: Keys that somebody offers and somebody wants, sorted.
        teachers: How many people offer each.
        wants: For each person the numbers of the topics wanted.
        offers: The same for the topics they may teach this round.
        resting: The same for topics that they offer and others should teach this round.
        barred: Pairs that must never meet here; the numbers mean nothing.
        ages: How many rounds ago two met, at least 1.
        lots: A random number for each person, different in each round.
    """

    members: Sequence[Member]
    rules: Rules
    kinds: Kinds
    team: Ints
    topics: Sequence[str]
    teachers: Sequence[int]
    wants: Sequence[Sequence[int]]
    offers: Sequence[Sequence[int]]
    resting: Sequence[Sequence[int]]
    barred: Links
    ages: Links
    lots: Words

    @property
    def size(self) -> int:
        """Return how many people there are."""
        return len(self.members)

    def is_repeat(self, age: int) -> bool:
        """Tell whether two who met so many rounds ago should not meet yet; 0 means never met."""
        return age > 0 and (self.rules.again_after is None or age < self.rules.again_after)

    def repeats(self) -> Links:
        """Return the ages of those pairs that should not meet yet."""
        if self.rules.again_after is None:
            return self.ages
        keep = self.ages.values < self.rules.again_after
        keys = self.ages.keys[keep]
        starts = np.searchsorted(keys, np.arange(self.size + 1) * self.size)
        return Links(keys, self.ages.values[keep], starts, self.size)


def build_pool(members: Iterable[Member], rules: Rules, history: History, round_number: int, seed: int) -> Pool:
    """Turn values into arrays.

    Raises:
        ValueError: An id stands twice in the pool.
    """
    people = sorted(members, key=lambda member: member.id)
    places = {member.id: place for place, member in enumerate(people)}
    if len(places) < len(people):
        raise ValueError("Somebody stands twice in the pool.")
    size = len(people)
    teams: dict[str, int] = {}
    offered = Counter(topic for member in people for topic in member.offers)
    wanted = frozenset().union(*(member.wants for member in people))
    topics = sorted(wanted & offered.keys())
    number = {topic: place for place, topic in enumerate(topics)}
    tired = [member.taught >= rules.teaching_rounds for member in people]
    mine = [sorted(number[topic] for topic in member.offers if topic in number) for member in people]
    shared = [offered[topic] > 1 for topic in topics]
    return Pool(
        members=people,
        rules=rules,
        kinds=kinds_of(people, rules.week),
        team=np.array([teams.setdefault(m.team, len(teams)) if m.team else -1 - i for i, m in enumerate(people)]),
        topics=topics,
        teachers=[offered[topic] for topic in topics],
        wants=[sorted(number[topic] for topic in member.wants if topic in number) for member in people],
        offers=[[t for t in some if not shared[t]] if rests else some for some, rests in zip(mine, tired, strict=True)],
        resting=[[t for t in some if shared[t]] if rests else [] for some, rests in zip(mine, tired, strict=True)],
        barred=_links(((m.id, other) for m in people for other in (*m.blocked, m.manager) if other), places, size),
        ages=_ages(history, places, round_number, size),
        lots=np.frombuffer(
            b"".join(blake2b(f"{seed}\0{round_number}\0{m.id}".encode(), digest_size=8).digest() for m in people),
            ">u8",
        ).astype(np.uint64),
    )


def _links(pairs: Iterable[tuple[str, str]], places: dict[str, int], size: int) -> Links:
    found = np.array(
        [(places[one], places[other]) for one, other in pairs if other in places and other != one], np.int64
    ).reshape(-1, 2)
    return Links.of(found[:, 0], found[:, 1], np.zeros(len(found), np.int64), size)


def _ages(history: History, places: dict[str, int], round_number: int, size: int) -> Links:
    one = np.fromiter((places.get(person, -1) for person in history.one), np.int64)
    other = np.fromiter((places.get(person, -1) for person in history.other), np.int64)
    rounds = np.fromiter(history.rounds, np.int64)
    met = np.fromiter(history.met, np.bool_)
    here = met & (one >= 0) & (other >= 0) & (one != other)
    # The latest meeting counts; ages are turned so that the greatest number is the latest.
    latest = Links.of(one[here], other[here], rounds[here], size)
    ages = np.maximum(1, round_number - latest.values)
    return Links(latest.keys, ages, latest.starts, size)


def bits_of(topics: Sequence[Sequence[int]], count: int) -> Words:
    """Return one row of words for each person with a bit set for each of their topics."""
    words = np.zeros((len(topics), max(1, -(-count // _WORD))), np.uint64)
    person = np.repeat(np.arange(len(topics)), [len(some) for some in topics])
    topic = np.array([t for some in topics for t in some], np.int64)
    np.bitwise_or.at(words, (person, topic // _WORD), np.uint64(1) << (topic % _WORD).astype(np.uint64))
    return words
