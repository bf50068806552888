"""Who is in the simulated year: eight communities in four zones, some people in two or three of them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.communities import Rhythm

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
COMMUNITIES = 8
ROUND_AT = time(8, 0)
_OFFICE = Rhythm(prompt_weekday=1, prompt_at=time(10, 0))
# In the night of a clock change these times are skipped or come twice; no form offers them, the rules hold too.
_NIGHTS = {
    "Europe/Berlin": Rhythm(prompt_weekday=6, prompt_at=time(2, 15), round_weeks=1),
    "America/New_York": Rhythm(prompt_weekday=6, prompt_at=time(1, 30), round_weeks=1),
    "Asia/Kolkata": Rhythm(prompt_weekday=4, prompt_at=time(23, 45), round_weeks=4),
    "Australia/Lord_Howe": Rhythm(prompt_weekday=6, prompt_at=time(2, 15), round_weeks=1),
}


def channel_of(number: int) -> str:
    """Return the channel of a community."""
    return f"C0YEAR{number}"


def zone_of(number: int) -> str:
    """Return the zone of a community, or of a person."""
    return ZONES[number % len(ZONES)]


def rhythm_of(number: int) -> Rhythm:
    """Return the rhythm of a community: the usual one, or one that meets every clock change."""
    return _OFFICE if number < len(ZONES) else _NIGHTS[zone_of(number)]


def people_of(size: int) -> dict[str, str]:
    """Return the zone of each person."""
    return {f"U{number:04}": zone_of(number) for number in range(size)}


def members_of(size: int) -> dict[str, list[str]]:
    """Return who is in each channel: everybody in one, every fifth in two, every twenty-fifth in three."""
    members: dict[str, list[str]] = {channel_of(number): [] for number in range(COMMUNITIES)}
    for number, who in enumerate(people_of(size)):
        home = number % COMMUNITIES
        places = [home] + [home + 1] * (number % 5 == 0) + [home + 4] * (number % 25 == 0)
        for place in places:
            members[channel_of(place % COMMUNITIES)].append(who)
    return members


def weekly_moments(weekday: int, at: time, zone: str, first: datetime, last: datetime) -> Sequence[datetime]:
    """Return every such moment between two others; found by walking the minutes of the day, not by the bot's rules.

    A time that the clocks skip means the first minute they show after it; one that comes twice, the first.
    """
    place, found = ZoneInfo(zone), []
    day = first.astimezone(place).date()
    while day <= last.astimezone(place).date():
        if day.weekday() == weekday and first < (moment := _first_minute(day, at, place)) <= last:
            found.append(moment)
        day += timedelta(days=1)
    return found


def _first_minute(day: date, at: time, place: ZoneInfo) -> datetime:
    # Long before the time, whatever the clocks do meanwhile.
    moment = datetime.combine(day, at, ZoneInfo("UTC")) - timedelta(hours=16)
    while (shown := moment.astimezone(place)).date() < day or (shown.date() == day and shown.time() < at):
        moment += timedelta(minutes=1)
    return moment
