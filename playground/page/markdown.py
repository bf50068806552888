"""A small, safe Markdown: what the `markdown` block and a first visit's texts need, and no more."""

import re
from collections.abc import Callable, Iterable
from itertools import groupby

from markupsafe import Markup, escape

from playground.page import mrkdwn
from playground.page.markup import wrap

INLINE = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\[(?P<label>[^\]]+)\]\((?P<url>[^)\s]+)\)"
    r"|\*\*(?P<b>(?!\s).+?(?<!\s))\*\*"
    r"|(?<!\w)[*_](?P<i>(?![\s*_]).+?(?<!\s))[*_](?!\w)"
    r"|~~(?P<s>.+?)~~"
    r"|:(?P<emoji>[a-z0-9_+\-]+):"
)
FENCE = re.compile(r"^```")
HEADING = re.compile(r"^(#{1,6}) +(.*)$")
BULLET = re.compile(r"^\s*[-*+] +(?:\[(?P<task>[ xX])\] +)?(?P<text>.*)$")
NUMBER = re.compile(r"^\s*\d+[.)] +(?P<text>.*)$")
QUOTE = re.compile(r"^> ?")
RULE = re.compile(r"^(?:-{3,}|\*{3,}|_{3,})\s*$")
TABLE_LINE = re.compile(r"^\|?[\s:|\-]+\|[\s:|\-]*$")


def inline(text: str) -> Markup:
    """Render the marks inside one line."""
    out: list[Markup] = []
    position = 0
    for match in INLINE.finditer(text):
        out.append(escape(text[position : match.start()]))
        position = match.end()
        if match["code"]:
            out.append(wrap("code", match["code"]))
        elif match["url"]:
            out.append(mrkdwn.link(match["url"], inline(match["label"])))
        elif match["emoji"]:
            out.append(mrkdwn.emoji(match["emoji"]))
        else:
            kind = str(match.lastgroup)
            out.append(wrap(kind, inline(match[kind])))
    out.append(escape(text[position:]))
    return Markup("").join(out)


def _kind(line: str) -> str:
    for kind, pattern in (
        ("rule", RULE),
        ("heading", HEADING),
        ("bullet", BULLET),
        ("number", NUMBER),
        ("quote", QUOTE),
    ):
        if pattern.match(line):
            return kind
    if "|" in line:
        return "table"
    return "text" if line.strip() else "blank"


def _item(line: str) -> Markup:
    match = BULLET.match(line) or NUMBER.match(line)
    if match is None:
        return escape(line)
    task = match.groupdict().get("task")
    box = "" if task is None else "☑ " if task in "xX" else "☐ "
    return wrap("li", escape(box) + inline(match["text"]))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _table(lines: list[str]) -> Markup:
    if len(lines) == 1:
        return wrap("p", inline(lines[0]))
    rows = [
        wrap("tr", Markup("").join(wrap("th" if number == 0 else "td", inline(cell)) for cell in _cells(line)))
        for number, line in enumerate(lines)
        if not TABLE_LINE.match(line)
    ]
    return Markup('<table class="table">{}</table>').format(Markup("").join(rows))


def _headings(lines: list[str]) -> Markup:
    heads = [HEADING.match(line) for line in lines]
    # Headings inside a message must not disturb the page's own outline.
    return Markup("").join(
        Markup('<p class="heading heading-{}">{}</p>').format(len(head[1]), inline(head[2])) for head in heads if head
    )


def _joined(lines: Iterable[Markup]) -> Markup:
    return Markup("<br>").join(lines)


GROUPS: dict[str, Callable[[list[str]], Markup]] = {
    "rule": lambda _: Markup("<hr>"),
    "heading": _headings,
    "bullet": lambda lines: wrap("ul", Markup("").join(map(_item, lines))),
    "number": lambda lines: wrap("ol", Markup("").join(map(_item, lines))),
    "quote": lambda lines: wrap("blockquote", _joined(inline(QUOTE.sub("", line)) for line in lines)),
    "table": _table,
    "text": lambda lines: wrap("p", _joined(map(inline, lines))),
    "blank": lambda _: Markup(""),
}


def markdown(text: str) -> Markup:
    """Render Markdown; raw HTML in it is shown as text."""
    out: list[Markup] = []
    prose: list[str] = []
    code: list[str] | None = None

    def flush() -> None:
        out.extend(GROUPS[kind](list(lines)) for kind, lines in groupby(prose, key=_kind))
        prose.clear()

    for line in text.replace("\r\n", "\n").split("\n"):
        if FENCE.match(line):
            if code is None:
                flush()
                code = []
            else:
                out.append(wrap("pre", "\n".join(code)))
                code = None
        elif code is not None:
            code.append(line)
        else:
            prose.append(line)
    flush()
    if code is not None:
        out.append(wrap("pre", "\n".join(code)))
    return Markup("\n").join(out)
