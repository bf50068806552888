"""The moment of each known person's last act is kept, once a minute, and nothing else."""

from datetime import timedelta

from bot.services.members.activity import NOTED_EVERY, ActivityService
from storage.activity import LastAct
from storage.database import Database
from tests.factories import MONDAY_8, actor, add_person, contents, rows

SECOND = timedelta(seconds=1)


def test_the_last_act_of_each_person_the_bot_knows_is_kept(database: Database) -> None:
    with database.write() as session:
        for user_id in ("UA", "UB"):
            add_person(session, user_id)
    acts = ActivityService(database)

    for user_id, at in (("UA", MONDAY_8), ("UB", MONDAY_8), ("UX", MONDAY_8), ("UA", MONDAY_8 + NOTED_EVERY)):
        acts.note(actor(user_id), at)

    kept = [(row.user_id, row.acted_at) for row in rows(database, LastAct)]
    assert kept == [("UA", MONDAY_8 + NOTED_EVERY), ("UB", MONDAY_8)]


def test_acts_within_a_minute_are_written_down_once_and_a_clock_set_back_does_not_stop_it(database: Database) -> None:
    with database.write() as session:
        add_person(session, "UA")
    acts = ActivityService(database)
    acts.note(actor("UA"), MONDAY_8)
    before = contents(database)

    acts.note(actor("UA"), MONDAY_8 + NOTED_EVERY - SECOND)
    assert contents(database) == before
    acts.note(actor("UA"), MONDAY_8 - SECOND)

    assert [row.acted_at for row in rows(database, LastAct)] == [MONDAY_8 - SECOND]
