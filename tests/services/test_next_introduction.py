"""What a person is told of their next introduction is what then happens, also in two communities."""

from datetime import timedelta

from bot.domain.schedule import DueKind
from bot.services.members.members import MemberService
from bot.services.overview.home import HomeService
from bot.services.rounds.rounds import RoundService
from storage.database import Database
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
