"""Who does not want to be disturbed just now, as Slack says it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from bot.clock import Clock
from bot.gateway import Quiet, SlackGateway
from bot.slack_errors import LimitedError, SlackTrouble

KEPT_FOR: Final = timedelta(minutes=5)
AT_ONCE: Final = 50

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    asked_at: datetime
    quiet: Quiet | None


class Presence:
    """Slack's do-not-disturb, asked for many people at once and kept for some minutes.

    Trouble with asking holds no message back: a person who is not known is taken to be there.

    Args:
        gateway: Slack.
        machine: What time it is for the waits that Slack asks for.
    """

    def __init__(self, gateway: SlackGateway, machine: Clock) -> None:
        self._gateway = gateway
        self._machine = machine
        self._seen: dict[str, _Seen] = {}
        self._wanted: dict[str, None] = {}
        self._silent_until: datetime | None = None

    def knows(self, user_ids: Iterable[str], now: datetime) -> bool:
        """Tell whether all these people were asked for within the last minutes."""
        return all(one in self._seen and abs(now - self._seen[one].asked_at) < KEPT_FOR for one in user_ids)

    def quiet_until(self, user_id: str, now: datetime) -> datetime | None:
        """Return until when somebody is not to be disturbed, aware UTC; None when they may be."""
        seen = self._seen.get(user_id)
        if seen is None or seen.quiet is None or not seen.quiet.start <= now < seen.quiet.end:
            return None
        return seen.quiet.end

    def want(self, user_ids: Iterable[str]) -> None:
        """Note who is to be asked for, in the order of urgency."""
        self._wanted.update(dict.fromkeys(user_ids))

    def refresh(self, now: datetime) -> None:
        """Ask Slack for those who are wanted; never inside a transaction."""
        if not self._wanted:
            return
        people = list(islice(self._wanted, AT_ONCE))
        self._wanted.clear()
        quiet = self._ask(people)
        self._seen = {one: seen for one, seen in self._seen.items() if abs(now - seen.asked_at) < KEPT_FOR}
        self._seen |= {one: _Seen(now, quiet.get(one)) for one in people}

    def _ask(self, people: list[str]) -> dict[str, Quiet]:
        if self._silent_until is not None and self._machine.now() < self._silent_until:
            return {}
        try:
            return self._gateway.find_quiet(people)
        except SlackTrouble as trouble:
            _log.warning("dnd.teamInfo failed: %s", trouble.error)
            seconds = trouble.seconds if isinstance(trouble, LimitedError) else KEPT_FOR.total_seconds()
            self._silent_until = self._machine.now() + timedelta(seconds=seconds)
            return {}
