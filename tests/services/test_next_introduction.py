"""What a person is told of their next introduction is what then happens, also in two communities."""

from datetime import timedelta

import pytest

from bot.domain.schedule import DueKind
from bot.services.communities.communities import CommunityService
from bot.services.members.members import MemberService
from bot.services.overview.home import HomeService
from bot.services.rounds.rounds import RoundService
from storage.database import Database
from storage.members import Person
from storage.rounds.rounds import Round, Seat
from tests.factories import MONDAY_8, actor, add_community, add_members, due_row, let_in, profile, rows


def test_two_communities_name_the_days_on_which_each_introduces_a_person(
    database: Database, members: MemberService, home: HomeService, rounds: RoundService
) -> None:
    people = ("UA", "UB", "UC", "UD")
    with database.write("T1") as session:
        add_members(session, add_community(session), *people)
        other = add_community(session, "C2")
        for user_id in people:
            let_in(session, other, user_id)
    before = MONDAY_8 - timedelta(days=2)
    joined = members.join(actor("UA"), "C2", profile("UA"), before)
    told = {part.channel_id: part.next_on for part in home.overview(actor("UA"), before).taking_part}
    preview = rounds.preview(actor("UF"), "C2", before)
    for week in range(2):
        now = MONDAY_8 + timedelta(weeks=week)
        for subject in ("2", "1"):
            rounds.start(due_row(database, DueKind.ROUND, subject), now)
    begun = {row.id: row for row in rows(database, Round)}
    came = {
        f"C{begun[seat.round_id].community_id}": begun[seat.round_id].started_at.date()
        for seat in rows(database, Seat)
        if seat.user_id == "UA"
    }
    assert told == came
    assert (joined.first_on, len(set(told.values()))) == (told["C2"], 2)
    assert (preview.available, preview.elsewhere) == (0, 4)


def test_a_day_that_is_told_reckons_with_a_persons_own_pace_and_pause(
    database: Database, members: MemberService, home: HomeService, rounds: RoundService
) -> None:
    with database.write("T1") as session:
        add_members(session, add_community(session), "UA", "UB", "UC", "UD", "UE", "UG")
        slow = session.get_one(Person, ("T1", "UA"))
        slow.pace = 3
    rounds.start(due_row(database, DueKind.ROUND), MONDAY_8)
    now = MONDAY_8 + timedelta(hours=1)
    members.pause(actor("UB"), (MONDAY_8 + timedelta(days=8)).date(), profile("UB"), now)

    told = {user_id: home.overview(actor(user_id), now).taking_part[0].next_on for user_id in ("UA", "UB", "UC")}

    for week in (1, 2, 3):
        rounds.start(due_row(database, DueKind.ROUND), MONDAY_8 + timedelta(weeks=week))
    begun = {row.id: row.started_at.date() for row in rows(database, Round)}
    came = {
        user_id: min(
            begun[seat.round_id]
            for seat in rows(database, Seat)
            if seat.user_id == user_id and begun[seat.round_id] > MONDAY_8.date()
        )
        for user_id in told
    }
    assert told == came
    assert len(set(told.values())) == 3


@pytest.mark.parametrize(("late", "days"), [(timedelta(hours=30), 1), (timedelta(days=4), 7), (timedelta(days=18), 21)])
def test_no_day_that_is_told_has_passed_while_a_round_is_overdue(
    database: Database,
    communities: CommunityService,
    home: HomeService,
    rounds: RoundService,
    late: timedelta,
    days: int,
) -> None:
    with database.write("T1") as session:
        add_members(session, add_community(session), "UA", "UB", "UC", "UD")
    now = MONDAY_8 + late

    told = {
        communities.about(actor("UA"), "C1", now).first_round_on,
        home.overview(actor("UA"), now).taking_part[0].next_on,
        rounds.status(actor("UF"), "C1", now).next_on,
        rounds.preview(actor("UF"), "C1", now).next_on,
    }

    assert told == {(MONDAY_8 + timedelta(days=days)).date()}
    rounds.start(due_row(database, DueKind.ROUND), now)
    if (following := due_row(database, DueKind.ROUND).due_at).date() in told:
        rounds.start(due_row(database, DueKind.ROUND), following)
    assert {row.started_at.date() for row in rows(database, Round) if not row.skipped} == told
