"""Rounds of pairs that people would have chosen themselves, made quickly: the history that real rounds leave.

The person who fits best is met first, so that those who fit and have not met become few. It is no pairing of the
product: each person, in an order that is drawn, takes the best of a few who teach what they want.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from typing import Final

from bot.domain.cadence import common_openings
from bot.domain.pairing import Member

# How many of those who teach one topic somebody looks at, and how many of all when nobody teaches them anything.
_LOOKED_AT: Final = 6
_OTHERS_LOOKED_AT: Final = 12
_MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)


class Preferences:
    """Who suits whom among some people, and who has met whom so far.

    Args:
        members: The people.
        seed: Decides what is drawn.
    """

    def __init__(self, members: Sequence[Member], seed: int) -> None:
        self._members: Mapping[str, Member] = {member.id: member for member in members}
        self._lots = random.Random(f"preferences {len(members)} {seed}")  # noqa: S311 - not a secret
        windows = {window: place for place, window in enumerate({one.window: None for one in members})}
        self._hours = {one.id: windows[one.window] for one in members}
        self._overlap = {
            (windows[one], windows[other]): bool(common_openings((one, other), _MONDAY, _MONDAY + timedelta(days=5)))
            for one, other in product(windows, repeat=2)
        }
        self.met: dict[frozenset[str], int] = {}

    def play(self, number: int, present: Sequence[str]) -> tuple[list[tuple[str, ...]], list[str]]:
        """Return the groups of a round in the order of their ids, and those for whom nobody is left.

        An odd one becomes the third of a pair.
        """
        order = self._lots.sample(sorted(present), len(present))
        teachers: dict[str, list[str]] = {}
        for one in order:
            for topic in self._members[one].offers:
                teachers.setdefault(topic, []).append(one)
        free = dict.fromkeys(order)
        groups: list[tuple[str, ...]] = []
        for one in order:
            if one not in free:
                continue
            del free[one]
            other = self._best(one, self._teaching(one, teachers, free)) or self._best(one, self._some(free))
            if other is None:
                free[one] = None
                continue
            del free[other]
            groups.append((min(one, other), max(one, other)))
        left = list(free)
        if len(left) % 2 and groups:
            self._make_a_trio(groups, left)
        for group in groups:
            self.met |= dict.fromkeys(map(frozenset, combinations(group, 2)), number)
        return groups, left

    def _make_a_trio(self, groups: list[tuple[str, ...]], left: list[str]) -> None:
        for place in self._lots.sample(range(len(groups)), min(len(groups), 50)):
            one, other = groups[place]
            if self._may_meet(left[-1], one) and self._may_meet(left[-1], other):
                groups[place] = tuple(sorted((one, other, left.pop())))
                return

    def _teaching(self, one: str, teachers: dict[str, list[str]], free: Mapping[str, None]) -> Iterator[str]:
        for topic in sorted(self._members[one].wants):
            line = teachers.get(topic, [])
            while line and line[-1] not in free:
                line.pop()
            yield from (other for other in line[-_LOOKED_AT:] if other in free)

    def _some(self, free: Mapping[str, None]) -> Iterator[str]:
        for _, other in zip(range(_OTHERS_LOOKED_AT), free, strict=False):
            yield other

    def _best(self, one: str, others: Iterator[str]) -> str | None:
        fitting = {other for other in others if self._may_meet(one, other)}
        return max(fitting, key=lambda other: (self._worth(one, other), other), default=None)

    def _may_meet(self, one: str, other: str) -> bool:
        a, b = self._members[one], self._members[other]
        if one == other or frozenset((one, other)) in self.met or other in (a.manager, *a.blocked):
            return False
        if not self._overlap[self._hours[one], self._hours[other]]:
            return False
        return one not in (b.manager, *b.blocked) and not a.languages.isdisjoint(b.languages)

    def _worth(self, one: str, other: str) -> int:
        a, b = self._members[one], self._members[other]
        learns, shows = len(a.wants & b.offers), len(b.wants & a.offers)
        return 3 * (learns > 0) + 4 * (shows > 0) + learns + shows + (a.team != b.team)
