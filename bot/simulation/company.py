"""A virtual company: who works there, what they can show, when they come and go."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

FIRST_MONDAY: Final = date(2027, 1, 4)
# Every two of these share at least an hour of ordinary working time, whatever the season.
OFFICES: Final = ("Europe/Berlin", "Europe/Lisbon", "Europe/London", "Europe/Warsaw")
TOPICS: Final = (
    *("pivot tables", "SQL joins", "reading a balance sheet", "public speaking", "git rebase", "negotiating"),
    *("writing tests", "user interviews", "contract basics", "data protection", "drawing charts", "shell scripts"),
    *("running a retro", "asking for feedback", "pricing", "German", "customer calls", "accessibility"),
)
JOIN_LATER: Final = 0.12
LEAVE: Final = 0.08
AWAY_A_WEEK: Final = 0.04
PACES: Final = (1, 1, 1, 1, 1, 1, 1, 1, 2, 4)


@dataclass(frozen=True)
class Colleague:
    """Somebody of the company, with everything the pairing may know and what they will do.

    Args:
        joins: The week, from 0, in which they take part from; in a later one they come on its Tuesday.
        leaves: The week on whose Wednesday they leave; None when they stay.
        away: The weeks in which they are paused, from its Monday to its Sunday.
        answers: How likely they are to say whether they met.
    """

    user_id: str
    zone: str
    team: str
    manager: str
    offers: tuple[str, ...]
    wants: tuple[str, ...]
    not_with: tuple[str, ...]
    writing_ok: bool
    pace: int
    joins: int
    leaves: int | None
    away: frozenset[int]
    answers: float

    def is_there(self, week: int) -> bool:
        """Tell whether somebody can be introduced on the Monday of a week."""
        return self.is_in(week) and week not in self.away

    def is_in(self, week: int) -> bool:
        """Tell whether somebody takes part on the Monday of a week, paused or not."""
        return (self.joins == 0 or self.joins < week) and (self.leaves is None or week <= self.leaves)


@dataclass(frozen=True)
class Company:
    """Everybody, and what they do in a week besides meeting."""

    people: tuple[Colleague, ...]
    lots: random.Random = field(compare=False)

    def by_id(self) -> dict[str, Colleague]:
        """Return everybody by id."""
        return {one.user_id: one for one in self.people}


def monday_of(week: int) -> date:
    """Return the Monday of a week, counted from 0."""
    return FIRST_MONDAY + timedelta(weeks=week)


def draw_company(people: int, weeks: int, seed: int) -> Company:
    """Draw a company; the same numbers give the same company."""
    lots = random.Random(seed)  # noqa: S311 - no secret, and the same in every run
    ids = [f"U{number:06}" for number in range(people)]
    teams = max(2, people // 8)
    leads = {team: ids[team] for team in range(min(teams, people))}
    # Enough of a beginning that the first round can take place.
    founders = min(people, max(4, round(people * (1 - JOIN_LATER))))
    return Company(
        tuple(
            _draw(lots, number, ids, lots.randrange(teams) if number >= teams else number, leads, weeks, founders)
            for number in range(people)
        ),
        lots,
    )


def _draw(
    lots: random.Random, number: int, ids: list[str], team: int, leads: dict[int, str], weeks: int, founders: int
) -> Colleague:
    joins = 0 if number < founders else lots.randrange(1, max(2, weeks))
    leaves = lots.randrange(joins + 1, weeks) if lots.random() < LEAVE and joins + 1 < weeks else None
    away = {week for week in range(joins + 1, weeks) if lots.random() < AWAY_A_WEEK}
    topics = lots.sample(TOPICS, 4)
    not_with = lots.sample(ids, 1) if len(ids) > 10 and lots.random() < 0.05 else []  # noqa: PLR2004 - tiny is tight
    return Colleague(
        user_id=ids[number],
        zone=lots.choice(OFFICES),
        team=f"Team {team + 1}",
        manager=leads[team] if team in leads and leads[team] != ids[number] else "",
        offers=tuple(topics[: lots.randint(0, 2)]),
        wants=tuple(topics[2 : 2 + lots.randint(0, 2)]),
        not_with=tuple(one for one in not_with if one != ids[number]),
        writing_ok=lots.random() < 0.3,  # noqa: PLR2004 - about a third
        pace=lots.choice(PACES),
        joins=joins,
        leaves=leaves,
        away=frozenset(away),
        answers=lots.choice((0.0, 0.6, 0.8, 0.95)),
    )
