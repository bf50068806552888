"""Slack's date tokens, and the times shown beside messages, in the reader's time zone."""

import re
from datetime import UTC, datetime, timedelta

from playground.page.reader import Reader

# Slack leaves the year out of dates nearer than about six months.
NEAR = timedelta(days=182)
TOKEN = re.compile(r"\{([a-z_]+)\}")
ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
PRETTY_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}
AGO_STEPS = ((60, "second"), (60, "minute"), (24, "hour"), (30, "day"), (12, "month"))


def _day(at: datetime, reader: Reader, style: str) -> str:
    pretty = style.endswith("_pretty")
    distance = (at.date() - reader.local(reader.now).date()).days
    if pretty and distance in PRETTY_DAYS:
        return PRETTY_DAYS[distance]
    style = style.removesuffix("_pretty")
    year = "" if abs(at - reader.now) < NEAR else f", {at.year}"
    if style == "date_short":
        return f"{at:%b} {at.day}{year}"
    text = f"{at:%B} {at.day}{ORDINALS.get(at.day, 'th')}{year}"
    return f"{at:%A}, {text}" if style == "date_long" else text


def ago(at: datetime, now: datetime) -> str:
    """Say how long ago, or in how long: `3 minutes ago`, `in 2 days`."""
    seconds = (now - at).total_seconds()
    amount = int(abs(seconds))
    name = "year"
    for size, unit in AGO_STEPS:
        if amount < size:
            name = unit
            break
        amount //= size
    span = f"{amount} {name}{'' if amount == 1 else 's'}"
    return f"in {span}" if seconds < 0 else f"{span} ago"


def slack_date(timestamp: int, template: str, reader: Reader) -> str:
    """Fill the tokens of a `<!date^…>` template.

    Unknown tokens stay as they are. Source: Slack's "Formatting message text", date formatting.
    """
    try:
        moment = datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, OSError, ValueError):
        return template
    at = reader.local(moment)

    def fill(match: re.Match[str]) -> str:
        token = match[1]
        match token:
            case "date_num":
                return f"{at:%Y-%m-%d}"
            case "time":
                return f"{at:%H:%M}"
            case "time_secs":
                return f"{at:%H:%M:%S}"
            case "ago":
                return ago(moment, reader.now)
            case "date" | "date_short" | "date_long" | "date_pretty" | "date_short_pretty" | "date_long_pretty":
                return _day(at, reader, token)
            case _:
                return match[0]

    text = TOKEN.sub(fill, template)
    # A line that starts with "today" starts a sentence.
    return text[:1].upper() + text[1:] if template.startswith("{") else text


def day_heading(at: datetime, reader: Reader) -> str:
    """Name the day of a message for the line between days: `Today`, `Monday, November 23rd`."""
    text = _day(reader.local(at), reader, "date_long_pretty")
    return text[:1].upper() + text[1:]


def clock_time(at: datetime, reader: Reader) -> str:
    """Show hours and minutes in the reader's zone."""
    return f"{reader.local(at):%H:%M}"


def long_time(at: datetime, reader: Reader) -> str:
    """Show day, date, time and zone in full: `Monday 23 November 2026, 09:00 (Europe/Berlin)`."""
    local = reader.local(at)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({reader.zone.key})"


def short_time(at: datetime, reader: Reader) -> str:
    """Show day and time as a list of coming things does: `Mon 23 Nov, 09:00`."""
    local = reader.local(at)
    return f"{local:%a} {local.day} {local:%b, %H:%M}"


def moment_field(timestamp: str, reader: Reader) -> str:
    """Show a Unix timestamp as a date-time field wants it, in the reader's zone."""
    return f"{reader.local(datetime.fromtimestamp(int(timestamp), UTC)):%Y-%m-%dT%H:%M}"
