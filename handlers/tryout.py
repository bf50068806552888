"""Listeners for the tryout, of which nothing is stored."""

import re

from slack_bolt import App

from bot.blocks import tryout as blocks
from bot.blocks.communities import FIRST_STEP, TRY
from bot.blocks.names import CommandNames
from bot.domain.guides import GuideLibrary
from bot.domain.prompts import PromptLibrary
from handlers.guard import Guard
from handlers.replies import InPlace, Private, Reply
from handlers.requests import Click


class TryoutHandlers:
    """What somebody tries before others see anything; no service is asked, since nothing happens."""

    def __init__(self, prompts: PromptLibrary, guides: GuideLibrary, names: CommandNames) -> None:
        self._prompts = prompts
        self._guides = guides
        self._names = names

    def register(self, app: App, guard: Guard) -> None:
        """Listen to the buttons of the tryout."""
        app.action(re.compile(rf"{re.escape(TRY)}(:.*)?$"))(guard.click(self.step, is_in_home=False))

    def step(self, click: Click) -> Reply:
        """Show the next step; the first one leaves the message with its button where it is."""
        shown = blocks.tryout_message(click.value, click.who.user_id, self._prompts, self._guides, self._names)
        return Private(shown) if click.value == FIRST_STEP else InPlace(shown)
