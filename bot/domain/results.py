"""When people hear of what came of their own acts: a partner they agreed to meet or asked for, an answer.

That is no message the bot sends by itself, so no budget holds it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.cadence import Window

RECENT: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Hearer:
    """One of the people who hear of something.

    Args:
        window: When they may be written to.
        acted_at: When they last did something, aware UTC; None when nobody knows.
    """

    window: Window
    acted_at: datetime | None = None

    def is_here(self, now: datetime) -> bool:
        """Tell whether a person acted within the last half hour, or is inside their own hours."""
        has_just_acted = self.acted_at is not None and now - self.acted_at <= RECENT
        return has_just_acted or self.window.is_open(now)


@dataclass(frozen=True, slots=True)
class Coming:
    """When a message comes that introduces people who have just asked for it.

    Args:
        at: The moment, aware UTC.
        starts: Ids of those whose working day begins then; empty when nobody's does.
    """

    at: datetime
    starts: tuple[str, ...] = ()


def heard_at(people: Sequence[Hearer], now: datetime) -> datetime:
    """Return when people hear together of what came of their own acts, aware UTC.

    At once when all of them are here; otherwise when the first of them begins a working day. Nobody else's hours
    can open before that, so it is also never later than the first moment at which all of their hours are open.
    """
    if all(one.is_here(now) for one in people):
        return now
    starts = [one.window.next_start(now) for one in people]
    return min(start for start in starts if start is not None)
