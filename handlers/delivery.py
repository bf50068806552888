"""Listeners for what people say about messages of which the bot does not know whether they arrived."""

from bot.blocks import delivery as blocks
from bot.blocks.ids import DeliveryId
from bot.clock import Clock
from bot.services.delivery import DeliveryService
from handlers.listeners import Listeners
from handlers.payloads import Click, id_in
from handlers.replies import InPlace, Reply


class DeliveryHandlers:
    """Did it arrive: it is there, or post it again; the answer takes the question's place."""

    def __init__(self, delivery: DeliveryService, clock: Clock) -> None:
        self._delivery = delivery
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the two buttons."""
        return Listeners(clicks_outside_home={DeliveryId.AGAIN: self.post_again, DeliveryId.ARRIVED: self.note_arrival})

    def post_again(self, click: Click) -> Reply:
        """Have the message posted once more."""
        posted = self._delivery.post_again(click.who, id_in(click.value), self._clock.now())
        return InPlace(blocks.again_reply(posted) if posted else blocks.settled_reply())

    def note_arrival(self, click: Click) -> Reply:
        """Note that the message is there."""
        self._delivery.note_arrival(click.who, id_in(click.value), self._clock.now())
        return InPlace(blocks.settled_reply())
