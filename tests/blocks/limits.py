"""Slack's limits on messages and views, as far as the bot can come near them.

Source: https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/surfaces/modals
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_TEXT = 40_000
# Not documented; refused from about 13,000 characters in all blocks together.
ALL_BLOCKS_TEXT = 13_000
ELEMENTS = {"actions": 25, "context": 10}


def troubles(shown: Json) -> list[str]:
    """Return everything about a message or a view that Slack would refuse."""
    is_view = "type" in shown
    blocks = shown["blocks"]
    found = list(_view(shown) if is_view else _message(shown))
    if not 1 <= len(blocks) <= (VIEW_BLOCKS if is_view else MESSAGE_BLOCKS):
        found.append(f"{len(blocks)} blocks")
    for block in blocks:
        found += _block(block)
    named = Counter(block["block_id"] for block in blocks if "block_id" in block)
    found += [f"block_id {one} twice" for one, count in named.items() if count > 1]
    return found


def texts(part: object) -> Iterator[str]:
    """Yield every text object's text in blocks, buttons and fields."""
    if isinstance(part, dict):
        if part.get("type") in {"mrkdwn", "plain_text"}:
            yield str(part["text"])
        for inner in part.values():
            yield from texts(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from texts(inner)


def _message(shown: Json) -> Iterator[str]:
    yield from _length("text", shown["text"], 1, MESSAGE_TEXT)
    total = sum(len(text) for text in texts(shown["blocks"]))
    if total > ALL_BLOCKS_TEXT:
        yield f"{total} characters in all blocks"


def _view(shown: Json) -> Iterator[str]:
    if shown["type"] == "modal":
        for name in ("title", "submit", "close"):
            if name in shown:
                yield from _length(name, shown[name]["text"], 1, 24)
        has_input = any(block["type"] == "input" for block in shown["blocks"])
        if "title" not in shown or (has_input and "submit" not in shown):
            yield "no title or no submit"
    yield from _length("private_metadata", shown.get("private_metadata", ""), 0, 3_000)
    yield from _length("callback_id", shown.get("callback_id", ""), 0, 255)
    if len(str(shown)) > 250_000:
        yield "view too large"


def _block(block: Json) -> Iterator[str]:
    kind = block["type"]
    yield from _length("block_id", block.get("block_id", "x"), 1, 255)
    if kind == "section":
        yield from _length("section", block["text"]["text"], 1, 3_000)
        yield from _element(block["accessory"]) if "accessory" in block else ()
    elif kind == "header":
        yield from _length("header", block["text"]["text"], 1, 150)
    elif kind == "input":
        yield from _length("label", block["label"]["text"], 1, 2_000)
        yield from _length("hint", block.get("hint", {"text": "x"})["text"], 1, 2_000)
        yield from _element(block["element"])
    elif kind in ELEMENTS:
        elements = block["elements"]
        if not 1 <= len(elements) <= ELEMENTS[kind]:
            yield f"{len(elements)} elements in {kind}"
        for element in elements:
            if kind == "actions":
                yield from _element(element)
            else:
                yield from _length("context", element["text"], 1, 3_000)
        repeated = [one for one, count in Counter(e.get("action_id") for e in elements).items() if one and count > 1]
        yield from (f"action_id {one} twice in a row of buttons" for one in repeated)
    elif kind != "divider":
        yield f"a block that is not checked: {kind}"


def _options(element: Json) -> Iterator[str]:
    kind, options = element["type"], element["options"]
    most = {"static_select": 100, "multi_static_select": 100, "radio_buttons": 10, "checkboxes": 10, "overflow": 5}
    if not 1 <= len(options) <= most[kind]:
        yield f"{len(options)} options in {kind}"
    for option in options:
        yield from _length("option", option["text"]["text"], 1, 75)
        yield from _length("option's value", option["value"], 1, 150)
    preset = [*element.get("initial_options", ()), element.get("initial_option", options[0])]
    if any(one not in options for one in preset):
        yield "an initial option that is no option"


def _element(element: Json) -> Iterator[str]:
    kind = element["type"]
    yield from _length("action_id", element["action_id"], 1, 255)
    if kind == "button":
        yield from _length("button", element["text"]["text"], 1, 75)
        yield from _length("value", element.get("value", "x"), 1, 2_000)
    elif kind == "plain_text_input":
        yield from _length("initial_value", element.get("initial_value", "x"), 1, 3_000)
        yield from _length("placeholder", element.get("placeholder", {"text": "x"})["text"], 1, 150)
    elif kind in {"static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow"}:
        yield from _options(element)
    elif kind == "multi_users_select":
        if len(element.get("initial_users", ())) > element.get("max_selected_items", 100):
            yield "more people preset than may be chosen"
    elif kind not in {"datepicker", "timepicker", "users_select"}:
        yield f"an element that is not checked: {kind}"


def _length(what: str, text: str, least: int, most: int) -> Iterator[str]:
    if not least <= len(text) <= most:
        yield f"{what} of {len(text)} characters"
