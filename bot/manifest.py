"""The app manifest: exactly the scopes, events and commands that the code uses, and why."""

from typing import Any, Final

import yaml

from bot.blocks.ids import GoalId, KudosId, NoteId, TopicId
from bot.blocks.names import CommandNames

# Why each scope is asked for; the README shows the same words.
SCOPES: Final = {
    "app_mentions:read": "gets the messages in channels and threads that have its name in them, and no others",
    "chat:write": "posts prompts, introductions, thanks and answers",
    "commands": "the three slash commands, and the shortcuts",
    "im:history": "reads what people write to the bot itself, and finds there what it has sent; no other conversation",
    "im:write": "finds the bot's own conversation with a person, for a file or to see whether a message arrived",
    "mpim:write": "opens the group message in which people are introduced",
    "users:read": "time zone, language, and whether an account is active, a guest or a bot",
    "channels:read": "who comes into and leaves a community's public channel",
    "files:write": "hands people the file with everything stored about them; may be refused, then they are told so",
    "dnd:read": "waits with its messages while somebody does not want to be disturbed; may be refused",
    "groups:read": "the same for private channels; may be refused, then communities are public",
}
OPTIONAL_SCOPES: Final = ("files:write", "dnd:read", "groups:read")

# What each event is for, and the scope it needs.
EVENTS: Final = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "channel_archive": "channels:read",
    "channel_id_changed": None,
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_unarchive": "groups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.im": "im:history",
    "user_change": "users:read",
}

# What each shortcut is called, where it is, what it does and the id it comes with.
# Source: slack-facts 1.1: at most ten; a name of 24 characters, a description of 150.
SHORTCUTS: Final = (
    ("Say thanks for this", "message", "Thank the author of this message for something precise", KudosId.SHORTCUT),
    ("I can help with this", "message", "Offer to show what this message is about", TopicId.OFFER_SHORTCUT),
    (
        "I'd like to learn this",
        "message",
        "Say that you want to learn what this message is about",
        TopicId.WANT_SHORTCUT,
    ),
    ("Save as a learning", "message", "Note what you learned from this message; only you see it", NoteId.SHORTCUT),
    ("Set a goal", "global", "Set a goal of your own; nobody else can read it", GoalId.SHORTCUT),
)


def manifest(names: CommandNames) -> dict[str, Any]:
    """Return the manifest for Socket Mode with these command names.

    Source: slack-facts 1.1, the schema that Slack publishes.
    """
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Peerloop",
            "description": "Colleagues learn from each other: introductions, prompts, goals and precise thanks.",
            "long_description": (
                "Peerloop introduces colleagues who want to learn from each other, gives them a guide for half "
                "an hour, asks once whether they met, and stays out of the way. It posts one small prompt a week, "
                "keeps goals private and helps people thank each other precisely. It is self-hosted, reads "
                "only what names it, ranks nobody and writes to a person at most three times a week."
            ),
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "peerloop", "always_online": True},
            "shortcuts": [
                {"name": name, "type": kind, "callback_id": callback_id.value, "description": description}
                for name, kind, description, callback_id in SHORTCUTS
            ],
            "slash_commands": [
                {
                    "command": names.learn,
                    "description": "Meet a colleague, see your introduction, pause or leave",
                    "usage_hint": "[help | join | pause 2w | leave | about | setup]",
                    "should_escape": True,
                },
                {
                    "command": names.goal,
                    "description": "Set a goal of your own; nobody else can read it",
                    "usage_hint": "what you want to be able to do",
                    "should_escape": True,
                },
                {
                    "command": names.kudos,
                    "description": "Thank somebody precisely",
                    "usage_hint": "@person what they did #value",
                    "should_escape": True,
                },
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            # Organizations on Enterprise Grid take no app without it; elsewhere it changes nothing.
            "org_deploy_enabled": True,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(names: CommandNames) -> str:
    """Return the manifest as the text to paste into Slack."""
    return yaml.safe_dump(manifest(names), sort_keys=False, allow_unicode=True, width=100)
