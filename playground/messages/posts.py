"""Messages: posting, changing, deleting, reacting; ephemeral ones too."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.delivery.events import Feed
from playground.messages.elements import plain_text, with_ids
from playground.state.clock import MovableClock
from playground.state.objects import SLACKBOT, message_object
from playground.state.state import BOT_USER_ID, Message, State
from playground.state.store import Json

LONGEST_TEXT = 40_000
# What a reaction may be called, without its colons; a skin tone follows after two.
EMOJI_NAME = re.compile(r"[^\s:\"<>&]{1,100}(::skin-tone-[2-6])?")


@dataclass(frozen=True)
class Draft:
    """What is to be posted. `text` None means that it is to be read out of the blocks."""

    text: str | None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)


class Posts:
    """All messages of the workspace.

    Args:
        state: keeps them.
        clock: dates them.
        feed: tells the app of them.
    """

    def __init__(self, state: State, clock: MovableClock, feed: Feed) -> None:
        self._state = state
        self._clock = clock
        self._feed = feed
        # Told of every message that is new or has changed.
        self.watcher: Callable[[Message], None] = _nobody

    def post(
        self,
        user: str,
        channel: str,
        draft: Draft,
        *,
        thread_ts: str | None = None,
        reader: str | None = None,
    ) -> Message:
        """Post a message; one with a `reader` is ephemeral: only they see it and the app hears nothing."""
        blocks = with_ids(draft.blocks, self._state.new_id)
        message = Message(
            ts=self._state.new_ts(self._clock.timestamp()),
            channel=channel,
            user=user,
            text=(plain_text(blocks) if draft.text is None else draft.text)[:LONGEST_TEXT],
            blocks=blocks,
            attachments=draft.attachments,
            thread_ts=self._root_of(channel, thread_ts),
            reader=reader,
            metadata=draft.metadata,
            files=draft.files,
            bot=user == BOT_USER_ID,
        )
        self._state.save_message(message)
        if reader is None:
            conversation = self._state.conversations[channel]
            if user in conversation.members:
                self._state.save_read(conversation, user, message.ts)
            self._feed.message(message, conversation)
        self.watcher(message)
        return message

    def tell(self, reader: str, channel: str, text: str) -> Message:
        """Show one person a note of the workspace itself, as Slackbot does."""
        return self.post(SLACKBOT, channel, Draft(text), reader=reader)

    def change(self, message: Message, *, text: str | None, blocks: list[Json] | None) -> None:
        """Change text or blocks; None leaves them as they are."""
        before = message_object(message, self._state)
        if blocks is not None:
            message.blocks = with_ids(blocks, self._state.new_id)
        if text is not None:
            message.text = text
        elif blocks:
            message.text = plain_text(message.blocks)
        if message.reader is None:
            message.edited = self._state.new_ts(self._clock.timestamp())
        self._state.save_message(message)
        if message.reader is None:
            self._feed.message_changed(before, message, self._state.conversations[message.channel])
        self.watcher(message)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        self._state.drop_message(message)
        if message.reader is None:
            self._feed.message_deleted(message, self._state.conversations[message.channel])

    def react(self, user: str, message: Message, name: str) -> bool:
        """Add a reaction, or take one's own away again; tells whether it is there now."""
        entry = next((one for one in message.reactions if one["name"] == name), None)
        if entry is None:
            entry = {"name": name, "users": [], "count": 0}
            message.reactions.append(entry)
        added = user not in entry["users"]
        if added:
            entry["users"].append(user)
        else:
            entry["users"].remove(user)
        entry["count"] = len(entry["users"])
        message.reactions = [one for one in message.reactions if one["users"]]
        self._state.save_message(message)
        self._feed.reaction("reaction_added" if added else "reaction_removed", user, message, name)
        return added

    def next_ts(self) -> str:
        """Make a ts for something that is no message."""
        return self._state.new_ts(self._clock.timestamp())

    def _root_of(self, channel: str, thread_ts: str | None) -> str | None:
        """Answer in the thread's root, also when a reply was meant."""
        if not thread_ts:
            return None
        meant = self._state.find_message(channel, thread_ts)
        return thread_ts if meant is None or meant.thread_ts is None else meant.thread_ts


def _nobody(message: Message) -> None:
    del message
