"""The kinds of answer a listener gives to the one person who acted."""

from dataclasses import dataclass

from bot.blocks.kit import Block, Message


@dataclass(frozen=True, slots=True)
class Private:
    """Words that only this person sees; `channel_id` says where, when the payload does not."""

    message: Message
    channel_id: str = ""


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
    """The person's App Home, drawn anew."""

    view: Block


Reply = Private | InPlace | OpenForm | HomeView | None
