"""The hard rules once more, written without the pairing, to judge what came out of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import combinations

from bot.domain.cadence import Window, common_openings
from bot.domain.pairing import Member


@lru_cache(maxsize=4096)
def share_an_hour(windows: frozenset[Window], week: date) -> bool:
    """Tell whether all windows are open for the same whole hour in the week of a Monday."""
    start = datetime.combine(week, time(0), UTC) - timedelta(days=1)
    openings = common_openings(list(windows), start, start + timedelta(days=9))
    return any(shuts - opens >= timedelta(hours=1) for opens, shuts in openings)


def may_meet(group: Sequence[Member], week: date) -> bool:
    """Tell whether the hard rules let these people be one group."""
    for one, other in combinations(group, 2):
        if other.id in {one.manager, *one.blocked} or one.id in {other.manager, *other.blocked}:
            return False
    spoken = [member.languages for member in group if member.languages]
    if spoken and not frozenset.intersection(*spoken):
        return False
    return all(member.writing_ok for member in group) or share_an_hour(
        frozenset(member.window for member in group), week
    )
