"""The kinds of answer a listener gives to the one person who acted."""

from dataclasses import dataclass

from bot.blocks.block_kit import Block, Message


@dataclass(frozen=True, slots=True)
class Private:
    """Words that only this person sees.

    Args:
        message: The words.
        channel_id: Where, when the payload does not say.
        reader: Who, when it is not the person the payload is about.
    """

    message: Message
    channel_id: str = ""
    reader: str = ""


@dataclass(frozen=True, slots=True)
class InPlace:
    """Words that take the place of the message that was clicked on."""

    message: Message


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form, or a page to read, that opens at once."""

    view: Block


@dataclass(frozen=True, slots=True)
class HomeView:
    """The person's App Home, redrawn."""

    view: Block


Reply = Private | InPlace | OpenForm | HomeView | None
