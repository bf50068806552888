"""Listeners for the tryout, of which nothing is stored."""

from bot.blocks import tryout as blocks
from bot.blocks.communities import FIRST_STEP
from bot.blocks.ids import CommunityId
from bot.blocks.names import CommandNames
from bot.domain.guides import GuideLibrary
from bot.domain.prompts import PromptLibrary
from handlers.listeners import Listeners
from handlers.payloads import Click
from handlers.replies import InPlace, Private, Reply


class TryoutHandlers:
    """What somebody tries before others see anything; no service is asked, since nothing happens."""

    def __init__(self, prompts: PromptLibrary, guides: GuideLibrary, names: CommandNames) -> None:
        self._prompts = prompts
        self._guides = guides
        self._names = names

    @property
    def listeners(self) -> Listeners:
        """Return the buttons of the tryout."""
        return Listeners(clicks_outside_home={CommunityId.TRY: self.step})

    def step(self, click: Click) -> Reply:
        """Show the next step; the first one leaves the message with its button where it is."""
        shown = blocks.tryout_message(click.value, click.who.user_id, self._prompts, self._guides, self._names)
        return Private(shown) if click.value == FIRST_STEP else InPlace(shown)
