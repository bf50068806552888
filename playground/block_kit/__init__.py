"""What Slack accepts as blocks and views: structure, limits, and what is on which surface.

A review finds everything that is wrong, so that an app's author sees all of it at once. Where the documentation
and other sources differ, the stricter one counts.

Source: https://docs.slack.dev/reference/block-kit
"""

import json
from collections import Counter
from collections.abc import Iterator

from playground.block_kit.blocks import BLOCK, FRAMES, MOST_BLOCKS, MOST_VIEW_BYTES
from playground.block_kit.checks import Finding, Review, distinct, items
from playground.block_kit.elements import HOME, MESSAGE, MODAL
from playground.block_kit.texts import OFFERED
from playground.state.store import Json

__all__ = [
    "HOME",
    "LONGEST_BLOCKS",
    "MESSAGE",
    "MODAL",
    "Finding",
    "is_too_large",
    "review_blocks",
    "review_options",
    "review_view",
    "text_length",
]

MOST_MARKDOWN = 12_000
# Not documented; about this many characters in all blocks of a message were seen to be refused.
LONGEST_BLOCKS = 13_000
# How many of a kind one message may have.
MOST_OF_A_KIND = {"table": 1, "data_visualization": 2}
FIELDS_OF_TEXT = ("text", "caption", "title", "label")


def review_blocks(blocks: object, surface: str, pointer: str = "/blocks", least: int = 0) -> list[Finding]:
    """Find everything that is wrong with the blocks of a `message`, `modal` or `home`."""
    review = Review(surface)
    items(BLOCK, MOST_BLOCKS[surface], least)(blocks, pointer, review)
    distinct("block_id")(blocks, pointer, review)
    known = [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    if surface == MESSAGE:
        _review_message(known, pointer, review)
    _review_focus(known, pointer, review)
    return review.findings


def review_view(view: object, kind: str | None = None) -> list[Finding]:
    """Find everything that is wrong with a view, which is to be of a kind when that is given."""
    if not isinstance(view, dict):
        return [Finding("invalid_type", "must provide an object", "/view")]
    surface = view.get("type")
    if surface not in (MODAL, HOME) or surface != (kind or surface):
        return [Finding("invalid_value", f"must be one of: {kind or 'modal, home'}", "/view/type")]
    review = Review(surface)
    FRAMES[surface]({name: value for name, value in view.items() if name not in ("type", "blocks")}, "/view", review)
    findings = [*review.findings, *review_blocks(view.get("blocks"), surface, "/view/blocks", 1)]
    if surface == MODAL and view.get("submit") is None and _has_input(view.get("blocks")):
        findings.append(Finding("missing", "missing required field: submit", "/view", "submit"))
    return findings


def review_options(answer: Json) -> list[Finding]:
    """Find everything that is wrong with the options that an app gave for an external select."""
    review = Review(MODAL)
    OFFERED(answer, "", review)
    return review.findings


def is_too_large(view: Json) -> bool:
    """Tell whether a view is larger than Slack takes."""
    return len(json.dumps(view).encode()) > MOST_VIEW_BYTES


def text_length(blocks: object) -> int:
    """Count the characters of all texts in blocks."""
    return sum(map(len, _texts(blocks)))


def _has_input(blocks: object) -> bool:
    return isinstance(blocks, list) and any(isinstance(one, dict) and one.get("type") == "input" for one in blocks)


def _review_message(blocks: list[Json], pointer: str, review: Review) -> None:
    kinds = Counter(str(block.get("type")) for block in blocks)
    for kind, most in MOST_OF_A_KIND.items():
        if kinds[kind] > most:
            review.note("too_many", f"no more than {most} {kind} blocks allowed", pointer, most)
    markdown = [block.get("text") for block in blocks if block.get("type") == "markdown"]
    if sum(len(one) for one in markdown if isinstance(one, str)) > MOST_MARKDOWN:
        message = f"all markdown blocks together must be less than {MOST_MARKDOWN + 1} characters"
        review.note("too_long", message, pointer, MOST_MARKDOWN)


def _review_focus(blocks: list[Json], pointer: str, review: Review) -> None:
    focused = [block for block in blocks if '"focus_on_load": true' in json.dumps(block)]
    if len(focused) > 1:
        review.note("too_many", "focus_on_load can be set on one element only", pointer, 1)


def _texts(part: object) -> Iterator[str]:
    """Walk through the texts that people read."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name in FIELDS_OF_TEXT and isinstance(inner, str):
                yield inner
            else:
                yield from _texts(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts(inner)
