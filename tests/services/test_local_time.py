"""Local time stays local: clock changes and the turn of a year with 53 weeks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.cadence import Weekly, at_local
from bot.domain.messages import MessageKind
from bot.domain.schedule import DueKind
from bot.services.communities.prompts import PromptService
from bot.services.rounds.rounds import RoundService
from storage import due
from storage.database import Database
from storage.prompts import PromptPost
from storage.rounds.rounds import Round
from tests.effort import effort, longer
from tests.factories import add_community, add_members, due_row, messages, rows

# The clock changes of autumn and the end of 2026, whose last ISO week is the 53rd; then those of spring.
SEASONS = [(date(2026, 9, 14), 17), (date(2027, 2, 22), 8)]
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"]
RHYTHMS = [(zone, 1) for zone in ZONES] + [(zone, weeks) for zone in (ZONES[0], ZONES[2]) for weeks in (2, 4)]


def plan_from(database: Database, zone: str, monday: date, weeks: int) -> None:
    """Let a community's first round be due on a Monday and its first prompt on the day after."""
    prompt, meets = Weekly(1, time(10, 0), zone), Weekly(0, time(8, 0), zone, weeks)
    with database.write() as session:
        first = at_local(monday, time(8, 0), zone)
        due.set_due(session, "T1", DueKind.ROUND, "1", first, meets.encode())
        second = at_local(monday + timedelta(days=1), time(10, 0), zone)
        due.set_due(session, "T1", DueKind.PROMPT, "1", second, prompt.encode())


@longer
@pytest.mark.parametrize("zone", ZONES[: effort(2, 5)])
@pytest.mark.parametrize(("monday", "season"), SEASONS)
def test_the_prompt_comes_every_tuesday_at_ten_on_the_wall(
    database: Database, prompts: PromptService, zone: str, monday: date, season: int
) -> None:
    with database.write() as session:
        add_community(session, zone=zone)
    plan_from(database, zone, monday, 1)

    for _ in range(season):
        row = due_row(database, DueKind.PROMPT)
        prompts.post(row, row.due_at + timedelta(seconds=1))

    moments = [post.due_at.astimezone(ZoneInfo(zone)) for post in rows(database, PromptPost)]
    assert {(moment.weekday(), moment.time()) for moment in moments} == {(1, time(10, 0))}
    assert [moment.date() for moment in moments] == [monday + timedelta(days=1, weeks=week) for week in range(season)]


@longer
@pytest.mark.parametrize(("zone", "weeks"), RHYTHMS[:: effort(3, 1)])
@pytest.mark.parametrize(("monday", "season"), SEASONS)
def test_the_round_begins_on_mondays_at_eight_on_the_wall(
    database: Database, rounds: RoundService, zone: str, monday: date, season: int, weeks: int
) -> None:
    with database.write() as session:
        add_members(session, add_community(session, zone=zone, weeks=weeks), "UA", "UB", "UC", "UD", zone=zone)
    plan_from(database, zone, monday, weeks)

    for _ in range(season // weeks):
        row = due_row(database, DueKind.ROUND)
        rounds.start(row, row.due_at + timedelta(seconds=1))

    every = rows(database, Round)
    moments = [one.due_at.astimezone(ZoneInfo(zone)) for one in every]
    assert {(moment.weekday(), moment.time()) for moment in moments} == {(0, time(8, 0))}
    assert [moment.date() for moment in moments] == [
        monday + timedelta(weeks=weeks * number) for number in range(season // weeks)
    ]
    assert [one.ends_at for one in every[:-1]] == [one.due_at for one in every[1:]]
    for introduction in messages(database, MessageKind.INTRODUCTION):
        local = introduction.not_before.astimezone(ZoneInfo(zone))
        assert (local.weekday(), local.time()) == (0, time(9, 30))


@pytest.mark.parametrize(("monday", "season"), SEASONS)
def test_the_note_comes_on_thursday_at_two_wherever_a_person_is_and_once_a_week(
    database: Database, rounds: RoundService, monday: date, season: int
) -> None:
    homes = dict(zip(("UA", "UB", "UC", "UD", "UE"), ZONES, strict=True))
    with database.write() as session:
        community = add_community(session)
        for user_id, zone in homes.items():
            add_members(session, community, user_id, zone=zone)
    plan_from(database, "Europe/Berlin", monday, 1)

    for _ in range(season):
        row = due_row(database, DueKind.ROUND)
        rounds.start(row, row.due_at + timedelta(seconds=1))

    notes = messages(database, MessageKind.WEEKLY_NOTE)
    assert len({note.key for note in notes}) == len(notes) == season * len(homes)
    for note in notes:
        local = note.not_before.astimezone(ZoneInfo(homes[note.people]))
        assert (local.weekday(), local.time()) == (3, time(14, 0))
        year, week, _ = local.date().isocalendar()
        assert note.key == f"note:{note.people}:{year}-W{week:02d}"


def test_the_last_week_of_2026_is_the_53rd_and_the_next_the_first_of_2027(
    database: Database, rounds: RoundService
) -> None:
    with database.write() as session:
        add_members(session, add_community(session), "UA", "UB", "UC", "UD")
    plan_from(database, "Europe/Berlin", date(2026, 12, 21), 1)

    for _ in range(3):
        row = due_row(database, DueKind.ROUND)
        rounds.start(row, row.due_at)

    notes = {note.key: note.not_before for note in messages(database, MessageKind.WEEKLY_NOTE) if note.people == "UA"}
    assert notes == {
        "note:UA:2026-W52": datetime(2026, 12, 24, 13, tzinfo=UTC),
        "note:UA:2026-W53": datetime(2026, 12, 31, 13, tzinfo=UTC),
        "note:UA:2027-W01": datetime(2027, 1, 7, 13, tzinfo=UTC),
    }
