"""What becomes of the text that a person types: escapes, mentions, links.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Iterable, Mapping

from playground.state import Conversation, Person

SPECIAL = ("channel", "here", "everyone")
PERSON = re.compile(r"(?<![\w@])@([a-z0-9][a-z0-9._-]*)")
CHANNEL = re.compile(r"(?<![\w#&])#([a-z0-9][a-z0-9_-]*)")
LINK = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\"']")


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
    text = LINK.sub(lambda match: f"<{match.group()}>", escaped(text))
    text = PERSON.sub(lambda match: _replaced(match, people), text)
    return CHANNEL.sub(lambda match: _replaced(match, channels), text)


def _replaced(match: re.Match[str], links: Mapping[str, str]) -> str:
    """Link the longest known name that the word begins with; the rest is punctuation."""
    word = match.group(1)
    name = word.rstrip("._-")
    for candidate in (word, name):
        if candidate in links:
            return links[candidate] + word[len(candidate) :]
    return match.group()
