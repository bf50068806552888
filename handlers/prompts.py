"""Listeners for prompts: a tap is counted, never read."""

from bot.blocks import prompts as blocks
from bot.blocks.ids import PromptId
from bot.clock import Clock
from bot.domain.errors import Problem, UserError
from bot.domain.prompts import TapKind
from bot.services.communities.prompts import PromptService
from handlers.listeners import Listeners
from handlers.payloads import Click, id_in
from handlers.replies import Private, Reply


class PromptHandlers:
    """What people tap under a prompt."""

    def __init__(self, prompts: PromptService, clock: Clock) -> None:
        self._prompts = prompts
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons of prompts."""
        return Listeners(clicks_outside_home={PromptId.TAP: self.tap, PromptId.MORE: self.tap})

    def tap(self, click: Click) -> Reply:
        """Count a tap."""
        post, _, kind = click.value.partition(":")
        if kind not in list(TapKind):
            raise UserError(Problem.GONE)
        is_new = self._prompts.tap(click.who, id_in(post), TapKind(kind), self._clock.now(), click.stands)
        return Private(blocks.tapped_reply(TapKind(kind), is_new=is_new))
