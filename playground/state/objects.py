"""Slack's JSON objects, made from the workspace's own.

Source: https://docs.slack.dev/reference/objects
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from playground.state.state import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Conversation, Message, Person, State, View
from playground.state.store import Json

SLACKBOT = "USLACKBOT"
NOBODY: Mapping[str, str] = MappingProxyType({})


def user_object(
    person: Person, now: datetime, *, with_email: bool, with_locale: bool = False, is_stranger: bool = False
) -> Json:
    """Build a user; `now` decides the offset of the zone. A stranger is external and shares no channel with us."""
    local = now.astimezone(ZoneInfo(person.tz))
    offset = local.utcoffset()
    expired = 0 < person.status_expiration <= now.timestamp()
    profile: Json = {
        "title": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "fields": None,
        "status_text": "" if expired else person.status_text,
        "status_emoji": "" if expired else person.status_emoji,
        "status_expiration": 0 if expired else person.status_expiration,
        "first_name": person.real_name.split(" ")[0],
        "last_name": person.real_name.partition(" ")[2],
        "avatar_hash": "",
        "image_72": "",
        "team": person.team,
    }
    if with_email and not person.is_bot:
        profile["email"] = person.email
    if person.id == BOT_USER_ID:
        profile |= {"api_app_id": APP_ID, "bot_id": BOT_ID, "always_active": True}
    return {
        "id": person.id,
        "team_id": person.team,
        "name": person.name,
        "deleted": person.deleted,
        "color": "9f69e7",
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": local.tzname() or person.tz,
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": person.updated,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    } | _place(person, with_locale=with_locale, is_stranger=is_stranger)


def _place(person: Person, *, with_locale: bool, is_stranger: bool) -> Json:
    """Tell the language of our own people, if asked, and of others whether they are strangers."""
    if person.team != TEAM_ID:
        return {"is_stranger": is_stranger}
    return {"locale": person.locale} if with_locale else {}


def channel_object(conversation: Conversation, viewer: str, outsiders: Mapping[str, str] = NOBODY) -> Json:
    """Build a conversation as one member sees it; `outsiders` are the people of other workspaces, with their team."""
    teams = sorted({team for person, team in outsiders.items() if person in conversation.members})
    common = {
        "id": conversation.id,
        "created": conversation.created,
        "is_archived": conversation.archived,
        "is_im": conversation.kind == "im",
        "is_org_shared": False,
        "context_team_id": TEAM_ID,
        "updated": conversation.created * 1000,
    }
    if conversation.kind == "im":
        other = next((one for one in conversation.members if one != viewer), viewer)
        return common | {"user": other, "is_user_deleted": False, "priority": 0}
    return common | {
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": conversation.kind == "channel",
        "is_group": False,
        "is_mpim": conversation.kind == "mpim",
        "is_private": conversation.kind != "channel",
        "is_general": conversation.name == "general",
        "is_shared": bool(teams),
        "is_ext_shared": bool(teams),
        "is_member": viewer in conversation.members,
        "creator": conversation.creator,
        "shared_team_ids": [TEAM_ID, *teams],
        "topic": {"value": conversation.topic, "creator": "", "last_set": 0},
        "purpose": {"value": conversation.purpose, "creator": "", "last_set": 0},
        "previous_names": [],
    }


def message_object(message: Message, state: State, *, with_metadata: bool = False) -> Json:
    """Build a message as the Web API, events and interactions carry it."""
    body: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": TEAM_ID,
    }
    if message.bot:
        body |= {"bot_id": BOT_ID, "app_id": APP_ID}
    if message.subtype:
        body["subtype"] = message.subtype
    for name in ("blocks", "attachments", "files", "reactions"):
        if getattr(message, name):
            body[name] = getattr(message, name)
    if message.edited:
        body["edited"] = {"user": message.user, "ts": message.edited}
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    thread = state.replies(message.channel, message.ts)
    if thread:
        body |= {
            "thread_ts": message.ts,
            "reply_count": len(thread),
            "reply_users": sorted({reply.user for reply in thread}),
            "latest_reply": thread[-1].ts,
        }
    if message.metadata and with_metadata:
        body["metadata"] = message.metadata
    return body


def view_object(view: View) -> Json:
    """Build a view with everything Slack adds to what the app sent."""
    content = view.content
    body: Json = {
        "id": view.id,
        "team_id": TEAM_ID,
        "type": content["type"],
        "blocks": content["blocks"],
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "title": content.get("title"),
        "clear_on_close": bool(content.get("clear_on_close")),
        "notify_on_close": bool(content.get("notify_on_close")),
        "close": content.get("close"),
        "submit": content.get("submit"),
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": APP_ID,
        "external_id": content.get("external_id", ""),
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
    }
    if content["type"] == "home":
        for name in ("title", "close", "submit"):
            body[name] = content.get(name) or {"type": "plain_text", "text": "View Title", "emoji": True}
        body["close"] = body["submit"] = None
    return body
