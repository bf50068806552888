"""A company of any size in one community of the local workspace, and the hours in which there is work."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import cycle

from tests.journeys.stage import ProcessStage

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
FIRST_MONDAY = date(2026, 11, 30)
HOST = "U0JONAS"
# Most live where the community does; the others' working hours begin later.
ZONES = ("Europe/Berlin", "Europe/Berlin", "Europe/London", "America/New_York")
# (days after Monday, UTC hour): introductions as working hours open, the prompt, follow-up and weekly notes.
WORKING_HOURS = ((0, 7), (0, 8), (0, 9), (0, 13), (0, 14), (0, 15), (1, 9), (3, 9), (3, 13), (3, 14), (3, 19))
AT_ONCE = 8
SOON_SECONDS = 1.0


def gather(stage: ProcessStage, size: int) -> tuple[str, list[str]]:
    """Let so many people join one community with introductions every week; gives its channel and their ids."""
    client = stage.client
    people = [person["id"] for person in client.people() if not person["is_restricted"]][:size]
    learning = client.channel("learning")
    for number, zone in zip(range(size - len(people)), cycle(ZONES), strict=False):
        person = client.add_person(f"person{number}", f"Person {number}", zone)["id"]
        client.join(person, learning)
        people.append(person)
    client.invite(HOST, learning)
    client.command(HOST, learning, "/learn", "setup")
    client.wait_for(lambda: client.views(HOST))
    form = {"purpose": {"value": "Getting better at planning, together."}, "round_weeks": {"value": "1"}}
    assert client.submit(HOST, form)["closed"]
    intro = client.wait_for_message(HOST, learning, "This channel is now a learning community")
    while outside := set(people) - {who for (who,) in stage.rows("select user_id from membership where part = 'in'")}:
        # On a busy machine a click of so many at once may come to nothing; its person clicks again.
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda who: client.click(who, "community.join", channel=learning, ts=intro["ts"]), outside))
        time.sleep(SOON_SECONDS)
    stage.settle(600)
    return learning, people


def working_hours(week: int) -> Iterator[datetime]:
    """Give the moments of a week, counted from 0, at which something is to be done."""
    monday = datetime.combine(FIRST_MONDAY + timedelta(weeks=week), datetime.min.time(), UTC) + timedelta(minutes=4)
    return (monday + timedelta(days=days, hours=hours) for days, hours in WORKING_HOURS)
