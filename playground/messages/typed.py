"""What becomes of the text that a person types: escapes, mentions, links.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Iterable, Mapping

from playground.state.state import Conversation, Person

SPECIAL = ("channel", "here", "everyone")
WORD = re.compile(
    r"(?P<link>https?://[^\s<>|]*[^\s<>|.,;:!?)\"'])"
    r"|(?<![\w@])@(?P<person>[a-z0-9][a-z0-9._-]*)"
    r"|(?<![\w#&])#(?P<channel>[a-z0-9][a-z0-9_-]*)"
)


def escaped(text: str) -> str:
    """Escape the three characters that mean something in Slack's texts."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message_text(text: str, people: Iterable[Person], channels: Iterable[Conversation]) -> str:
    """Turn what was typed into a message into what Slack keeps: `<@U…>`, `<#C…|name>`, `<!channel>`."""
    return _linked(
        text,
        {person.name: f"<@{person.id}>" for person in people},
        {channel.name: f"<#{channel.id}|{channel.name}>" for channel in channels},
    )


def command_text(text: str, people: Iterable[Person], channels: Iterable[Conversation]) -> str:
    """Turn what was typed after a slash command with `should_escape` into what the app gets."""
    return _linked(
        text,
        {person.name: f"<@{person.id}|{person.name}>" for person in people},
        {channel.name: f"<#{channel.id}|{channel.name}>" for channel in channels},
    )


def _linked(text: str, people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    people = {**people, **{word: f"<!{word}>" for word in SPECIAL}}
    parts = []
    end = 0
    for match in WORD.finditer(text):
        parts.append(escaped(text[end : match.start()]))
        if match["link"]:
            parts.append(f"<{escaped(match['link'])}>")
        elif match["person"]:
            parts.append(_replaced(match.group(), people))
        else:
            parts.append(_replaced(match.group(), channels))
        end = match.end()
    return "".join((*parts, escaped(text[end:])))


def _replaced(typed: str, links: Mapping[str, str]) -> str:
    """Link the known name after the sign; dots and hyphens after it are punctuation."""
    word = typed[1:]
    for name in (word, word.rstrip("._-")):
        if name in links:
            return links[name] + word[len(name) :]
    return typed
