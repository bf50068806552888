"""Block Kit's parts as plain dicts, and what makes text safe to show.

The SDK's classes are not used: they lack new block types and drop unknown ones.
Source: slack-facts 2.1 to 2.3.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from bot.blocks.language import _, joined, written_day, written_moment
from bot.domain.identity import NOBODY

Block = dict[str, Any]

TEXT_LIMIT: Final = 3_000
BUTTON_LIMIT: Final = 75
VALUE_LIMIT: Final = 2_000
# What the bot's messages are recognised by, together with a key.
EVENT_TYPE: Final = "peerloop_message"
# Slack takes about 13,000 characters in all blocks of a message; the longest that a field takes fits.
GIVEN_BACK: Final = 3_000
_PIECE: Final = 2_900
_MOST_PIECES: Final = 4
_ID: Final = re.compile(r"[A-Z0-9]+")
_MENTION: Final = re.compile(r"&lt;@([UW][A-Z0-9]+)&gt;")
# What a cut in the middle of an escaped character, a mention or a date would leave behind.
_HALF: Final = re.compile(r"(?:&[a-z]{0,3}|<[^<>]*)$")


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads: blocks, and the same words as plain text for notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]

    def payload(self) -> dict[str, Any]:
        """Return the arguments of Slack's posting methods."""
        return {"text": self.text, "blocks": list(self.blocks)}


def mark(key: str) -> Block:
    """Return what goes along with a message, so that the bot can recognise it by its key; nobody reads it."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def message(*blocks: Block) -> Message:
    """Put blocks together; the plain text is all their text, first line first."""
    lines = [line for block in blocks for line in _lines(block)]
    return Message(text="\n".join(lines), blocks=blocks)


def escape(text: str) -> str:
    """Make text of people harmless: it can mention nobody and open no markup of Slack's own.

    Source: slack-facts 2.3; exactly these three characters.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quote(text: str) -> str:
    """Show text of people on one line between quotation marks, without its line breaks.

    People mentioned in it stay mentioned; nothing else in it is markup.
    """
    return _("\u201c{words}\u201d").format(words=with_people(one_line(text)))


def with_people(text: str) -> str:
    """Make text of people harmless but leave the people mentioned in it."""
    return _MENTION.sub(r"<@\1>", escape(text))


def one_line(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return text on one line, cut to a number of characters."""
    return _cut(" ".join(text.split()), limit)


def given_back(sentence: str, text: str) -> list[Block]:
    """Show text of people as small print, all of it: what is too long for one block goes on in the next.

    `sentence` says "{words}" where the text begins.
    """
    first, *others = _pieces(one_line(text, GIVEN_BACK)) or [""]
    return [context(sentence.format(words=first)), *(context(piece) for piece in others)]


def _pieces(text: str) -> list[str]:
    """Split text where a block would be full; escaped, it is longer than it was typed."""
    pieces, rest = [], text
    while rest:
        size = len(rest)
        while len(with_people(rest[:size])) > _PIECE:
            size = size * 9 // 10
        pieces.append(with_people(rest[:size]))
        rest = rest[size:]
    return pieces[:_MOST_PIECES]


def person(user_id: str) -> str:
    """Mention a person by id; somebody who was erased has none, and anything else is shown as text."""
    if user_id.startswith(NOBODY):
        return _("a colleague")
    return f"<@{user_id}>" if _ID.fullmatch(user_id) else escape(user_id)


def people(user_ids: Sequence[str]) -> str:
    """Mention several people: "A", "A and B", "A, B and C"."""
    return joined([person(user_id) for user_id in user_ids])


def you_and(user_ids: Sequence[str], you: str | None = None) -> str:
    """Name the reader together with others: "You and A", "You, A and B"."""
    return joined([_("You") if you is None else you, *(person(user_id) for user_id in user_ids)])


def channel(channel_id: str) -> str:
    """Link a channel by id."""
    return f"<#{channel_id}>" if _ID.fullmatch(channel_id) else escape(channel_id)


def channels(channel_ids: Sequence[str]) -> str:
    """Link several channels, without a word between them."""
    return ", ".join(channel(channel_id) for channel_id in channel_ids)


def long_day(day: date) -> str:
    """Write a day as "Monday 30 November"."""
    return written_day(day, _("EEEE d MMMM"))


def day_with_year(day: date) -> str:
    """Write a day as "30 November 2026"."""
    return written_day(day, _("d MMMM y"))


def moment(at: datetime, style: str = "{date_short_pretty}, {time}") -> str:
    """Show a moment in each reader's own time; the fallback is UTC, for clients that cannot."""
    in_words = written_moment(at.astimezone(UTC), _("EEE d MMM HH:mm"))
    return f"<!date^{int(at.timestamp())}^{style}|{in_words} UTC>"


def section(text: str, accessory: Block | None = None) -> Block:
    """Build a paragraph of mrkdwn, cut to Slack's limit."""
    block: Block = {"type": "section", "text": _mrkdwn(text)}
    if accessory:
        block["accessory"] = accessory
    return block


def context(text: str) -> Block:
    """Build a line of small print."""
    return {"type": "context", "elements": [_mrkdwn(text)]}


def header(text: str) -> Block:
    """Build a heading."""
    return {"type": "header", "text": plain(text, 150)}


def divider() -> Block:
    """Build a line across."""
    return {"type": "divider"}


def actions(*elements: Block) -> Block:
    """Put buttons and menus in a row."""
    return {"type": "actions", "elements": list(elements)}


def button(text: str, action_id: str, value: object = "", *, primary: bool = False, variant: object = "") -> Block:
    """Build a button; `value` comes back as text when it is pressed.

    Slack wants different action ids inside one row. A `variant` keeps buttons of one meaning apart;
    the listener matches what is before the colon.
    """
    full_id = f"{action_id}:{variant}" if str(variant) else action_id
    element: Block = {"type": "button", "text": plain(text, BUTTON_LIMIT), "action_id": full_id}
    if str(value):
        element["value"] = str(value)
    if primary:
        element["style"] = "primary"
    return element


def day_picker(action_id: str, *, variant: str = "") -> Block:
    """Build a calendar; what is chosen comes back as a day at once."""
    return {"type": "datepicker", "action_id": f"{action_id}:{variant}" if variant else action_id}


def more(action_id: str, options: Iterable[tuple[str, str]]) -> Block:
    """Build the menu of lesser choices, as pairs of text and value."""
    return {
        "type": "overflow",
        "action_id": action_id,
        "options": [{"text": plain(text, BUTTON_LIMIT), "value": value} for text, value in options],
    }


def option(text: str, value: str) -> Block:
    """Build one choice of a menu."""
    return {"text": plain(text, BUTTON_LIMIT), "value": value}


def select(options: Sequence[Block], chosen: int) -> Block:
    """Build a menu of options, of which the one at a place is chosen at first."""
    return {"type": "static_select", "options": list(options), "initial_option": options[chosen]}


def plain(text: str, limit: int) -> Block:
    """Build a text object without markup."""
    return {"type": "plain_text", "text": _cut(text, limit)}


def field(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    """Build a labelled input of a form; its value is found again under `block_id` and VALUE."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2_000),
        "element": {**element, "action_id": VALUE},
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, 2_000)
    return block


def line_input(initial: str = "", *, multiline: bool = False, placeholder: str = "") -> Block:
    """Build a text field. It sets no maximum: too much text gets a kind answer, not a swallowed key."""
    element: Block = {"type": "plain_text_input", "multiline": multiline}
    if initial:
        element["initial_value"] = _cut(initial, TEXT_LIMIT)
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    return element


def form(callback_id: str, title: str, blocks: Sequence[Block], *, submit: str, metadata: str = "") -> Block:
    """Build a modal with a submit button."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain(_("Cancel"), 24),
        "private_metadata": metadata,
        "blocks": list(blocks),
    }


VALUE: Final = "value"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "\u2026"


def _mrkdwn(text: str) -> Block:
    if len(text) > TEXT_LIMIT:
        text = _HALF.sub("", text[: TEXT_LIMIT - 1]) + "\u2026"
    return {"type": "mrkdwn", "text": text}


def _lines(block: Block) -> list[str]:
    if block["type"] in {"section", "header"}:
        return [block["text"]["text"]]
    if block["type"] == "context":
        return [element["text"] for element in block["elements"]]
    return []
