"""`python -m chaos.year`: a year of the product in minutes, with three processes racing on PostgreSQL.

The last line on stdout is one JSON object; the exit status is 1 when a bar is missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select, update

from bot.domain.communities import SetUp
from bot.domain.identity import Actor, Profile, Tenant
from bot.domain.messages import MessageKind
from bot.domain.prompts import TapKind
from bot.library import load_prompts
from bot.services.communities.communities import CommunityService
from bot.services.communities.prompts import PromptService
from bot.services.members.members import MemberService
from chaos.slack_edge import TEAM, Said
from chaos.year_plan import COMMUNITIES, ROUND_AT, channel_of, members_of, people_of, rhythm_of, weekly_moments, zone_of
from storage.communities import Community
from storage.database import Database
from storage.due import Due
from storage.members import Membership
from storage.outbox.outbox import OutboxMessage, OutboxState
from storage.prompts import PromptPost
from storage.rounds.rounds import Round
from tests.postgres import start_once

ROOT = Path(__file__).parents[1]
PROCESSES = 3
# From a Wednesday: both changes of the clocks in all zones and the end of an ISO year of 53 weeks lie in it.
BEGINS = datetime(2026, 2, 18, 12, 0, tzinfo=UTC)
A_WEEK, A_DAY = 3, 1
# How often something happened in which community when; None is never.
Happened = Counter[tuple[int, datetime | None]]


@dataclass(frozen=True)
class Year:
    """The result.

    Args:
        weeks: How long it was.
        people: How many took part.
        messages: How many were said to Slack.
        prompts: How many prompts were due, by the wall clocks.
        rounds: How many rounds were due, by the wall clocks.
        wrong_hour: Prompts and rounds that did not happen at their local time, or not at all.
        twice: Messages and rounds more than once.
        unsaid: Messages that were due and not said.
        over_a_week: How often a person got more pings in an ISO week than the budget allows.
        over_a_day: How often a person got more pings on a day than the budget allows.
        most_in_a_week: The most pings that anybody got in an ISO week.
    """

    weeks: int
    people: int
    messages: int
    prompts: int
    rounds: int
    wrong_hour: int
    twice: int
    unsaid: int
    over_a_week: int
    over_a_day: int
    most_in_a_week: int

    @property
    def holds(self) -> bool:
        """Whether every bar is met."""
        return self.wrong_hour == self.twice == self.unsaid == self.over_a_week == self.over_a_day == 0


class Race:
    """Processes that are told the same moment at the same time.

    Args:
        url: The database of all of them.
        size: How many people there are.
        stack: Ends them.
    """

    def __init__(self, url: str, size: int, stack: ExitStack) -> None:
        command = [sys.executable, "-m", "chaos.year_worker", url, str(size)]
        self._workers = [
            stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
            )
            for _ in range(PROCESSES)
        ]

    def tell(self, what: str, moment: datetime) -> list[Said]:
        """Let all of them do something at once; gives what they said to Slack, together."""
        for worker in self._workers:
            assert worker.stdin is not None
            worker.stdin.write(f"{what} {moment.isoformat()}\n")
            worker.stdin.flush()
        said = []
        for worker in self._workers:
            assert worker.stdout is not None
            said += [Said(key, datetime.fromisoformat(at)) for key, at in json.loads(worker.stdout.readline())]
        return said


def play(url: str, size: int, weeks: int, begins: datetime = BEGINS) -> Year:
    """Go from one moment at which something is due to the next, and compare with the calendar."""
    database = Database(url)
    database.migrate()
    _found(database, size, begins)
    ends, said = begins + timedelta(weeks=weeks), []
    with ExitStack() as stack:
        race = Race(url, size, stack)
        now: datetime | None = begins
        while now is not None:
            race.tell("time", now)
            said += race.tell("send", now)
            _tap(database, now)
            now = _next_moment(database, now, ends)
    result = _compare(database, said, size, weeks, (begins, ends))
    database.close()
    return result


def _found(database: Database, size: int, now: datetime) -> None:
    """Switch all communities on and let everybody in."""
    tenant = Tenant(TEAM)
    communities, members = CommunityService(database), MemberService(database)
    for number in range(COMMUNITIES):
        channel, people = channel_of(number), members_of(size)[channel_of(number)]
        host, profile = Actor(tenant, people[0], "set-up"), Profile(people[0], zone_of(number))
        form = SetUp("Getting better at planning, together.", rhythm_of(number), (people[0],))
        communities.set_up(host, channel, form, profile, [profile], now)
        for who in people:
            members.join(Actor(tenant, who, "join"), channel, Profile(who, people_of(size)[who]), now)


def _next_moment(database: Database, now: datetime, ends: datetime) -> datetime | None:
    with database.read() as session:
        waiting = select(func.min(OutboxMessage.not_before)).where(
            OutboxMessage.state == OutboxState.QUEUED, col(OutboxMessage.not_before) > now
        )
        # The nightly look at people is always due at some time.
        moments = [*session.exec(select(func.min(Due.due_at))), *session.exec(waiting)]
    following = min(filter(None, moments))
    assert following > now, "something that was due has not been handled"
    return following if following <= ends else None


def _tap(database: Database, now: datetime) -> None:
    """Let somebody tap on every new prompt but every fourth, so that some are followed up and some are not."""
    with database.read() as session:
        posts = session.exec(select(PromptPost.id).where(PromptPost.due_at == now)).all()
    if posts:
        with database.write() as session:
            # As if everybody had said that they stay in: people rest who leave question after question open.
            session.exec(update(Membership).values(changed_at=now))
    for post_id in posts:
        if post_id % 4:
            who = Actor(Tenant(TEAM), "U0000", f"tap-{post_id}")
            PromptService(database, load_prompts()).tap(who, post_id, TapKind.DID, now)


def _compare(database: Database, said: Sequence[Said], size: int, weeks: int, span: tuple[datetime, datetime]) -> Year:
    with database.read() as session:
        numbers = {row.channel_id: row.id for row in session.exec(select(Community))}
        posts = session.exec(select(PromptPost)).all()
        rounds = session.exec(select(Round)).all()
        outbox = session.exec(select(OutboxMessage)).all()
    said_at = {one.key: one.at for one in said}
    prompts_said = Happened((post.community_id, said_at.get(f"prompt:{post.id}")) for post in posts)
    rounds_begun = Happened((one.community_id, one.started_at) for one in rounds if one.community_id is not None)
    prompts_due, rounds_due = _calendar(numbers, *span)
    a_week, a_day = _pings(said, outbox, people_of(size))
    times = Counter(one.key for one in said)
    return Year(
        weeks=weeks,
        people=size,
        messages=len(said),
        prompts=prompts_due.total(),
        rounds=rounds_due.total(),
        wrong_hour=_difference(prompts_due, prompts_said) + _difference(rounds_due, rounds_begun),
        twice=sum(number - 1 for number in times.values()),
        unsaid=sum(row.key not in times for row in outbox if _had_to_be_said(row, span[1])),
        over_a_week=sum(number > A_WEEK for number in a_week.values()),
        over_a_day=sum(number > A_DAY for number in a_day.values()),
        most_in_a_week=max(a_week.values()),
    )


def _difference(due: Happened, happened: Happened) -> int:
    return (due - happened).total() + (happened - due).total()


def _calendar(numbers: dict[str, int], first: datetime, last: datetime) -> tuple[Happened, Happened]:
    """Return at which moments each community's prompts and rounds are due, by the clocks on the wall."""
    prompts, rounds = Happened(), Happened()
    for number in range(COMMUNITIES):
        community_id, rhythm, zone = numbers[channel_of(number)], rhythm_of(number), zone_of(number)
        # The first prompt leaves people a day.
        prompts.update(
            (community_id, moment)
            for moment in weekly_moments(rhythm.prompt_weekday, rhythm.prompt_at, zone, first + timedelta(days=1), last)
        )
        mondays = weekly_moments(0, ROUND_AT, zone, first, last)
        rounds.update((community_id, moment) for moment in mondays[:: rhythm.round_weeks])
    return prompts, rounds


def _pings(
    said: Sequence[Said], outbox: Sequence[OutboxMessage], zones: dict[str, str]
) -> tuple[Counter[tuple[str, tuple[int, int]]], Counter[tuple[str, date]]]:
    """Count each person's pings by ISO week and by day of their own zone, from what Slack was told."""
    rows = {row.key: row for row in outbox}
    a_week, a_day = Counter[tuple[str, tuple[int, int]]](), Counter[tuple[str, date]]()
    for one in said:
        row = rows[one.key]
        for who in row.recipients if row.is_ping else ():
            day = one.at.astimezone(ZoneInfo(zones[who])).date()
            a_week[who, day.isocalendar()[:2]] += 1
            a_day[who, day] += 1
    return a_week, a_day


def _had_to_be_said(row: OutboxMessage, ends: datetime) -> bool:
    is_edit = row.kind in {MessageKind.PROMPT_EDIT, MessageKind.COMMUNITY_INTRO_EDIT}
    return row.state != OutboxState.DROPPED and row.not_before <= ends and not is_edit


def main() -> None:
    """Play what was asked for, print the result, and fail when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m chaos.year", description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=52)
    asked = parser.parse_args()
    with start_once(Path(tempfile.mkdtemp(prefix="year-postgres-")), os.getpid()).database() as url:
        year = play(url, asked.people, asked.weeks)
    print(json.dumps(asdict(year)))
    sys.exit(0 if year.holds else 1)


if __name__ == "__main__":
    main()
