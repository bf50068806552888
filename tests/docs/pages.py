"""Reads the documentation: its tables, its blocks of code, its links."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = sorted([README, ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_CELLS = re.compile(r"(?<!\\)\|")


def section(page: Path, heading: str) -> str:
    """What stands under a heading, up to the next one of any level."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"{page.name} has no heading {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables in a text, without their heads, without backticks round a whole cell."""
    lines = text.splitlines()
    body = []
    for before, line in zip(["", *lines], lines, strict=False):
        is_row = line.startswith("|") and before.startswith("|") and not set(line) <= set("|- ")
        if is_row:
            body.append([cell.strip().strip("`") for cell in _CELLS.split(line)[1:-1]])
    return body


def commands() -> Iterator[tuple[str, str]]:
    """Every line of every block marked `sh`, with the name of its page; comments left out."""
    for page in PAGES:
        for _, language, code in _FENCE.findall(page.read_text(encoding="utf-8")):
            if language != "sh":
                continue
            for line in code.splitlines():
                command = line.split(" # ")[0].strip()
                if command and not command.startswith("#"):
                    yield page.name, command


def links(page: Path) -> list[str]:
    """What a page links to and which pictures it shows, outside its blocks of code."""
    return re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", page.read_text(encoding="utf-8")))
