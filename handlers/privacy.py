"""Listeners for a person's rights: what is stored, a file with everything, and erasure."""

from bot.blocks import privacy as blocks
from bot.blocks.ids import CommunityId, PrivacyId
from bot.blocks.names import CommandNames
from bot.clock import Clock
from bot.domain.identity import Actor
from bot.services.privacy.privacy import PrivacyService
from handlers.listeners import Listeners
from handlers.payloads import Click
from handlers.replies import InPlace, Private, Reply


class PrivacyHandlers:
    """Everything here is the person's own act about themselves."""

    def __init__(self, privacy: PrivacyService, names: CommandNames, clock: Clock) -> None:
        self._privacy = privacy
        self._names = names
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons and the words."""
        return Listeners(
            clicks={
                CommunityId.STORED: lambda _click: self.told(),
                PrivacyId.EXPORT: lambda click: self.export(click.who),
                PrivacyId.FORGET: lambda _click: self.ask(),
                PrivacyId.FORGET_SURE: lambda _click: InPlace(blocks.sure_message()),
                PrivacyId.FORGET_NOW: self.forget,
                PrivacyId.LENGTHEN: self.lengthen,
                PrivacyId.UNDO: self.undo,
                PrivacyId.KEEP: lambda _click: InPlace(blocks.kept_message()),
            },
            words={
                "privacy": lambda _command, _rest: self.told(),
                "export": lambda command, _rest: self.export(command.who),
                "forgetme": lambda _command, _rest: self.ask(),
            },
        )

    def told(self) -> Reply:
        """Say what is stored."""
        return Private(blocks.privacy_message(self._names))

    def export(self, who: Actor) -> Reply:
        """Have everything about a person sent to them as a file."""
        self._privacy.ask_for_export(who, self._clock.now())
        return Private(blocks.export_reply())

    def ask(self) -> Reply:
        """Ask whether everything is to be erased."""
        return Private(blocks.forget_message(self._names))

    def forget(self, click: Click) -> Reply:
        """Have a person erased in a moment."""
        self._privacy.plan_erasure(click.who, self._clock.now())
        return InPlace(blocks.erasing_message())

    def lengthen(self, click: Click) -> Reply:
        """Give more time to undo it."""
        if self._privacy.lengthen(click.who, self._clock.now()):
            return InPlace(blocks.lengthened_message())
        return InPlace(blocks.too_late_message(self._names))

    def undo(self, click: Click) -> Reply:
        """Let everything stay as it is."""
        if self._privacy.undo(click.who):
            return InPlace(blocks.kept_message())
        return InPlace(blocks.too_late_message(self._names))
