"""What it costs to bring two people together, as one whole number per pair.

The number is made of layers, each worth more than everything below it over a whole round, so that a
smaller total always means: first fewer and older repeats within the last eight rounds, then fewer and
older repeats at all, then trios that go round, then common working hours, then the lot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b

from bot.domain.cadence import Window, common_openings
from bot.domain.pairing._values import Candidate, Pair

REST_ROUNDS = 8
WORKING_HOUR = timedelta(hours=1)
# Nobody's fairness is worth more than this many trios, so that the layer has an end.
MOST_UNFAIR = 1_000
_LOTS = 1 << 20


@dataclass(frozen=True)
class Costs:
    """The cost of every allowed pair of a pool; people are numbers in the order of their ids.

    Attributes:
        pairs: For each person a mapping from everyone they may meet to the cost.
        soft: Costs below this differ only by lot.
        fair: What one earlier trio too many costs.
        repeat: Costs from here on contain a repeat.
    """

    pairs: Sequence[Mapping[int, int]]
    soft: int
    fair: int
    repeat: int

    def is_new(self, a: int, b: int) -> bool:
        """Tell whether the two may meet and were never introduced."""
        return self.pairs[a].get(b, self.repeat) < self.repeat


def pair_costs(
    people: Sequence[Candidate],
    met: Mapping[Pair, int],
    round_number: int,
    seed: int,
    barred: frozenset[Pair],
    week: date,
) -> Costs:
    """Weigh every pair of `people`, who are sorted by id; barred pairs are absent."""
    size = len(people)
    ids = [person.id for person in people]
    ages = _ages(ids, met, round_number)
    oldest = max(ages.values(), default=1)
    # At most this many pairs are introduced to each other in one round, the three of a trio included.
    most = size + 3
    soft = _LOTS * most
    fair = soft * most
    repeat = fair * MOST_UNFAIR * most
    recent = repeat * 2 * oldest * most
    apart = _far_windows([person.window for person in people], week)
    pairs: list[dict[int, int]] = [{} for _ in people]
    for a in range(size):
        for b in range(a + 1, size):
            pair = frozenset((ids[a], ids[b]))
            if pair in barred:
                continue
            cost = _lot(seed, round_number, ids[a], ids[b])
            if (people[a].window, people[b].window) in apart:
                cost += soft
            age = ages.get((a, b))
            if age is not None:
                cost += repeat * (2 * oldest - age) + recent * max(0, REST_ROUNDS + 1 - age)
            pairs[a][b] = pairs[b][a] = cost
    return Costs(pairs, soft, fair, repeat)


def _ages(ids: Sequence[str], met: Mapping[Pair, int], round_number: int) -> dict[tuple[int, int], int]:
    """Return for each pair of the pool that was introduced how many rounds ago, at least 1."""
    places = {person: place for place, person in enumerate(ids)}
    ages = {}
    for pair, last in met.items():
        here = sorted(places[person] for person in pair if person in places)
        if len(here) == 2:  # noqa: PLR2004 - both of them
            ages[here[0], here[1]] = max(1, round_number - last)
    return ages


def _far_windows(windows: Sequence[Window], week: date) -> frozenset[tuple[Window, Window]]:
    """Return the pairs of windows that share no hour on end in the week that begins on `week`."""
    start = datetime.combine(week, time(), tzinfo=UTC)
    end = start + timedelta(days=7)
    different = list(dict.fromkeys(windows))
    far = set()
    for place, one in enumerate(different):
        for other in different[place:]:
            together = common_openings([one, other], start, end)
            if not any(shuts - opens >= WORKING_HOUR for opens, shuts in together):
                far.update({(one, other), (other, one)})
    return frozenset(far)


def _lot(seed: int, round_number: int, one: str, other: str) -> int:
    drawn = blake2b(f"{seed}\0{round_number}\0{one}\0{other}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") % _LOTS
