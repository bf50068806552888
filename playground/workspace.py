"""What people can see and do in the workspace; the page and the control API both use this.

Everything shown is plain JSON data in the shapes of `docs/local-workspace.md`. Ids are Slack's; a
conversation's kind is `channel`, `private`, `mpim`, `im` or `app` (the direct message with the app).
Every act raises WorkspaceError, whose text is a sentence for the person, when it is refused.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import islice

from playground.agenda import Agenda
from playground.delivery.events import Feed
from playground.delivery.faults import Faults, fault_line
from playground.delivery.interactions import Click, Interactions, Wanted
from playground.delivery.limits import Limits
from playground.delivery.link import AppLink
from playground.delivery.mishaps import Mishaps
from playground.delivery.outage import Outage
from playground.delivery.record import Record
from playground.delivery.responses import Responses
from playground.delivery.webhook import Webhook
from playground.grants import Grants
from playground.manifest import Manifest
from playground.messages.conversations import Rooms
from playground.messages.files import Files
from playground.messages.posts import EMOJI_NAME, Draft, Posts
from playground.messages.scheduled import Scheduled
from playground.messages.sent_log import Posted
from playground.messages.typed import message_text
from playground.messages.views import Desk
from playground.people.colleagues import Colleagues
from playground.people.crowd import Crowd
from playground.people.newcomer import Newcomer
from playground.people.sample import More, fill, save_app
from playground.people.user_groups import Groups, shown_group
from playground.people.visit import Visit
from playground.state.changes import Changes
from playground.state.clock import MovableClock, check_aware
from playground.state.objects import SLACKBOT
from playground.state.shown import shown_conversation, shown_message, shown_person, shown_view
from playground.state.state import BOT_USER_ID, TEAM_DOMAIN, TEAM_ID, TEAM_NAME, Message, State, View, WorkspaceError
from playground.state.store import Json, Store

__all__ = ["Json", "Workspace", "WorkspaceError"]

# What a click can say it chose, besides `value`.
CHOICE_NAMES = (
    "value",
    *(f"selected_{name}{many}" for name in ("option", "user", "conversation", "channel") for many in ("", "s")),
    *(f"selected_{name}" for name in ("date", "time", "date_time")),
)
TABS = ("home", "messages")


class Workspace:
    """One running workspace. All methods run on the server's event loop, never from another thread.

    Args:
        store: keeps everything.
        manifest: of the app that lives here.
        start: where the clock of a fresh workspace begins, aware; the real time when None.
        visit: the first visit and the colleagues' habits; without it there are none.
        more: people and channels beside the sample's.
        limited: whether Slack's rate limits are on, unless somebody switches them.
    """

    def __init__(
        self,
        store: Store,
        manifest: Manifest,
        start: datetime | None = None,
        visit: Visit | None = None,
        more: More | None = None,
        *,
        limited: bool = True,
    ) -> None:
        self.manifest = manifest
        self._more = more
        # Where the server listens, with a slash at its end; known once its socket is bound.
        self.base_url = "http://127.0.0.1:3970/"
        self.changes = Changes()
        self.record = Record(self.now_text)
        self.state = State(store, self.changes.ring)
        self.clock = MovableClock(self.state, self.changes.ring, start)
        self.agenda = Agenda(self.changes.ring)
        self.faults = Faults()
        self.outage = Outage()
        self.limits = Limits(on=limited)
        webhook = None if manifest.addresses is None else Webhook(manifest.addresses)
        self.link = AppLink(
            self.state, self.record, self.faults, self.outage, self.now_text, self.changes.ring, webhook
        )
        self.mishaps = Mishaps(self.link, self.faults)
        self.grants = Grants(self.state, manifest)
        self.feed = Feed(self.state, self.clock, manifest, self.grants, self.mishaps)
        self.posts = Posts(self.state, self.clock, self.feed)
        self.posted = Posted(self.state)
        self.scheduled = Scheduled(self.state, self.clock, self.posts)
        self.desk = Desk(self.state, manifest)
        self.responses = Responses(self.state, self.posts, lambda: self.base_url)
        self.groups = Groups(self.state, self.clock, self.feed)
        self.files = Files(self.state, self.clock, lambda: self.base_url)
        self.rooms = Rooms(self.state, self.clock, self.feed)
        self.colleagues = Colleagues(self.state, self.clock, self.feed)
        self._interactions = Interactions(
            self.state, manifest, self.link, self.posts, self.desk, self.responses, self.rooms, self.record
        )
        visit = visit or Visit()
        self.newcomer = Newcomer(self.state, visit)
        self.crowd = Crowd(self.state, self.clock, self, visit.habits, self.changes.ring)
        self.posts.watcher = self.crowd.notice
        if not self.state.people:
            fill(self.state, manifest, self.clock.timestamp(), more)
        # The manifest may have another name than when the workspace was filled.
        save_app(self.state, manifest)

    def now_text(self) -> str:
        """Tell the workspace's time as ISO 8601 text in UTC."""
        return self.clock.now().isoformat()

    def close(self) -> None:
        """Stop deliveries, end the listeners, close the store."""
        self.crowd.stop()
        self.mishaps.forget()
        self.outage.close()
        self.link.close()
        self.changes.close()
        self.state.close()

    # What is shown -------------------------------------------------------------------------------

    def overview(self, user: str) -> Json:
        """Everything of `GET /_/state`.

        {now, frozen, team{id,name,domain}, me, people, conversations, commands[{command,description,
        usage_hint}], shortcuts[{name,type,callback_id,description}], app{bot_user_id,name,description,
        home_tab,messages_tab,connected}}; `connected` is the number of the app's open sockets.
        """
        self.colleagues.get(user)
        return self.about() | {
            "me": user,
            "people": self.people(),
            "conversations": self.conversations_for(user),
        }

    def about(self) -> Json:
        """What is the same for everybody in `overview`."""
        manifest = self.manifest
        return {
            "now": self.now_text(),
            "frozen": self.clock.frozen,
            "team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN},
            "commands": [
                {"command": one.command, "description": one.description, "usage_hint": one.usage_hint}
                for one in manifest.commands
            ],
            "shortcuts": [vars(one) for one in manifest.shortcuts],
            "app": {
                "bot_user_id": BOT_USER_ID,
                "name": manifest.name,
                "description": manifest.description,
                "home_tab": manifest.home_tab,
                "messages_tab": manifest.messages_tab,
                "connected": self.link.connected,
            },
        }

    def people(self) -> list[Json]:
        """Everybody, bots and deactivated people included.

        [{id, name, real_name, tz, is_bot, is_restricted, deleted, status_text, status_emoji}].
        """
        return [shown_person(person) for person in self.state.people.values()]

    def conversations_for(self, user: str) -> list[Json]:
        """What a person has in the sidebar.

        [{id, name, kind, topic, members[ids], is_member, archived, unread}]: their conversations and the
        public channels. The name of a direct message is the other side's real name. `unread` is a number.
        """
        return [
            shown_conversation(one, user, self.state)
            for one in self.state.conversations.values()
            if self.rooms.is_open_to(user, one)
        ]

    def messages(
        self, channel: str, viewer: str, thread_ts: str | None = None, newest: int | None = None
    ) -> list[Json]:
        """What a person sees in a conversation (top level), or in one thread (its root first), by ts.

        With `newest` only so many of the newest.

        [{ts, user, text, blocks, attachments, thread_ts, reply_count, edited(bool), ephemeral(bool),
        reactions[{name,users,count}], files[{id,name,title,mimetype,alt_txt,url}], bot(bool), subtype}].
        """
        conversation = self.rooms.seen_by(viewer, channel)
        seen = (
            message
            for message in reversed(self.state.messages.get(conversation.id, []))
            if message.reader in (None, viewer)
            and (thread_ts in (message.ts, message.thread_ts) if thread_ts else message.thread_ts in (None, message.ts))
        )
        return [shown_message(message, self.state) for message in islice(seen, newest)][::-1]

    def chosen_values(self, channel: str, viewer: str, ts: str) -> Json:
        """What a person has chosen in a message's selects and inputs so far, as Slack's `state.values`."""
        return self._interactions.values_of(viewer, self._message(viewer, channel, ts))

    def home_view(self, user: str) -> Json | None:
        """The person's Home as the app published it last (Slack's full view object), or None."""
        view = self.state.homes.get(user)
        return None if view is None else shown_view(view)

    def modal_stack(self, user: str) -> list[Json]:
        """The person's open modals, the top one last.

        Each is Slack's full view object (id, title, submit, close, blocks, private_metadata, state{values},
        ...) plus `errors` {block_id: text} of the last refused submission.
        """
        return [shown_view(view) for view in self.desk.stack(user)]

    def record_entries(self, method: str | None = None) -> list[Json]:
        """The app's Web API calls and the deliveries to it, oldest first; or the calls of one method.

        [{kind: "call", at, method, arguments, answer, status(0 = none), fault}, {kind: "delivery", at, type,
        envelope_id, event_id, acked_ms(None = not), retry_attempt, payload, response, fault}]; a fault is
        {rule(None = an outage), what} or None.
        """
        entries = self.record.entries()
        return entries if method is None else [one for one in entries if one.get("method") == method]

    def troubles(self) -> list[str]:
        """What goes wrong on request at present, a line each: outage, limits, faults."""
        away = [f"Slack is {self.outage.mode}"] if self.outage.mode else []
        faster = "" if self.limits.speed == 1 else f", {self.limits.speed:g} times as fast"
        limits = [f"Rate limits are on{faster}"] if self.limits.on else []
        return [*away, *limits, *(fault_line(rule) for rule in self.faults.active())]

    def add_fault(self, asked: Json) -> Json:
        """Let something go wrong, as `POST /_/faults` says it; return the rule; raises WorkspaceError."""
        rule = self.faults.add(asked)
        self.changes.ring()
        return rule

    def clear_faults(self, rule_id: int | None = None) -> None:
        """Forget one fault, or all, and send the events held back; raises WorkspaceError."""
        self.faults.clear(rule_id)
        self.mishaps.release()
        self.changes.ring()

    def subscribe(self) -> AsyncIterator[None]:
        """Yield once after every change that could be seen (bursts within 50 ms count as one)."""
        return self.changes.subscribe()

    # What people do ------------------------------------------------------------------------------

    def mark_read(self, user: str, channel: str) -> None:
        """Note that a person has read a conversation to its end."""
        conversation = self.rooms.seen_by(user, channel)
        messages = self.state.messages.get(channel, [])
        if messages and conversation.last_read.get(user) != messages[-1].ts:
            self.state.save_read(conversation, user, messages[-1].ts)

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Json:
        """Post what a person typed: {ts}. `@handle`, `#channel` and `&<>` are turned as Slack does.

        A text that begins with a slash is not a command here; use `command`.
        """
        self._active(user)
        self.rooms.open_for(user, channel)
        if not text.strip():
            raise WorkspaceError("Say something first.")
        if thread_ts is not None:
            self._message(user, channel, thread_ts)
        kept = message_text(text, self.state.people.values(), self.rooms.named())
        return {"ts": self.posts.post(user, channel, Draft(kept), thread_ts=thread_ts).ts}

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Json:
        """Use a slash command and wait up to 3 s: {ok, error?}. `/invite @who` and `/leave` are built in."""
        self._at_home(user, "Commands")
        conversation = self.rooms.seen_by(user, channel)
        if command == "/invite":
            return await self._invite_typed(user, channel, text)
        if command == "/leave":
            await self.leave(user, channel)
            return {"ok": True}
        declared = self.manifest.find_command(command) if self.grants.installed else None
        if declared is None:
            error = f"{command} is not a valid command."
            self.posts.tell(user, channel, error)
            return {"ok": False, "error": error}
        return await self._interactions.command(user, conversation, declared, text)

    async def click(self, user: str, action_id: str, **chosen: object) -> Json:
        """Act on an element of a message (`channel`, `ts`), a modal or Home (`view_id`): {ok, error?}.

        What was chosen, by the element's type: `value`, `selected_option` (its value), `selected_options`,
        `selected_user`, `selected_users`, `selected_date`, `selected_time`, `selected_conversation`,
        `selected_channel`, ...; a button needs nothing. `block_id` (or a button's `value`) tells equal
        action ids apart. `values` {block_id: {action_id: simple value}} is what is in the view's other
        fields meanwhile.
        """
        self._active(user)
        simple = next((chosen[name] for name in CHOICE_NAMES if chosen.get(name) is not None), None)
        block_id, values = chosen.get("block_id"), chosen.get("values")
        click = Click(
            action_id,
            block_id if isinstance(block_id, str) else None,
            simple,
            values if isinstance(values, dict) else {},
        )
        view_id = chosen.get("view_id")
        if isinstance(view_id, str):
            return await self._interactions.click_view(user, self._view(user, view_id), click)
        message = self._message(user, str(chosen.get("channel")), str(chosen.get("ts")))
        return await self._interactions.click_message(user, message, click)

    async def options(self, user: str, action_id: str, typed: str, **where: object) -> list[Json]:
        """Ask the app for the options of an external select, of a message (`channel`, `ts`) or view (`view_id`)."""
        self._active(user)
        block_id, view_id = where.get("block_id"), where.get("view_id")
        wanted = Wanted(action_id, block_id if isinstance(block_id, str) else None, typed)
        if isinstance(view_id, str):
            return await self._interactions.options_for_view(user, self._view(user, view_id), wanted)
        message = self._message(user, str(where.get("channel")), str(where.get("ts")))
        return await self._interactions.options_for_message(user, message, wanted)

    async def submit(self, user: str, view_id: str | None, values: Json) -> Json:
        """Submit the top modal with {block_id: {action_id: simple value}}; a file field takes ids of `upload`.

        A simple value is a text, an option's value or a list of them, an id or a list of ids, "2026-11-24",
        "09:30", ... by the element's type; initial values hold where nothing is given. Answers {closed(bool),
        errors{block_id: text}, error?, view?(the one now on top)}.
        """
        self._active(user)
        stack = self.desk.stack(user)
        if not stack:
            raise WorkspaceError("There is no form open.")
        if view_id is not None and view_id != stack[-1].id:
            raise WorkspaceError("This form is not the one on top.")
        answer = await self._interactions.submit(user, stack[-1], values)
        stack = self.desk.stack(user)
        return answer | ({"view": shown_view(stack[-1])} if stack else {})

    def upload(self, user: str, name: str, content: str) -> Json:
        """Take a text file from a person, to be chosen in a form; gives Slack's object for it."""
        self._active(user)
        return self.files.add(user, name, content.encode())

    async def close_view(self, user: str, view_id: str) -> Json:
        """Close a modal by its button (only that one; the one below shows again): {}."""
        self._active(user)
        await self._interactions.close(user, self._view(user, view_id))
        return {}

    async def shortcut(self, user: str, callback_id: str, channel: str | None = None, ts: str | None = None) -> Json:
        """Use a global shortcut, or a message shortcut on a message: {ok, error?}."""
        self._at_home(user, "Shortcuts")
        message = None if channel is None else self._message(user, channel, str(ts))
        kind = "global" if message is None else "message"
        if not any((one.callback_id, one.type) == (callback_id, kind) for one in self.manifest.shortcuts):
            raise WorkspaceError(f"There is no {kind} shortcut {callback_id!r}.")
        return await self._interactions.shortcut(user, callback_id, message)

    async def open_home(self, user: str, tab: str = "home") -> Json | None:
        """Open the app's Home (`home`) or its Messages tab (`messages`); return the Home view as it is now."""
        self._active(user)
        if tab not in TABS:
            raise WorkspaceError(f"The app's tabs are {' and '.join(TABS)}.")
        self.feed.home_opened(user, tab, self.rooms.with_app(user).id)
        return self.home_view(user)

    async def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Add a reaction, named without colons; again takes it away."""
        self._active(user)
        message = self._message(user, channel, ts)
        if self.rooms.get(channel).archived:
            raise WorkspaceError("This channel is archived.")
        if EMOJI_NAME.fullmatch(name) is None:
            raise WorkspaceError(f"There is no emoji of the name {name[:100]!r}.")
        self.posts.react(user, message, name)

    def open_dm(self, user: str, *others: str) -> str:
        """Open or find the direct message with one person or the app, or the group with several; its id."""
        for who in (user, *others):
            self._active(who)
        return self.rooms.direct(user, *others)[0].id

    async def invite(self, user: str, channel: str, who: str) -> None:
        """Bring a person or the app into a channel."""
        self._active(user)
        self._active(who)
        self.rooms.add(self.rooms.open_for(user, channel), who, inviter=user)

    async def join(self, user: str, channel: str) -> None:
        """Join a public channel."""
        self._active(user)
        self.rooms.add(self.rooms.seen_by(user, channel), user, inviter=None)

    async def leave(self, user: str, channel: str) -> None:
        """Leave a channel."""
        self._active(user)
        self.rooms.drop(self.rooms.seen_by(user, channel), user, actor=user)

    async def remove(self, user: str, channel: str, who: str) -> None:
        """Take a person or the app out of a channel."""
        self._active(user)
        self.rooms.drop(self.rooms.open_for(user, channel), who, actor=user)

    async def create_channel(self, user: str, name: str, *, private: bool = False) -> str:
        """Make a channel with its creator in it; gives its id."""
        self._active(user)
        if self.colleagues.get(user).is_restricted:
            raise WorkspaceError("Guests cannot make channels.")
        return self.rooms.create(user, name, private=private).id

    async def archive(self, user: str, channel: str, *, archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        self._active(user)
        self.rooms.archive(self.rooms.seen_by(user, channel), user, archived=archived)

    async def rename(self, user: str, channel: str, name: str) -> None:
        """Give a channel another name."""
        self._active(user)
        self.rooms.rename(self.rooms.seen_by(user, channel), name, user)

    async def change_person(self, who: str, **changes: object) -> Json:
        """Change `deleted`, `tz`, `locale`, `real_name`, `status_text` or `status_emoji`; return the person."""
        return shown_person(self.colleagues.change(who, changes))

    async def add_person(self, name: str, real_name: str, tz: str = "Europe/Berlin", kind: str = "member") -> Json:
        """Let somebody join the workspace (not yet any channel); return the person.

        They are a `member`, a `guest`, a `single_channel_guest` or `external`, of another workspace.
        """
        return shown_person(self.colleagues.add(name, real_name, tz, kind))

    async def create_group(self, user: str, name: str, handle: str, users: list[str]) -> Json:
        """Make a user group with people in it; gives Slack's object for it."""
        self._active(user)
        return shown_group(self.groups.fill(self.groups.create(name, handle, "", user), users))

    async def move_channel(self, user: str, channel: str) -> str:
        """Give a channel another id, as Slack does when it is shared; return the id."""
        self._active(user)
        return self.rooms.move(self.rooms.seen_by(user, channel))

    def install(self, *, installed: bool) -> None:
        """Take the app away, or install it again."""
        if self.grants.installed and not installed:
            self.feed.uninstalled()
        self.grants.install(installed=installed)

    def reset(self, now: datetime | None = None) -> None:
        """Start over with the sample colleagues, without faults, with the limits as at first.

        The clock begins at `now`, aware, and at the real time when it is None.

        Raises WorkspaceError when the moment has no zone; then nothing is reset.
        """
        if now is not None:
            check_aware(now)
        self.crowd.stop()
        self.agenda.forget()
        self.faults.clear()
        self.mishaps.forget()
        self.limits.reset()
        self.link.forget()
        self.record.clear()
        self.state.clear()
        self.clock.begin(now)
        fill(self.state, self.manifest, self.clock.timestamp(), self._more)

    async def _invite_typed(self, user: str, channel: str, text: str) -> Json:
        """Do `/invite @who @who`, with a note to the inviter."""
        try:
            invited = [self.colleagues.find_handle(word) for word in text.split() or [""]]
            for person in invited:
                await self.invite(user, channel, person.id)
        except WorkspaceError as refusal:
            self.posts.tell(user, channel, str(refusal))
            return {"ok": False, "error": str(refusal)}
        names = ", ".join(f"<@{person.id}>" for person in invited)
        self.posts.tell(user, channel, f"You added {names} to this conversation.")
        return {"ok": True}

    def _active(self, user: str) -> None:
        """Refuse people who do not exist or are deactivated."""
        person = self.colleagues.get(user)
        if person.deleted:
            raise WorkspaceError(f"{person.real_name} is deactivated.")
        if person.id == SLACKBOT:
            raise WorkspaceError("Slackbot takes no part here.")

    def _at_home(self, user: str, what: str) -> None:
        """Refuse people of other workspaces too; `what` is what they cannot use."""
        self._active(user)
        if self.colleagues.get(user).team != TEAM_ID:
            raise WorkspaceError(f"{what} work for people of this workspace only.")

    def _message(self, viewer: str, channel: str, ts: str) -> Message:
        self.rooms.seen_by(viewer, channel)
        message = self.state.find_message(channel, ts)
        if message is None or message.reader not in (None, viewer):
            raise WorkspaceError(f"There is no message {ts!r} here.")
        return message

    def _view(self, user: str, view_id: str) -> View:
        view = self.desk.find(view_id)
        if view is None or view.owner != user:
            raise WorkspaceError("This view is not open any more.")
        return view
