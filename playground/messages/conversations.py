"""Conversations: who is in them, how they begin, change and end."""

import re

from playground.delivery.events import Feed
from playground.state.clock import MovableClock
from playground.state.state import BOT_USER_ID, TEAM_ID, Conversation, Kind, Person, State, WorkspaceError

NAME = re.compile(r"[a-z0-9_-]{1,80}")


class Rooms:
    """All conversations of the workspace.

    Args:
        state: keeps them.
        clock: dates them.
        feed: tells the app of changes.
    """

    def __init__(self, state: State, clock: MovableClock, feed: Feed) -> None:
        self._state = state
        self._clock = clock
        self._feed = feed

    def of(self, user: str) -> list[Conversation]:
        """List the conversations that a person is in."""
        return [one for one in self._state.conversations.values() if user in one.members]

    def named(self) -> list[Conversation]:
        """List all channels, public and private."""
        return list(self._state.named())

    def get(self, channel: str) -> Conversation:
        """Find a conversation by id; raises WorkspaceError."""
        conversation = self._state.conversations.get(channel)
        if conversation is None:
            raise WorkspaceError(f"There is no conversation {channel!r}.")
        return conversation

    def seen_by(self, user: str, channel: str) -> Conversation:
        """Find a conversation that a person may look into; raises WorkspaceError."""
        conversation = self.get(channel)
        if not self.is_open_to(user, conversation):
            raise WorkspaceError("You are not in this conversation.")
        return conversation

    def is_open_to(self, user: str, conversation: Conversation) -> bool:
        """Tell whether somebody may look into a conversation: members may, and colleagues into public channels."""
        person = self._state.people[user]
        at_home = person.team == TEAM_ID and not person.is_restricted
        return user in conversation.members or (conversation.kind == "channel" and at_home)

    def is_stranger(self, person: Person) -> bool:
        """Tell whether somebody is external and shares no channel with the app."""
        if person.team == TEAM_ID:
            return False
        return not any(one.is_named and BOT_USER_ID in one.members for one in self.of(person.id))

    def open_for(self, user: str, channel: str) -> Conversation:
        """Find a conversation that a person may write into; raises WorkspaceError."""
        conversation = self.seen_by(user, channel)
        if user not in conversation.members:
            raise WorkspaceError(f"Join #{conversation.name} first.")
        if conversation.archived:
            raise WorkspaceError(f"#{conversation.name} is archived.")
        return conversation

    def direct(self, *users: str) -> tuple[Conversation, bool]:
        """Find or begin the direct message of two, or the group of more; tells whether it is new."""
        members = sorted(set(users))
        known = self._state.find_direct(members)
        if known is not None:
            return known, False
        kind: Kind = "im" if len(members) <= 2 else "mpim"  # noqa: PLR2004 - two people make a direct message
        name = ""
        if kind == "mpim":
            name = "mpdm-" + "--".join(self._state.people[user].name for user in members) + "-1"
        return self._begin(kind, name, members, users[0], "D" if kind == "im" else "C"), True

    def create(self, user: str, name: str, *, private: bool) -> Conversation:
        """Begin a channel; raises WorkspaceError for a bad or taken name."""
        self.check_name(name)
        kind: Kind = "private" if private else "channel"
        conversation = self._begin(kind, name, [user], user, "C")
        self._feed.channel_changed("created", conversation, user)
        return conversation

    def add(self, conversation: Conversation, user: str, inviter: str | None) -> None:
        """Let somebody in; raises WorkspaceError when that makes no sense."""
        if conversation.archived:
            raise WorkspaceError(f"#{conversation.name} is archived.")
        if not conversation.is_named:
            raise WorkspaceError("Nobody can be added to a direct message.")
        if user in conversation.members:
            raise WorkspaceError(f"@{self._state.people[user].name} is in #{conversation.name} already.")
        person = self._state.people[user]
        if person.is_ultra_restricted and any(one.is_named for one in self.of(user)):
            raise WorkspaceError(f"{person.real_name} is a guest of one channel only.")
        conversation.members.append(user)
        self._state.save_conversation(conversation)
        self._feed.joined(conversation, user, inviter)

    def drop(self, conversation: Conversation, user: str, actor: str) -> None:
        """Let somebody out; raises WorkspaceError when they are not in."""
        if not conversation.is_named:
            raise WorkspaceError("Nobody can leave a direct message.")
        if user not in conversation.members:
            raise WorkspaceError(f"@{self._state.people[user].name} is not in #{conversation.name}.")
        conversation.members.remove(user)
        self._state.save_conversation(conversation)
        self._feed.left(conversation, user, actor)

    def archive(self, conversation: Conversation, actor: str, *, archived: bool) -> None:
        """Archive a channel or bring it back; nothing happens when it is so already."""
        if conversation.is_named and conversation.archived != archived:
            conversation.archived = archived
            self._state.save_conversation(conversation)
            self._feed.channel_changed("archive" if archived else "unarchive", conversation, actor)

    def rename(self, conversation: Conversation, name: str, actor: str) -> None:
        """Give a channel another name; raises WorkspaceError for a bad or taken one."""
        if not conversation.is_named:
            raise WorkspaceError("Only channels have names.")
        self.check_name(name)
        conversation.name = name
        self._state.save_conversation(conversation)
        self._feed.channel_changed("rename", conversation, actor)

    def move(self, conversation: Conversation) -> str:
        """Give a channel another id, as sharing it does; return the id; raises WorkspaceError."""
        if not conversation.is_named:
            raise WorkspaceError("Only a channel's id ever changes.")
        old_id, new_id = conversation.id, self._state.new_id("C")
        with self._state.together():
            self._state.move_conversation(conversation, new_id)
        self._feed.channel_id_changed(old_id, new_id)
        return new_id

    def with_app(self, user: str) -> Conversation:
        """Find or begin a person's direct message with the app."""
        return self.direct(user, BOT_USER_ID)[0]

    def _begin(self, kind: Kind, name: str, members: list[str], creator: str, prefix: str) -> Conversation:
        conversation = Conversation(
            id=self._state.new_id(prefix),
            kind=kind,
            name=name,
            members=list(members),
            creator=creator,
            created=int(self._clock.timestamp()),
        )
        self._state.save_conversation(conversation)
        return conversation

    def check_name(self, name: str) -> None:
        """Refuse a name that no channel can have, or that another has; raises WorkspaceError."""
        if NAME.fullmatch(name) is None:
            raise WorkspaceError("A channel's name has 1 to 80 lowercase letters, digits, hyphens and underscores.")
        if any(one.name == name for one in self.named()):
            raise WorkspaceError(f"The name #{name} is taken.")
