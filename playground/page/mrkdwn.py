"""Slack's mrkdwn as HTML that is safe by construction: every piece of text is escaped where it is emitted."""

import re
from html import unescape
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from playground.page.dates import slack_date
from playground.page.emoji import EMOJI
from playground.page.markup import wrap
from playground.page.reader import Reader

SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel", "slack"})
FENCE = re.compile(r"```(?:\n)?(.+?)(?:\n)?```", re.DOTALL)
QUOTE = re.compile(r"^(?:&gt;|>) ?")
# What a marked span may hold: whole control sequences, code, or anything but its own mark.
_HELD = r"(?:<[^<>\n]*>|`[^`\n]+`|[^{mark}\n])"
_EDGE = r"[\w{mark}]"


def _span(name: str, mark: str) -> str:
    mark = re.escape(mark)
    held = _HELD.replace("{mark}", mark)
    edge = _EDGE.replace("{mark}", mark)
    return rf"(?<!{edge}){mark}(?P<{name}>(?!\s){held}+?(?<!\s)){mark}(?!{edge})"


INLINE = re.compile(
    "|".join(
        (
            r"`(?P<code>[^`\n]+)`",
            r"<(?P<control>[^<>\n]+)>",
            _span("b", "*"),
            _span("i", "_"),
            _span("s", "~"),
            r":(?P<emoji>[a-z0-9_+\-]+):",
            r"(?P<url>https?://[^\s<>`|]*[^\s<>`|.,;:!?)'\"*_~])",
        ),
    ),
)
SKIN_TONE = re.compile(r"::skin-tone-[2-6]:")


def plain(text: str) -> Markup:
    """Escape plain text and show its emoji; line ends stay."""
    parts = re.split(r":([a-z0-9_+\-]+):", SKIN_TONE.sub(":", text))
    out: list[Markup] = [escape(parts[0])]
    for name, rest in zip(parts[1::2], parts[2::2], strict=True):
        out.append(emoji(name))
        out.append(escape(rest))
    return Markup("").join(out)


def emoji(name: str) -> Markup:
    """Return the character of an emoji, or its name between colons when it is not a common one."""
    if name not in EMOJI:
        return escape(f":{name}:")
    return Markup('<span class="emoji" role="img" aria-label="{}">{}</span>').format(
        name.replace("_", " "),
        EMOJI[name],
    )


def is_safe(url: str) -> bool:
    """Tell whether following an address can run nothing on this page."""
    try:
        return urlsplit(url).scheme.lower() in SAFE_SCHEMES
    except ValueError:
        return False


def link(url: str, label: Markup | str) -> Markup:
    """Return a link that opens outside the page; an address of an unsafe kind stays text."""
    if not is_safe(url):
        return escape(label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, label)


def person(user_id: str, reader: Reader) -> Markup:
    """Return a mention of a person, marked when it is the reader."""
    own = " mention-me" if user_id == reader.me else ""
    return Markup('<span class="mention{}">@{}</span>').format(own, reader.people.get(user_id, user_id))


def channel(channel_id: str, reader: Reader) -> Markup:
    """Return a link to a channel; one the reader cannot see reads "private channel", as in Slack."""
    name = reader.channels.get(channel_id)
    if name is None:
        return Markup('<span class="mention">private channel</span>')
    return Markup('<a class="mention" href="/?as={}&amp;c={}">#{}</a>').format(reader.me, channel_id, name)


def _control(body: str, reader: Reader) -> Markup:
    target, _, label = body.partition("|")
    if target.startswith("@"):
        return person(target[1:], reader)
    if target.startswith("#"):
        return channel(target[1:], reader)
    if target.startswith("!"):
        return _special(target[1:], unescape(label), reader) or escape(f"<{unescape(body)}>")
    address = unescape(target)
    if _is_address(address):
        return link(address, _marks(label, reader) if label else address.removeprefix("mailto:"))
    return escape(f"<{unescape(body)}>")


def _special(target: str, label: str, reader: Reader) -> Markup | None:
    name, *parts = target.split("^")
    if name == "date" and len(parts) > 1:
        if not parts[0].isdecimal():
            return escape(label)
        shown = slack_date(int(parts[0]), unescape(parts[1]), reader)
        tag = Markup('<time title="{}">{}</time>').format(label, shown)
        return link(unescape(parts[2]), tag) if parts[2:] else tag
    if name in {"here", "channel", "everyone"}:
        return Markup('<span class="mention mention-all">@{}</span>').format(name)
    if name == "subteam" and parts:
        return Markup('<span class="mention">{}</span>').format(label or f"@{parts[0]}")
    return None


def _is_address(address: str) -> bool:
    return re.match(r"[a-z][a-z+.\-]*:", address, re.IGNORECASE) is not None


def _marks(text: str, reader: Reader) -> Markup:
    out: list[Markup] = []
    position = 0
    for match in INLINE.finditer(text):
        out.append(escape(unescape(text[position : match.start()])))
        position = match.end()
        out.append(_mark(match, reader))
    out.append(escape(unescape(text[position:])))
    return Markup("").join(out)


def _mark(match: re.Match[str], reader: Reader) -> Markup:
    kind, body = str(match.lastgroup), match[str(match.lastgroup)]
    match kind:
        case "code":
            return wrap("code", unescape(body))
        case "control":
            return _control(body, reader)
        case "emoji":
            return emoji(body)
        case "url":
            return link(unescape(body), unescape(body))
        case _:
            return wrap(kind, _marks(body, reader))


def _lines(text: str, reader: Reader) -> Markup:
    out: list[Markup] = []
    quoted: list[Markup] = []
    open_line = False
    for line in text.split("\n"):
        if QUOTE.match(line):
            quoted.append(_marks(QUOTE.sub("", line), reader))
            continue
        if quoted:
            out.append(_quote(quoted))
            quoted, open_line = [], False
        if open_line:
            out.append(Markup("<br>"))
        out.append(_marks(line, reader))
        open_line = True
    if quoted:
        out.append(_quote(quoted))
    return Markup("").join(out)


def _quote(lines: list[Markup]) -> Markup:
    return wrap("blockquote", Markup("<br>").join(lines))


def mrkdwn(text: str, reader: Reader) -> Markup:
    """Render a mrkdwn text.

    Source: Slack's "Formatting message text": control sequences in angle brackets, three escaped characters.
    """
    parts = FENCE.split(SKIN_TONE.sub(":", text.replace("\r\n", "\n")))
    out = [_lines(parts[0], reader)]
    for code, rest in zip(parts[1::2], parts[2::2], strict=True):
        out.append(wrap("pre", unescape(code)))
        # The line break after a code block belongs to the block.
        out.append(_lines(rest.removeprefix("\n"), reader))
    return Markup("").join(out)
