"""Listeners for requests to be introduced: to ask somebody, to answer, to take a request back."""

from bot.blocks import requests as blocks
from bot.blocks.ids import RequestId
from bot.clock import Clock
from bot.services.offers.requests import RequestService
from bot.services.operation.directory import Directory, profile_or_unknown
from handlers.listeners import Listeners
from handlers.payloads import Click, id_in
from handlers.replies import Private, Reply


class RequestHandlers:
    """Who would like to meet whom because of what one of them offers or wants."""

    def __init__(self, requests: RequestService, directory: Directory, clock: Clock) -> None:
        self._requests = requests
        self._directory = directory
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons."""
        return Listeners(
            clicks={
                RequestId.ASK: self.ask,
                RequestId.AGREE: lambda click: self._answer(click, agrees=True),
                RequestId.DECLINE: lambda click: self._answer(click, agrees=False),
                RequestId.TAKE_BACK: self.take_back,
            }
        )

    def ask(self, click: Click) -> Reply:
        """Ask somebody whether they would like to be introduced."""
        profile = profile_or_unknown(self._directory, click.who.user_id)
        request = self._requests.ask(click.who, id_in(click.value), profile, self._clock.now())
        return Private(blocks.asked_reply(request))

    def take_back(self, click: Click) -> Reply:
        """End one's own request."""
        return Private(
            blocks.taken_back_reply(self._requests.take_back(click.who, id_in(click.value), self._clock.now()))
        )

    def _answer(self, click: Click, *, agrees: bool) -> Reply:
        request = self._requests.answer(click.who, id_in(click.value), self._clock.now(), agrees=agrees)
        return Private(blocks.answered_reply(request))
