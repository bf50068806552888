"""The nightly look at the workspace: who was deactivated, moved or left a channel unnoticed."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from bot.clock import Clock
from bot.domain.cadence import decode_cadence
from bot.domain.identity import Profile, Tenant
from bot.domain.pacing import SLACK_READING, Reading
from bot.domain.schedule import retry_wait
from bot.gateway import SlackGateway
from bot.services.communities.communities import CommunityService
from bot.services.members.members import MemberService
from bot.slack_errors import CannotReachError, LimitedError, OperatorNeededError, SlackTrouble, WorkspaceDeadError
from storage import nightly_looks, processes
from storage.database import Database
from storage.diagnosis import passes
from storage.due import Due
from storage.nightly_looks import Look

LOOKING: Final = "nightly look"
_STALE: Final = "invalid_cursor"
# What fails is tried again at once so often; with Slack that has been done by then.
_TRIED_AT_ONCE: Final = 2
# A channel whose list fails so often is left to the next night.
_MOST_TRIES: Final = 3
_AnswerT = TypeVar("_AnswerT")

_log = logging.getLogger(__name__)


class StoppedError(Exception):
    """The process ends, and asks for nothing more."""


class Turns:
    """Asks Slack for one page after another, no sooner than it may be asked.

    Args:
        pause: Waits for some seconds, of the machine; True as soon as the process is to end.
        reading: How long to rest between two pages.
        seconds: A stopwatch.
    """

    def __init__(
        self,
        pause: Callable[[float], bool],
        reading: Reading = SLACK_READING,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reading = reading
        self._pause = pause
        self._seconds = seconds
        self._failures = 0
        # Both by the stopwatch: when a page may be asked for, and when anything is begun.
        self._next_at = self._not_before = 0.0

    @property
    def may_begin(self) -> bool:
        """Tell whether nothing failed a moment ago."""
        return self._seconds() >= self._not_before

    def ask(self, call: Callable[[], _AnswerT], rest: timedelta) -> _AnswerT:
        """Ask for something, and again as long as Slack says that it was asked too often; then rest.

        Raises:
            StoppedError: The process ends.
            SlackTrouble: Slack does not answer, for another reason.
        """
        while True:
            if self._pause(max(0.0, self._next_at - self._seconds())):
                raise StoppedError
            try:
                answer = call()
            except LimitedError as trouble:
                _log.info("%s is asked for again in %.0f seconds", trouble.method, trouble.seconds)
                self._next_at = self._seconds() + trouble.seconds
            else:
                self._next_at = self._seconds() + rest.total_seconds()
                self._failures = 0
                return answer

    def put_off(self) -> timedelta:
        """Begin nothing for a while, longer after each failure in a row; return how long."""
        self._failures += 1
        wait = retry_wait(self._failures + _TRIED_AT_ONCE)
        self._not_before = self._seconds() + wait.total_seconds()
        return wait


class Roster:
    """Brings what is stored of people in line with Slack; events tell the same sooner, when they arrive.

    A look takes as long as Slack's limits make it. It begins like everything that is due, and goes on in a beat of its
    own, which keeps nothing else waiting. How far it has come is stored after every step.

    Args:
        database: Where that is stored.
        gateway: Slack.
        members: Takes over what Slack says.
        communities: Knows the channels.
        tenant: The workspace.
        bot_user_id: The bot's own account, whose presence proves that a channel's list can be trusted.
        clock: What time it is for people.
        turns: When Slack is asked.
    """

    def __init__(
        self,
        database: Database,
        gateway: SlackGateway,
        members: MemberService,
        communities: CommunityService,
        tenant: Tenant,
        bot_user_id: str,
        clock: Clock,
        turns: Turns,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._members = members
        self._communities = communities
        self._tenant = tenant
        self._bot_user_id = bot_user_id
        self._clock = clock
        self._turns = turns
        # How often the list of a channel has failed in this look.
        self._failed: Counter[str] = Counter()

    def begin(self, row: Due, now: datetime) -> None:
        """Handle that the nightly look is due."""
        next_at = decode_cadence(row.cadence or "").next_after(max(now, row.due_at))
        last_channel = max(self._communities.channels(self._tenant), default="")
        self._members.begin_look(row, last_channel, next_at, now)

    def go_on(self) -> None:
        """Go on with the look that is under way, to its end; does nothing while another process does so.

        What Slack does not answer is asked for a little later, and later each time, from where the look has come to. A
        channel that Slack refuses to list, or fails to list three times, is passed, and nobody is taken out of it: the
        channels and accounts behind it have their turn.
        """
        if not self._turns.may_begin or self._find() is None:
            return
        with self._database.lease(LOOKING, self._tenant.key) as is_ours:
            # Once more: another process may have come to the end of it meanwhile.
            look = self._find()
            if not is_ours or look is None:
                return
            try:
                self._look(look)
            except StoppedError:
                _log.info("the nightly look goes on after the next start")
            except SlackTrouble as trouble:
                _log.warning("the nightly look goes on in %s: %s", self._turns.put_off(), trouble.error)
                self._note(trouble)

    def settle_zone(self, row: Due, now: datetime) -> None:
        """Handle the question in which zone most people of a new community's channel live."""
        channel_id = self._communities.channel_of(row)
        # Asked before the row is taken, so that a process that ends meanwhile leaves it to the next.
        zones = self._gateway.zones_in(channel_id)
        self._communities.settle_zone(row, zones, now)

    def _find(self) -> Look | None:
        with self._database.read() as session:
            look = nightly_looks.find_look(session, self._tenant.key)
        return look if look is not None and look.is_under_way else None

    def _look(self, look: Look) -> None:
        # Channels first: they are few, and a person who left a channel unnoticed would be introduced there.
        for channel_id in sorted(self._communities.channels(self._tenant)):
            if channel_id > look.after_channel:
                self._pass(channel_id)
        cursor: str | None = look.cursor
        while cursor is not None:
            cursor = self._look_at_accounts(cursor)

    def _pass(self, channel_id: str) -> None:
        """Look at a channel and note that its turn is over; raise what is to be waited for, before or after that."""
        to_wait_for = None
        try:
            self._look_into(channel_id)
        except WorkspaceDeadError:
            raise
        except (CannotReachError, OperatorNeededError) as trouble:
            _log.warning("nobody can be seen in %s: %s", channel_id, trouble.error)
            self._note(trouble)
        except SlackTrouble as trouble:
            self._failed[channel_id] += 1
            if self._failed[channel_id] < _MOST_TRIES:
                raise
            _log.warning("%s is left to the next night: %s", channel_id, trouble.error)
            # When all of Slack fails, the next channel is asked for later still, and few are passed.
            to_wait_for = trouble
        del self._failed[channel_id]
        with self._database.write(self._tenant.key) as session:
            nightly_looks.pass_channel(session, self._tenant.key, channel_id)
        if to_wait_for is not None:
            raise to_wait_for

    def _note(self, trouble: SlackTrouble) -> None:
        """Keep what failed, for the operator."""
        with self._database.write(self._tenant.key) as session:
            processes.note_error(session, self._tenant.key, LOOKING, trouble.error, self._clock.now())

    def _look_into(self, channel_id: str) -> None:
        present: set[str] = set()
        cursor: str | None = ""
        while cursor is not None:
            page = self._turns.ask(partial(self._gateway.list_members, channel_id, cursor), self._turns.reading.members)
            present.update(page.rows)
            cursor = page.cursor or None
        if self._bot_user_id not in present:
            return
        try:
            self._members.keep_present(self._tenant, channel_id, present, self._clock.now())
        except Exception as error:
            if passes(error):
                # The database's trouble, not the channel's.
                raise
            _log.warning("who left %s cannot be stored: %s", channel_id, type(error).__name__)

    def _look_at_accounts(self, cursor: str) -> str | None:
        """Look at one page of accounts; return the cursor of the next, or None when the look is over."""
        try:
            page = self._turns.ask(partial(self._gateway.list_accounts, cursor), self._turns.reading.accounts)
        except WorkspaceDeadError:
            raise
        except (CannotReachError, OperatorNeededError) as trouble:
            is_stale = trouble.error == _STALE and cursor != ""
            with self._database.write(self._tenant.key) as session:
                if is_stale:
                    # Slack keeps a cursor for a while only; to look at some accounts again costs a few pages.
                    nightly_looks.turn_page(session, self._tenant.key, "")
                else:
                    # The next night looks at the channels again, and asks once more.
                    nightly_looks.finish(session, self._tenant.key, self._clock.now())
            if is_stale:
                return ""
            _log.warning("the accounts cannot be looked at: %s", trouble.error)
            self._note(trouble)
            return None
        self._take_over(page.rows)
        with self._database.write(self._tenant.key) as session:
            if page.cursor:
                nightly_looks.turn_page(session, self._tenant.key, page.cursor)
            else:
                nightly_looks.finish(session, self._tenant.key, self._clock.now())
        return page.cursor or None

    def _take_over(self, profiles: Sequence[Profile]) -> None:
        """Store what Slack says of accounts; one that cannot be stored keeps no other from it."""
        now = self._clock.now()
        try:
            self._members.account_changed(self._tenant, profiles, now)
        except Exception as error:
            if passes(error):
                # The database's trouble, not an account's.
                raise
            if len(profiles) == 1:
                _log.warning("account %s is left out: %s", profiles[0].user_id, type(error).__name__)
                return
            for profile in profiles:
                self._take_over([profile])
