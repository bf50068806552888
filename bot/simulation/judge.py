"""Looks at what came out of each round, from the tables and from what the company knows of itself."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from math import ceil

from sqlmodel import Session, col, select

from bot.domain.cadence import Window, iso_week, local_day
from bot.domain.pairing import Member
from bot.domain.round_inputs import Inputs, read_back
from bot.simulation.company import Colleague, Company, monday_of
from bot.simulation.exact import fewest_alone, fewest_repeats
from bot.simulation.figures import Figures
from bot.simulation.rules import may_meet
from bot.simulation.world import TENANT, World
from storage import members
from storage.members import Membership, Part
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.rounds import rounds
from storage.rounds.rounds import Group, Introduced, Lesson, Round, SeatState

PAIR = 2


class Judge:
    """Counts what is good and bad about a simulation, without asking the pairing.

    Args:
        world: Where the product runs.
        company: Who is who.
    """

    def __init__(self, world: World, company: Company) -> None:
        self._world = world
        self._company = company
        self._people = company.by_id()
        self._seen = 0
        self._repeats = self._avoidable = self._unplaced = self._violations = self._skipped = 0
        self._avoidable_alone = 0
        self._is_solved = self._is_alone_solved = True
        self._there = self._placed = self._twice = 0
        self._without: set[str] = set()
        self._resting: frozenset[str] = frozenset()
        self._by_round: list[tuple[int, int, int, int]] = []

    def look_at_beginning(self, week: int) -> None:
        """Judge a round that began on the Monday of a week, if there was one."""
        with self._world.database.read() as session:
            this_round = rounds.find_last_round(session, TENANT.key, 1)
            if this_round is None or this_round.number <= self._seen:
                return
            self._seen = this_round.number
            stored = rounds.find_inputs(session, this_round)
            if stored is None:
                self._skipped += 1
                return
            secret = rounds.secret_of(self._world.vault, stored)
            inputs = read_back(stored.packed, secret)
            groups = rounds.list_planned_groups(session, this_round)
            resting = select(Membership.user_id).where(Membership.part == Part.RESTING)
            self._resting = frozenset(session.exec(resting).all())
        self._judge_groups(groups, week)
        self._judge_absence(groups, inputs, week)
        self._judge_repeats(groups, inputs, this_round)

    def look_at_end(self, week: int) -> None:
        """Judge who is together at the end of a week, after all changes of plan."""
        with self._world.database.read() as session:
            this_round = rounds.find_open_round(session, TENANT.key, 1, self._world.clock.now())
            if this_round is None:
                return
            seated: dict[int, list[str]] = {}
            for seat in rounds.list_seats(session, this_round):
                if seat.state == SeatState.SEATED and seat.group_id is not None:
                    seated.setdefault(seat.group_id, []).append(seat.user_id)
        self._judge_groups(list(seated.values()), week)

    def count_violations(self) -> int:
        """Return how many rules were broken so far."""
        return self._violations

    def figures(self, people: int, weeks: int, seed: int, seconds: float) -> Figures:
        """Return everything that was found out."""
        with self._world.database.read() as session:
            groups = list(session.exec(select(Group)).all())
            pairs = {(row.round_id, row.user_a, row.user_b) for row in session.exec(select(Introduced)).all()}
            lessons = list(session.exec(select(Lesson)).all())
            held = session.exec(select(Round.id).where(Round.skipped == "")).all()
            weekly, daily = _pings(session)
        known = [(self._people[one].team, self._people[other].team) for _, one, other in pairs]
        in_plan = [group for group in groups if group.in_plan]
        taught = Counter(lesson.teacher for lesson in lessons)
        return Figures(
            people=people,
            weeks=weeks,
            seed=seed,
            rounds=len(held),
            skipped=self._skipped,
            groups=len(in_plan),
            formed_later=len(groups) - len(in_plan),
            repeats=self._repeats,
            avoidable_repeats=self._avoidable if self._is_solved else None,
            unplaced=self._unplaced,
            avoidable_unplaced=self._avoidable_alone if self._is_alone_solved else None,
            rule_violations=self.count_violations(),
            meet_opportunities=self._placed / self._there if self._there else 0.0,
            waiting_twice=self._twice / self._there if self._there else 0.0,
            cross_team_share=sum(one != other for one, other in known) / len(known) if known else None,
            cross_team_by_chance=_by_chance(Counter(one.team for one in self._company.people)),
            teaching_load_top_tenth=_top_tenth(taught),
            lessons=len({lesson.group_id for lesson in lessons}) / len(groups) if groups else 0.0,
            pings=sum(weekly.values()),
            max_pings_week=max(weekly.values(), default=0),
            max_pings_day=max(daily.values(), default=0),
            seconds=round(seconds, 2),
            by_round=tuple(self._by_round),
        )

    def _judge_groups(self, groups: Sequence[Sequence[str]], week: int) -> None:
        """Count each group that breaks a rule and each person who is in more than one."""
        for group in groups:
            members_of_group = [_member(self._people[one]) for one in group]
            is_allowed = PAIR <= len(group) <= PAIR + 1 and may_meet(members_of_group, monday_of(week))
            are_there = all(self._is_here(self._people[one], week) for one in group)
            self._violations += not (is_allowed and are_there)
        times = Counter(one for group in groups for one in group)
        self._violations += sum(count > 1 for count in times.values())

    def _is_here(self, one: Colleague, week: int) -> bool:
        # A person who comes on a week's Tuesday may be in one of its groups by its end.
        return one.is_there(week) or one.joins == week

    def _judge_absence(self, groups: Sequence[Sequence[str]], inputs: Inputs, week: int) -> None:
        """Count those who are left alone, and each of them whom some group could have taken in."""
        placed = {one for group in groups for one in group}
        people = {member.id: member for member in inputs.members}
        left = sorted(set(people) - placed)
        self._there += len(people)
        self._placed += len(placed)
        self._unplaced += len(left)
        fewest = fewest_alone(inputs, len(left))
        self._is_alone_solved &= fewest is not None
        self._avoidable_alone += max(0, len(left) - fewest) if fewest is not None else 0
        self._twice += len(self._without & set(left))
        self._without = set(left)
        missed = {
            one.user_id
            for one in self._company.people
            if one.pace == 1 and one.is_there(week) and one.user_id not in people.keys() | self._resting
        }
        self._violations += len(missed)
        monday = monday_of(week)
        pairs = [[people[one] for one in group] for group in groups if len(group) == PAIR]
        self._violations += sum(
            any(may_meet([*pair, people[one]], monday) for pair in pairs)
            or any(may_meet((people[one], people[other]), monday) for other in left if other != one)
            for one in left
        )

    def _judge_repeats(self, groups: Sequence[Sequence[str]], inputs: Inputs, this_round: Round) -> None:
        pairs = [frozenset(pair) for group in groups for pair in combinations(group, 2)]
        repeats = sum(pair in inputs.met for pair in pairs)
        self._repeats += repeats
        self._by_round.append((this_round.number, len(inputs.members), len(groups), repeats))
        fewest = fewest_repeats(inputs, repeats)
        if fewest is None:
            self._is_solved = False
        else:
            self._avoidable += max(0, repeats - fewest)


def _member(one: Colleague) -> Member:
    return Member(
        one.user_id,
        window=Window(zone=one.zone),
        writing_ok=one.writing_ok,
        manager=one.manager,
        blocked=frozenset(one.not_with),
    )


def _pings(session: Session) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, date]]]:
    """Count what notified people, by person and ISO week and by person and day, both of their own zone."""
    zones = {person.user_id: person.zone for person in members.list_people(session, TENANT.key)}
    weekly: Counter[tuple[str, str]] = Counter()
    daily: Counter[tuple[str, date]] = Counter()
    query = select(OutboxMessage).where(col(OutboxMessage.is_ping).is_(True), OutboxMessage.state == OutboxState.SENT)
    for message in session.exec(query):
        for user_id in message.recipients:
            if message.sent_at is not None:
                day = local_day(message.sent_at, zones.get(user_id, "UTC"))
                weekly[user_id, iso_week(day)] += 1
                daily[user_id, day] += 1
    return weekly, daily


def _by_chance(teams: Counter[str]) -> float | None:
    """Return the share of pairs of different teams if everybody met anybody. Source: product 5.6."""
    total = sum(teams.values())
    if total < PAIR:
        return None
    return 1 - sum(size * (size - 1) for size in teams.values()) / (total * (total - 1))


def _top_tenth(taught: Counter[str]) -> float | None:
    if not taught:
        return None
    busiest = sorted(taught.values(), reverse=True)[: ceil(len(taught) / 10)]
    return sum(busiest) / sum(taught.values())
