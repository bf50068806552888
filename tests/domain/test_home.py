"""What App Home goes by."""

from datetime import UTC, datetime

import pytest

from bot.domain.home import Overview, PartOfDay, part_of_day
from bot.domain.offers import TopicCard, TopicKind


@pytest.mark.parametrize(
    ("hour", "zone", "expected"),
    [
        (10, "Europe/Berlin", PartOfDay.MORNING),
        (11, "Europe/Berlin", PartOfDay.AFTERNOON),
        (16, "Europe/Berlin", PartOfDay.AFTERNOON),
        (17, "Europe/Berlin", PartOfDay.EVENING),
        (10, "America/New_York", PartOfDay.MORNING),
        (10, "Australia/Sydney", PartOfDay.EVENING),
    ],
)
def test_the_greeting_is_that_of_the_persons_own_clock(hour: int, zone: str, expected: PartOfDay) -> None:
    assert part_of_day(datetime(2026, 11, 25, hour, 30, tzinfo=UTC), zone) is expected


def test_home_is_new_until_something_in_it_is_the_persons_own() -> None:
    empty = Overview((), (), (), (), None, ("C1",), pings_this_week=1, user_id="U1")
    card = TopicCard(1, TopicKind.OFFER, "pivot tables", 15, datetime(2027, 1, 1, tzinfo=UTC).date())

    assert empty.is_first_time
    assert not Overview((), (), (), (), None, (), topics=(card,)).is_first_time
