"""A partner is looked for while others may write: what they change meanwhile is respected, and nothing else is."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from operator import itemgetter

import pytest
from sqlmodel import Session

from bot.domain.errors import UserError
from bot.domain.guides import GuideLibrary
from bot.domain.rounds import Met, Standing, WouldHelp
from bot.domain.schedule import DueKind
from bot.services.members.members import MemberService
from bot.services.members.settings import SettingsService
from bot.services.rounds.placement import lot_of
from bot.services.rounds.pool import inputs_of
from bot.services.rounds.rounds import RoundService
from storage import members as people_of
from storage.communities import get_community
from storage.database import Database
from storage.rounds import history
from storage.rounds import rounds as stored
from storage.rounds.check_ins import CheckIn
from storage.rounds.rounds import Group, Seat
from tests.databases import on_both
from tests.factories import MONDAY_8, VAULT, actor, add_community, add_members, due_row, profile, rows

WEEK = timedelta(weeks=1)
TUESDAY = MONDAY_8 + timedelta(days=1)
FOUR = ("UA", "UB", "UC", "UD")


class Meanwhile(Database):
    """A database in which somebody else acts between what is found and what is written."""

    act: Callable[[], object] | None = None

    @contextmanager
    def write(self, workspace: str = "", *, is_fact: bool = False) -> Iterator[Session]:
        """Let the other act first, once."""
        act, self.act = self.act, None
        if act is not None:
            act()
        with super().write(workspace, is_fact=is_fact) as session:
            yield session


@pytest.fixture
def meanwhile(database: Database) -> Iterator[Meanwhile]:
    one = Meanwhile(database.url, is_lasting=False)
    yield one
    one.close()


def start(database: Database, rounds: RoundService, *user_ids: str) -> None:
    with database.write() as session:
        add_members(session, add_community(session), *user_ids)
    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)


def seated(database: Database) -> dict[str, int]:
    return {one.user_id: one.group_id for one in rows(database, Seat) if one.state == "seated" and one.group_id}


def seated_since(database: Database, begun: datetime) -> dict[str, int]:
    """Return the groups of everybody who was introduced since a moment."""
    new = {group.id for group in rows(database, Group) if group.formed_at >= begun}
    return {one.user_id: one.group_id for one in rows(database, Seat) if one.group_id in new and one.group_id}


def answer_of(user_id: str, group_id: int, met: Met, at: datetime, lots: random.Random) -> CheckIn:
    helps = lots.choice([None, WouldHelp.ANOTHER_PARTNER]) if met is Met.NO else None
    return CheckIn(workspace="T1", group_id=group_id, user_id=user_id, met=met, answered_at=at, would_help=helps)


def play(database: Database, rounds: RoundService, ids: tuple[str, ...], weeks: int, lots: random.Random) -> datetime:
    """Hold some rounds about which people say this and that; return when the next one is due."""
    start(database, rounds, *ids)
    now = MONDAY_8
    for _ in range(weeks):
        with database.write() as session:
            for one, group_id in seated_since(database, now).items():
                met = lots.choice([None, Met.YES, Met.NO, Met.SKIP])
                if met is not None:
                    session.add(answer_of(one, group_id, met, now + timedelta(days=4), lots))
        now += WEEK
        rounds.start(due_row(database, DueKind.ROUND), now)
    return now


@pytest.mark.parametrize("seed", range(3))
def test_what_is_read_of_a_few_people_is_what_everybodys_history_says_of_them(
    database: Database, rounds: RoundService, seed: int
) -> None:
    lots = random.Random(seed)  # noqa: S311 - not a secret
    ids = tuple(f"U{number:02}" for number in range(9))
    now = play(database, rounds, ids, 4, lots)
    some = set(lots.sample(ids, 4))

    with database.read() as session:
        this_round = stored.find_open_round(session, "T1", 1, now)
        assert this_round is not None
        met, met_of_some = (history.list_met(session, "T1", 1, people) for people in (None, some))
        by_person = [
            [
                history.count_larger(session, "T1", 1, people),
                history.list_teaching(session, "T1", 1, 0, people),
                history.list_silent(session, "T1", 1, 2, people),
                history.count_rounds_before(session, this_round, people),
            ]
            for people in (None, some)
        ]
        guides = [history.list_recent_guides(session, "T1", MONDAY_8, people) for people in (None, some)]
        introduced = [stored.list_introduced_in(session, this_round, people) for people in (None, some)]

    assert met
    assert {pair: number for pair, number in met.items() if pair <= some} == met_of_some
    for whole, few in zip(*by_person, strict=True):
        assert {one: said for one, said in whole.items() if one in some} == few
    assert {one: guides[0].get(one) for one in some} == {one: guides[1].get(one) for one in some}
    assert {pair for pair in introduced[0] if pair & some} == introduced[1]


def best_host(database: Database, user_id: str, now: datetime) -> set[str]:
    """Return with whom somebody sits best, by the whole history and one group after another."""
    with database.read() as session:
        community = get_community(session, "T1", 1)
        this_round = stored.find_open_round(session, "T1", 1, now)
        assert this_round is not None
        everybody = people_of.list_people(session, "T1")
        inputs = inputs_of(session, VAULT, community, everybody, this_round.number, this_round.seed, now)
        met = {pair: last for pair, last in history.list_met(session, "T1", 1).items() if last < this_round.number}
        whole = replace(inputs, met=met)
        mates = {one for pair in stored.list_introduced_in(session, this_round) if user_id in pair for one in pair}
    sitting: dict[int, set[str]] = {}
    for one, group_id in seated(database).items():
        sitting.setdefault(group_id, set()).add(one)
    drawn = sorted(sitting, key=lambda group_id: lot_of(this_round.seed, user_id, group_id))
    found = []
    for group_id in drawn:
        if len(sitting[group_id]) != 2 or mates & sitting[group_id]:
            continue
        joined = tuple(one for one in whole.members if one.id in {user_id, *sitting[group_id]})
        plan = replace(whole, members=joined).plan()
        if len(plan.groups) == 1 and not plan.unplaced:
            found.append((plan.repeats.total, -plan.quality.value, sitting[group_id]))
    return min(found, key=itemgetter(0, 1))[2]


@pytest.mark.parametrize("seed", range(3))
def test_a_late_joiner_sits_where_the_whole_history_would_have_put_them(
    database: Database, rounds: RoundService, members: MemberService, seed: int
) -> None:
    lots = random.Random(seed)  # noqa: S311 - not a secret
    now = play(database, rounds, tuple(f"U{number:02}" for number in range(10)), 3, lots)
    members.join(actor("UX"), "C1", profile("UX"), now)
    expected = best_host(database, "UX", now)

    rounds.place(due_row(database, DueKind.PLACE), now)

    assert set(rounds.current(actor("UX"), now).others) == expected


CHANGES: dict[str, Callable[[MemberService, SettingsService, RoundService, str, int], object]] = {
    "leaves": lambda members, _own, _rounds, one, _group: members.leave(actor(one), None, TUESDAY),
    "keeps them away": lambda _members, own, _rounds, one, _group: own.block(actor(one), "UX", TUESDAY),
    "found a time": lambda _members, _own, rounds, one, group: rounds.booked(actor(one), group, TUESDAY),
    "cannot come": lambda _members, _own, rounds, one, group: rounds.cannot(actor(one), group, TUESDAY),
}


@on_both
@pytest.mark.parametrize("change", CHANGES)
def test_what_somebody_does_while_a_partner_is_looked_for_counts(
    database: Database,
    meanwhile: Meanwhile,
    guides: GuideLibrary,
    rounds: RoundService,
    members: MemberService,
    own: SettingsService,
    change: str,
) -> None:
    start(database, rounds, *FOUR)
    groups = seated(database)
    members.join(actor("UX"), "C1", profile("UX"), TUESDAY)
    touched: set[int] = set()

    def act() -> None:
        # In both groups, so that it hits the one that was found.
        for one in (min(groups), next(one for one in sorted(groups) if groups[one] != groups[min(groups)])):
            touched.add(groups[one])
            CHANGES[change](members, own, rounds, one, groups[one])

    meanwhile.act = act
    RoundService(meanwhile, guides, VAULT).place(due_row(database, DueKind.PLACE), TUESDAY)

    assert len(touched) == 2
    found = set(rounds.current(actor("UX"), TUESDAY).others)
    if change in {"keeps them away", "found a time"}:
        assert rounds.current(actor("UX"), TUESDAY).standing is Standing.LOOKING
    else:
        left = {min(groups), next(one for one in sorted(groups) if groups[one] != groups[min(groups)])}
        assert found
        assert not found & left
    assert_whole(database)


def assert_whole(database: Database) -> None:
    """Nobody sits alone, and nobody was introduced twice to the same person in a round."""
    sizes = [list(seated(database).values()).count(group_id) for group_id in set(seated(database).values())]
    assert all(2 <= size <= 3 for size in sizes)
    pairs = [pair for group in rows(database, Group) for pair in combinations(sorted(people_in(database, group.id)), 2)]
    assert len(pairs) == len(set(pairs))


def people_in(database: Database, group_id: int) -> set[str]:
    return {one for one, its_group in seated(database).items() if its_group == group_id}


@on_both
@pytest.mark.parametrize("others", ["swap", "leave"])
def test_several_who_act_at_once_all_come_to_a_place(
    database: Database, rounds: RoundService, members: MemberService, others: str
) -> None:
    ids = tuple(f"U{number:02}" for number in range(12))
    start(database, rounds, *ids)
    groups = seated(database)
    first = [min(one for one in ids if groups[one] == group_id) for group_id in sorted(set(groups.values()))]

    def act(user_id: str) -> None:
        with suppress(UserError):
            if others == "leave" and user_id in first[1::2]:
                members.leave(actor(user_id), None, TUESDAY)
            else:
                rounds.swap(actor(user_id), groups[user_id], TUESDAY)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(act, first[:4]))
    with suppress(LookupError, AssertionError):
        rounds.place(due_row(database, DueKind.PLACE), TUESDAY + timedelta(minutes=1))

    gone = set(first[1:4:2]) if others == "leave" else set()
    assert seated(database).keys() == {*ids} - gone
    assert_whole(database)
