"""Docstrings and comments are plain English: a subject and a verb, in words that a reader need not unfold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.ruler import PACKAGES, ROOT

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
    """Yield the docstrings and comments of a file."""
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
    yield from (line for line in map(str.strip, source.splitlines()) if line.startswith("#"))


def test_docstrings_and_comments_avoid_words_that_have_to_be_unfolded() -> None:
    found = [
        f"{path.relative_to(ROOT)}: write {better!r} instead of {match[0]!r} in {text.splitlines()[0]!r}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "versions" not in path.parts
        for text in texts(path)
        for avoided, better in AVOIDED.items()
        if (match := re.search(avoided, text))
    ]

    assert found == []
