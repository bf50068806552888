"""Rules for requests to be introduced: somebody asks, the other is asked first, silence is a no."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.cadence import add_working_days, at_local, local_day, weekday_in_week_of
from bot.domain.offers import TopicKind
from bot.domain.results import Coming
from bot.domain.schedule import MONDAY, is_round_too_late

MOST_OPEN_REQUESTS: Final = 3
ANSWER_WORKING_DAYS: Final = 5
# After an answer, or none, the same person is not asked by the same one again for so long.
ASKED_AGAIN_AFTER: Final = timedelta(weeks=8)
# People in different zones meet, and no community's is theirs.
UTC_ZONE: Final = "UTC"
TIME_TO_MEET: Final = timedelta(weeks=2)


class RequestState(StrEnum):
    """What became of a request."""

    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"
    SILENT = "silent"
    TAKEN_BACK = "taken_back"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True)
class RequestCard:
    """A request as its two people see it.

    Args:
        asker: Id of who asks to be introduced.
        asked: Id of who is asked first.
        kind: Whether the one who is asked offers the topic or wants it.
        topic: In the words of the one who is asked.
        until: The last day on which a yes counts, in the zone of the one who is asked.
        state: What became of it.
        coming: When the message comes that introduces two who agreed to it; None when it comes at once, or has come.
    """

    request_id: int
    asker: str
    asked: str
    kind: TopicKind
    topic: str
    until: date
    state: RequestState = RequestState.OPEN
    coming: Coming | None = None


def silent_from(asked_at: datetime, zone: str) -> datetime:
    """Return from when on silence is a no: the end of the fifth working day after the question, in a zone."""
    last_day = add_working_days(local_day(asked_at, zone), ANSWER_WORKING_DAYS)
    return at_local(last_day + timedelta(days=1), time(0, 0), zone)


def weeks_for(agreed_at: datetime) -> tuple[datetime, datetime]:
    """Return the two weeks that people have who agreed to meet at a moment, as a round would have them in UTC.

    Who agrees after a Wednesday has the two weeks from the next Monday on; all moments are aware UTC.
    """
    monday = at_local(weekday_in_week_of(local_day(agreed_at, UTC_ZONE), MONDAY), time(0, 0), UTC_ZONE)
    if is_round_too_late(monday, agreed_at, UTC_ZONE):
        monday += timedelta(weeks=1)
    return monday, monday + TIME_TO_MEET


def pair_of(one: str, other: str) -> str:
    """Return the name of two people together, whichever of them asks."""
    return " ".join(sorted((one, other)))
