"""Virtual companies for measuring the pairing: the same by seed on every machine."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import time

from bot.domain.cadence import Window
from bot.domain.pairing import History, Member

# Offices with their share of the people: most can meet, some cannot.
_OFFICES = (
    ("Europe/Berlin", 45),
    ("Europe/London", 20),
    ("Europe/Lisbon", 15),
    ("America/New_York", 15),
    ("Asia/Kolkata", 5),
)
_WINDOWS = tuple(Window(time(start), time(start + 8), zone=zone) for zone, _ in _OFFICES for start in (8, 9, 10))
_TEAM = 12
# So many of each kind of fitting people are asked.
_ASKED = 6
_FEWEST_TOPICS, _MOST_TOPICS = 20, 150


def draw_company(people: int, seed: int) -> list[Member]:
    """Draw people with teams of twelve, managers, offices, and skills of which few are popular.

    One in five offers nothing and one in five wants nothing; one in fifty has somebody on a private list.
    """
    lots = random.Random(f"company {people} {seed}")  # noqa: S311 - not a secret
    count = min(_MOST_TOPICS, max(_FEWEST_TOPICS, people // 10))
    topics = [f"topic {number:03}" for number in range(count)]
    # The tenth topic is asked for half as often as the first.
    popularity = [10 / (10 + rank) for rank in range(count)]
    shares = [share for _, share in _OFFICES for _ in range(3)]
    teams = max(2, people // _TEAM)

    def some() -> frozenset[str]:
        if lots.random() < 0.2:  # noqa: PLR2004 - as the docstring says
            return frozenset()
        return frozenset(lots.choices(topics, popularity, k=lots.randint(1, 4)))

    members = []
    for place in range(people):
        team = lots.randrange(teams)
        offers = some()
        members.append(
            Member(
                _name(place),
                window=lots.choices(_WINDOWS, shares)[0],
                languages=frozenset(("en",) if lots.random() < 0.7 else ("en", "de")),  # noqa: PLR2004 - a share
                writing_ok=lots.random() < 0.3,  # noqa: PLR2004 - a share
                team=f"team {team:05}",
                # The first people of the company lead its teams.
                manager=_name(team) if team != place else "",
                blocked=frozenset((_name(lots.randrange(people)),)) if lots.random() < 0.02 else frozenset(),  # noqa: PLR2004
                offers=offers,
                wants=some() - offers,
            )
        )
    return members


def draw_pool(name: str, people: int, seed: int) -> list[Member]:
    """Draw people of one of the COMPANIES."""
    return COMPANIES[name](people, seed)


def _silent(people: int, _seed: int) -> list[Member]:
    """Draw people of whom nothing is known, as in the first weeks of a company."""
    return [Member(_name(place)) for place in range(people)]


def _one_team(people: int, seed: int) -> list[Member]:
    return [replace(member, team="team") for member in _silent(people, seed)]


def _two_teams(people: int, seed: int) -> list[Member]:
    lots = random.Random(f"two teams {people} {seed}")  # noqa: S311 - not a secret
    return [replace(member, team=lots.choice(("blue", "blue", "red"))) for member in _silent(people, seed)]


def _one_topic(people: int, seed: int) -> list[Member]:
    return [replace(member, offers=_TOPIC, wants=_TOPIC) for member in _silent(people, seed)]


def _one_teacher(people: int, seed: int) -> list[Member]:
    first, *others = _silent(people, seed)
    return [replace(first, offers=_TOPIC), *(replace(member, wants=_TOPIC) for member in others)]


def _third_teaches(people: int, seed: int) -> list[Member]:
    return [
        replace(member, wants=_TOPIC) if place % 3 else replace(member, offers=_TOPIC)
        for place, member in enumerate(_silent(people, seed))
    ]


def _no_wants(people: int, seed: int) -> list[Member]:
    return [replace(member, wants=frozenset()) for member in draw_company(people, seed)]


def _few_topics(people: int, seed: int) -> list[Member]:
    lots = random.Random(f"few topics {people} {seed}")  # noqa: S311 - not a secret
    topics = ("a", "b", "c")
    pool = []
    for member in draw_company(people, seed):
        offers = frozenset(lots.sample(topics, lots.randint(0, 2)))
        pool.append(replace(member, offers=offers, wants=frozenset(lots.choices(topics)) - offers))
    return pool


def _one_zone(people: int, seed: int) -> list[Member]:
    return [replace(member, window=Window()) for member in draw_company(people, seed)]


def _many_away(people: int, seed: int) -> list[Member]:
    lots = random.Random(f"away {people} {seed}")  # noqa: S311 - not a secret
    return sorted(lots.sample(draw_company(people * 2, seed), people), key=lambda member: member.id)


def _hot(people: int, seed: int) -> list[Member]:
    """Draw people of whom nearly everybody wants one skill that one in a hundred can teach."""
    lots = random.Random(f"hot {people} {seed}")  # noqa: S311 - not a secret
    pool = []
    for member in draw_company(people, seed):
        if lots.random() < 0.01:  # noqa: PLR2004 - as the docstring says
            pool.append(replace(member, offers=member.offers | _TOPIC))
        elif lots.random() < 0.9:  # noqa: PLR2004 - the same
            pool.append(replace(member, wants=member.wants | _TOPIC))
        else:
            pool.append(member)
    return pool


_TOPIC = frozenset(("topic",))
# Companies by what is special about them; in most of them nearly everybody is alike.
COMPANIES: dict[str, Callable[[int, int], list[Member]]] = {
    "mixed": draw_company,
    "hot": _hot,
    "silent": _silent,
    "one-team": _one_team,
    "two-teams": _two_teams,
    "one-topic": _one_topic,
    "one-teacher": _one_teacher,
    "third-teaches": _third_teaches,
    "no-wants": _no_wants,
    "few-topics": _few_topics,
    "one-zone": _one_zone,
    "many-away": _many_away,
}


def draw_history(people: int, rounds: int, seed: int) -> History:
    """Draw rounds of random pairs."""
    lots = random.Random(f"history {people} {seed}")  # noqa: S311 - not a secret
    one: list[str] = []
    other: list[str] = []
    numbers: list[int] = []
    names = [_name(place) for place in range(people)]
    for number in range(1, rounds + 1):
        order = lots.sample(names, people)
        one += order[0 : people // 2 * 2 : 2]
        other += order[1::2]
        numbers += [number] * (people // 2)
    return History(one, other, numbers, [lots.random() < 0.9 for _ in numbers])  # noqa: PLR2004 - a share


def draw_lived_history(members: Sequence[Member], rounds: int, seed: int) -> History:
    """Draw rounds of pairs that were made for what people want and offer, as those of a real company are.

    In each round everybody, in an order by lot, takes the best of some who are free whom they have not met: of those
    who teach what they want, those who want what they teach, and anybody.
    """
    lots = random.Random(f"lived {len(members)} {seed}")  # noqa: S311 - not a secret
    teachers, learners = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for place, member in enumerate(members):
        for topic in sorted(member.offers):
            teachers[topic].append(place)
        for topic in sorted(member.wants):
            learners[topic].append(place)
    met: set[tuple[int, int]] = set()
    pairs: list[tuple[int, int, int]] = []
    for number in range(1, rounds + 1):
        free = set(range(len(members)))
        for one in lots.sample(range(len(members)), len(members)):
            if one not in free:
                continue
            free.remove(one)
            asked = [teachers[topic] for topic in sorted(members[one].wants)]
            asked += [learners[topic] for topic in sorted(members[one].offers)]
            others = [lots.choice(some) for some in asked if some for _ in range(_ASKED)]
            others += [lots.randrange(len(members)) for _ in range(_ASKED)]
            fitting = [other for other in others if other in free and (min(one, other), max(one, other)) not in met]
            if fitting:
                other = max(fitting, key=lambda place: (_lessons(members[one], members[place]), place))
                free.remove(other)
                met.add((min(one, other), max(one, other)))
                pairs.append((one, other, number))
    return History(
        [members[one].id for one, _, _ in pairs],
        [members[other].id for _, other, _ in pairs],
        [number for _, _, number in pairs],
        [lots.random() < 0.9 for _ in pairs],  # noqa: PLR2004 - a share
    )


def _lessons(one: Member, other: Member) -> int:
    return bool(one.wants & other.offers) + bool(other.wants & one.offers)


def _name(place: int) -> str:
    return f"U{place:06}"
