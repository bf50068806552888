"""How long two people have who are introduced on request."""

from datetime import UTC, datetime

import pytest

from bot.domain.requests import weeks_for

MONDAY, NEXT_MONDAY = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("agreed_at", "begins", "ends"),
    [
        (MONDAY, MONDAY, datetime(2026, 12, 7, tzinfo=UTC)),
        (datetime(2026, 11, 25, 23, 59, tzinfo=UTC), MONDAY, datetime(2026, 12, 7, tzinfo=UTC)),
        (datetime(2026, 11, 26, tzinfo=UTC), NEXT_MONDAY, datetime(2026, 12, 14, tzinfo=UTC)),
        (datetime(2026, 11, 29, 23, 59, tzinfo=UTC), NEXT_MONDAY, datetime(2026, 12, 14, tzinfo=UTC)),
    ],
)
def test_two_weeks_from_this_monday_until_wednesday_and_from_the_next_one_after(
    agreed_at: datetime, begins: datetime, ends: datetime
) -> None:
    assert weeks_for(agreed_at) == (begins, ends)
