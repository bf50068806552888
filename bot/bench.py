"""Tells a test bench what the bot will do next, so that the person who moves its clock knows where to."""

import json
import logging
from http.client import HTTPException
from urllib.request import ProxyHandler, Request, build_opener

from bot.blocks.agenda import agenda_items
from bot.clock import Clock
from bot.services.operation.agenda import AgendaService

_log = logging.getLogger(__name__)


class BenchAgenda:
    """Sends the list of what will happen whenever it is another than before.

    Args:
        url: Takes a PUT of ``{"items": [{"at": "<ISO 8601>", "what": "<mrkdwn>"}]}``; checked to be loopback by
            the settings.
        agenda: Looks ahead.
        clock: What time it is.
    """

    TIMEOUT_SECONDS = 2.0

    def __init__(self, url: str, agenda: AgendaService, clock: Clock) -> None:
        self._url = url
        self._agenda = agenda
        self._clock = clock
        self._told: bytes | None = None
        self._opener = build_opener(ProxyHandler({}))

    def tell(self) -> None:
        """Send the list if it has changed; a bench that does not take it is told again the next time."""
        rows = [
            (one.at.isoformat(), one.kind, one.channel_id, one.count)
            for one in self._agenda.upcoming(self._clock.now())
        ]
        body = json.dumps({"items": agenda_items(rows)}).encode()
        if body == self._told:
            return
        asked = Request(self._url, body, {"Content-Type": "application/json"}, method="PUT")  # noqa: S310 - loopback
        try:
            with self._opener.open(asked, timeout=self.TIMEOUT_SECONDS):
                self._told = body
        except (OSError, HTTPException) as error:
            _log.debug("the bench does not take the agenda (%s)", type(error).__name__)
