"""When people hear of what came of their own acts: at once when all are here, else at the next working day's start."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Window, first_common_opening
from bot.domain.results import RECENT, Hearer, heard_at

BERLIN = Window(zone="Europe/Berlin")
NEW_YORK = Window(zone="America/New_York")
TOKYO = Window(zone="Asia/Tokyo")
THURSDAYS = Window(zone="Europe/Berlin", days=frozenset({3}))
ALWAYS = Window(time(0), time(0), frozenset(range(7)), "Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("people", "now", "expected"),
    [
        # All inside their own hours.
        ([Hearer(BERLIN), Hearer(NEW_YORK)], at(0, 15), at(0, 15)),
        # One at night who has just acted, the other inside theirs.
        ([Hearer(BERLIN, at(0, 20)), Hearer(NEW_YORK)], at(0, 20), at(0, 20)),
        ([Hearer(BERLIN, at(0, 19, 30)), Hearer(BERLIN, at(0, 20))], at(0, 20), at(0, 20)),
        # Half an hour and a minute ago is too long.
        ([Hearer(BERLIN, at(0, 19, 29)), Hearer(BERLIN, at(0, 20))], at(0, 20), at(1, 8, 30)),
        # The first of the two begins the day.
        ([Hearer(BERLIN, at(0, 9)), Hearer(NEW_YORK)], at(0, 9), at(0, 14, 30)),
        ([Hearer(BERLIN, at(0, 20)), Hearer(TOKYO)], at(0, 20), at(1, 0, 30)),
        ([Hearer(BERLIN, at(4, 20)), Hearer(BERLIN)], at(4, 20), at(7, 8, 30)),
        # Nobody waits until Thursday for somebody who works on no other day.
        ([Hearer(BERLIN, at(3, 20)), Hearer(THURSDAYS)], at(3, 20), at(4, 8, 30)),
        ([Hearer(ALWAYS), Hearer(BERLIN)], at(5, 12), at(7, 8, 30)),
        ([Hearer(ALWAYS), Hearer(ALWAYS)], at(5, 12), at(5, 12)),
    ],
)
def test_people_hear_at_once_or_when_the_first_of_them_begins_a_working_day(
    people: list[Hearer], now: datetime, expected: datetime
) -> None:
    assert heard_at(people, now) == expected


windows = st.builds(
    Window,
    start=st.sampled_from([time(6), time(9, 30), time(22)]),
    end=st.sampled_from([time(6), time(16, 30)]),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
)
ago = st.none() | st.timedeltas(timedelta(0), 2 * RECENT)


@given(st.lists(st.tuples(windows, ago), min_size=2, max_size=5), st.integers(0, 3 * 365 * 24 * 4))
def test_it_is_never_later_than_the_first_moment_at_which_all_can_be_written_to(
    people: list[tuple[Window, timedelta | None]], quarters: int
) -> None:
    now = MONDAY + timedelta(minutes=15 * quarters)
    hearers = [Hearer(window, None if span is None else now - span) for window, span in people]

    heard = heard_at(hearers, now)

    together = first_common_opening([one.window for one in hearers], now, now + timedelta(days=7))
    assert heard >= now
    assert (heard == now) == all(one.is_here(now) for one in hearers)
    assert together is None or heard <= together
    assert heard == now or any(one.window.is_open(heard) for one in hearers)
    assert heard - now <= timedelta(days=8)
