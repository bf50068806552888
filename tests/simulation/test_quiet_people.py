"""People who meet and never tap stay in, since those whom they met say so."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlmodel import select

from bot.domain.cadence import at_local
from bot.domain.communities import SetUp
from bot.domain.errors import UserError
from bot.domain.identity import Profile
from bot.domain.rounds import Met
from bot.simulation.world import World
from storage.members import Membership, Part
from storage.rounds.rounds import Round, Seat
from tests.factories import BERLIN

CHANNEL = "C1"
EVERYBODY = [f"U{number:02}" for number in range(26)]
QUIET = frozenset(EVERYBODY[::4])
ROUNDS = 12
MONDAY = date(2026, 11, 30)


def at(week: int, weekday: int, hour: int) -> datetime:
    return at_local(MONDAY + timedelta(weeks=week, days=weekday), time(hour), BERLIN)


def test_in_twelve_rounds_nobody_is_stopped_whose_partners_said_that_they_met(tmp_path: Path) -> None:
    world = World(str(tmp_path / "peerloop.db"), at(-1, 4, 9))
    form = SetUp("Getting better at planning, together", facilitators=("U01",))
    profiles = {one: Profile(one, BERLIN) for one in EVERYBODY}
    world.communities.set_up(world.act("U01"), CHANNEL, form, profiles["U01"], (), world.clock.now())
    for one in EVERYBODY:
        world.members.join(world.act(one), CHANNEL, profiles[one], world.clock.now())

    for week in range(ROUNDS):
        # On Friday, when the notes have come, all but the quiet ones say that they met.
        world.go_to(at(week, 4, 11))
        for one in EVERYBODY:
            if one not in QUIET:
                say_that_they_met(world, one)
    world.go_to(at(ROUNDS, 0, 9))

    with world.database.read() as session:
        parts = session.exec(select(Membership.part)).all()
        held = session.exec(select(Round.id)).all()
        seats = session.exec(select(Seat.id).where(Seat.state == "seated")).all()
    world.close()
    assert set(parts) == {Part.IN}
    assert (len(held), len(seats)) == (ROUNDS + 1, (ROUNDS + 1) * len(EVERYBODY))


def say_that_they_met(world: World, one: str) -> None:
    who, now = world.act(one), world.clock.now()
    try:
        card = world.rounds.current(who, now)
    except UserError:
        # Introduced no more.
        return
    if card.group_id is not None:
        world.check_ins.answer(who, card.group_id, Met.YES, now)
