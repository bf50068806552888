"""Everything the bot can show, as a reader meets it: examples in everyday words, checks of the page, and sheets."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Locator

from bot.blocks.language import speaking
from bot.blocks.names import CommandNames
from bot.domain.guides import Guide
from bot.library import load_guides, load_prompts
from tests.blocks.every import CHANNEL, HOSTILE, LONGEST_ID, every_message, views

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
NAMES = CommandNames()
EVERYDAY = {"en": "writing a calm handover", "de": "eine ruhige \u00dcbergabe schreiben"}
SOMEBODY = ("U0MEI", "U0ANA", "U0LEE", "U0SAM", "U0PRIYA", "U0OMAR")
COLUMNS = 4
# What lies outside its box; of a line that ends in an ellipsis nothing is lost.
STICKING_OUT = """root => {
    const edge = root.getBoundingClientRect().right + 1;
    return [...root.querySelectorAll("*")].filter(one => {
        const style = getComputedStyle(one);
        if (style.display === "inline" || !one.clientWidth) return false;
        if (one.closest("svg, input, textarea, select, .message-tools, .menu-list")) return false;
        return one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > edge;
    }).map(one => `${one.className || one.tagName}: ${one.textContent.trim().slice(0, 60)}`);
}"""
# What the bot says on the page, without what the workspace's own page adds in English.
SAID = """root => [...root.querySelectorAll(".block")].map(block => {
    const copy = block.cloneNode(true);
    copy.querySelectorAll(".optional, [data-own]").forEach(one => one.remove());
    return copy.textContent.trim();
})"""


def _signs(text: str) -> list[str]:
    """Patterns for each sign of a text, escaped or not."""
    marks = {"<": "(?:&lt;|<)", ">": "(?:&gt;|>)", "&": "(?:&amp;|&)"}
    return [marks.get(sign, re.escape(sign)) for sign in text]


def _begun(text: str) -> str:
    """A pattern for a text that may break off anywhere."""
    return "".join(f"(?:{sign}" for sign in _signs(text)) + ")?" * len(text)


def _ended(text: str) -> str:
    """A pattern for a text that may set in anywhere, where a piece of something longer begins."""
    return '(?:(?:(?<=\\\\n)|(?<="))' + "(?:" * len(text) + "".join(f"{sign})?" for sign in _signs(text)) + ")?"


def _repeated(text: str) -> str:
    return f"{_ended(text[1:])}(?:{''.join(_signs(text))})+{_begun(text[:-1])}"


# The examples' own words, and the same as it reads back what somebody typed.
_HOSTILE = re.compile(f"(?:{_repeated(HOSTILE)}|{_repeated('@channel & b ')}{_begun(HOSTILE)})(?:&amp;|&)?")


def in_everyday_words(shown: Json, language: str) -> Json:
    """Put everyday words, people and channels in the place of an example's longest ones."""
    text = json.dumps(shown, ensure_ascii=False)
    text = _HOSTILE.sub(EVERYDAY[language], text)
    text = re.sub(r"(?:https://a\.bc/\?(?:&amp;|&)+)+", "https://example.com/plan", text)
    text = re.sub(r"(\d+)(?:&amp;|&){5,}", r"patience \1", text)
    text = re.sub(LONGEST_ID + r"(\d*)", lambda found: SOMEBODY[int(found[1] or 0) % len(SOMEBODY)], text)
    everyday: Json = json.loads(re.sub(CHANNEL + r"\d*", "C0LEARNING", text))
    return everyday


def messages_in(language: str) -> list[Json]:
    """Every message in a language, each once; of the questions about a slip, which are many, the first."""
    with speaking(language):
        said = {name: in_everyday_words(one.payload(), language) for name, one in every_message(NAMES).items()}
    slips = [name for name in said if name.startswith("closest ")]
    shown = [message for name, message in said.items() if name not in slips[1:]]
    return [message for number, message in enumerate(shown) if message not in shown[:number]]


def views_in(language: str) -> dict[str, Json]:
    """Every form and Home in a language."""
    with speaking(language):
        return {name: in_everyday_words(one, language) for name, one in views(NAMES).items()}


def sticking_out(shown: Locator) -> list[str]:
    """Return what on the page is wider than the box it stands in."""
    found: list[str] = shown.evaluate(STICKING_OUT)
    return found


def said_on(shown: Locator) -> list[str]:
    """Return what can be read in each block of messages and views."""
    found: list[str] = shown.evaluate(SAID)
    return found


def markup_in(texts: Iterable[str]) -> list[str]:
    """Return the texts in which markup is left that nobody should read."""
    return [
        text for text in texts if re.search(r"\*|&(?:amp|lt|gt);|<[@#!]|\{\w+\}|(?<!\w)[~_`]\w[^~_`]*[~_`](?!\w)", text)
    ]


def english_in(texts: Iterable[str]) -> dict[str, str]:
    """Return the texts with a sentence, or a piece of one, that only English has; with that piece."""
    pieces = _english_pieces()
    return {text: piece for text in texts for piece in pieces if piece in text}


@cache
def _english_pieces() -> list[str]:
    with (ROOT / "bot/locale/de/LC_MESSAGES/peerloop.po").open("rb") as lines:
        catalogue = read_po(lines, locale="de")
    english = [one for message in catalogue if message.id for one in _forms(message.id)]
    german = "\n".join(one for message in catalogue for one in _forms(message.string))
    found = {piece for one in english for piece in _readable(one) if piece not in german}
    return sorted(found | (_library("en") - _library("de")))


def _forms(words: str | Sequence[str] | None) -> Sequence[str]:
    return (words,) if isinstance(words, str) else words or ()


def _readable(sentence: str) -> list[str]:
    """Return what a reader sees of a sentence between its parts, where that is more than two words."""
    pieces = re.split(r"\{\w+\}|[*`\n]|<[^>]*>", sentence)
    return [piece.strip() for piece in pieces if len(re.findall(r"\w+", piece)) > 2]


def _library(language: str) -> set[str]:
    prompts = load_prompts().in_language(language).prompts.values()
    guides = load_guides().in_language(language).guides.values()
    return {text for one in prompts for text in (one.text, one.follow_up)} | {
        text for guide in guides for text in _lines(guide)
    }


def _lines(guide: Guide) -> list[str]:
    return [guide.icebreaker, guide.commitment, *guide.openers, *(step.text for step in guide.structure)]


def write_sheet(browser: Browser, pictures: Sequence[bytes], path: Path, columns: int = COLUMNS) -> None:
    """Write pictures into one, side by side in columns."""
    images = [f'<img src="data:image/png;base64,{b64encode(one).decode()}">' for one in pictures]
    shown = "".join(f"<div>{''.join(images[column::columns])}</div>" for column in range(columns))
    page = browser.new_page(viewport={"width": columns * 620, "height": 800})
    page.set_content(
        "<style>body{display:flex;gap:10px;margin:10px;background:#888}div{flex:1}img{width:100%}</style>" + shown
    )
    page.screenshot(path=path, full_page=True)
    page.close()
