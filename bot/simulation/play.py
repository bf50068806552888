"""The weeks of a virtual company: who comes, goes, swaps, answers; what the product does about it is its own."""

import tempfile
import time as machine
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bot.domain.cadence import at_local
from bot.domain.communities import SetUp
from bot.domain.errors import UserError
from bot.domain.identity import Profile
from bot.domain.offers import TopicForm, TopicKind
from bot.domain.rounds import Met, Standing
from bot.domain.settings import PersonSettings
from bot.simulation.company import Colleague, Company, draw_company, monday_of
from bot.simulation.figures import Figures
from bot.simulation.judge import Judge
from bot.simulation.world import World

CHANNEL = "C0SIMULATED"
ZONE = "Europe/Berlin"
CANNOT = 0.03
SWAP = 0.02
MET = 0.8

Told = Callable[[int], None]


def simulate(people: int, weeks: int, seed: int, told: Told = lambda _weeks: None) -> Figures:
    """Play a company's weeks through the real services; `told` is called after each with the number 1.

    The same numbers give the same figures, but for the seconds.
    """
    began = machine.monotonic()
    company = draw_company(people, weeks, seed)
    with tempfile.TemporaryDirectory(prefix="peerloop-simulation-") as folder:
        world = World(str(Path(folder) / "simulation.db"), _at(monday_of(0) - timedelta(days=3), time(9)))
        try:
            judge = Judge(world, company)
            _found(world, company)
            for week in range(weeks):
                _play_week(world, company, judge, week)
                told(1)
            return judge.figures(people, weeks, seed, machine.monotonic() - began)
        finally:
            world.close()


def _found(world: World, company: Company) -> None:
    """Switch the community on, with its founders and what they say of themselves."""
    first = company.people[0]
    world.communities.set_up(
        world.act(first.user_id),
        CHANNEL,
        SetUp("Getting better at what we do, together", facilitators=(first.user_id,)),
        Profile(first.user_id, ZONE),
        (),
        world.clock.now(),
    )
    for one in company.people:
        if one.joins == 0:
            _join(world, one)


def _join(world: World, one: Colleague) -> None:
    now = world.clock.now()
    profile = Profile(one.user_id, one.zone)
    settings = PersonSettings(one.team, one.manager, one.pace, one.writing_ok)
    world.settings.change(world.act(one.user_id), settings, profile, now)
    if one.not_with:
        world.settings.set_blocked(world.act(one.user_id), one.not_with, now)
    for kind, topics in ((TopicKind.OFFER, one.offers), (TopicKind.WANT, one.wants)):
        for topic in topics:
            world.offers.save(world.act(one.user_id), TopicForm(kind, topic), profile, now)
    world.members.join(world.act(one.user_id), CHANNEL, profile, now)


def _play_week(world: World, company: Company, judge: Judge, week: int) -> None:
    monday = monday_of(week)
    world.go_to(_at(monday - timedelta(days=1), time(18)))
    for one in company.people:
        if week in one.away and one.is_in(week):
            profile = Profile(one.user_id, one.zone)
            world.members.pause(world.act(one.user_id), monday + timedelta(days=7), profile, world.clock.now())
    # Offers and wants last 90 days; the person who still means them says so again.
    if week % 12 == 11:  # noqa: PLR2004 - before three months are over
        _renew(world, company, week)
    world.go_to(_at(monday, time(8, 1)))
    judge.look_at_beginning(week)
    world.go_to(_at(monday + timedelta(days=1), time(11)))
    for one in company.people:
        if one.joins == week and week:
            _join(world, one)
    _change_plans(world, company, week)
    world.go_to(_at(monday + timedelta(days=2), time(11)))
    for one in company.people:
        if one.leaves == week:
            world.members.leave(world.act(one.user_id), None, world.clock.now())
    world.go_to(_at(monday + timedelta(days=4), time(11)))
    _answer(world, company, week)
    judge.look_at_end(week)


def _renew(world: World, company: Company, week: int) -> None:
    for one in company.people:
        if one.is_there(week):
            profile = Profile(one.user_id, one.zone)
            for kind, topics in ((TopicKind.OFFER, one.offers), (TopicKind.WANT, one.wants)):
                for topic in topics:
                    world.offers.save(world.act(one.user_id), TopicForm(kind, topic), profile, world.clock.now())


def _change_plans(world: World, company: Company, week: int) -> None:
    """Let some people not come after all, and some ask for another partner."""
    now, lots = world.clock.now(), company.lots
    for one in company.people:
        what = lots.random()
        if not one.is_there(week) or what >= CANNOT + SWAP:
            continue
        who = world.act(one.user_id)
        try:
            card = world.rounds.current(who, now)
            if card.group_id is not None and card.standing is Standing.SEATED:
                act = world.rounds.cannot if what < CANNOT else world.rounds.swap
                act(who, card.group_id, now)
        except UserError:
            # In no round: the person whose pace leaves this one out.
            continue


def _answer(world: World, company: Company, week: int) -> None:
    """Let people say whether they met; a group's people agree."""
    now = world.clock.now()
    met: dict[int, bool] = {}
    for one in company.people:
        answers = company.lots.random() < one.answers
        luck = company.lots.random() < MET
        if not one.is_there(week) or one.leaves == week:
            continue
        who = world.act(one.user_id)
        try:
            card = world.rounds.current(who, now)
        except UserError:
            continue
        if answers and card.group_id is not None and card.standing is Standing.SEATED:
            happened = met.setdefault(card.group_id, luck)
            world.check_ins.answer(who, card.group_id, Met.YES if happened else Met.NO, now)


def _at(day: date, at: time) -> datetime:
    return at_local(day, at, ZONE)
