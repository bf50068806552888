"""Who may get a ping when: drawn histories, clock changes, year ends, moves, and what gives way to what."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Window, iso_week, local_day
from bot.domain.pings import Reader, Spent, find_room, last_moment

BERLIN, NEW_YORK, KOLKATA, LORD_HOWE = "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"
ZONES = (BERLIN, NEW_YORK, KOLKATA, LORD_HOWE, "Pacific/Kiritimati", "Pacific/Honolulu", "America/Santiago")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONG = timedelta(days=30)


def got(message: int, at: datetime, zone: str = BERLIN, *, is_note: bool = False) -> Spent:
    return Spent(message, at, local_day(at, zone), is_note)


def reader(*spent: Spent, zone: str = BERLIN, **more: object) -> Reader:
    return Reader(Window(zone=zone), spent, **more)  # type: ignore[arg-type]


def room(readers: Sequence[Reader], now: datetime, *, is_note: bool = False) -> datetime | None:
    return find_room(readers, 99, now, now + LONG, is_note=is_note)


def test_whoever_got_nothing_gets_it_now() -> None:
    assert room([reader()], MONDAY) == MONDAY


def test_a_second_one_waits_for_the_next_day() -> None:
    assert room([reader(got(1, MONDAY))], MONDAY + timedelta(hours=1)) == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def test_a_fourth_one_waits_for_the_next_week() -> None:
    spent = [got(day, MONDAY + timedelta(days=day)) for day in range(3)]

    assert room([reader(*spent)], MONDAY + timedelta(days=3)) == datetime(2026, 11, 30, 8, 30, tzinfo=UTC)


def test_a_week_is_an_iso_week_across_the_end_of_a_year() -> None:
    # Monday 28 December 2026 to Sunday 3 January 2027 are one week.
    monday = datetime(2026, 12, 28, 9, tzinfo=UTC)
    spent = [got(day, monday + timedelta(days=day)) for day in (0, 2, 3)]

    assert iso_week(date(2027, 1, 1)) == "2026-W53"
    assert room([reader(*spent)], datetime(2027, 1, 1, 9, tzinfo=UTC)) == datetime(2027, 1, 4, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("first", [datetime(2026, 10, 24, 20, tzinfo=UTC), datetime(2026, 3, 28, 21, tzinfo=UTC)])
def test_a_day_of_23_or_25_hours_is_one_day(first: datetime) -> None:
    whole = Window(start=datetime.min.time(), end=datetime.min.time(), days=frozenset(range(7)), zone=BERLIN)
    sunday = first.astimezone(ZoneInfo(BERLIN)).date() + timedelta(days=1)
    at = datetime(sunday.year, sunday.month, sunday.day, tzinfo=ZoneInfo(BERLIN))

    found = room([Reader(whole, [got(1, at)])], at + timedelta(hours=1))

    assert found is not None
    assert found.astimezone(ZoneInfo(BERLIN)).replace(tzinfo=None) == datetime.combine(
        sunday + timedelta(days=1), datetime.min.time()
    )


def test_somebody_who_flies_west_has_one_tuesday() -> None:
    tuesday_in_tokyo = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    flown = reader(got(1, tuesday_in_tokyo, "Asia/Tokyo"), zone="America/Los_Angeles")

    # Tuesday morning in Los Angeles, though the ping was on Monday afternoon there.
    found = room([flown], datetime(2026, 11, 24, 18, tzinfo=UTC))

    assert found == datetime(2026, 11, 25, 17, 30, tzinfo=UTC)


def test_a_group_waits_for_the_first_moment_that_suits_everybody() -> None:
    spent = [got(1, MONDAY)]
    full = [got(day, MONDAY + timedelta(days=day)) for day in range(3)]

    assert room([reader(*spent), reader()], MONDAY + timedelta(hours=2)) == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    # London opens an hour after Berlin.
    both = [reader(*full), reader(zone="Europe/London")]
    assert room(both, MONDAY + timedelta(days=3)) == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


def test_where_hours_never_meet_it_is_said_in_the_hours_of_one() -> None:
    far = [reader(zone=BERLIN), reader(zone="Pacific/Honolulu")]

    assert room(far, datetime(2026, 11, 23, 17, tzinfo=UTC)) == datetime(2026, 11, 23, 19, 30, tzinfo=UTC)


def test_what_goes_before_keeps_its_day_and_its_place_in_the_week() -> None:
    thursday = datetime(2026, 11, 26, 13, tzinfo=UTC)
    waits = reader(got(1, MONDAY), got(2, MONDAY + timedelta(days=1)), coming=[thursday])

    # The third place of the week is the note's, which comes on Thursday.
    assert room([waits], MONDAY + timedelta(days=2)) == datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
    assert room([reader(coming=[thursday])], thursday - timedelta(hours=4)) == datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
    assert room([reader(coming=[thursday])], MONDAY) == MONDAY


def test_nobody_gets_two_weekly_notes_in_a_week() -> None:
    late = reader(got(1, MONDAY, is_note=True))

    assert room([late], MONDAY + timedelta(days=3)) == MONDAY + timedelta(days=3)
    assert room([late], MONDAY + timedelta(days=3), is_note=True) == datetime(2026, 11, 30, 8, 30, tzinfo=UTC)


def test_it_waits_while_somebody_is_not_to_be_disturbed() -> None:
    until = MONDAY + timedelta(hours=3)

    assert room([reader(quiet_until=until), reader()], MONDAY) == until
    assert room([reader(quiet_until=MONDAY + timedelta(hours=9))], MONDAY) == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def test_the_same_message_sent_again_is_no_second_one_that_day_but_counts_on_another() -> None:
    doubtful = reader(got(99, MONDAY), got(1, MONDAY + timedelta(days=1)), got(2, MONDAY + timedelta(days=2)))

    assert room([reader(got(99, MONDAY))], MONDAY + timedelta(minutes=1)) == MONDAY + timedelta(minutes=1)
    assert room([doubtful], MONDAY + timedelta(days=3)) == datetime(2026, 11, 30, 8, 30, tzinfo=UTC)


def test_it_is_kept_to_the_end_of_the_third_working_day_and_never_longer_than_it_is_true() -> None:
    friday = datetime(2026, 11, 27, 9, tzinfo=UTC)
    end = last_moment([reader()], friday, None)

    assert end == datetime(2026, 12, 2, 23, tzinfo=UTC)
    assert find_room([reader(quiet_until=end + timedelta(days=1))], 99, friday, end) is None
    assert last_moment([reader()], friday, friday) == friday + timedelta(microseconds=1)
    assert find_room([reader()], 99, friday, last_moment([reader()], friday, friday)) == friday


@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001 - made aware below
    steps=st.lists(
        st.tuples(st.integers(0, 40 * 60), st.booleans(), st.sampled_from((None, *ZONES))), min_size=1, max_size=30
    ),
)
def test_nobody_ever_gets_more_than_one_a_day_and_three_a_week(
    zone: str, start: datetime, steps: list[tuple[int, bool, str | None]]
) -> None:
    """Messages come at any minutes, weekly notes among them, and the person moves now and then."""
    now = start.replace(tzinfo=UTC)
    spent: list[Spent] = []
    days, weeks, notes = Counter[date](), Counter[str](), Counter[str]()
    for number, (minutes, is_note, moved) in enumerate(steps):
        now += timedelta(minutes=minutes)
        zone = moved or zone
        found = find_room([Reader(Window(zone=zone), spent)], number, now, now + LONG, is_note=is_note)
        if found is None:
            continue
        now = found
        assert Window(zone=zone).is_open(found)
        spent.append(got(number, found, zone, is_note=is_note))
        days[local_day(found, zone)] += 1
        weeks[iso_week(local_day(found, zone))] += 1
        notes[iso_week(local_day(found, zone))] += is_note

    assert max(days.values(), default=0) <= 1
    assert max(weeks.values(), default=0) <= 3
    assert max(notes.values(), default=0) <= 1
    # Nor, for somebody who moves, by the clocks of where they are at the end.
    final = Counter(local_day(one.at, zone) for one in spent)
    assert all(count <= 1 for count in final.values()) or any(moved for _, _, moved in steps)
