"""Whatever facilitators do with rounds in whatever order, and however late the app is, there is one next round.

Set-up, skip, start, a change of rhythm, people away, late heartbeats and outages of weeks, drawn in random order.
"""

import shutil
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.domain.communities import ROUND_WEEKS, Rhythm, SetUp
from bot.domain.errors import UserError
from bot.domain.guides import GuideLibrary
from bot.domain.schedule import DueKind
from bot.services.communities.communities import CommunityService
from bot.services.members.members import MemberService
from bot.services.rounds.groups import start_of_week
from bot.services.rounds.rounds import RoundService
from storage import communities as tables
from storage.database import Database
from storage.due import Due
from storage.rounds.rounds import Round
from tests.effort import effort, longer
from tests.factories import BERLIN, MONDAY_8, VAULT, actor, due_row, profile, rows

DESK = actor("UF")
PURPOSE = "Getting better at planning, together"
PEOPLE = ("UA", "UB", "UC", "UD", "UE")
# Around the last Sunday of March 2027 clocks in Europe and in America change on different days.
SET_UP = st.datetimes(datetime(2026, 11, 1), datetime(2027, 4, 4), timezones=st.just(UTC))  # noqa: DTZ001 - the zone comes with it


class Rounds(RuleBasedStateMachine):
    """One community over some months, with the heartbeat running whenever time has passed."""

    def __init__(self, database: Database, guides: GuideLibrary) -> None:
        super().__init__()
        self._database = database
        self._communities = CommunityService(self._database)
        self._members = MemberService(self._database)
        self._rounds = RoundService(self._database, guides, VAULT)
        self._now = MONDAY_8
        self._acts = 0

    def teardown(self) -> None:
        """Introductions go on: when everybody is back the next round takes place, with the number that was shown."""
        for user_id in PEOPLE:
            self._members.resume(actor(user_id))
        number = self._rounds.preview(DESK, "C1", self._now).number
        self._wait(due_row(self._database, DueKind.ROUND).due_at - self._now)
        newest = max(rows(self._database, Round), key=lambda one: one.number)
        assert (newest.number, newest.skipped) == (number, "")

    @initialize(at=SET_UP, weeks=st.sampled_from(ROUND_WEEKS), zone=st.sampled_from([BERLIN, "America/New_York"]))
    def set_up(self, at: datetime, weeks: int, zone: str) -> None:
        self._now = at
        self._change(weeks, zone)
        self._communities.settle_zone(due_row(self._database, DueKind.ZONE), [zone], at)
        for user_id in PEOPLE:
            self._members.join(actor(user_id), "C1", profile(user_id), at)

    @rule()
    def skip(self) -> None:
        self._rounds.skip_next(DESK, "C1", self._now)

    @rule()
    def start(self) -> None:
        newest = max(rows(self._database, Round), key=lambda one: one.number, default=None)
        is_left_out = newest is not None and newest.skipped == "facilitator" and newest.due_at >= self._now
        with suppress(UserError):
            status = self._rounds.start_now(DESK, "C1", self._now)
            if is_left_out and newest is not None and not status.skipped:
                # What was left out is held after all, as the round it was to be.
                assert status.number == newest.number

    @rule(weeks=st.sampled_from(ROUND_WEEKS))
    def change_rhythm(self, weeks: int) -> None:
        self._change(weeks, BERLIN)

    @rule(count=st.integers(1, len(PEOPLE)), days=st.integers(1, 20))
    def pause(self, count: int, days: int) -> None:
        for user_id in PEOPLE[:count]:
            until = (self._now + timedelta(days=days)).date()
            self._members.pause(actor(user_id), until, profile(user_id), self._now)

    @rule()
    def resume(self) -> None:
        for user_id in PEOPLE:
            self._members.resume(actor(user_id))

    @rule(hours=st.integers(0, 40 * 24))
    def wait(self, hours: int) -> None:
        """Let time pass, in which the app may not have run for weeks."""
        self._wait(timedelta(hours=hours))

    @rule(minutes=st.integers(-36 * 60, 11 * 24 * 60))
    def wait_for_the_next(self, minutes: int) -> None:
        """Let it be the moment of the next round, some time before or, with the app late, after."""
        planned = due_row(self._database, DueKind.ROUND).due_at
        self._wait(max(timedelta(0), planned + timedelta(minutes=minutes) - self._now))

    @invariant()
    def there_is_one_next_round_in_the_future_with_the_number_people_expect(self) -> None:
        planned = [row for row in rows(self._database, Due) if row.kind == DueKind.ROUND]
        if not planned:
            return
        (row,) = planned
        held = sorted(rows(self._database, Round), key=lambda one: one.number)
        with self._database.read() as session:
            community = tables.get_community(session, "T1", 1)
        local = row.due_at.astimezone(ZoneInfo(community.zone))
        assert row.due_at > self._now
        assert (local.weekday(), local.time(), row.failures) == (0, time(8, 0), 0)
        assert [one.number for one in held] == list(range(1, len(held) + 1))
        moments = [*(one.due_at for one in held), row.due_at]
        assert moments == sorted(set(moments))
        weeks = [start_of_week(community, one.started_at) for one in held if not one.skipped]
        assert len(weeks) == len(set(weeks))
        assert self._rounds.status(DESK, "C1", self._now).next_on == local.date()

    def _change(self, weeks: int, zone: str) -> None:
        self._acts += 1
        form = SetUp(PURPOSE, Rhythm(round_weeks=weeks), facilitators=("UF",))
        self._communities.set_up(
            actor("UF", f"set-up:{self._acts}"), "C1", form, profile("UF", zone), [profile("UF")], self._now
        )

    def _wait(self, span: timedelta) -> None:
        self._now += span
        while (row := due_row(self._database, DueKind.ROUND)).due_at <= self._now:
            self._rounds.start(row, self._now)


@longer
def test_there_is_always_exactly_one_next_round_whatever_was_done_before(
    fresh_file: Path, tmp_path: Path, guides: GuideLibrary
) -> None:
    path = tmp_path / "peerloop.db"
    database = Database(f"sqlite:///{path}")

    class RoundsHere(Rounds):
        def __init__(self) -> None:
            database.close()
            for old in tmp_path.iterdir():
                old.unlink()
            shutil.copy(fresh_file, path)
            super().__init__(database, guides)

    drawn = settings(max_examples=effort(4, 10), stateful_step_count=10, deadline=None)
    run_state_machine_as_test(RoundsHere, settings=drawn)
    database.close()
