"""Which events the app hears of, and what they look like.

Source: https://docs.slack.dev/reference/events
"""

from playground.delivery.link import new_event_id
from playground.delivery.mishaps import Mishaps
from playground.grants import Grants
from playground.manifest import Manifest
from playground.state.clock import MovableClock
from playground.state.objects import channel_object, message_object, user_object, view_object
from playground.state.state import APP_ID, BOT_USER_ID, TEAM_ID, Conversation, Message, Person, State
from playground.state.store import Json

# Slack is silent when one of these scopes is missing.
MESSAGE_EVENTS = {
    "channel": ("message.channels", "channels:history", "channel"),
    "private": ("message.groups", "groups:history", "group"),
    "mpim": ("message.mpim", "mpim:history", "mpim"),
    "im": ("message.im", "im:history", "im"),
}
EVENT_SCOPES = {
    "app_mention": ("app_mentions:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
    "user_status_changed": ("users:read",),
    "user_profile_changed": ("users:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "channel_left": ("channels:read",),
    "group_left": ("groups:read",),
    "channel_rename": ("channels:read",),
    "group_rename": ("groups:read",),
    "channel_archive": ("channels:read",),
    "group_archive": ("groups:read",),
    "channel_unarchive": ("channels:read",),
    "group_unarchive": ("groups:read",),
    "channel_created": ("channels:read",),
    "subteam_created": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "subteam_members_changed": ("usergroups:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
}


class Feed:
    """Raises events. Only those of the manifest's `bot_events` leave the workspace.

    Args:
        state: for ids and for what events carry.
        clock: dates the events.
        manifest: says what the app subscribed to.
        grants: says which scopes it was given for that.
        mishaps: takes them to the app, more or less.
    """

    def __init__(self, state: State, clock: MovableClock, manifest: Manifest, grants: Grants, mishaps: Mishaps) -> None:
        self._state = state
        self._clock = clock
        self._manifest = manifest
        self._grants = grants
        self._mishaps = mishaps

    def home_opened(self, user: str, tab: str, channel: str) -> None:
        """Raise `app_home_opened`; the Home tab carries the view published last."""
        event: Json = {"type": "app_home_opened", "user": user, "channel": channel, "tab": tab}
        if tab == "home" and user in self._state.homes:
            event["view"] = view_object(self._state.homes[user])
        self._raise(event)

    def message(self, message: Message, conversation: Conversation) -> None:
        """Raise `message` (and `app_mention`) for a conversation that the app is in."""
        if BOT_USER_ID not in conversation.members:
            return
        name, scope, channel_type = MESSAGE_EVENTS[conversation.kind]
        body = message_object(message, self._state) | {"channel": message.channel, "event_ts": message.ts}
        if name in self._manifest.events and scope in self._grants.scopes:
            self._deliver(body | {"channel_type": channel_type})
        if f"<@{BOT_USER_ID}>" in message.text and conversation.is_named and not message.bot:
            self._raise(body | {"type": "app_mention"})

    def message_changed(self, before: Json, message: Message, conversation: Conversation) -> None:
        """Raise `message` with the subtype `message_changed`; the app's own changes count."""
        after = message_object(message, self._state)
        self._raise_hidden("message_changed", {"message": after, "previous_message": before}, conversation)

    def message_deleted(self, message: Message, conversation: Conversation) -> None:
        """Raise `message` with the subtype `message_deleted`."""
        before = message_object(message, self._state)
        self._raise_hidden("message_deleted", {"previous_message": before, "deleted_ts": message.ts}, conversation)

    def channel_id_changed(self, before: str, after: str) -> None:
        """Raise `channel_id_changed`."""
        self._raise({"type": "channel_id_changed", "old_channel_id": before, "new_channel_id": after})

    def uninstalled(self) -> None:
        """Raise `tokens_revoked` and `app_uninstalled`, the last that an app hears."""
        self._raise({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER_ID]}})
        self._raise({"type": "app_uninstalled"})

    def group_changed(self, kind: str, body: Json) -> None:
        """Raise `subteam_created`, `subteam_updated` or `subteam_members_changed`."""
        self._raise({"type": f"subteam_{kind}", **body})

    def joined(self, conversation: Conversation, user: str, inviter: str | None) -> None:
        """Raise `member_joined_channel`, to a member app only; the app's own joining counts."""
        if BOT_USER_ID in conversation.members:
            event = self._membership("member_joined_channel", conversation, user)
            self._raise(event | ({"inviter": inviter} if inviter else {}))

    def left(self, conversation: Conversation, user: str, actor: str) -> None:
        """Raise `member_left_channel`, and `channel_left` when it was the app that left."""
        if user == BOT_USER_ID:
            kind = "channel_left" if conversation.kind == "channel" else "group_left"
            self._raise({"type": kind, "channel": conversation.id, "actor_id": actor})
        if user == BOT_USER_ID or BOT_USER_ID in conversation.members:
            self._raise(self._membership("member_left_channel", conversation, user))

    def channel_changed(self, change: str, conversation: Conversation, actor: str) -> None:
        """Raise `channel_…` or `group_…` for a change: archive, unarchive, rename, created."""
        public = conversation.kind == "channel"
        if not public and BOT_USER_ID not in conversation.members:
            return
        event: Json = {"type": f"{'channel' if public else 'group'}_{change}"}
        if change in ("rename", "created"):
            shown = channel_object(conversation, BOT_USER_ID)
            event["channel"] = {
                name: shown[name] for name in ("id", "name", "name_normalized", "created", "is_channel")
            }
        else:
            event |= {"channel": conversation.id, "user": actor}
        self._raise(event)

    def person_changed(self, person: Person, *also: str) -> None:
        """Raise `user_change` and the narrower events named in `also`."""
        for kind in ("user_change", *also):
            self._raise({"type": kind, "user": self._user(person), "cache_ts": person.updated})

    def person_joined(self, person: Person) -> None:
        """Raise `team_join`."""
        self._raise({"type": "team_join", "user": self._user(person), "cache_ts": person.updated})

    def reaction(self, kind: str, user: str, message: Message, name: str) -> None:
        """Raise `reaction_added` or `reaction_removed` in a conversation that the app is in."""
        if BOT_USER_ID in self._state.conversations[message.channel].members:
            item = {"type": "message", "channel": message.channel, "ts": message.ts}
            event = {"type": kind, "user": user, "reaction": name, "item": item, "item_user": message.user}
            self._raise(event)

    def _membership(self, kind: str, conversation: Conversation, user: str) -> Json:
        return {
            "type": kind,
            "user": user,
            "channel": conversation.id,
            "channel_type": "C" if conversation.kind == "channel" else "G",
            "team": TEAM_ID,
        }

    def _user(self, person: Person) -> Json:
        email = "users:read.email" in self._grants.scopes
        return user_object(person, self._clock.now(), with_email=email)

    def _raise_hidden(self, subtype: str, body: Json, conversation: Conversation) -> None:
        """Raise what happened to a message, in a conversation that the app is in."""
        if BOT_USER_ID not in conversation.members:
            return
        name, scope, channel_type = MESSAGE_EVENTS[conversation.kind]
        if name in self._manifest.events and scope in self._grants.scopes:
            ts = self._state.new_ts(self._clock.timestamp())
            event: Json = {"type": "message", "subtype": subtype, "hidden": True, "channel": conversation.id}
            self._deliver(event | {"ts": ts, "event_ts": ts, "channel_type": channel_type, **body})

    def _raise(self, event: Json) -> None:
        kind = event["type"]
        needed = EVENT_SCOPES.get(kind)
        if kind in self._manifest.events and (needed is None or self._grants.scopes.intersection(needed)):
            self._deliver(event)

    def _deliver(self, event: Json) -> None:
        if not self._grants.installed:
            return
        if "event_ts" not in event:
            event["event_ts"] = self._state.new_ts(self._clock.timestamp())
        authorization = {
            "enterprise_id": None,
            "team_id": TEAM_ID,
            "user_id": BOT_USER_ID,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        payload = {
            "token": "local",
            "team_id": TEAM_ID,
            "context_team_id": TEAM_ID,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": new_event_id(),
            "event_time": int(self._clock.timestamp()),
            "authorizations": [authorization],
            "is_ext_shared_channel": self._is_shared(event.get("channel")),
        }
        self._mishaps.send(payload)

    def _is_shared(self, channel: object) -> bool:
        """Tell whether people of another workspace are in the channel of an event."""
        conversation = self._state.conversations.get(channel) if isinstance(channel, str) else None
        return conversation is not None and any(one in conversation.members for one in self._state.outsiders())
