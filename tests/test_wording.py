"""Docstrings, sentences, comments and pages are plain English, in words that a reader need not unfold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.ruler import PACKAGES, ROOT

THIS = Path(__file__)
# What each of these is better said with stands behind it.
AVOIDED = {
    r"\b[Ww]h(o|om)ever\b": "a person who, the person who",
    r"\banew\b": "again",
    r"\bin hand\b": "running, claimed, current",
    r"; gives (how|the|them|it|None|a|an)\b": "; return",
    r"^Gives\b": "Return",
    r"\b[Ww]hat stands (in|on|there)\b": "what is in",
}


def texts(path: Path) -> Iterator[str]:
    """Yield the docstrings, sentences and comments of a file of code."""
    source = path.read_text()
    yield from (
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    yield from (line for line in map(str.strip, source.splitlines()) if line.startswith("#"))


def test_code_and_pages_avoid_words_that_have_to_be_unfolded() -> None:
    code = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    said = [(path, text) for path in code if "versions" not in path.parts and path != THIS for text in texts(path)]
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "tests" / "README.md"]
    said += [(path, line) for path in pages for line in path.read_text().splitlines()]
    found = [
        f"{path.relative_to(ROOT)}: write {better!r} instead of {match[0]!r} in {text.splitlines()[0]!r}"
        for path, text in said
        for avoided, better in AVOIDED.items()
        if (match := re.search(avoided, text))
    ]

    assert found == []
