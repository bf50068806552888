"""Local times, rhythms and windows across clock changes and year ends."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import (
    Daily,
    Monthly,
    Weekly,
    Window,
    add_working_days,
    at_local,
    common_openings,
    decode_cadence,
    first_common_opening,
    iso_week,
    known_zone,
    local_day,
    weekday_in_week_of,
)

BERLIN = "Europe/Berlin"
ZONES = [
    BERLIN,
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/Santiago",
    "Africa/Casablanca",
    "UTC",
]

zones = st.sampled_from(ZONES)
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
moments = st.datetimes(datetime(2009, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def skipped(day: date, at: time, zone: str) -> bool:
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("day", "at", "zone", "expected"),
    [
        (date(2026, 11, 24), time(10), BERLIN, utc(2026, 11, 24, 9)),
        (date(2026, 11, 24), time(10), "Asia/Kolkata", utc(2026, 11, 24, 4, 30)),
        # 2:00 to 3:00 does not happen.
        (date(2027, 3, 28), time(2), BERLIN, utc(2027, 3, 28, 1)),
        (date(2027, 3, 28), time(2, 30), BERLIN, utc(2027, 3, 28, 1)),
        (date(2027, 3, 28), time(3), BERLIN, utc(2027, 3, 28, 1)),
        (date(2027, 3, 14), time(2, 59), "America/New_York", utc(2027, 3, 14, 7)),
        # 2:00 to 2:30 does not happen.
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", utc(2026, 10, 3, 15, 30)),
        (date(2026, 10, 4), time(2, 30), "Australia/Lord_Howe", utc(2026, 10, 3, 15, 30)),
        # A whole day that does not happen.
        (date(2011, 12, 30), time(10), "Pacific/Apia", utc(2011, 12, 30, 10)),
        # Times that come twice.
        (date(2026, 10, 25), time(2, 30), BERLIN, utc(2026, 10, 25, 0, 30)),
        (date(2026, 11, 1), time(1, 30), "America/New_York", utc(2026, 11, 1, 5, 30)),
        (date(2027, 4, 4), time(1, 45), "Australia/Lord_Howe", utc(2027, 4, 3, 14, 45)),
    ],
)
def test_a_local_time_is_one_instant(day: date, at: time, zone: str, expected: datetime) -> None:
    assert at_local(day, at, zone) == expected
    assert at_local(day, at, zone).tzinfo is UTC


@given(st.dates(date(2009, 1, 1), date(2040, 1, 1)), times, zones)
def test_clocks_show_the_time_unless_it_is_skipped(day: date, at: time, zone: str) -> None:
    shown = at_local(day, at, zone).astimezone(ZoneInfo(zone))

    if skipped(day, at, zone):
        before = (shown.astimezone(UTC) - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
        assert before.replace(tzinfo=None) < datetime.combine(day, at) < shown.replace(tzinfo=None)
    else:
        assert (shown.date(), shown.time(), shown.fold) == (day, at, 0)


def test_a_day_is_local() -> None:
    assert local_day(utc(2026, 11, 23, 23, 30), BERLIN) == date(2026, 11, 24)
    assert local_day(utc(2026, 11, 23, 23, 30), "America/New_York") == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2023, 1, 1), "2022-W52"),
    ],
)
def test_weeks_have_iso_years(day: date, week: str) -> None:
    assert iso_week(day) == week


def test_a_weekday_stays_in_its_week_over_the_year_end() -> None:
    assert weekday_in_week_of(date(2027, 1, 3), 0) == date(2026, 12, 28)
    assert weekday_in_week_of(date(2026, 12, 28), 6) == date(2027, 1, 3)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 24), 2, date(2026, 11, 26)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 0, date(2026, 11, 28)),
        (date(2026, 11, 23), 10, date(2026, 12, 7)),
        (date(2026, 11, 30), -1, date(2026, 11, 27)),
    ],
)
def test_working_days_skip_weekends(day: date, count: int, expected: date) -> None:
    assert add_working_days(day, count) == expected


def test_a_rhythm_of_two_weeks_keeps_its_wall_clock_over_a_clock_change() -> None:
    cadence = Weekly(1, time(10), BERLIN, every=2)
    due = at_local(date(2026, 10, 13), time(10), BERLIN)

    days = []
    for _ in range(4):
        due = cadence.next_after(due, last=due)
        days.append(due)

    assert days == [utc(2026, 10, 27, 9), utc(2026, 11, 10, 9), utc(2026, 11, 24, 9), utc(2026, 12, 8, 9)]


def test_a_rhythm_goes_on_in_step_after_an_outage_and_over_a_53rd_week() -> None:
    cadence = Weekly(0, time(9), BERLIN, every=2)
    last = at_local(date(2026, 12, 14), time(9), BERLIN)

    assert cadence.next_after(utc(2026, 12, 28, 8, 1), last) == utc(2027, 1, 11, 8)
    assert cadence.next_after(utc(2027, 1, 12), last) == utc(2027, 1, 25, 8)


def test_a_changed_weekday_keeps_the_rhythm_of_weeks() -> None:
    last = at_local(date(2026, 11, 23), time(9), BERLIN)

    due = Weekly(2, time(9), BERLIN, every=2).next_after(last, last)

    assert due == utc(2026, 12, 9, 8)


def test_without_a_previous_time_the_next_weekday_counts() -> None:
    cadence = Weekly(1, time(10), BERLIN, every=4)

    assert cadence.next_after(utc(2026, 11, 24, 8, 59)) == utc(2026, 11, 24, 9)
    assert cadence.next_after(utc(2026, 11, 24, 9)) == utc(2026, 12, 1, 9)


@given(st.integers(0, 6), times, zones, st.integers(1, 4), moments, st.none() | moments)
def test_the_next_time_is_later_on_its_weekday_and_on_the_clock(
    weekday: int, at: time, zone: str, every: int, moment: datetime, last: datetime | None
) -> None:
    cadence = Weekly(weekday, at, zone, every)

    due = cadence.next_after(moment, last)

    local = due.astimezone(ZoneInfo(zone))
    assert due > moment
    meant = [local.date() - timedelta(days=back) for back in range(2)]
    day = next(day for day in meant if day.weekday() == weekday and at_local(day, at, zone) == due)
    assert (local.date(), local.time()) == (day, at) or skipped(day, at, zone)
    if last is None:
        assert due - moment <= timedelta(days=7, hours=25)
    else:
        assert due > last or local_day(last, zone) != local_day(due, zone)
        weeks = (day - weekday_in_week_of(local_day(last, zone), weekday)).days / 7
        assert weeks >= every
        assert weeks % every == 0
        earlier = day - timedelta(weeks=every)
        assert weeks == every or at_local(earlier, at, zone) <= moment


@given(times, zones, moments, st.none() | moments)
def test_a_daily_time_is_later_and_never_twice_on_a_day(
    at: time, zone: str, moment: datetime, last: datetime | None
) -> None:
    due = Daily(at, zone).next_after(moment, last)

    assert due > moment
    assert last is None or local_day(due, zone) > local_day(last, zone)
    if last is None or last <= moment:
        assert due - moment <= timedelta(hours=73 if zone == "Pacific/Apia" else 49)


@pytest.mark.parametrize(
    ("which", "days"),
    [
        (1, ["2026-03-02", "2026-04-06", "2026-05-04"]),
        (4, ["2026-03-23", "2026-04-27", "2026-05-25"]),
        # The clock changes the day before the first, and May has five Mondays before its 30th.
        (-1, ["2026-03-30", "2026-04-27", "2026-05-25"]),
    ],
)
def test_a_monthly_cadence_is_due_on_its_monday(which: int, days: list[str]) -> None:
    monthly = Monthly(0, which, time(10), BERLIN)

    found, moment = [], utc(2026, 3, 1)
    for _ in days:
        moment = monthly.next_after(moment)
        found.append(moment.astimezone(ZoneInfo(BERLIN)))

    assert [f"{local:%Y-%m-%d %H:%M}" for local in found] == [f"{day} 10:00" for day in days]


@given(st.integers(0, 6), st.sampled_from([1, 2, 3, 4, -1]), times, zones, moments)
def test_a_month_has_one_due_day_and_it_is_the_right_weekday(
    weekday: int, which: int, at: time, zone: str, moment: datetime
) -> None:
    monthly = Monthly(weekday, which, at, zone)

    first = monthly.next_after(moment)
    # Somebody was late by a week: the month it was for is not served again.
    second = monthly.next_after(first + timedelta(minutes=1), last=first)

    days = [local_day(due, zone) for due in (first, second)]
    assert first > moment
    # Samoa skipped a whole Friday; what was due then is due at the first instant after it.
    assert {day.weekday() for day in days} == {weekday} or zone == "Pacific/Apia"
    months = [day.year * 12 + day.month for day in days]
    assert months[1] - months[0] == 1
    if which == -1:
        assert (days[0] + timedelta(weeks=1)).month != days[0].month
    else:
        assert (days[0].day - 1) // 7 + 1 == which or zone == "Pacific/Apia"


@pytest.mark.parametrize(("weekday", "which"), [(7, 1), (-1, 1), (0, 0), (0, 5), (0, -2)])
def test_no_month_has_such_a_day(weekday: int, which: int) -> None:
    with pytest.raises(ValueError, match=r"month has|weekday is"):
        Monthly(weekday, which, time(10), BERLIN)


@given(st.integers(0, 6), times, zones, st.integers(1, 9))
def test_a_cadence_survives_its_column(weekday: int, at: time, zone: str, every: int) -> None:
    weekly, daily, monthly = Weekly(weekday, at, zone, every), Daily(at, zone), Monthly(weekday, -1, at, zone)

    assert decode_cadence(weekly.encode()) == weekly
    assert decode_cadence(daily.encode()) == daily
    assert decode_cadence(monthly.encode()) == monthly


def test_the_column_form_stays_as_it_is() -> None:
    assert Weekly(1, time(10), BERLIN, 2).encode() == "weekly:1:10:00:Europe/Berlin:2"
    assert Daily(time(6, 5), "UTC").encode() == "daily:06:05:UTC"


@pytest.mark.parametrize("text", ["", "weekly", "monthly:1:10:00:UTC", "weekly:7:10:00:UTC:1", "daily:25:00:UTC"])
def test_no_other_text_is_a_cadence(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_cadence(text)


def test_a_window_is_open_from_its_first_minute_to_before_its_last() -> None:
    window = Window(zone=BERLIN)

    assert not window.is_open(utc(2026, 11, 23, 8, 29))
    assert window.is_open(utc(2026, 11, 23, 8, 30))
    assert not window.is_open(utc(2026, 11, 23, 15, 30))
    assert not window.is_open(utc(2026, 11, 22, 12))


def test_the_next_opening_is_now_or_the_next_working_morning() -> None:
    window = Window(zone=BERLIN)

    assert window.next_opening(utc(2026, 11, 23, 12)) == utc(2026, 11, 23, 12)
    assert window.next_opening(utc(2026, 11, 27, 15, 30)) == utc(2026, 11, 30, 8, 30)
    # The clock changes in that weekend.
    assert window.next_opening(utc(2026, 10, 23, 20)) == utc(2026, 10, 26, 8, 30)


def test_a_night_shift_is_open_over_midnight() -> None:
    window = Window(time(22), time(6), frozenset({4}), BERLIN)

    assert window.is_open(utc(2026, 11, 28, 4))
    assert not window.is_open(utc(2026, 11, 27, 4))
    assert window.next_opening(utc(2026, 11, 28, 5)) == utc(2026, 12, 4, 21)


@given(times, times, st.frozensets(st.integers(0, 6), min_size=1), zones, moments, st.integers(0, 5 * 24 * 60))
def test_windows_agree_with_themselves(
    start: time, end: time, days: frozenset[int], zone: str, moment: datetime, minutes: int
) -> None:
    window = Window(start, end, days, zone)

    opening = window.next_opening(moment)

    assert opening >= moment
    assert window.is_open(opening)
    assert (opening == moment) == window.is_open(moment)
    until = moment + timedelta(minutes=minutes)
    expected = opening if opening < until else None
    assert first_common_opening([window], moment, until) == expected


def test_people_far_apart_share_the_hours_they_share() -> None:
    berlin, new_york, kolkata = (Window(zone=zone) for zone in (BERLIN, "America/New_York", "Asia/Kolkata"))
    monday, tuesday = utc(2026, 11, 23), utc(2026, 11, 24)

    both = common_openings([berlin, new_york], monday, tuesday)

    assert both == [(utc(2026, 11, 23, 14, 30), utc(2026, 11, 23, 15, 30))]
    assert first_common_opening([berlin, kolkata], monday, tuesday) == utc(2026, 11, 23, 8, 30)
    assert first_common_opening([berlin, new_york, kolkata], monday, tuesday) is None
    # Two weeks a year the clocks are closer.
    assert common_openings([berlin, new_york], utc(2026, 10, 26), utc(2026, 10, 27)) == [
        (utc(2026, 10, 26, 13, 30), utc(2026, 10, 26, 15, 30))
    ]


def test_openings_that_touch_are_one_and_no_window_is_always_open() -> None:
    always = Window(time(0), time(0), frozenset(range(7)), BERLIN)
    start, end = utc(2026, 10, 20), utc(2026, 11, 3)

    assert common_openings([always, always], start, end) == [(start, end)]
    assert common_openings([], start, end) == [(start, end)]
    assert common_openings([], end, start) == []


@pytest.mark.parametrize(
    "name", [None, "", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe", "a\0b", "x" * 300]
)
def test_an_unknown_zone_gives_way_to_the_fallback(name: str | None) -> None:
    assert known_zone(name, BERLIN) == BERLIN
    assert known_zone("Asia/Kolkata", BERLIN) == "Asia/Kolkata"
