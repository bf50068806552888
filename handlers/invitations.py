"""The listener for invitations: a community's is shared once more."""

from bot.blocks import invitations as blocks
from bot.blocks.ids import InvitationId
from bot.clock import Clock
from bot.services.communities.invitations import InvitationService
from handlers.listeners import Listeners
from handlers.payloads import Click
from handlers.replies import Private, Reply


class InvitationHandlers:
    """Asking a channel's people once more whether they would like to take part."""

    def __init__(self, invitations: InvitationService, clock: Clock) -> None:
        self._invitations = invitations
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the button."""
        return Listeners(clicks_outside_home={InvitationId.SHARE: self.share})

    def share(self, click: Click) -> Reply:
        """Have the invitation posted in the channel the button names."""
        self._invitations.share(click.who, click.value, self._clock.now())
        return Private(blocks.shared_reply(click.value), click.value)
