"""Reads the app's manifest: its name, commands, scopes, events and shortcuts.

Source: https://docs.slack.dev/reference/app-manifest
"""

from dataclasses import dataclass
from pathlib import Path

import yaml

from playground.delivery.webhook import Addresses
from playground.state.store import Json


@dataclass(frozen=True)
class Command:
    """A slash command as the manifest declares it; `escape` turns typed names into ids."""

    command: str
    description: str
    usage_hint: str
    escape: bool


@dataclass(frozen=True)
class Shortcut:
    """A global or message shortcut."""

    name: str
    type: str
    callback_id: str
    description: str


@dataclass(frozen=True)
class Manifest:
    """What the workspace needs to know of the app it hosts."""

    name: str
    bot_name: str
    description: str
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    scopes: frozenset[str]
    optional_scopes: frozenset[str]
    events: frozenset[str]
    home_tab: bool
    messages_tab: bool
    # Where the app takes deliveries over HTTP; None for an app in Socket Mode.
    addresses: Addresses | None = None

    def find_command(self, word: str) -> Command | None:
        """Find a command by its word, slash included."""
        return next((command for command in self.commands if command.command == word), None)


class ManifestError(Exception):
    """A file holds no app manifest; the sentence says what is wrong."""


def read_manifest(path: Path) -> Manifest:
    """Read a manifest file, YAML or JSON.

    Raises:
        ManifestError: It is none.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        # A list, or a single text, is no manifest.
        return manifest_from({**loaded})
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ManifestError(f"{path} holds no app manifest ({type(error).__name__}).") from None


def manifest_from(source: Json) -> Manifest:
    """Understand a manifest that was read already; what is missing is taken as absent."""
    display = source.get("display_information") or {}
    features = source.get("features") or {}
    home = features.get("app_home") or {}
    scopes = (source.get("oauth_config") or {}).get("scopes") or {}
    subscriptions = (source.get("settings") or {}).get("event_subscriptions") or {}
    name = display.get("name", "App")
    return Manifest(
        name=name,
        bot_name=(features.get("bot_user") or {}).get("display_name", name),
        description=display.get("description", ""),
        commands=tuple(
            Command(
                command=item["command"],
                description=item.get("description", ""),
                usage_hint=item.get("usage_hint", ""),
                escape=bool(item.get("should_escape")),
            )
            for item in features.get("slash_commands") or []
        ),
        shortcuts=tuple(
            Shortcut(item["name"], item["type"], item["callback_id"], item.get("description", ""))
            for item in features.get("shortcuts") or []
        ),
        scopes=frozenset(scopes.get("bot") or []),
        # Slack takes an optional scope only when it is asked for in the first list too.
        optional_scopes=frozenset(scopes.get("bot_optional") or []).intersection(scopes.get("bot") or []),
        events=frozenset(subscriptions.get("bot_events") or []),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        addresses=_addresses(source.get("settings") or {}, features),
    )


def _addresses(settings: Json, features: Json) -> Addresses | None:
    """Read where deliveries go; None when they go over sockets, or when nobody said where."""
    interactivity = settings.get("interactivity") or {}
    urls = [item["url"] for item in features.get("slash_commands") or [] if item.get("url")]
    addresses = Addresses(
        events=(settings.get("event_subscriptions") or {}).get("request_url") or "",
        interactions=interactivity.get("request_url") or "",
        options=interactivity.get("message_menu_options_url") or interactivity.get("request_url") or "",
        commands=next(iter(urls), ""),
    )
    return None if settings.get("socket_mode_enabled") or addresses == Addresses() else addresses
