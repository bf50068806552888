"""Slack's rich text as HTML; nothing in it is parsed, so every text is simply escaped."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from playground.page import mrkdwn
from playground.page.dates import slack_date
from playground.page.markup import wrap
from playground.page.reader import Reader

Json = Mapping[str, Any]
STYLES = (("code", "code"), ("bold", "b"), ("italic", "i"), ("strike", "s"), ("underline", "u"))


def _styled(content: Markup, element: Json) -> Markup:
    style = element.get("style")
    if isinstance(style, Mapping):
        for name, tag in STYLES:
            if style.get(name):
                content = wrap(tag, content)
    return content


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


def _inline(element: Json, reader: Reader) -> Markup:
    match element.get("type"):
        case "text":
            content = _lines(str(element.get("text", "")))
        case "link":
            url = str(element.get("url", ""))
            content = mrkdwn.link(url, str(element.get("text") or url))
        case "user":
            content = mrkdwn.person(str(element.get("user_id", "")), reader)
        case "channel":
            content = mrkdwn.channel(str(element.get("channel_id", "")), reader)
        case "emoji":
            content = mrkdwn.emoji(str(element.get("name", "")))
        case "broadcast":
            content = Markup('<span class="mention mention-all">@{}</span>').format(element.get("range", ""))
        case "date":
            template = str(element.get("format", "{date_short_pretty} at {time}"))
            content = escape(slack_date(int(element.get("timestamp", 0)), template, reader))
        case other:
            content = escape(str(element.get("text") or f"[{other}]"))
    return _styled(content, element)


def rich_text(element: Json, reader: Reader) -> Markup:
    """Render a rich text element, be it a part or the block that holds the parts."""
    children = list(element.get("elements", []))
    match element.get("type"):
        case "rich_text":
            return Markup("").join(rich_text(child, reader) for child in children)
        case "rich_text_section":
            return wrap("div", _row(children, reader))
        case "rich_text_quote":
            return wrap("blockquote", _row(children, reader))
        case "rich_text_preformatted":
            return wrap("pre", _row(children, reader))
        case "rich_text_list":
            items = Markup("").join(wrap("li", rich_text(child, reader)) for child in children)
            content = wrap("ol" if element.get("style") == "ordered" else "ul", items)
            for _ in range(int(element.get("indent", 0))):
                content = wrap("ul", content)
            return content
        case _:
            return _inline(element, reader)


def _row(children: list[Json], reader: Reader) -> Markup:
    return Markup("").join(_inline(child, reader) for child in children)
