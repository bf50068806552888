"""Who can talk to whom: languages and working hours, for every two kinds of people at once.

People with the same window, languages, consent to writing and luck with their last partner are of one kind;
there are few kinds even among many people.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.domain.cadence import Window, common_openings
from bot.domain.pairing._values import Member

MOST_HOURS = 4
_HOUR = 60
# A day on either side, so that no common hour is cut in two at the week's edge.
_DAYS = 9
_WORKING_DAYS = 6

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class _Kind(NamedTuple):
    window: Window
    languages: frozenset[str]
    writes: bool
    had_no_response: bool
    gave_none: bool


@dataclass(frozen=True)
class Kinds:
    """The kinds of a pool.

    Attributes:
        of: The kind of each person.
        talk: Whether two kinds have a common language.
        meet: Whether they share an hour or both write.
        hours: Common working hours a day, at most four.
        starts: For each kind the steps of the week at which a whole free hour begins, a bit for each.
        languages: For each kind a bit for each language, all bits when unknown.
        writing: Whether the kind accepts writing.
        let_down: Whether people of one kind had no response last time, and those of the other gave none.
    """

    of: Ints
    talk: Bools
    meet: Bools
    hours: npt.NDArray[np.int16]
    starts: Sequence[int]
    languages: Sequence[int]
    writing: Sequence[bool]
    let_down: Bools

    def together(self, people: Sequence[int]) -> bool:
        """Tell whether people of whom each two may meet also have an hour and a language for all."""
        kinds = {int(self.of[person]) for person in people}
        if not reduce(int.__and__, (self.languages[kind] for kind in kinds)):
            return False
        return all(self.writing[kind] for kind in kinds) or bool(
            reduce(int.__and__, (self.starts[kind] for kind in kinds))
        )


def kinds_of(people: Sequence[Member], week: date) -> Kinds:
    """Sort people into kinds and compare every two kinds."""
    quiet = frozenset[str]().union(*(person.silent for person in people))
    known: dict[_Kind, int] = {}
    of = np.array([known.setdefault(_kind_of(person, quiet), len(known)) for person in people], np.int64)
    kinds = list(known)
    windows = {window: place for place, window in enumerate(dict.fromkeys(kind.window for kind in kinds))}
    free, steps = _free_steps(list(windows), week)
    begins = _whole_hours(free, steps)
    where = [windows[kind.window] for kind in kinds]
    languages = _language_bits([kind.languages for kind in kinds])
    talk = np.array([[bool(one & other) for other in languages] for one in languages], np.bool_)
    writing = np.array([kind.writes for kind in kinds], np.bool_)
    waited = np.array([kind.had_no_response for kind in kinds], np.bool_)
    gave_none = np.array([kind.gave_none for kind in kinds], np.bool_)
    let_down = waited[:, None] & gave_none[None, :]
    whole = begins[where].astype(np.float32)
    every = free[where].astype(np.float32)
    common = (every @ every.T / steps).astype(np.int16) // _WORKING_DAYS
    return Kinds(
        of=of,
        talk=talk.reshape(len(kinds), len(kinds)),
        meet=(whole @ whole.T > 0) | (writing[:, None] & writing[None, :]),
        hours=np.minimum(common, MOST_HOURS).astype(np.int16),
        starts=[_bits(begins[place]) for place in where],
        languages=languages,
        writing=writing.tolist(),
        let_down=let_down | let_down.T,
    )


def _kind_of(person: Member, quiet: frozenset[str]) -> _Kind:
    return _Kind(person.window, person.languages, person.writing_ok, bool(person.silent), person.id in quiet)


def _free_steps(windows: Sequence[Window], week: date) -> tuple[Bools, int]:
    """Return for each window which steps of the week are free, and how many steps an hour has."""
    start = datetime.combine(week, time(), tzinfo=UTC) - timedelta(days=1)
    end = start + timedelta(days=_DAYS)
    minutes = [
        [((opens - start) // timedelta(minutes=1), (shuts - start) // timedelta(minutes=1)) for opens, shuts in found]
        for found in (common_openings([window], start, end) for window in windows)
    ]
    step = reduce(math.gcd, (moment for found in minutes for span in found for moment in span), _HOUR)
    free = np.zeros((len(windows), _DAYS * 24 * _HOUR // step), np.bool_)
    for row, found in zip(free, minutes, strict=True):
        for opens, shuts in found:
            row[opens // step : shuts // step] = True
    return free, _HOUR // step


def _whole_hours(free: Bools, steps: int) -> Bools:
    """Tell at which steps an hour begins that is free from beginning to end."""
    begins = free[:, : free.shape[1] - steps + 1].copy()
    for later in range(1, steps):
        begins &= free[:, later : free.shape[1] - steps + 1 + later]
    return begins


def _bits(steps: Bools) -> int:
    return int.from_bytes(np.packbits(steps).tobytes(), "big")


def _language_bits(spoken: Sequence[frozenset[str]]) -> list[int]:
    # The first bit stands for nothing but "not asked", so that two who were not asked have it in common.
    names = {name: place + 1 for place, name in enumerate(sorted(frozenset().union(*spoken)))}
    every = (1 << (len(names) + 1)) - 1
    return [sum(1 << names[name] for name in some) if some else every for some in spoken]
