"""What happens by itself, when, and how late is too late."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.cadence import DAYS_IN_WEEK, Weekly, at_local, local_day, weekday_in_week_of

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
PROMPT_WEEKDAY: Final = TUESDAY
PROMPT_AT: Final = time(10, 0)
PROMPT_LATENESS: Final = timedelta(days=1)
FOLLOW_UP_DAYS: Final = 2
ROUND_WEEKDAY: Final = MONDAY
ROUND_AT: Final = time(8, 0)
NOTE_WEEKDAY: Final = THURSDAY
NOTE_AT: Final = time(14, 0)
PEOPLE_AT: Final = time(2, 0)
TIDY_AT: Final = time(3, 0)
TOPICS_AT: Final = time(4, 0)
MESSAGES_KEPT_FOR: Final = timedelta(days=90)
INPUTS_KEPT_FOR: Final = timedelta(days=90)
ANSWERS_KEPT_FOR: Final = timedelta(days=365)
GONE_KEPT_FOR: Final = timedelta(days=30)
# Long enough for the person who restores an old copy to see whom to erase again.
ERASURES_KEPT_FOR: Final = timedelta(days=365)
RETRY_LONGEST: Final = timedelta(minutes=15)
# What has failed for so long is a person's to look at.
FAILS_ON_AFTER: Final = timedelta(hours=1)


def day_of_note(since: date) -> date:
    """Return the first day of weekly notes, a Thursday, that is not before a day."""
    return since + timedelta(days=(NOTE_WEEKDAY - since.weekday()) % DAYS_IN_WEEK)


def days_until_note(weekday: int) -> int:
    """Return how many days after the Thursday from which on a round asks a person's own weekly note comes.

    A person who has their note earlier in the week is asked in the next week.
    """
    return (weekday - NOTE_WEEKDAY) % DAYS_IN_WEEK


class DueKind(StrEnum):
    """What a due row stands for."""

    PROMPT = "prompt"
    PROMPT_FOLLOW_UP = "prompt.follow_up"
    ROUND = "round"
    PAUSE_OVER = "pause_over"
    PEOPLE = "people"
    ZONE = "zone"
    PLACE = "place"
    UNFINISHED = "unfinished"
    TIDY = "tidy"
    GOAL_CHECK = "goal.check"
    USE_CHECK = "use.check"
    ERASE = "erase"
    TOPICS = "topics"
    REQUEST_OVER = "request.over"


# What these are about is a community, by its id.
ABOUT_A_COMMUNITY: Final = frozenset({DueKind.PROMPT, DueKind.ROUND, DueKind.PLACE, DueKind.ZONE})


def is_prompt_too_late(due_at: datetime, now: datetime) -> bool:
    """Tell whether a prompt's day has passed; both moments are aware UTC."""
    return now - due_at > PROMPT_LATENESS


def is_round_too_late(due_at: datetime, now: datetime, zone: str) -> bool:
    """Tell whether the Wednesday until which a late round still helps is over.

    Both moments are aware UTC; the Wednesday is the one of the community's zone.
    """
    thursday = weekday_in_week_of(local_day(due_at, zone), THURSDAY)
    return now >= at_local(thursday, time(0, 0), zone)


def round_comes_at(due_at: datetime, rhythm: Weekly, now: datetime) -> datetime:
    """Return when a round that is planned begins: in its time, at once when it is late, else in its next time.

    Moments are aware UTC; after weeks without the app, this week's Monday counts.
    """
    if is_round_too_late(rhythm.newest_until(now, due_at), now, rhythm.zone):
        return rhythm.next_after(now, last=due_at)
    return max(now, due_at)


def retry_wait(failures: int) -> timedelta:
    """Return how long something that failed so many times in a row is left alone: 0, 0, 5, 10, 20 seconds and on.

    Twice it is tried again at once, since what fails because somebody else writes goes well then.
    """
    if failures <= 2:  # noqa: PLR2004 - "twice"
        return timedelta(0)
    return min(RETRY_LONGEST, timedelta(seconds=5 * 2 ** min(failures - 3, 10)))


def is_told_again(failing_since: datetime, tried_at: datetime, now: datetime) -> bool:
    """Tell whether a full hour of failing has passed between two tries; all moments are aware UTC."""
    return (now - failing_since) // FAILS_ON_AFTER > (tried_at - failing_since) // FAILS_ON_AFTER
