"""Text as Slack delivers it: people, groups, channels, links, tags and escaped characters.

Source: Slack's "Formatting message text": `<@U..|label>`, `<#C..|label>`, `<!subteam^S..|label>`,
`<!here>`, `<url|label>`, and `&amp;`, `&lt;`, `&gt;` for the three characters it escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_BROADCASTS = frozenset({"channel", "here", "everyone"})
_CONNECTORS = frozenset({"and", "&", "+", ",", "/", "und"})

# "Kudos to @lee": what may stand before the first name.
_BEFORE_PEOPLE = frozenset({"to", "an"})
# A mark between the names and what they did; the colon of an emoji such as ":tada:" is none.
_AFTER_PEOPLE = re.compile(r"^(?:(?!:[\w+-]+:)[:,;!\s\u2013\u2014-])+")

# Straight and typographic, double and single, and the angles of some languages.
QUOTES = "\"'\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a"

_TOKEN = re.compile(
    r"""
      (?P<code>```[^`]*```|`[^`\n]+`)
    | (?P<marked><(?P<inner>[^<>\n]+)>)
    | (?P<tag>(?<![\w&\#/])\#(?P<name>[^\W_](?:[^\W_]|-){0,29})(?![\w\#-]))
    | (?P<at>(?<![\w@.&/])@(?P<typed>[\w][\w.-]*))
    """,
    re.VERBOSE,
)
_PERSON = re.compile(r"@([UW][A-Z0-9]+)(?:\|(.*))?")
_CHANNEL = re.compile(r"#([CGD][A-Z0-9]+)(?:\|(.*))?")
_GROUP = re.compile(r"!subteam\^(S[A-Z0-9]+)(?:\|(.*))?")
_SPECIAL = re.compile(r"!([a-z]+)(?:\^[^|]*)?(?:\|(.*))?")
_WORDS = re.compile(r"\s+|[,+/]|[^\s,+/]+")
_CALL = re.compile(r"<!(channel|here|everyone)\b")
_MARKED = re.compile(r"<([^<>\n]+)>")


@dataclass(frozen=True)
class KudosText:
    """A typed thanks, taken apart.

    Attributes:
        people: Ids of the people thanked, in order, each once: those named first or, when the text
            does not begin with anyone, all it mentions.
        unknown: Names with an "@" in those places that Slack did not recognise as people.
        groups: Ids of user groups anywhere in the text.
        channels: Ids of channels anywhere in the text.
        broadcast: Whether the text calls a whole channel.
        text: What they did, as it was typed and ready to be stored: without the people it begins with,
            tags at either end and quotes around it. People inside it stay as `<@U1>`; everything else
            is plain text that has to be escaped when it is shown.
        tag: The first tag, without "#", lower case; None without one.
    """

    people: tuple[str, ...]
    unknown: tuple[str, ...]
    groups: tuple[str, ...]
    channels: tuple[str, ...]
    broadcast: bool
    text: str
    tag: str | None


@dataclass(frozen=True)
class _Piece:
    """A stretch of text: what it is, the id or name in it, and how it reads."""

    kind: str
    value: str
    shown: str


@dataclass
class _Found:
    people: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def add(self, pieces: Iterable[_Piece]) -> None:
        for piece in pieces:
            if piece.kind == "person":
                self.people.append(piece.value)
            elif piece.kind == "unknown":
                self.unknown.append(piece.value)


def plain(text: str) -> str:
    """Return text from Slack as the person typed it, for storing and for filling in a form again.

    The three escaped characters come back; labelled mentions, channels and groups become "@name" and
    "#name", links their address. A mention without a label stays as `<@U1>`. The result is not safe to
    post: escape it when it is shown.
    """
    return "".join(piece.shown for piece in _pieces(text, keep_people=False))


def addressed_to(user_id: str, text: str) -> str | None:
    """Return what follows the name of the one a message begins with; None when it begins otherwise.

    A person who is only named on the way, as in "leave it to @peerloop", is not told anything by it.
    """
    found = re.compile(rf"(?:\s*<@{re.escape(user_id)}(?:\|[^<>]*)?>[\s,:;.!\u2013\u2014-]*)+").match(text)
    return text[found.end() :] if found else None


def unquoted(text: str) -> str:
    """Return trimmed text without the one pair of quotes, straight or typographic, that encloses it all."""
    text = text.strip()
    inner = text[1:-1]
    # An apostrophe inside is no quote; a quote inside means that the outer two may not be a pair.
    others = set(QUOTES) - set("'\u2019")
    if len(text) > 1 and text[0] in QUOTES and text[-1] in QUOTES and not others & set(inner):
        return inner.strip()
    return text


def parse_kudos(text: str) -> KudosText:
    """Take apart what follows `/kudos`, as Slack delivers it. Reads anything without an error."""
    pieces = _pieces(unquoted(text), keep_people=True)
    tag = next((piece.value.casefold() for piece in pieces if piece.kind == "tag"), None)
    start = _end_of_people(pieces)
    found = _Found()
    found.add(pieces[:start] or pieces)
    return KudosText(
        people=tuple(dict.fromkeys(found.people)),
        unknown=tuple(dict.fromkeys(found.unknown)),
        groups=_values(pieces, "group"),
        channels=_values(pieces, "channel"),
        broadcast=any(piece.kind == "broadcast" for piece in pieces),
        text=_deed(pieces[start:], after_people=start > 0),
        tag=tag,
    )


def _values(pieces: Iterable[_Piece], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(piece.value for piece in pieces if piece.kind == kind))


def _end_of_people(pieces: list[_Piece]) -> int:
    """Return where the people, groups and tags that the text begins with end; 0 without anyone."""
    end = 0
    for place, piece in enumerate(pieces):
        if piece.kind in {"person", "unknown", "group", "broadcast"}:
            end = place + 1
            continue
        joining = _CONNECTORS if end else _CONNECTORS | _BEFORE_PEOPLE
        if piece.kind not in {"tag", "space"} and piece.shown.casefold() not in joining:
            break
    # "@lee's help was great" is a sentence about Lee, and stays one.
    belongs_to_them = any(piece.shown.startswith(("'s", "\u2019s")) for piece in pieces[end : end + 1])
    return 0 if belongs_to_them else end


def _deed(pieces: list[_Piece], *, after_people: bool) -> str:
    start, end = 0, len(pieces)
    while start < end and pieces[start].kind in {"tag", "space"}:
        start += 1
    while start < end and pieces[end - 1].kind in {"tag", "space"}:
        end -= 1
    text = "".join(piece.shown for piece in pieces[start:end]).strip()
    # A mark after the names belongs to them; without names it is part of what was typed.
    return unquoted(_AFTER_PEOPLE.sub("", text) if after_people else text)


def _pieces(text: str, *, keep_people: bool) -> list[_Piece]:
    """Take text apart, in order and without losing any; words and spaces are pieces of their own."""
    pieces: list[_Piece] = []
    end = 0
    for token in _TOKEN.finditer(text):
        pieces += _words(text[end : token.start()])
        pieces += _token(token, keep_people=keep_people)
        end = token.end()
    return pieces + _words(text[end:])


def _words(text: str) -> list[_Piece]:
    return [_Piece("space" if part.isspace() else "word", "", unescaped(part)) for part in _WORDS.findall(text)]


def _token(token: re.Match[str], *, keep_people: bool) -> list[_Piece]:
    if token["code"]:
        return _code(token["code"])
    if token["marked"]:
        return [_marked(token["inner"], keep_people=keep_people)]
    if token["tag"]:
        name = token["name"]
        # "#3" counts things.
        return [_Piece("word" if name.isdigit() else "tag", name, token["tag"])]
    name = token["typed"].rstrip(".-")
    tail = [_Piece("word", "", token["typed"][len(name) :])] if name != token["typed"] else []
    kind = "broadcast" if name.casefold() in _BROADCASTS else "unknown"
    return [_Piece(kind, f"@{name}", f"@{name}"), *tail]


def _code(code: str) -> list[_Piece]:
    """Return code as one piece to read, and any call of a whole channel in it, which is still live."""
    calls = [_Piece("broadcast", call, "") for call in _CALL.findall(code)]
    shown = _MARKED.sub(lambda found: _marked(found[1], keep_people=False).shown, code)
    return [_Piece("word", "", unescaped(shown)), *calls]


def _marked(inner: str, *, keep_people: bool) -> _Piece:
    """Read what is between angle brackets, which Slack never leaves unescaped otherwise."""
    if found := _PERSON.fullmatch(inner):
        label = "" if keep_people else _label("@", found[2])
        return _Piece("person", found[1], label or f"<@{found[1]}>")
    if found := _CHANNEL.fullmatch(inner):
        return _Piece("channel", found[1], _label("#", found[2]) or f"#{found[1]}")
    if found := _GROUP.fullmatch(inner):
        return _Piece("group", found[1], _label("@", found[2]) or f"@{found[1]}")
    if found := _SPECIAL.fullmatch(inner):
        if found[1] in _BROADCASTS:
            return _Piece("broadcast", found[1], f"@{found[1]}")
        return _Piece("word", "", unescaped(found[2] or found[1]))
    return _Piece("word", "", unescaped(_link(inner)))


def _label(sign: str, label: str | None) -> str:
    return sign + unescaped(label).removeprefix(sign) if label else ""


def _link(inner: str) -> str:
    address, _, label = inner.partition("|")
    # Slack labels an address that was typed without its scheme, and mail with itself.
    bare = address.removeprefix("mailto:").removeprefix("https://").removeprefix("http://")
    if not label or label in {address, bare, bare.rstrip("/")}:
        return label or address
    return f"{label} ({address})"


def unescaped(text: str) -> str:
    """Return text with the three characters that Slack escapes as they were typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
