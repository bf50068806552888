"""What people can see and do in the workspace; the page and the control API both use this.

Everything shown is plain JSON data in the shapes of `docs/local-workspace.md`. Ids are Slack's; a
conversation's kind is `channel`, `private`, `mpim`, `im` or `app` (the direct message with the app).
Every act raises WorkspaceError, whose text is a sentence for the person, when it is refused.
"""

from collections.abc import AsyncIterator

from playground.clock import MovableClock
from playground.state import WorkspaceError
from playground.store import Json

__all__ = ["Json", "Workspace", "WorkspaceError"]


class Workspace:
    """One running workspace. All methods run on the server's event loop, never from another thread."""

    clock: MovableClock

    # What is shown -------------------------------------------------------------------------------

    def overview(self, user: str) -> Json:
        """Everything of `GET /_/state`.

        {now, frozen, team{id,name,domain}, me, people, conversations, commands[{command,description,
        usage_hint}], shortcuts[{name,type,callback_id,description}], app{bot_user_id,name,description,
        connected}}; `connected` is the number of the app's open sockets.
        """
        raise NotImplementedError

    def people(self) -> list[Json]:
        """Everybody: [{id, name, real_name, tz, is_bot, is_restricted, deleted, status_text, status_emoji}]."""
        raise NotImplementedError

    def conversations_for(self, user: str) -> list[Json]:
        """What a person has in the sidebar.

        [{id, name, kind, topic, members[ids], is_member, archived, unread}]: their conversations and the
        public channels. The name of a direct message is the other side's real name. `unread` is a number.
        """
        raise NotImplementedError

    def messages(self, channel: str, viewer: str, thread_ts: str | None = None) -> list[Json]:
        """What a person sees in a conversation (top level), or in one thread (its root first), by ts.

        [{ts, user, text, blocks, attachments, thread_ts, reply_count, edited(bool), ephemeral(bool),
        reactions[{name,users,count}], files[{id,name,title,mimetype,url}], bot(bool), subtype}].
        """
        raise NotImplementedError

    def home_view(self, user: str) -> Json | None:
        """The person's Home as the app published it last (Slack's full view object), or None."""
        raise NotImplementedError

    def modal_stack(self, user: str) -> list[Json]:
        """The person's open modals, the top one last.

        Each is Slack's full view object (id, title, submit, close, blocks, private_metadata, state{values},
        ...) plus `errors` {block_id: text} of the last refused submission.
        """
        raise NotImplementedError

    def record_entries(self) -> list[Json]:
        """The app's Web API calls and the deliveries to it, oldest first.

        [{kind: "call", at, method, arguments, answer}, {kind: "delivery", at, type, envelope_id, event_id,
        acked_ms(None = not), retry_attempt, payload, response}].
        """
        raise NotImplementedError

    def subscribe(self) -> AsyncIterator[None]:
        """Yield once after every change that could be seen (bursts within 50 ms count as one)."""
        raise NotImplementedError

    # What people do ------------------------------------------------------------------------------

    def mark_read(self, user: str, channel: str) -> None:
        """Note that a person has read a conversation to its end."""
        raise NotImplementedError

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Json:
        """Post what a person typed: {ts}. `@handle`, `#channel` and `&<>` are turned as Slack does.

        A text that begins with a slash is not a command here; use `command`.
        """
        raise NotImplementedError

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Json:
        """Use a slash command and wait up to 3 s: {ok, error?}. `/invite @who` and `/leave` are built in."""
        raise NotImplementedError

    async def click(self, user: str, action_id: str, **chosen: object) -> Json:
        """Act on an element of a message (`channel`, `ts`), a modal or Home (`view_id`): {ok, error?}.

        What was chosen, by the element's type: `value`, `selected_option` (its value), `selected_options`,
        `selected_user`, `selected_users`, `selected_date`, `selected_time`, `selected_conversation`,
        `selected_channel`, ...; a button needs nothing. `block_id` (or a button's `value`) tells equal action ids
        apart. `values` {block_id: {action_id: simple value}} is what stands in a modal's fields meanwhile.
        """
        raise NotImplementedError

    async def submit(self, user: str, view_id: str | None, values: Json) -> Json:
        """Submit the top modal with {block_id: {action_id: simple value}}.

        A simple value is a text, an option's value or a list of them, an id or a list of ids, "2026-11-24",
        "09:30", ... by the element's type; initial values hold where nothing is given. Answers {closed(bool),
        errors{block_id: text}, error?, view?(the one now on top)}.
        """
        raise NotImplementedError

    async def close_view(self, user: str, view_id: str) -> Json:
        """Close a modal by its button (only that one; the one below shows again): {}."""
        raise NotImplementedError

    async def shortcut(
        self, user: str, callback_id: str, channel: str | None = None, ts: str | None = None
    ) -> Json:
        """Use a global shortcut, or a message shortcut on a message: {ok, error?}."""
        raise NotImplementedError

    async def open_home(self, user: str, tab: str = "home") -> Json | None:
        """Open the app's Home (`home`) or its Messages tab (`messages`); gives the Home view as it is now."""
        raise NotImplementedError

    async def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Add a reaction, named without colons; again takes it away."""
        raise NotImplementedError

    def open_dm(self, user: str, other: str) -> str:
        """Open or find the direct message of two people, or of one and the app; gives its id."""
        raise NotImplementedError

    async def invite(self, user: str, channel: str, who: str) -> None:
        """Bring a person or the app into a channel."""
        raise NotImplementedError

    async def join(self, user: str, channel: str) -> None:
        """Join a public channel."""
        raise NotImplementedError

    async def leave(self, user: str, channel: str) -> None:
        """Leave a channel."""
        raise NotImplementedError

    async def remove(self, user: str, channel: str, who: str) -> None:
        """Take a person or the app out of a channel."""
        raise NotImplementedError

    async def create_channel(self, user: str, name: str, *, private: bool = False) -> str:
        """Make a channel with its creator in it; gives its id."""
        raise NotImplementedError

    async def archive(self, user: str, channel: str, *, archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        raise NotImplementedError

    async def rename(self, user: str, channel: str, name: str) -> None:
        """Give a channel another name."""
        raise NotImplementedError

    async def change_person(self, who: str, **changes: object) -> Json:
        """Change `deleted`, `tz`, `real_name`, `status_text` or `status_emoji`; gives the person."""
        raise NotImplementedError

    async def add_person(self, name: str, real_name: str, tz: str = "Europe/Berlin") -> Json:
        """Let a new colleague join the workspace (not yet any channel); gives the person."""
        raise NotImplementedError

    def reset(self) -> None:
        """Start over with the sample colleagues."""
        raise NotImplementedError
